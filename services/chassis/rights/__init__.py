"""Who may: one table of roles, operations and relations to a case, read as a predicate and as SQL."""
