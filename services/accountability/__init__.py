"""督办追责: the ledger of everything that happened, the Case that it folds into, and what supervisors order."""
