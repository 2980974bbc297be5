-- The units of the directory with those who act for them: a view of its events in assignment, which keeps it, and what
-- the other services heard of it.
CREATE TABLE directory_unit (
    id      uuid    PRIMARY KEY,
    version integer NOT NULL,
    entry   text    NOT NULL
);
