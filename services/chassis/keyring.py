"""Root keys: what wraps the keys of texts, itself wrapped by a key that never enters the database (0056).

A root key has numbers. Number 0 lasts: what must be found again for years follows from it. The newest of the others
wraps what is new; when it is renewed, what the former ones have wrapped is wrapped anew, and they go. All of them lie
in the database under a key of who keeps it (``keepers``): a process that has another one, or none, does not start.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from typing import Final

import structlog

from services.chassis import metrics
from services.chassis.database import AWAY, Database, alone
from services.chassis.errors import Damaged, Unavailable
from services.chassis.keepers import Keeper, KeeperAway, KeyAmiss

KEY_BYTES: Final = 32
LASTING: Final = 0
LEARN_SECONDS: Final = 5.0
"""How often a process looks whether there is a newer key."""
_ROWS: Final = "SELECT number, kek, wrapped FROM root_key WHERE of = $1 ORDER BY number"
_MADE: Final = """
INSERT INTO root_key (of, number, kek, wrapped)
SELECT $1, number, kek, wrapped FROM unnest($2::integer[], $3::text[], $4::bytea[]) made (number, kek, wrapped)
ON CONFLICT DO NOTHING
"""
_WRAPPED: Final = "UPDATE root_key SET kek = $3, wrapped = $4 WHERE of = $1 AND number = $2"
_ADOPTED: Final = """
UPDATE root_key r SET kek = made.kek, wrapped = made.wrapped
FROM unnest($2::integer[], $3::text[], $4::bytea[]) made (number, kek, wrapped)
WHERE r.of = $1 AND r.number = made.number AND r.wrapped IS NULL
"""

log = structlog.get_logger()


class KeyAway(Unavailable):
    """The key that opens texts cannot be had at the moment; nothing is lost, and the same may be asked again."""

    code = "key_away"
    title = "保险库密钥暂不可用，请以同一幂等键重试"


def alarm(service: str, error: Damaged) -> Damaged:
    """Say aloud that something is not what was stored, and return what whoever asked is told."""
    metrics.DAMAGED.labels(service, error.code).inc()
    log.error(error.code, what=error.detail)
    return error


class Keyring:
    """A root key as one process knows it: ``vault``, or ``sealed`` for what lies apart."""

    def __init__(self, name: str, keepers: Sequence[Keeper] = ()) -> None:
        self.name = name
        self.keepers = keepers
        """Who keeps the key that wraps what is new, and who kept former ones."""
        self._known: Mapping[int, bytes] = {}
        self._database: Database | None = None

    def know(self, known: Mapping[int, bytes]) -> None:
        """Have these keys, by their numbers, and no other."""
        self._known = known

    @property
    def is_open(self) -> bool:
        """Whether it has its keys."""
        return bool(self._known)

    @property
    def lasting(self) -> bytes:
        """The key that is never made anew. Raises ``KeyAway``."""
        return self._at_hand(LASTING)

    @property
    def newest(self) -> tuple[int, bytes]:
        """The key that wraps what is new, and its number. Raises ``KeyAway``."""
        number = max(self._known, default=1)
        return number, self._at_hand(number)

    async def key(self, number: int) -> bytes | None:
        """Return the key of a number, also one that this process has not heard of, or None where it is kept no more."""
        if number not in self._known:
            await self._learn_now()
        return self._known.get(number)

    def must_be_kept(self) -> None:
        """Say now what nothing can be stored without. Raises ``KeyAmiss``."""
        if not self.keepers:
            raise KeyAmiss(self.name, "names no key: a file with 32 random bytes in base64, or the address of a key")

    async def open(self, database: Database) -> None:
        """Have what there is; what is new is made with the first start. Raises ``KeyAmiss`` and ``KeeperAway``."""
        if self._known or not self.keepers:  # a tool may do without
            return
        for keeper in self.keepers:
            await keeper.check()
        async with database.connection() as connection:
            found = await connection.fetch(_ROWS, self.name)
        if not found:
            await self._make(database, _MADE, {n: secrets.token_bytes(KEY_BYTES) for n in (LASTING, LASTING + 1)})
        elif plain := [row["number"] for row in found if row["wrapped"] is None]:  # until 0210 it stood in the file
            root = self.keepers[-1].root()
            await self._make(database, _ADOPTED, dict.fromkeys(plain, root))
        await self._learn(database)
        self._database = database

    async def wrap(self, number: int, key: bytes) -> tuple[str, bytes]:
        """Return who keeps what wraps a key of this ring, and the key as it lies in the database."""
        return await self.keepers[0].wrap(key, self._bound(number))

    async def renew(self, database: Database) -> tuple[int, str]:
        """Have a newer key, or that with which somebody has begun and did not come to the end; one does so at a time.

        Returns its number, and by which name its keeper knows what wraps it. Raises ``KeyAmiss`` and ``KeeperAway``.
        """
        self.must_be_kept()
        async with database.transaction() as held:
            await alone(held, f"root_key/{self.name}")
            found = [row for row in await held.fetch(_ROWS, self.name) if row["number"] != LASTING]
            if len(found) == 1:
                await self.keepers[0].renew(found[0]["kek"])
                await self._make(database, _MADE, {found[0]["number"] + 1: secrets.token_bytes(KEY_BYTES)})
        await self._learn(database)
        kek, wrapped = await self.wrap(LASTING, self.lasting)
        async with database.connection() as connection:
            await connection.execute(_WRAPPED, self.name, LASTING, kek, wrapped)
        return self.newest[0], kek

    async def follow(self) -> None:
        """Learn for ever which keys there are."""
        while True:
            await asyncio.sleep(LEARN_SECONDS)
            try:
                if self._database is not None:
                    await self._learn(self._database)
            except (*AWAY, KeeperAway) as error:
                log.warning("root_keys_unknown", of=self.name, error=repr(error))
            except KeyAmiss as error:
                metrics.DAMAGED.labels(self.name, "key_amiss").inc()
                log.error("key_amiss", of=self.name, what=str(error))  # noqa: TRY400  # the error says it all

    async def _learn_now(self) -> None:
        if self._database is None:
            raise KeyAway
        try:
            await self._learn(self._database)
        except AWAY as error:
            raise Unavailable from error
        except KeeperAway as error:
            log.warning("root_keys_unknown", of=self.name, error=repr(error))
            raise KeyAway from error
        except KeyAmiss as error:
            metrics.DAMAGED.labels(self.name, "key_amiss").inc()
            log.error("key_amiss", of=self.name, what=str(error))  # noqa: TRY400  # the error says it all
            raise KeyAway from error

    async def _learn(self, database: Database) -> None:
        async with database.connection() as connection:
            rows = await connection.fetch(_ROWS, self.name)
        self._known = {row["number"]: await self._opened(**row) for row in rows}

    async def _opened(self, number: int, kek: str, wrapped: bytes) -> bytes:
        if (known := self._known.get(number)) is not None:
            return known
        for keeper in self.keepers:
            if keeper.keeps(kek):
                return await keeper.unwrap(kek, wrapped, self._bound(number))
        raise KeyAmiss(self.name, f"is not the one under which everything lies: that is {kek}")

    async def _make(self, database: Database, statement: str, keys: Mapping[int, bytes]) -> None:
        wrapped = [await self.wrap(number, key) for number, key in keys.items()]
        async with database.connection() as connection:
            await connection.execute(
                statement, self.name, list(keys), [kek for kek, _ in wrapped], [sealed for _, sealed in wrapped]
            )

    def _at_hand(self, number: int) -> bytes:
        try:
            return self._known[number]
        except KeyError:
            raise KeyAway from None

    def _bound(self, number: int) -> bytes:
        return f"huiyin root {self.name} {number}".encode()
