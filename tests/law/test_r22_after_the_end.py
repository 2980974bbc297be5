"""信访工作条例 第二十二条: a petition that comes when its case has ended has an owner and a day, and is answered."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from contracts.intake import NoLongerAccepted, PetitionAttached, RepeatAnswered
from contracts.mediation import CaseClosed, OpinionServed
from contracts.vocabulary import Channel, ClockOutcome, ServiceMethod
from services.intake.domain import acceptance, filing
from services.intake.domain.acceptance import CaseGoesOn, NotARepeat, ToldBefore
from services.intake.domain.registration import Registration
from tests.intake import filed
from tests.law.test_r34_waiting import SERVED, World
from tests.rules import at, refuses

NOTICE = {"notice_no": "复1号", "method": ServiceMethod.post, "receipt": "R-1"}


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
        petition = uuid4()
        self.happens(
            self.old, PetitionAttached, at(received), petition=petition, registration_no="XF2", channel=Channel.letter,
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

    def test_case_that_goes_on_answers_all_its_petitions(self):
        registration, petition = filed.registered(), uuid4()
        filing.attach(registration, at=at("2026-05-11"), **filed.facts(petition=petition))
        with refuses(CaseGoesOn):
            self.answer(registration, petition)
