"""The form of packed bytes: the number of a dictionary, then a Zstandard frame (RFC 8878) without its magic number.

A frame begins by saying how long its block is, which follows from where it ends; so of nearly all frames, those of one
small block, the head is left out, and the number says so. JSON begins with no such number: what was stored before there
was packing stays as it is and is read as it is. A compressor that knows its dictionary beforehand takes some 4 µs for
an event, and 2 µs to read it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
import zstandard

HOME: Final = Path(__file__).with_name("dictionaries")
DICTIONARIES: Final[Mapping[int, str]] = {
    1: "29305254179ee7d577300e0ada24b48da4ce2ace599ab8e0199f95724870b51b",
    2: "8017b5b22ea9a95f7f77fcea2581834f82dee25fc6a9c0c88f681d1ab12b6b68",
    3: "16fdbc9c85d05b774f01c4fdc2deec2549ecef4f214571d9eb810929859222ef",
}
"""The SHA-256 of every dictionary that was ever released: none is edited, and none goes while a store may need it."""
BARE: Final = 0
"""The number of no dictionary: for texts that are unlike any."""
EVENTS: Final = 2
CASES: Final = 3
"""For Cases as they were folded."""
HEADLESS: Final = 0x10
"""What is added to the number of a dictionary where the head of the frame is left out."""
PLAIN_FROM: Final = 0x20
"""No JSON begins with a lower byte, so that is a number."""
HOW: Final = zstandard.ZstdCompressionParameters(
    format=zstandard.FORMAT_ZSTD1_MAGICLESS,
    write_content_size=0,
    write_checksum=0,
    write_dict_id=0,
    strategy=zstandard.STRATEGY_DFAST,
    min_match=6,
    window_log=17,
    hash_log=14,
    chain_log=14,
)
"""No level has these: matches of six bytes and more, because shorter ones are hardly more than two ids that share some
digits. Whatever makes events a thirtieth smaller takes twice the time, which is a fiftieth of what a case takes."""
PLAIN_BYTES_MAX: Final = 1_048_576
"""The longest text: many times the longest body."""
USUAL_BYTES_MAX: Final = 4_096
"""The longest text of nearly all events."""

UNREADABLE: Final = (b"null", b"null")
"""What is told as metadata and body where they cannot be unpacked: no contract allows that, so that whoever reads them
parks or reports the event, as it does with any other that is broken."""


class Unpackable(msgspec.DecodeError):
    """These bytes were packed with a dictionary that is not here, or were damaged."""


def pack(metadata: bytes, body: bytes) -> bytes:
    """Return an event's metadata and body, each one JSON text without line breaks, as they are stored."""
    return squeezed(metadata + b"\n" + body)


def unpack(packed: bytes) -> tuple[bytes, bytes]:
    """Return metadata and body, byte for byte. Raises ``Unpackable``."""
    metadata, between, body = expanded(packed).partition(b"\n")
    if not between:
        raise Unpackable("metadata without a body")
    return metadata, body


def squeezed(text: bytes, number: int = EVENTS) -> bytes:
    """Return JSON packed with a dictionary. Raises ``ValueError`` for more than could be read again."""
    if len(text) > PLAIN_BYTES_MAX:
        raise ValueError(f"{len(text)} bytes are more than is packed")
    frame = _compressor(number).compress(text)
    if frame.startswith(_head(len(frame) - HEAD_BYTES)):
        return (HEADLESS + number).to_bytes() + frame[HEAD_BYTES:]
    return number.to_bytes() + frame


def expanded(packed: bytes) -> bytes:
    """Return JSON as it was before it was packed, and as it is where it was not. Raises ``Unpackable``."""
    if not packed:
        raise Unpackable("there is nothing")
    number, frame = packed[0], packed[1:]
    if number >= PLAIN_FROM:
        return packed
    if number >= HEADLESS:
        number, frame = number - HEADLESS, _head(len(frame)) + frame
    elif _says(frame) > PLAIN_BYTES_MAX:  # as much would be made room for, whatever is allowed
        raise Unpackable("it says that it is larger than anything that is packed")
    decompress = _decompressor(number).decompress
    try:  # room is made for as much as is allowed, which takes longer than all the rest
        return decompress(frame, max_output_size=USUAL_BYTES_MAX)
    except zstandard.ZstdError:
        pass
    try:
        return decompress(frame, max_output_size=PLAIN_BYTES_MAX)
    except zstandard.ZstdError as error:
        raise Unpackable(str(error)) from error


def _says(frame: bytes) -> int:
    """Return how large a frame says that it is when expanded; nothing where it does not say. Raises ``Unpackable``."""
    try:
        size = zstandard.get_frame_parameters(frame, format=zstandard.FORMAT_ZSTD1_MAGICLESS).content_size
    except zstandard.ZstdError as error:
        raise Unpackable(str(error)) from error
    return 0 if size == zstandard.CONTENTSIZE_UNKNOWN else size


HEAD_BYTES: Final = 5


def _head(size: int) -> bytes:
    """Return how a frame begins that has a window of a kilobyte, and one compressed block of so many bytes."""
    return b"\0\0" + (size << 3 | 0b101).to_bytes(3, "little")


@cache
def _compressor(number: int) -> zstandard.ZstdCompressor:
    words = _dictionary(number)
    if words is not None:
        words.precompute_compress(compression_params=HOW)
    return zstandard.ZstdCompressor(compression_params=HOW, dict_data=words)


@cache
def _decompressor(number: int) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(dict_data=_dictionary(number), format=zstandard.FORMAT_ZSTD1_MAGICLESS)


def _dictionary(number: int) -> zstandard.ZstdCompressionDict | None:
    if number == BARE:
        return None
    if number not in DICTIONARIES:
        raise Unpackable(f"there is no dictionary {number}")
    words = (HOME / f"{number}.zdict").read_bytes()
    if sha256(words).hexdigest() != DICTIONARIES[number]:
        raise Unpackable(f"dictionary {number} was edited: restore it")
    return zstandard.ZstdCompressionDict(words)
