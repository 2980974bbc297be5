"""Strangers with other languages: they have our documents, the tools of their own world, and nothing else of us."""
