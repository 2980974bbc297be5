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
    after    uuid    NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    done     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (rules, calendar)
);

-- Whoever starts a clock holds it shared and whoever publishes a calendar alone, so no clock starts by a calendar that
-- has just been replaced without being counted anew.
CREATE TABLE calendar_head (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    changes bigint  NOT NULL DEFAULT 0
);
INSERT INTO calendar_head DEFAULT VALUES;
