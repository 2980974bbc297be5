"""The rules of intake, a file for each thing that can be done."""
