"""Identifiers at the speed at which requests need them; the standard library makes the same ones in twice the time."""

from __future__ import annotations

from hashlib import sha1
from typing import Final
from uuid import UUID

import msgspec

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that can be taken for another."""
NUMBER_CHARS: Final = 8
"""Letters of a number that people read to each other: 40 bits, so that a year's documents share none."""


def read_uuid(text: str) -> UUID:
    """Read an id in its usual form. Raises ``msgspec.ValidationError`` (a ``ValueError``) for anything else."""
    return msgspec.convert(text, UUID)


def derived(space: UUID, name: str) -> UUID:
    """Return the id that follows from another one and a name (version 5 of RFC 9562): always the same."""
    digest = bytearray(sha1(space.bytes + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    return msgspec.convert(bytes(digest), UUID)


_FACTS: Final = UUID("0b6f3f4e-6a0c-5d0f-9d0e-5f0d8f5f3f66")


def fact_of(event: UUID) -> UUID:
    """Return the stream about what an event says has happened, in which somebody may bear it out."""
    return derived(_FACTS, str(event))


_PAIRS: Final = [one + two for two in ALPHABET for one in ALPHABET]
"""Ten bits at once take half the time."""


def spelled(number: int, chars: int) -> str:
    """Return the lowest bits of a number in letters, five bits each, the lowest first."""
    return "".join([_PAIRS[(number >> at) & 1023] for at in range(0, 5 * chars, 10)])[:chars]
