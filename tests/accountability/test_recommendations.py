"""Recommendations that are answered in writing, and projects that do not start unassessed."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.event import typed_before
from contracts.vocabulary import Level, RecommendationKind, Role, UnitKind
from services.accountability.domain.addressing import Matter
from services.accountability.domain.projects import (
    LinkedAlready,
    NobodyHeard,
    NotAssessed,
    NotTheProjectUnit,
    NotYetHappened,
    Project,
    ProjectHasBegun,
    ReportIncomplete,
    RequiredAlready,
)
from services.accountability.domain.recommendations import (
    AnsweredAlready,
    Blame,
    NotAboutResponsibility,
    NotTheAddressee,
    OutcomeRecorded,
    Recommendation,
    ServedLater,
    ToItself,
)
from tests.rules import at, check_replay, refuses
from tests.units import county, entry, staff

CASE, ENTRY, PAPER = (UUID(int=n, version=4) for n in (1, 2, 3))
NOW, TODAY = at("2025-09-01"), date(2025, 9, 1)
TOMORROW = date(2025, 9, 2)


BODIES: Final = county(
    entry("JWJW", Level.county, "XW", kind=UnitKind.discipline_organ),
    entry("RSJ", officers=staff(h_1=Role.unit_head)),
)


def serve(
    made: Recommendation,
    kind: RecommendationKind = RecommendationKind.pursue_responsibility,
    addressee: str | None = None,
    served=NOW,
) -> None:
    addressee = addressee or ("XW" if kind is RecommendationKind.improve_policy else "JWJW")
    made.serve(
        Matter(CASE, frozenset({"JWJW"})), "建1号", kind, "XFJ", addressee, PAPER, served, typed_before("R-1"), BODIES, at=NOW,
        blame=Blame("RSJ", ("h-1",), PAPER),
    )  # fmt: skip


def reply(made: Recommendation, unit: str = "JWJW", adopted: bool = True) -> None:
    made.reply(unit, PAPER, adopted=adopted, at=NOW)


def decide(made: Recommendation) -> None:
    made.decide(made.addressee, typed_before("纪1号"), PAPER, BODIES, at=NOW)


def recommended(*acts: Any) -> Recommendation:
    made = Recommendation.blank(ENTRY)
    for act in acts:
        act(made)
    return made


class TestRecommendation:
    """第十四条第六项, 第四十条."""

    def test_recommendation_is_served_answered_and_decided_on(self):
        states = [recommended(*[serve, reply, decide][:count]).state for count in (1, 2, 3)]
        assert states == ["served", "replied", "decided"]
        assert recommended(serve).case == CASE

    def test_organ_recommends_nothing_to_itself(self):
        with refuses(ToItself):
            serve(Recommendation.blank(ENTRY), addressee="XFJ")

    def test_it_is_served_by_now(self):
        with refuses(ServedLater):
            serve(Recommendation.blank(ENTRY), served=at("2025-09-02"))

    def test_only_the_addressee_answers(self):
        """第四十条第四款."""
        with refuses(NotTheAddressee):
            reply(recommended(serve), "RSJ")

    def test_answer_is_given_once(self):
        """第四十条第四款: also the one that it is not adopted."""
        with refuses(AnsweredAlready):
            reply(recommended(serve, lambda r: reply(r, adopted=False)))

    @pytest.mark.parametrize("kind", [RecommendationKind.improve_work, RecommendationKind.improve_policy])
    def test_improvement_ends_in_no_decision_about_anybody(self, kind: RecommendationKind):
        """第四十条第三款."""
        with refuses(NotAboutResponsibility):
            decide(recommended(lambda r: serve(r, kind)))

    def test_outcome_is_recorded_once(self):
        """第四十条第三款."""
        with refuses(OutcomeRecorded):
            decide(recommended(serve, decide))


def require(made: Project) -> None:
    made.require("G-1", "JTJ", at=NOW)


def file(made: Project, unit: str = "JTJ", points: UUID | None = PAPER, plan: UUID | None = PAPER) -> None:
    made.file(unit, points, PAPER, plan, at=NOW)


def consult(made: Project, on: date = TODAY) -> None:
    made.consult("JTJ", on, 30, PAPER, at=NOW)


def begin(made: Project) -> None:
    made.begin("JTJ", at=NOW)


def flag(made: Project, on: date = TODAY) -> None:
    made.flag("G-1", "JTJ", on, at=NOW)


def link(made: Project) -> None:
    made.link(CASE, at=NOW)


def project(*acts: Any) -> Project:
    made = Project.blank(ENTRY)
    for act in acts:
        act(made)
    return made


class TestProject:
    """重大行政决策程序暂行条例 第二十二条 to 第二十四条."""

    def test_project_begins_after_its_assessment(self):
        states = [project(*[require, consult, file, begin][:count]).state for count in (1, 2, 3, 4)]
        assert states == ["required", "required", "assessed", "started"]
        assert project(require).case is None

    def test_nothing_unassessed_begins(self):
        """未评不决."""
        with refuses(NotAssessed):
            begin(project(require, consult))

    def test_nothing_begins_before_those_concerned_were_heard(self):
        """第十四条: 充分听取意见; a consultation to which nobody came has heard nobody."""
        with refuses(NobodyHeard):
            begin(project(require, file))
        with refuses(NobodyHeard):
            begin(project(require, file, lambda made: made.consult("JTJ", TODAY, 0, PAPER, at=NOW)))
        assert project(require, file, consult, begin).state == "started"

    @pytest.mark.parametrize("missing", ["points", "plan"])
    def test_report_has_three_parts(self, missing: str):
        """第二十三条."""
        with refuses(ReportIncomplete):
            file(project(require), **{missing: None})

    def test_report_may_be_filed_anew_until_the_project_begins(self):
        file(project(require, file))
        with refuses(ProjectHasBegun):
            file(project(require, consult, file, begin))

    def test_only_the_unit_that_plans_it_files(self):
        with refuses(NotTheProjectUnit):
            file(project(require), "RSJ")

    def test_project_is_listed_once(self):
        with refuses(RequiredAlready):
            require(project(require))

    def test_hearing_of_tomorrow_is_impossible(self):
        consult(project(require))
        with refuses(NotYetHappened):
            consult(project(require), TOMORROW)
        with refuses(NotYetHappened):
            flag(project(), TOMORROW)

    @pytest.mark.parametrize("before", [(), (require,)])
    def test_project_that_began_unassessed_is_flagged_listed_or_not(self, before: Any):
        """应评尽评: an assessment afterwards is none."""
        made = project(*before, flag)
        assert made.state == "unassessed"
        with refuses(ProjectHasBegun):
            file(made)

    @pytest.mark.parametrize("before", [(flag,), (require, consult, file, begin)])
    def test_what_has_begun_is_not_flagged(self, before: Any):
        with refuses(ProjectHasBegun):
            flag(project(*before))

    def test_case_counts_once_against_a_project(self):
        """第十四条."""
        assert project(require, link).linked_cases == [CASE]
        with refuses(LinkedAlready):
            link(project(require, link))


class TestReplay:
    @given(st.lists(st.sampled_from([reply, decide]), max_size=5))
    def test_recommendation_is_what_its_history_says(self, commands: list[Any]):
        check_replay(Recommendation, ENTRY, [serve, *commands])

    @given(st.lists(st.sampled_from([require, file, consult, begin, flag, link]), max_size=8))
    def test_project_is_what_its_history_says(self, commands: list[Any]):
        check_replay(Project, ENTRY, [require, *commands])
