-- What has gone into a case is found from it, and what came in at a desk on a day by that day.
CREATE INDEX case_view_merged_into ON case_view (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX case_view_arrivals ON case_view USING gin (arrivals);
