"""Files that are handed in: how they are stored, encrypted and looked through. Nothing here knows a case."""
