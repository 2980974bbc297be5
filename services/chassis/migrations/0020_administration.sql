-- What somebody has done to a store with the tools of operators: for auditors. The login and the moment are the database's to
-- say; the account on the machine is what the tool was told.
CREATE TABLE administration (
    id       uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    login    text        NOT NULL DEFAULT session_user,
    operator text        NOT NULL,
    what     text        NOT NULL,
    about    text        NOT NULL
);
CREATE INDEX administration_at ON administration (at, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON administration
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
