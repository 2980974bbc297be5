-- What the whole life of a case adds to its row: where it went, what it came from, and who may see it.
ALTER TABLE case_view
    ADD COLUMN confidential       boolean NOT NULL DEFAULT false,
    ADD COLUMN merged_into        uuid,
    ADD COLUMN split_from         uuid,
    ADD COLUMN no_longer_accepted uuid[]  NOT NULL DEFAULT '{}',
    ADD COLUMN withdrawal_on      date;

CREATE INDEX case_view_matter ON case_view (category, place, received_at);
CREATE INDEX case_view_split ON case_view (split_from) WHERE split_from IS NOT NULL;
