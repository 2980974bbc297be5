"""The rules of accountability, a file for each thing that can be done."""
