-- When, to whom and by which way a report has come in stands in no row that can be read (第三十条第三款). What those of before
-- have, `huiyin views rebuild` fills in.
UPDATE case_view SET arrivals = '{}' WHERE id IN (SELECT case_id FROM apart.kept);
