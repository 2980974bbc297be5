-- What an officer is called to be stands on the door in the directory, and nowhere else.
UPDATE directory_unit
SET entry = jsonb_set(
    entry::jsonb, '{officers}',
    (SELECT coalesce(jsonb_object_agg(key, value - 'post'), '{}') FROM jsonb_each(entry::jsonb -> 'officers'))
)::text
WHERE entry::jsonb -> 'officers' <> '{}';
