-- What lists are sorted by: number, holder, unit, due day.
CREATE INDEX case_view_due_on ON case_view (due_on, id);
CREATE INDEX case_view_unit ON case_view (unit, id);
CREATE INDEX case_view_case_officer ON case_view (case_officer, id);
CREATE INDEX case_view_registration_no ON case_view (registration_no, id);
CREATE INDEX committee_view_unit ON committee_view (unit, id);
CREATE INDEX committee_view_term_until ON committee_view (term_until, id);
CREATE INDEX mediator_view_mediator ON mediator_view (mediator, id);
CREATE INDEX dispute_view_due_on ON dispute_view (due_on, id);
CREATE INDEX dispute_view_unit ON dispute_view (unit, id);
CREATE INDEX dispute_view_mediator ON dispute_view (mediator, id);
CREATE INDEX sweep_view_due_on ON sweep_view (due_on, id);
CREATE INDEX fund_view_unit ON fund_view (unit, id);
CREATE INDEX fund_view_case_id ON fund_view (case_id, id);
CREATE INDEX self_correction_view_unit ON self_correction_view (unit, id);
CREATE INDEX self_correction_view_corrected_on ON self_correction_view (corrected_on, id);
