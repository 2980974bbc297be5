"""The rules of mediation, a file for each thing that can be done."""
