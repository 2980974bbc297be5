-- What is on its way here: how much of it has come, whose it is, and until when somebody works on it. A row stays for a day
-- after its file was looked through, so that it is known how much somebody has handed in.
CREATE TABLE upload (
    id             uuid        PRIMARY KEY,
    owner          text        NOT NULL,
    size_bytes     bigint      NOT NULL CHECK (size_bytes > 0),
    received_bytes bigint      NOT NULL DEFAULT 0 CHECK (received_bytes BETWEEN 0 AND size_bytes),
    opened_at      timestamptz NOT NULL DEFAULT now(),
    touched_at     timestamptz NOT NULL DEFAULT now(),
    leased_until   timestamptz NOT NULL DEFAULT '-infinity',
    done           boolean     NOT NULL DEFAULT false
);
CREATE INDEX upload_owner ON upload (owner, opened_at);
CREATE INDEX upload_waiting ON upload (touched_at) WHERE NOT done;
CREATE INDEX upload_done ON upload (opened_at) WHERE done;

-- Of which objects a file is made, or the copy of one without what a camera has written into it; `key_id` says with which key
-- of the vault they die.
CREATE TABLE file_part (
    file_id    uuid    NOT NULL,
    n          integer NOT NULL,
    key_id     uuid    NOT NULL,
    at_byte    bigint  NOT NULL,
    size_bytes integer NOT NULL CHECK (size_bytes > 0),
    digest     bytea   NOT NULL,
    PRIMARY KEY (file_id, n)
);
CREATE INDEX file_part_digest ON file_part (digest);
CREATE INDEX file_part_key ON file_part (key_id);

CREATE TABLE file_view (
    id             uuid        PRIMARY KEY,
    version        integer     NOT NULL,
    case_id        uuid        NOT NULL,
    media          text        NOT NULL,
    size_bytes     bigint      NOT NULL,
    state          text        NOT NULL,
    verdict        text,
    fault          text,
    original       uuid,
    announced_at   timestamptz NOT NULL,
    received_at    timestamptz,
    content_sha256 text,
    petition       uuid
);
CREATE INDEX file_view_case ON file_view (case_id, announced_at, id);
CREATE INDEX file_view_petition ON file_view (petition, announced_at) WHERE petition IS NOT NULL;
