"""The commands of accountability, a file for each group of them."""
