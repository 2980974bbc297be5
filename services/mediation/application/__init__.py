"""The commands of mediation, a file for each group of them."""
