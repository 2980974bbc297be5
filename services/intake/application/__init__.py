"""The commands of intake, a file for each group of them."""
