-- Whether a box was opened in time is a duty, which accountability keeps.
ALTER TABLE box_view DROP COLUMN missed;
