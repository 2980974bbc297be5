-- The vault holds the only copy of what petitioners wrote and who they are, encrypted under a key per petition;
-- destroying the key row erases the text and leaves every event and digest as it was.
CREATE TABLE vault_key (
    id      uuid  PRIMARY KEY,
    case_id uuid  NOT NULL,
    person  bytea,
    wrapped bytea NOT NULL
);
CREATE INDEX vault_key_person ON vault_key (person) WHERE person IS NOT NULL;

CREATE TABLE vault_item (
    id         uuid  PRIMARY KEY,
    case_id    uuid  NOT NULL,
    key_id     uuid  NOT NULL,
    kind       text  NOT NULL,
    ciphertext bytea NOT NULL
);
CREATE INDEX vault_item_case ON vault_item (case_id);

-- From the digest of a query code to its petition; the code itself is nowhere.
CREATE TABLE query_code (
    digest      bytea PRIMARY KEY,
    case_id     uuid  NOT NULL,
    petition_id uuid  NOT NULL
);

CREATE TABLE case_view (
    id              uuid        PRIMARY KEY,
    version         integer     NOT NULL,
    registration_no text        NOT NULL,
    state           text        NOT NULL,
    channel         text        NOT NULL,
    category        text        NOT NULL,
    place           text        NOT NULL,
    kind            text,
    route           text,
    petitions       integer     NOT NULL,
    received_at     timestamptz NOT NULL,
    closed_at       timestamptz
);
CREATE INDEX case_view_state ON case_view (state, id);
