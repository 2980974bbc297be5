"""第二十四条第二款: 分立、合并、撤销的，由继续行使其职权的机关、单位受理; nobody waits a day longer for that."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from contracts.accountability import SupervisionOrdered
from contracts.assignment import CaseCarriedOn, CaseForwarded, CaseRecalled, UnitSucceeded
from contracts.mediation import CommitmentMade, HandlingCarriedOn, ReviewRequested
from contracts.vocabulary import Channel, Forwarding, Kind, RecordKind, Role, Route, SupervisionReason, UnitKind
from contracts.vocabulary import ContentCategory as C
from services.accountability.clocks.keeper import Keeper
from services.assignment.domain.assigning import AlreadyWithUnit, Assignment, NotConcerned, UnitHasSuccessor
from services.chassis.directory import Directory
from services.intake.domain import track
from services.intake.domain.registration import Registration
from services.mediation.domain import receiving
from services.mediation.domain.guards import NotTheHandlingUnit
from tests.law.ledger import BUREAU, Ledger
from tests.mediation.cases import HEARD, UNIT, accepted, after, put, the_event
from tests.rules import at, refuses
from tests.units import county, entry, staff

NOW = at("2025-09-26")


def gone(*successors: str, **more: Any) -> Directory:
    """The small county, in which the unit of the case is carried on by others."""
    return county(
        entry("RSJ", successors=successors, powers=frozenset({C.unpaid_wages}), **more),
        entry("N1", powers=frozenset({C.unpaid_wages}), officers=staff(co_1=Role.case_officer)),
        entry("N2", powers=frozenset({C.housing})),
        entry("N3", powers=frozenset({C.unpaid_wages})),
    )


def held(category: C = C.unpaid_wages, **more: Any) -> Assignment:
    made = Assignment.blank(uuid4())
    facts = {"kind": Kind.appeal_for_resolution, "route": Route.petition_procedure, "place": "P-1"}
    made.receive(at=NOW, registration_no="1", category=category, channel=Channel.letter, **facts | more)
    made.hand(Forwarding.forward, "RSJ", None, "XFJ", county(), at=NOW)
    made.taken()
    return made


def reported(organ: str) -> Registration:
    report = Registration.blank(uuid4())
    report.organ = organ
    return report


def moved(case: Assignment, directory: Directory) -> Any:
    assert case.must_move(directory)
    case.recall(directory, at=NOW)
    case.carry_on(directory, at=NOW)
    [event] = case.taken()
    return event


class TestCase:
    """Who has it now, decided once, by whoever keeps the directory."""

    def test_r24_successor_has_the_case(self):
        event = moved(case := held(), gone("N2"))
        assert isinstance(event, CaseCarriedOn)
        assert (event.unit, event.from_unit, event.candidates, case.unit) == ("N2", "RSJ", (), "N2")

    def test_r24_of_several_who_has_the_power(self):
        assert moved(held(), gone("N1", "N2")).unit == "N1"
        assert moved(held(C.housing), gone("N1", "N2")).unit == "N2"

    def test_r24_successor_of_a_successor(self):
        directory = gone("OLDER")
        assert moved(held(), directory).unit == "NEW"

    @pytest.mark.parametrize(("category", "heirs"), [(C.unpaid_wages, ("N1", "N3")), (C.medical, ("N1", "N2"))])
    def test_r24_where_it_is_unclear_who_stands_above_has_it_and_says(self, category: C, heirs: tuple[str, ...]):
        """职责不清的，由本级党委和政府或者其指定的机关、单位受理."""
        directory = gone(*heirs)
        event = moved(case := held(category), directory)
        assert (event.unit, event.candidates) == ("XZF", heirs)
        with refuses(NotConcerned):
            case.hand(Forwarding.forward, "JYJ", None, "XFJ", directory, at=NOW)
        case.hand(Forwarding.forward, heirs[1], None, "XFJ", directory, at=NOW)
        [said] = case.taken()
        assert (said.unit, said.from_unit, said.candidates, case.candidates) == (heirs[1], "XZF", (), ())
        with refuses(AlreadyWithUnit):
            case.hand(Forwarding.forward, heirs[0], None, "XFJ", directory, at=NOW)

    def test_r24_it_may_say_so_itself_and_may_keep_the_case(self):
        directory = gone("N1", "N3")
        for unit in ("N3", "XZF"):
            case = held()
            moved(case, directory)
            case.pass_down(Forwarding.forward, unit, None, "XZF", None, directory, at=NOW)
            assert (case.unit, case.candidates) == (unit, ())

    def test_r24_r28_successor_that_is_accused_loses_it_at_once(self):
        """第二十八条第三款: and nobody else has it by that way."""
        event = moved(held(accused_units=("N1",)), gone("N1"))
        assert isinstance(event, CaseRecalled)

    def test_r24_what_was_brought_to_it_is_taken_by_the_successor(self):
        made = Assignment.blank(uuid4())
        facts = {"kind": Kind.appeal_for_resolution, "route": Route.petition_procedure, "place": "P-1"}
        made.receive(at=NOW, registration_no="1", category=C.unpaid_wages, direct=True, receiving_unit="RSJ", **facts)
        with refuses(UnitHasSuccessor):
            made.take("RSJ", gone("N1"), at=NOW)
        made.take("N1", gone("N1"), at=NOW)

    def test_r24_nothing_moves_where_the_unit_is(self):
        assert not held().must_move(county())


class TestHandling:
    def test_r24_successor_goes_on_where_the_unit_stood(self):
        handling, directory = accepted(), gone("N1")
        receiving.carry_on(handling, "N1", "新一", UNIT, directory, at=HEARD)
        event = the_event(handling, HandlingCarriedOn)
        assert (event.unit, event.from_unit, event.case_officer) == ("N1", UNIT, "co-1"), "the officer has moved, too"
        assert handling.accepted_at is not None
        put(handling, RecordKind.facts_verified, "N1")
        with refuses(NotTheHandlingUnit):
            put(handling, RecordKind.facts_verified, UNIT)

    def test_r24_officer_who_has_not_moved_handles_it_no_longer(self):
        handling = after(accepted(), lambda h: receiving.carry_on(h, "N2", "新二", UNIT, gone("N2"), at=HEARD))
        assert (handling.unit, handling.case_officer) == ("N2", None)


class TestActing:
    """Whoever carries on may do what the unit was asked to do, and nobody else may."""

    def test_r24_successor_acts_as_the_unit(self):
        directory = gone("N1")
        assert directory.acting_as("N1", "RSJ") == "RSJ"
        assert directory.acting_as("N1", "JYJ", None, "RSJ") == "RSJ"
        assert directory.acting_as("N1", "N1", "RSJ") == "N1"
        for stranger in ("N2", "XZF", "JYJ"):
            assert directory.acting_as(stranger, "RSJ") == stranger

    def test_r24_of_several_each_and_who_stands_above(self):
        directory = gone("N1", "N3")
        assert {unit for unit in directory.units if directory.acting_as(unit, "RSJ") == "RSJ"} == {
            "RSJ", "N1", "N3", "XZF",
        }  # fmt: skip

    def test_r24_nobody_acts_as_a_unit_that_is_there(self):
        assert {unit for unit in county().units if county().acting_as(unit, "RSJ") == "RSJ"} == {"RSJ"}

    def test_r24_r30_report_is_there_for_the_organ_that_carries_on(self):
        """第三十条第三款: and for nobody else."""
        report, directory = (
            reported("JW"),
            county(
                entry("JW", kind=UnitKind.discipline_organ, successors=("JW2",)),
                entry("JW2", kind=UnitKind.discipline_organ),
            ),
        )
        assert track.reads(report, "JW2", directory)
        assert not track.reads(report, "SJW", directory)
        assert not track.reads(report, "JW2", county(entry("JW2", kind=UnitKind.discipline_organ)))


# ------------------------------------------------------------------------------- what was owed

HANDED = {"registration_no": "1", "route": Route.petition_procedure, "unit_name": "单位"}


def owing(directory: Directory, **facts: Any) -> Ledger:
    """A unit has a case and a card; it is also asked to review another unit's opinion there."""
    ledger = Ledger(directory, category=C.unpaid_wages, **facts)
    ledger.tell(CaseForwarded, unit="RSJ", **HANDED)
    ledger.tell(CommitmentMade, commitment=1, due_on=date(2025, 5, 6), document=uuid4())
    ledger.tell(
        SupervisionOrdered, stream=uuid4(), case=ledger.key, card_no="督1号", unit="RSJ", due_on=date(2025, 4, 1),
        reason_code=SupervisionReason.shirking_or_delay, document=None,
    )  # fmt: skip
    return ledger


def owed(ledger: Ledger) -> dict[str, tuple[str | None, date | None]]:
    return {clock.code: (clock.holder, clock.due_on) for clock in ledger.all() if clock.open}


def succeed(ledger: Ledger, *successors: str) -> None:
    ledger.keeper.store.directories.current = gone(*successors)
    ledger.tell(UnitSucceeded, successors=successors, code="RSJ")


def test_r24_everything_that_the_unit_owed_is_owed_by_the_successor_on_the_same_days():
    ledger = owing(county())
    before = owed(ledger)
    assert {holder for holder, _ in before.values()} == {"RSJ"}
    assert {"C3", "C4", "D11", "D18"} <= before.keys()
    succeed(ledger, "N1")
    ledger.tell(CaseCarriedOn, unit="N1", unit_name="新一", from_unit="RSJ")
    assert owed(ledger) == {code: ("N1", day) for code, (_, day) in before.items()}
    assert ledger.case.next_duty is not None
    assert (ledger.case.unit, ledger.case.next_duty.holder) == ("N1", "N1")


def test_r24_what_follows_is_owed_by_the_successor_too():
    """A period that only now begins for the old unit: a review that its opinion has named, and its own notice."""
    ledger = owing(gone("N1"))
    ledger.tell(ReviewRequested, review_body="RSJ", received_at=at("2025-03-10"), document=uuid4())
    assert {holder for holder, _ in owed(ledger).values()} == {"N1"}


def test_r24_case_that_the_successor_may_not_touch_is_not_its_for_a_moment():
    """第二十八条第三款、第三十条第三款."""
    ledger = owing(county(), accused_units=("N1",))
    succeed(ledger, "N1")
    assert "N1" not in {holder for holder, _ in owed(ledger).values()}
    ledger.tell(CaseRecalled, unit="RSJ")
    assert ledger.duty("C1").holder == BUREAU


def test_r24_whoever_has_to_say_who_carries_on_owes_that_by_a_day():
    ledger = owing(county())
    before = owed(ledger)
    succeed(ledger, "N1", "N3")
    ledger.tell(CaseCarriedOn, unit="XZF", unit_name="县政府", from_unit="RSJ", candidates=("N1", "N3"))
    assert (ledger.duty("D48").holder, ledger.duty("D48").due_on) == ("XZF", date(2025, 3, 18))
    assert {code: day for code, (_, day) in owed(ledger).items() if code != "D48"} == {
        code: day for code, (_, day) in before.items()
    }
    ledger.tell(CaseCarriedOn, unit="N3", unit_name="新三", from_unit="XZF")
    assert (ledger.duties("D48"), ledger.duty("C3").holder) == ([], "N3")


def test_checker_sees_duties_that_stay_with_a_unit_that_is_no_more(monkeypatch: pytest.MonkeyPatch):
    """Mutant: nobody asks who carries on."""
    monkeypatch.setattr(Keeper, "_owing", lambda _, asked, __: next(iter(asked), None))
    for test in (
        test_r24_everything_that_the_unit_owed_is_owed_by_the_successor_on_the_same_days,
        test_r24_what_follows_is_owed_by_the_successor_too,
    ):
        with pytest.raises(AssertionError):
            test()
