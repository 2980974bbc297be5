-- What one petitioner wrote in a case that is over is only kept, and then destroyed.
ALTER TABLE vault_key ADD restricted boolean NOT NULL DEFAULT false;
CREATE TABLE erasure_view (
    id          uuid        PRIMARY KEY,
    version     integer     NOT NULL,
    case_id     uuid        NOT NULL,
    petition_id uuid        NOT NULL,
    ground      text        NOT NULL,
    held        text[]      NOT NULL,
    asked_by    text        NOT NULL,
    asked_at    timestamptz NOT NULL,
    shredded_at timestamptz,
    state       text        NOT NULL
);
CREATE INDEX erasure_view_case ON erasure_view (case_id, id);
CREATE INDEX erasure_view_asked ON erasure_view (asked_at, id);
