"""What is said of keys, and of what they keep."""

from __future__ import annotations

from contracts.vocabulary.term import Term


class RootKey(Term):
    """What wraps the keys of texts."""

    vault = "vault", "信访内容保险库"
    sealed = "sealed", "检举控告密件库"
