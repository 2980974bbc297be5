"""Makes a dictionary of a ledger: ``huiyin audit replay --all --json | python -m contracts.packing.train FILE``.

Lines that are no entries of a ledger are taken as they are: Cases, as accountability shows them, for which 4096 bytes
are enough (``train FILE 4096``).

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

BYTES_MAX: Final = 32_768
"""Twice of 16,384, with which events are a twentieth larger; with twice as much again they are no smaller."""
LEVEL: Final = 3


class _Entry(msgspec.Struct):
    metadata: msgspec.Raw
    body: msgspec.Raw


_read = msgspec.json.Decoder(_Entry).decode


def trained(lines: Iterable[bytes], bytes_max: int = BYTES_MAX) -> bytes:
    """Return the dictionary of a ledger's lines, or of other lines of JSON."""
    texts: list[bytes | bytearray | memoryview] = [_text(line) for line in lines]
    return zstandard.train_dictionary(bytes_max, texts, level=LEVEL).as_bytes()


def _text(line: bytes) -> bytes:
    try:
        entry = _read(line)
    except msgspec.ValidationError:
        return line.strip()
    return bytes(entry.metadata) + b"\n" + bytes(entry.body)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(trained(sys.stdin.buffer, *map(int, sys.argv[2:])))
