-- What is due is found by its moment, which many clocks share, and so a place in the index; what is open by its state.
DROP INDEX clock_view_due;
CREATE INDEX clock_view_due ON clock_view (kind, due_at) WHERE state = 'running';
DROP INDEX clock_view_open;
