-- What lies under the keys of a case is kept from everybody, destroyed, or moved with it: they are found by it.
CREATE INDEX vault_key_case ON vault_key (case_id);
