-- Who stands where in the directory, and disputes about whose a case is.
ALTER TABLE unit_view
    ADD COLUMN kind             text,
    ADD COLUMN vertical_managed boolean NOT NULL DEFAULT false,
    ADD COLUMN successors       text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN delegated        text[]  NOT NULL DEFAULT '{}';

ALTER TABLE case_view
    ADD COLUMN bounces integer NOT NULL DEFAULT 0,
    ADD COLUMN organ   text,
    ADD COLUMN arbiter text;
