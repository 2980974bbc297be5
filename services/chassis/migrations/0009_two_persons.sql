-- A change that takes two persons: what one has entered, and whether another one has agreed. What of it stands in no event
-- lies beside it for as long as it is pending.
CREATE TABLE change_view (
    id          uuid        PRIMARY KEY,
    version     integer     NOT NULL,
    operation   text        NOT NULL,
    sent        text        NOT NULL,
    proposed_by text        NOT NULL,
    unit        text        NOT NULL,
    role        text        NOT NULL,
    proposed_at timestamptz NOT NULL,
    lapses_at   timestamptz NOT NULL,
    state       text        NOT NULL
);
CREATE INDEX change_view_pending ON change_view (proposed_at, id) WHERE state = 'pending';

CREATE TABLE change_beside (
    id          uuid        PRIMARY KEY,
    sent        json        NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
