-- Units that the reception hall has called.
CREATE TABLE hall_call_view (
    id      uuid PRIMARY KEY,
    version integer NOT NULL,
    case_id uuid NOT NULL,
    state   text NOT NULL,
    unit    text NOT NULL,
    due_on  date NOT NULL,
    officer text
);
CREATE INDEX hall_call_view_due_on ON hall_call_view (due_on, id);
CREATE INDEX hall_call_view_case ON hall_call_view (case_id, id);
