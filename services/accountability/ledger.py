"""The ledger: every event of every service, checked again, in one order without gaps, no entry before its cause.

It is the effect of accountability's inbox: what is taken in is appended, in the transaction that moves the cursors, and
whoever follows the ledger takes note in the same one. An event names its cause (the foreign event that it answers);
where that is not in yet its lane is fetched from its source, and only as far as the cause, so the order that comes out
is one in which the story could have happened.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from contracts.assignment import CaseRecalled, UnitSucceeded
from contracts.envelope import Cause, Record
from contracts.intake import AccusedNamed, CaseRegistered, PetitionAttached
from contracts.packing import pack
from services.accountability.following import LEDGER, Checked, Follower
from services.chassis.database import Connection, alone
from services.chassis.errors import Unavailable
from services.chassis.inbox import Inbox, Lane, NoSuchEvent
from services.chassis.source import once
from services.chassis.store import Store

PLACED_MAX: Final = 2_000
"""Records that are placed before they are appended, however many causes the others are waiting for."""

NUMBERED: Final = (CaseRegistered, PetitionAttached)
"""What gives a petition its number, by which a case is found."""

BARRING: Final = frozenset({AccusedNamed.wire_name, CaseRecalled.wire_name})
"""After what duties go to who stands above whoever may not act any more."""

_HEAD = "SELECT seq, source, lane, last FROM ledger_head LEFT JOIN cursor ON true"
_COLUMNS: Final = (
    "seq", "service", "lane", "lane_seq", "id", "stream_id", "version", "case_id", "type", "at", "registration_no",
    "packed", "epoch",
)  # fmt: skip


class NoSuchCause(LookupError):
    """An event names a cause that its source has never published; the event is parked."""


class Ledger:
    """Appends what the inbox takes in, and lets its followers know."""

    def __init__(self, inbox: Inbox, store: Store, followers: Sequence[Follower]) -> None:
        self.inbox = inbox
        self.store = store
        self.followers = followers

    async def lacks(self, records: Sequence[Record]) -> bool:
        """Return whether one of these has a cause that is neither in nor among them. Raises ``Unavailable``."""
        return _lacking(await self.inbox.reached(), records) and _lacking(await self.inbox.cursors(), records)

    async def prepare(self, records: Sequence[Record]) -> Sequence[Record]:
        """Return records in an order in which each stands after its cause, with what has to stand before them.

        They may be fewer than these, where there is much before them. Raises ``Unavailable`` where no cause can be had.
        Where each waits for another one, they come back as they are, for the check before the writing to find.
        """
        types = {record.type for record in records}
        if UnitSucceeded.wire_name in types:
            await self.store.directories.renew()  # who carries on is known before the duties are passed on
        elif not types.isdisjoint(BARRING):
            with suppress(Unavailable):  # what is known already will do, for nobody waits for who is complained of
                await once(self.store.directories.renew)
        merge = _Merge(await self.inbox.reached(), records)
        if merge.wanted:
            merge = _Merge(await self.inbox.cursors(), records)
        while merge.wanted and len(merge.placed) < PLACED_MAX:
            lane, upto = merge.wanted.popitem()
            try:
                merge.add(await self.inbox.fetch(lane, after=merge.last[lane], upto=upto))
            except NoSuchEvent:
                merge.give_up(lane)
            except Unavailable:
                if merge.placed:
                    break
                raise
        return merge.placed or records

    async def apply(self, connection: Connection, records: Sequence[Record]) -> None:
        """Append records in the order given, and write what their followers make of them. Raises ``NoSuchCause``.

        Everything is read before anything is written: as soon as a transaction has an id, what others commit cannot be
        sealed until it ends.
        """
        if not records:
            return
        unnumbered = [(record, record.event(), record.about()) for record in records]
        await alone(connection, LEDGER)
        rows = await connection.fetch(_HEAD)
        head: int = rows[0]["seq"]
        entries = [Checked(seq, *read) for seq, read in enumerate(unnumbered, head + 1)]
        _check_causes({(row["source"], row["lane"]): row["last"] for row in rows}, entries)
        writes = [await follower.read(connection, entries) for follower in self.followers]
        await _append(connection, entries)
        for write in writes:
            await write(connection)


async def _append(connection: Connection, entries: Sequence[Checked]) -> None:
    """Write entries by COPY, which costs the client half of what arrays do, and the server less than JSON does."""
    rows = [
        (
            e.seq, r.service, r.lane, r.lane_seq, r.id, r.stream, r.version, r.case, r.type, r.at,
            e.event.registration_no if isinstance(e.event, NUMBERED) else "", pack(bytes(r.metadata), bytes(r.body)),
            r.epoch,
        )
        for e in entries for r in [e.record]
    ]  # fmt: skip
    await connection.execute("UPDATE ledger_head SET seq = $1", entries[-1].seq)
    await connection.copy_records_to_table("ledger_entry", records=rows, columns=_COLUMNS)


def _check_causes(cursors: dict[Lane, int], entries: Sequence[Checked]) -> None:
    """Raise ``NoSuchCause`` where an event would stand before its cause."""
    last = dict(cursors)
    for entry in entries:
        cause = entry.metadata.cause
        if cause is not None and last.get((cause.service, cause.lane), 0) < cause.lane_seq:
            raise NoSuchCause(f"{cause.service}/{cause.lane}/{cause.lane_seq}")
        last[entry.record.service, entry.record.lane] = entry.record.lane_seq


class _Merge:
    """Lanes side by side, from which records are placed one after another, each after its cause.

    A record at the head of its lane whose cause is not placed makes its cause's lane wanted. What happened first of all
    that is not placed stands at the head of its lane and waits for nothing, so this comes to an end.
    """

    def __init__(self, cursors: dict[Lane, int], records: Sequence[Record]) -> None:
        self.placed: list[Record] = []
        self.wanted: dict[Lane, int] = {}
        """Lanes to be fetched, and how far."""
        self.last: dict[Lane, int] = defaultdict(int, cursors)
        """The newest number of each lane that is in the ledger, placed, or waiting here."""
        self._done: dict[Lane, int] = defaultdict(int, cursors)
        self._lanes: dict[Lane, deque[Record]] = defaultdict(deque)
        self._given_up: set[Lane] = set()
        for record in records:
            lane = (record.service, record.lane)
            if lane not in self._lanes:
                self._done[lane] = record.lane_seq - 1
            self._keep(record)
        self._place()

    def add(self, records: Iterable[Record]) -> None:
        """Go on with the next records of a lane."""
        for record in records:
            self._keep(record)
        self._place()

    def give_up(self, lane: Lane) -> None:
        """Wait no longer for what a lane will not have; the check before the writing finds whoever waits for it."""
        self._given_up.add(lane)
        self._place()

    def _keep(self, record: Record) -> None:
        lane = (record.service, record.lane)
        self._lanes[lane].append(record)
        self.last[lane] = record.lane_seq

    def _place(self) -> None:
        before = -1
        while before < len(self.placed):
            before = len(self.placed)
            for lane, waiting in self._lanes.items():
                while waiting and self._stands(waiting[0]):
                    self._done[lane] = waiting[0].lane_seq
                    self.placed.append(waiting.popleft())
        causes = [_cause(waiting[0]) for waiting in self._lanes.values() if waiting]
        wanted = [((c.service, c.lane), c.lane_seq) for c in causes if c is not None]
        self.wanted = {}
        for lane, upto in wanted:
            if self.last[lane] < upto:
                self.wanted[lane] = max(self.wanted.get(lane, 0), upto)

    def _stands(self, record: Record) -> bool:
        cause = _cause(record)
        if cause is None:
            return True
        lane = (cause.service, cause.lane)
        return self._done[lane] >= cause.lane_seq or (lane in self._given_up and self.last[lane] < cause.lane_seq)


def _lacking(cursors: dict[Lane, int], records: Sequence[Record]) -> bool:
    """Return whether one of these has a cause that is not among them, where so much is in."""
    fresh = [record for record in records if record.lane_seq > cursors.get((record.service, record.lane), 0)]
    last = cursors | {(record.service, record.lane): record.lane_seq for record in fresh}
    causes = [cause for cause in map(_cause, fresh) if cause is not None]
    return any(last.get((cause.service, cause.lane), 0) < cause.lane_seq for cause in causes)


def _cause(record: Record) -> Cause | None:
    """Return the cause of a record, if its metadata can be read at all."""
    try:
        return record.about().cause
    except msgspec.MsgspecError:
        return None
