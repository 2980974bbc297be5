"""The directory in force: assignment keeps it, the others ask for it and keep what they hear in a table of their own.

They ask every few seconds, and nothing is sent where nothing has changed; so they go on while assignment is away. They
ask at once where a command meets a unit that they have not heard of, and once again before a refusal that rests on the
directory (``DomainError.by_directory``).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import msgspec
import structlog

from contracts.vocabulary import Role
from services.chassis.context import By
from services.chassis.database import AWAY, Connection, Database
from services.chassis.directory import Directory, Edition, Entry, Kept
from services.chassis.errors import Forbidden, NotFound, Unavailable
from services.chassis.recusal import FOR_NO_UNIT
from services.chassis.source import Sources, patiently
from services.chassis.views import insertion
from services.chassis.writer import Work, Writer

NO_OFFICERS: Final = frozenset({*FOR_NO_UNIT, Role.platform_admin})
"""In which roles somebody acts whatever has become of a unit."""
FOLLOW_SECONDS: Final = 10.0
KEEPER: Final = "assignment"
_REVISION: Final = "SELECT coalesce(sum(version), 0)::bigint FROM directory_unit"
_KEPT: Final = "SELECT id, version, entry FROM directory_unit ORDER BY id"
_PUT: Final = (
    insertion("directory_unit", "id", "version", "entry")
    + " ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, entry = EXCLUDED.entry"
)
_GONE: Final = (
    "DELETE FROM directory_unit u USING json_populate_recordset(NULL::directory_unit, {rows}) gone WHERE u.id = gone.id"
)

log = structlog.get_logger()


def written(entry: Entry) -> str:
    """Return an entry as it is kept."""
    return msgspec.json.encode(entry).decode()


read_entry = msgspec.json.Decoder(Entry).decode


async def edition(connection: Connection, known: int | None) -> Edition:
    """Return the directory as the table has it, unless somebody knows that one."""
    revision = await connection.fetchval(_REVISION)
    if revision == known:
        return Edition(revision, None)
    kept = [Kept(*row) for row in await connection.fetch(_KEPT)]
    return Edition(sum(unit.version for unit in kept), kept)


class UnitIsNoMore(Forbidden):
    """What a unit was to do is done by whoever carries on its powers."""

    code = "unit_is_no_more"
    title = "该单位已分立、合并或者撤销，由继续行使其职权的机关、单位办理"
    article = "信访工作条例 第二十四条第二款"


class Directories:
    """The directory of one process, and how it learns what has changed."""

    def __init__(self, database: Database, writer: Writer, service: str, sources: Sources) -> None:
        self.database = database
        self.writer = writer
        self.sources = sources
        self.keeps = service == KEEPER
        """Whether this is the service whose directory it is."""
        self.current = Directory()
        """What is known at this moment."""
        self._revision: int | None = None
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[None] | None = None

    @property
    def revision(self) -> int | None:
        """Which directory that is."""
        return self._revision

    async def at_hand(self) -> Directory:
        """Return the directory as far as it is known here: what this service's own commands have made it, at once."""
        if self.keeps or self._revision is None:
            await self._read()
        return self.current

    async def in_force(self) -> Directory:
        """Return the directory as it was last read here, which is done first where nobody has."""
        if self._revision is None:
            await self._read()
        return self.current

    async def knowing(self, *codes: str) -> Directory:
        """Return a directory that has these units. Raises ``NotFound``, and ``Unavailable`` where nobody can tell."""
        found = await self.at_hand()
        if not found.units.keys() >= {*codes} and await self.renew(found):
            found = self.current
        for code in codes:
            if code not in found.units:
                raise NotFound(f"单位 {code}")
        return found

    async def renew(self, used: Directory | None = None, *, patience_seconds: float = 0) -> bool:
        """Ask for what is new; return whether another directory is known now than the one that was used.

        Somebody else may have asked meanwhile, and then nothing is new here but to whoever used the one before.
        Raises ``Unavailable``.
        """
        before = used or self.current
        if not self.keeps:
            await self._keep(await patiently(lambda: self.sources.directory(KEEPER, self._revision), patience_seconds))
        await self._read()
        return self.current is not before

    async def must_still_be(self, by: By) -> None:
        """Let nobody act for a unit that others carry on (第二十四条第二款). Raises ``UnitIsNoMore``."""
        if not self.current.is_no_more(by.unit) or by.role in NO_OFFICERS:
            return
        with suppress(Unavailable):
            await self.renew()
        if self.current.is_no_more(by.unit):
            raise UnitIsNoMore(by.unit)

    async def follow(self) -> None:
        """Ask again and again, for ever."""
        while True:
            try:
                await self.renew()
            except Unavailable as error:
                log.info("directory_waits", error=repr(error))
            await asyncio.sleep(FOLLOW_SECONDS)

    async def _read(self) -> None:
        """Read what the table has; whoever comes while somebody reads shares the next reading, which begins after."""
        if self._next is None:
            self._next = asyncio.create_task(self._read_in_turn())
            self._next.add_done_callback(_heard)
        await asyncio.shield(self._next)

    async def _read_in_turn(self) -> None:
        async with self._turn:
            self._next = None
            try:
                async with self.database.connection() as connection:
                    told = await edition(connection, self._revision)
            except AWAY as error:
                raise Unavailable from error
            if told.units is not None:
                self.current = Directory.of(read_entry(unit.entry) for unit in told.units)
                self._revision = told.revision

    async def _keep(self, told: Edition) -> None:
        if told.units is None:
            return
        try:
            async with self.database.connection() as connection:
                here = {unit.id: unit.version for unit in [Kept(*row) for row in await connection.fetch(_KEPT)]}
                there = {unit.id for unit in told.units}
                news = [(_PUT, msgspec.to_builtins(u)) for u in told.units if here.get(u.id) != u.version]
                gone = [(_GONE, {"id": str(unit)}) for unit in here if unit not in there]
                if news or gone:
                    await self.writer.write(connection, [Work([], [*news, *gone])])
        except AWAY as error:
            raise Unavailable from error


def _heard(reading: asyncio.Task[None]) -> None:
    """Know how a reading has ended, where all who waited for it have given up."""
    if not reading.cancelled():
        reading.exception()
