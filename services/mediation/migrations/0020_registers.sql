-- The registers of mediation committees, disputes, sweeps, the special fund, and of what units put right themselves.
CREATE TABLE committee_view (
    id           uuid PRIMARY KEY,
    version      integer NOT NULL,
    unit         text NOT NULL,
    setting      text NOT NULL,
    member_count integer NOT NULL,
    chair        text NOT NULL,
    elected_on   date NOT NULL,
    term_until   date NOT NULL,
    state        text NOT NULL
);
CREATE INDEX committee_view_state ON committee_view (state, id);

CREATE TABLE mediator_view (
    id              uuid PRIMARY KEY,
    version         integer NOT NULL,
    committee       uuid NOT NULL,
    mediator        text NOT NULL,
    certificate_no  text NOT NULL,
    trained_hours   integer NOT NULL,
    last_trained_on date,
    state           text NOT NULL
);
CREATE INDEX mediator_view_state ON mediator_view (state, id);

CREATE TABLE dispute_view (
    id            uuid PRIMARY KEY,
    version       integer NOT NULL,
    unit          text NOT NULL,
    place         text NOT NULL,
    dispute_class text NOT NULL,
    category      text NOT NULL,
    leader        text,
    mediator      text,
    due_on        date,
    settled_on    date,
    state         text NOT NULL
);
CREATE INDEX dispute_view_state ON dispute_view (state, id);

CREATE TABLE sweep_view (
    id       uuid PRIMARY KEY,
    version  integer NOT NULL,
    units    text[] NOT NULL,
    due_on   date NOT NULL,
    reported text[] NOT NULL,
    missed   text[] NOT NULL,
    found    bigint NOT NULL,
    state    text NOT NULL
);
CREATE INDEX sweep_view_state ON sweep_view (state, id);

CREATE TABLE fund_view (
    id           uuid PRIMARY KEY,
    version      integer NOT NULL,
    case_id      uuid NOT NULL,
    unit         text NOT NULL,
    hardship     text NOT NULL,
    amount_fen   bigint NOT NULL,
    requested_by text NOT NULL,
    approved_by  text[] NOT NULL,
    paid_on      date,
    in_order     boolean,
    state        text NOT NULL
);
CREATE INDEX fund_view_state ON fund_view (state, id);

CREATE TABLE self_correction_view (
    id           uuid PRIMARY KEY,
    version      integer NOT NULL,
    unit         text NOT NULL,
    reason       text NOT NULL,
    corrected_on date NOT NULL,
    document     uuid NOT NULL,
    state        text NOT NULL
);
CREATE INDEX self_correction_view_state ON self_correction_view (state, id);
