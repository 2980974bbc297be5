"""The ledger's effect on Cases and clocks, told entry by entry, without any server.

What is told is folded into the Case and shown to the keeper, as the ledger does it; what the clocks record is told in
turn. Time passes when ``passes`` says so, and then the watch looks by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import msgspec

from contracts.envelope import Metadata, Record
from contracts.event import Event
from contracts.periods.calendar import Calendar
from contracts.vocabulary import ClockKind, ClockNature, Role
from services.accountability.case import Case
from services.accountability.clocks import rules
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.keeper import Clocks, Keeper
from services.accountability.following import Checked
from tests.rules import at, stored

NOTHING = msgspec.Raw(b"{}")
BUREAU = "bureau"
NOW = at("2025-03-03")


class Ledger:
    """Everything that was told, and what it amounts to."""

    def __init__(self, **facts: Any) -> None:
        self.case = Case(uuid4(), unit="county-hr", receiving_unit=BUREAU, received_at=NOW, **facts)
        self.cases: dict[UUID, Case] = {self.case.case_id: self.case}
        self.clocks = Clocks()
        self.events: list[Event] = []
        self.keeper = Keeper(SimpleNamespace(service="accountability"), rules.in_force(), lambda: NOW)  # type: ignore[arg-type]

    def tell(
        self, event_class: type[Event], *, on: str | datetime = NOW, stream: UUID | None = None,
        by: str = BUREAU, **fields: Any,
    ) -> Record:  # fmt: skip
        """Put an event on record; it is about the case if nothing else is said, and of its stream."""
        of_case = fields.get("case", self.case.case_id) if event_class.of_case else None
        moment = at(on) if isinstance(on, str) else on
        stream = stream or of_case or uuid4()
        event = event_class(originator_id=stream, originator_version=1, timestamp=moment, **fields)
        return self._enter(stored(event), of_case, by)

    def passes(self, until: str) -> None:
        """Let time pass; the watch puts on record what is over by then."""
        now = at(until)
        for clock in self.all():
            if clock.state == "running" and clock.due_at is not None and clock.due_at <= now:
                clock.expire(at=now)
                self._recorded([clock])

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

    def _enter(self, event: Event, of: UUID | None, by: str) -> Record:
        record = Record(
            event.wire_name.partition(".")[0], 0, len(self.events) + 1, uuid4(), event.originator_id, 1, of,
            event.wire_name, event.timestamp, NOTHING, NOTHING,
        )  # fmt: skip
        self.events.append(event)
        about = Metadata(
            "officer-1", by, Role.bureau_officer, "", "", event.timestamp, ClockKind.real, "test", uuid4(), None
        )
        case = None
        if of is not None:
            case = self.cases.setdefault(of, Case(of))
            case.take(len(self.events), event)
        for firing in list(self.keeper.noticed(Checked(len(self.events), record, event, about, case))):
            self._recorded(self.keeper.take_effect(firing, self.clocks, Calendar(), event.timestamp))
        return record

    def _recorded(self, clocks: Iterable[Clock]) -> None:
        for clock in clocks:
            for event in clock.taken():
                self._enter(stored(event), clock.of, "accountability")
