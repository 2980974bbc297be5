-- The store of one service: what happened (event), the gap-free numbers under which it was published (sealed),
-- the commands that were acknowledged, and how far other services' events have been taken in (cursor, parked).

CREATE TABLE event (
    pos         bigint GENERATED ALWAYS AS IDENTITY,
    xid         xid8        NOT NULL DEFAULT pg_current_xact_id(),
    stream_id   uuid        NOT NULL,
    version     integer     NOT NULL CHECK (version >= 0),
    case_id     uuid,
    lane        smallint    NOT NULL,
    id          uuid        NOT NULL,
    type        text        NOT NULL,
    body        bytea       NOT NULL,
    metadata    bytea       NOT NULL,
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (stream_id, version)
);
-- Identity order is not commit order, so `pos` alone is never a cursor; see relay.py.
CREATE INDEX event_settled ON event (xid, pos);

CREATE TABLE sealed (
    seq       bigint   PRIMARY KEY,
    lane      smallint NOT NULL,
    lane_seq  bigint   NOT NULL,
    stream_id uuid     NOT NULL,
    version   integer  NOT NULL,
    UNIQUE (lane, lane_seq)
);

CREATE TABLE seal_head (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    xid  xid8    NOT NULL DEFAULT '0',
    pos  bigint  NOT NULL DEFAULT 0,
    seq  bigint  NOT NULL DEFAULT 0
);
INSERT INTO seal_head DEFAULT VALUES;

CREATE TABLE published (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint  NOT NULL DEFAULT 0
);
INSERT INTO published DEFAULT VALUES;

CREATE TABLE lane_head (
    lane smallint PRIMARY KEY,
    last bigint   NOT NULL DEFAULT 0
);
INSERT INTO lane_head SELECT generate_series(0, 11);

CREATE TABLE command (
    command_id  uuid        PRIMARY KEY,
    fingerprint bytea       NOT NULL,
    stream_id   uuid        NOT NULL,
    version     integer     NOT NULL,
    result      bytea       NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE cursor (
    source text     NOT NULL,
    lane   smallint NOT NULL,
    last   bigint   NOT NULL DEFAULT 0,
    PRIMARY KEY (source, lane)
);

-- What could not be taken in. A parked case holds its later events behind it; `place` is where it stood.
CREATE TABLE parked (
    place     text        PRIMARY KEY,
    number    bigint      GENERATED ALWAYS AS IDENTITY,
    key       uuid,
    source    text        NOT NULL,
    lane      smallint    NOT NULL,
    lane_seq  bigint,
    type      text        NOT NULL,
    reason    text        NOT NULL,
    attempts  integer     NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX parked_key ON parked (key);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is append-only: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
