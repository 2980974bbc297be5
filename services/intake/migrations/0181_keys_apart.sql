-- The key of what lies with a report is wrapped by the key of what lies apart, so that the vault's own opens nothing of it.
ALTER TABLE vault_key ADD apart boolean NOT NULL DEFAULT false;
