"""第十八条、第二十条、第二十一条、第三十七条: help, talks and notices are offered; nothing follows from declining."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from contracts.intake import AnswerLearnt, DialogueHeld, PetitionerContacted, SkipLevelVisitRecorded
from contracts.periods import period
from contracts.vocabulary import (
    CategoryGroup,
    Channel,
    ContactOutcome,
    ContentCategory,
    DialogueGroup,
    ExternalSystem,
    Kind,
    Level,
    LoadOccasion,
    Route,
    SkipCause,
)
from services.accountability.case import Case
from services.chassis.directory import Directory
from services.intake.domain import classification, filing, rating
from services.intake.domain.external import ExternalReference, LinkedElsewhere
from services.intake.domain.outreach import (
    Contact,
    ContactPoint,
    Dialogue,
    DialogueAhead,
    HelpDayPassed,
    HelpGiven,
    HelpPlan,
    MoreThanInvited,
    PointEnded,
)
from services.intake.domain.registration import Registration
from services.intake.domain.visits import LoadPlan, NobodyCame, NoSuchDays, SkipLevelVisit, VisitAhead
from tests.rules import at, refuses

CASE, OTHER, ENTRY, PAPER = (UUID(int=n, version=4) for n in range(1, 5))
NOW = at("2025-09-01", "10:00")
ON = date(2025, 9, 1)


def point() -> ContactPoint:
    made = ContactPoint.blank(ENTRY)
    made.set_up("RSJ", "co-1", "P-1", at=NOW)
    return made


class TestHelp:
    """第三十七条第二款、第三款: 对确有困难的，帮扶救助."""

    def test_plan_names_officer_and_day_and_is_done_with_proof(self):
        plan = HelpPlan.blank(ENTRY)
        plan.file(CASE, "RSJ", "co-1", date(2025, 10, 1), PAPER, point(), at=NOW)
        assert (plan.state, plan.case, plan.contact_point) == ("to_do", CASE, ENTRY)
        plan.complete(PAPER, at=NOW)
        assert plan.state == "done"
        with refuses(HelpGiven):
            plan.complete(PAPER, at=NOW)

    def test_help_lies_ahead(self):
        with refuses(HelpDayPassed):
            HelpPlan.blank(ENTRY).file(CASE, "RSJ", "co-1", ON, PAPER, None, at=NOW)

    def test_nobody_helps_from_where_nobody_is(self):
        ended = point()
        ended.end(at=NOW)
        with refuses(PointEnded):
            HelpPlan.blank(ENTRY).file(CASE, "RSJ", "co-1", date(2025, 10, 1), PAPER, ended, at=NOW)
        with refuses(PointEnded):
            ended.end(at=NOW)


class TestDialogue:
    """第十八条第二款: 定期下访; a talk is offered, and declining it is a number without a consequence."""

    FACTS: Any = {
        "unit": "RSJ", "place": "P-1", "people": DialogueGroup.elderly, "held_on": ON, "invited_count": 5,
        "attended_count": 3, "declined_count": 2,
    }  # fmt: skip

    def test_who_declines_is_counted_and_not_named(self):
        held = Dialogue.blank(ENTRY)
        held.hold(at=NOW, **self.FACTS)
        assert set(DialogueHeld.body.names) == set(self.FACTS)
        assert all(kind in {"str", "date", "int"} or "Group" in kind for kind in DialogueHeld.__annotations__.values())

    def test_figures_are_possible(self):
        with refuses(MoreThanInvited):
            Dialogue.blank(ENTRY).hold(at=NOW, **self.FACTS | {"declined_count": 3})

    def test_day_is_possible(self):
        with refuses(DialogueAhead):
            Dialogue.blank(ENTRY).hold(at=NOW, **self.FACTS | {"held_on": date(2025, 9, 2)})

    @pytest.mark.parametrize("outcome", ContactOutcome)
    def test_nothing_follows_for_a_case_whatever_came_of_a_talk(self, outcome: ContactOutcome):
        made = Contact.blank(ENTRY)
        made.offer(CASE, "RSJ", "co-1", outcome, at=NOW)
        [event] = made.taken()
        assert isinstance(event, PetitionerContacted)
        seen, before = Case(CASE), Case(CASE)
        seen.take(1, event)
        before.seq, before.last_at, before.version = seen.seq, seen.last_at, seen.version
        assert seen == before


class TestSkipLevel:
    """第二十条: the cause is a fact about the levels below."""

    def test_batch_counts_with_its_persons_and_a_cause(self):
        made = SkipLevelVisit.blank(ENTRY)
        made.enter(CASE, Level.city, SkipCause.refused_below, 4, ON, came=True, at=NOW)
        [event] = made.taken()
        assert isinstance(event, SkipLevelVisitRecorded)
        assert (event.person_count, event.cause, event.level) == (4, SkipCause.refused_below, Level.city)
        with refuses(VisitAhead):
            SkipLevelVisit.blank(ENTRY).enter(
                CASE, Level.city, SkipCause.distrust, 1, date(2025, 9, 2), came=True, at=NOW
            )

    def test_who_writes_or_calls_has_gone_past_nobody(self):
        """第十七条、第二十条第一款: 采用走访形式."""
        with refuses(NobodyCame):
            SkipLevelVisit.blank(ENTRY).enter(CASE, Level.city, SkipCause.distrust, 1, ON, came=False, at=NOW)

    def test_causes_are_those_of_the_levels_below(self):
        assert set(SkipCause) == {SkipCause.no_answer_below, SkipCause.refused_below, SkipCause.distrust}


class TestLoad:
    """第二十条第四款: 认真接待处理群众来访; days on which many come need desks, and tell of nobody."""

    FACTS: Any = {
        "unit": "XFJ", "occasion": LoadOccasion.year_end, "first_on": ON, "last_on": date(2025, 9, 30),
        "expected_visits": 40, "desks": 5,
    }  # fmt: skip

    def test_plan_is_about_days_desks_and_nothing_else(self):
        plan = LoadPlan.blank(ENTRY)
        plan.plan(at=NOW, **self.FACTS)
        assert (plan.case, plan.desks) == (None, 5)

    @pytest.mark.parametrize("wrong", [{"last_on": date(2025, 8, 30)}, {"last_on": date(2026, 9, 1)}], ids=str)
    def test_days_lie_ahead_and_are_a_season_at_most(self, wrong: dict[str, Any]):
        with refuses(NoSuchDays):
            LoadPlan.blank(ENTRY).plan(at=NOW, **self.FACTS | wrong)


def test_number_in_another_system_is_one_case_here():
    """第二十一条第一款: 互联互通、信息共享; the second entry finds the first."""
    made = ExternalReference.blank(ExternalReference.stream_before(ExternalSystem.national, "GX-1"))
    for _ in range(2):
        made.link(CASE, ExternalSystem.national, ENTRY, at=NOW)
    assert len(made.taken()) == 1
    with refuses(LinkedElsewhere):
        made.link(OTHER, ExternalSystem.national, ENTRY, at=NOW)
    assert ExternalReference.stream_before(ExternalSystem.city, "GX-1") != made.id


def registered(route: Route) -> Registration:
    r = Registration.blank(CASE)
    filing.register(
        r, at=NOW, registration_no="XF-1", petition=OTHER, channel=Channel.letter, received_at=NOW,
        category=ContentCategory.housing, place="P-1", receiving_unit="XFJ", person_count=1, anonymous=False,
        secrecy_requested=False, content=PAPER, content_sha256="0" * 64,
    )  # fmt: skip
    classification.classify(
        r, Kind.appeal_for_resolution, route, ContentCategory.housing, at=NOW, unit="XFJ", as_receiver=False,
        accused_units=(), directory=Directory(),
    )  # fmt: skip
    r.taken()
    return r


@pytest.mark.parametrize(("route", "invited"), [(Route.petition_procedure, True), (Route.judicial, False)])
def test_petitioner_is_invited_to_rate_with_the_answer(route: Route, invited: bool):
    """第二十一条第二款: 满意度评价, within the thirty days of C17; what goes another way is not rated here."""
    r = registered(route)
    rating.learn_answer(r, NOW, at=NOW)
    [event] = r.taken()
    assert isinstance(event, AnswerLearnt)
    assert event.rate_until == (period("C17").last_day(NOW) if invited else None)
    assert r.rate_until == event.rate_until


def test_every_category_belongs_to_one_of_six_groups_or_to_the_rest():
    """第四十一条第一项: 信访事项分类统计."""
    groups = [CategoryGroup.of(category) for category in ContentCategory]
    assert set(groups) == set(CategoryGroup)
    assert groups.count(CategoryGroup.others) < len(groups) / 2
