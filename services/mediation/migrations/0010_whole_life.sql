ALTER TABLE case_view
    ADD COLUMN route            text,
    ADD COLUMN kind             text,
    ADD COLUMN due_on           date,
    ADD COLUMN decide_until     date,
    ADD COLUMN recheck_until    date,
    ADD COLUMN open_commitments integer NOT NULL DEFAULT 0,
    ADD COLUMN terminated_at    timestamptz;
