"""第二十八条第三款: who registers, tells apart or passes on a case keeps out of it too, and then acts in it nowhere."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.intake import ChallengeDecided, OfficerChallenged, OfficerSteppedAside, RecusalLearnt
from contracts.mediation import RecusalLearnt as LearntInHandling
from contracts.vocabulary import ContentCategory, Kind, Role, Route, UnitKind
from services.assignment.domain.assigning import Assignment
from services.chassis.errors import NotFound
from services.chassis.recusal import AlreadyRecused, MustKeepOut, NoRecusalPending, OthersKeepOut, OwnRecusal
from services.intake.domain import classification, grouping, guards, recusal, track
from services.intake.domain.guards import NotOpen
from services.intake.domain.recusal import ChallengeOpen, NotDealingWithIt, NotTheDecider
from services.intake.domain.registration import Registration
from services.mediation.domain import inquiry, receiving
from services.mediation.domain.handling import Handling
from tests.harness import BUREAU, UNIT, Servers, System
from tests.intake.filed import NOW, first, registered, sealed
from tests.law.ledger import Ledger
from tests.law.test_r21_by_code import by_code, told
from tests.law.test_r28_keeps_out import by
from tests.mediation.cases import DIRECTORY, accepted
from tests.rules import refused, refuses
from tests.steps import document, ok, open_county
from tests.units import county as county_of
from tests.units import entry, staff

PEOPLE = county_of(
    entry("XW", parent=None, kind=UnitKind.party_committee, competent=False, officers=staff(xw_1=Role.unit_head)),
    entry("XFJ", parent="XW", kind=UnitKind.petition_bureau, competent=False,
          officers=staff(b_1=Role.bureau_officer, b_2=Role.bureau_officer, bh_1=Role.unit_head)),
    entry("JW", parent="XW", kind=UnitKind.discipline_organ,
          officers=staff(d_1=Role.discipline_officer, dh_1=Role.unit_head)),
    entry("JYJ", officers=staff(j_1=Role.case_officer, jh_1=Role.unit_head)),
)  # fmt: skip
PAPER = uuid4()


def challenged(r: Registration, officer: str = "b-1") -> Registration:
    recusal.challenge(r, officer, PAPER, PEOPLE, at=NOW)
    return r


def decide(r: Registration, officer: str = "b-1", unit: str = "XFJ", head: str = "bh-1", *, granted: bool) -> None:
    recusal.decide(r, unit, officer, PEOPLE, granted=granted, decided_by=head, at=NOW)


def aside(r: Registration, officer: str = "b-1") -> Registration:
    recusal.step_aside(r, "XFJ", officer, PEOPLE, at=NOW)
    r.taken()
    return r


def granted(r: Registration, officer: str = "b-1") -> Registration:
    decide(challenged(r, officer), officer, granted=True)
    r.taken()
    return r


def parts() -> dict[str, Any]:
    told = {name: fact for name, fact in first().items() if name in {"petition", "category", "place", "content"}}
    return told | {"registration_no": "XF2", "content_sha256": "0" * 64}


def told_apart(r: Registration) -> None:
    category = ContentCategory.unpaid_wages
    classification.classify(r, Kind.appeal_for_resolution, Route.petition_procedure, category, PEOPLE, at=NOW)


def test_r28_who_is_recused_at_the_door_does_nothing_more_there():
    """第二十八条第三款: 应当回避."""
    r = granted(registered())
    with refuses(MustKeepOut):
        track.must_take_part(r, by("XFJ", "b-1"), PEOPLE)
    track.must_take_part(r, by("XFJ", "b-2"), PEOPLE)
    with refuses(OthersKeepOut):
        guards.must_be_kept_from(r, PEOPLE, [], ["b-1"])


def test_r28_work_goes_on_until_it_is_decided_but_the_petitioner_is_not_turned_away():
    """Decision 0025: who wants delay names one officer after the other."""
    r = challenged(registered())
    track.must_take_part(r, by("XFJ", "b-1"), PEOPLE)
    with refuses(ChallengeOpen):
        recusal.must_not_be_challenged(r, "b-1")
    recusal.must_not_be_challenged(r, "b-2")
    decide(r, granted=False)
    recusal.must_not_be_challenged(r, "b-1")
    assert (r.challenged, r.recused) == ({}, set())


def test_r28_who_steps_aside_keeps_out_at_once_and_the_head_may_say_otherwise():
    r = registered()
    recusal.step_aside(r, "XFJ", "b-1", PEOPLE, at=NOW)
    assert [type(event) for event in r.taken()] == [OfficerSteppedAside]
    with refuses(MustKeepOut):
        track.must_take_part(r, by("XFJ", "b-1"), PEOPLE)
    decide(r, granted=False)
    track.must_take_part(r, by("XFJ", "b-1"), PEOPLE)


@pytest.mark.parametrize(("officer", "decider"), [("b-1", "XFJ"), ("bh-1", "XW"), ("j-1", "XFJ"), ("nobody", "XFJ")])
def test_r28_head_of_the_unit_decides_and_about_the_head_the_body_above(officer: str, decider: str):
    [event] = challenged(registered(), officer).taken()
    assert isinstance(event, OfficerChallenged)
    assert event.decider == decider


def test_r28_nobody_else_decides_nor_anybody_about_themselves():
    r = challenged(challenged(registered()), "bh-1")
    for unit, head in (("JYJ", "jh-1"), ("XFJ", "b-2"), ("XW", "xw-1")):
        with refuses(NotTheDecider):
            decide(r, unit=unit, head=head, granted=True)
    with refuses(OwnRecusal):
        decide(r, "bh-1", granted=False)
    with refuses(NotTheDecider):
        decide(r, "bh-1", head="b-2", granted=False)
    decide(r, "bh-1", "XW", "xw-1", granted=True)
    with refuses(NoRecusalPending):
        decide(r, "bh-1", "XW", "xw-1", granted=True)
    assert r.recused == {"bh-1"}


def test_r28_nobody_is_asked_twice_and_nobody_steps_aside_from_what_is_not_theirs():
    r = challenged(registered())
    with refuses(AlreadyRecused):
        challenged(r)
    with refuses(NotDealingWithIt):
        recusal.step_aside(r, "JYJ", "j-1", PEOPLE, at=NOW)
    with refuses(NotDealingWithIt):
        recusal.step_aside(r, "XFJ", "j-1", PEOPLE, at=NOW)
    decide(r, granted=True)
    with refuses(AlreadyRecused):
        recusal.step_aside(r, "XFJ", "b-1", PEOPLE, at=NOW)
    other = registered()
    grouping.merge_into(r, other, at=NOW)
    for act in (lambda: challenged(r, "b-2"), lambda: aside(r, "b-2"), lambda: decide(r, granted=True)):
        with refuses(NotOpen):
            act()


def test_r28_r30_officer_of_the_organ_that_has_a_report_may_be_asked_too():
    """第三十条第三款: who has to decide about the head of the organ knows that there is the report, until it is done."""
    r = sealed()
    assert recusal.seat(r, "d-1", PEOPLE) == "JW"
    challenged(r, "dh-1")
    track.must_take_part(r, by("XW", "xw-1", Role.unit_head), PEOPLE)
    decide(r, "dh-1", "XW", "xw-1", granted=True)
    assert not track.knows_of(r, by("XW", "xw-1", Role.unit_head), PEOPLE)


# ------------------------------------------------------------------------- who gets the case knows it


def test_r28_who_gets_the_case_from_here_is_told():
    """What was decided before anybody else had heard of the case, and what goes along where cases are joined or divided."""
    r = granted(registered())
    told_apart(r)
    assert [event.officer for event in r.taken() if isinstance(event, RecusalLearnt)] == ["b-1"]
    other = aside(registered(), "b-2")
    grouping.merge_into(r, other, at=NOW)
    assert other.recused == {"b-1", "b-2"}
    child = Registration.blank(uuid4())
    grouping.split_into(other, [(child, parts())], at=NOW)
    assert child.recused == {"b-1", "b-2"}


def test_r28_handling_learns_it_also_before_it_has_the_case_and_not_of_whom_it_decides_itself():
    h = Handling.blank(uuid4())
    for _ in range(2):
        receiving.learn_recusal(h, "b-1", recused=True, at=NOW)
    assert [type(event) for event in h.taken()] == [LearntInHandling]
    receiving.learn_recusal(h, "b-1", recused=False, at=NOW)
    assert h.recused == set()


def test_r28_who_keeps_out_does_so_whichever_unit_has_the_case():
    """第二十四条、第二十八条第三款: a case that comes back to a unit does not bring its recused officer back."""
    h = accepted()
    inquiry.declare_recusal(h, UNIT, "co-1", DIRECTORY, at=NOW)
    receiving.give_back(h, UNIT, at=NOW)
    receiving.receive(h, at=NOW, unit=UNIT, unit_name=UNIT, registration_no="1", route=Route.petition_procedure)
    assert (h.unit, h.recused) == (UNIT, {"co-1"})


def test_r28_assignment_learns_nothing_of_a_case_that_it_does_not_know():
    a = Assignment.blank(uuid4())
    a.learn_recusal("b-1", recused=True, at=NOW)
    assert a.taken() == []


# ------------------------------------------------------------------------------- who owes it


@pytest.mark.parametrize("event", [OfficerChallenged, OfficerSteppedAside])
def test_r28_decision_at_the_door_is_owed_by_a_day_whoever_has_the_case_meanwhile(event: Any):
    """第二十八条第一款: 不得推诿、敷衍、拖延; decision 0025."""
    ledger = Ledger()
    more = {"document": PAPER} if event is OfficerChallenged else {}
    ledger.tell(event, officer="b-1", decider="XFJ", **more)
    duty = ledger.duty("D44a")
    assert (duty.holder, duty.due_on, duty.item) == ("XFJ", date(2025, 3, 6), "b-1")
    ledger.tell(ChallengeDecided, officer="b-1", granted=True, decided_by="bh-1", on="2025-03-05")
    assert ledger.duties("D44a") == []
    assert ledger.case.recused == ("b-1",)


def test_checker_sees_that_what_is_decided_at_the_door_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch):
    """Mutant: who acts is asked for the accused alone."""
    monkeypatch.setattr(track, "keeps_out", lambda *_, **__: False)
    with pytest.raises(pytest.fail.Exception):
        test_r28_who_is_recused_at_the_door_does_nothing_more_there()


# -------------------------------------------------------------------------------------------- with all services


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        people = {"b-1": [Role.bureau_officer], "b-2": [Role.bureau_officer], "bh-1": [Role.unit_head]}
        await made.enter({"code": BUREAU, "kind": "petition_bureau", "competent": False, "officers": people})
        yield made


OFFICER = {"role": Role.bureau_officer}
APPEAL = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}


async def decided(county: System, case: str, officer: str, *, granted: bool = True) -> None:
    body = {"officer": officer, "granted": granted}
    path = f"/cases/{case}/recusal/decisions"
    ok(await county.send("intake", path, body, role=Role.unit_head, actor="bh-1"))


@pytest.mark.asyncio(loop_scope="module")
async def test_r28_petitioner_asks_it_before_a_unit_has_the_case_and_it_holds_in_every_service(county: System):
    """第二十八条第三款: 各级机关、单位工作人员."""
    receipt = await county.register()
    case, code = receipt["case_id"], receipt["query_code"]
    assert ok(await by_code(county, "/recusal", code, officer="b-1", words="系对方亲属"))["state"] == "registered"
    await decided(county, case, "b-1")
    refused(await county.send("intake", f"/cases/{case}/classification", APPEAL, actor="b-1", **OFFICER), 404, NotFound)
    ok(await county.send("intake", f"/cases/{case}/classification", APPEAL, actor="b-2", **OFFICER))
    hand = {"mode": "forward", "unit": UNIT}
    sent = await county.send("assignment", f"/cases/{case}/assignment", hand, actor="b-1", **OFFICER)
    refused(sent, 404, NotFound)
    ok(await county.send("assignment", f"/cases/{case}/assignment", hand, actor="b-2", **OFFICER))
    ok(await county.notify(case))
    fund = {
        "hardship": "illness",
        "amount_fen": 1,
        "tied_to_withdrawal": False,
        "document": await document(county, case),
    }
    asked = await county.send("mediation", f"/cases/{case}/funds", fund, role=Role.case_officer, unit=UNIT, actor="b-1")
    refused(asked, 404, NotFound)
    await county.caught_up()
    card = {"unit": UNIT, "reason_code": "other", "due_on": "2099-12-31"}
    path = f"/cases/{case}/supervisions"
    refused(await county.send("accountability", path, card, role=Role.supervisor, actor="b-1"), 404, NotFound)
    steps = [step["title"] for step in (await told(county, code))["steps"]]
    assert {"申请登记人员回避", "登记人员回避决定"} <= {*steps}


@pytest.mark.asyncio(loop_scope="module")
async def test_r28_each_is_asked_where_the_officer_deals_with_the_case(county: System):
    """Who handles it, and whom nobody knows, is decided about by the unit; who registered it, by the bureau."""
    receipt = await county.register()
    case, code = receipt["case_id"], receipt["query_code"]
    ok(await county.classify(case))
    ok(await county.forward(case))
    ok(await county.notify(case))
    at_the_unit = ok(await by_code(county, "/recusal", code, officer="co-1", words="亲属"))
    at_the_door = ok(await by_code(county, "/recusal", code, officer="b-1", words="亲属"))
    assert (at_the_unit["state"], at_the_door["state"]) == ("accepted", "classified")
    again = {"officer": "b-1", "document": await document(county, case)}
    refused(await county.send("intake", f"/cases/{case}/recusal/requests", again, **OFFICER), 409, AlreadyRecused)


@pytest.mark.asyncio(loop_scope="module")
async def test_r28_officer_of_the_bureau_steps_aside(county: System):
    """第二十八条第三款; the head finds that there is no interest, and the officer goes on."""
    case = (await county.register())["case_id"]
    path = f"/cases/{case}/recusal/declarations"
    refused(await county.send("intake", path, {}, actor="stranger", **OFFICER), 403, NotDealingWithIt)
    ok(await county.send("intake", path, {}, actor="b-1", **OFFICER))
    sent = ("intake", f"/cases/{case}/classification", APPEAL)
    refused(await county.send(*sent, actor="b-1", **OFFICER), 404, NotFound)
    stranger = {"officer": "b-1", "granted": False}
    path = f"/cases/{case}/recusal/decisions"
    refused(await county.send("intake", path, stranger, role=Role.unit_head, actor="b-2"), 403, NotTheDecider)
    await decided(county, case, "b-1", granted=False)
    ok(await county.send(*sent, actor="b-1", **OFFICER))
