-- A Case is stored again with every entry and a clock with every event: next to where it was, if a page has room left for
-- that, and then what has been replaced is cleared away by whoever writes there next, without waiting for a vacuum.
ALTER TABLE case_view SET (fillfactor = 50);
ALTER TABLE clock_view SET (fillfactor = 75);
