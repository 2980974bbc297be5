-- A record is its source's: each number of a lane has a link over all before it, which the source signs, and each life of
-- a store has a number and an id. Which cluster a life is lived in tells a store that was restored elsewhere what it is.
CREATE TABLE epoch (
    number    smallint    PRIMARY KEY,
    store     uuid        NOT NULL DEFAULT gen_random_uuid(),
    system    bigint      NOT NULL,
    timeline  integer     NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO epoch (number, system, timeline)
    SELECT 1, system_identifier, ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
    FROM pg_control_system();

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
ALTER TABLE cursor ADD link bytea;

-- Which store the records of a source's lives have come from.
CREATE TABLE source_store (
    source text     NOT NULL,
    epoch  smallint NOT NULL,
    store  uuid     NOT NULL,
    PRIMARY KEY (source, epoch)
);
