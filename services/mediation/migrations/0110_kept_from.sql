-- Whom a case complains of and who was recused, by their names: of most cases nothing. What those of
-- before have, `huiyin views rebuild` fills in.
ALTER TABLE case_view ADD accused text[];
CREATE INDEX case_view_accused ON case_view USING gin (accused) WHERE accused IS NOT NULL;

-- Of which cases somebody who acts for a unit sees nothing, by what they are named there.
CREATE FUNCTION kept_from(of_unit text, named text[], named_to_receiver text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    SELECT id FROM case_view
    WHERE accused IS NOT NULL AND accused && named
$$;
