"""Beginning another life of a store that was restored: what is missing is told, number by number, and nothing invented.

What was numbered after the backup is known from the topic, where that is left, and from the note of how far the lanes
were numbered. An event that is in the store, and was numbered only after the backup, gets the number that it had; for a
number whose event is gone an event says so; and all that was never numbered follows. From then on numbers are higher
than any that was ever given out, and readers believe what was signed in an earlier life only as far as that reached.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from contracts.envelope import LANES, Record
from contracts.ids import derived
from contracts.vocabulary import ClockKind, RestoredHow, Role
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
from services.chassis.topic_reading import published

_LOCKED: Final = "LOCK TABLE event, sealed IN ACCESS EXCLUSIVE MODE"
_NUMBERED_SINCE: Final = """
SELECT s.lane, s.lane_seq, e.id, e.stream_id, e.version FROM sealed s JOIN event e USING (stream_id, version)
WHERE s.seq > (SELECT seq FROM published) ORDER BY s.seq
"""
_UNNUMBERED: Final = """
SELECT e.id, e.lane, e.stream_id, e.version FROM event e
WHERE NOT EXISTS (SELECT FROM sealed s WHERE (s.stream_id, s.version) = (e.stream_id, e.version))
ORDER BY e.epoch, e.xid, e.pos
"""
_NEWEST_AT: Final = "SELECT max(recorded_at) FROM event"
_BEGIN: Final = """
INSERT INTO epoch (number, system, timeline, firsts) SELECT $1, system, timeline, $2 FROM cluster() RETURNING store
"""
_FIRSTS: Final = "UPDATE epoch SET firsts = $2 WHERE number = $1"
_KEEP: Final = "INSERT INTO withdrawn (lane, lane_seq, epoch, record) VALUES ($1, $2, $3, $4)"
_GIVEN_BEFORE: Final = """
SELECT lane, max(lane_seq) AS last FROM sealed WHERE seq <= (SELECT seq FROM published) GROUP BY lane
"""
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
UPDATE seal_head SET epoch = $1, xid = pg_current_xact_id(), pos = (SELECT max(pos) FROM event), seq = seq + $2
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


async def begin(connection: Connection, relay: Relay, kind: type[OfStore], now: datetime, reason: str) -> Begun | None:
    """Begin another life of a store, within a transaction of the administrator; None where it is in the one it was in.

    Nothing else may write meanwhile: the services refuse to.
    """
    store, heads = relay.store, relay.heads
    await connection.execute(_LOCKED)
    own = await lives(connection)
    known = await _published(connection, relay)
    heads.of(own[-1].store)
    heads.know(_newest(known))
    stands = await standing(connection, heads)
    if not stands.how:
        return None
    await _undo_what_was_numbered_since(connection, known)
    newest_at = await connection.fetchval(_NEWEST_AT)
    was = own[-1]
    numbers = _Numbers(was.number + 1, await heads_of(connection))
    rows = await connection.fetch(_UNNUMBERED)
    waiting = {row["id"]: row for row in rows}
    id_of_store: UUID = await connection.fetchval(_BEGIN, numbers.life, [1] * LANES)
    by = By(
        actor=f"system:{store.service}", unit=store.service, role=Role.system, at=now, clock=ClockKind.real,
        request_id=str(id_of_store), command_id=id_of_store, reason=reason,
    )  # fmt: skip
    events, kept, gone = list[Row](), 0, list[tuple[int, int, Record | None]]()
    upto = heads.of(was.store)
    for lane in range(LANES):
        while numbers.last[lane] < upto.get(str(lane), 0):
            seq = numbers.last[lane] + 1
            record = known.get((lane, seq))
            if record is not None and record.id in waiting:
                row = waiting.pop(record.id)
                numbers.give(lane, row["stream_id"], row["version"], as_it_was=record.epoch)
                kept += 1
                continue
            event = _withdrawn(store, kind, id_of_store, numbers.life, (lane, seq), record, by)
            events.append(event)
            numbers.give(lane, event.stream, event.version)
            gone.append((lane, seq, record))
            if record is not None:
                await connection.execute(_KEEP, lane, seq, record.epoch, msgspec.json.encode(record))
    for row in waiting.values():
        numbers.give(row["lane"], row["stream_id"], row["version"])
    events.append(_restored(store, kind, id_of_store, (was.store, stands.how, newest_at, len(gone)), numbers.life, by))
    numbers.give(events[-1].lane, events[-1].stream, events[-1].version)
    await connection.execute(f"ALTER TABLE event ALTER epoch SET DEFAULT {numbers.life}")
    await Recorder.insert(connection, events)
    await connection.execute(_NUMBER, *map(list, zip(*numbers.given, strict=True)))
    await connection.execute(_SEAL_HEAD, numbers.life, len(numbers.given))
    firsts = [numbers.firsts.get(lane, numbers.last[lane] + 1) for lane in range(LANES)]
    await connection.execute(_FIRSTS, numbers.life, firsts)
    await connection.executemany(_HEAD, list(numbers.last.items()))
    await connection.execute("DELETE FROM lane_link")
    return Begun(store.service, numbers.life, stands.how, newest_at, kept, gone)


async def _published(connection: Connection, relay: Relay) -> dict[tuple[int, int], Record]:
    """Return what stands on the topic that the store may lack."""
    own = await lives(connection)
    after = {row["lane"]: row["last"] for row in await connection.fetch(_GIVEN_BEFORE)}
    records = await published(relay.settings, relay.store.service, own, after)
    return {(record.lane, record.lane_seq): record for record in sorted(records, key=lambda record: record.epoch)}


def _newest(known: Mapping[tuple[int, int], Record]) -> dict[str, int]:
    newest: dict[str, int] = defaultdict(int)
    for lane, seq in known:
        newest[str(lane)] = max(newest[str(lane)], seq)
    return newest


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


async def finish(database_url: str, settings: Settings, services: Sequence[Service], reason: str) -> list[Begun]:
    """Begin another life of each store that was restored, all of them or none, and make the topics anew.

    It is one database for all of them, as whoever restores it has it; `reason` stands with what is told.
    """
    begun = []
    connection = await asyncpg.connect(database_url, timeout=CONNECT_SECONDS_MAX)
    try:
        async with connection.transaction():
            for service in services:
                await connection.execute(f"SET LOCAL search_path = {service.name}")
                running = Running(service, settings)
                assert service.of_store is not None
                if (one := await begin(connection, running.relay, service.of_store, clock.now(), reason)) is not None:
                    begun.append(one)
                    about = f"life {one.life}, {len(one.withdrawn)} events missing: {reason}"
                    await on_record(connection, "restore finish", about, by=operator())
        for one in begun:
            await topics.delete(settings, one.service)
            await topics.create(settings, (one.service,))
            await connection.execute(f"UPDATE {one.service}.published SET seq = 0")  # noqa: S608  # a name of ours
    finally:
        await connection.close()
    return begun
