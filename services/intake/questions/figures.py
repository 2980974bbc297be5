"""What comes, in figures: what it is about, why people go past the levels below, whom a unit has spoken with.

They are for offices to see where problems are. None of them is a score, and few of anything are not shown: fewer than
five could be somebody.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, time
from typing import Any, Final

from pydantic import BaseModel

from contracts.periods.calendar import LEGAL_TIME
from contracts.vocabulary import CategoryGroup, ContentCategory, DialogueGroup, Level, SkipCause
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.figures import FEW, Counting
from services.chassis.questions import Answer, rows
from services.chassis.running import Running
from services.chassis.views import EVERYONE
from services.intake.views import CASES, OF_CASE

_CATEGORIES: Final = """
SELECT category, count(*) AS cases, count(*) FILTER (WHERE NOT {sees}) AS unseen FROM case_view
WHERE received_at >= $1 AND received_at < $2 AND state NOT IN ('merged', 'split') AND {counts}
GROUP BY category
"""
_SKIPPED: Final = """
SELECT level, cause, count(*) AS batches, sum(person_count) AS persons, count(*) FILTER (WHERE NOT {sees}) AS unseen
FROM skip_level_visit_view WHERE visited_on BETWEEN $1 AND $2 AND {counts}
GROUP BY level, cause ORDER BY level, cause
"""
_TALKS: Final = """
SELECT people, count(*) AS dialogues, sum(invited_count) AS invited, sum(attended_count) AS attended,
       sum(declined_count) AS declined
FROM dialogue_view WHERE held_on BETWEEN $1 AND $2 GROUP BY people ORDER BY people
"""


class OfPeriod(Counting):
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
    """The six groups and what is left, of all cases that came in; what is not shown of few is not in the total."""

    total: int
    items: list[Share]


class CategoryShares(
    OfPeriod, path="/statistics/categories", called="六类问题占比", sight=replace(CASES, for_organ=""), reply=Shares
):
    """Show what the cases of a period are about; reports about officials are not counted (第四十一条第一项)."""

    async def ask(self, running: Running, by: By | None) -> Answer:
        counts, sees, values = await self.counted(running, by, 2)
        cases, unseen = Counter[CategoryGroup](), Counter[CategoryGroup]()
        sql = _CATEGORIES.format(counts=counts, sees=sees)
        for row in await rows(running.store, sql, *self.moments(), *values):
            group = CategoryGroup.of(ContentCategory[row["category"]])
            cases[group] += row["cases"]
            unseen[group] += row["unseen"]
        hidden = {group for group, count in cases.items() if 0 < count < FEW or 0 < unseen[group] < FEW}
        left_out = sum(cases[group] for group in hidden)
        total = cases.total() - (left_out if left_out < FEW or len(hidden) == 1 else 0)
        return Answer(
            {"total": total, "items": [_share(group, cases[group], total, group in hidden) for group in CategoryGroup]}
        )


def _share(group: CategoryGroup, cases: int, total: int, hidden: bool) -> dict[str, Any]:  # noqa: FBT001  # of a group
    share = round(100 * cases / total, 1) if total and not hidden else None
    return {"group": group, "title": group.title, "cases": None if hidden else cases, "share_percent": share}


class Skipped(BaseModel):
    """How many batches and persons went to a level for a cause; nothing is said of few that one does not see."""

    level: Level
    cause: SkipCause
    batches: int | None
    persons: int | None


class SkippedShown(BaseModel):
    """Visits past the levels below, by level and cause."""

    items: list[Skipped]


class SkipLevelFigures(
    OfPeriod, path="/statistics/skip-level-visits", called="越级走访批次人次", sight=OF_CASE, reply=SkippedShown
):
    """Show by cause how many went past the levels below; of weight in no score (第二十条、第四十一条)."""

    async def ask(self, running: Running, by: By | None) -> Answer:
        counts, sees, values = await self.counted(running, by, 2)
        sql = _SKIPPED.format(counts=counts, sees=sees)
        found = await rows(running.store, sql, self.since, self.until, *values)
        return Answer({"items": [_skipped(**row) for row in found]})


def _skipped(unseen: int, **row: Any) -> dict[str, Any]:  # noqa: ANN401  # what a row has
    return row | dict.fromkeys(("batches", "persons") if 0 < unseen < FEW else ())


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
