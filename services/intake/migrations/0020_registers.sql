-- The registers of the hall, of work outside it, of boxes, and of what the public is told.
CREATE TABLE desk_view (
    id       uuid PRIMARY KEY,
    version  integer NOT NULL,
    unit     text NOT NULL,
    desk_no  text NOT NULL,
    weekdays smallint[] NOT NULL,
    opens    text NOT NULL,
    closes   text NOT NULL,
    state    text NOT NULL
);
CREATE INDEX desk_view_state ON desk_view (state, id);

CREATE TABLE session_view (
    id        uuid PRIMARY KEY,
    version   integer NOT NULL,
    case_id   uuid NOT NULL,
    petition  uuid NOT NULL,
    unit      text NOT NULL,
    opened_at timestamptz NOT NULL,
    waiting   uuid[] NOT NULL,
    served    uuid[] NOT NULL,
    state     text NOT NULL
);
CREATE INDEX session_view_state ON session_view (state, id);

CREATE TABLE field_visit_view (
    id           uuid PRIMARY KEY,
    version      integer NOT NULL,
    unit         text NOT NULL,
    officer      text NOT NULL,
    place        text NOT NULL,
    category     text NOT NULL,
    visited_on   date NOT NULL,
    follow_up_on date,
    state        text NOT NULL
);
CREATE INDEX field_visit_view_state ON field_visit_view (state, id);

CREATE TABLE diary_view (
    id          uuid PRIMARY KEY,
    version     integer NOT NULL,
    unit        text NOT NULL,
    officer     text NOT NULL,
    day         date NOT NULL,
    document    uuid NOT NULL,
    linked_case uuid,
    state       text NOT NULL
);
CREATE INDEX diary_view_state ON diary_view (state, id);

CREATE TABLE field_day_view (
    id           uuid PRIMARY KEY,
    version      integer NOT NULL,
    unit         text NOT NULL,
    place        text NOT NULL,
    held_on      date NOT NULL,
    found_count  integer NOT NULL,
    solved_count integer NOT NULL,
    state        text NOT NULL
);
CREATE INDEX field_day_view_state ON field_day_view (state, id);

CREATE TABLE box_view (
    id         uuid PRIMARY KEY,
    version    integer NOT NULL,
    box_no     text NOT NULL,
    place      text NOT NULL,
    unit       text NOT NULL,
    items      bigint NOT NULL,
    registered integer NOT NULL,
    missed     integer NOT NULL,
    state      text NOT NULL
);
CREATE INDEX box_view_state ON box_view (state, id);

CREATE TABLE step_form_view (
    id      uuid PRIMARY KEY,
    version integer NOT NULL,
    case_id uuid NOT NULL,
    level   text NOT NULL,
    holder  text NOT NULL,
    until   date NOT NULL,
    state   text NOT NULL
);
CREATE INDEX step_form_view_state ON step_form_view (state, id);

CREATE TABLE contact_card_view (
    id           uuid PRIMARY KEY,
    version      integer NOT NULL,
    case_id      uuid NOT NULL,
    unit         text NOT NULL,
    duty_officer text NOT NULL,
    post         text NOT NULL,
    state        text NOT NULL
);
CREATE INDEX contact_card_view_state ON contact_card_view (state, id);

CREATE TABLE notice_view (
    id           uuid PRIMARY KEY,
    version      integer NOT NULL,
    unit         text NOT NULL,
    kind         text NOT NULL,
    medium       text NOT NULL,
    copies       integer NOT NULL,
    published_at timestamptz NOT NULL,
    state        text NOT NULL
);
CREATE INDEX notice_view_state ON notice_view (state, id);
