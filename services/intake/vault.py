"""The vault: what petitioners wrote and who they are, readable only with a key that one row holds.

Envelope encryption: one data key a petition or document (so one person in one case is never under the key of another),
wrapped by a root key (``keyring``). AES-256-GCM binds each ciphertext to its item, case and key, so none can be moved
to another case. A text is squeezed first, for no ciphertext can be. Events carry the digest of the ciphertext, never of
the text. What is not what was stored is an alarm, and never answered as if it had not been there.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any, Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from contracts.ids import spelled
from contracts.packing import BARE, PLAIN_BYTES_MAX, expanded, squeezed
from services.chassis.apart import Apart
from services.chassis.database import Database
from services.chassis.errors import Damaged, Erased, NotFound
from services.chassis.keyring import Keyring, alarm
from services.chassis.numbers import compact
from services.chassis.views import Statement, insertion

NONCE_BYTES: Final = 12
ROOT_BYTES: Final = 32
CODE_CHARS: Final = 12
RENEWED_AT_ONCE: Final = 500
"""How many keys are wrapped by a newer root key in one transaction."""

_to_json = msgspec.json.Encoder().encode

VAULT: Final = "vault"
"""Its root key."""
_KEY = insertion("vault_key", "id", "case_id", "persons", "wrapped", "apart", "root", "restricted")
_ITEM = insertion("vault_item", "id", "case_id", "key_id", "kind", "ciphertext")
_CODE = insertion("query_code", "digest", "case_id", "petition_id")
OTHER_CODES: Final = (
    "DELETE FROM query_code c USING json_populate_recordset(NULL::query_code, {rows}) fresh "
    "WHERE c.petition_id = fresh.petition_id AND c.digest <> fresh.digest"
)
"""What lets the codes of a petition die that one has taken the place of."""


class TextDamaged(Damaged):
    """A text is not the one that was stored, or lies under another case than it did."""

    code = "text_damaged"
    title = "密文损坏或者被移动，未予解密"


class KeyDamaged(Damaged):
    """The key of a text cannot be opened by the one that has wrapped it."""

    code = "key_damaged"
    title = "内容密钥损坏或者被替换，无法解密"


class KeyGone(Damaged):
    """The key of a text is gone, and nobody is on record who erased it."""

    code = "key_gone"
    title = "内容密钥缺失，且无依法删除的记录"


class SealGone(Damaged):
    """A text lies under the key of what lies apart, and no row says any more for which report."""

    code = "seal_gone"
    title = "密件的保密标记缺失或者被改动，未予解密"


class LiesElsewhere(Exception):
    """A text is under seal for other reports than those for which it was decided who may read it."""


class Sealed(msgspec.Struct, frozen=True):
    """Items ready to be stored: the statements that do it, and the digest that their event carries."""

    statements: list[Statement]
    sha256: str
    persons: Sequence[bytes] = ()
    """The blind index of whose they are."""


class Vault:
    """Encrypts, decrypts and finds."""

    def __init__(self, keys: Keyring, sealed: Keyring) -> None:
        self._keys = keys
        self._sealed = sealed
        """Wraps the keys of what lies with a case that lies apart."""

    @cached_property
    def _index_key(self) -> bytes:
        return _derive(self._keys.lasting, b"person index")

    @cached_property
    def _code_key(self) -> bytes:
        return _derive(self._keys.lasting, b"query code")

    @cached_property
    def _elsewhere_key(self) -> bytes:
        return _derive(self._keys.lasting, b"external number")

    @cached_property
    def _whence_key(self) -> bytes:
        return _derive(self._keys.lasting, b"whence")

    def seal(
        self,
        case: UUID,
        number: UUID,
        items: dict[UUID, tuple[str, Any]],
        *,
        persons: Sequence[str] = (),
        index: Sequence[bytes] = (),
        apart: bool = False,
        restricted: bool = False,
    ) -> Sealed:
        """Encrypt the items of petition or document `number` under a new key; the digest is that of the first.

        `persons` make the blind index, by which one person's keys are found to erase them; `index` is one made before.
        Where the case lies `apart` the key is wrapped by another one than the vault's. What is `restricted` is only
        kept.
        """
        key, wrapping, *nonces = _random(ROOT_BYTES, NONCE_BYTES, *[NONCE_BYTES] * len(items))
        cipher, bound = AESGCM(key), case.bytes + number.bytes
        texts = [(item, _short(_to_json(value))) for item, (_, value) in items.items()]
        sealed = [
            _encrypt(cipher, nonce, text, item.bytes + bound) for (item, text), nonce in zip(texts, nonces, strict=True)
        ]
        known = (*index, *(_mac(self._index_key, person.encode()) for person in persons))
        persons_known = [_hex(one) for one in known] or None
        under = self._wrapped(case, number, key, wrapping, apart=apart) | {"restricted": restricted}
        statements: list[Statement] = [(_KEY, {"id": number, "case_id": case, "persons": persons_known, **under})]
        for (item, (kind, _)), ciphertext in zip(items.items(), sealed, strict=True):
            row = {"id": item, "case_id": case, "key_id": number, "kind": kind, "ciphertext": _hex(ciphertext)}
            statements.append((_ITEM, row))
        return Sealed(statements, hashlib.sha256(sealed[0]).hexdigest(), known)

    async def place(self, database: Database, case: UUID, item: UUID) -> tuple[UUID, bool] | None:
        """Return the case under which an item lies, this one or one that it carries on, and whether it is restricted.

        Raises ``Erased`` where its key was destroyed, and ``KeyGone`` where that is away without a word.
        """
        async with database.connection() as connection:
            row = await connection.fetchrow(_PLACE, case, item)
        if row is None:
            return None
        if row["gone"]:
            raise Erased(str(item)) if row["erased"] else alarm(VAULT, KeyGone(str(item)))
        return row["case_id"], row["restricted"]

    async def persons(self, database: Database, numbers: Sequence[UUID]) -> Sequence[bytes]:
        """Return the blind index of who petitioned, so that what belongs to a petition is erased with it."""
        async with database.connection() as connection:
            found = await connection.fetch("SELECT persons FROM vault_key WHERE id = ANY($1::uuid[])", numbers)
        return [key for row in found for key in row["persons"] or ()]

    async def open(self, database: Database, case: UUID, item: UUID, *, of: UUID, reports: Collection[UUID]) -> Any:  # noqa: ANN401  # what was sealed
        """Decrypt an item for whoever looks `of` a case; the look must be on record already.

        It was decided who may for certain `reports`, for which it is under seal, or for none. Raises ``LiesElsewhere``
        where it is so for others by now, and ``NotFound``, also for an erased one.
        """
        async with database.connection() as connection:
            row = await connection.fetchrow(_READ, item, case, of)
        if row is None:
            raise NotFound(str(item))
        if {*row["reports"]} != {*reports}:
            raise LiesElsewhere(str(item))
        if row["apart"] and not reports:  # rows of views are put anew; how a key is wrapped nobody changes without it
            raise alarm(VAULT, SealGone(str(item)))
        key = await self._unwrapped(case, row["key_id"], row)
        return msgspec.json.decode(expanded(_text(key, row["ciphertext"], item, case, row["key_id"])))

    async def case_of(self, database: Database, number: UUID) -> UUID | None:
        """Return the case under which a petition or document lies."""
        async with database.connection() as connection:
            found: UUID | None = await connection.fetchval(_CASE_OF, number)
        return found

    async def moved(self, database: Database, petition: UUID, item: UUID, left: Sequence[UUID], to: UUID) -> Sealed:
        """Seal what a petition says, and what was handed in for it, for another case, which alone has it from then on.

        That are its files, and what its petitioner has added in the cases that it has `left`, unless they petition in
        one of these still: then nobody can tell for which petition they have said it. The digest is that of an item.
        Nobody sees it, and its key, its number and its query code stay what they are.
        """
        statements: list[Statement] = [(_CODE_MOVED, {"petition_id": petition, "case_id": to})]
        async with database.connection() as connection:
            found = await connection.fetch(_OF_PETITION, petition, to, left)
        statements += [
            (_KEY_MOVED, {"id": key, "case_id": to}) for key in dict.fromkeys(row["key_id"] for row in found)
        ]
        digest = ""
        for row in found:
            case, number = row["case_id"], row["key_id"]
            key = await self._unwrapped(case, number, row)
            text = _text(key, row["ciphertext"], row["id"], case, number)
            [nonce] = _random(NONCE_BYTES)
            sealed = _encrypt(AESGCM(key), nonce, text, row["id"].bytes + to.bytes + number.bytes)
            statements.append((_ITEM_MOVED, {"id": row["id"], "case_id": to, "ciphertext": _hex(sealed)}))
            if row["id"] == item:
                digest = hashlib.sha256(sealed).hexdigest()
        return Sealed(statements, digest)

    async def rewrapped(self, database: Database, case: UUID, *, apart: bool) -> list[Statement]:
        """Return what wraps the keys of a case by the key of what lies apart, or by the vault's again."""
        async with database.connection() as connection:
            found = await connection.fetch(_KEYS, case, not apart)
        statements: list[Statement] = []
        for row in found:
            of, number = row["case_id"], row["id"]
            key = await self._unwrapped(of, number, row)
            under = self._wrapped(of, number, key, secrets.token_bytes(NONCE_BYTES), apart=apart)
            statements.append((_KEY_WRAPPED, {"id": number, "case_id": of, **under}))
        return statements

    async def renewed(self, database: Database, *, apart: bool, after: UUID) -> tuple[UUID | None, int, list[UUID]]:
        """Wrap by the newest root key the next few keys that a former one has wrapped.

        Returns behind which key to go on, how many it were, and which could not be opened. What is erased, moved or
        wrapped by somebody else meanwhile stays as it is.
        """
        number, _ = (self._sealed if apart else self._keys).newest
        async with database.connection() as connection:
            found = await connection.fetch(_FORMER, after, apart, number, RENEWED_AT_ONCE)
            done, damaged = [], []
            for row in found:
                try:
                    key = await self._unwrapped(row["case_id"], row["id"], row)
                except KeyDamaged:
                    damaged.append(row["id"])
                    continue
                under = self._wrapped(row["case_id"], row["id"], key, secrets.token_bytes(NONCE_BYTES), apart=apart)
                done.append({**under, "id": row["id"], "case_id": row["case_id"], "former": _hex(row["wrapped"])})
            await connection.execute(_RENEWED, _to_json(done).decode())
        return (found[-1]["id"] if len(found) == RENEWED_AT_ONCE else None), len(done), damaged

    def _wrapped(self, case: UUID, number: UUID, key: bytes, nonce: bytes, *, apart: bool) -> dict[str, Any]:
        """Return how the key of a text lies in its row."""
        root, wrapping = (self._sealed if apart else self._keys).newest
        wrapped = _encrypt(_wrapping(wrapping, case, apart=apart), nonce, key, number.bytes)
        return {"wrapped": _hex(wrapped), "apart": apart, "root": root}

    async def _unwrapped(self, case: UUID, number: UUID, row: Mapping[str, Any]) -> bytes:
        """Open the key of a text, as it lies in its row. Raises ``KeyDamaged``."""
        wrapping = await (self._sealed if row["apart"] else self._keys).key(row["root"])
        if wrapping is None:
            raise alarm(VAULT, KeyDamaged(str(number)))
        try:
            return _decrypt(_wrapping(wrapping, case, apart=row["apart"]), row["wrapped"], number.bytes)
        except InvalidTag:
            raise alarm(VAULT, KeyDamaged(str(number))) from None

    def elsewhere(self, system: str, number: str) -> UUID:
        """Return by what a number of another system is known here: who has a dump tries out none of them."""
        return UUID(bytes=_mac(self._elsewhere_key, f"{system} {number}".encode())[:16], version=5)

    def query_code(self, case: UUID, petition: UUID, command: UUID | None = None) -> tuple[str, Statement]:
        """Return the code by which the petitioner asks after a petition, and what stores its digest.

        It is always the same for the same petition, or for the same `command` by which one that was lost is replaced:
        so it need not lie beside the stored reply.
        """
        of = petition.bytes + (command.bytes if command else b"")
        code = spelled(int.from_bytes(_mac(self._code_key, of)[:8], "big"), CODE_CHARS)
        row = {"digest": _hex(self.code_digest(code)), "case_id": case, "petition_id": petition}
        return f"{code[:4]}-{code[4:8]}-{code[8:]}", (_CODE, row)

    def code_digest(self, code: str) -> bytes:
        """Return what stands in the table for a code, as people type it."""
        typed = compact(code).translate(_ALIKE)
        return _mac(self._code_key, typed.encode())

    def whence_digest(self, address: str) -> bytes:
        """Return what stands in a table for an address from which somebody has come: it says to nobody who it was."""
        return _mac(self._whence_key, address.encode())


_MOVED: Final = "UPDATE {0} t SET {1} FROM json_populate_recordset(NULL::{0}, {{rows}}) moved WHERE t.{2} = moved.{2}"
_KEY_MOVED: Final = _MOVED.format("vault_key", "case_id = moved.case_id", "id")
_KEY_WRAPPED: Final = (
    _MOVED.format("vault_key", "wrapped = moved.wrapped, apart = moved.apart, root = moved.root", "id")
    + " AND t.case_id = moved.case_id AND t.apart <> moved.apart"
)
"""A key that has gone to another case meanwhile is that one's, and stays as it is."""
_KEYS: Final = """
WITH RECURSIVE whole AS (
    SELECT $1::uuid AS id UNION SELECT v.id FROM whole w JOIN case_view v ON v.merged_into = w.id
)
SELECT k.id, k.case_id, k.wrapped, k.apart, k.root FROM vault_key k JOIN whole w ON w.id = k.case_id WHERE k.apart = $2
"""
"""Those of a case, and of what has gone into it."""
_FORMER: Final = """
SELECT id, case_id, wrapped, apart, root FROM vault_key
WHERE id > $1 AND apart = $2 AND root < $3 ORDER BY id LIMIT $4
"""
_RENEWED: Final = """
UPDATE vault_key k SET wrapped = fresh.wrapped, root = fresh.root
FROM json_to_recordset($1::json) fresh (id uuid, case_id uuid, former bytea, wrapped bytea, root integer)
WHERE k.id = fresh.id AND k.case_id = fresh.case_id AND k.wrapped = fresh.former
"""
_CODE_MOVED: Final = _MOVED.format("query_code", "case_id = moved.case_id", "petition_id")
_ITEM_MOVED: Final = _MOVED.format("vault_item", "case_id = moved.case_id, ciphertext = moved.ciphertext", "id")
_OF_PETITION: Final = """
WITH added AS (
    SELECT k.id, q.petition_id FROM vault_key p JOIN vault_key k ON k.persons && p.persons
    LEFT JOIN query_code q ON q.petition_id = k.id
    WHERE p.id = $1 AND k.id <> $1 AND k.persons = p.persons AND k.case_id = ANY($3::uuid[])
), own AS (
    SELECT $1::uuid AS id UNION SELECT id FROM file_view WHERE petition = $1
    UNION SELECT a.id FROM added a JOIN vault_item i ON i.id = a.id AND i.kind = 'petition'
    WHERE NOT EXISTS (SELECT FROM added WHERE petition_id IS NOT NULL)
)
SELECT i.id, i.key_id, i.case_id, i.ciphertext, k.wrapped, k.apart, k.root
FROM own JOIN vault_key k ON k.id = own.id JOIN vault_item i ON i.key_id = k.id AND i.case_id = k.case_id
WHERE k.case_id <> $2 ORDER BY k.id, i.id
"""
_CASE_OF: Final = "SELECT case_id FROM vault_key WHERE id = $1"
_ALIKE: Final = str.maketrans("OIL", "011")
OF_WHOLE: Final = """
WITH RECURSIVE whole AS (
    SELECT id, split_from FROM case_view WHERE id = {of}
    UNION
    SELECT v.id, v.split_from FROM whole w JOIN case_view v ON v.merged_into = w.id OR v.id = w.split_from
)
SELECT {} FROM vault_item i {kept}JOIN vault_key k ON k.id = i.key_id
WHERE i.id = {item} AND i.case_id IN (SELECT id FROM whole)
"""
"""A case has its own items, those of cases that have gone into it, and those of the one that it was split from."""
_PLACE: Final = OF_WHOLE.format(
    "i.case_id, k.restricted, k.id IS NULL AS gone, "
    "EXISTS (SELECT FROM destroyed_key d WHERE d.id = i.key_id) AS erased",
    of="$1", item="$2", kept="LEFT ",
)  # fmt: skip
_READ: Final = """
SELECT i.key_id, i.ciphertext, k.wrapped, k.apart, k.root,
       ARRAY(SELECT reports_of($2) UNION SELECT reports_of($3)) AS reports
FROM vault_item i JOIN vault_key k ON k.id = i.key_id WHERE i.id = $1 AND i.case_id = $2
"""
"""What a text is decrypted from, and for which reports it is under seal, at one moment."""


def _short(text: bytes) -> bytes:
    """Return a text squeezed; one of a megabyte stays as it is, which ``expanded`` tells by its first letter."""
    return text if len(text) > PLAIN_BYTES_MAX else squeezed(text, BARE)


def _wrapping(root: bytes, case: UUID, *, apart: bool) -> AESGCM:
    """Return what wraps the keys of texts: of what lies apart, those of one case."""
    return Apart.wrapping(root, case) if apart else _of_all(root)


@lru_cache(maxsize=8)
def _of_all(root: bytes) -> AESGCM:
    return AESGCM(_derive(root, b"wrap"))


def _text(key: bytes, ciphertext: bytes, item: UUID, case: UUID, number: UUID) -> bytes:
    """Decrypt a text. Raises ``TextDamaged``."""
    try:
        return _decrypt(AESGCM(key), ciphertext, item.bytes + case.bytes + number.bytes)
    except InvalidTag:
        raise alarm(VAULT, TextDamaged(str(item))) from None


def _derive(root: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(SHA256(), ROOT_BYTES, b"huiyin vault " + purpose).derive(root)


def _hex(value: bytes) -> str:
    """Return bytes as PostgreSQL reads them from text."""
    return "\\x" + value.hex()


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _random(*sizes: int) -> list[bytes]:
    """Return random bytes of these lengths, of which the kernel is asked once: that is what costs."""
    drawn, ends = secrets.token_bytes(sum(sizes)), list(accumulate(sizes))
    return [drawn[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def _encrypt(cipher: AESGCM, nonce: bytes, text: bytes, bound: bytes) -> bytes:
    return nonce + cipher.encrypt(nonce, text, bound)


def _decrypt(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
