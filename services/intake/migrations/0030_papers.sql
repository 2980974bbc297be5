-- The papers that were issued, each under a number of its book: a unit's numbers of one kind in one year.
CREATE TABLE paper_view (
    id          uuid        PRIMARY KEY,
    version     integer     NOT NULL,
    case_id     uuid        NOT NULL,
    kind        text        NOT NULL,
    document_no text        NOT NULL,
    book        text        NOT NULL,
    sequence    integer     NOT NULL,
    unit        text        NOT NULL,
    state       text        NOT NULL,
    issued_at   timestamptz NOT NULL,
    served_at   timestamptz,
    supersedes  uuid,
    pdf_sha256  text        NOT NULL
);
CREATE INDEX paper_view_case ON paper_view (case_id, issued_at, id);
CREATE INDEX paper_view_book ON paper_view (book, sequence);
