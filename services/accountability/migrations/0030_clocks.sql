-- The due table: one row a clock. What is running and due is found by its index, whatever else there is.
CREATE TABLE clock_view (
    id         uuid        PRIMARY KEY,
    version    integer     NOT NULL,
    case_id    uuid        NOT NULL,
    code       text        NOT NULL,
    nature     text        NOT NULL,
    kind       text        NOT NULL,
    holder     text,
    state      text        NOT NULL,
    started_at timestamptz NOT NULL,
    due_on     date        NOT NULL,
    due_at     timestamptz NOT NULL,
    breached   boolean     NOT NULL,
    outcome    text,
    stopped_at timestamptz,
    provisional boolean    NOT NULL
);
CREATE INDEX clock_view_due ON clock_view (kind, due_at, id) WHERE state = 'running';
CREATE INDEX clock_view_case ON clock_view (case_id, id) WHERE state IN ('running', 'paused', 'breached');
CREATE INDEX clock_view_open ON clock_view (id) WHERE state IN ('running', 'paused');

-- How far open clocks have been counted anew for a pair of rules and calendar.
CREATE TABLE recalculation (
    rules    text    NOT NULL,
    calendar text    NOT NULL,
    after    uuid    NOT NULL,
    done     boolean NOT NULL,
    PRIMARY KEY (rules, calendar)
);

-- When nobody had to act in a case that had not ended.
CREATE TABLE orphan_view (
    id      uuid        PRIMARY KEY,
    version integer     NOT NULL,
    case_id uuid        NOT NULL,
    since   timestamptz NOT NULL
);

-- Up to which entry the cases of the ledger were looked at for that.
CREATE TABLE lookout_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint  NOT NULL DEFAULT 0
);
INSERT INTO lookout_head DEFAULT VALUES;
