-- Items of the vault are found by their own ids alone.
DROP INDEX vault_item_case;
