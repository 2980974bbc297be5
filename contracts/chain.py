"""The chain of a lane: by it a reader knows that the source has written a record, whoever else can write to the topic.

Each record of a lane has a link, SHA-256 over the link before it and what the record says; number 0 has 32 zero bytes.
With every batch the source signs the link of the last record (Ed25519, RFC 8032) for the store that it is. The first
record of a batch carries the link before it (``ce_linkbefore``, base64) and the last one that signature
(``ce_sealedby``: the store's id, a full stop, base64), so a batch proves itself, and one check is enough for all of it.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from operator import itemgetter
from typing import Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contracts.envelope import Malformed, Record, attributes

START: Final = bytes(32)
"""The link before the first record of a lane."""
LINK_BYTES: Final = 32
BEFORE: Final = "ce_linkbefore"
SEALED_BY: Final = "ce_sealedby"
LINKED: Final = (
    "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "ce_case", "ce_epoch", "ce_lane", "ce_laneseq",
    "ce_streamversion", "ce_metadata",
)  # fmt: skip
"""What of a record stands in its link beside its body, in this order; what is missing is empty."""
_linked = itemgetter(*LINKED)


class Seal(msgspec.Struct, frozen=True):
    """What a source has signed: the link of the last of some records, as the store that it is."""

    store: UUID
    signature: bytes

    def text(self) -> bytes:
        """Return it as it stands in a header."""
        return str(self.store).encode() + b"." + b64encode(self.signature)


class Run(msgspec.Struct, frozen=True):
    """Records of a lane that follow each other, the link before them, and the seal on the last one."""

    before: bytes
    records: Sequence[Record]
    seal: Seal | None


def link(before: bytes, said: Mapping[str, bytes], body: bytes) -> bytes:
    """Return the link of a record from the one before it, its attributes as they travel, and its body."""
    try:
        told = _linked(said)
    except KeyError:
        told = [said.get(name, b"") for name in LINKED]
    # The length is there so that nothing can move from the metadata to the body.
    return sha256(before + b"\n".join((*told, b"%d" % len(told[-1]), body))).digest()


def link_of(before: bytes, record: Record) -> bytes:
    """Return the link of a record from the one before it."""
    return link(before, attributes(record), bytes(record.body))


def chained(before: bytes, records: Iterable[Record]) -> bytes:
    """Return the link of the last of some records."""
    for record in records:
        before = link_of(before, record)
    return before


class Signer:
    """Signs links, as one service."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public(self) -> str:
        """By what others know its signature, base64."""
        return b64encode(self._key.public_key().public_bytes_raw()).decode()

    def seal(self, store: UUID, last: Record, its_link: bytes) -> Seal:
        """Return the seal on a record."""
        return Seal(store, self._key.sign(_signed(store, last, its_link)))


class Signers:
    """Knows the signature of each service, by one key or, while a new one takes its place, by several."""

    def __init__(self, keys: Mapping[str, Sequence[str]]) -> None:
        self._keys = {
            service: [Ed25519PublicKey.from_public_bytes(b64decode(key, validate=True)) for key in some]
            for service, some in keys.items()
        }

    def know(self, seal: Seal, last: Record, its_link: bytes) -> bool:
        """Return whether the service that a record names has sealed it with this link."""
        text = _signed(seal.store, last, its_link)
        return any(_fits(key, seal.signature, text) for key in self._keys.get(last.service, ()))


def _fits(key: Ed25519PublicKey, signature: bytes, text: bytes) -> bool:
    try:
        key.verify(signature, text)
    except InvalidSignature:
        return False
    return True


def _signed(store: UUID, last: Record, its_link: bytes) -> bytes:
    return (
        f"huiyin lane v1\n{last.service}\n{store}\n{last.epoch}\n{last.lane}\n{last.lane_seq}\n"
        f"{b64encode(its_link).decode()}\n"
    ).encode()


def read_before(header: bytes) -> bytes:
    """Read the link before a batch. Raises ``Malformed``."""
    found = _decoded(header)
    if len(found) != LINK_BYTES:
        raise Malformed(BEFORE)
    return found


def read_seal(header: bytes) -> Seal:
    """Read a seal. Raises ``Malformed``."""
    store, _, signature = header.partition(b".")
    try:
        return Seal(UUID(store.decode()), _decoded(signature))
    except ValueError as error:
        raise Malformed(SEALED_BY) from error


def _decoded(text: bytes) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error as error:
        raise Malformed(str(error)) from error
