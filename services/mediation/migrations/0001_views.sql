CREATE TABLE case_view (
    id              uuid        PRIMARY KEY,
    version         integer     NOT NULL,
    registration_no text        NOT NULL,
    state           text        NOT NULL,
    unit            text,
    unit_name       text,
    case_officer    text,
    opened_at       timestamptz,
    accepted_at     timestamptz,
    result          text,
    issued_at       timestamptz,
    served_at       timestamptz,
    review_until    date,
    executed        boolean     NOT NULL,
    closed_at       timestamptz
);
CREATE INDEX case_view_state ON case_view (state, id);
