-- Which case has a registration number: read from the entries themselves, so that no view has to be believed.
CREATE INDEX ledger_entry_registration_no
    ON ledger_entry (substring(encode(body, 'escape') FROM '"registration_no":"([^"]*)"'))
    WHERE service = 'intake' AND position('"registration_no":'::bytea IN body) > 0;

-- All clocks of a case, the stopped ones too; those that run are found in it as well.
DROP INDEX clock_view_case;
CREATE INDEX clock_view_case ON clock_view (case_id, id);

-- Lists of clocks in a state, however rare it is.
CREATE INDEX clock_view_state ON clock_view (state, id);
