"""信访工作条例 第二十二条: a petition that comes after the end, or after the answer, has an owner and a day."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest

from contracts.event import Event, typed_before
from contracts.intake import AnswerLearnt, AnswerUndone, NoLongerAccepted, PetitionAttached, RepeatAnswered
from contracts.mediation import CaseClosed, CaseTerminated, OpinionServed
from contracts.vocabulary import Channel, ClockOutcome, Role, ServiceMethod, TerminationGround
from services.intake.domain import acceptance, filing
from services.intake.domain.acceptance import CaseGoesOn, NotARepeat, ToldBefore
from services.intake.domain.registration import Registration
from tests.harness import BUREAU, GOVERNMENT, System, petition
from tests.intake import filed
from tests.law.test_r34_waiting import SERVED, World
from tests.rules import at, refuses
from tests.steps import act, clocks, document, ok, served

NOTICE = {"notice_no": "复1号", "method": ServiceMethod.post, "receipt": typed_before("R-1")}


class Ended(World):
    """A case that was answered and closed, about which somebody comes again."""

    def __init__(self) -> None:
        super().__init__()
        self.old = self.registers(at("2026-03-02"))
        self.forwards(self.old, at("2026-03-03"))
        self.accepts(self.old, at("2026-03-04"))
        self.happens(self.old, OpinionServed, at("2026-03-10"), served_at=at("2026-03-10"), **SERVED)
        self.passes("2026-04-10")
        self.happens(self.old, CaseClosed, at("2026-04-13"), result="explain")
        assert self.cases[self.old].next_duty is None

    def comes_again(self, received: str, *, after_end: bool = True) -> UUID:
        return again(self, self.old, received, after_end=after_end)


def again(world: World, case: UUID, received: str, *, after_end: bool = True) -> UUID:
    petition = uuid4()
    world.happens(
        case, PetitionAttached, at(received), petition=petition, registration_no="XF2", channel=Channel.letter,
        received_at=at(received), receiving_unit="desk", person_count=1, anonymous=False, content=uuid4(),
        content_sha256="a", after_end=after_end,
    )  # fmt: skip
    return petition


def test_petition_on_a_closed_case_is_owed_an_answer_by_whoever_received_it():
    """第二十二条: 自收到该信访事项之日起15日内."""
    world = Ended()
    world.comes_again("2026-05-11")
    duty = world.cases[world.old].next_duty
    assert duty is not None
    assert (duty.code, duty.holder, duty.due_on) == ("C1", "desk", date(2026, 5, 26))


def test_each_that_comes_has_a_day_of_its_own_and_an_answer_ends_just_that_one():
    world = Ended()
    one, other = world.comes_again("2026-05-11"), world.comes_again("2026-05-20")
    world.happens(world.old, RepeatAnswered, at("2026-05-22"), petition=one, served_at=at("2026-05-22"), **NOTICE)
    clocks = {clock.item: clock for clock in world.of(world.old) if clock.item}
    assert clocks[str(one)].outcome is ClockOutcome.met
    assert (clocks[str(other)].open, clocks[str(other)].due_on) == (True, date(2026, 6, 4))
    world.happens(world.old, NoLongerAccepted, at("2026-06-08"), petition=other, served_at=at("2026-06-08"), **NOTICE)
    assert clocks[str(other)].outcome is ClockOutcome.late


def test_petition_on_a_case_that_goes_on_is_answered_in_it():
    world = World()
    case = world.registers(at("2026-03-02"))
    assert len([clock for clock in world.of(case) if clock.code == "C1"]) == 1


class TestAfterTheAnswer:
    """Who writes once more within the thirty days: nobody else is asked, so whoever received it owes an answer."""

    def answered(self) -> tuple[World, UUID]:
        world = World()
        case = world.registers(at("2026-03-02"))
        world.forwards(case, at("2026-03-03"))
        world.accepts(case, at("2026-03-04"))
        world.happens(case, OpinionServed, at("2026-03-10"), served_at=at("2026-03-10"), **SERVED)
        return world, case

    @pytest.mark.parametrize("end", [CaseClosed, CaseTerminated])
    def test_the_end_of_the_case_is_no_answer_to_it(self, end: type[Event]):
        world, case = self.answered()
        petition = again(world, case, "2026-03-20")
        said = {"result": "explain"} if end is CaseClosed else {"ground": TerminationGround.rechecked}
        world.happens(case, end, at("2026-03-25"), **said)
        clock = next(clock for clock in world.of(case) if clock.item == str(petition))
        assert (clock.code, clock.open, clock.holder, clock.due_on) == ("C1", True, "desk", date(2026, 4, 7))

    def test_where_the_answer_is_none_any_more_the_case_answers_it(self):
        world, case = self.answered()
        petition = again(world, case, "2026-03-20")
        world.happens(case, AnswerUndone, at("2026-03-25"))
        clock = next(clock for clock in world.of(case) if clock.item == str(petition))
        assert clock.outcome is ClockOutcome.void


@pytest.mark.servers
async def test_who_writes_after_the_answer_is_owed_one_by_who_received_it(huiyin: System):
    """Also where intake has not heard of the answer yet; and what comes while another body looks again belongs to that."""
    async with huiyin.within():
        await huiyin.establish()
        case = await served(huiyin, "explain")
        letter = ok(await huiyin.send("intake", f"/cases/{case}/petitions", petition(), role=Role.intake_clerk), 201)
        await huiyin.caught_up()
        [mine] = [clock for clock in await clocks(huiyin, case) if clock["item"] == letter["petition_id"]]
        assert (mine["code"], mine["holder"], mine["state"]) == ("C1", BUREAU, "running")
        asked = {
            "document": await document(huiyin, case, "review_application"),
            "received_at": "2025-09-10T10:00:00+08:00",
        }
        ok(
            await act(
                huiyin, case, "review", asked, at="2025-09-10T10:00:00+08:00", role=Role.reviewer, unit=GOVERNMENT
            )
        )
        later = ok(await huiyin.send("intake", f"/cases/{case}/petitions", petition(), role=Role.intake_clerk), 201)
        await huiyin.caught_up()
        assert later["petition_id"] not in {clock["item"] for clock in await clocks(huiyin, case)}


class TestAnswer:
    @staticmethod
    def came_again() -> tuple[Registration, UUID]:
        registration, petition = filed.closed(), uuid4()
        filing.attach(registration, at=at("2026-05-11"), **filed.facts(petition=petition))
        return registration, petition

    @staticmethod
    def answer(registration: Registration, petition: UUID, new_case: UUID | None = None) -> None:
        acceptance.answer_repeat(
            registration, petition, new_case=new_case, served_at=at("2026-05-12"), at=at("2026-05-12"), **NOTICE
        )

    def test_intake_says_that_it_came_after_the_end(self):
        registration, _ = self.came_again()
        attached = registration.taken()[-1]
        assert isinstance(attached, PetitionAttached)
        assert attached.after_end

    def test_it_is_answered_once(self):
        registration, petition = self.came_again()
        self.answer(registration, petition)
        with refuses(ToldBefore):
            self.answer(registration, petition)

    def test_what_is_new_in_it_is_a_new_case(self):
        """第三十六条第三款 (by contrast): new facts and reasons are registered and accepted like any other."""
        registration, petition = self.came_again()
        self.answer(registration, petition, new_case=uuid4())
        answered = registration.taken()[-1]
        assert isinstance(answered, RepeatAnswered)
        assert answered.new_case is not None

    def test_first_petition_is_no_repeat(self):
        registration, _ = self.came_again()
        with refuses(NotARepeat):
            self.answer(registration, next(iter(registration.petitions)))

    def test_who_has_the_answer_and_comes_again_is_answered_though_the_case_is_open(self):
        registration, petition = filed.registered(), uuid4()
        registration.record(AnswerLearnt, at=filed.NOW, served_at=filed.NOW, rate_until=None)
        filing.attach(registration, at=at("2026-05-11"), later=True, **filed.facts(petition=petition))
        self.answer(registration, petition)
        assert registration.repeats_answered == (petition,)

    def test_case_that_goes_on_answers_all_its_petitions(self):
        registration, petition = filed.registered(), uuid4()
        filing.attach(registration, at=at("2026-05-11"), **filed.facts(petition=petition))
        with refuses(CaseGoesOn):
            self.answer(registration, petition)
