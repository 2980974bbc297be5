-- Whether a case lies apart, so that nobody here may know of it: these are few.
DROP INDEX case_view_reports;
ALTER TABLE case_view ADD sealed boolean NOT NULL DEFAULT false;
UPDATE case_view SET sealed = true WHERE kind = 'report_accusation';
CREATE INDEX case_view_apart ON case_view (id) WHERE sealed;
