-- Who looked at which text of a case, for what: whoever it is about asks for that. What was before, `huiyin views rebuild`
-- fills in; of that nobody's unit and duty are on record beside the text.
CREATE TABLE look_view (
    id        uuid        PRIMARY KEY,
    version   integer     NOT NULL,
    case_id   uuid        NOT NULL,
    content   uuid        NOT NULL,
    purpose   text        NOT NULL,
    unit      text,
    role      text,
    looked_at timestamptz NOT NULL
);
CREATE INDEX look_view_content ON look_view (content, looked_at);
