"""Cases that lie apart: what happens in them is kept in a store and under a key of their own, and is published nowhere.

What the others have to know is told under a number from which nobody finds the case (``Apart.alias``), and only what
an event class says of itself (``Event.outward``). Which cases these are is said by one table; the database refuses a
row that somebody would put in the wrong store because they have not heard of that yet (``WrongStore``).
"""

from __future__ import annotations

import hmac
import secrets
from functools import cached_property, lru_cache
from typing import Final
from uuid import UUID

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from services.chassis.database import Connection
from services.chassis.errors import Damaged
from services.chassis.keyring import Keyring, alarm
from services.chassis.stored import Row, Stored
from services.chassis.views import Statement

SEALED: Final = "sealed"
"""Its root key."""
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
VEILED_CHARS: Final = 32
VEILED_MAX: Final = 65_536
"""How many words are remembered: a directory's codes, again and again."""
_PUT: Final = (
    "INSERT INTO apart.event (stream_id, version, case_id, id, packed, at) "
    "SELECT stream_id, version, case_id, id, packed, at FROM json_populate_recordset(NULL::apart.event, {rows})"
)
_SET_APART: Final = (
    "INSERT INTO apart.kept SELECT case_id FROM json_populate_recordset(NULL::apart.kept, {rows}) fresh "
    "ON CONFLICT DO NOTHING"
)
_TAKEN_BACK: Final = (
    "DELETE FROM apart.kept k USING json_populate_recordset(NULL::apart.kept, {rows}) back "
    "WHERE k.case_id = back.case_id"
)
_BETWEEN: Final = b"\0"


class RecordDamaged(Damaged):
    """An event that lies apart is not the one that was stored there."""

    code = "record_damaged"
    title = "密件记录损坏或者被移动"


class Apart:
    """The store of what lies apart, as one process knows it.

    Each case has a key of its own, which follows from a root key that the vault does not have (``keyring``).
    """

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys
        self.cases: frozenset[UUID] = frozenset()
        """The cases that lie apart, as far as this process has heard."""
        self._veiled: dict[str, str] = {}

    async def learn(self, connection: Connection) -> None:
        """Find out which cases lie apart."""
        self.cases = frozenset(row["case_id"] for row in await connection.fetch("SELECT case_id FROM apart.kept"))

    async def has(self, connection: Connection, case: UUID) -> bool:
        """Return whether a case lies apart."""
        found: bool = await connection.fetchval("SELECT EXISTS (SELECT FROM apart.kept WHERE case_id = $1)", case)
        return found

    def alias(self, case: UUID) -> UUID:
        """Return the number under which the others know of a case; whoever has no key finds neither from the other."""
        return UUID(bytes=self._derived(b"alias " + case.bytes)[:16], version=4)

    def elsewhere(self, case: UUID, entry: UUID) -> UUID:
        """Return a number that stands where an entry that lies with no case names one: it leads nobody anywhere."""
        return UUID(bytes=self._derived(b"elsewhere " + entry.bytes + case.bytes)[:16], version=4)

    def veil(self, word: str) -> str:
        """Return a word from which nobody without the key finds this one; the same for the same word."""
        if (known := self._veiled.get(word)) is None:
            known = hmac.digest(self._veiling, word.encode(), "sha256").hex()[:VEILED_CHARS]
            if len(self._veiled) < VEILED_MAX:
                self._veiled[word] = known
        return known

    def put(self, row: Row) -> Statement:
        """Return what stores an event of a case that lies apart; its kind is as secret as what it says."""
        case = row.case or row.stream
        text = row.type.encode() + _BETWEEN + row.packed
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher(case).encrypt(nonce, text, _bound(row.stream, row.version))
        return _PUT, {
            "stream_id": row.stream, "version": row.version, "case_id": case, "id": row.id,
            "packed": "\\x" + sealed.hex(), "at": row.at,
        }  # fmt: skip

    def opened(self, row: asyncpg.Record) -> Stored:
        """Return an event that lies apart as any other; its case stands before what was sealed.

        Raises ``RecordDamaged`` where it is not what was stored.
        """
        stream, version, _, packed, at = row
        case, nonce, sealed = UUID(bytes=packed[:16]), packed[16 : 16 + NONCE_BYTES], packed[16 + NONCE_BYTES :]
        try:
            name, _, text = self._cipher(case).decrypt(nonce, sealed, _bound(stream, version)).partition(_BETWEEN)
        except InvalidTag:
            raise alarm(SEALED, RecordDamaged(f"{stream} 第 {version} 条")) from None
        return Stored(stream, version, name.decode(), text, at)

    @staticmethod
    def wrapping(root: bytes, case: UUID) -> AESGCM:
        """Return what wraps the keys of texts that lie with a case that lies apart."""
        return _cipher(root, case)

    @staticmethod
    def place(case: UUID, *, apart: bool) -> Statement:
        """Return what says whether what happens in a case from now on lies apart."""
        return _SET_APART if apart else _TAKEN_BACK, {"case_id": case}

    def _cipher(self, case: UUID) -> AESGCM:
        return _cipher(self._keys.lasting, case)

    def _derived(self, purpose: bytes) -> bytes:
        return _derived(self._keys.lasting, purpose)

    @cached_property
    def _veiling(self) -> bytes:
        return self._derived(b"words")


def _bound(stream: UUID, version: int) -> bytes:
    return stream.bytes + version.to_bytes(4, "big")


def _derived(root: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(SHA256(), KEY_BYTES, b"huiyin apart " + purpose).derive(root)


@lru_cache(maxsize=256)
def _cipher(root: bytes, case: UUID) -> AESGCM:
    return AESGCM(_derived(root, b"case " + case.bytes))
