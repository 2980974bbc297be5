"""The relay: gives settled events their gap-free numbers and publishes them, in that order, as often as it takes.

A row is settled when its transaction is older than every running one; only then can no earlier row turn up any more.
A sequence number used alone as cursor loses events (measured: 5.4 % of them). The number is given once, in the store,
before anything is published, so whoever reads a lane can tell a gap from silence by arithmetic. Two relays do no
harm: sealing is serialised by an advisory lock, and publishing twice is dropped by the readers' cursors.

Designed around aiokafka #1017 (an idempotent producer may die for good) and its `_can_retry` (with idempotence a batch
never expires): every batch has a deadline, and after any error the producer is thrown away and made anew.
"""

from __future__ import annotations

import asyncio
import contextlib
from base64 import b64encode
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator
from itertools import chain, repeat
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from contracts.chain import BEFORE, SEALED_BY
from contracts.chain import link as following
from contracts.envelope import Record, attributes, message_of
from contracts.vocabulary import RestoredHow
from services.chassis import metrics, topics
from services.chassis.chain import KEEP, Chain, NewestLinks, columns, signer_of
from services.chassis.database import AWAY, COMMAND_SECONDS_MAX, NOT_NOW, alone
from services.chassis.errors import Unavailable
from services.chassis.heads import Heads
from services.chassis.kafka import producer
from services.chassis.lives import heads_of, lives, restored, standing
from services.chassis.settings import Settings
from services.chassis.store import Store
from services.chassis.topic_reading import ahead, others

SEAL_MAX: Final = 1_000
"""Events that one transaction seals."""
FRESH_MAX: Final = 4
"""Rounds of sealing whose events are kept until they are published; while Kafka is away the rest waits in the store."""
PUBLISH_MAX: Final = 1_000
"""Events that are published before the cursor moves."""
BATCH_BYTES_MAX: Final = 200_000
"""What records of a batch may take, as it is reckoned: less than what a producer may send at once."""
ENVELOPE_BYTES: Final = 900
"""What is reckoned for all of a record that is neither body nor metadata."""
IDLE_SECONDS: Final = (0.1, 0.1, 0.2, 0.2, 0.5)
"""After how long the relay looks for what another process has appended, and the more rarely the longer there has been
nothing; own appends wake it at once."""
GATHER_SECONDS: Final = 0.01
"""How long the relay waits for more once there is something: what is taken in sets free the commands that have waited
for it, and what they do goes out in the same round, not in the next one, which is ``LINGER_SECONDS`` later."""
LINGER_SECONDS: Final = 0.09
"""How long the relay waits for more after a round: under load many share one."""
LOOK_AGAIN_SECONDS: Final = 3.0
"""How long whoever asks is told that the topic could not be looked at, before that is tried once more."""
LOOK_SECONDS_MAX: Final = 3.0
"""How long a relay looks at its topic before it begins, or anybody is given what it has sealed."""
PUBLISH_SECONDS_MAX: Final = 10.0
STOP_SECONDS_MAX: Final = 2.0
SETTLE_SECONDS_MAX: Final = COMMAND_SECONDS_MAX - 1.0
"""How long a command of another service may be kept waiting for a number."""
BACKOFF_SECONDS: Final = (0.1, 0.5, 1.0, 2.0)

_SEAL = """
WITH ready AS (
    SELECT settled.*,
           row_number() OVER (ORDER BY xid, pos) AS n,
           row_number() OVER (PARTITION BY lane ORDER BY xid, pos) AS m
    FROM (SELECT epoch, xid, pos, lane, stream_id, version{} FROM event
          WHERE (epoch, xid, pos) > (SELECT epoch, xid, pos FROM seal_head)
            AND xid < pg_snapshot_xmin(pg_current_snapshot())
          ORDER BY epoch, xid, pos LIMIT $1) settled
), numbered AS (
    INSERT INTO sealed (seq, lane, lane_seq, stream_id, version, epoch)
    SELECT h.seq + r.n, r.lane, l.last + r.m, r.stream_id, r.version, h.epoch
    FROM ready r JOIN lane_head l USING (lane) CROSS JOIN seal_head h
    ORDER BY r.lane, r.m
), lanes AS (
    UPDATE lane_head l SET last = l.last + c.n
    FROM (SELECT lane, count(*) AS n FROM ready GROUP BY lane) c WHERE c.lane = l.lane
), head AS (
    UPDATE seal_head h SET xid = r.xid, pos = r.pos, seq = h.seq + r.n
    FROM (SELECT xid, pos, n FROM ready ORDER BY n DESC LIMIT 1) r
)
{}
"""
_COUNTED: Final = (
    "",
    "SELECT lane, last + count(*) AS lane_seq, count(*) AS n FROM ready JOIN lane_head USING (lane) GROUP BY 1, last",
)
_RETURNED: Final = (
    ", id, case_id, type, at, packed",
    """
SELECT h.seq + r.n AS seq, r.lane, l.last + r.m AS lane_seq, r.id, r.stream_id, r.version, r.case_id, r.type, r.at,
       r.packed, h.epoch
FROM ready r JOIN lane_head l USING (lane) CROSS JOIN seal_head h ORDER BY r.n
""",
)
_ANYTHING = """
SELECT coalesce((SELECT (epoch, xid, pos) FROM event ORDER BY epoch DESC, xid DESC, pos DESC LIMIT 1)
                > (h.epoch, h.xid, h.pos), false) AS to_seal,
       h.seq > p.seq AS to_publish
FROM seal_head h CROSS JOIN published p
"""
"""The newest event stands at the end of an index. What asks for *some* event behind the head is answered by a scan of
the whole table, because nobody tells the planner that there are hardly any."""
_PUBLISHED: Final = """
WITH moved AS (
    UPDATE published SET seq = $4 WHERE seq = $5 AND set_config('synchronous_commit', 'off', true) = 'off'
    RETURNING seq
), kept AS ({keep})
SELECT seq FROM moved
""".replace("{keep}", KEEP)
"""The disk is not waited for: a cursor that a crash puts back makes the relay repeat itself, and readers drop that."""
UNSURE: Final = """
UPDATE published
SET unsure_since = (SELECT recorded_at FROM event ORDER BY epoch DESC, xid DESC, pos DESC LIMIT 1)
WHERE unsure_since IS NULL
"""
"""Before anything is acknowledged by a process that cannot tell yet whether the store is all that it was."""
_SURE: Final = "UPDATE published SET unsure_since = NULL WHERE unsure_since IS NOT NULL"
_UNSEALED = """
SELECT coalesce(bool_or(stream_id = $1 OR case_id = $1), false) OR count(*) = $2
FROM (
    SELECT stream_id, case_id FROM event
    WHERE (epoch, xid, pos) > (SELECT epoch, xid, pos FROM seal_head) ORDER BY epoch, xid, pos LIMIT $2
) fresh
"""
"""A case has streams beside its own, and whoever asks for the case wants what happened in all of them. Only as much is
looked at as one round seals: where there is more, nobody knows yet, and sealing goes first."""
Step = Callable[[str], Awaitable[None]]
"""A hook that tests use to stop the relay between two steps, by the step's name."""


async def _no_step(_: str) -> None:
    return


class _Sent(NamedTuple):
    """Rows that were handed over, what is done when they are acknowledged, and the newest link of each lane."""

    rows: list[asyncpg.Record]
    acks: list[Awaitable[Any]]
    links: NewestLinks


class Relay:
    """Seals and publishes the events of one store."""

    def __init__(self, store: Store, settings: Settings, step: Step = _no_step) -> None:
        self.store = store
        self.chain = Chain(store.recorder, signer_of(settings))
        self.heads = Heads(settings.heads_dir, store.service)
        self._sure = False
        self._look_again_at = 0.0
        self._look: asyncio.Task[bool] | None = None
        self.settings = settings
        self.topic = settings.topic(store.service)
        self.step = step
        self._producer: AIOKafkaProducer | None = None
        self._sealed = asyncio.Event()
        self._publishing = False
        self._fresh: deque[list[asyncpg.Record]] = deque()
        """What was sealed here and is not published, so that it need not be read again."""
        self.troubles: dict[str, str] = {}
        """What cannot be done now, sealing or publishing, and why."""
        self._cursor: int | None = None
        """Where the cursor was left; None where that is not known."""

    # ------------------------------------------------------------------ seal

    async def seal(self) -> int:
        """Number what is settled; return how many events that were."""
        async with self.store.database.transaction() as connection:
            # The lock is taken by a statement of its own, so that the next one sees what the last holder has written.
            await alone(connection, "seal")
            if not self._publishing or len(self._fresh) == FRESH_MAX:
                rows, lanes = [], await connection.fetch(_SEAL.format(*_COUNTED), SEAL_MAX)
                count = int(sum(row["n"] for row in lanes))
            else:
                rows = lanes = await connection.fetch(_SEAL.format(*_RETURNED), SEAL_MAX)
                count = len(rows)
        if rows:
            self._fresh.append(rows)
        if count:
            self._sealed.set()
            self.heads.note({str(row["lane"]): row["lane_seq"] for row in lanes})
        return count

    async def settle(self, key: UUID) -> None:
        """Return when every committed event of a case or unit has its number. Raises ``Unavailable`` after a limit."""
        try:
            async with asyncio.timeout(SETTLE_SECONDS_MAX):
                while await self._unsealed(key):
                    if not await self.seal():
                        await asyncio.sleep(0.002)  # an older transaction is still running
        except (TimeoutError, *AWAY) as error:
            raise Unavailable from error

    async def _unsealed(self, key: UUID) -> bool:
        async with self.store.database.connection() as connection:
            return bool(await connection.fetchval(_UNSEALED, key, SEAL_MAX))

    async def _anything(self) -> bool:
        """Return whether there is anything to seal, and wake whoever publishes if there is anything to publish.

        It is one question, and costs less than sealing nothing and reading nothing.
        """
        async with self.store.database.connection() as connection:
            to_seal, to_publish = await connection.fetchrow(_ANYTHING)
        if to_publish:
            self._sealed.set()
        return bool(to_seal)

    async def sure(self) -> bool:
        """Return whether the topic has been looked at for numbers that the store has not given; that is done once.

        However long it takes, nobody waits for it for long: what else is known has to do. Raises ``StoreIsRestored``.
        """
        if self._sure or (self._look is None and asyncio.get_running_loop().time() < self._look_again_at):
            return self._sure
        self._look = look = self._look or asyncio.create_task(self._look_at_topic())
        await asyncio.wait({look}, timeout=LOOK_SECONDS_MAX)
        if not look.done():
            return False
        self._look = None
        return look.result()

    async def stop(self) -> None:
        """Look no longer."""
        if self._look is not None:
            self._look.cancel()
            await asyncio.gather(self._look, return_exceptions=True)

    async def must_know(self) -> None:
        """Return where it is known how far the store had got: events of no other one are given out.

        Raises ``Unavailable``, and ``StoreIsRestored``.
        """
        if not await self.sure() and not self.heads.noted:
            raise Unavailable("尚不能确认数据库是否完整，暂不提供事件")

    async def _look_at_topic(self) -> bool:
        async with self.store.database.connection() as connection:
            given = await heads_of(connection)
            own = await lives(connection)
        try:
            there = await ahead(self.settings, self.store.service, given, noted=self.heads.noted)
        except Exception as error:  # noqa: BLE001  # Kafka is away, or somebody has written what nobody can read
            structlog.get_logger().warning("topic_not_looked_at", service=self.store.service, error=repr(error))
            self._look_again_at = asyncio.get_running_loop().time() + LOOK_AGAIN_SECONDS
            self.troubles["publish"] = f"Topic {self.topic} could not be looked at: {error!r}"
            return False
        for record in there.records:
            self.heads.know({str(record.lane): record.lane_seq})
        async with self.store.database.connection() as connection:
            stands = await standing(connection, self.heads)
        if stands.how or others(there.lived, own):
            self.heads.mark(restored=True)
            self.store.database.restored = restored(stands.how or (RestoredHow.older,))
            raise self.store.database.restored
        async with self.store.database.connection() as connection:
            await connection.execute(_SURE)
        self._sure = self.heads.sure = True
        return True

    # --------------------------------------------------------------- publish

    async def publish(self) -> int:
        """Publish what is sealed and move the cursor behind what is acknowledged; return how many events that were.

        While Kafka writes one batch the next one is handed over.
        """
        count = 0
        sent: _Sent | None = None
        rows = self._fresh_after(self._cursor)
        read = not rows
        if read:
            rows = await self.store.recorder.log(None, PUBLISH_MAX)
        while rows or sent:
            async with asyncio.timeout(PUBLISH_SECONDS_MAX):
                handed_over = await self._send(rows) if rows else None
                if sent is not None:
                    count += len(sent.rows)
                    if not await self._confirm(sent):
                        break
                sent, rows = handed_over, await self._following(rows, read=read)
        return count

    async def _following(self, rows: list[asyncpg.Record], *, read: bool) -> list[asyncpg.Record]:
        """Return what follows a batch, read from the store only if that is where a full one came from.

        What is sealed here at this moment would otherwise be read once more; and the next round looks anyway.
        """
        if not rows:
            return []
        if fresh := self._fresh_after(rows[-1]["seq"]):
            return fresh
        return await self.store.recorder.log(rows[-1]["seq"], PUBLISH_MAX) if read and len(rows) == PUBLISH_MAX else []

    def _fresh_after(self, seq: int | None) -> list[asyncpg.Record]:
        while self._fresh:
            rows = self._fresh.popleft()
            if rows[0]["seq"] - 1 == seq:
                return rows
        return []

    async def _confirm(self, sent: _Sent) -> bool:
        """Move the cursor behind rows when they are acknowledged; return False if it is not where it was."""
        rows, links = sent.rows, sent.links
        await asyncio.gather(*sent.acks)
        await self.step("published")
        async with self.store.database.connection() as connection:
            # Not if another relay has moved it meanwhile, or a rebuild of the topic has put it back.
            before, last = rows[0]["seq"] - 1, rows[-1]["seq"]
            self._cursor = await connection.fetchval(_PUBLISHED, *columns(links), last, before)
        metrics.PUBLISHED.labels(self.store.service).inc(len(rows))
        return self._cursor is not None

    async def _send(self, rows: list[asyncpg.Record]) -> _Sent:
        """Hand rows over, each lane's in their order."""
        if self._producer is None:
            self._producer = await producer(self.settings)
            topics.check(self.topic, len(await self._producer.partitions_for(self.topic)))
        lanes: dict[int, list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            lanes[row["lane"]].append(row)
        batches, links = [], {}
        for lane, some in lanes.items():
            await asyncio.sleep(0)  # this computes, and others want their turn
            runs = self.runs([self.store.recorder.record(row) for row in some])
            batches += [(lane, await self._batch(self._producer, run)) for run in runs]
            links[lane] = (some[-1]["lane_seq"], await self.chain.at(lane, some[-1]["lane_seq"]))
        # One after the other: the order within a lane is the order of sending.
        acks = [await self._producer.send_batch(batch, self.topic, partition=lane) for lane, batch in batches]
        return _Sent(rows, acks, links)

    @staticmethod
    def runs(records: list[Record]) -> Iterator[list[Record]]:
        """Yield the records of a lane in their order, by what a batch holds: not too much, of one life of the store."""
        run: list[Record] = []
        size = 0
        for record in records:
            own = ENVELOPE_BYTES + len(record.metadata) + len(record.body)
            if run and (size + own > BATCH_BYTES_MAX or record.epoch != run[0].epoch):
                yield run
                run, size = [], 0
            run.append(record)
            size += own
        yield run

    async def _batch(self, sender: AIOKafkaProducer, run: list[Record]) -> BatchBuilder:
        """Return records of a lane that follow each other as a batch that proves itself."""
        first, last = run[0], run[-1]
        link = await self.chain.before(first.lane, first.lane_seq)
        batch = sender.create_batch()
        for record in run:
            said, before = attributes(record), link
            link = following(before, said, bytes(record.body))
            if record is first:
                said[BEFORE] = b64encode(before)
            if record is last:
                self.chain.remember(last.lane, last.lane_seq, link)
                said[SEALED_BY] = (await self.chain.seal(last, link)).text()
            if batch.append(**message_of(record, said)) is None:
                raise ValueError(f"an event of {len(record.body)} bytes is larger than a batch may be")
        return batch

    async def _drop_producer(self) -> None:
        dead, self._producer, self._cursor = self._producer, None, None
        if dead is not None:
            # Its sender first: stop() flushes, which it does for ever while the cluster is away, and a producer that
            # is given up half-way goes on trying, with its connections and batches, beside the next one.
            dead._sender.sender_task.cancel()  # noqa: SLF001  # aiokafka has no way to stop without a flush
            with contextlib.suppress(KafkaError, TimeoutError, OSError):
                async with asyncio.timeout(STOP_SECONDS_MAX):
                    await dead.stop()

    # ------------------------------------------------------------------- run

    async def run(self) -> None:
        """Seal and publish until cancelled; each goes on while the other one cannot."""
        await self.sure()
        self._publishing = True
        sealing = asyncio.create_task(self._run_sealing())
        try:
            await self._run_publishing()
        finally:
            self._publishing = False
            sealing.cancel()
            await asyncio.gather(sealing, return_exceptions=True)
            await self._drop_producer()

    async def _run_sealing(self) -> None:
        failures = 0
        while True:
            try:
                self.store.appended.clear()
                count = await self.seal()
                self.troubles.pop("seal", None)
                if count:
                    await asyncio.sleep(LINGER_SECONDS if count < SEAL_MAX else 0)
                else:
                    await self._something()
                    await asyncio.sleep(GATHER_SECONDS)
                failures = 0
            except NOT_NOW as error:
                failures = await self._back_off("seal", failures, error)

    async def _run_publishing(self) -> None:
        failures = 0
        while True:
            try:
                self._sealed.clear()
                if not await self.sure():  # nothing is put on a topic that may have more than the store
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
                    continue
                await self.publish()
                self.troubles.pop("publish", None)
                await self._sealed.wait()
                failures = 0
            except (KafkaError, topics.Misshapen, *NOT_NOW) as error:
                await self._drop_producer()
                failures = await self._back_off("publish", failures, error)

    async def _something(self) -> None:
        """Return as soon as there may be something to seal."""
        for pause in chain(IDLE_SECONDS, repeat(IDLE_SECONDS[-1])):
            if await self._wait(self.store.appended, pause) or await self._anything():
                return

    @staticmethod
    async def _wait(happened: asyncio.Event, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await happened.wait()
        return happened.is_set()

    async def _back_off(self, what: str, failures: int, error: Exception) -> int:
        structlog.get_logger().warning("relay_failed", what=what, service=self.store.service, error=repr(error))
        metrics.RELAY_FAILURES.labels(self.store.service, what).inc()
        self.troubles[what] = str(error) or repr(error)
        await asyncio.sleep(BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)])
        return failures + 1
