"""The commands of assignment, a file for each group of them."""
