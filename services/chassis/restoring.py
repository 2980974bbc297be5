"""Beginning another life of a store that was restored: what is missing is told, number by number, and nothing invented.

What was numbered after the backup is known from the topic, where that is left, and from the note of how far the lanes
were numbered. An event that is in the store, and was numbered only after the backup, gets the number that it had; for a
number whose event is gone an event says so; and all that was never numbered follows. From then on numbers are higher
than any that was ever given out, and readers believe what was signed in an earlier life only as far as that reached.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from time import monotonic
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg
import msgspec
from msgspec.structs import replace

from contracts.envelope import LANES, Record
from contracts.ids import derived
from contracts.packing import Unpackable, unpack
from contracts.vocabulary import ClockKind, RestoredHow, RestoreReason, Role
from services.chassis import clock, topics
from services.chassis.administration import on_record, operator
from services.chassis.context import By
from services.chassis.database import CONNECT_SECONDS_MAX, Connection
from services.chassis.lives import heads_of, lives, standing
from services.chassis.proof import proven
from services.chassis.recorder import Recorder
from services.chassis.relay import Relay
from services.chassis.restored import OfStore, stream_in
from services.chassis.running import Running, Service
from services.chassis.settings import Settings
from services.chassis.store import Store
from services.chassis.stored import Row
from services.chassis.topic_reading import others, published

_LOCKED: Final = "LOCK TABLE event, sealed IN ACCESS EXCLUSIVE MODE"
_NUMBERED_SINCE: Final = """
SELECT s.lane, s.lane_seq, e.id, e.stream_id, e.version FROM sealed s JOIN event e USING (stream_id, version)
WHERE s.seq > (SELECT seq FROM published) ORDER BY s.seq
"""
_UNNUMBERED: Final = """
SELECT e.id, e.lane, e.stream_id, e.version, e.case_id, e.type, e.at, e.packed FROM event e
WHERE NOT EXISTS (SELECT FROM sealed s WHERE (s.stream_id, s.version) = (e.stream_id, e.version))
ORDER BY e.epoch, e.xid, e.pos
"""
_NEWEST_AT: Final = "SELECT least(max(recorded_at), (SELECT unsure_since FROM published)) FROM event"
_BEGIN: Final = """
INSERT INTO epoch (number, system, timeline, firsts, topic_made)
SELECT $1, system, timeline, $2, false FROM cluster() RETURNING store
"""
_FIRSTS: Final = "UPDATE epoch SET firsts = $2 WHERE number = $1"
_KEEP: Final = "INSERT INTO withdrawn (lane, lane_seq, epoch, record) VALUES ($1, $2, $3, $4)"
_GIVEN_BEFORE: Final = """
SELECT lane, max(lane_seq) AS last FROM sealed WHERE seq <= (SELECT seq FROM published) GROUP BY lane
"""
_LINKS_ARE_OTHERS: Final = """
DELETE FROM lane_link l USING unnest($1::smallint[], $2::bigint[]) AS f (lane, first)
WHERE l.lane = f.lane AND l.lane_seq >= f.first
"""
_ONE_AFTER_THE_OTHER: Final = """
UPDATE sealed s SET seq = r.seq FROM (
    SELECT lane, lane_seq, (SELECT seq FROM published) + row_number() OVER (ORDER BY seq) AS seq
    FROM sealed WHERE seq > (SELECT seq FROM published)
) r WHERE (s.lane, s.lane_seq) = (r.lane, r.lane_seq)
"""
_HEAD_OF_ALL: Final = "UPDATE seal_head SET seq = (SELECT coalesce(max(seq), 0) FROM sealed)"
_TELL_READERS: Final = """
INSERT INTO {reader}.source_life (source, number, store, firsts)
SELECT '{source}', number, store, firsts FROM {source}.epoch ON CONFLICT DO NOTHING
"""
_CONNECTED: Final = """
SELECT DISTINCT usename::text FROM pg_stat_activity
WHERE datname = current_database() AND usename = ANY($1::text[]) ORDER BY 1
"""
LEAVE_SECONDS_MAX: Final = 5.0
"""For how long services may still be connected that have just been stopped."""
PAUSE_SECONDS: Final = 0.1
_NOT_MADE: Final = "SELECT NOT topic_made FROM {}.epoch ORDER BY number DESC LIMIT 1"
_MADE: Final = "UPDATE {0}.published SET seq = 0, unsure_since = NULL; UPDATE {0}.epoch SET topic_made = true"
_TRIGGER: Final = "ALTER TABLE sealed {} TRIGGER append_only"
_TAKE_BACK: Final = "DELETE FROM sealed WHERE lane = $1 AND lane_seq = $2"
_HEAD: Final = "UPDATE lane_head SET last = $2 WHERE lane = $1"
_NUMBER: Final = """
INSERT INTO sealed (seq, lane, lane_seq, stream_id, version, epoch)
SELECT (SELECT seq FROM seal_head) + n, lane, lane_seq, stream_id, version, epoch
FROM unnest($1::smallint[], $2::bigint[], $3::uuid[], $4::int[], $5::smallint[])
    WITH ORDINALITY AS t (lane, lane_seq, stream_id, version, epoch, n)
"""
_SEAL_HEAD: Final = """
UPDATE seal_head SET epoch = $1, xid = '0', pos = 0, seq = seq + $2
"""


class Begun(NamedTuple):
    """What came of a store that was restored."""

    service: str
    life: int
    how: tuple[RestoredHow, ...]
    newest_at: datetime | None
    kept: int
    """Events that got the number that they had."""
    withdrawn: Sequence[tuple[int, int, Record | None]]
    """Lane, number, and what is known of each event that is missing."""


class _Numbers:
    """Which number each event gets."""

    def __init__(self, life: int, heads: Mapping[int, int]) -> None:
        self.life = life
        self.last = dict(heads)
        self.firsts: dict[int, int] = {}
        self.given: list[tuple[int, int, UUID, int, int]] = []

    def give(self, lane: int, stream: UUID, version: int, *, as_it_was: int | None = None) -> None:
        """Give the next number of a lane: in this life, or in that in which the event had it."""
        self.last[lane] += 1
        if as_it_was is None or lane in self.firsts:
            self.firsts.setdefault(lane, self.last[lane])
            as_it_was = None
        self.given.append((lane, self.last[lane], stream, version, as_it_was or self.life))


class Seen(NamedTuple):
    """What is known of a store from the topic and from the note beside the database."""

    known: Mapping[tuple[int, int], Record]
    """Records that it has published, by lane and number: the newest of each."""
    heads: Mapping[str, int]
    """How far it had got."""
    life: int
    """The newest life that it had."""
    how: tuple[RestoredHow, ...]
    """How it shows that it was restored."""
    unproven: int
    """Records above all that it knows of which nobody can say whether it has written them."""


async def look(connection: Connection, relay: Relay) -> Seen:
    """Look at a store, at its topic and at the note of how far it had got."""
    own, heads = await lives(connection), relay.heads
    after = {row["lane"]: row["last"] for row in await connection.fetch(_GIVEN_BEFORE)}
    there = await published(relay.settings, relay.store.service, after)
    known = {(record.lane, record.lane_seq): record for record in sorted(there.records, key=attrgetter("epoch"))}
    heads.of(own[-1].store, own[-1].number)
    for lane, seq in known:
        heads.know({str(lane): seq})
    stands = await standing(connection, heads)
    stores = {one.store for one in own}
    how, note = stands.how, heads.of_another(stores, own[-1].number)
    if not how and others(there.lived, own):
        how = (RestoredHow.older,)
    got = [heads.of(own[-1].store, own[-1].number), *([note.heads] if note else [])]
    newest = {lane: max(one.get(lane, 0) for one in got) for one in got for lane in one}
    life = max([own[-1].number, *(life for life, _ in there.lived), *([note.life] if note else [])])
    return Seen(known, newest, life, how, there.unproven)


async def begin(
    connection: Connection, relay: Relay, kind: type[OfStore], seen: Seen, how: tuple[RestoredHow, ...], by: By
) -> Begun:
    """Begin another life of a store, within a transaction of the administrator.

    Nothing else may write meanwhile: the services refuse to.
    """
    store = relay.store
    await connection.execute(_LOCKED)
    was = (await lives(connection))[-1]
    await _undo_what_was_numbered_since(connection, seen.known)
    newest_at = await connection.fetchval(_NEWEST_AT)
    numbers = _Numbers(seen.life + 1, await heads_of(connection))
    waiting = {row["id"]: row for row in await connection.fetch(_UNNUMBERED)}
    own: UUID = await connection.fetchval(_BEGIN, numbers.life, [1] * LANES)
    by = replace(by, request_id=str(own), command_id=own)
    events, kept, gone = list[Row](), 0, list[tuple[int, int, Record | None]]()
    for lane in range(LANES):
        while numbers.last[lane] < seen.heads.get(str(lane), 0):
            seq = numbers.last[lane] + 1
            record = seen.known.get((lane, seq))
            if record is not None and _same(record, waiting.get(record.id)):
                row = waiting.pop(record.id)
                numbers.give(lane, row["stream_id"], row["version"], as_it_was=record.epoch)
                kept += 1
                continue
            event = _withdrawn(store, kind, own, numbers.life, (lane, seq), record, by)
            events.append(event)
            numbers.give(lane, event.stream, event.version)
            gone.append((lane, seq, record))
            if record is not None:
                await connection.execute(_KEEP, lane, seq, record.epoch, msgspec.json.encode(record))
    for row in waiting.values():
        numbers.give(row["lane"], row["stream_id"], row["version"])
    events.append(_restored(store, kind, own, (was.store, how, newest_at, len(gone)), numbers.life, by))
    numbers.give(events[-1].lane, events[-1].stream, events[-1].version)
    await Recorder.insert(connection, events)
    await connection.execute(f"ALTER TABLE event ALTER epoch SET DEFAULT {numbers.life}")
    await connection.execute(_NUMBER, *map(list, zip(*numbers.given, strict=True)))
    await connection.execute(_SEAL_HEAD, numbers.life, len(numbers.given))
    firsts = [numbers.firsts.get(lane, numbers.last[lane] + 1) for lane in range(LANES)]
    await connection.execute(_FIRSTS, numbers.life, firsts)
    await connection.executemany(_HEAD, list(numbers.last.items()))
    await connection.execute(_LINKS_ARE_OTHERS, *map(list, zip(*enumerate(firsts), strict=True)))
    return Begun(store.service, numbers.life, how, newest_at, kept, gone)


def _same(record: Record, row: asyncpg.Record | None) -> bool:
    """Return whether an event is the very one that was published: a command that was sent again makes the same id."""
    if row is None:
        return False
    try:
        packed = unpack(row["packed"])
    except Unpackable:
        return False
    there = (row["stream_id"], row["version"], row["case_id"], row["type"], row["at"], *packed)
    told = (record.stream, record.version, record.case, record.type, record.at)
    return there == (*told, bytes(record.metadata), bytes(record.body))


async def _undo_what_was_numbered_since(connection: Connection, known: Mapping[tuple[int, int], Record]) -> None:
    """Take back the numbers that were given after the restore and are those of other events on the topic."""
    lanes: dict[int, list[int]] = defaultdict(list)
    for row in await connection.fetch(_NUMBERED_SINCE):
        lane, seq = row["lane"], row["lane_seq"]
        there = known.get((lane, seq))
        if lanes[lane] or (there is not None and there.id != row["id"]):
            lanes[lane].append(seq)
    taken = [(lane, seq) for lane, seqs in lanes.items() for seq in seqs]
    if not taken:
        return
    await connection.execute(_TRIGGER.format("DISABLE"))
    await connection.executemany(_TAKE_BACK, taken)
    await connection.execute(_ONE_AFTER_THE_OTHER)
    await connection.execute(_HEAD_OF_ALL)
    await connection.execute(_TRIGGER.format("ENABLE"))
    await connection.executemany(_HEAD, [(lane, seqs[0] - 1) for lane, seqs in lanes.items() if seqs])


def _withdrawn(
    store: Store, kind: type[OfStore], own: UUID, life: int, place: tuple[int, int], record: Record | None, by: By
) -> Row:
    of = kind.blank(stream_in(own, *place))
    links = None if record is None else proven(record)
    of.record(
        kind.told.withdrawn, at=by.at, life=life, lost=None if record is None else record.id,
        lost_type=None if record is None else record.type, lost_case=None if record is None else record.case,
        lost_version=None if record is None else record.version, link=None if links is None else links.own.hex(),
    )  # fmt: skip
    return store.rows(of, by)[0]


def _restored(
    store: Store, kind: type[OfStore], own: UUID, what: tuple[UUID, tuple[RestoredHow, ...], datetime | None, int],
    life: int, by: By,
) -> Row:  # fmt: skip
    of = kind.blank(derived(own, "restored"))
    was, how, newest_at, withdrawn = what
    of.record(
        kind.told.restored, at=by.at, life=life, store=own, was=was, how=how, newest_at=newest_at, withdrawn=withdrawn
    )  # fmt: skip
    return store.rows(of, by)[0]


class Unproven(RuntimeError):
    """On a topic stand records above all that its store knows, and nobody can say whether it has written them."""

    def __init__(self, service: str, count: int) -> None:
        super().__init__(
            f"on the topic of {service} stand {count} records above all that its store knows, and no key of "
            "HUIYIN_SIGNERS fits them: name the key by which it signed then beside the one of now, or say that they "
            "are forged"
        )


class StillServed(RuntimeError):
    """A service is connected to a store of which another life is to begin: it would go on with what it remembers."""

    def __init__(self, services: Sequence[str]) -> None:
        super().__init__(f"{', '.join(services)} still run somewhere on this database: stop them first")


async def _must_be_left(connection: Connection, services: Sequence[Service]) -> None:
    until = monotonic() + LEAVE_SECONDS_MAX
    while names := await connection.fetch(_CONNECTED, [service.name for service in services]):
        if monotonic() > until:
            raise StillServed([row["usename"] for row in names])
        await asyncio.sleep(PAUSE_SECONDS)


async def finish(
    database_url: str,
    settings: Settings,
    services: Sequence[Service],
    reason: RestoreReason,
    *,
    unproven_is_forged: bool = False,
) -> list[Begun]:
    """Begin another life of all stores of a database, if one of them was restored, and make their topics anew.

    All of them or none: whoever restores a database has restored all that lies in it. `reason` stands with what is
    told. What was interrupted after that is done the next time. Raises ``Unproven`` and ``StillServed``.
    """
    await topics.create(settings, tuple(service.name for service in services))
    connection = await asyncpg.connect(database_url, timeout=CONNECT_SECONDS_MAX)
    try:
        await _must_be_left(connection, services)
        relays = [Running(service, settings).relay for service in services]
        seen = []
        for service, relay in zip(services, relays, strict=True):
            await connection.execute(f"SET search_path = {service.name}")
            seen.append(await look(connection, relay))
            if seen[-1].unproven and not unproven_is_forged:
                raise Unproven(service.name, seen[-1].unproven)
        begun = []
        if how := tuple(dict.fromkeys(word for one in seen for word in one.how)):
            async with connection.transaction():
                for service, relay, one in zip(services, relays, seen, strict=True):
                    begun.append(await _begin(connection, service, relay, one, how, reason))
                for reader in services:
                    for source in services:
                        await connection.execute(_TELL_READERS.format(reader=reader.name, source=source.name))
        for service in services:
            if await connection.fetchval(_NOT_MADE.format(service.name)):
                await topics.delete(settings, service.name)
                await topics.create(settings, (service.name,))
                await connection.execute(_MADE.format(service.name))
        relays[0].heads.mark(restored=False)
    finally:
        await connection.close()
    return begun


async def _begin(
    connection: Connection,
    service: Service,
    relay: Relay,
    seen: Seen,
    how: tuple[RestoredHow, ...],
    reason: RestoreReason,
) -> Begun:
    assert service.of_store is not None
    await connection.execute(f"SET LOCAL search_path = {service.name}")
    by = By(
        actor=f"system:{service.name}", unit=service.name, role=Role.system, at=clock.now(), clock=ClockKind.real,
        request_id="", command_id=UUID(int=0), reason=reason.title,
    )  # fmt: skip
    begun = await begin(connection, relay, service.of_store, seen, seen.how or how, by)
    about = f"life {begun.life}, {len(begun.withdrawn)} events missing: {reason.title}"
    await on_record(connection, "restore finish", about, by=operator())
    return begun
