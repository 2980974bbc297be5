CREATE TABLE project_view (
    id            uuid PRIMARY KEY,
    version       integer NOT NULL,
    project_no    text NOT NULL,
    unit          text NOT NULL,
    assessed      boolean NOT NULL,
    consultations integer NOT NULL,
    started_on    date,
    unassessed    boolean NOT NULL,
    linked_cases  uuid[] NOT NULL,
    state         text NOT NULL
);
CREATE INDEX project_view_state ON project_view (state, id);

CREATE TABLE recommendation_view (
    id                uuid PRIMARY KEY,
    version           integer NOT NULL,
    case_id           uuid NOT NULL,
    recommendation_no text NOT NULL,
    kind              text NOT NULL,
    addressee         text NOT NULL,
    served_at         timestamptz NOT NULL,
    adopted           boolean,
    decision_no       text,
    state             text NOT NULL
);
CREATE INDEX recommendation_view_state ON recommendation_view (state, id);
CREATE INDEX recommendation_view_case ON recommendation_view (case_id);
