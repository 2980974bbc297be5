-- What somebody has tried and may not do or see, as they were told so: for auditors, and for nobody else.
CREATE TABLE denied (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    at         timestamptz NOT NULL DEFAULT now(),
    actor      text        NOT NULL,
    unit       text        NOT NULL,
    role       text        NOT NULL,
    operation  text        NOT NULL,
    about      uuid,
    code       text        NOT NULL,
    request_id text        NOT NULL
);
CREATE INDEX denied_at ON denied (at, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON denied
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
