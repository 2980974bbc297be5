"""The chain of a lane at its source: what its links are, and what proves records to whoever takes them in.

A link is worked out from the one before it, so a few of them are kept, one of so many numbers, and the newest ones in
memory. It is the same however often and by whom it is worked out: what is sealed stays as it is.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from hashlib import blake2b
from itertools import takewhile
from typing import Final
from uuid import UUID

from contracts.chain import START, Run, Seal, Signer, chained
from contracts.envelope import LANE_SEQ_MAX, Record
from services.chassis.database import Connection
from services.chassis.errors import Unavailable
from services.chassis.lives import lives
from services.chassis.recorder import Recorder
from services.chassis.settings import Settings

BLOCK: Final = 256
"""Of so many numbers of a lane one link is kept."""
READ_MAX: Final = 1_000
"""Records that are read at once to work links out."""
KNOWN_MAX: Final = 4_096
"""NewestLinks that a process remembers."""

NewestLinks = Mapping[int, tuple[int, bytes]]
"""By lane: a number and its link."""

_NEAREST: Final = """
SELECT lane_seq, link FROM lane_link WHERE lane = $1 AND block <= $2 AND lane_seq <= $3 ORDER BY block DESC LIMIT 1
"""
KEEP: Final = """
INSERT INTO lane_link (lane, block, lane_seq, link)
SELECT lane, lane_seq / {block}, lane_seq, link FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
    AS known (lane, lane_seq, link)
ON CONFLICT (lane, block) DO UPDATE SET lane_seq = EXCLUDED.lane_seq, link = EXCLUDED.link
    WHERE lane_link.lane_seq < EXCLUDED.lane_seq
""".replace("{block}", str(BLOCK))


class Chain:
    """The links of one service's lanes."""

    def __init__(self, recorder: Recorder, signer: Signer | None) -> None:
        self.recorder = recorder
        self.signer = signer
        self._known: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._stores: dict[int, UUID] = {}
        self._walking: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, lane: int, *, after: int, upto: int = LANE_SEQ_MAX, limit: int = READ_MAX) -> Run:
        """Return the next sealed records of a lane, `after` excluded and `upto` included, with what proves them."""
        records = await self.recorder.lane(lane, after=after, upto=upto, limit=limit)
        records = list(takewhile(lambda record: record.epoch == records[0].epoch, records))
        if not records:
            return Run(START, (), None)
        before = await self.before(lane, after + 1)
        last = chained(before, records)
        self.remember(lane, records[-1].lane_seq, last)
        return Run(before, records, await self.seal(records[-1], last))

    async def before(self, lane: int, lane_seq: int) -> bytes:
        """Return the link before a number that is sealed, or is the next one to be."""
        return await self.at(lane, lane_seq - 1)

    async def at(self, lane: int, lane_seq: int) -> bytes:
        """Return the link of a sealed number."""
        if lane_seq == 0:
            return START
        if (known := self._known.get((lane, lane_seq))) is not None:
            return known
        async with self._walking[lane]:
            if (known := self._known.get((lane, lane_seq))) is not None:  # whoever was first has found the same
                return known
            async with self.recorder.database.connection() as connection:
                row = await connection.fetchrow(_NEAREST, lane, lane_seq // BLOCK, lane_seq)
            seq, link = (row["lane_seq"], row["link"]) if row else (0, START)
            while seq < lane_seq:
                records = await self.recorder.lane(lane, after=seq, upto=lane_seq, limit=READ_MAX)
                if not records:
                    raise Unavailable(f"泳道 {lane} 没有第 {seq + 1} 号事件")
                seq, link = records[-1].lane_seq, chained(link, records)
                if len(records) == READ_MAX:
                    async with self.recorder.database.connection() as connection:
                        await keep(connection, {lane: (seq, link)})
            self.remember(lane, lane_seq, link)
        return link

    async def seal(self, last: Record, its_link: bytes) -> Seal:
        """Return the seal on a record."""
        assert self.signer is not None, "whoever gives records out has a key"
        stores = self._stores if last.epoch in self._stores else await self._learn()
        return self.signer.seal(stores[last.epoch], last, its_link)

    async def _learn(self) -> dict[int, UUID]:
        async with self.recorder.database.connection() as connection:
            self._stores = {life.number: life.store for life in await lives(connection)}
        return self._stores

    def remember(self, lane: int, lane_seq: int, link: bytes) -> None:
        """Know a link without looking for as long as there is room."""
        self._known[lane, lane_seq] = link
        if len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)


async def keep(connection: Connection, links: NewestLinks) -> None:
    """Keep the links of some lanes for when nobody remembers them."""
    await connection.execute(KEEP, *columns(links))


def columns(links: NewestLinks) -> tuple[list[int], list[int], list[bytes]]:
    """Return links as `KEEP` takes them."""
    lanes = sorted(links)
    return lanes, [links[lane][0] for lane in lanes], [links[lane][1] for lane in lanes]


def signer_of(settings: Settings) -> Signer | None:
    """Return what signs for this service; None where no key is named, as for a tool that gives nothing out."""
    seed = _seed(settings)
    return None if seed is None else Signer(seed)


def secret_of(settings: Settings, use: bytes) -> bytes:
    """Return a secret that follows from the key by which this service signs; none, where no key is named.

    It is another one as soon as that key is, and so is for what is kept for days.
    """
    seed = _seed(settings)
    return b"" if seed is None else blake2b(key=seed, person=use).digest()


def _seed(settings: Settings) -> bytes | None:
    if settings.signing_key_file is None:
        return None
    return b64decode(settings.signing_key_file.read_text().strip(), validate=True)
