-- Whether a unit reported a sweep in time is a duty, which accountability keeps.
ALTER TABLE sweep_view DROP COLUMN missed;
UPDATE sweep_view SET state = 'ordered' WHERE state = 'missed';
