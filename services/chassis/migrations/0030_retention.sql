-- What is kept for a time and then no longer: nobody may take it away before, and who takes it away is this function.
CREATE INDEX command_at ON command USING brin (at);

DROP TRIGGER append_only ON denied;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON denied FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE ON denied FOR EACH ROW WHEN (OLD.at > now() - interval '1096 days')
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER kept BEFORE DELETE ON command FOR EACH ROW WHEN (OLD.at > now() - interval '30 days')
    EXECUTE FUNCTION refuse_change();

-- A service may delete neither itself.
CREATE FUNCTION forget(kept text, most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    gone bigint;
BEGIN
    IF kept = 'command' THEN
        DELETE FROM command WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM command WHERE at <= now() - interval '30 days' LIMIT most));
    ELSIF kept = 'denied' THEN
        DELETE FROM denied WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM denied WHERE at <= now() - interval '1096 days' ORDER BY at LIMIT most));
    ELSE
        RAISE EXCEPTION 'nothing is said of how long % is kept', kept USING ERRCODE = 'restrict_violation';
    END IF;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
