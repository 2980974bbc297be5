-- A case, what it has gone into, and what was split off any of these: whom one of them is kept from, all are.
CREATE FUNCTION family_of(of_case uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE reach AS (
        SELECT id, merged_into FROM case_view WHERE id = of_case
        UNION
        SELECT v.id, v.merged_into FROM reach r JOIN case_view v ON v.id = r.merged_into OR v.split_from = r.id
    )
    SELECT id FROM reach
$$;
