"""Records that nothing proves to be their source's: whoever watches is told at once, and the source has the last word.

A record that its source did not write is set aside, so that it can be looked at, and is taken in by nobody. What the
source has under that number is taken in instead; where it is the very same (a reader that begins in the middle of a
batch, or a topic from before there were seals), nothing was amiss. None of it holds up what is proven.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import structlog

from contracts.chain import link_of
from contracts.envelope import Malformed
from services.chassis import metrics
from services.chassis.database import AWAY
from services.chassis.errors import Unavailable
from services.chassis.inbox import AWAY_PAUSE_SECONDS, Inbox, Lane, reason_of
from services.chassis.proof import Brought

WAITING_MAX: Final = 10_000
"""Records that wait for their source's word; of more only the newest do, and all are counted."""
KEPT_MAX: Final = 200
"""Records of a lane that are set aside one by one; the others are counted in one place."""
_START: Final = bytes(32)

_SET_ASIDE: Final = """
INSERT INTO parked (place, key, source, lane, type, reason, attempts)
SELECT CASE WHEN count(*) < $6 THEN $1 ELSE $3 || '/' || $4::smallint || ' and more' END, $2::uuid, $3, $4, '', $5, 1
FROM parked WHERE source = $3::text AND lane = $4 AND lane_seq IS NULL
ON CONFLICT (place) DO UPDATE SET attempts = parked.attempts + 1
"""

log = structlog.get_logger()


class NotOfTheSource(Malformed):
    """A source has not given out such a record."""


class Doubts:
    """Records whose source has to be asked."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self._waiting: deque[Brought] = deque(maxlen=WAITING_MAX)
        self._something = asyncio.Event()

    def add(self, doubted: Sequence[Brought]) -> None:
        """Tell that records are in doubt, and let their source be asked."""
        for one in doubted:
            metrics.DOUBTED.labels(self.inbox.store.service, one.record.service).inc()
        if doubted:
            log.warning("records_doubted", service=self.inbox.store.service, count=len(doubted), first=doubted[0].place)
            self._waiting.extend(doubted)
            self._something.set()

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            self._something.clear()
            by_lane: dict[Lane, list[Brought]] = defaultdict(list)
            for one in self._waiting:
                by_lane[one.record.service, one.record.lane].append(one)
            self._waiting.clear()
            await asyncio.gather(*(self._settle(lane, some) for lane, some in by_lane.items()))
            await self._something.wait()

    async def _settle(self, lane: Lane, doubted: Sequence[Brought]) -> None:
        """Take a source's word for some records of a lane, as soon as it can be had."""
        failures = 0
        while True:
            try:
                await self._ask(lane, doubted)
            except (Unavailable, *AWAY) as error:
                pause = AWAY_PAUSE_SECONDS[min(failures, len(AWAY_PAUSE_SECONDS) - 1)]
                log.warning("doubts_wait", service=self.inbox.store.service, error=repr(error), pause_s=pause)
                await asyncio.sleep(pause)
                failures += 1
            else:
                return

    async def _ask(self, lane: Lane, doubted: Sequence[Brought]) -> None:
        head = (await self.inbox.sources.heads(lane[0]))[lane[1]]
        true: dict[int, bytes] = {}
        newest = 0
        for one in sorted(doubted, key=lambda one: one.record.lane_seq):
            seq = one.record.lane_seq
            if seq <= head and seq not in true:
                there = await self.inbox.fetch(lane, after=seq - 1, upto=head)
                true = {record.lane_seq: link_of(_START, record) for record in there}
            if seq > head:
                await self.set_aside(lane, one.place, one.record.key, NotOfTheSource("no such number"))
            elif true[seq] != link_of(_START, one.record):
                await self.set_aside(lane, one.place, one.record.key, NotOfTheSource("another record has this number"))
            else:
                newest = seq
        if newest:
            await self.inbox.pull(lane, newest)

    async def set_aside(self, lane: Lane, place: str, key: UUID | None, error: Malformed) -> None:
        """Keep what is known of a record that is no event of its source's; it has no number, so no cursor moves."""
        failures = 0
        while True:
            try:
                async with self.inbox.store.database.connection() as connection:
                    await connection.execute(_SET_ASIDE, place, key, *lane, reason_of(error), KEPT_MAX)
            except AWAY:
                await asyncio.sleep(AWAY_PAUSE_SECONDS[min(failures, len(AWAY_PAUSE_SECONDS) - 1)])
                failures += 1
            else:
                log.error("record_disowned", service=self.inbox.store.service, place=place, reason=reason_of(error))
                metrics.DISOWNED.labels(self.inbox.store.service, lane[0]).inc()
                return
