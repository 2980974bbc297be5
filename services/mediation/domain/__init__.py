"""The rules of mediation: what is known of a case (`handling`), and a chapter for each thing that can be done."""
