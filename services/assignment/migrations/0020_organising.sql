CREATE TABLE campaign_view (
    id           uuid    PRIMARY KEY,
    version      integer NOT NULL,
    case_id      uuid    NOT NULL,
    state        text    NOT NULL,
    order_no     text    NOT NULL,
    sponsor      text,
    duties       text[]  NOT NULL,
    duties_done  text[]  NOT NULL,
    lead_unit    text,
    plan_due_on  date,
    next_due_on  date,
    missed       text[]  NOT NULL,
    six_one      text
);
CREATE INDEX campaign_view_case ON campaign_view (case_id);
CREATE INDEX campaign_view_state ON campaign_view (state, id);

CREATE TABLE leader_area_view (
    id        uuid    PRIMARY KEY,
    version   integer NOT NULL,
    leader    text    NOT NULL,
    state     text    NOT NULL,
    townships text[]  NOT NULL
);

CREATE TABLE ledger_item_view (
    id       uuid    PRIMARY KEY,
    version  integer NOT NULL,
    item_no  text    NOT NULL,
    case_id  uuid,
    state    text    NOT NULL,
    kind     text    NOT NULL,
    unit     text    NOT NULL,
    officer  text    NOT NULL,
    due_on   date    NOT NULL,
    updates  integer NOT NULL
);
CREATE INDEX ledger_item_view_state ON ledger_item_view (state, id);

CREATE TABLE conference_view (
    id            uuid    PRIMARY KEY,
    version       integer NOT NULL,
    conference_no text    NOT NULL,
    held_on       date    NOT NULL,
    state         text    NOT NULL,
    items         integer NOT NULL,
    decided       integer NOT NULL,
    done          integer NOT NULL,
    overdue       integer NOT NULL,
    next_due_on   date
);
CREATE INDEX conference_view_state ON conference_view (state, id);

CREATE TABLE reception_view (
    id            uuid    PRIMARY KEY,
    version       integer NOT NULL,
    leader        text    NOT NULL,
    place         text    NOT NULL,
    received_on   date    NOT NULL,
    state         text    NOT NULL,
    cases         integer NOT NULL,
    follow_up_due date
);
CREATE INDEX reception_view_state ON reception_view (state, id);
CREATE INDEX reception_view_day ON reception_view (received_on);

CREATE TABLE instruction_view (
    id          uuid        PRIMARY KEY,
    version     integer     NOT NULL,
    case_id     uuid        NOT NULL,
    state       text        NOT NULL,
    leader      text        NOT NULL,
    unit        text        NOT NULL,
    due_on      date        NOT NULL,
    answered_at timestamptz
);
CREATE INDEX instruction_view_state ON instruction_view (state, id);

CREATE TABLE sector_batch_view (
    id       uuid    PRIMARY KEY,
    version  integer NOT NULL,
    batch_no text    NOT NULL,
    state    text    NOT NULL,
    category text    NOT NULL,
    unit     text    NOT NULL,
    cases    uuid[]  NOT NULL,
    handed   uuid[]  NOT NULL,
    refused  uuid[]  NOT NULL
);
CREATE INDEX sector_batch_view_state ON sector_batch_view (state, id);
