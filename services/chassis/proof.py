"""Whether a record is its source's: what a reader makes of the chain (``contracts.chain``) before it takes anything in.

A run of records proves itself by the link before it and the source's seal on the last one; where a reader has got to
has a link too, and what follows must follow that. Which store a source is, and in which life, it says itself, once:
records that another store has sealed with the same key, a copy of the first say, are not those of the source, and no
more are those that it gave out and has lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from contracts.chain import BEFORE, SEALED_BY, START, Run, Seal, Signers, link, link_of, read_before, read_seal
from contracts.envelope import Malformed, Record
from services.chassis.database import Database
from services.chassis.lives import Life
from services.chassis.source import Sources

_KNOWN: Final = "SELECT source, number, store, firsts FROM source_life ORDER BY source, number"
_LEARN: Final = """
INSERT INTO source_life (source, number, store, firsts) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""


class Brought(msgspec.Struct, frozen=True):
    """A record as Kafka has brought it, and as what."""

    record: Record
    message: Any

    @property
    def place(self) -> str:
        """Where it stood."""
        return place_of(self.message)


def place_of(message: Any) -> str:  # noqa: ANN401  # a ConsumerRecord
    """Return where something stands: `topic:partition:offset`."""
    return f"{message.topic}:{message.partition}:{message.offset}"


class Links(msgspec.Struct, frozen=True, gc=False):
    """The link before a record and its own."""

    before: bytes
    own: bytes
    seal: Seal | None = None
    """By its source, where it is the last one of what was proved at once."""


class _Sealed(NamedTuple):
    """Records that follow each other, their links, and the seal on the last one."""

    some: list[Brought]
    links: list[Links]
    seal: Seal

    def followed_by(self, other: _Sealed) -> bool:
        """Return whether another one goes on where this one ends, as the same store."""
        last, first = self.some[-1].record, other.some[0].record
        return (
            self.links[-1].own == other.links[0].before
            and (last.service, last.lane, last.epoch, last.lane_seq + 1)
            == (first.service, first.lane, first.epoch, first.lane_seq)
            and self.seal.store == other.seal.store
        )


def proven(record: Record) -> Links | None:
    """Return the links of a record that is its source's for certain; None where nobody knows."""
    links: Links | None = record.__dict__.get("_links")
    return links


class Partition:
    """What has been read of a partition, in its order, by what is sealed together: all of one service and lane."""

    def __init__(self) -> None:
        self.all: list[Brought] = []
        self.sealed: list[_Sealed] = []
        self._some: list[Brought] = []
        self._links: list[Links] = []
        self._before = START
        self._next = self._epoch = 0

    def add(self, one: Brought, said: Mapping[str, bytes]) -> None:
        """Take in what stands next, and its headers, which nobody needs any more afterwards."""
        record, seal = one.record, None
        self.all.append(one)
        try:
            if BEFORE in said:
                self._some, self._links = [], []
                self._before, self._next = read_before(said[BEFORE]), record.lane_seq
                self._epoch = record.epoch
            if record.lane_seq != self._next or record.epoch != self._epoch:
                raise Malformed("out of turn")
            if SEALED_BY in said:
                seal = read_seal(said[SEALED_BY])
        except Malformed:
            self._some, self._links, self._next = [], [], 0
            return
        own = link(self._before, said, bytes(record.body))
        self._some.append(one)
        self._links.append(Links(self._before, own))
        self._before, self._next = own, self._next + 1
        if seal is not None:
            self.sealed.append(_Sealed(self._some, self._links, seal))
            self._some, self._links, self._next = [], [], 0

    def proven(self) -> list[Record]:
        """Return the records that are proven."""
        return [one.record for one in self.all if proven(one.record)]

    def doubted(self) -> list[Brought]:
        """Return what is not proven."""
        return [one for one in self.all if not proven(one.record)]


class Proofs:
    """Knows by which key each service signs, and which store it is."""

    def __init__(self, signers: Signers, database: Database, sources: Sources) -> None:
        self.signers = signers
        self.database = database
        self.sources = sources
        self._lives: dict[str, list[Life]] | None = None

    async def of_run(self, run: Run) -> bool:
        """Prove the records of a run that was asked for; return whether it could be."""
        links, before = [], run.before
        for record in run.records:
            its = Links(before, link_of(before, record))
            links.append(its)
            before = its.own
        if len({(record.service, record.lane, record.epoch) for record in run.records}) > 1:
            return False
        return await self._proves(run.seal, run.records, links)

    async def of_topic(self, partition: Partition) -> list[Brought]:
        """Prove what stands on a partition; return what could not be.

        A link holds all that went before it, so one check is enough for runs that follow each other as well. Where it
        fails, each of them has to prove itself.
        """
        for group in _groups(partition.sealed):
            if not await self._prove(group) and len(group) > 1:
                for run in group:
                    await self._prove([run])
        return partition.doubted()

    async def _prove(self, runs: Sequence[_Sealed]) -> bool:
        """Prove runs that follow each other by the seal on the last one."""
        return await self._proves(
            runs[-1].seal,
            [one.record for run in runs for one in run.some],
            [links for run in runs for links in run.links],
        )

    async def _proves(self, seal: Seal | None, records: Sequence[Record], links: Sequence[Links]) -> bool:
        """Let records that follow each other be proven by the seal on the last one, if it fits; return whether."""
        if not await self._fits(records, seal, links[-1].own if links else START):
            return False
        for record, its in zip(records, links, strict=True):
            record.__dict__["_links"] = its
        records[-1].__dict__["_links"] = msgspec.structs.replace(links[-1], seal=seal)
        return True

    async def _fits(self, records: Sequence[Record], seal: Seal | None, last: bytes) -> bool:
        """Return whether a seal is of this source, of what it was then, and of all of the records."""
        if seal is None or not records:
            return False
        return self.signers.know(seal, records[-1], last) and await self._lived(records, seal.store)

    async def _lived(self, records: Sequence[Record], store: UUID) -> bool:
        """Return whether numbers were given in the life that they name, by the store that the source was in it."""
        first, last = records[0], records[-1]
        lives = await self.lives(first.service, upto=first.epoch)
        own = next((life for life in lives if life.number == first.epoch), None)
        after = next((life for life in lives if life.number > first.epoch), None)
        return (
            own is not None
            and own.store == store
            and own.firsts[first.lane] <= first.lane_seq
            and (after is None or last.lane_seq < after.firsts[first.lane])
        )

    async def lives(self, source: str, upto: int) -> Sequence[Life]:
        """Return the lives of a source; it is asked where one is not known yet. Raises ``Unavailable``."""
        if self._lives is None:
            await self._read()
        assert self._lives is not None
        if upto not in {life.number for life in self._lives.get(source, ())}:
            await self.learn(source)
        return self._lives[source]

    async def learn(self, source: str) -> None:
        """Let a source tell of its lives: nothing of one that is over is taken in any more. Raises ``Unavailable``."""
        told = await self.sources.ask(source, "/lives", list[Life])
        async with self.database.connection() as connection:
            for life in told:
                await connection.execute(_LEARN, source, life.number, life.store, list(life.firsts))
        await self._read()

    async def _read(self) -> None:
        known: dict[str, list[Life]] = defaultdict(list)
        async with self.database.connection() as connection:
            for row in await connection.fetch(_KNOWN):
                known[row["source"]].append(Life(row["number"], row["store"], tuple(row["firsts"])))
        self._lives = known


def _groups(runs: Iterable[_Sealed]) -> list[list[_Sealed]]:
    """Return runs by what follows each other."""
    groups: list[list[_Sealed]] = []
    for run in runs:
        if groups and groups[-1][-1].followed_by(run):
            groups[-1].append(run)
        else:
            groups.append([run])
    return groups
