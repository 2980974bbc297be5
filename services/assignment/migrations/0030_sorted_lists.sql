-- Lists are sorted by what people need, and page from there on.
CREATE INDEX case_view_unit ON case_view (unit, id);
CREATE INDEX case_view_due ON case_view (due_on, id);
CREATE INDEX case_view_number ON case_view (registration_no, id);
CREATE INDEX campaign_view_due ON campaign_view (next_due_on, id);
CREATE INDEX campaign_view_sponsor ON campaign_view (sponsor, id);
CREATE INDEX ledger_item_view_due ON ledger_item_view (due_on, id);
CREATE INDEX ledger_item_view_unit ON ledger_item_view (unit, id);
CREATE INDEX ledger_item_view_number ON ledger_item_view (item_no, id);
CREATE INDEX conference_view_day ON conference_view (held_on, id);
CREATE INDEX conference_view_due ON conference_view (next_due_on, id);
CREATE INDEX conference_view_number ON conference_view (conference_no, id);
CREATE INDEX reception_view_day_id ON reception_view (received_on, id);
CREATE INDEX reception_view_follow_up ON reception_view (follow_up_due, id);
CREATE INDEX instruction_view_due ON instruction_view (due_on, id);
CREATE INDEX instruction_view_unit ON instruction_view (unit, id);
