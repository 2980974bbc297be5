-- Whether a step of a plan or a decision of the conference was carried out in time is a duty, which accountability keeps.
ALTER TABLE campaign_view DROP COLUMN missed;
ALTER TABLE conference_view DROP COLUMN overdue;
