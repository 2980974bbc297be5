"""应急查阅: that an officer may read one case until a moment, as a row says it beside who has to do with that.

It is no relation: it opens the case to a question about it, in no list, and nothing is done by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from services.chassis.rights.table import BETWEEN, PERSON

_ADMITS: Final = "admits"


class Admission(msgspec.Struct, frozen=True):
    """Who was let in until when, and by whom: two officers, and the units for which they did so."""

    officer: str
    until: datetime
    units: tuple[str, ...]
    by: tuple[str, ...]

    @property
    def tag(self) -> str:
        """How a row says it: ``admits/@officer/2026-11-30T02:00:00+00:00/RSJ/head-1/XFJ/head-2``."""
        first, second = zip(self.units, self.by, strict=True)
        return BETWEEN.join((_ADMITS, PERSON + self.officer, self.until.isoformat(), *first, *second))


def admissions(parties: Iterable[str], officer: str, at: datetime) -> list[Admission]:
    """Return by what somebody is let in at a moment, of what a row says."""
    of = BETWEEN.join((_ADMITS, PERSON + officer, ""))
    found = []
    for one in parties:
        if one.startswith(of):
            until, unit, by, other_unit, other = one.removeprefix(of).split(BETWEEN)
            found.append(Admission(officer, datetime.fromisoformat(until), (unit, other_unit), (by, other)))
    return [one for one in found if at < one.until]
