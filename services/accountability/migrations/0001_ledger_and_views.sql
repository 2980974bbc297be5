-- Every event of every service, once, in one order without gaps; no entry stands before its cause.
CREATE TABLE ledger_entry (
    seq         bigint      PRIMARY KEY,
    service     text        NOT NULL,
    lane        smallint    NOT NULL,
    lane_seq    bigint      NOT NULL,
    id          uuid        NOT NULL,
    stream_id   uuid        NOT NULL,
    version     integer     NOT NULL,
    case_id     uuid,
    type        text        NOT NULL,
    at          timestamptz NOT NULL,
    ledgered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    metadata    bytea       NOT NULL,
    body        bytea       NOT NULL,
    UNIQUE (service, lane, lane_seq)
);
CREATE INDEX ledger_entry_case ON ledger_entry (case_id, seq) WHERE case_id IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE ledger_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint  NOT NULL DEFAULT 0
);
INSERT INTO ledger_head DEFAULT VALUES;

-- The Case as it is now: the fold of its entries up to `seq`.
CREATE TABLE case_view (
    id      uuid    PRIMARY KEY,
    version integer NOT NULL,
    seq     bigint  NOT NULL,
    state   text    NOT NULL,
    unit    text,
    folded  bytea   NOT NULL
);
CREATE INDEX case_view_state ON case_view (state, id);

CREATE TABLE supervision_view (
    id       uuid    PRIMARY KEY,
    version  integer NOT NULL,
    case_id  uuid    NOT NULL,
    card_no  text    NOT NULL,
    unit     text    NOT NULL,
    reason   text    NOT NULL,
    due_on   date    NOT NULL,
    state    text    NOT NULL
);
CREATE INDEX supervision_view_case ON supervision_view (case_id);
