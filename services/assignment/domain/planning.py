"""The rules of 五个一: one case has one leader, one team and one plan, and is followed step by step to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.assignment import (
    CampaignStarted,
    MilestonePlanned,
    MilestoneReached,
    PlanFiled,
    TeamNamed,
)
from contracts.periods.calendar import day, is_working_day
from contracts.vocabulary import Milestone
from services.assignment.domain.campaign import Campaign
from services.assignment.domain.sponsorship import LEADERS_ARTICLE, led_by
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


def name_team(c: Campaign, lead_unit: str, units: Sequence[str], officers: Sequence[str], *, at: datetime) -> None:
    """Settle who works on the case; a later team takes the place of the one before."""
    led_by(c)
    c.record(TeamNamed, at=at, lead_unit=lead_unit, units=tuple(units), officers=tuple(officers))


def file_plan(c: Campaign, document: UUID, due_on: date, steps: Mapping[Milestone, int], *, at: datetime) -> None:
    """File the plan; each step is due so many working days before the last day."""
    led_by(c)
    if c.plan_due_on is not None:
        raise PlanAlreadyFiled
    if due_on <= day(at):
        raise MilestonePassed
    due = {step: working_days_before(due_on, count) for step, count in steps.items()}
    if too_early := [step.title for step in due if due[step] <= day(at)]:
        raise MilestonePassed("、".join(too_early))
    c.record(PlanFiled, at=at, document=document, due_on=due_on)
    for step, on in due.items():
        c.record(MilestonePlanned, at=at, milestone=step, working_days_before=steps[step], due_on=on)


def begin(c: Campaign, *, at: datetime) -> None:
    """Begin the work by leader, team and plan (五个一)."""
    if c.started:
        raise CampaignAlreadyStarted
    if missing := [paper.title for paper, there in c.settled.items() if not there]:
        raise FiveOnesIncomplete(f"缺：{'、'.join(missing)}")
    c.record(CampaignStarted, at=at, sponsor=c.sponsor, lead_unit=c.lead_unit)


def reach(c: Campaign, milestone: Milestone, document: UUID, *, at: datetime) -> None:
    """Note that a step is done, in time or late."""
    if not c.started:
        raise CampaignNotStarted
    if milestone not in c.milestones or milestone in c.reached:
        raise MilestoneNotOpen(milestone.title)
    c.record(MilestoneReached, at=at, milestone=milestone, document=document)


def working_days_before(due_on: date, count: int) -> date:
    """Return the day so many working days before another one."""
    on = due_on
    while count:
        on -= timedelta(days=1)
        count -= is_working_day(on)
    return on
