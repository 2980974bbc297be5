-- Up to which of the records that were set aside the auditors' entries tell.
CREATE TABLE disowned_head (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    number bigint  NOT NULL DEFAULT 0
);
INSERT INTO disowned_head SELECT true, coalesce(max(number), 0) FROM parked;

-- From which life of its source's store an entry is: by it the chain of a lane can be worked out from the ledger alone.
ALTER TABLE ledger_entry ADD epoch smallint NOT NULL DEFAULT 1;
