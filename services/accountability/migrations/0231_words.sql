-- What a decision is called lies in the vault, and its id here. That of decisions of before, `huiyin views rebuild`
-- fills in.
ALTER TABLE recommendation_view ALTER COLUMN decision_no TYPE uuid USING NULL;
