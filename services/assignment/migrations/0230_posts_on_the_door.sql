-- What an officer is called to be stands on the door, where it can be corrected, and in no event.
ALTER TABLE nameplate ADD COLUMN post text;
UPDATE nameplate n
SET post = unit.entry::jsonb -> 'officers' -> n.officer ->> 'post'
FROM directory_unit unit
WHERE unit.entry::jsonb ->> 'code' = n.unit;
UPDATE directory_unit
SET entry = jsonb_set(
    entry::jsonb, '{officers}',
    (SELECT coalesce(jsonb_object_agg(key, value - 'post'), '{}') FROM jsonb_each(entry::jsonb -> 'officers'))
)::text
WHERE entry::jsonb -> 'officers' <> '{}';
