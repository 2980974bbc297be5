-- Which cases are kept from whoever acts for a unit, as every service says it: those that complain of one of some names,
-- or of one of some others where that unit has received them, and those from which somebody of them was recused.
CREATE FUNCTION kept_from(of_unit text, named text[], named_to_receiver text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    SELECT id FROM case_view
    WHERE accused IS NOT NULL AND accused && CASE received_by WHEN of_unit THEN named_to_receiver ELSE named END
$$;
