-- Lists are sorted by what people need, and page from there on.
CREATE INDEX clock_view_sorted ON clock_view (due_on, id);
CREATE INDEX clock_view_holder ON clock_view (holder, id);
CREATE INDEX supervision_view_due ON supervision_view (due_on, id);
CREATE INDEX supervision_view_unit ON supervision_view (unit, id);
CREATE INDEX supervision_view_number ON supervision_view (card_no, id);
CREATE INDEX recommendation_view_served ON recommendation_view (served_at, id);
CREATE INDEX recommendation_view_addressee ON recommendation_view (addressee, id);
CREATE INDEX recommendation_view_number ON recommendation_view (recommendation_no, id);
CREATE INDEX project_view_unit ON project_view (unit, id);
CREATE INDEX project_view_number ON project_view (project_no, id);
CREATE INDEX orphan_view_since ON orphan_view (since, id);
