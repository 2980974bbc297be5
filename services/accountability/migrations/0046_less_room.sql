-- What a row of a clock is replaced by mostly stands in another place of an index, so room beside it only lets a page be
-- cleared; and a packed Case is small enough for some to be replaced in what a page keeps free.
ALTER TABLE clock_view SET (fillfactor = 90);
ALTER TABLE case_view SET (fillfactor = 70);
