"""What an entry of the ledger does to clocks, where a rule asks for more than start and stop."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from contracts.accountability import ClockBreached, ClockStarted, ClockStopped
from contracts.event import REGISTRY, Event
from contracts.mediation import SimplifiedTrackChosen
from contracts.vocabulary import ClockOutcome, SimplifiedGround
from services.accountability.case import Case
from tests.law.ledger import Ledger
from tests.rules import at

NOW = at("2025-03-20", "10:00")


def known(**facts: datetime | bool) -> Case:
    return Case(uuid4(), unit="county-hr", receiving_unit="bureau", received_at=at("2025-03-03"), **facts)  # type: ignore[arg-type]


def happened(case: Case, event_class: type[Event], **fields: Any) -> dict[str, list[Event]]:
    """Return what happens to the clocks of a case by an event, by code."""
    ledger = Ledger()
    ledger.cases[case.case_id] = case
    event = event_class(originator_id=case.case_id, originator_version=1, timestamp=NOW, **fields)
    ledger.enter(event, case.case_id, "county-hr")
    found: dict[str, list[Event]] = {}
    for event in ledger.events[1:]:
        found.setdefault(next(c.code for c in ledger.all() if c.id == event.originator_id), []).append(event)
    return found


class TestSimplifiedTrack:
    """信访事项简易办理办法: one working day to be handed on, three to be accepted, ten to be answered.

    That they have run is known only when the unit chooses the track, with the acceptance behind it.
    """

    def chosen(self, **facts: Any) -> dict[str, list[Event]]:
        return happened(known(**facts), SimplifiedTrackChosen, ground=SimplifiedGround.clear_facts)

    def test_what_was_done_in_time_is_met_at_once(self):
        found = self.chosen(with_unit_since=at("2025-03-04"), accepted_at=at("2025-03-07", "17:00"))
        for code, holder in (("C7r", "bureau"), ("C7a", "county-hr")):
            started, stopped = found[code]
            assert isinstance(started, ClockStarted)
            assert isinstance(stopped, ClockStopped)
            assert (started.holder, stopped.outcome, stopped.days_over) == (holder, ClockOutcome.met, 0)
        assert [type(event) for event in found["C7"]] == [ClockStarted]

    @pytest.mark.parametrize(
        ("code", "with_unit_since", "accepted_at"),
        [("C7r", "2025-03-06", "2025-03-07"), ("C7a", "2025-03-04", "2025-03-10")],
    )
    def test_what_was_done_late_is_a_breach_of_whoever_held_it(self, code: str, with_unit_since: str, accepted_at: str):
        found = self.chosen(with_unit_since=at(with_unit_since), accepted_at=at(accepted_at))
        _, breached, stopped = found[code]
        assert isinstance(breached, ClockBreached)
        assert breached.holder == {"C7r": "bureau", "C7a": "county-hr"}[code]
        assert (stopped.outcome, code) == (ClockOutcome.late, code)
        assert sum(isinstance(event, ClockBreached) for events in found.values() for event in events) == 1

    def test_unit_that_received_it_directly_was_handed_nothing(self):
        found = self.chosen(direct=True, with_unit_since=at("2025-03-03"), accepted_at=at("2025-03-04"))
        assert found.keys() == {"C7", "C7a"}


class TestVersions:
    def test_rule_follows_every_version_of_its_event(self):
        class Newer(SimplifiedTrackChosen):
            """The event as it may be released one day."""

        del REGISTRY[Newer.wire_name]  # it is not: whoever asks for all events is told of this one as well
        Newer.wire_name = "mediation.SimplifiedTrackChosen.v2"
        facts = {"with_unit_since": at("2025-03-04"), "accepted_at": at("2025-03-07", "17:00")}
        found = [
            happened(known(**facts), kind, ground=SimplifiedGround.clear_facts)
            for kind in (SimplifiedTrackChosen, Newer)
        ]
        assert found[0].keys() == found[1].keys() >= {"C7", "C7a", "C7r"}
