"""Who acts: proved by a token of the provider, and what they are by the directory as it is now."""
