-- What a number in another system is lies in the vault, and its id here: it is found by the reference's own id. That of
-- references of before, `huiyin views rebuild` fills in.
DROP INDEX external_reference_view_no;
ALTER TABLE external_reference_view ALTER COLUMN external_no DROP NOT NULL, ALTER COLUMN external_no TYPE uuid USING NULL;
