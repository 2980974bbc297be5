-- What was on record as too late and has turned out to be in time: few, and found as such.
ALTER TABLE clock_view ADD corrected boolean NOT NULL DEFAULT false;
CREATE INDEX clock_view_corrected ON clock_view (id) WHERE corrected;
