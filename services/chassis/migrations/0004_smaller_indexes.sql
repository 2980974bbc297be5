-- Events of one transaction share a place in the index, and are put in order when they are read: they are few.
DROP INDEX event_settled;
CREATE INDEX event_settled ON event (xid);

-- Numbers lie in the order in which they were given, so it is enough to know of some pages from where to where they go;
-- that none is given twice is watched over by (lane, lane_seq), which rises with them.
ALTER TABLE sealed DROP CONSTRAINT sealed_pkey;
CREATE INDEX sealed_seq ON sealed USING brin (seq) WITH (pages_per_range = 4, autosummarize);

-- What a command was about is said by its reply.
ALTER TABLE command DROP COLUMN stream_id;
