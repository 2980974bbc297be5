"""第三十二条第二款: 应当督促有关机关、单位执行; who was urged says itself that its part is done."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from msgspec.structs import replace

from contracts.mediation import ExecutionOrdered, ExecutionReported
from contracts.vocabulary import ClockOutcome, Result
from services.accountability.clocks import effects
from services.accountability.clocks.firing import Deed, Firing
from services.accountability.clocks.rules import Act
from services.chassis.directory import Directory
from services.mediation.domain import opinion
from services.mediation.domain.guards import ImpossibleDate
from services.mediation.domain.handling import Handling
from services.mediation.domain.opinion import NothingToExecute, NotUrged
from tests.law.ledger import Ledger
from tests.mediation.cases import DIRECTORY, SERVED, UNIT, served, the_event
from tests.rules import at, refuses
from tests.units import entry

WATER, ROADS = "county-water", "county-roads"
SERVED_ON, DUE = date(2025, 9, 1), date(2025, 9, 30)


def urged(*units: str) -> Handling:
    handling = served()
    for unit in units:
        opinion.order_execution(handling, UNIT, unit, DUE, uuid4(), at=SERVED)
    handling.taken()
    return handling


def reports(handling: Handling, unit: str, directory: Directory = DIRECTORY, on: date = SERVED_ON) -> None:
    opinion.report_execution(handling, unit, on, uuid4(), directory, at=SERVED)


def test_r32_who_was_urged_reports_its_part_and_no_more_is_over():
    """The unit that urges says whether that is all that was granted."""
    handling = urged(WATER, ROADS)
    reports(handling, WATER)
    assert the_event(handling, ExecutionReported).unit == WATER
    assert not handling.executed


def test_r32_nobody_reports_what_they_were_not_urged_to():
    with refuses(NotUrged):
        reports(urged(WATER), ROADS)
    with refuses(NotUrged):
        reports(urged(), UNIT)
    with refuses(ImpossibleDate):
        reports(urged(WATER), WATER, on=date(2027, 1, 1))
    with refuses(NothingToExecute):
        reports(served(Result.explain), WATER)


def test_r32_part_is_reported_once_unless_it_is_urged_again():
    handling = urged(WATER)
    reports(handling, WATER)
    with refuses(NotUrged):
        reports(handling, WATER)
    opinion.order_execution(handling, UNIT, WATER, DUE, uuid4(), at=SERVED)
    reports(handling, WATER)


def test_r24_who_carries_on_the_powers_reports_for_who_was_urged():
    """第二十四条第二款."""
    gone = entry(WATER, successors=(ROADS,))
    handling = urged(WATER)
    reports(handling, ROADS, Directory.of([*DIRECTORY.units.values(), gone, entry(ROADS)]))
    assert the_event(handling, ExecutionReported).unit == WATER


def ordered(*units: str) -> Ledger:
    ledger = Ledger()
    for unit in units:
        ledger.tell(ExecutionOrdered, unit=unit, due_on=DUE, document=uuid4())
    return ledger


def told(ledger: Ledger, unit: str, *, on: str, entered: str) -> None:
    day = date.fromisoformat(on)
    ledger.tell(ExecutionReported, on=entered, by=unit, unit=unit, executed_on=day, document=uuid4())


def test_r32_report_ends_the_duty_of_who_reports_and_of_nobody_else():
    ledger = ordered(WATER, ROADS)
    told(ledger, WATER, on="2025-09-20", entered="2025-09-21")
    assert [(duty.code, duty.holder) for duty in ledger.duties()] == [("D15", ROADS)]


@pytest.mark.parametrize("looked", [False, True])
def test_r32_report_that_comes_late_is_late_whatever_day_it_says(looked: bool):
    """第二十一条第二款: what a unit enters late for itself waits for somebody else."""
    ledger = ordered(WATER)
    duty = ledger.duty("D15")
    if looked:
        ledger.passes(at("2025-10-05"))
    told(ledger, WATER, on="2025-09-30", entered="2025-10-09")
    assert duty.outcome is ClockOutcome.late


class TestMutants:
    """The tests see what they are there to see."""

    def test_report_that_is_believed_of_anybody(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(Directory, "acting_as", lambda _, unit, *meant, **__: next(iter(meant), unit))
        with pytest.raises(pytest.fail.Exception):
            test_r32_nobody_reports_what_they_were_not_urged_to()

    def test_report_of_one_that_ends_what_all_owe(self, monkeypatch: pytest.MonkeyPatch):
        real = effects._stop
        monkeypatch.setitem(effects._ACTS, Act.stop, lambda firing, *more: real(replace(firing, item=None), *more))
        with pytest.raises(AssertionError):
            test_r32_report_ends_the_duty_of_who_reports_and_of_nobody_else()

    @pytest.mark.parametrize("looked", [False, True])
    def test_own_word_that_counts_for_who_is_late(self, looked: bool, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(Firing, "deed", property(lambda f: Deed(f.moment, f.moment, None, f.record.id)))
        with pytest.raises(AssertionError):
            test_r32_report_that_comes_late_is_late_whatever_day_it_says(looked)
