-- Which case answers for one that has gone into another, and whether what lies with a case is a report about an official:
-- said here, once, and asked by everything else.
CREATE FUNCTION answering(of_case uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE way AS (
        SELECT id, merged_into FROM case_view WHERE id = of_case
        UNION ALL
        SELECT v.id, v.merged_into FROM way JOIN case_view v ON v.id = way.merged_into
    )
    SELECT id FROM way WHERE merged_into IS NULL
$$;

-- What went into a report, or was split into one and others, says what the report says. Null where there is no such
-- case, so that a condition that asks for «not under seal» lets nothing through.
CREATE FUNCTION under_seal(of_case uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    WITH RECURSIVE reach AS (
        SELECT id, confidential, merged_into FROM case_view WHERE id = of_case
        UNION
        SELECT v.id, v.confidential, v.merged_into
        FROM reach r JOIN case_view v ON v.id = r.merged_into OR v.split_from = r.id
    )
    SELECT bool_or(confidential) FROM reach
$$;

-- What lists are sorted by: number, holder, unit, due day.
CREATE INDEX case_view_registration_no ON case_view (registration_no, id);
CREATE INDEX desk_view_unit ON desk_view (unit, id);
CREATE INDEX session_view_opened_at ON session_view (opened_at, id);
CREATE INDEX field_visit_view_unit ON field_visit_view (unit, id);
CREATE INDEX field_visit_view_follow_up_on ON field_visit_view (follow_up_on, id);
CREATE INDEX diary_view_officer ON diary_view (officer, id);
CREATE INDEX diary_view_day ON diary_view (day, id);
CREATE INDEX field_day_view_unit ON field_day_view (unit, id);
CREATE INDEX field_day_view_held_on ON field_day_view (held_on, id);
CREATE INDEX box_view_box_no ON box_view (box_no, id);
CREATE INDEX step_form_view_holder ON step_form_view (holder, id);
CREATE INDEX step_form_view_until ON step_form_view (until, id);
CREATE INDEX contact_card_view_unit ON contact_card_view (unit, id);
CREATE INDEX notice_view_published_at ON notice_view (published_at, id);
