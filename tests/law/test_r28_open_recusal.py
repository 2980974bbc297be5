"""第二十八条第三款: while it is open whether somebody keeps out, nothing goes out that they have a part in."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from contracts.mediation import (
    CaseClosed,
    OpinionIssued,
    OpinionServed,
    RecusalDecided,
    RecusalDeclared,
    RecusalRequested,
    ReviewOpinionServed,
)
from contracts.vocabulary import Result, Role
from services.chassis.recusal import deciders
from services.mediation.domain import inquiry, opinion
from services.mediation.domain.guards import NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from services.mediation.domain.people import RecusalPending
from tests.law.ledger import Ledger
from tests.mediation.cases import (
    DIRECTORY,
    HEARD,
    OTHER,
    REVIEWER,
    UNIT,
    after,
    ask_review,
    decide,
    decided,
    delivered,
    heard,
    review,
    serve,
    served,
    the_event,
)
from tests.rules import refuses
from tests.units import county, entry, staff

DOCUMENT = uuid4()


def challenge(h: Handling, officer: str = "co-1") -> None:
    inquiry.request_recusal(h, officer, DOCUMENT, DIRECTORY, at=HEARD)


def step_aside(h: Handling, officer: str = "co-1") -> None:
    inquiry.declare_recusal(h, UNIT, officer, DIRECTORY, at=HEARD)


def rule(h: Handling, officer: str = "co-1", by: str = "head-1", unit: str = UNIT, **more: Any) -> None:
    said = {"granted": False, "successor": None} | more
    inquiry.decide_recusal(h, unit, officer, DIRECTORY, decided_by=by, at=HEARD, **said)


@pytest.mark.parametrize("asked", [challenge, step_aside])
def test_r28_opinion_is_neither_issued_nor_served_before_it_is_decided(asked):
    """第二十八条第三款: 应当回避."""
    with refuses(RecusalPending):
        decide(after(heard(), asked), drafted_by="co-2")
    waiting = after(decided(), asked)
    with refuses(RecusalPending):
        serve(waiting)
    rule(waiting)
    waiting.taken()
    serve(waiting)
    the_event(waiting, OpinionServed)


def test_r28_whoever_drafts_or_issues_may_be_the_one():
    handling = after(heard(), lambda h: challenge(h, "co-2"))
    decide(handling, drafted_by="co-1")
    the_event(handling, OpinionIssued)
    with refuses(RecusalPending):
        decide(after(heard(), lambda h: challenge(h, "co-2")), drafted_by="co-2")
    with refuses(RecusalPending):
        decide(after(heard(), lambda h: challenge(h, "head-1")))


def test_r28_another_petitioner_waits_as_well():
    handling = after(served(), challenge)
    handling.others = (DOCUMENT,)
    with refuses(RecusalPending):
        opinion.serve_another(handling, UNIT, DOCUMENT, delivered(HEARD), at=HEARD)


def test_r28_who_has_no_part_in_it_stops_nothing():
    """A name that a petitioner writes down delays nobody."""
    handling = after(decided(), lambda h: challenge(h, "presider-1"))
    serve(handling)
    the_event(handling, OpinionServed)


def test_r28_r35_reviewer_is_challenged_before_their_own_head():
    """第二十八条第三款, 第三十五条: whoever looks again may be asked to keep out, too."""
    handling = after(served(Result.explain), ask_review)
    challenge(handling, "reviewer-1")
    assert the_event(handling, RecusalRequested).decider == REVIEWER
    with refuses(RecusalPending):
        review(handling)
    with refuses(NotTheHandlingUnit):
        rule(handling, "reviewer-1", by="head-2", unit=OTHER)
    rule(handling, "reviewer-1", by="governor", unit=REVIEWER)
    the_event(handling, RecusalDecided)
    review(handling)
    the_event(handling, ReviewOpinionServed)


@pytest.mark.parametrize(("officer", "decider"), [("co-1", UNIT), ("head-1", REVIEWER), ("stranger", UNIT)])
def test_r28_it_is_known_whose_head_decides(officer: str, decider: str):
    """The head of the unit; about the head whoever stands above it."""
    handling = heard()
    challenge(handling, officer)
    assert the_event(handling, RecusalRequested).decider == decider


# ------------------------------------------------------------------------------- who owes it


def asked(event: Any = RecusalRequested, officer: str = "co-1", **more: Any) -> Ledger:
    ledger = Ledger()
    facts = {"document": DOCUMENT} if event is RecusalRequested else {}
    ledger.tell(event, officer=officer, decider="county-hr", **facts | more)
    return ledger


@pytest.mark.parametrize("event", [RecusalRequested, RecusalDeclared])
def test_r28_decision_is_owed_by_a_day(event):
    """第二十八条第一款: 不得推诿、敷衍、拖延."""
    duty = asked(event).duty("D44")
    assert (duty.holder, duty.due_on, duty.item) == ("county-hr", date(2025, 3, 6), "co-1")


def test_r28_missed_decision_goes_on_record_and_one_decision_ends_one_duty():
    ledger = asked()
    ledger.tell(RecusalRequested, officer="co-2", document=DOCUMENT, decider="XZF")
    ledger.tell(RecusalDecided, officer="co-2", granted=False, decided_by="governor", on="2025-03-05")
    assert [duty.item for duty in ledger.duties("D44")] == ["co-1"]
    ledger.passes("2025-03-07")
    assert [breach.code for breach in ledger.case.breaches] == ["D44"]


def test_r28_nobody_decides_in_a_case_that_is_closed():
    ledger = asked()
    ledger.tell(CaseClosed, result=Result.explain)
    assert ledger.duties("D44") == []


def test_checker_sees_that_nobody_asks_who_is_challenged(monkeypatch: pytest.MonkeyPatch):
    """Mutant: an open request hinders nothing."""
    monkeypatch.setattr(opinion, "must_not_be_challenged", lambda *_: None)
    with pytest.raises(pytest.fail.Exception):
        test_r28_opinion_is_neither_issued_nor_served_before_it_is_decided(challenge)


def test_r28_about_a_head_nobody_decides_who_is_complained_of():
    """第二十八条第三款: the one above decides, and where the case complains of that one, who stands above it."""
    people = county(entry("RSJ", parent="XZF", officers=staff(hh=Role.unit_head, co_1=Role.case_officer)))
    on = date(2025, 9, 1)
    assert deciders("co-1", "RSJ", people, on, {"XZF"}) == ("RSJ",)
    assert deciders("hh", "RSJ", people, on) == people.bodies_above("RSJ")
    barred = people.off_limits(["XZF"])
    assert not {*deciders("hh", "RSJ", people, on, barred)} & {"XZF", "RSJ"}
