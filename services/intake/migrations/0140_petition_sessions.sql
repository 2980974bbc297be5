-- Who has shown the query code of a petition has a token for an hour; of that only the digest is kept. It ends with the
-- code that it was had for: where another one takes its place at the counter, the token is good for nothing at once.
CREATE TABLE petition_session (
    digest     bytea       PRIMARY KEY,
    code       bytea       NOT NULL REFERENCES query_code (digest) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX petition_session_code ON petition_session (code, expires_at);
CREATE INDEX petition_session_end ON petition_session (expires_at);

-- Codes that were none: from where and which, as keyed digests, and when. They are kept for a quarter of an hour.
CREATE TABLE wrong_code (
    whence bytea       NOT NULL,
    digest bytea       NOT NULL,
    at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX wrong_code_whence ON wrong_code (whence, at);
CREATE INDEX wrong_code_digest ON wrong_code (digest, at);
CREATE INDEX wrong_code_at ON wrong_code (at);

-- What is a petitioner's own is found by their petition, and no longer by the code each time.
CREATE INDEX query_code_petition ON query_code (petition_id);
