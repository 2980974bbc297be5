-- The reports about officials that make a case secret: itself, what it has gone into, what was split off any of these.
CREATE FUNCTION reports_of(of_case uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE reach AS (
        SELECT id, confidential, merged_into FROM case_view WHERE id = of_case
        UNION
        SELECT v.id, v.confidential, v.merged_into
        FROM reach r JOIN case_view v ON v.id = r.merged_into OR v.split_from = r.id
    )
    SELECT id FROM reach WHERE confidential
$$;
