-- Which cases are kept from somebody who acts for a unit: those that complain of one of their names (of the bureau that
-- has received a case, of one that bars that, too), those of which they were recused, and a report that is there for
-- others (第二十八条第三款、第三十条第三款). What is one case and a condition on it here is looked up by its id.

CREATE FUNCTION kept_from(of_unit text, named text[], named_to_receiver text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    SELECT id FROM case_view
    WHERE (kept_for IS NOT NULL OR accused IS NOT NULL)
      AND (NOT of_unit = ANY (kept_for)
           OR accused && CASE received_by WHEN of_unit THEN named_to_receiver ELSE named END)
$$;
