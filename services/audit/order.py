"""Where an entry must stand: no number is missing before it, and it does not stand before its cause.

Numbers are those of the ledger, of the lane in which a service has published it, and of its stream. What is wrong is
said in one sentence about one entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from contracts.envelope import Cause, Metadata
from contracts.event import Event, UnknownEvent
from services.audit.entry import Entry, Place


class Cited(NamedTuple):
    """What there is to say of an entry that is a cause."""

    seq: int
    id: UUID
    type: str


@dataclass(frozen=True, slots=True)
class Examined:
    """An entry, what can be read of it, and what is wrong with it and its cause."""

    entry: Entry
    about: Metadata | None
    because: Cited | None
    """The entry that is its cause."""
    wrong: str | None

    @property
    def event(self) -> Event | None:
        """The event; None if no contract that was imported can read it."""
        try:
            return self.entry.event()
        except (UnknownEvent, msgspec.MsgspecError):
            return None


def about(entry: Entry) -> Metadata | None:
    """Return who did it and why, and because of what; None if that cannot be read."""
    try:
        return entry.about()
    except msgspec.MsgspecError:
        return None


def examined(entry: Entry, about: Metadata | None, causes: Mapping[Place, Cited]) -> Examined:
    """Compare an entry with its cause, which is among these if it is anywhere."""
    if about is None:
        return Examined(entry, None, None, f"the metadata of entry {entry.seq} cannot be read")
    if (cause := about.cause) is None:
        return Examined(entry, about, None, None)
    found = causes.get(place_of(cause))
    return Examined(entry, about, found, _misled(entry.seq, cause, found))


def place_of(cause: Cause) -> Place:
    """Return where a cause was published."""
    return cause.service, cause.lane, cause.lane_seq


def _misled(seq: int, cause: Cause, found: Cited | None) -> str | None:
    place = "/".join(map(str, place_of(cause)))
    if found is None:
        return f"entry {seq} names a cause that is not in the ledger before it ({place})"
    if found.id != cause.id:
        return f"entry {seq} names event {cause.id} as its cause, but {place} is {found.id}"
    if found.seq >= seq:
        return f"entry {seq} stands before its cause, which is entry {found.seq}"
    return None


SET_APART: Final = "intake.CaseSetApart.v1"
"""After which a case that comes back goes on with a later version: what lay apart is told to nobody."""


class WholeOrder:
    """Whether each number of a ledger, and each of its lanes, follows on the one before."""

    def __init__(self, after: int = 0, lanes: Mapping[tuple[str, int], int] | None = None) -> None:
        self.last = after
        self.lanes = defaultdict(int, lanes or {})
        """The number that came last of each lane."""

    def take(self, entry: Entry) -> str | None:
        """Return what is wrong with where the entry stands."""
        last, self.last = self.last, entry.seq
        lane = (entry.service, entry.lane)
        before, self.lanes[lane] = self.lanes[lane], entry.lane_seq
        if entry.seq != last + 1:
            return f"entry {entry.seq} follows on entry {last}: {last + 1} is missing"
        return skipped(entry.seq, lane, before, entry.lane_seq)


class CaseOrder:
    """Whether each version of each stream of a case follows on the one before."""

    def __init__(self) -> None:
        self.versions: dict[tuple[str, UUID], int] = defaultdict(int)
        self.apart: dict[tuple[str, UUID], bool] = defaultdict(bool)
        """Whether the last one has set the case apart: what happened until it came back lies elsewhere."""

    def take(self, entry: Entry) -> str | None:
        """Return what is wrong with where the entry stands."""
        stream = (entry.service, entry.stream)
        last, self.versions[stream] = self.versions[stream], entry.version
        apart, self.apart[stream] = self.apart[stream], entry.type == SET_APART
        if entry.version == last + 1 or (apart and entry.version > last):
            return None
        return f"entry {entry.seq} is version {entry.version} of {entry.service}'s stream {entry.stream} after {last}"


def skipped(seq: int, lane: tuple[str, int], before: int, number: int) -> str | None:
    """Return what is wrong with an entry whose number in its lane comes after another one."""
    if number == before + 1:
        return None
    name = "/".join(map(str, lane))
    if number <= before:
        return f"entry {seq} has number {number} of lane {name}, but comes after number {before}"
    return f"entry {seq} has number {number} of lane {name}, and number {before + 1} is nowhere in the ledger before it"


class Verdict:
    """The first thing that was found wrong, by the number of the entry at which it shows."""

    def __init__(self) -> None:
        self.seq = 0
        self.first: str | None = None

    def add(self, seq: int, sentence: str | None) -> None:
        """Take note, if there is something to note."""
        if sentence is not None and (self.first is None or seq < self.seq):
            self.seq, self.first = seq, sentence
