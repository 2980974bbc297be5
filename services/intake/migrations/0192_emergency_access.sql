-- Who may or might read a case for once, until when, and who looks at why.
CREATE TABLE emergency_access_view (
    id        uuid        PRIMARY KEY,
    version   integer     NOT NULL,
    case_id   uuid        NOT NULL,
    officer   text        NOT NULL,
    ground    text        NOT NULL,
    unit      text        NOT NULL,
    asked_by  text        NOT NULL,
    asked_at  timestamptz NOT NULL,
    until     timestamptz,
    reviewer  text        NOT NULL,
    justified boolean,
    state     text        NOT NULL
);
CREATE INDEX emergency_access_view_case ON emergency_access_view (case_id, id);
CREATE INDEX emergency_access_view_asked ON emergency_access_view (asked_at, id);
CREATE INDEX emergency_access_view_reviewer ON emergency_access_view (reviewer, id);
