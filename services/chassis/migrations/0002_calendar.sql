-- The days off and make-up days that were published for a year, in the format of holiday-cn; other years come from the
-- library that the calendar is seeded from.
CREATE TABLE calendar_year (
    year   integer PRIMARY KEY,
    sha256 text    NOT NULL,
    notice text    NOT NULL
);
