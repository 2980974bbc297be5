-- Through which channels something is or was missing, and not how much: what is on file is not to be worked out from it
-- (第三十条第三款). What those of before have, `huiyin views rebuild` fills in.
ALTER TABLE door_count_view DROP missing, DROP ever_missing;
ALTER TABLE door_count_view ADD missing text[] NOT NULL DEFAULT '{}', ADD ever_missing text[] NOT NULL DEFAULT '{}';
CREATE INDEX door_count_view_unit ON door_count_view (unit, id);
