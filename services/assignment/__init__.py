"""分办: who must handle a case; and the directory of units and officers from which the answer comes."""
