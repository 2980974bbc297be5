-- A duty may belong to no case, be one of several about a stream, and be somebody's in particular; it names the entry
-- that made it. What clocks of before do not say of this, `huiyin views rebuild` fills in.
ALTER TABLE clock_view
    ALTER case_id DROP NOT NULL,
    ADD subject uuid,
    ADD item text,
    ADD officer text,
    ADD started_by uuid;
CREATE INDEX clock_view_subject ON clock_view (subject) WHERE subject IS NOT NULL;
-- Lists of duties are sorted by day: what is still owed, by anybody, by a unit, by an officer; and what has a state.
DROP INDEX clock_view_sorted, clock_view_holder, clock_view_state;
CREATE INDEX clock_view_owed ON clock_view (due_on, id) WHERE state IN ('running', 'paused', 'breached');
CREATE INDEX clock_view_holder ON clock_view (holder, due_on, id) WHERE state IN ('running', 'paused', 'breached');
CREATE INDEX clock_view_officer ON clock_view (officer, due_on, id)
    WHERE officer IS NOT NULL AND state IN ('running', 'paused', 'breached');
CREATE INDEX clock_view_state ON clock_view (state, due_on, id);
