"""办理: what a unit does with a case, from its receipt to its closing."""
