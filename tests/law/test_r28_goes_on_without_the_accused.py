"""第二十八条第三款: a case that goes on after its end is not with a unit that was complained of meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest

from contracts.assignment import CaseForwarded, CaseRecalled
from contracts.event import typed_before
from contracts.intake import AccusedNamed
from contracts.mediation import (
    CaseClosed,
    CaseReopened,
    HandlingCarriedOn,
    HandlingReturned,
    OpinionServed,
    ReviewRequested,
)
from contracts.vocabulary import CaseState, LeavingReason, Result, Route, ServiceMethod, TerminationGround
from services.mediation.domain import ending, opinion, receiving
from services.mediation.domain.guards import NotWithUnit
from services.mediation.domain.handling import Handling
from tests.assignment.test_domain import handed
from tests.law.ledger import Ledger
from tests.law.test_r35_what_is_served_stands import DIRECTORY, ask
from tests.mediation.cases import OTHER, UNIT, after, close, open_, served, suggestion, the_event
from tests.rules import at, refuses
from tests.units import COUNTY

LATE = at("2026-01-02")
ENDS = {
    "closed": close,
    "terminated": lambda h: ending.terminate(h, TerminationGround.remedy_lapsed, None, at=at("2026-01-01")),
}


def accuse(h: Handling, *units: str) -> None:
    """Let what is over complain of somebody by now, as assignment tells of it."""
    receiving.learn_accused(h, units, (), DIRECTORY, at=LATE)
    receiving.give_back(h, UNIT, at=LATE)


def over(end: Callable[[Handling], None] = close) -> Handling:
    return after(served(Result.explain), end, lambda h: accuse(h, UNIT))


def serve_again(h: Handling) -> None:
    """As who stands above: it acts as the unit whose opinion it is."""
    opinion.serve_opinion(h, UNIT, ServiceMethod.in_person, LATE, typed_before("R-2"), at=LATE)


def get(h: Handling) -> None:
    """As another unit, to which the bureau has handed it."""
    open_(h, OTHER, LATE)


class TestHandling:
    @pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
    @pytest.mark.parametrize("begin", [ask, serve_again])
    def test_what_goes_on_is_with_nobody_accused(self, end: Callable[[Handling], None], begin: Callable[..., None]):
        handling = over(end)
        assert (handling.unit, handling.over) == (UNIT, True), "what is over stays with whom it was"
        begin(handling)
        assert (handling.unit, handling.case_officer, handling.over) == (None, None, False)
        with refuses(NotWithUnit):
            close(handling)

    @pytest.mark.parametrize("first", [serve_again, get])
    def test_who_gets_it_goes_on_from_there_in_either_order(self, first: Callable[[Handling], None]):
        handling = after(over(), first, get)
        if handling.over:
            ask(handling)
        assert (handling.unit, handling.over, handling.result) == (OTHER, False, Result.explain)
        opinion.make_commitment(handling, OTHER, LATE.date(), uuid4(), at=LATE)

    def test_lead_that_is_settled_after_the_end_has_what_nobody_has(self):
        """第二十四条第一款."""
        handling = over()
        receiving.hand_to_lead(handling, OTHER, (), at=LATE, unit_name="另一单位")
        assert the_event(handling, HandlingCarriedOn).unit == OTHER
        receiving.hand_to_lead(handling, "ZJJ", (), at=LATE, unit_name="第三单位")
        assert handling.taken() == []

    def test_who_helps_and_is_accused_helps_no_longer(self):
        handling = after(served(Result.explain), close)
        handling.co_units = (OTHER, "SSWJ")
        receiving.learn_accused(handling, (OTHER,), (), DIRECTORY, at=LATE)
        assert (handling.unit, handling.co_units) == (UNIT, ("SSWJ",))

    @pytest.mark.parametrize("what", [over, lambda: after(suggestion(), lambda h: receiving.stop(
        h, receiving.StopReason.withdrawn, at=LATE))])  # fmt: skip
    def test_nothing_is_given_back_twice_nor_what_never_goes_on(self, what: Callable[[], Handling]):
        handling = what()
        receiving.give_back(handling, UNIT, at=LATE)
        assert handling.taken() == []

    def test_unit_that_was_not_complained_of_keeps_it(self):
        handling = after(served(Result.explain), close)
        ask(handling)
        assert handling.unit == UNIT


class TestHandingOn:
    def test_what_comes_back_is_taken_from_who_was_complained_of_meanwhile(self):
        """第四十四条: what was wrongly not accepted goes on, and not with the accused."""
        case = handed()
        case.leave(LeavingReason.not_accepted, at=LATE)
        case.learn_accused(["RSJ"], (), COUNTY, at=LATE)
        case.taken()
        case.come_back(COUNTY, at=LATE)
        assert (case.unit, case.state) == (None, "awaiting_unit")
        assert isinstance(case.taken()[-1], CaseRecalled)


# ------------------------------------------------------------------------------ and its clocks


def ended_and_accused() -> Ledger:
    ledger = Ledger(result=Result.explain, with_unit_since=at("2025-01-03"), accepted_at=at("2025-01-03"))
    serves(ledger, "2025-03-03")
    ledger.tell(CaseClosed, on="2025-04-07", result=Result.explain)
    ledger.tell(AccusedNamed, on="2025-04-08", units=("county-hr",), persons=())
    ledger.tell(CaseRecalled, on="2025-04-08", unit="county-hr")
    ledger.tell(HandlingReturned, on="2025-04-08", unit="county-hr", answered=True)
    return ledger


def serves(ledger: Ledger, on: str, *, again: bool = False) -> None:
    ledger.tell(
        OpinionServed, on=on, method=ServiceMethod.post, served_at=at(on), receipt=typed_before("R-1"), again=again
    )


def forward(ledger: Ledger, on: str) -> None:
    ledger.tell(CaseForwarded, on=on, registration_no="1", route=Route.petition_procedure, unit="other", unit_name="二")


def owed(ledger: Ledger) -> dict[str, tuple[str | None, date | None]]:
    return {duty.code: (duty.holder, duty.due_on) for duty in ledger.duties()}


def test_r22_bureau_owes_that_somebody_has_it_again():
    """第二十二条: and nobody owes that as long as it is over."""
    ledger = ended_and_accused()
    assert owed(ledger) == {}
    ledger.tell(CaseReopened, on="2025-04-10")
    serves(ledger, "2025-04-10", again=True)
    assert (ledger.case.unit, ledger.case.state) == (None, CaseState.opinion_served)
    assert owed(ledger) == {"C1": ("bureau", date(2025, 4, 25))}
    forward(ledger, "2025-04-11")
    assert (ledger.case.unit, owed(ledger)) == ("other", {})


def test_r22_nobody_owes_it_where_somebody_had_it_before_it_went_on():
    ledger = ended_and_accused()
    forward(ledger, "2025-04-09")
    ledger.tell(CaseReopened, on="2025-04-10")
    ledger.tell(ReviewRequested, on="2025-04-10", review_body="gov", received_at=at("2025-03-31"), document=uuid4())
    assert (ledger.case.unit, ledger.case.state) == ("other", CaseState.review_open)
    assert "C1" not in owed(ledger)


def test_checker_sees_a_case_that_goes_on_with_whom_it_complains_of(monkeypatch: pytest.MonkeyPatch):
    """Mutant: the unit keeps what it had when it was over."""
    monkeypatch.setattr(Handling, "_without_unit", lambda _: None)
    with pytest.raises(AssertionError):
        TestHandling().test_what_goes_on_is_with_nobody_accused(close, ask)
