-- Up to which of the records that were set aside the auditors' entries tell.
CREATE TABLE disowned_head (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    number bigint  NOT NULL DEFAULT 0
);
INSERT INTO disowned_head SELECT true, coalesce(max(number), 0) FROM parked;
