-- The units among who is what to a case: ``handles/RSJ`` is one, ``sponsors/@leader-1`` is a person.
CREATE FUNCTION units_among(parties text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT split_part(one, '/', 2)), '{}') FROM unnest(parties) one WHERE one NOT LIKE '%/@%'
$$;
