"""第二十四条第一款: 涉及两个或者两个以上机关、单位的信访事项，由所涉及的机关、单位协商受理."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.assignment import (
    CaseTaken,
    LeadUnitDesignated,
    SharingAgreed,
    SharingDeclined,
    SharingLapsed,
    SharingProposed,
)
from contracts.mediation import (
    CoUnitsNamed,
    PetitionerNotified,
    PetitionersLearnt,
    SimplifiedTrackChosen,
    SuggestionReplied,
)
from contracts.vocabulary import Forwarding, Role, SimplifiedGround, SuggestionResult
from services.assignment.domain.assigning import (
    AcceptedHere,
    AnsweredHere,
    Assignment,
    BelongsToTheSystem,
    Disputed,
    NamedByOthers,
    NobodyToAgree,
    NotAskedToAgree,
    NotConcerned,
    NothingDisputed,
    NothingToObjectTo,
    NotTheHoldingUnit,
    ReportOwed,
)
from services.chassis.recusal import OthersKeepOut
from services.mediation.domain import receiving, timing
from services.mediation.domain.handling import Handling
from tests.assignment.test_jurisdiction import CASE, NOW, TO_SUPERIOR, hand, object_, received
from tests.harness import GOVERNMENT, UNIT, Servers, System, until
from tests.law.test_r24_back_and_forth import ANSWERED_BY, TOLD_BY, Passed
from tests.law.test_r34_waiting import SERVED, handed
from tests.mediation.cases import NOTIFIED, accepted
from tests.rules import at, check_replay, refuses
from tests.steps import HANDED_AT, HEARD_AT, NOTIFIED_AT, document, ok, open_county, with_unit
from tests.units import COUNTY

OTHER = "330683888"


def held(**more: Any) -> Assignment:
    case = received(**more)
    hand(case)
    return case


def proposed(lead: str = "RSJ", *co_units: str, case: Assignment | None = None) -> Assignment:
    case = case or held()
    case.share("RSJ", lead, co_units or ("JYJ",), COUNTY, at=NOW)
    return case


def answers(case: Assignment, unit: str, *, agreed: bool = True, **more: Any) -> None:
    case.answer_sharing(unit, COUNTY, agreed=agreed, at=NOW, **more)


class TestAgreement:
    """No objection is needed where everybody agrees, and nobody is given a part without a word of their own."""

    def test_is_settled_with_the_last_one_that_agrees(self):
        case = proposed("RSJ", "JYJ", "ZJJ")
        answers(case, "ZJJ")
        assert not any(isinstance(event, LeadUnitDesignated) for event in case.taken())
        answers(case, "JYJ")
        settled = case.taken()[-1]
        assert isinstance(settled, LeadUnitDesignated)
        assert (settled.unit, settled.co_units, settled.decided_by) == ("RSJ", ("JYJ", "ZJJ"), "RSJ")
        assert settled.received_on == date(2025, 8, 26)
        with refuses(NothingToObjectTo):
            object_(case)

    def test_other_unit_may_lead_and_the_proposer_help(self):
        case = proposed("JYJ", "RSJ")
        answers(case, "JYJ")
        assert (case.unit, case.state) == ("JYJ", "with_unit")

    def test_everybody_says_it_for_themselves_and_once(self):
        case = proposed("RSJ", "JYJ", "ZJJ")
        for stranger in ("RSJ", "SWJ"):
            with refuses(NotAskedToAgree):
                answers(case, stranger)
        answers(case, "JYJ")
        with refuses(NotAskedToAgree):
            answers(case, "JYJ")

    def test_only_who_has_the_case_proposes_and_is_part_of_it(self):
        with refuses(NotTheHoldingUnit):
            held().share("JYJ", "JYJ", ("RSJ",), COUNTY, at=NOW)
        with refuses(NotTheHoldingUnit):
            received().share("RSJ", "RSJ", ("JYJ",), COUNTY, at=NOW)
        for lead, helping in (("JYJ", "ZJJ"), ("RSJ", "RSJ")):
            with refuses(NobodyToAgree):
                proposed(lead, helping)

    def test_one_that_declines_makes_it_a_dispute(self):
        """受理有争议的，由其共同的上一级机关、单位决定受理机关."""
        case = proposed()
        with refuses(NothingDisputed):
            case.refer(TO_SUPERIOR, COUNTY, at=NOW)
        answers(case, "JYJ", agreed=False)
        with refuses(NotAskedToAgree):
            answers(case, "JYJ")
        case.refer(TO_SUPERIOR, COUNTY, at=NOW)
        assert (case.state, case.unit) == ("disputed", "RSJ")

    def test_dispute_is_with_the_one_that_declined(self):
        case = proposed("RSJ", "JYJ", "ZJJ")
        answers(case, "ZJJ", agreed=False)
        with refuses(NotConcerned):
            case.refer(TO_SUPERIOR, COUNTY, at=NOW)

    def test_what_somebody_above_has_said_is_put_aside_by_nobody(self):
        """由其共同的上一级机关、单位决定受理机关: neither who leads, nor who helps."""
        case = proposed()
        answers(case, "JYJ", agreed=False)
        case.refer(TO_SUPERIOR, COUNTY, at=NOW)
        case.designate("RSJ", ["JYJ"], "XZF", COUNTY, at=NOW)
        for lead, helping in (("JYJ", "RSJ"), ("RSJ", "ZJJ")):
            with refuses(NamedByOthers):
                proposed(lead, helping, case=case)

    def test_what_they_have_agreed_on_they_may_agree_on_anew(self):
        case = proposed()
        answers(case, "JYJ")
        proposed("RSJ", "JYJ", "ZJJ", case=case)
        for unit in ("JYJ", "ZJJ"):
            answers(case, unit)
        assert not case.named

    def test_nobody_agrees_while_somebody_above_has_to_say(self):
        case = held()
        object_(case)
        with refuses(Disputed):
            proposed(case=case)
        case = proposed()
        object_(case)
        with refuses(NotAskedToAgree):
            answers(case, "JYJ")

    def test_replay_amounts_to_the_live_state(self):
        check_replay(
            Assignment, CASE,
            [
                lambda a: a.receive(at=NOW, **{f: getattr(received(), f) for f in (
                    "registration_no", "kind", "route", "category", "place")}),
                hand, lambda a: proposed(case=a), lambda a: answers(a, "JYJ", agreed=False),
                lambda a: proposed("JYJ", "RSJ", "ZJJ", case=a), lambda a: answers(a, "ZJJ"),
                lambda a: answers(a, "JYJ"),
            ],
        )  # fmt: skip


def agree(world: Passed, lead: str) -> None:
    world.happens(
        world.key, LeadUnitDesignated, at("2026-03-12"), by="land", **handed(lead), decided_by="hr",
        co_units=("land",), received_on=date(2026, 3, 2),
    )  # fmt: skip


def no_day_moves(lead: str, received_on: date | None) -> None:
    world = Passed()
    world.happens(
        world.key, LeadUnitDesignated, at("2026-03-12"), by="land", **handed(lead), decided_by="hr",
        co_units=("land",), received_on=received_on,
    )  # fmt: skip
    assert world.owed("C3") == (TOLD_BY, lead)
    world.passes("2026-03-30")
    assert world.owed("C5") == (ANSWERED_BY, lead)


class TestWhatWasPromisedStays:
    """第二十二条第三项、第二十三条: an agreement takes nothing from the petitioner, nor from who waits for a report."""

    def test_who_has_accepted_leads(self):
        with refuses(AcceptedHere):
            held().share("RSJ", "JYJ", ("RSJ",), COUNTY, at=NOW, accepted=True)
        case = proposed("JYJ", "RSJ")
        with refuses(AcceptedHere):
            answers(case, "JYJ", accepted=True)
        answers(proposed(), "JYJ", accepted=True)

    def test_what_is_answered_is_shared_and_disputed_no_more(self):
        """第三十五条: against an answer there are review and recheck, and no other unit that begins anew."""
        with refuses(AnsweredHere):
            held().share("RSJ", "RSJ", ("JYJ",), COUNTY, at=NOW, accepted=True, decided=True)
        for agreed in (True, False):
            with refuses(AnsweredHere):
                answers(proposed(), "JYJ", agreed=agreed, decided=True)
        case = proposed()
        answers(case, "JYJ", agreed=False)
        with refuses(AnsweredHere):
            case.refer(TO_SUPERIOR, COUNTY, at=NOW, decided=True)

    def test_nobody_who_was_told_is_owed_that_again(self):
        """第二十三条: the unit that has accepted it goes on, now with another's help."""
        world, second = Passed(), uuid4()
        world.happens(world.key, PetitionersLearnt, at("2026-03-02"), petitions=(second,))
        world.accepts(world.key, at("2026-03-03"), unit="hr")
        world.happens(world.key, PetitionerNotified, at("2026-03-03"), by="hr", petition=second, notice_no="2",
                      served_at=at("2026-03-03"), **SERVED)  # fmt: skip
        agree(world, "hr")
        assert not world.duties("C3o")

    def test_whoever_leads_now_tells_each_of_them_by_the_same_day(self):
        """第二十三条: whoever came later too."""
        world, second = Passed(), uuid4()
        world.happens(world.key, PetitionersLearnt, at("2026-03-10"), petitions=(second,))
        agree(world, "land")
        assert world.owed("C3o") == (date(2026, 3, 25), "land")

    def test_so_does_whoever_is_named_by_others_within_days_of_its_own(self):
        world, second = Passed(), uuid4()
        world.happens(world.key, PetitionersLearnt, at("2026-03-02"), petitions=(second,))
        world.objects("hr", "2026-03-04")
        world.asks("2026-03-05")
        world.names("edu", "2026-03-30")
        assert world.owed("C3o") == (date(2026, 4, 14), "edu")

    def test_what_concerns_several_units_is_simple_no_more(self):
        """信访事项简易办理办法 第五条第四项."""
        handling = accepted()
        timing.choose_simplified(
            handling, "RSJ", SimplifiedGround.clear_facts, repeated=False, instructed=False, at=NOTIFIED
        )
        receiving.hand_to_lead(handling, "RSJ", ("JYJ",), at=NOTIFIED)
        assert not handling.simplified
        world = Passed()
        world.accepts(world.key, at("2026-03-03"), unit="hr")
        world.happens(world.key, SimplifiedTrackChosen, at("2026-03-03"), by="hr", ground=SimplifiedGround.clear_facts)
        assert world.duties("C7")
        world.happens(world.key, CoUnitsNamed, at("2026-03-04"), by="hr", co_units=("land",))
        assert not world.duties("C7")

    def test_who_owes_a_report_leads(self):
        case = received()
        case.hand(Forwarding.assign, "RSJ", date(2025, 9, 30), "XFJ", COUNTY, at=NOW)
        with refuses(ReportOwed):
            proposed("JYJ", "RSJ", case=case)
        answers(proposed(case=case), "JYJ")
        assert case.due_on == date(2025, 9, 30)

    def test_what_belongs_to_a_unit_below_is_passed_on_and_told(self):
        case = received()
        case.hand(Forwarding.forward, "XZF", None, "XFJ", COUNTY, at=NOW)
        with refuses(BelongsToTheSystem):
            case.share("XZF", "ZF", ("XZF",), COUNTY, at=NOW)

    @pytest.mark.parametrize("lead", ["hr", "land"])
    def test_no_day_moves(self, lead: str):
        """第三十四条: the petitioner is told, and answered, as if one unit had it."""
        no_day_moves(lead, date(2026, 3, 2))

    def test_checker_sees_an_agreement_that_gives_new_days(self):
        with pytest.raises(AssertionError):
            no_day_moves("land", None)

    def test_no_day_moves_of_what_was_brought_to_the_unit_itself(self):
        """第二十三条第二款: fifteen days from its receipt, whenever it was entered that the unit keeps it."""
        handling = Handling.blank(CASE)
        came = date(2025, 8, 22)
        case = received(direct=True, receiving_unit="RSJ", received_on=came)
        case.take("RSJ", COUNTY, at=NOW)
        assert isinstance(case.taken()[-1], CaseTaken)
        proposed("JYJ", "RSJ", case=case)
        answers(case, "JYJ")
        settled = case.taken()[-1]
        assert isinstance(settled, LeadUnitDesignated)
        assert settled.received_on == came
        receiving.hand_to_lead(handling, at=NOW, received_on=came, unit="JYJ", co_units=("RSJ",), **_rest(settled))
        assert handling.received_on == came


def _rest(event: LeadUnitDesignated) -> dict[str, Any]:
    names = ("unit_name", "registration_no", "route", "kind", "anonymous", "accused_units", "accused_persons")
    return {name: getattr(event, name) for name in names}


class TestWhoKeepsOut:
    """第二十八条第三款: who is complained of is given no part, also if it turns out while the others agree."""

    @pytest.mark.parametrize(("lead", "helping"), [("JYJ", "RSJ"), ("RSJ", "JYJ")])
    def test_accused_is_given_no_part(self, lead: str, helping: str):
        with refuses(OthersKeepOut):
            proposed(lead, helping, case=held(accused_units=("JYJ",)))

    def test_nor_where_it_is_learnt_meanwhile(self):
        case = proposed("RSJ", "JYJ", "ZJJ")
        answers(case, "ZJJ")
        case.learn_accused(["ZJJ"], [], COUNTY, at=NOW)
        assert isinstance(case.taken()[-1], SharingLapsed)
        for agreed in (True, False):
            with refuses(NotAskedToAgree):
                answers(case, "JYJ", agreed=agreed)
        proposed("RSJ", "JYJ", case=case)
        answers(case, "JYJ")

    def test_others_go_on_agreeing_where_somebody_else_is_accused(self):
        case = proposed("RSJ", "JYJ", "ZJJ")
        case.learn_accused(["GAJ"], [], COUNTY, at=NOW)
        answers(case, "JYJ")
        assert isinstance(case.taken()[-1], SharingAgreed)

    def test_case_that_is_taken_back_is_shared_by_nobody(self):
        case = proposed()
        case.learn_accused(["RSJ"], [], COUNTY, at=NOW)
        with refuses(NotAskedToAgree):
            answers(case, "JYJ")


class TestTheAnswerIsOwed:
    """Each unit that is asked owes its word within five working days, and the days of the case run on meanwhile."""

    def asked(self) -> Passed:
        world = Passed()
        world.happens(world.key, SharingProposed, at("2026-03-03"), by="hr", unit="hr", lead="hr",
                      co_units=("edu", "land"), asked=("edu", "land"))  # fmt: skip
        return world

    def test_by_each(self):
        world = self.asked()
        due = date(2026, 3, 10)
        assert {(clock.holder, clock.due_on) for clock in world.duties("D55")} == {("edu", due), ("land", due)}
        world.happens(world.key, SharingAgreed, at("2026-03-05"), by="edu", unit="edu")
        assert world.owed("D55") == (due, "land")
        world.passes("2026-03-12")
        assert "D55" in world.breaches()

    def test_by_nobody_when_it_is_answered(self):
        world = self.asked()
        world.happens(
            world.key, SuggestionReplied, at("2026-03-05"), by="hr", reply_no="1", result=SuggestionResult.adopted,
            document=uuid4(), served_at=at("2026-03-05"), **SERVED,
        )  # fmt: skip
        assert not world.duties("D55")

    def test_by_nobody_when_one_of_them_is_accused(self):
        """第二十八条第三款: nobody may agree to give that one a part, so nobody misses a day by not saying so."""
        world = self.asked()
        world.happens(world.key, SharingLapsed, at("2026-03-05"))
        world.passes("2026-03-12")
        assert "D55" not in world.breaches()

    def test_by_nobody_when_one_has_declined_or_the_case_is_disputed(self):
        world = self.asked()
        world.happens(world.key, SharingDeclined, at("2026-03-05"), by="edu", unit="edu")
        assert not world.duties("D55")
        assert [(c.holder, c.outcome) for c in world.all() if c.code == "D55" and c.outcome != "void"] == [
            ("edu", "met")
        ]
        world = self.asked()
        world.objects("hr", "2026-03-04")
        assert not world.duties("D55")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def agreeing(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": OTHER, "name": "县住建局", "kind": "department", "parent": GOVERNMENT})
        yield made


async def say(county: System, case: str, what: str, body: dict[str, Any], unit: str) -> Any:
    return await county.send("assignment", f"/cases/{case}/{what}", body, unit=unit, role=Role.unit_head, at=HANDED_AT)


@pytest.mark.asyncio(loop_scope="module")
async def test_two_departments_share_a_case_and_each_gives_its_part(agreeing: System):
    """第二十四条第一款, over real services: the one leads, the other one's opinion is a part of what it says."""
    case = await with_unit(agreeing)
    ok(await say(agreeing, case, "sharing", {"lead": UNIT, "co_units": [OTHER]}, UNIT))

    async def asked() -> bool:
        owed = ok(await agreeing.client.get(f"{agreeing.url('accountability')}/duties?holder={OTHER}"))
        return [item["code"] for item in owed["items"] if item["case_id"] == case] == ["D55"]

    await until(asked, "the unit owes its answer")
    ok(await say(agreeing, case, "sharing/answer", {"agreed": True}, OTHER))
    ok(await agreeing.notify(case, at=NOTIFIED_AT))
    await agreeing.caught_up()
    part = {"document": await document(agreeing, case, unit=OTHER)}
    given = await agreeing.send("mediation", f"/cases/{case}/parts", part, unit=OTHER, role=Role.unit_head, at=HEARD_AT)
    ok(given)
