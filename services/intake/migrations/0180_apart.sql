-- What lies apart has a schema of its own, whose rows say nothing without the key: neither what has happened nor of what
-- kind. Nothing of it has a number in a lane, so nothing of it is published.
CREATE SCHEMA apart;
CREATE TABLE apart.kept (case_id uuid PRIMARY KEY);
CREATE TABLE apart.event (
    pos         bigint GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    version     integer     NOT NULL CHECK (version >= 0),
    stream_id   uuid        NOT NULL,
    case_id     uuid        NOT NULL,
    id          uuid        NOT NULL,
    packed      bytea       NOT NULL,
    PRIMARY KEY (stream_id, version)
);
CREATE INDEX event_case ON apart.event (case_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON apart.event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A process that has not heard yet that a case lies apart, or does so no more, would put what happens beside it in the wrong
-- place. The stream of the case itself knows better: it says so.
CREATE FUNCTION lies_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM apart.kept WHERE case_id = NEW.case_id) THEN
        RAISE EXCEPTION 'the case lies apart' USING ERRCODE = 'check_violation', CONSTRAINT = 'lies_apart';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lies_apart BEFORE INSERT ON event
    FOR EACH ROW WHEN (NEW.stream_id <> NEW.case_id) EXECUTE FUNCTION lies_apart();
CREATE FUNCTION lies_with_the_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh f WHERE f.stream_id <> f.case_id AND f.case_id NOT IN (SELECT case_id FROM apart.kept)
    ) THEN
        RAISE EXCEPTION 'the case lies apart no more' USING ERRCODE = 'check_violation', CONSTRAINT = 'lies_apart';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER lies_apart AFTER INSERT ON apart.event REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION lies_with_the_others();

GRANT USAGE ON SCHEMA apart TO intake;
GRANT SELECT, INSERT ON apart.event TO intake;
GRANT SELECT, INSERT, DELETE ON apart.kept TO intake;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA apart TO intake;
