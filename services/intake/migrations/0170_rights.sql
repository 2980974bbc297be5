-- Who is what to a case, as the table of rights asks for it; and of these the units, so that whoever has them in their
-- reach finds what they do. What those of before have, `huiyin views rebuild` fills in.
ALTER TABLE case_view ADD parties text[];
ALTER TABLE case_view ADD party_units text[] GENERATED ALWAYS AS (units_among(parties)) STORED;
CREATE INDEX case_view_parties ON case_view USING gin (parties);
