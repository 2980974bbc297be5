-- When and for whom petitions came in, to be counted; until when the petitioner is invited to rate the answer.
ALTER TABLE case_view ADD COLUMN rate_until date, ADD COLUMN arrivals text[] NOT NULL DEFAULT '{}';

-- What the public was told, under its digest.
ALTER TABLE notice_view ADD COLUMN text_sha256 text;
CREATE TABLE notice_text (
    sha256 text PRIMARY KEY,
    text   text NOT NULL
);

-- Numbers in other systems, contact points, help, talks, visits, counts, acts, and days for which more desks are wanted.
CREATE TABLE external_reference_view (
    id          uuid PRIMARY KEY,
    version     integer NOT NULL,
    case_id     uuid NOT NULL,
    system      text NOT NULL,
    external_no text NOT NULL
);
CREATE INDEX external_reference_view_case ON external_reference_view (case_id, id);
CREATE INDEX external_reference_view_no ON external_reference_view (external_no, id);

CREATE TABLE contact_point_view (
    id      uuid PRIMARY KEY,
    version integer NOT NULL,
    unit    text NOT NULL,
    officer text NOT NULL,
    place   text NOT NULL,
    state   text NOT NULL
);
CREATE INDEX contact_point_view_place ON contact_point_view (place, id);

CREATE TABLE help_plan_view (
    id            uuid PRIMARY KEY,
    version       integer NOT NULL,
    case_id       uuid NOT NULL,
    unit          text NOT NULL,
    officer       text NOT NULL,
    due_on        date NOT NULL,
    contact_point uuid,
    state         text NOT NULL
);
CREATE INDEX help_plan_view_due_on ON help_plan_view (due_on, id);
CREATE INDEX help_plan_view_case ON help_plan_view (case_id, id);

CREATE TABLE dialogue_view (
    id             uuid PRIMARY KEY,
    version        integer NOT NULL,
    unit           text NOT NULL,
    place          text NOT NULL,
    people         text NOT NULL,
    held_on        date NOT NULL,
    invited_count  integer NOT NULL,
    attended_count integer NOT NULL,
    declined_count integer NOT NULL
);
CREATE INDEX dialogue_view_held_on ON dialogue_view (held_on, id);

CREATE TABLE contact_view (
    id           uuid PRIMARY KEY,
    version      integer NOT NULL,
    case_id      uuid NOT NULL,
    unit         text NOT NULL,
    officer      text NOT NULL,
    outcome      text NOT NULL,
    contacted_at timestamptz NOT NULL
);
CREATE INDEX contact_view_case ON contact_view (case_id, id);

CREATE TABLE skip_level_visit_view (
    id           uuid PRIMARY KEY,
    version      integer NOT NULL,
    case_id      uuid NOT NULL,
    level        text NOT NULL,
    cause        text NOT NULL,
    person_count integer NOT NULL,
    visited_on   date NOT NULL
);
CREATE INDEX skip_level_visit_view_visited_on ON skip_level_visit_view (visited_on, id);

CREATE TABLE door_count_view (
    id           uuid PRIMARY KEY,
    version      integer NOT NULL,
    unit         text NOT NULL,
    day          date NOT NULL,
    counted      integer NOT NULL,
    missing      integer NOT NULL,
    ever_missing integer NOT NULL
);
CREATE INDEX door_count_view_day ON door_count_view (day, id);

CREATE TABLE conduct_incident_view (
    id          uuid PRIMARY KEY,
    version     integer NOT NULL,
    case_id     uuid NOT NULL,
    unit        text NOT NULL,
    conduct     text NOT NULL,
    happened_on date NOT NULL,
    expires_on  date NOT NULL,
    evidence    uuid NOT NULL,
    reply       uuid,
    organ       text,
    state       text NOT NULL
);
CREATE INDEX conduct_incident_view_case ON conduct_incident_view (case_id, id);

CREATE TABLE load_plan_view (
    id              uuid PRIMARY KEY,
    version         integer NOT NULL,
    unit            text NOT NULL,
    occasion        text NOT NULL,
    first_on        date NOT NULL,
    last_on         date NOT NULL,
    expected_visits integer NOT NULL,
    desks           integer NOT NULL
);
CREATE INDEX load_plan_view_first_on ON load_plan_view (first_on, id);
