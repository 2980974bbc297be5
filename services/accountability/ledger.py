"""The ledger: every event of every service, checked again, in one order without gaps, no entry before its cause.

It is the effect of accountability's inbox: what is taken in is appended, in the transaction that moves the cursors. An
event names its cause (the foreign event that it answers); where that is not in yet its lane is pulled from its source
first, and only as far as the cause, so the order that comes out is one in which the story could have happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from contracts.envelope import Cause, Metadata, Record
from contracts.event import Event, decode
from services.accountability.case import Case
from services.chassis.database import Connection
from services.chassis.errors import Unavailable
from services.chassis.reactions import Inbox, Lane

CAUSE_ROUNDS_MAX: Final = 20
"""How often the causes of one batch are looked for again after lanes were pulled."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/ledger', 0))"
_APPEND = """
INSERT INTO ledger_entry (seq, service, lane, lane_seq, id, stream_id, version, case_id, type, at, metadata, body)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::bigint[], $5::uuid[], $6::uuid[], $7::int[],
                     $8::uuid[], $9::text[], $10::timestamptz[], $11::bytea[], $12::bytea[])
"""
_FOLDED = "SELECT id, folded FROM case_view WHERE id = ANY($1::uuid[])"
_FOLD = """
INSERT INTO case_view AS t (id, version, seq, state, unit, folded)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::bytea[])
ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, seq = EXCLUDED.seq, state = EXCLUDED.state,
    unit = EXCLUDED.unit, folded = EXCLUDED.folded
WHERE t.version <= EXCLUDED.version
"""
ENTRY = """
SELECT seq, service, lane, lane_seq, id, stream_id, version, case_id, type, at, ledgered_at, metadata, body
FROM ledger_entry WHERE {} ORDER BY seq LIMIT $1
"""

_read_case = msgspec.json.Decoder(Case).decode
_write = msgspec.json.Encoder().encode


class CauseMissing(Unavailable):
    """An event's cause cannot be had now; the event waits for it."""

    code = "cause_missing"


class _Checked(msgspec.Struct, frozen=True):
    """A record with its event and metadata read, which is the check that they fit their contracts."""

    record: Record
    event: Event
    metadata: Metadata


class Ledger:
    """Appends what the inbox takes in and folds it into Cases."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox

    async def prepare(self, records: Sequence[Record]) -> None:
        """Pull what has to stand before these records. Raises ``CauseMissing`` where that cannot be had."""
        checked = _check(records)
        for _ in range(CAUSE_ROUNDS_MAX):
            needed = _needed(checked)
            if not needed:
                return
            cursors = {lane: await self.inbox.cursor(lane) for lane in needed}
            missing = {lane: upto for lane, upto in needed.items() if cursors[lane] < upto}
            if not missing:
                return
            for lane, upto in missing.items():
                await self.inbox.pull(lane, upto)
        raise CauseMissing

    async def apply(self, connection: Connection, records: Sequence[Record]) -> None:
        """Append records in an order in which each stands after its cause, and fold them."""
        if not records:
            return
        checked = _in_order(_check(records))
        await connection.execute(_LOCK)
        head: int = await connection.fetchval("SELECT seq FROM ledger_head")
        entries = list(enumerate(checked, head + 1))
        folded = await self._fold(connection, entries)
        await connection.execute(
            _APPEND,
            *zip(
                *(
                    (
                        seq, r.service, r.lane, r.lane_seq, r.id, r.stream, r.version, r.case, r.type, r.at,
                        bytes(r.metadata), bytes(r.body),
                    )
                    for seq, r in ((seq, c.record) for seq, c in entries)
                ),
                strict=True,
            ),
        )  # fmt: skip
        await connection.execute("UPDATE ledger_head SET seq = $1", head + len(entries))
        await store_cases(connection, folded)

    @staticmethod
    async def _fold(connection: Connection, entries: Sequence[tuple[int, _Checked]]) -> list[Case]:
        wanted = {c.record.case for _, c in entries if c.record.case is not None}
        there = await connection.fetch(_FOLDED, list(wanted))
        cases = {row["id"]: _read_case(row["folded"]) for row in there}
        for seq, entry in entries:
            if (key := entry.record.case) is not None:
                cases.setdefault(key, Case(key)).take(seq, entry.event)
        return list(cases.values())


async def store_cases(connection: Connection, cases: Iterable[Case]) -> None:
    """Put the folded Cases into their view."""
    rows = [(c.case_id, c.version, c.seq, c.state, c.unit, _write(c)) for c in cases]
    if rows:
        await connection.execute(_FOLD, *zip(*rows, strict=True))


def _check(records: Sequence[Record]) -> list[_Checked]:
    """Read events and metadata. Raises ``UnknownEvent`` or ``msgspec.ValidationError``, and the record is parked."""
    return [_Checked(record, record.event(), record.about()) for record in records]


def _needed(checked: Sequence[_Checked]) -> dict[Lane, int]:
    """Return how far other lanes must be in the ledger, beyond what comes with this batch."""
    own: dict[Lane, int] = {}
    for c in checked:
        own[c.record.service, c.record.lane] = c.record.lane_seq
    needed: dict[Lane, int] = defaultdict(int)
    for c in checked:
        cause = c.metadata.cause
        if cause is not None and own.get((cause.service, cause.lane), 0) < cause.lane_seq:
            lane = (cause.service, cause.lane)
            needed[lane] = max(needed[lane], cause.lane_seq)
    return needed


def _in_order(checked: Sequence[_Checked]) -> list[_Checked]:
    """Merge the lanes of a batch so that no record stands before a cause that is in the batch too."""
    lanes: dict[Lane, list[_Checked]] = defaultdict(list)
    for c in checked:
        lanes[c.record.service, c.record.lane].append(c)
    first = {lane: batch[0].record.lane_seq for lane, batch in lanes.items()}
    place = dict.fromkeys(lanes, 0)
    ordered: list[_Checked] = []

    def stands(cause: Cause | None) -> bool:
        if cause is None or (lane := (cause.service, cause.lane)) not in lanes:
            return True
        placed = lanes[lane][place[lane] - 1].record.lane_seq if place[lane] else first[lane] - 1
        return cause.lane_seq <= placed

    while len(ordered) < len(checked):
        before = len(ordered)
        for lane, batch in lanes.items():
            while place[lane] < len(batch) and stands(batch[place[lane]].metadata.cause):
                ordered.append(batch[place[lane]])
                place[lane] += 1
        if len(ordered) == before:
            raise CauseMissing("批次中的事件互为因果")
    return ordered


# ------------------------------------------------------------------------------- reading


def fold(rows: Iterable[asyncpg.Record], key: UUID) -> Case:
    """Return what entries of a case amount to."""
    case = Case(key)
    for row in rows:
        case.take(row["seq"], decode(row["type"], row["stream_id"], row["version"], row["at"], row["body"]))
    return case


def shown_entry(row: asyncpg.Record) -> dict[str, Any]:
    """Return an entry as auditors get it: one event with everything beside it, and nothing left out."""
    return {
        "seq": row["seq"],
        "service": row["service"],
        "lane": row["lane"],
        "lane_seq": row["lane_seq"],
        "id": row["id"],
        "case": row["case_id"],
        "stream": row["stream_id"],
        "version": row["version"],
        "type": row["type"],
        "at": row["at"],
        "ledgered_at": row["ledgered_at"],
        "body": msgspec.Raw(row["body"]),
        "metadata": msgspec.Raw(row["metadata"]),
    }
