"""The clocks of law: the rules as data, how they are counted, kept and watched."""
