"""Whether a record is its source's: what a reader makes of the chain (``contracts.chain``) before it takes anything in.

A run of records proves itself by the link before it and the source's seal on the last one; where a reader has got to
has a link too, and what follows must follow that. Which store a source is, and in which life, it says itself, once:
records that another store has sealed with the same key, a copy of the first say, are not those of the source, and no
more are those that it gave out and has lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from contracts.chain import BEFORE, SEALED_BY, START, Run, Seal, Signers, link, link_of, read_before, read_seal
from contracts.envelope import Malformed, Record
from services.chassis.database import Database
from services.chassis.lives import Life
from services.chassis.source import Sources

_KNOWN: Final = "SELECT source, number, store, firsts FROM source_life ORDER BY source, number"
_LEARN: Final = """
INSERT INTO source_life (source, number, store, firsts) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""


class Brought(NamedTuple):
    """A record as Kafka has brought it, with its headers and where it stood: `topic:partition:offset`."""

    record: Record
    said: Mapping[str, bytes]
    place: str


class Links(NamedTuple):
    """The link before a record and its own."""

    before: bytes
    own: bytes
    seal: Seal | None = None
    """By its source, where it is the last one of a run."""


def proven(record: Record) -> Links | None:
    """Return the links of a record that is its source's for certain; None where nobody knows."""
    links: Links | None = record.__dict__.get("_links")
    return links


def _prove(records: Iterable[Record], links: Iterable[Links]) -> None:
    for record, its in zip(records, links, strict=True):
        record.__dict__["_links"] = its


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
        if not await self._fits(run.records, run.seal, before):
            return False
        _prove(run.records, [*links[:-1], links[-1]._replace(seal=run.seal)])
        return True

    async def of_topic(self, brought: Sequence[Brought]) -> list[Brought]:
        """Prove what stands on a partition, in its order; return what could not be."""
        doubted: list[Brought] = []
        some: list[Brought] = []
        links: list[Links] = []
        for one in brought:
            try:
                if (before := one.said.get(BEFORE)) is not None:
                    doubted += some
                    some, links = [], [Links(START, read_before(before))]
                if not links or (some and one.record.lane_seq != some[-1].record.lane_seq + 1):
                    raise Malformed("out of turn")
                seal = None if (sealed := one.said.get(SEALED_BY)) is None else read_seal(sealed)
            except Malformed:
                doubted += [*some, one]
                some, links = [], []
                continue
            some.append(one)
            links.append(Links(links[-1].own, link(links[-1].own, one.said, bytes(one.record.body))))
            if seal is not None:
                records = [it.record for it in some]
                if await self._fits(records, seal, links[-1].own):
                    _prove(records, [*links[1:-1], links[-1]._replace(seal=seal)])
                else:
                    doubted += some
                some, links = [], []
        return doubted + some

    async def _fits(self, records: Sequence[Record], seal: Seal | None, last: bytes) -> bool:
        """Return whether a seal is of this source, of what it was then, and of all of the records."""
        if seal is None or not records or len({(r.service, r.lane, r.epoch) for r in records}) > 1:
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
