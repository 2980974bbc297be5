-- Which discipline organ has a report about an official: it finds that in its list, and nobody else does. Of those of before it
-- is filled in by `huiyin views rebuild`.
ALTER TABLE case_view ADD organ text;
