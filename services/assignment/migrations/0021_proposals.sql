CREATE TABLE proposal_view (
    id          uuid    PRIMARY KEY,
    version     integer NOT NULL,
    proposal_no text    NOT NULL,
    village     text    NOT NULL,
    state       text    NOT NULL
);
CREATE INDEX proposal_view_state ON proposal_view (state, id);
