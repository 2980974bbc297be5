"""What comes, in figures: what it is about, why people go past the levels below, whom a unit has spoken with.

They are for offices to see where problems are. None of them is a score, and few of anything are not shown: fewer than
five could be somebody.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time
from typing import Any, Final

from pydantic import BaseModel

from contracts.periods.calendar import LEGAL_TIME
from contracts.vocabulary import CategoryGroup, ContentCategory, DialogueGroup, Level, SkipCause
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.questions import Answer, Question, rows
from services.chassis.running import Running
from services.chassis.views import EVERYONE
from services.intake.views import NO_REPORT, NOT_UNDER_SEAL

FEW: Final = 5
"""Fewer than these are not shown."""
_CATEGORIES: Final = f"""
SELECT category, count(*) AS cases FROM case_view
WHERE received_at >= $1 AND received_at < $2 AND {NO_REPORT.condition} AND state NOT IN ('merged', 'split')
GROUP BY category
"""  # noqa: S608  # a condition of ours
_SKIPPED: Final = f"""
SELECT level, cause, count(*) AS batches, sum(person_count) AS persons FROM skip_level_visit_view
WHERE visited_on BETWEEN $1 AND $2 AND {NOT_UNDER_SEAL.condition}
GROUP BY level, cause ORDER BY level, cause
"""  # noqa: S608  # a condition of ours
_TALKS: Final = """
SELECT people, count(*) AS dialogues, sum(invited_count) AS invited, sum(attended_count) AS attended,
       sum(declined_count) AS declined
FROM dialogue_view WHERE held_on BETWEEN $1 AND $2 GROUP BY people ORDER BY people
"""


class OfPeriod(Question):
    """A question about a period, both of its days included."""

    since: Day
    until: Day

    def moments(self) -> tuple[datetime, datetime]:
        """Return when the period begins, and when the day after it does."""
        first, last = (datetime.combine(on, time(), LEGAL_TIME) for on in (self.since, self.until))
        return first, last.replace(hour=23, minute=59, second=59, microsecond=999_999)


class Share(BaseModel):
    """A group of problems, and its share; nothing is said of few."""

    group: CategoryGroup
    title: str
    cases: int | None
    share_percent: float | None


class Shares(BaseModel):
    """The six groups and what is left, of all cases that came in."""

    total: int
    items: list[Share]


class CategoryShares(OfPeriod, path="/statistics/categories", called="六类问题占比", sight=NO_REPORT, reply=Shares):
    """Show what the cases of a period are about; reports about officials are not counted (第四十一条第一项)."""

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        counted: Counter[CategoryGroup] = Counter()
        for row in await rows(running.store, _CATEGORIES, *self.moments()):
            counted[CategoryGroup.of(ContentCategory[row["category"]])] += row["cases"]
        total = counted.total()
        return Answer({"total": total, "items": [_share(group, counted[group], total) for group in CategoryGroup]})


def _share(group: CategoryGroup, cases: int, total: int) -> dict[str, Any]:
    shown = cases == 0 or cases >= FEW
    share = round(100 * cases / total, 1) if total and shown else None
    return {"group": group, "title": group.title, "cases": cases if shown else None, "share_percent": share}


class Skipped(BaseModel):
    """How many batches and persons went to a level for a cause."""

    level: Level
    cause: SkipCause
    batches: int
    persons: int


class SkippedShown(BaseModel):
    """Visits past the levels below, by level and cause."""

    items: list[Skipped]


class SkipLevelFigures(
    OfPeriod, path="/statistics/skip-level-visits", called="越级走访批次人次", sight=NOT_UNDER_SEAL, reply=SkippedShown
):
    """Show by cause how many went past the levels below; of weight in no score (第二十条、第四十一条)."""

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        return Answer({"items": await rows(running.store, _SKIPPED, self.since, self.until)})


class Talks(BaseModel):
    """How often a group was offered a talk, and what came of it."""

    people: DialogueGroup
    dialogues: int
    invited: int
    attended: int
    declined: int


class TalksShown(BaseModel):
    """Talks by group."""

    items: list[Talks]


class DialogueFigures(OfPeriod, path="/statistics/dialogues", called="走访对话覆盖", sight=EVERYONE, reply=TalksShown):
    """Show with which groups a talk was offered, and how many came or would rather not (第十八条第二款)."""

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        return Answer({"items": await rows(running.store, _TALKS, self.since, self.until)})
