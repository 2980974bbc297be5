"""The rules of assignment, a file for each thing that can be done."""
