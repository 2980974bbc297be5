"""Figures: what is counted for whom, and what is too few to be told.

Nothing is counted that is kept from whoever asks. And whoever knows what they see one by one would learn from a figure
what they do not see, where that is little: a cell in which so little is counted is not told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from services.chassis.context import By
from services.chassis.questions import Question

if TYPE_CHECKING:
    from services.chassis.running import Running
    from services.chassis.views import Sight

FEW: Final = 5
"""Fewer than these could be somebody."""
_UNSEEN: Final = "_unseen"


class Counting(Question):
    """A question that counts rows; its `sight` is who sees them one by one."""

    async def counted(
        self, running: Running, by: By | None, after: int, sight: Sight | None = None
    ) -> tuple[str, str, Sequence[Any]]:
        """Return which rows are counted for whoever asks, which of these they see, and the values of both conditions.

        They are numbered after so many others.
        """
        rows = sight or self.sight
        counts, values = await self.seen(running, by, after, replace(rows, permit=""))
        sees, more = await self.seen(running, by, after + len(values), rows)
        return counts, sees, [*values, *more]


def cells(**conditions: str) -> str:
    """Return columns that count what meets a condition each, and how much of that whoever asks does not see.

    Each row says in `sees` whether they do.
    """
    return ", ".join(
        f"count(*) FILTER (WHERE {met}) AS {name}, count(*) FILTER (WHERE ({met}) AND NOT sees) AS {name}{_UNSEEN}"
        for name, met in conditions.items()
    )


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without the cells in which there is little that whoever asks does not see."""
    shown = {name: value for name, value in row.items() if not name.endswith(_UNSEEN)}
    few = (name for name in shown if 0 < row.get(f"{name}{_UNSEEN}", 0) < FEW)
    return shown | dict.fromkeys(few)
