"""How the bytes of a file are encrypted: piece by piece, so that none can be changed, moved, left out or cut off.

Each piece is sealed with AES-256-GCM under a key of its file, bound to the file, its place and whether it is the last
(the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). The key lies in the vault with the file's
name: to open a file is to look into the vault, and whoever destroys the key there has destroyed the file.
"""

from __future__ import annotations

import secrets
from typing import Final, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE_BYTES: Final = 2 * 1024 * 1024
"""How long a piece is, but for the last one and where a connection broke."""
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class PieceDamaged(RuntimeError):
    """A piece is not what was sealed, or not where it was."""


class Piece(NamedTuple):
    """Where a piece stands in its file."""

    n: int
    at_byte: int
    size_bytes: int
    digest: bytes

    @property
    def end(self) -> int:
        """The byte behind it."""
        return self.at_byte + self.size_bytes


def new_key() -> bytes:
    """Return a key for one file."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, file: UUID, n: int, at_byte: int, text: bytes, *, last: bool) -> bytes:
    """Return a piece sealed."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, _bound(file, n, at_byte, last=last))


def opened(key: bytes, file: UUID, piece: Piece, sealed: bytes, *, last: bool) -> bytes:
    """Return what a piece says. Raises ``PieceDamaged``."""
    try:
        bound = _bound(file, piece.n, piece.at_byte, last=last)
        text = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:  # also one that is shorter than its nonce
        raise PieceDamaged(f"{file}/{piece.n}") from error
    if len(text) != piece.size_bytes:
        raise PieceDamaged(f"{file}/{piece.n}")
    return text


def _bound(file: UUID, n: int, at_byte: int, *, last: bool) -> bytes:
    return file.bytes + n.to_bytes(4, "big") + at_byte.to_bytes(8, "big") + bytes([last])
