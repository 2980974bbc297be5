"""Records that nothing proves to be their source's: whoever watches is told at once, and the source has the last word.

A record that its source did not write is set aside by its place, to be looked at, and taken in by nobody. What the
source has under that number is taken in instead; where it is the very same (a reader that begins in the middle of a
batch, or a topic from before there were seals), nothing was amiss. None of it holds up what is proven, nor does a
source that is away hold up the others'. Kafka is told of no offset beyond a doubt that is not settled, so a stop
forgets none.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

import structlog

from contracts.chain import START, link_of
from contracts.envelope import Malformed
from services.chassis import metrics
from services.chassis.inbox import AWAY_PAUSE_SECONDS, Inbox, Lane, reason_of
from services.chassis.proof import Brought

WAITING_MAX: Final = 10_000
"""Doubts of a lane that wait to be settled; of more only the newest do, and all are counted."""
TOGETHER_MAX: Final = 500
"""Doubts that are settled together."""
KEPT_MAX: Final = 200
"""Places of a lane that are kept one by one; what is found at others is counted in one."""

_SET_ASIDE: Final = """
INSERT INTO parked (place, key, source, lane, type, reason, attempts)
SELECT place, key, $1, $2, '', reason, times FROM (
    SELECT CASE WHEN n + (SELECT count(*) FROM parked WHERE source = $1 AND lane = $2 AND lane_seq IS NULL) <= $6
                THEN place ELSE $1::text || '/' || $2::smallint || ' and more' END AS place,
        min(key::text)::uuid AS key, min(reason) AS reason, count(*) AS times
    FROM unnest($3::text[], $4::uuid[], $5::text[]) WITH ORDINALITY AS found (place, key, reason, n) GROUP BY 1
) told
ON CONFLICT (place) DO UPDATE SET attempts = parked.attempts + EXCLUDED.attempts
"""

log = structlog.get_logger()


class NotOfTheSource(Malformed):
    """A source has not given out such a record."""


class Doubt(NamedTuple):
    """What is kept of a record while its source is asked: where it stood, and by what it is known again."""

    place: str
    offset: int
    key: UUID | None
    lane_seq: int
    digest: bytes
    wrong: Malformed | None
    """Why it is no event of anybody's, where that is so."""


def doubt_of(one: Brought) -> Doubt:
    """Return what is kept of a record that nothing proves."""
    record = one.record
    return Doubt(one.place, one.message.offset, record.key, record.lane_seq, link_of(START, record), None)


def malformed(place: str, offset: int, key: UUID | None, wrong: Malformed) -> Doubt:
    """Return what is kept of what is no event of ours."""
    return Doubt(place, offset, key, 0, b"", wrong)


class Doubts:
    """Records whose source has to be asked."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self._waiting: dict[Lane, deque[Doubt]] = defaultdict(lambda: deque(maxlen=WAITING_MAX))
        self._something: dict[Lane, asyncio.Event] = defaultdict(asyncio.Event)
        self._new = asyncio.Event()

    def add(self, lane: Lane, doubted: Sequence[Doubt]) -> None:
        """Tell that records are in doubt, and let their source be asked."""
        if not doubted:
            return
        metrics.DOUBTED.labels(self.inbox.store.service, lane[0]).inc(len(doubted))
        log.warning("records_doubted", service=self.inbox.store.service, count=len(doubted), first=doubted[0].place)
        self._waiting[lane] += doubted
        self._something[lane].set()
        self._new.set()

    def oldest(self, lane: Lane) -> int | None:
        """Return the offset of the oldest doubt of a lane that is not settled."""
        return min((doubt.offset for doubt in self._waiting[lane]), default=None) if lane in self._waiting else None

    async def run(self) -> None:
        """Settle them for ever, each lane by itself."""
        tasks: dict[Lane, asyncio.Task[None]] = {}
        try:
            while True:
                self._new.clear()
                for lane in list(self._waiting):
                    if lane not in tasks:
                        tasks[lane] = asyncio.create_task(self._run_lane(lane))
                await self._new.wait()
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _run_lane(self, lane: Lane) -> None:
        failures, waiting = 0, self._waiting[lane]
        while True:
            self._something[lane].clear()
            if not waiting:
                await self._something[lane].wait()
            some = [waiting[n] for n in range(min(len(waiting), TOGETHER_MAX))]
            try:
                await self._settle(lane, some)
            except Exception as error:  # noqa: BLE001  # the store or the source is away, or speaks in tongues
                pause = AWAY_PAUSE_SECONDS[min(failures, len(AWAY_PAUSE_SECONDS) - 1)]
                log.warning("doubts_wait", service=self.inbox.store.service, error=repr(error), pause_s=pause)
                await asyncio.sleep(pause)
                failures += 1
                continue
            failures, settled = 0, set(some)
            kept = [doubt for doubt in waiting if doubt not in settled]
            waiting.clear()
            waiting += kept

    async def _settle(self, lane: Lane, doubted: Sequence[Doubt]) -> None:
        """Take a source's word for some records of a lane. Raises ``Unavailable``, and what the store raises."""
        wrong = [(doubt, doubt.wrong) for doubt in doubted if doubt.wrong is not None]
        claimed = sorted((doubt for doubt in doubted if doubt.wrong is None), key=lambda doubt: doubt.lane_seq)
        newest = 0
        if claimed:
            head = (await self.inbox.sources.heads(lane[0]))[lane[1]]
            true: dict[int, bytes] = {}
            for doubt in claimed:
                seq = doubt.lane_seq
                if seq <= head and seq not in true:
                    there = await self.inbox.fetch(lane, after=seq - 1, upto=head)
                    true = {record.lane_seq: link_of(START, record) for record in there}
                if seq > head:
                    wrong.append((doubt, NotOfTheSource("no such number")))
                elif true[seq] != doubt.digest:
                    wrong.append((doubt, NotOfTheSource("another record has this number")))
                else:
                    newest = seq
        if wrong:
            await self._set_aside(lane, wrong)
        if newest:
            await self.inbox.pull(lane, newest)

    async def _set_aside(self, lane: Lane, wrong: Sequence[tuple[Doubt, Malformed]]) -> None:
        """Keep where records stood that are no events of their source's; they have no number, so no cursor moves."""
        async with self.inbox.store.database.connection() as connection:
            await connection.execute(
                _SET_ASIDE, *lane, [doubt.place for doubt, _ in wrong], [doubt.key for doubt, _ in wrong],
                [reason_of(why) for _, why in wrong], KEPT_MAX,
            )  # fmt: skip
        metrics.DISOWNED.labels(self.inbox.store.service, lane[0]).inc(len(wrong))
        first, why = wrong[0]
        of = {"service": self.inbox.store.service, "count": len(wrong), "first": first.place}
        log.error("records_disowned", **of, why=reason_of(why))
