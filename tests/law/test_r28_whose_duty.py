"""第二十八条第三款: nobody owes what they may not do; 件件有着落: somebody does, until the same day."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.assignment import CaseRecalled
from contracts.intake import AccusedNamed, ConfidentialTrackOpened, ReceiverRelieved
from contracts.mediation import RecusalDecided, RecusalDeclared
from contracts.vocabulary import ClockOutcome, ContentCategory, Forwarding, Level, Role, Route, UnitKind
from contracts.vocabulary import Kind as KindOfCase
from services.accountability.clocks.keeper import Keeper
from services.assignment.domain.assigning import Assignment, NotReceivedDirectly, NotTheSender
from services.chassis.directory import Directory
from tests.law.ledger import BUREAU, Ledger
from tests.law.test_duties_kinds import KINDS, Kind, begun
from tests.law.test_r23_whose_objection import NOW, TOLD, handed, object_
from tests.law.test_r23_whose_objection import WORLD as OFFICES
from tests.rules import refuses
from tests.units import COUNTY, entry, staff

HR = "county-hr"
WORLD = Directory.of(
    [
        *COUNTY.units.values(),
        entry("SW", Level.city, None, kind=UnitKind.party_committee, competent=False),
        entry("XW", Level.county, "SW", kind=UnitKind.party_committee, competent=False),
        entry("SXFJ", Level.city, "SW", kind=UnitKind.petition_bureau, competent=False),
        entry(BUREAU, Level.county, "XW", kind=UnitKind.petition_bureau, competent=False),
        entry(HR, kind=UnitKind.department, officers=staff(officer_1=Role.case_officer, h2=Role.case_officer)),
        entry("bureau-2", Level.county, "XW", kind=UnitKind.petition_bureau, competent=False),
        entry("discipline", Level.county, "XW", kind=UnitKind.discipline_organ),
    ]
)
OF_CASES = {name: kind for name, kind in KINDS.items() if kind.of_case}
every = pytest.mark.parametrize("kind", OF_CASES.values(), ids=OF_CASES)


def known(ledger: Ledger) -> Ledger:
    ledger.keeper.store.directories.current = WORLD
    return ledger


def accuse(ledger: Ledger, *units: str, persons: tuple[str, ...] = ()) -> None:
    ledger.tell(AccusedNamed, on="2025-03-05", units=units, persons=persons)


def check_whoever_owes_may(ledger: Ledger) -> None:
    case, out = ledger.case, WORLD.keeps_out
    for clock in ledger.duties():
        held_by, named = clock.holder or "", clock.officer or ""
        assert not out("", held_by, case.accused_units, case.accused_persons, case.receiving_unit), clock.code
        assert not out(named, held_by, case.accused_units, case.accused_persons, case.receiving_unit), clock.code
        assert named not in case.recused, clock.code


@every
def test_r28_no_duty_stays_with_whom_the_case_complains_of(kind: Kind):
    """应当回避: it is owed by who may do it, or by nobody where nobody else can; never on a later day."""
    ledger, _, duty = begun(kind)
    due = duty.due_on
    accuse(known(ledger), kind.holder)
    check_whoever_owes_may(ledger)
    assert duty.due_on == due
    assert (duty.code == "D44") is not duty.open


@every
def test_r28_no_duty_names_an_officer_who_keeps_out(kind: Kind):
    """It stays with the unit, until the same day."""
    ledger, _, duty = begun(kind)
    if duty.officer is None:
        return
    due, named = duty.due_on, duty.officer
    known(ledger).tell(RecusalDeclared, officer=named, decider=HR)
    assert (duty.holder, duty.officer, duty.due_on) == (kind.holder, None, due)
    ledger.tell(RecusalDecided, officer=named, granted=False, decided_by="hh", successor=None)
    assert (duty.holder, duty.officer, duty.due_on) == (kind.holder, named, due), "it turns out that they may"
    accuse(ledger, persons=(named,))
    check_whoever_owes_may(ledger)


def test_r28_what_the_bureau_received_is_passed_on_by_the_one_above_at_once():
    """第二十二条: as intake says it a moment later, which changes nothing more."""
    ledger, _, duty = begun(KINDS["r17_withdrawal"])
    known(ledger).tell(CaseRecalled, unit=HR)
    owed = ledger.duty("C1")
    due = owed.due_on
    accuse(ledger, BUREAU)
    assert (owed.holder, owed.due_on) == ("SXFJ", due)
    ledger.tell(ReceiverRelieved, on="2025-03-05", relieved=BUREAU, receiving_unit="SXFJ")
    assert [type(event).__name__ for event in ledger.events].count("ClockHandedOver") == 1
    assert duty.holder == "bureau-2", "who is not complained of goes on"


def test_r30_report_is_with_who_hands_it_on_until_another_organ_has_it():
    """第三十条第三款: 不得将检举、控告材料……转给被检举、控告的人员或者单位."""
    ledger, _, duty = begun(KINDS["r30_report"])
    known(ledger)
    days = {owed.code: owed.due_on for owed in ledger.duties()}
    accuse(ledger, "discipline")
    assert {owed.holder for owed in ledger.duties()} == {BUREAU}
    ledger.tell(ConfidentialTrackOpened, on="2025-03-06", organ="SJW", receipt_no="密2号")
    assert {owed.holder for owed in ledger.duties()} == {"SJW"}
    assert {owed.code: owed.due_on for owed in ledger.duties()} == days
    assert duty.code == "D30"


def test_r28_nobody_owes_what_nobody_may_do():
    """What is asked of one unit ends where nobody stands above it: on record, by the accusation."""
    ledger, _, duty = begun(KINDS["r40_card"])
    accuse(ledger, HR)  # no directory says who stands above
    assert duty.outcome is ClockOutcome.void
    assert duty.stopped_by == next(e.record.id for e in ledger.entries if isinstance(e.event, AccusedNamed))


@pytest.mark.parametrize("name", ["r27_commitment", "r33_agreement_item", "r33_agreement_confirmed"])
def test_r28_promise_of_a_unit_that_has_lost_the_case_is_nobodys(name: str):
    """Another unit begins anew; until the case is taken back somebody owes it."""
    ledger, _, duty = begun(KINDS[name])
    accuse(known(ledger), HR)
    assert (duty.open, duty.holder) == (True, BUREAU)
    ledger.tell(CaseRecalled, on="2025-03-05", unit=HR)
    assert duty.outcome is ClockOutcome.void
    assert ledger.duty("C1").holder == BUREAU


@given(st.sampled_from(sorted(WORLD.units)), st.sets(st.sampled_from(sorted(WORLD.units)), min_size=1, max_size=3))
def test_r28_whoever_owes_in_the_place_of_another_acts_as_that_one(unit: str, accused: set[str]):
    """One function says who owes it, and who may do it."""
    barred = WORLD.off_limits(accused)
    owing = WORLD.carrier(unit, None, barred)
    assert owing not in barred or owing == unit
    assert WORLD.acting_as(owing, unit, barred=barred) == unit
    assert WORLD.carrier(unit) == unit or WORLD.is_no_more(unit)


class TestAssignment:
    """Who is in the place of another in assignment."""

    def test_r23_objection_is_decided_above_where_who_sent_it_may_not(self):
        """第二十三条第三款."""
        case = handed(sender="XFJ2")
        object_(case, sender="XFJ2")
        case.learn_accused(("XFJ2",), (), OFFICES, at=NOW)
        with refuses(NotTheSender):
            case.decide("JYJ", OFFICES, upheld=True, at=NOW)
        case.decide("XW", OFFICES, upheld=True, at=NOW)

    def test_r23_what_was_brought_to_the_accused_is_taken_by_who_stands_above(self):
        """第二十三条第一款."""
        made = Assignment.blank(uuid4())
        facts = {"kind": KindOfCase.appeal_for_resolution, "route": Route.petition_procedure, "place": "P-1"}
        made.receive(
            at=NOW, registration_no="1", category=ContentCategory.unpaid_wages, direct=True, receiving_unit="RSJ",
            accused_units=("RSJ",), **facts,
        )  # fmt: skip
        for other in ("JYJ", "XW"):
            with refuses(NotReceivedDirectly):
                made.take(other, COUNTY, at=NOW)
        made.pass_down(Forwarding.forward, "JYJ", None, "XZF", TOLD, COUNTY, at=NOW)
        assert made.unit == "JYJ"


def test_checker_sees_duties_that_stay_with_whom_a_case_complains_of(monkeypatch: pytest.MonkeyPatch):
    """Mutant: nobody looks at what the accused still owe, or at who is named."""
    monkeypatch.setattr(Keeper, "_kept_from", lambda *_, **__: iter(()))
    for test in (
        test_r28_no_duty_stays_with_whom_the_case_complains_of, test_r28_no_duty_names_an_officer_who_keeps_out,
    ):  # fmt: skip
        with pytest.raises(AssertionError):
            test(KINDS["r28_ledger_item"])
