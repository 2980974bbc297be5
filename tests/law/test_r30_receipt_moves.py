"""第三十条第三款: whoever comes to be complained of where a receipt lies owes nothing under it, and nothing is owed twice for that.

What is pending there goes on to the same day with whoever has it then (第十七条、第二十八条第三款); what is over stays so.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from contracts.event import typed_before
from contracts.intake import PetitionWithdrawn, ReceiptIssued, WithdrawalRequested
from contracts.vocabulary import (
    CaseState,
    Channel,
    ContentCategory,
    InformantNotice,
    Kind,
    Level,
    Role,
    Route,
    ServiceMethod,
    UnitKind,
)
from services.assignment.reactions import part_with
from services.chassis.directory import Directory, Entry
from services.intake.domain import classification, filing, recusal, track, withdrawal
from services.intake.domain.registration import Registration
from tests.assignment.test_domain import handed
from tests.intake.filed import facts, registered
from tests.law.ledger import Ledger
from tests.rules import at, stored
from tests.units import county, entry, staff

REPORT: Final[dict[str, Any]] = {
    "kind": Kind.report_accusation, "route": Route.discipline_supervision, "category": ContentCategory.official_conduct,
}  # fmt: skip
APPEAL: Final[dict[str, Any]] = {
    "kind": Kind.appeal_for_resolution, "route": Route.petition_procedure, "category": ContentCategory.housing,
}  # fmt: skip
ACCUSED: Final = "h-1"
ON, LATER, AFTER = at("2025-09-02"), at("2025-09-05"), at("2025-09-25")
OWN_HEAD: Final = staff(clerk=Role.unit_head)


def with_accused(*units: str) -> Directory:
    """Return the county with a bureau above its own, where who is complained of is appointed to some units."""
    there: dict[str, Entry] = {}
    bureau: dict[str, Any] = {"kind": UnitKind.petition_bureau, "competent": False}
    organ: dict[str, Any] = {"kind": UnitKind.discipline_organ}
    lines = (
        ("SXF", Level.city, "SZF", bureau), ("XFJ", Level.county, "XZF", bureau), ("JW", Level.county, "XW", organ),
    )  # fmt: skip
    for code, level, parent, more in lines:
        officers = staff(h_1=Role.bureau_officer) if code in units else {}
        there[code] = entry(
            code, level, parent, officers=officers | staff(**{f"clerk_{code}": Role.intake_clerk}), **more
        )
    return county(*there.values())


NOBODY: Final = with_accused()


class Receipt:
    """What others know of a case that lies apart, and who owes what there."""

    def __init__(self, case: Registration) -> None:
        self.case, self.number, self.ledger = case, uuid4(), Ledger(NOBODY)

    def follow(self) -> list[Any]:
        """Tell the others what they are told of what has happened since; return it."""
        told = [
            outside
            for event in self.case.taken()
            if self.case.lies_apart(event.originator_version) and (outside := event.told_outside(self.number))
        ]
        for event in told:
            self.ledger.enter(stored(event), self.number, "intake")
        return told

    def changes(self, directory: Directory, on: Any = LATER) -> list[Any]:
        """Let the directory be another one."""
        classification.relieve(self.case, directory, at=on)
        return self.follow()

    @property
    def state(self) -> CaseState:
        return self.ledger.cases[self.number].state

    def owed(self) -> dict[str, str | None]:
        return {clock.code: clock.holder for clock in self.ledger.duties() if clock.of == self.number}

    def last_days(self) -> dict[str, Any]:
        return {clock.code: clock.due_on for clock in self.ledger.duties() if clock.of == self.number}

    def all(self, code: str) -> int:
        return sum(clock.code == code for clock in self.ledger.all() if clock.of == self.number)


def reported(**more: Any) -> Receipt:
    receipt = Receipt(registered(**more))
    classification.classify(receipt.case, **REPORT, directory=NOBODY, at=ON, accused_persons=[ACCUSED])
    receipt.follow()
    return receipt


def passed_on() -> Receipt:
    receipt = reported()
    track.open_track(receipt.case, "JW", "密〔2025〕1号", NOBODY, at=ON)
    receipt.follow()
    return receipt


def test_nothing_is_passed_on_to_an_organ_that_has_it_after_all():
    """第二十二条: who was complained of is so in the organ no more before the bureau has passed the report on."""
    receipt = passed_on()
    assert receipt.owed() == {"C14": "JW", "D30": "JW", "D56": "JW"}
    receipt.changes(with_accused("JW"))
    assert receipt.owed() == {"C1": "XFJ", "C14": "XFJ", "D30": "XFJ", "D56": "XFJ"}
    receipt.changes(NOBODY)
    assert receipt.owed() == {"C14": "JW", "D30": "JW", "D56": "JW"}
    receipt.changes(with_accused("JW"), AFTER)
    assert receipt.owed()["C1"] == "XFJ", "it is owed once more where it has to be passed on once more"


@pytest.mark.parametrize("passed", [False, True])
def test_what_was_withdrawn_is_passed_on_by_nobody(passed: bool):
    """第十七条: who is appointed where it lay finds it no more, and nothing is owed for that; nor is it open again."""
    receipt = reported()
    withdrawal.request_withdrawal(receipt.case, uuid4(), NOBODY, at=ON)
    receipt.follow()
    if passed:
        track.open_track(receipt.case, "JW", "密〔2025〕1号", NOBODY, at=ON)
        receipt.follow()
    withdrawal.confirm_withdrawal(receipt.case, "SXF", uuid4(), NOBODY, handler=None, at=AFTER)
    receipt.follow()
    before = receipt.owed()
    assert before.keys() <= {"D56"}
    [moved] = receipt.changes(with_accused("XFJ", "JW"), AFTER)
    assert isinstance(moved, ReceiptIssued)
    assert moved.over
    assert receipt.state is CaseState.withdrawn
    assert receipt.ledger.cases[receipt.number].receiving_unit == "SXF"
    assert receipt.owed().keys() == before.keys()
    assert "JW" not in receipt.owed().values()


def test_what_the_organ_is_through_with_is_not_passed_on_anew():
    receipt = passed_on()
    track.conclude_report(receipt.case, "JW", ON.date(), at=LATER)
    receipt.follow()
    receipt.changes(with_accused("JW"))
    assert "C1" not in receipt.owed()
    assert "JW" not in receipt.owed().values()


@pytest.mark.parametrize("through", [False, True])
def test_organ_that_has_it_anew_tells_the_informant_and_comes_to_an_end(through: bool):
    """第二十三条第四款: whatever the one before had told or found by the time that one of its own was complained of."""
    receipt = passed_on()
    told: dict[str, Any] = {
        "method": ServiceMethod.post,
        "receipt": typed_before("EMS-1"),
        "at": LATER,
        "served_at": LATER,
    }
    track.notify_informant(receipt.case, InformantNotice.acceptance, unit="JW", directory=NOBODY, **told)
    if through:
        track.conclude_report(receipt.case, "JW", ON.date(), at=LATER)
    receipt.follow()
    moved = with_accused("JW")
    receipt.changes(moved)
    track.open_track(receipt.case, "SJW", "密〔2025〕2号", moved, at=LATER)
    receipt.follow()
    assert receipt.owed() | {"C14": "SJW", "D30": "SJW", "D56": "SJW"} == receipt.owed()
    assert {*receipt.owed().values()} == {"SJW"}
    track.notify_informant(receipt.case, InformantNotice.acceptance, unit="SJW", directory=moved, **told)
    track.conclude_report(receipt.case, "SJW", LATER.date(), at=LATER)
    track.notify_informant(receipt.case, InformantNotice.result, unit="SJW", directory=moved, **told)
    receipt.follow()
    assert receipt.owed() == {"D56": "SJW"}


def test_wish_to_withdraw_is_asked_about_by_who_may_to_the_same_day():
    receipt = reported()
    withdrawal.request_withdrawal(receipt.case, uuid4(), NOBODY, at=ON)
    receipt.follow()
    before = receipt.last_days()["D46"]
    assert receipt.owed()["D46"] == "XFJ"
    told = receipt.changes(with_accused("XFJ"), AFTER)
    assert [type(event) for event in told] == [ReceiptIssued, WithdrawalRequested]
    assert (receipt.owed()["D46"], receipt.last_days()["D46"]) == ("SXF", before)
    assert receipt.all("D10") == receipt.all("D46") == 1
    assert receipt.changes(with_accused("XFJ"), AFTER) == [], "it is told once"
    withdrawal.confirm_withdrawal(receipt.case, "SXF", uuid4(), NOBODY, handler=None, at=AFTER)
    receipt.follow()
    assert "D46" not in receipt.owed()


@pytest.mark.parametrize("aside", [False, True])
def test_whether_somebody_keeps_out_is_decided_by_who_may_to_the_same_day(aside: bool):
    receipt = reported()
    if aside:
        recusal.step_aside(receipt.case, "XFJ", "clerk-XFJ", NOBODY, at=ON)
    else:
        recusal.challenge(receipt.case, "clerk-XFJ", uuid4(), NOBODY, at=ON)
    receipt.follow()
    before = receipt.last_days()["D44a"]
    assert receipt.owed()["D44a"] == "XFJ"
    receipt.changes(with_accused("XFJ"))
    assert (receipt.owed()["D44a"], receipt.last_days()["D44a"]) == ("SXF", before)
    assert receipt.all("D44a") == 1
    assert receipt.case.challenged["clerk-XFJ"].decider == "SXF"
    assert receipt.changes(with_accused("XFJ")) == [], "it is told once"


def test_nobody_decides_of_whom_the_case_complains_when_it_turns_out_to_be_a_report():
    receipt = Receipt(registered())
    recusal.challenge(receipt.case, "clerk-XFJ", uuid4(), NOBODY, at=ON)
    receipt.case.taken()
    classification.classify(receipt.case, **REPORT, directory=with_accused("XFJ"), at=ON, accused_persons=[ACCUSED])
    receipt.follow()
    assert receipt.owed()["D44a"] == "SXF"


# ------------------------------------------------------------------------------------------- and comes back


def of_two() -> tuple[Registration, UUID]:
    """Return a report that was an appeal of two petitioners, and the petition of the second one."""
    case, second = registered(), uuid4()
    filing.attach(case, at=ON, **facts(petition=second, channel=Channel.letter))
    classification.classify(case, **APPEAL, directory=NOBODY, at=ON)
    reasons = uuid4()
    classification.correct(case, **REPORT, reasons=reasons, directory=NOBODY, at=ON, unit="XFJ")
    case.taken()
    return case, second


def come_back(case: Registration) -> list[Any]:
    """Find that it is none; return what the others hear of it."""
    classification.correct(case, **APPEAL, reasons=uuid4(), directory=NOBODY, at=AFTER, unit="XFJ")
    return [event for event in case.taken() if not case.lies_apart(event.originator_version)]


def test_who_has_withdrawn_while_it_lay_apart_has_withdrawn_when_it_comes_back():
    """第十七条、第三十二条: nobody owes an answer to who does not want one any more."""
    case, second = of_two()
    withdrawal.request_withdrawal(case, uuid4(), NOBODY, at=ON, petition=second)
    withdrawal.confirm_withdrawal(case, "SXF", uuid4(), NOBODY, handler=None, at=AFTER, petition=second)
    told = come_back(case)
    [gone] = [event for event in told if isinstance(event, PetitionWithdrawn)]
    assert (gone.petition, gone.pending) == (second, False)
    assignment = handed()
    assignment.join((second,), at=ON)
    part_with(assignment, gone, AFTER)
    assert assignment.others == ()
    classification.correct(case, **REPORT, reasons=uuid4(), directory=NOBODY, at=AFTER, unit="XFJ")
    case.taken()
    assert not [event for event in come_back(case) if isinstance(event, PetitionWithdrawn)], "it is told once"


def test_who_still_thinks_of_withdrawing_keeps_it_open_when_it_comes_back():
    case, second = of_two()
    third = uuid4()
    filing.attach(case, at=ON, **facts(petition=third, channel=Channel.letter))
    for petition in (second, third):
        withdrawal.request_withdrawal(case, uuid4(), NOBODY, at=ON, petition=petition)
    withdrawal.confirm_withdrawal(case, "SXF", uuid4(), NOBODY, handler=None, at=AFTER, petition=second)
    told = [event for event in come_back(case) if isinstance(event, PetitionWithdrawn | WithdrawalRequested)]
    assert [(type(event), event.petition) for event in told] == [
        (PetitionWithdrawn, second), (WithdrawalRequested, third),
    ]  # fmt: skip
    assert told[0].pending
