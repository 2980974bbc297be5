"""The operator's command line and the supervisor of a one-machine stack; no law lives here."""
