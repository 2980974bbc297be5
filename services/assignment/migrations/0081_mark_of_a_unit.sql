-- What the numbers of a unit's papers begin with (机关代字), where that is laid down.
ALTER TABLE unit_view ADD COLUMN mark text NOT NULL DEFAULT '';
