-- How many texts somebody has read within the hour, and who may read more for a while.
CREATE TABLE recent_look (
    actor text        NOT NULL,
    at    timestamptz NOT NULL
);
CREATE INDEX recent_look_actor ON recent_look (actor, at);
CREATE TABLE bulk_look_view (
    id         uuid        PRIMARY KEY,
    version    integer     NOT NULL,
    officer    text        NOT NULL,
    unit       text        NOT NULL,
    purpose    text        NOT NULL,
    count      integer     NOT NULL,
    asked_at   timestamptz NOT NULL,
    granted_by text        NOT NULL,
    until      timestamptz,
    state      text        NOT NULL
);
CREATE INDEX bulk_look_view_officer ON bulk_look_view (officer, until);
CREATE INDEX bulk_look_view_asked ON bulk_look_view (asked_at, id);
