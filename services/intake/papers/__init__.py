"""Papers: what is said in each kind of notice, and how it is put on a page."""
