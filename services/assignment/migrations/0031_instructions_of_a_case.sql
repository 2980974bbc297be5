-- What leaders wrote on the letters of a case.
CREATE INDEX instruction_view_case ON instruction_view (case_id, id);
