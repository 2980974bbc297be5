-- What wraps the keys of texts lies here, wrapped in its turn by a key that never enters the database. Number 0 lasts: query
-- codes, the index of persons and the numbers of receipts follow from it. The newest of the others wraps what is new.
CREATE TABLE root_key (
    of      text        NOT NULL CHECK (of IN ('vault', 'sealed')),
    number  integer     NOT NULL CHECK (number >= 0),
    kek     text,
    wrapped bytea,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (of, number)
);
-- Where there are texts already it is what stands in the key file: the next start wraps it.
INSERT INTO root_key (of, number) SELECT 'vault', generate_series(0, 1) WHERE EXISTS (SELECT FROM vault_key);
INSERT INTO root_key (of, number) SELECT 'sealed', generate_series(0, 1) WHERE EXISTS (SELECT FROM apart.event);
ALTER TABLE vault_key ADD root integer NOT NULL DEFAULT 1;

-- Whoever has not heard yet that a root key is kept no more would wrap by it what nobody could ever open. They are told to come
-- again, and have heard by then. Who lets a root key go waits for those who write meanwhile.
CREATE FUNCTION has_its_root() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('root_key', 0));
    IF EXISTS (
        SELECT FROM fresh f WHERE NOT EXISTS (
            SELECT FROM root_key r
            WHERE r.of = CASE WHEN f.apart THEN 'sealed' ELSE 'vault' END AND r.number = f.root AND r.number > 0
        )
    ) THEN
        RAISE EXCEPTION 'a key is wrapped by one that is kept no more' USING ERRCODE = 'lock_not_available';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER has_its_root AFTER INSERT ON vault_key REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION has_its_root();
CREATE TRIGGER keeps_its_root AFTER UPDATE ON vault_key REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION has_its_root();

-- Keys that were destroyed, so that their texts are told apart from those whose key got lost; and which must be destroyed once
-- more where a backup is restored that has them yet.
CREATE TABLE destroyed_key (
    id           uuid        PRIMARY KEY,
    case_id      uuid        NOT NULL,
    destroyed_at timestamptz NOT NULL
);
