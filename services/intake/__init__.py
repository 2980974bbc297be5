"""受理: a case exists, which petitions belong to it, what kind it is; and the vault of what petitioners wrote."""
