-- What is destroyed with a key, and what was asked about a petition, is found by it.
CREATE INDEX vault_item_key ON vault_item (key_id);
CREATE INDEX erasure_view_petition ON erasure_view (petition_id);
