"""第二十八条第三款: of whom it was asked whether they keep out is decided also where cases are joined or divided meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from contracts.event import Event
from contracts.intake import CaseClassified, OfficerChallenged, OfficerSteppedAside
from contracts.mediation import (
    ChallengeLearnt,
    HandlingOpened,
    HandlingReturned,
    RecusalDecided,
    RecusalDeclared,
    RecusalRequested,
)
from contracts.vocabulary import Role, Route
from services.assignment import reactions
from services.assignment.domain.assigning import Assignment
from services.chassis.errors import NotFound
from services.intake.domain import grouping, recusal
from services.intake.domain.recusal import Asked
from services.intake.domain.registration import Registration
from services.mediation.domain import people, receiving
from services.mediation.domain.handling import Handling
from services.mediation.domain.people import RecusalPending
from tests.harness import HEAD, UNIT, System, petition
from tests.intake.filed import NOW, classified, registered
from tests.law.ledger import Ledger
from tests.law.test_r21_by_code import by_code
from tests.law.test_r28_recusal_at_the_door import PAPER, PEOPLE, aside, challenged, parts, told_apart
from tests.rules import at, refused, refuses
from tests.steps import (
    HANDED_AT,
    HEARD_AT,
    NOTIFIED_AT,
    REGISTERED_AT,
    SYSTEM,
    accepted_of_one,
    act,
    document,
    issue,
    ok,
    opinion,
)

SOONER = at("2025-08-30")


def happened(event_class: type[Event], **fields: Any) -> Event:
    return event_class(originator_id=uuid4(), originator_version=1, timestamp=SOONER, **fields)


OPENED = happened(HandlingOpened, unit="RSJ", unit_name="RSJ", registration_no="1", route=Route.petition_procedure)
REQUESTED = happened(RecusalRequested, officer="co-1", document=PAPER, decider=None)
DECLARED = happened(RecusalDeclared, officer="co-2", decider="XZF")
DECIDED = happened(RecusalDecided, officer="co-1", granted=False, decided_by="head-1")
GIVEN_BACK = happened(HandlingReturned, unit="RSJ")


@pytest.mark.parametrize(
    ("handled", "asked"),
    [
        ([OPENED, REQUESTED], [("co-1", "RSJ")]),
        ([OPENED, REQUESTED, DECLARED], [("co-1", "RSJ"), ("co-2", "XZF")]),
        ([OPENED, REQUESTED, DECIDED], []),
        ([OPENED, REQUESTED, GIVEN_BACK], []),
        ([], []),
    ],
)
def test_r28_what_is_decided_or_given_back_is_asked_no_more(handled: list[Event], asked: list[tuple[str, str]]):
    found = recusal.still_asked(classified(), handled)
    assert [(one.officer, one.decider) for one in found] == asked
    assert all(one.asked_at == SOONER for one in found)


def goes(how: str, r: Registration, asked: list[Asked]) -> Registration:
    other = classified() if how == "merged" else Registration.blank(uuid4())
    if how == "merged":
        grouping.merge_into(r, other, asked=asked, at=NOW)
    else:
        grouping.split_into(r, [(other, parts())], asked=asked, at=NOW)
    return other


@pytest.mark.parametrize("how", ["merged", "divided"])
def test_r28_decision_is_owed_in_the_case_that_goes_on_by_the_day_by_which_it_was(how: str):
    r = aside(challenged(classified(), "b-2"), "b-1")
    other = goes(how, r, recusal.still_asked(r, [OPENED, REQUESTED]))
    assert ({*other.challenged}, other.recused) == ({"b-1", "b-2", "co-1"}, {"b-1"})
    told = {
        event.officer: event for event in other.taken() if isinstance(event, OfficerChallenged | OfficerSteppedAside)
    }
    assert {officer: event.asked_at for officer, event in told.items()} == {"b-1": NOW, "b-2": NOW, "co-1": SOONER}
    recusal.decide(other, "XFJ", "b-2", PEOPLE, granted=True, decided_by="bh-1", at=NOW)
    assert other.recused == {"b-1", "b-2"}


@pytest.mark.parametrize(("event", "more"), [(OfficerChallenged, {"document": PAPER}), (OfficerSteppedAside, {})])
def test_r28_merger_moves_no_day_on_which_it_is_decided(event: type[Event], more: dict[str, Any]):
    ledger = Ledger()
    ledger.tell(event, on="2025-03-05", officer="co-1", decider="county-hr", asked_at=at("2025-03-03"), **more)
    duty = ledger.duty("D44a")
    assert (duty.holder, duty.due_on) == ("county-hr", date(2025, 3, 6))


def test_r28_no_answer_goes_out_while_it_is_open_at_the_door_whether_who_has_a_part_in_it_keeps_out():
    """Decision 0025, also where it was asked before a unit had the case."""
    h = Handling.blank(uuid4())
    receiving.learn_challenge(h, "co-1", pending=True, at=NOW)
    receiving.receive(h, at=NOW, unit=UNIT, unit_name=UNIT, registration_no="1", route=Route.petition_procedure)
    with refuses(RecusalPending):
        people.must_not_be_challenged(h, ["co-1", "co-2"])
    people.must_not_be_challenged(h, ["co-2"])
    for _ in range(2):
        receiving.learn_challenge(h, "co-1", pending=False, at=NOW)
    people.must_not_be_challenged(h, ["co-1"])
    assert [type(event) for event in h.taken()] == [ChallengeLearnt, HandlingOpened, ChallengeLearnt]


def test_r28_who_gets_the_case_learns_what_is_open_also_where_it_was_asked_before():
    r = challenged(registered(), "co-1")
    told_apart(r)
    [told] = [event for event in r.taken() if isinstance(event, CaseClassified)]
    assert told.challenged == ("co-1",)
    a = Assignment.blank(uuid4())
    a.learn_challenge("co-1", pending=True, at=NOW)
    assert a.taken() == [], "of a case that it does not know it learns nothing"
    reactions.receive(a, told, NOW)
    assert a.challenged == {"co-1"}


@pytest.mark.parametrize("how", ["merger", "split"])
async def test_r28_head_decides_in_the_case_that_goes_on_and_who_keeps_out_does_nothing_there(county: System, how: str):
    mine = await accepted_of_one(county)
    case: str = mine["case_id"]
    await county.caught_up()
    ok(await by_code(county, "/recusal", mine["query_code"], officer="co-1", words="系亲属"))
    if how == "merger":
        li = {"name": "李四", "phone": "13911112222", "address": "某村"}
        sent = await county.send(
            "intake", "/petitions", petition(petitioner=li), role=Role.intake_clerk, at=REGISTERED_AT
        )
        goes_on = ok(sent, 201)["case_id"]
        ok(await county.classify(goes_on, at=REGISTERED_AT))
        ok(await county.forward(goes_on, at=HANDED_AT))
        ok(await county.notify(goes_on, at=NOTIFIED_AT))
        body: dict[str, Any] = {"into": goes_on}
    else:
        part = {"category": "unpaid_wages", "place": "P-1", "content": {"claim": "一项"}}
        body = {"parts": [part, part]}
    sent = await county.send("intake", f"/cases/{case}/{how}", body, role=Role.bureau_officer)
    done = ok(sent, 200 if how == "merger" else 201)
    goes_on = goes_on if how == "merger" else done["children"][0]["case_id"]
    await county.caught_up()
    duties = ok(await county.client.get(f"{county.url('accountability')}/duties?case={goes_on}", headers=SYSTEM))[
        "items"
    ]
    assert [one["holder"] for one in duties if one["code"] == "D44a"] == [UNIT]
    if how == "merger":
        record = {"kind": "statement_heard", "document": await document(county, goes_on)}
        for kind in ("statement_heard", "facts_verified"):
            ok(await act(county, goes_on, "records", record | {"kind": kind}, at=HEARD_AT))
        text = await document(county, goes_on, "opinion")
        refused(await issue(county, goes_on, opinion(text), at=HEARD_AT), 409, RecusalPending)
    decision = {"officer": "co-1", "granted": True}
    path = f"/cases/{goes_on}/recusal/decisions"
    ok(await county.send("intake", path, decision, role=Role.unit_head, unit=UNIT, actor=HEAD))
    if how == "split":
        return
    await county.caught_up()
    record |= {"document": await document(county, goes_on)}
    refused(await act(county, goes_on, "records", record, at=HEARD_AT, actor="co-1"), 404, NotFound)
