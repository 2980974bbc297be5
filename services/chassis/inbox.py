"""Taking in what other services publish: each event once, in the order of its lane, whatever Kafka does.

The cursor in PostgreSQL is the truth and Kafka's offset a hint. Within one transaction an event whose number is not
above the cursor is dropped, the next one is applied and moves it, and a later one means a gap, which is fetched from
the source and never skipped. What fails is tried again with growing pauses; then its case is parked with its later
events behind it, and the lane goes on.

Designed around, in FastStream: acknowledging before the work and committing on error (ack policies, #2618), committing
what a stop cut off (#2999, #3000; before 0.7.5), nack without delay or limit (#1721), a batch nack that loses other
partitions' records (before 0.7.8) – so nothing is ever nacked and no exception gets out of the handler; workers that
break a partition's order or are dropped with batches (#3164) – so there is one; headers that are not UTF-8 break its
parser, so ours hands on the bytes. In aiokafka: Kafka transactions that fence nobody (#844) – so there are none, and
the cursor moves with the effect in PostgreSQL; commit() without offsets after a rebalance (#929, #933), a consumer that
stands still (#712, #718, FastStream #1414) – so offsets are explicit, and a patrol compares cursors with the sources'
heads.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextvars import ContextVar
from math import inf
from typing import Final, NamedTuple, Protocol
from uuid import UUID

import msgspec
import structlog
from eventsourcing.persistence import IntegrityError

from contracts.chain import START
from contracts.envelope import Record, lane_of
from contracts.event import UnknownEvent
from services.chassis import metrics
from services.chassis.database import AWAY, NOT_NOW, Connection, alone
from services.chassis.errors import Unavailable
from services.chassis.heads import Heads
from services.chassis.proof import Proofs, proven
from services.chassis.source import Sources, patiently
from services.chassis.store import Store

TOGETHER_MAX: Final = 1_000
"""Records that one transaction takes in."""
ATTEMPTS_MAX: Final = 5
FIRST_PAUSE_SECONDS: Final = 0.1
AWAY_PAUSE_SECONDS: Final = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
HOPELESS_SECONDS: Final = 60.0
"""How long a reason for parking is remembered, so that the next event of its kind is parked without pauses."""
REASON_CHARS_MAX: Final = 500
PATROL_SECONDS: Final = 10.0
"""How often a service asks others how far they are, to find what Kafka has lost."""
NOTE_SECONDS: Final = 0.5
"""How often it is noted how far lanes are taken in: it need not be told to the last one that they were."""
WAITED: Final = ContextVar("waited", default=False)
"""Whether a command has waited for what comes: each is a task, and ends with it."""
ARRIVAL_SECONDS_MAX: Final = 0.3
"""How long Kafka may bring nothing until a command that waits for something asks the source."""
ARRIVALS_SECONDS_MAX: Final = 1.0
"""How long a command waits for what Kafka does not bring while it brings other things."""

log = structlog.get_logger()

Lane = tuple[str, int]
"""A source and a lane of it."""


class TakenIn(NamedTuple):
    """How far a lane has been taken in, and up to which link; None where that was before there were links."""

    last: int
    link: bytes | None


BEGINNING: Final = TakenIn(0, START)


class Effect(Protocol):
    """What taking in events does; everything happens in the transaction that moves the cursor."""

    async def lacks(self, records: Sequence[Record]) -> bool:
        """Return whether these need more than what is in and one another. Raises ``Unavailable``."""

    async def prepare(self, records: Sequence[Record]) -> Sequence[Record] | None:
        """Return what to take in instead of these, outside of any transaction; None where it is just these."""

    async def apply(self, connection: Connection, records: Sequence[Record]) -> None:
        """Apply records that are new, in order, and not held behind a parked one."""


class NotContiguous(Exception):
    """Somebody else has moved a cursor, or a record is missing: look again."""


class NoSuchEvent(LookupError):
    """The source of a lane has not given out this number yet."""


class Forked(Exception):
    """What a source says follows is no continuation of what was taken in from it."""

    def __init__(self, lane: Lane, lane_seq: int) -> None:
        super().__init__(f"{lane[0]}/{lane[1]}/{lane_seq}")
        self.lane = lane


RACED: Final = (NotContiguous, IntegrityError)
"""A cursor or an aggregate was changed by somebody else meanwhile."""
UNREADABLE: Final = (UnknownEvent, msgspec.MsgspecError)
"""What is wrong with the bytes of an event and so will be wrong at every attempt."""
LOOK_AGAIN: Final = (*RACED, Forked, Unavailable, *AWAY)
"""What is no fault of a record that was being taken in."""


class Inbox:
    """The cursors of one service and what it does with each event."""

    effect: Effect

    def __init__(self, store: Store, sources: Sources, proofs: Proofs, heads: Heads) -> None:
        self.store = store
        self.sources = sources
        self.proofs = proofs
        self.heads = heads
        self._noted_at = 0.0
        self.brought_at = 0.0
        """When Kafka last brought something, by the clock of the loop."""
        self._expected: dict[UUID, list[asyncio.Event]] = defaultdict(list)
        self._pulling: dict[Lane, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._hopeless: dict[tuple[str, type[Exception]], float] = {}
        self._reached: dict[Lane, int] | None = None
        """How far lanes were taken in when this process looked last, or took them in: now they are there or further."""

    # ---------------------------------------------------------------- taking

    async def take(self, records: Iterable[Record]) -> None:
        """Take in proven records, however Kafka delivered them; returns when every one is applied or parked.

        What does not follow what was taken in is left where it is: nobody may say which of the two is true.
        """
        failures, waiting = 0, list(records)
        while waiting:
            try:
                waiting = await self._take(waiting)
            except RACED:
                self._reached = None
            except Forked as error:
                log.error("lane_forked", service=self.store.service, at=str(error))  # noqa: TRY400  # it says it all
                metrics.FORKED.labels(self.store.service, error.lane[0]).inc()
                waiting = [record for record in waiting if (record.service, record.lane) != error.lane]
            except AssertionError:  # what no waiting mends
                raise
            except Exception as error:  # noqa: BLE001  # the store or a source is away, or speaks in tongues
                self._reached = None  # it may come back as it was some time ago
                await self._wait(failures, error)
                failures += 1

    async def _take(self, waiting: Sequence[Record]) -> list[Record]:
        """Take in what can be taken in now; return what is left of these."""
        complete = await self._complete(_by_lane(waiting))
        instead = await self.effect.prepare(complete) if complete else None
        chosen = complete if instead is None else instead
        for start in range(0, len(chosen), TOGETHER_MAX):
            some = chosen[start : start + TOGETHER_MAX]
            try:
                await self._apply(some)
            except LOOK_AGAIN:
                raise
            except Exception:  # noqa: BLE001  # whatever a handler may raise
                await self._take_apart(some)
        if instead is None:
            return []
        taken = {id(record) for record in chosen}
        return [record for record in complete if id(record) not in taken]

    async def _apply(self, records: Sequence[Record], parking: str | None = None, attempts: int = 0) -> None:
        """Apply records that follow the cursors, or park them, and move the cursors: all or nothing."""
        lanes = _by_lane(records)
        async with self.store.database.transaction() as connection:
            await lock(connection, lanes)
            cursors, parked = await _standing(connection, lanes)
            for lane, batch in lanes.items():
                _must_follow(lane, cursors.get(lane, BEGINNING), batch)
            held = await _held(connection, records) if parked else set()
            ready = [record for record in records if record.key not in held] if held else records
            if parking is None:
                await self.effect.apply(connection, ready)
            else:
                await _park(connection, ready, parking, attempts)
            if held:
                await _park(connection, [record for record in records if record.key in held], "held", 0)
            await _move(connection, lanes)
        self.store.appended.set()
        if (now := asyncio.get_running_loop().time()) > self._noted_at + NOTE_SECONDS:
            self._noted_at = now
            self.heads.note({f"{source}/{lane}": b[-1].lane_seq for (source, lane), b in lanes.items()})
        if self._reached is not None:
            self._reached |= {lane: batch[-1].lane_seq for lane, batch in lanes.items()}
        for (source, _), batch in lanes.items():
            metrics.TAKEN.labels(self.store.service, source).inc(len(batch))
        if self._expected:  # which is rare, and each id takes as long as all the rest here
            for key in {record.key for record in records} & self._expected.keys():
                for arrived in self._expected[key]:
                    arrived.set()

    async def _take_apart(self, batch: Sequence[Record]) -> None:
        """Take in by halves what cannot be taken in together, down to the record that is at fault."""
        if len(batch) == 1:
            await self._take_or_park(batch[0])
            return
        for half in (batch[: len(batch) // 2], batch[len(batch) // 2 :]):
            try:
                await self._patiently(half)
            except LOOK_AGAIN:
                raise
            except Exception:  # noqa: BLE001  # whatever a handler may raise
                await self._take_apart(half)

    async def _take_or_park(self, record: Record) -> None:
        """Take in one record, with pauses, and park it if it cannot be.

        A reason that has just outlived all attempts is not waited for again, so that many at once hold up nobody.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                await self._patiently([record])
            except LOOK_AGAIN:
                raise
            except Exception as error:  # noqa: BLE001  # whatever a handler may raise
                log.warning("reaction_failed", type=record.type, case_id=str(record.key), error=repr(error))
                reason, now = (record.type, type(error)), asyncio.get_running_loop().time()
                hopeless = isinstance(error, UNREADABLE) or now < self._hopeless.get(reason, 0)
                if attempt < ATTEMPTS_MAX and not hopeless:
                    await asyncio.sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
                    continue
                self._hopeless[reason] = now + HOPELESS_SECONDS
                metrics.PARKED.labels(self.store.service, record.service).inc()
                await self._patiently([record], reason_of(error), attempt)
            return

    async def _patiently(self, records: Sequence[Record], parking: str | None = None, attempts: int = 0) -> None:
        """Apply or park records of a batch whose earlier ones are in, for as long as the store is away."""
        failures = 0
        while True:
            try:
                async with self.store.database.connection() as connection:
                    cursors = await _cursors(connection, _by_lane(records))
                if todo := [r for r in records if r.lane_seq > cursors[r.service, r.lane]]:
                    await self._apply(todo, parking, attempts)
            except IntegrityError:
                continue
            except AWAY as error:
                await self._wait(failures, error)
                failures += 1
            else:
                return

    async def _wait(self, failures: int, error: Exception) -> None:
        pause = AWAY_PAUSE_SECONDS[min(failures, len(AWAY_PAUSE_SECONDS) - 1)]
        log.warning("reaction_waits", service=self.store.service, error=repr(error), pause_s=pause)
        await asyncio.sleep(pause)

    async def _complete(self, lanes: dict[Lane, list[Record]]) -> list[Record]:
        """Drop what was taken in before, and fetch what is missing in front."""
        cursors = await self.reached()
        if any(batch[0].lane_seq != cursors.get(lane, 0) + 1 for lane, batch in lanes.items()):
            cursors = await self.cursors()
        complete: list[Record] = []
        for lane, batch in lanes.items():
            last = cursors.get(lane, 0)
            for record in batch:
                if record.lane_seq <= last:
                    metrics.DROPPED.labels(self.store.service, lane[0]).inc()
                    continue
                try:
                    while record.lane_seq > last + 1:
                        complete += await self.fetch(lane, after=last, upto=record.lane_seq - 1)
                        last = complete[-1].lane_seq
                except NoSuchEvent as error:  # its source has given it out, and does not know of it any more
                    raise Forked(lane, record.lane_seq) from error
                complete.append(record)
                last = record.lane_seq
        return complete

    async def fetch(self, lane: Lane, *, after: int, upto: int) -> Sequence[Record]:
        """Fetch the next events of a lane. Raises ``Unavailable``, and ``NoSuchEvent`` if the source says so."""
        run = await self.sources.lane(*lane, after=after, upto=upto)
        records = run.records
        if not records:
            raise NoSuchEvent(f"{lane[0]} 泳道 {lane[1]} 没有第 {after + 1} 号事件")
        if records[0].lane_seq != after + 1:
            raise Unavailable(f"{lane[0]} 泳道 {lane[1]} 缺少第 {after + 1} 号事件")
        if not await self.proofs.of_run(run):
            log.error("source_unproven", service=self.store.service, source=lane[0], lane=lane[1], after=after)
            raise Unavailable(f"{lane[0]} 泳道 {lane[1]} 第 {after + 1} 号起的事件无从证实")
        metrics.PULLED.labels(self.store.service, lane[0]).inc(len(records))
        return records

    # --------------------------------------------------------------- pulling

    async def catching_up(self, source: str, key: UUID) -> AsyncGenerator[None]:
        """Do more and more to have the newest events of a case here; whoever waits looks again after each step.

        First Kafka is waited for, because it is about to bring them and costs nothing; whatever it brings of the case
        may be it, and as long as it is not, waiting goes on. Then the source is asked.
        """
        WAITED.set(True)
        arrived = asyncio.Event()
        self._expected[key].append(arrived)
        begun = asyncio.get_running_loop().time()
        try:
            yield  # they may have come after the last look and before anybody expected them
            while await self._arrives(arrived, begun):
                arrived.clear()
                yield
        finally:
            self._expected[key].remove(arrived)
            if not self._expected[key]:
                del self._expected[key]
        await patiently(lambda: self.pull_case(source, key), inf)  # whoever waits says for how long
        yield

    async def _arrives(self, arrived: asyncio.Event, begun: float) -> bool:
        """Return whether something of a case is brought before it is time to ask for it."""
        while True:
            until = min(max(begun, self.brought_at) + ARRIVAL_SECONDS_MAX, begun + ARRIVALS_SECONDS_MAX)
            if asyncio.get_running_loop().time() >= until:
                return False
            if await _happens(arrived, until):
                return True

    async def pull_case(self, source: str, key: UUID) -> None:
        """Take in everything that a source has committed about a case.

        Raises ``Unavailable`` where the source is away, and where the case is parked here, so that nobody knows.
        """
        lane, upto = (source, lane_of(key)), await self.sources.settled(source, key)
        async with self._pulling[lane]:  # many commands may want the same lane, and one fetch serves them all
            await self.pull(lane, upto)
        async with self.store.database.connection() as connection:
            if await connection.fetchval("SELECT true FROM parked WHERE key = $1 AND lane_seq IS NOT NULL", key):
                raise Unavailable("该事项有尚未处理的积压事件")

    async def pull_all(self, source: str) -> None:
        """Take in everything that a source has settled. Raises ``Unavailable``."""
        for lane, head in (await self.sources.heads(source)).items():
            await self.pull((source, lane), head)

    async def pull(self, lane: Lane, upto: int) -> None:
        """Take in a lane up to a number. Raises ``Unavailable``."""
        before = -1
        while before < (last := await self.cursor(lane)) < upto:
            before = last
            await self.take(await self.fetch(lane, after=last, upto=upto))
        if last < upto:
            raise Unavailable(f"{lane[0]} 泳道 {lane[1]} 自第 {last + 1} 号起与已接收的不相衔接")

    async def cursor(self, lane: Lane) -> int:
        """Return how far a lane has been taken in."""
        try:
            async with self.store.database.connection() as connection:
                return (await _cursors(connection, [lane]))[lane]
        except AWAY as error:
            raise Unavailable from error

    async def reached(self) -> dict[Lane, int]:
        """Return how far every lane has been taken in at least; others may have taken in more meanwhile.

        It costs nothing, and is enough as long as nothing seems to be missing. Raises ``Unavailable``.
        """
        return await self.cursors() if self._reached is None else self._reached

    async def cursors(self) -> dict[Lane, int]:
        """Return how far every lane has been taken in; a lane that is not there, not at all. Raises ``Unavailable``."""
        try:
            async with self.store.database.connection() as connection:
                found = await all_cursors(connection)
        except AWAY as error:
            raise Unavailable from error
        self._reached = found
        return found  # what is remembered may be forgotten by now, by another one who raced

    async def patrol(self, services: Sequence[str]) -> None:
        """For ever: fetch what a source has had for a whole round and Kafka has not brought."""
        seen: dict[Lane, int] = {}
        while True:
            await asyncio.sleep(PATROL_SECONDS)
            for source in services:
                with contextlib.suppress(Unavailable, *NOT_NOW):
                    seen |= await self._patrol_one(source, seen)

    async def _patrol_one(self, source: str, seen: dict[Lane, int]) -> dict[Lane, int]:
        await self.proofs.learn(source)
        heads = {(source, lane): head for lane, head in (await self.sources.heads(source)).items()}
        async with self.store.database.connection() as connection:
            cursors = await _cursors(connection, heads)
        metrics.LAG.labels(self.store.service, source).set(sum(heads[k] - cursors[k] for k in heads))
        for lane in heads:
            if cursors[lane] < seen.get(lane, 0):
                await self.pull(lane, seen[lane])
        return heads


async def _happens(awaited: asyncio.Event, until: float) -> bool:
    """Return whether it happens in time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            return await awaited.wait()
    return False


def reason_of(error: Exception) -> str:
    """Return what went wrong as PostgreSQL can keep it: short, and without the one character that it cannot."""
    return f"{type(error).__name__}: {error}"[:REASON_CHARS_MAX].encode(errors="replace").decode().replace("\x00", "")


def _by_lane(records: Iterable[Record]) -> dict[Lane, list[Record]]:
    lanes: dict[Lane, list[Record]] = defaultdict(list)
    for record in records:
        lanes[record.service, record.lane].append(record)
    return lanes


async def lock(connection: Connection, lanes: Iterable[Lane]) -> None:
    """Let nobody else take in these lanes."""
    await alone(connection, *(f"{source}/{lane}" for source, lane in lanes))


async def all_cursors(connection: Connection) -> dict[Lane, int]:
    """Return how far every lane has been taken in, as a transaction sees it."""
    rows = await connection.fetch("SELECT source, lane, last FROM cursor")
    return {(row["source"], row["lane"]): row["last"] for row in rows}


async def _cursors(connection: Connection, lanes: Iterable[Lane]) -> dict[Lane, int]:
    wanted = list(lanes)
    rows = await connection.fetch(
        "SELECT source, lane, last FROM cursor WHERE source = ANY($1::text[])", list({source for source, _ in wanted})
    )
    there = {(row["source"], row["lane"]): row["last"] for row in rows}
    return {lane: there.get(lane, 0) for lane in wanted}


async def _standing(connection: Connection, lanes: Iterable[Lane]) -> tuple[dict[Lane, TakenIn], bool]:
    """Return how far lanes have been taken in, and whether anything at all is parked."""
    rows = await connection.fetch(_STANDING, list({source for source, _ in lanes}))
    return {(row["source"], row["lane"]): TakenIn(row["last"], row["link"]) for row in rows}, rows[0]["parked"]


def _must_follow(lane: Lane, standing: TakenIn, batch: Sequence[Record]) -> None:
    """Raise ``NotContiguous`` where records are not the next ones, and ``Forked`` where they follow something else."""
    if batch[0].lane_seq != standing.last + 1:
        raise NotContiguous
    link = standing.link
    for record in batch:
        links = proven(record)
        assert links is not None, "what nobody has proved is not taken in"
        if link is not None and links.before != link:
            raise Forked(lane, record.lane_seq)
        link = links.own


async def _move(connection: Connection, lanes: dict[Lane, list[Record]]) -> None:
    last = [batch[-1] for batch in lanes.values()]
    await connection.execute(
        _MOVE,
        [source for source, _ in lanes],
        [lane for _, lane in lanes],
        [record.lane_seq for record in last],
        [links.own for record in last if (links := proven(record))],
        [links.seal and links.seal.text() for record in last if (links := proven(record))],
    )


async def _held(connection: Connection, records: Sequence[Record]) -> set[UUID]:
    rows = await connection.fetch(
        "SELECT DISTINCT key FROM parked WHERE key = ANY($1::uuid[]) AND lane_seq IS NOT NULL",
        list({record.key for record in records}),
    )
    return {row["key"] for row in rows}


_MOVE: Final = """
INSERT INTO cursor (source, lane, last, link, seal, seal_seq)
SELECT *, last FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::bytea[], $5::bytea[])
    AS taken (source, lane, last, link, seal)
ON CONFLICT (source, lane) DO UPDATE SET last = EXCLUDED.last, link = EXCLUDED.link,
    seal = coalesce(EXCLUDED.seal, cursor.seal),
    seal_seq = CASE WHEN EXCLUDED.seal IS NULL THEN cursor.seal_seq ELSE EXCLUDED.last END
"""

_STANDING = """
SELECT source, lane, last, link, parked
FROM (SELECT EXISTS (SELECT 1 FROM parked WHERE lane_seq IS NOT NULL) AS parked) p
LEFT JOIN cursor ON source = ANY($1::text[])
"""

_PARK: Final = """
INSERT INTO parked (place, key, source, lane, lane_seq, type, reason, attempts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (place) DO NOTHING
"""


async def _park(connection: Connection, records: Sequence[Record], reason: str, attempts: int) -> None:
    for r in records:
        place = f"{r.service}/{r.lane}/{r.lane_seq}"
        await connection.execute(_PARK, place, r.key, r.service, r.lane, r.lane_seq, r.type, reason, attempts)
