"""Makes a dictionary of a ledger: ``huiyin audit replay --all --json | python -m contracts.packing.train FILE``.

What goes into it is released and stays for ever, so the ledger must be one of invented people: that of the demo. Events
hold no personal data anyway. A new dictionary is worth its price where events have come to look otherwise: it gets the
next number and stands beside the others.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
import zstandard

BYTES_MAX: Final = 16_384
"""Twice the size makes the events a hundredth smaller."""
LEVEL: Final = 3


class _Line(msgspec.Struct):
    metadata: msgspec.Raw
    body: msgspec.Raw


def trained(lines: Iterable[bytes]) -> bytes:
    """Return the dictionary of a ledger's lines."""
    read = msgspec.json.Decoder(_Line).decode
    texts: list[bytes | bytearray | memoryview] = [
        bytes(event.metadata) + b"\n" + bytes(event.body) for event in map(read, lines)
    ]
    return zstandard.train_dictionary(BYTES_MAX, texts, level=LEVEL).as_bytes()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(trained(sys.stdin.buffer))
