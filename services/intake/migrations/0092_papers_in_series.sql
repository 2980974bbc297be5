-- Papers take their numbers from the same series as everything else: what was numbered before goes on from there.
INSERT INTO series (name, first, last)
    SELECT regexp_replace(document_no, '[0-9]+号$', ''), 1, max(sequence) FROM paper_view WHERE sequence > 0 GROUP BY 1;
DROP INDEX paper_view_book;
ALTER TABLE paper_view DROP COLUMN book, DROP COLUMN sequence;
