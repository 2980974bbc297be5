-- A person is known again by every number and address that they gave, and not by one of them alone. What was indexed
-- before under an identity number is found as before; a name with a telephone number is not, and is told anew.
ALTER TABLE vault_key ADD COLUMN persons bytea[];
UPDATE vault_key SET persons = ARRAY[person] WHERE person IS NOT NULL;
ALTER TABLE vault_key DROP COLUMN person;
CREATE INDEX vault_key_persons ON vault_key USING gin (persons) WHERE persons IS NOT NULL;
