SET LOCAL statement_timeout = 0;
-- A record is its source's: each number of a lane has a link over all before it, which the source signs, and each life of
-- a store has a number and an id. Which cluster a life is lived in tells a store that was restored elsewhere what it is.
CREATE TABLE epoch (
    number    smallint    PRIMARY KEY,
    store     uuid        NOT NULL DEFAULT gen_random_uuid(),
    system    bigint      NOT NULL,
    timeline  integer     NOT NULL,
    firsts    bigint[]    NOT NULL, -- the first number of each lane that is of this life
    topic_made boolean    NOT NULL DEFAULT true, -- whether the topic was made anew for it
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE FUNCTION cluster(OUT system bigint, OUT timeline integer) LANGUAGE sql STABLE AS $$
    SELECT system_identifier, CASE WHEN pg_is_in_recovery() THEN 0
        ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer END
    FROM pg_control_system()
$$;
INSERT INTO epoch (number, system, timeline, firsts) SELECT 1, system, timeline, array_fill(1, ARRAY[12]) FROM cluster();

-- The events of one life stand after those of the lives before it, whatever the ids of their transactions.
ALTER TABLE event ADD epoch smallint NOT NULL DEFAULT 1;
DROP INDEX event_settled;
CREATE INDEX event_settled ON event (epoch, xid);
ALTER TABLE seal_head ADD epoch smallint NOT NULL DEFAULT 1;
ALTER TABLE sealed ADD epoch smallint NOT NULL DEFAULT 1;

-- Some links of each lane, one of so many numbers, from which all others can be worked out.
CREATE TABLE lane_link (
    lane     smallint NOT NULL,
    block    bigint   NOT NULL,
    lane_seq bigint   NOT NULL,
    link     bytea    NOT NULL,
    PRIMARY KEY (lane, block)
);

-- How far a lane was taken in: up to which link. What was taken in before there were any is joined to by the next one.
-- The newest seal of its source is kept beside it, and the number that it is of.
ALTER TABLE cursor ADD link bytea, ADD seal bytea, ADD seal_seq bigint;

-- Which store each life of a source was, and from which number of each lane on.
CREATE TABLE source_life (
    source text     NOT NULL,
    number smallint NOT NULL,
    store  uuid     NOT NULL,
    firsts bigint[] NOT NULL,
    PRIMARY KEY (source, number)
);

-- What was published and is not in the store that was restored: whole, so that it can be entered again.
CREATE TABLE withdrawn (
    lane     smallint NOT NULL,
    lane_seq bigint   NOT NULL,
    epoch    smallint NOT NULL,
    record   bytea    NOT NULL,
    PRIMARY KEY (lane, lane_seq)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON withdrawn
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How often something was found at a place, and of how many of those the auditors have an entry.
ALTER TABLE parked ADD told integer NOT NULL DEFAULT 0;
CREATE INDEX parked_disowned ON parked (source, lane) WHERE lane_seq IS NULL;
