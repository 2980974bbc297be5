"""The ledger's effect on Cases and clocks, told entry by entry, without any server.

What is told is folded into the Case and shown to the keeper, as the ledger does it; what the clocks record is told in
turn. Time passes when ``passes`` says so, and then the watch looks by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import msgspec

from contracts.envelope import Cause, Metadata, Record, write_metadata
from contracts.event import Event
from contracts.periods.calendar import Calendar
from contracts.vocabulary import ClockKind, ClockNature, Role
from services.accountability.case import Case
from services.accountability.clocks import retelling, rules
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.effects import Clocks
from services.accountability.clocks.keeper import Keeper
from services.accountability.following import Checked
from services.chassis.context import By, by_reaction
from services.chassis.directory import Directory
from tests.rules import at, stored

OWN = "accountability"
NOTHING = msgspec.Raw(b"{}")
BUREAU = "bureau"
NOW = at("2025-03-03")


class Ledger:
    """Everything that was told, and what it amounts to."""

    def __init__(self, directory: Directory | None = None, **facts: Any) -> None:
        self.key = uuid4()
        case = Case(self.key, unit="county-hr", receiving_unit=BUREAU, received_at=NOW, **facts)
        self.cases: dict[UUID, Case] = {self.key: case}
        self.clocks = Clocks()
        self.calendar = Calendar()
        self.events: list[Event] = []
        self.entries: list[Checked] = []
        known = SimpleNamespace(current=directory or Directory())
        store = SimpleNamespace(service="accountability", directories=known)
        self.keeper = Keeper(store, rules.in_force(), lambda: NOW)  # type: ignore[arg-type]

    @property
    def case(self) -> Case:
        """The case of which most is told, as it stands."""
        return self.cases[self.key]

    def tell(
        self, event_class: type[Event], *, on: str | datetime = NOW, stream: UUID | None = None,
        by: str = BUREAU, **fields: Any,
    ) -> Record:  # fmt: skip
        """Put an event on record; it is about the case if nothing else is said, and of its stream."""
        default = stream if stream in self.cases else self.key
        of_case = fields.get("case", default) if event_class.of_case else None
        moment = at(on) if isinstance(on, str) else on
        stream = stream or of_case or uuid4()
        event = event_class(originator_id=stream, originator_version=1, timestamp=moment, **fields)
        return self.enter(stored(event), of_case, by)

    def passes(self, until: str | datetime) -> None:
        """Let time pass; the watch puts on record what is over by then."""
        now = at(until) if isinstance(until, str) else until
        by = By(
            actor="watch", unit="accountability", role=Role.system, at=now, clock=ClockKind.real, request_id="watch",
            command_id=uuid4(),
        )  # fmt: skip
        for about in list(self.clocks.about):
            case = next((self.cases[c.of] for c in self.clocks.about[about] if c.of), self.case)
            self._recorded(self.keeper.over(about, case, now, self.clocks, self.calendar, by))

    def all(self) -> list[Clock]:
        """Return all clocks, in the order in which they began."""
        return [clock for clocks in self.clocks.about.values() for clock in clocks]

    def duties(self, code: str | None = None) -> list[Clock]:
        """Return what somebody owes, sorted by day."""
        owed = [c for c in self.all() if c.open and c.nature is ClockNature.duty and code in {None, c.code}]
        return sorted(owed, key=lambda clock: clock.due_at or NOW)

    def duty(self, code: str) -> Clock:
        """Return the only duty of a kind that is owed."""
        (found,) = self.duties(code)
        return found

    def ended(self, code: str) -> Clock:
        """Return the only duty of a kind, which is owed no more."""
        (found,) = (clock for clock in self.all() if clock.code == code)
        assert not found.open
        return found

    def breaches(self) -> list[str]:
        """Return the kinds of duties that the watch has found missed."""
        return [event.code for event in self.events if type(event).__name__ == "ClockBreached"]  # type: ignore[attr-defined]

    def enter(
        self, event: Event, of: UUID | None, by: str, key: UUID | None = None, cause: Cause | None = None
    ) -> Record:
        """Put an event on record as it is, under a key; what it answers is what stands before it, if nothing is said."""
        service = event.wire_name.partition(".")[0]
        about = Metadata(
            "officer-1", by, Role.bureau_officer, "", "", event.timestamp, ClockKind.real, "test", uuid4(),
            self._cause(service, of) if key is None else cause,
        )  # fmt: skip
        record = Record(
            service, 0, len(self.events) + 1, key or uuid4(), event.originator_id, 1, of, event.wire_name, event.timestamp,
            msgspec.Raw(write_metadata(about)), NOTHING,
        )  # fmt: skip
        self.events.append(event)
        before = case = None
        if of is not None:
            before = self.cases.get(of) or Case(of)
            case = self.cases[of] = copy(before)
            case.take(len(self.events), event)
        named = self.cases if of is None else {}
        self._take(Checked(len(self.events), record, event, about, before, case, named))
        return record

    def _cause(self, service: str, of: UUID | None) -> Cause | None:
        """Return what an event answers: the newest of the case that another service than the clocks' own has said."""
        known = (e.record for e in reversed(self.entries) if e.record.case == of and of is not None)
        return next((Cause(r.service, 0, r.lane_seq, r.id) for r in known if r.service not in {service, OWN}), None)

    def _take(self, entry: Checked) -> None:
        """Let the keeper do with an entry what it does with what the ledger takes in."""
        self.entries.append(entry)
        firings, reaction = self.keeper.noticed(entry), by_reaction("accountability", entry.record, entry.record.at)
        self._recorded(self.keeper.apply(entry, firings, self.clocks, self.calendar, reaction))
        self._recorded(self.keeper.carried_on(entry, self.clocks, self.cases, reaction))
        if retelling.behind(entry, firings, self.cases):
            kin = self._kin(entry.record.case)
            there = [clock for clock in self.all() if clock.subject is None and clock.of in kin]
            entries = [entry for entry in self.entries if entry.record.case in kin]
            clocks = list(retelling.retell(self.keeper, entries, there, self.calendar, entry, entry.record.at))
            for clock in clocks:
                self.clocks.add(clock)
            self._recorded(clocks)

    def _kin(self, of: UUID | None) -> set[UUID | None]:
        """Return a case with all that it was joined with or divided into."""
        found, asked = set[UUID | None](), {of}
        while asked:
            found |= asked
            asked = {other for one in asked if one in self.cases for other in self.cases[one].kin} - found
        return found

    def _recorded(self, clocks: Iterable[Clock]) -> None:
        for clock in clocks:
            for event in clock.taken():
                self.enter(stored(event), clock.of, "accountability")
