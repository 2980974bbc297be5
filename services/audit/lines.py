"""A ledger in a file: one entry a line, as `huiyin audit replay --all --json` writes it. No database is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from services.audit.entry import Entry, Place
from services.audit.order import Cited, Examined, about, examined

_read: Final = msgspec.json.Decoder(Entry).decode


def entries(lines: Iterable[bytes]) -> Iterator[Examined]:
    """Read entries in order, each compared with its cause. Raises ``msgspec.ValidationError`` for what is none.

    What may be a cause is kept in memory, some hundred bytes an entry.
    """
    passed: dict[Place, Cited] = {}
    for line in lines:
        entry = _read(line)
        yield examined(entry, about(entry), passed)
        passed[entry.place] = Cited(entry.seq, entry.id, entry.type)
