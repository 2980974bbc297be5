-- At which number an officer answers while on duty; like the name it can be corrected, and stands in no event.
ALTER TABLE nameplate ADD COLUMN phone text;
