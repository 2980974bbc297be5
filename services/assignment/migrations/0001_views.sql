CREATE TABLE case_view (
    id              uuid        PRIMARY KEY,
    version         integer     NOT NULL,
    registration_no text        NOT NULL,
    state           text        NOT NULL,
    kind            text        NOT NULL,
    route           text        NOT NULL,
    category        text        NOT NULL,
    place           text        NOT NULL,
    unit            text,
    unit_name       text,
    received_at     timestamptz,
    due_on          date,
    objections      integer     NOT NULL
);
CREATE INDEX case_view_state ON case_view (state, id);

CREATE TABLE unit_view (
    id              uuid    PRIMARY KEY,
    version         integer NOT NULL,
    code            text    NOT NULL,
    name            text    NOT NULL,
    level           text    NOT NULL,
    parent          text,
    sector_superior text,
    powers          text[]  NOT NULL,
    competent       boolean NOT NULL,
    officers        text[]  NOT NULL
);
CREATE UNIQUE INDEX unit_view_code ON unit_view (code);

-- What stands on an officer's door. It can be corrected and removed, so it is in no event.
CREATE TABLE nameplate (
    unit    text NOT NULL,
    officer text NOT NULL,
    name    text NOT NULL,
    PRIMARY KEY (unit, officer)
);
