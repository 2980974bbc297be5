"""信访工作条例 第二十三条、第三十二条: who came with a letter that was merged is told and answered like the first one."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from contracts.intake import PetitionsTakenOver
from contracts.mediation import (
    OpinionServed,
    PetitionerNotified,
    PetitionerServed,
    PetitionersLearnt,
    RemedyServedToPetitioner,
    ReviewJoined,
    ReviewOpinionServed,
)
from contracts.vocabulary import ClockOutcome, DuplicateReason, Result, ReviewResult
from services.assignment.domain.assigning import Assignment
from services.intake.domain import grouping
from services.mediation.domain import acceptance, opinion, receiving, remedy
from services.mediation.domain.acceptance import AlreadyNotified
from services.mediation.domain.ending import NotServedToAll
from services.mediation.domain.guards import NoSuchPetitioner, NotNotified
from services.mediation.domain.handling import Handling
from services.mediation.domain.opinion import AlreadyServed, NotDecided
from services.mediation.domain.remedy import NothingToReview, NotTheReviewBody, recheck_until, review_until
from tests.intake import filed
from tests.law.test_r34_waiting import SERVED as BY_POST
from tests.law.test_r34_waiting import World
from tests.mediation.cases import (
    CASE,
    NOTIFIED,
    REVIEWED,
    REVIEWER,
    SERVED,
    UNIT,
    accepted,
    after,
    ask_review,
    close,
    decided,
    delivered,
    opened,
    review,
    served,
)
from tests.rules import at, refuses

SECOND = UUID(int=2)


def joined(h: Handling) -> Handling:
    return after(h, lambda h: receiving.learn_petitioners(h, (SECOND,), at=NOTIFIED))


def notify(h: Handling, petition: UUID = SECOND) -> None:
    acceptance.notify_another(h, UNIT, petition, "受2号", delivered(NOTIFIED), at=NOTIFIED)


def serve(h: Handling, petition: UUID = SECOND, on=SERVED) -> None:
    opinion.serve_another(h, UNIT, petition, delivered(on), at=on)


class TestMerge:
    def test_second_petitioner_is_carried_over(self):
        one, other = filed.registered(), filed.registered()
        grouping.merge_into(one, other, at=filed.NOW)
        taken = other.taken()[0]
        assert isinstance(taken, PetitionsTakenOver)
        assert taken.others == tuple(one.petitions) == other.others

    def test_same_person_is_told_once(self):
        one, other = filed.registered(), filed.registered()
        grouping.merge_into(one, other, at=filed.NOW, same_petitioner=True)
        assert other.others == ()

    def test_person_whom_a_clerk_has_recognised_is_told_once(self):
        one, other = filed.registered(), filed.registered()
        grouping.confirm_duplicate(one, other, [DuplicateReason.same_person], at=filed.NOW)
        grouping.merge_into(one, other, at=filed.NOW)
        assert other.others == ()

    def test_whoever_came_with_a_case_merged_before_is_not_forgotten(self):
        first, second, third = filed.registered(), filed.registered(), filed.registered()
        grouping.merge_into(first, second, at=filed.NOW)
        grouping.merge_into(second, third, at=filed.NOW)
        assert set(third.others) == {*first.petitions, *second.petitions}

    def test_nobody_is_told_whose_name_is_unclear(self):
        """第二十三条第二款."""
        one, other = filed.registered(anonymous=True), filed.registered()
        grouping.merge_into(one, other, at=filed.NOW)
        assert other.others == ()

    def test_assignment_learns_them_once(self):
        assignment = Assignment.blank(CASE)
        assignment.join((SECOND,), at=NOTIFIED)
        assert not assignment.exists  # told with the classification, when there is one


class TestNotice:
    def test_each_is_told_once(self):
        h = joined(accepted())
        notify(h)
        with refuses(AlreadyNotified):
            notify(h)

    def test_nobody_before_the_case_is_accepted(self):
        with refuses(NotNotified):
            notify(joined(opened()))

    def test_only_those_who_have_petitioned(self):
        with refuses(NoSuchPetitioner):
            notify(accepted())


class TestOpinion:
    def test_case_is_not_closed_before_everybody_has_the_opinion(self):
        h = joined(served(Result.explain))
        with refuses(NotServedToAll):
            close(h)
        serve(h)
        close(h)

    def test_each_is_served_once(self):
        h = joined(decided())
        serve(h)
        with refuses(AlreadyServed):
            serve(h)

    def test_nobody_before_it_is_issued(self):
        with refuses(NotDecided):
            serve(joined(accepted()))

    def test_review_may_be_asked_until_the_last_of_them_has_had_thirty_days(self):
        """第三十五条: 自收到书面答复之日起."""
        h = joined(served(Result.explain))
        assert review_until(h) == date(2025, 10, 9)
        serve(h, on=at("2025-09-22"))
        assert review_until(h) == date(2025, 10, 22)


class TestClocks:
    @pytest.fixture
    def world(self) -> World:
        return World()

    def test_notice_and_opinion_are_owed_to_each(self, world: World):
        case = world.registers(at("2026-03-02"))
        world.forwards(case, at("2026-03-03"))
        world.happens(case, PetitionersLearnt, at("2026-03-10"), petitions=(SECOND,))
        assert (world.the(case, "C3o").due_on, world.the(case, "C3o").holder) == (date(2026, 3, 25), "dept")
        world.accepts(case, at("2026-03-12"))
        assert world.the(case, "C3o").open
        world.happens(
            case, PetitionerNotified, at("2026-03-13"), by="dept", petition=SECOND, notice_no="2",
            served_at=at("2026-03-13"), **BY_POST,
        )  # fmt: skip
        assert world.the(case, "C3o").outcome is ClockOutcome.met
        world.happens(case, OpinionServed, at("2026-03-20"), by="dept", served_at=at("2026-03-20"), **BY_POST)
        assert (world.the(case, "C5o").item, world.the(case, "C5o").due_on) == (str(SECOND), date(2026, 3, 27))
        world.happens(
            case, PetitionerServed, at("2026-03-24"), by="dept", petition=SECOND, served_at=at("2026-03-24"), **BY_POST
        )
        assert world.the(case, "C5o").outcome is ClockOutcome.met
        assert world.the(case, "C8o").due_on == date(2026, 4, 23)

    def test_those_who_came_before_the_unit_had_the_case_are_told_by_it(self, world: World):
        case = world.registers(at("2026-03-02"))
        world.happens(case, PetitionersLearnt, at("2026-03-03"), petitions=(SECOND, uuid4()))
        assert not [clock for clock in world.of(case) if clock.code == "C3o"]
        world.forwards(case, at("2026-03-05"))
        assert len([clock for clock in world.of(case) if clock.code == "C3o" and clock.holder == "dept"]) == 2


class TestRemedy:
    """第三十五条、第三十六条: one review for all who ask, and its answer for each who had petitioned."""

    def test_who_asks_while_a_review_is_open_has_the_same_answer_by_its_day(self):
        h = joined(served(Result.explain))
        serve(h)
        ask_review(h)
        h.taken()
        ask_review(h)
        assert [type(event) for event in h.taken()] == [ReviewJoined]
        assert h.state == "review_open"

    def test_petitioner_who_is_alone_asks_once(self):
        h = served(Result.explain)
        ask_review(h)
        with refuses(NothingToReview):
            ask_review(h)

    def test_each_is_served_once_by_whoever_looked_again(self):
        h = joined(served(Result.explain))
        serve(h)
        ask_review(h)
        with refuses(NotDecided):
            remedy.serve_on_another(h, REVIEWER, SECOND, delivered(REVIEWED), recheck=False, at=REVIEWED)
        review(h)
        assert h.unserved == (SECOND,)
        with refuses(NotTheReviewBody):
            remedy.serve_on_another(h, UNIT, SECOND, delivered(REVIEWED), recheck=False, at=REVIEWED)
        with refuses(NoSuchPetitioner):
            remedy.serve_on_another(h, REVIEWER, uuid4(), delivered(REVIEWED), recheck=False, at=REVIEWED)
        later = REVIEWED + timedelta(days=3)
        remedy.serve_on_another(h, REVIEWER, SECOND, delivered(later), recheck=False, at=later)
        assert h.unserved == ()
        with refuses(AlreadyServed):
            remedy.serve_on_another(h, REVIEWER, SECOND, delivered(later), recheck=False, at=later)

    def test_recheck_may_be_asked_until_the_last_of_them_has_had_thirty_days(self):
        h = joined(served(Result.explain))
        serve(h)
        ask_review(h)
        review(h)
        before, later = recheck_until(h), REVIEWED + timedelta(days=10)
        remedy.serve_on_another(h, REVIEWER, SECOND, delivered(later), recheck=False, at=later)
        assert before is not None
        assert recheck_until(h) == before + timedelta(days=10)

    def test_review_opinion_is_owed_to_each_by_the_reviewing_body(self):
        world = World()
        case = world.registers(at("2026-03-02"))
        world.forwards(case, at("2026-03-03"))
        world.happens(case, PetitionersLearnt, at("2026-03-04"), petitions=(SECOND,))
        world.happens(
            case, ReviewOpinionServed, at("2026-03-20"), by="gov", opinion_no="1", result=ReviewResult.uphold,
            document=uuid4(), served_at=at("2026-03-20"), recheck_body="city", **BY_POST,
        )  # fmt: skip
        clock = world.the(case, "C9o")
        assert (clock.item, clock.holder, clock.due_on) == (str(SECOND), "gov", date(2026, 3, 27))
        world.happens(
            case, RemedyServedToPetitioner, at("2026-03-24"), by="gov", petition=SECOND, served_at=at("2026-03-24"),
            **BY_POST,
        )  # fmt: skip
        assert clock.outcome is ClockOutcome.met
        assert world.the(case, "C10o").due_on == date(2026, 4, 23)

    @pytest.mark.parametrize("served_on", ["2026-03-24", "2026-04-08"])
    def test_case_is_to_be_closed_when_the_last_of_them_can_ask_no_more(self, served_on: str):
        """第三十五条: nobody owes the end of a case that may not end yet."""
        world = World()
        case = world.registers(at("2026-03-02"))
        world.forwards(case, at("2026-03-03"))
        world.accepts(case, at("2026-03-04"))
        world.happens(case, PetitionersLearnt, at("2026-03-04"), petitions=(SECOND,))
        world.happens(case, OpinionServed, at("2026-03-20"), by="dept", served_at=at("2026-03-20"), **BY_POST)
        world.happens(
            case, PetitionerServed, at(served_on), by="dept", petition=SECOND, served_at=at(served_on), **BY_POST
        )
        world.passes(at("2026-04-21"))
        assert not [clock for clock in world.of(case) if clock.code == "D4"]  # the first one's last day was 20 April
        last = world.the(case, "C8o").due_on
        assert last is not None
        world.passes(at(str(last + timedelta(days=1))))
        [closing] = (clock for clock in world.of(case) if clock.code == "D4")
        assert (closing.open, closing.started_at and closing.started_at.date()) == (True, last)
