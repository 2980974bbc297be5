-- A text that is put into the vault in the moment in which its case is set apart, or brought back, would lie under the key of
-- the other kind. Who puts one there and who sets the case apart wait for each other, and whoever comes second is told so.
CREATE FUNCTION holds_place(of_case uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended('apart/' || of_case, 0)
$$;

CREATE FUNCTION key_lies_with_its_case() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(holds_place(id))
    FROM (SELECT DISTINCT answering(case_id) AS id FROM fresh ORDER BY 1) own;
    IF EXISTS (
        SELECT FROM fresh f WHERE f.apart <> EXISTS (SELECT FROM apart.kept k WHERE k.case_id = answering(f.case_id))
    ) THEN
        RAISE EXCEPTION 'a key lies in the wrong place' USING ERRCODE = 'check_violation', CONSTRAINT = 'lies_apart';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER lies_apart AFTER INSERT ON vault_key REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION key_lies_with_its_case();

CREATE FUNCTION keys_lie_with_their_case() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(holds_place(case_id)) FROM (SELECT case_id FROM changed ORDER BY 1) own;
    IF EXISTS (
        WITH RECURSIVE whole AS (
            SELECT case_id AS id FROM changed
            UNION SELECT v.id FROM whole w JOIN case_view v ON v.merged_into = w.id
        )
        SELECT FROM vault_key k JOIN whole w ON w.id = k.case_id WHERE k.apart <> (TG_OP = 'INSERT')
    ) THEN
        RAISE EXCEPTION 'a key lies in the wrong place' USING ERRCODE = 'check_violation', CONSTRAINT = 'lies_apart';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keys_go_along AFTER INSERT ON apart.kept REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION keys_lie_with_their_case();
CREATE TRIGGER keys_come_back AFTER DELETE ON apart.kept REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION keys_lie_with_their_case();
