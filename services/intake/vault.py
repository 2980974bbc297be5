"""The vault: what petitioners wrote and who they are, readable only with a key that one row holds.

Envelope encryption: one data key a petition or document (so one person in one case is never under the key of another),
wrapped by a key that comes from a file and never enters the database. AES-256-GCM binds each ciphertext to its item,
case and key, so none can be moved to another case. Events carry the digest of the ciphertext, never of the text.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from services.chassis.database import Database
from services.chassis.errors import NotFound
from services.chassis.views import Statement

NONCE_BYTES: Final = 12
ROOT_BYTES: Final = 32
CODE_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that can be taken for another."""
CODE_CHARS: Final = 12

_SEAL = """
WITH key AS (
    INSERT INTO vault_key (id, case_id, person, wrapped) VALUES ($1, $2, $3, $4)
), code AS (
    INSERT INTO query_code (digest, case_id, petition_id) SELECT $5, $2, $6 WHERE $5::bytea IS NOT NULL
)
INSERT INTO vault_item (id, case_id, key_id, kind, ciphertext)
SELECT i.id, $2, $1, i.kind, i.ciphertext FROM unnest($7::uuid[], $8::text[], $9::bytea[]) AS i (id, kind, ciphertext)
"""


class NoKey(RuntimeError):
    """There is no vault key; nothing can be registered or read without it."""


@dataclass(frozen=True)
class Sealed:
    """Items ready to be stored: the statement that does it, and the digest that their event carries."""

    statement: Statement
    sha256: str


class Vault:
    """Encrypts, decrypts and finds. The root key is 32 random bytes, base64, in a file that only the service reads."""

    def __init__(self, key_file: Path | None) -> None:
        if key_file is None or not key_file.exists():
            raise NoKey("HUIYIN_VAULT_KEY_FILE names no file; it must hold 32 random bytes in base64")
        root = base64.b64decode(key_file.read_text().strip(), validate=True)
        if len(root) != ROOT_BYTES:
            raise NoKey(f"{key_file} must hold {ROOT_BYTES} bytes in base64")
        self._wrapping = AESGCM(_derive(root, b"wrap"))
        self._index_key = _derive(root, b"person index")
        self._code_key = _derive(root, b"query code")

    def seal(
        self,
        case: UUID,
        key_id: UUID,
        items: dict[UUID, tuple[str, Any]],
        *,
        person: str | None = None,
        petition: UUID | None = None,
    ) -> Sealed:
        """Encrypt items under a new key; the digest is that of the first.

        `person` makes the blind index, and `petition` the query code by which the items' petition can be found.
        """
        key = secrets.token_bytes(ROOT_BYTES)
        cipher = AESGCM(key)
        sealed = [_encrypt(cipher, msgspec.json.encode(v), _bound(i, case, key_id)) for i, (_, v) in items.items()]
        values = (
            key_id,
            case,
            None if person is None else hmac.digest(self._index_key, person.encode(), "sha256"),
            _encrypt(self._wrapping, key, key_id.bytes),
            None if petition is None else self.code_digest(self.query_code(petition)),
            petition,
            list(items),
            [str(kind) for kind, _ in items.values()],
            sealed,
        )
        return Sealed((_SEAL, values), hashlib.sha256(sealed[0]).hexdigest())

    async def holds(self, database: Database, case: UUID, item: UUID) -> bool:
        """Return whether there is such an item of the case whose key still exists."""
        async with database.connection() as connection:
            return bool(await connection.fetchval(_READ.format("1"), item, case))

    async def open(self, database: Database, case: UUID, item: UUID) -> Any:  # noqa: ANN401  # what was sealed
        """Decrypt an item; the look must be on record already. Raises ``NotFound``, also for an erased one."""
        async with database.connection() as connection:
            row = await connection.fetchrow(_READ.format("i.key_id, i.kind, i.ciphertext, k.wrapped"), item, case)
        if row is None:
            raise NotFound(str(item))
        try:
            key = _decrypt(self._wrapping, row["wrapped"], row["key_id"].bytes)
            text = _decrypt(AESGCM(key), row["ciphertext"], _bound(item, case, row["key_id"]))
        except InvalidTag as error:
            raise NotFound(f"{item}: 密文与其案件不符") from error
        return msgspec.json.decode(text)

    def query_code(self, petition: UUID) -> str:
        """Return the code by which the petitioner asks after a petition; always the same for the same petition."""
        number = int.from_bytes(hmac.digest(self._code_key, petition.bytes, "sha256")[:8], "big") >> 4
        digits = [CODE_ALPHABET[(number >> 5 * n) & 31] for n in range(CODE_CHARS)]
        return "-".join("".join(digits[n : n + 4]) for n in range(0, CODE_CHARS, 4))

    def code_digest(self, code: str) -> bytes:
        """Return what stands in the table for a code, as people type it."""
        typed = code.upper().replace("-", "").replace(" ", "").replace("O", "0").replace("I", "1").replace("L", "1")
        return hmac.digest(self._code_key, typed.encode(), "sha256")


_READ: Final = "SELECT {} FROM vault_item i JOIN vault_key k ON k.id = i.key_id WHERE i.id = $1 AND i.case_id = $2"


def _derive(root: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(SHA256(), ROOT_BYTES, b"huiyin vault " + purpose).derive(root)


def _bound(item: UUID, case: UUID, key_id: UUID) -> bytes:
    return item.bytes + case.bytes + key_id.bytes


def _encrypt(cipher: AESGCM, text: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, text, bound)


def _decrypt(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
