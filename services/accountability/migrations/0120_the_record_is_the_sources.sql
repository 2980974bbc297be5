-- From which life of its source's store an entry is: by it the chain of a lane can be worked out from the ledger alone.
ALTER TABLE ledger_entry ADD epoch smallint NOT NULL DEFAULT 1;
