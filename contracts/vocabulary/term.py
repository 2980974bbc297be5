"""What every term is: a word with a stable value and a Chinese title."""

from __future__ import annotations

from enum import Enum
from typing import Self


class Term(str, Enum):
    """A word of the law with a stable value and a Chinese title: ``Channel.letter.title == "来信"``."""

    title: str  # type: ignore[assignment]  # `str.title` is a method that no term needs

    def __new__(cls, value: str, title: str) -> Self:
        """Make the member from its two words."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.title = title  # type: ignore[method-assign]
        return member

    def __str__(self) -> str:
        """Return the value, which is what stands in events."""
        return str(self.value)
