-- When, to whom and by which way a report has come in stands in no row that can be read (第三十条第三款). What those of before
-- have is emptied here, and `huiyin views rebuild` fills it in. Until then nobody can say of a door what is on file there:
-- whoever counts is refused (`on_file_unknown`), so that nobody is blamed for what they have registered.
UPDATE case_view SET arrivals = '{}' WHERE id IN (SELECT case_id FROM apart.kept);
