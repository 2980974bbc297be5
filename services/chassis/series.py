"""Series of numbers, 岳人社信受〔2026〕1号 and on: one follows the other, none is given twice and none is left out.

The number after the last one that a process knows is taken when the command is worked out, and stored with what it
numbers: what is refused or not stored has taken none. Where another process has numbered meanwhile, the database
refuses the number, and the writer works all out again from the last one, which nobody else can then take.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from services.chassis.database import Connection
from services.chassis.views import Statement

_TAKE: Final = (
    "INSERT INTO series AS s (name, first, last) "
    "SELECT name, min(number), max(number) FROM json_to_recordset({rows}) AS taken (name text, number integer) "
    "GROUP BY name ORDER BY name "
    "ON CONFLICT (name) DO UPDATE SET first = EXCLUDED.first, last = EXCLUDED.last"
)
_HOLD: Final = "SELECT name, last FROM series WHERE name = ANY($1::text[]) ORDER BY name FOR UPDATE"
LAST: Final = "SELECT coalesce(max(last), 0) AS last FROM series WHERE name = $1"


def series_of(mark: str, kind: str, year: int) -> str:
    """Return what stands before a number: the mark of the unit (机关代字), that of the kind, and the year."""
    return f"{mark}{kind}〔{year}〕"


def taken(series: str, number: int) -> Statement:
    """Return what stores that a number is taken; the database refuses it unless it is the next one."""
    return _TAKE, {"name": series, "number": number}


class Numbers:
    """The numbers that one process gives out."""

    def __init__(self) -> None:
        self._last: defaultdict[str, int] = defaultdict(int)
        self._given: list[Statement] = []

    def next(self, series: str) -> str:
        """Return the next number of a series, as far as this process knows, for what is being worked out."""
        self._last[series] += 1
        self._given.append(taken(series, self._last[series]))
        return f"{series}{self._last[series]}号"

    def given(self) -> list[Statement]:
        """Return what stores the numbers that were given for the one command that was worked out."""
        given, self._given = self._given, []
        return given

    def take_back(self) -> None:
        """Have given none for the one command that was refused."""
        for _, row in self.given():
            self._last[row["name"]] -= 1

    async def hold(self, connection: Connection, statements: Iterable[Statement]) -> None:
        """Learn the last numbers of the series from which these take some, and let nobody else take more meanwhile."""
        names = sorted({row["name"] for text, row in statements if text == _TAKE})
        self._last.update(dict.fromkeys(names, 0))
        self._last.update({row["name"]: row["last"] for row in await connection.fetch(_HOLD, names)})
