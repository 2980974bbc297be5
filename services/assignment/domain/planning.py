"""The rules of 五个一: one case has one leader, one team and one plan, and is followed step by step to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.assignment import (
    CampaignStarted,
    MilestoneMissed,
    MilestonePlanned,
    MilestoneReached,
    PlanFiled,
    TeamNamed,
)
from contracts.periods.calendar import day, is_working_day
from contracts.vocabulary import Milestone, SixOnePaper
from services.assignment.domain.sponsorship import LEADERS_ARTICLE, Sponsorship
from services.chassis.aggregate import when
from services.chassis.errors import Invalid, Refused

HANDLING_ARTICLE: Final = "信访工作条例 第二十八条第一款"


class PlanAlreadyFiled(Refused):
    """The days of a plan stand; a plan that moves with the delay measures nothing."""

    code = "plan_already_filed"
    title = "处置方案已制定"
    article = HANDLING_ARTICLE


class MilestonePassed(Invalid):
    """Counted back from the last day, a step would be due before there was a plan."""

    code = "milestone_passed"
    title = "倒排后的节点日期已过"
    article = HANDLING_ARTICLE


class FiveOnesIncomplete(Refused):
    """The work by a team does not begin before leader, team and plan are settled."""

    code = "five_ones_incomplete"
    title = "领导、班子、方案尚未齐备"
    article = LEADERS_ARTICLE


class CampaignAlreadyStarted(Refused):
    """The work begins once."""

    code = "campaign_already_started"
    title = "已启动专班办理"
    article = LEADERS_ARTICLE


class CampaignNotStarted(Refused):
    """No step is done before the work has begun."""

    code = "campaign_not_started"
    title = "尚未启动专班办理"
    article = LEADERS_ARTICLE


class MilestoneNotOpen(Refused):
    """The plan has no such step, or it is done."""

    code = "milestone_not_open"
    title = "方案中没有该节点，或该节点已完成"
    article = HANDLING_ARTICLE


class NoMilestoneOverdue(Refused):
    """Every step that is due is done or on record as missed."""

    code = "no_milestone_overdue"
    title = "没有新的逾期节点"
    article = HANDLING_ARTICLE


class Planning(Sponsorship):
    """Who works on a sponsored case beside its leader, by which plan, and how far they are."""

    def start(self) -> None:
        """There is no team and no plan yet."""
        super().start()
        self.lead_unit: str | None = None
        self.units: list[str] = []
        self.officers: list[str] = []
        self.plan_due_on: date | None = None
        self.milestones: dict[Milestone, date] = {}
        self.reached: list[Milestone] = []
        self.missed: list[Milestone] = []
        self.started = False

    @property
    def next_due_on(self) -> date | None:
        """The next day on which a step is due."""
        return min((due for step, due in self.milestones.items() if step not in self.reached), default=None)

    @property
    def settled(self) -> dict[SixOnePaper, bool]:
        """Which of leader, team and plan there are."""
        return {
            SixOnePaper.leader: self.sponsor is not None,
            SixOnePaper.team: self.lead_unit is not None,
            SixOnePaper.plan: self.plan_due_on is not None,
        }

    def name_team(self, lead_unit: str, units: Sequence[str], officers: Sequence[str], *, at: datetime) -> None:
        """Settle who works on the case; a later team takes the place of the one before."""
        self.led_by()
        self.record(TeamNamed, at=at, lead_unit=lead_unit, units=tuple(units), officers=tuple(officers))

    def file_plan(self, document: UUID, due_on: date, steps: Mapping[Milestone, int], *, at: datetime) -> None:
        """File the plan; each step is due so many working days before the last day."""
        self.led_by()
        if self.plan_due_on is not None:
            raise PlanAlreadyFiled
        if due_on <= day(at):
            raise MilestonePassed
        due = {step: working_days_before(due_on, count) for step, count in steps.items()}
        if too_early := [step.title for step in due if due[step] <= day(at)]:
            raise MilestonePassed("、".join(too_early))
        self.record(PlanFiled, at=at, document=document, due_on=due_on)
        for step, on in due.items():
            self.record(MilestonePlanned, at=at, milestone=step, working_days_before=steps[step], due_on=on)

    def begin(self, *, at: datetime) -> None:
        """Begin the work by leader, team and plan (五个一)."""
        if self.started:
            raise CampaignAlreadyStarted
        if missing := [paper.title for paper, there in self.settled.items() if not there]:
            raise FiveOnesIncomplete(f"缺：{'、'.join(missing)}")
        self.record(CampaignStarted, at=at, sponsor=self.sponsor, lead_unit=self.lead_unit)

    def reach(self, milestone: Milestone, document: UUID, *, at: datetime) -> None:
        """Note that a step is done, in time or late."""
        if not self.started:
            raise CampaignNotStarted
        if milestone not in self.milestones or milestone in self.reached:
            raise MilestoneNotOpen(milestone.title)
        self.record(MilestoneReached, at=at, milestone=milestone, document=document)

    def miss(self, *, at: datetime) -> None:
        """Put on record, once each, the steps whose last day has passed."""
        known = {*self.reached, *self.missed}
        overdue = {step: due for step, due in self.milestones.items() if due < day(at) and step not in known}
        if not overdue:
            raise NoMilestoneOverdue
        for step, due in overdue.items():
            self.record(MilestoneMissed, at=at, milestone=step, due_on=due)

    @when
    def _(self, event: TeamNamed) -> None:
        self.lead_unit, self.units, self.officers = event.lead_unit, list(event.units), list(event.officers)

    @when
    def _(self, event: PlanFiled) -> None:
        self.plan_due_on = event.due_on

    @when
    def _(self, event: MilestonePlanned) -> None:
        self.milestones[event.milestone] = event.due_on

    @when
    def _(self, _: CampaignStarted) -> None:
        self.started = True

    @when
    def _(self, event: MilestoneReached) -> None:
        self.reached.append(event.milestone)

    @when
    def _(self, event: MilestoneMissed) -> None:
        self.missed.append(event.milestone)


def working_days_before(due_on: date, count: int) -> date:
    """Return the day so many working days before another one."""
    on = due_on
    while count:
        on -= timedelta(days=1)
        count -= is_working_day(on)
    return on
