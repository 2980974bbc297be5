-- Who may not know of a case: of a report about an official all but those for whom it is kept, and of another one whom
-- it complains of and who was recused, by their names. Most cases have none of these; what those of before have,
-- `huiyin views rebuild` fills in.
ALTER TABLE case_view ADD kept_for text[], ADD accused text[], ADD received_by text;
CREATE INDEX case_view_kept ON case_view (id) WHERE kept_for IS NOT NULL OR accused IS NOT NULL;
