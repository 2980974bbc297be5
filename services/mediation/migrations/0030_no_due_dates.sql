-- What a calendar or a rule can move is no column: accountability's clocks C5, C8 and C10 say until when.
ALTER TABLE case_view DROP COLUMN decide_until, DROP COLUMN review_until, DROP COLUMN recheck_until;
