"""Whether a record is its source's: what a reader makes of the chain (``contracts.chain``) before it takes anything in.

A run of records proves itself by the link before it and the source's seal on the last one; where a reader has got to
has a link too, and what follows must follow that. Which store a source is, is learnt from its first seal and kept:
records that another store has sealed with the same key, a copy of the first say, are not those of the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from contracts.chain import BEFORE, SEALED_BY, START, Run, Seal, Signers, link, link_of, read_before, read_seal
from contracts.envelope import Malformed, Record
from services.chassis.database import Connection, Database

Source = tuple[str, int]
"""A service and a life of its store."""

_KNOWN: Final = "SELECT source, epoch, store FROM source_store"
_LEARN: Final = "INSERT INTO source_store (source, epoch, store) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"


class Brought(NamedTuple):
    """A record as Kafka has brought it, with its headers and where it stood: `topic:partition:offset`."""

    record: Record
    said: Mapping[str, bytes]
    place: str


class Links(NamedTuple):
    """The link before a record and its own."""

    before: bytes
    own: bytes


def proven(record: Record) -> Links | None:
    """Return the links of a record that is its source's for certain; None where nobody knows."""
    links: Links | None = record.__dict__.get("_links")
    return links


def _prove(records: Iterable[Record], links: Iterable[Links]) -> None:
    for record, its in zip(records, links, strict=True):
        record.__dict__["_links"] = its


class Proofs:
    """Knows by which key each service signs, and which store it is."""

    def __init__(self, signers: Signers, database: Database) -> None:
        self.signers = signers
        self.database = database
        self._stores: dict[Source, UUID] | None = None

    async def of_run(self, run: Run) -> bool:
        """Prove the records of a run that was asked for; return whether it could be."""
        links, before = [], run.before
        for record in run.records:
            its = Links(before, link_of(before, record))
            links.append(its)
            before = its.own
        if not await self._fits(run.records, run.seal, before):
            return False
        _prove(run.records, links)
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
                    _prove(records, links[1:])
                else:
                    doubted += some
                some, links = [], []
        return doubted + some

    async def _fits(self, records: Sequence[Record], seal: Seal | None, last: bytes) -> bool:
        """Return whether a seal is of this source, of this store, and of all of the records."""
        if seal is None or not records or len({(r.service, r.lane, r.epoch) for r in records}) > 1:
            return False
        return self.signers.know(seal, records[-1], last) and await self._is(
            (records[-1].service, records[-1].epoch), seal.store
        )

    async def _is(self, source: Source, store: UUID) -> bool:
        """Return whether a life of a source was that of a store; the first that is heard of is."""
        if self._stores is None or source not in self._stores:
            async with self.database.connection() as connection:
                await connection.execute(_LEARN, *source, store)
                self._stores = await _known(connection)
        return self._stores[source] == store


async def _known(connection: Connection) -> dict[Source, UUID]:
    return {(row["source"], row["epoch"]): row["store"] for row in await connection.fetch(_KNOWN)}
