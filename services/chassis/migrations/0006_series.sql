-- The numbers of papers: the last one of each series, by what stands before it (岳人社信受〔2026〕), and the first of
-- those that were stored with it. That none is left out or given twice is watched over here: whoever goes by an older
-- last number is refused together with what was to be numbered.
CREATE TABLE series (
    first integer NOT NULL,
    last  integer NOT NULL,
    name  text    PRIMARY KEY
) WITH (fillfactor = 50);

CREATE FUNCTION one_after_the_other() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.first <> (CASE WHEN TG_OP = 'UPDATE' THEN OLD.last + 1 ELSE 1 END) THEN
        RAISE EXCEPTION 'not the next number of %: %', NEW.name, NEW.first USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER one_after_the_other AFTER INSERT OR UPDATE ON series
    FOR EACH ROW EXECUTE FUNCTION one_after_the_other();
