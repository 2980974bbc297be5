"""What fields of commands and questions are made of: each says what may stand in it.

What goes into events names no number of a person; what people type is not judged beyond that (第二十二条).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100

NUMBER_OF_A_PERSON: Final = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])|[1-9][0-9]{16}[0-9Xx]")
"""A telephone number or an identity number, wherever it stands."""


class Body(BaseModel):
    """A command's body: nothing that is not known, no blank where words are wanted."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def in_range(moment: datetime) -> datetime:
    """Return the moment itself. Raises ``ValueError`` for one of a year in which days are not counted."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(moment)
    return moment


def _dayin_range(on: date) -> date:
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise ValueError(on)
    return on


def _of_no_person(words: str) -> str:
    if NUMBER_OF_A_PERSON.search(words):
        raise ValueError(words)
    return words


OfNoPerson: Final = AfterValidator(_of_no_person)
"""Words that stand in events, and so hold no identity number and no telephone number."""
Moment = Annotated[AwareDatetime, AfterValidator(in_range)]
"""A moment with its offset, within the years for which days can be counted."""
Day = Annotated[date, AfterValidator(_dayin_range)]
"""A day, within the same years."""
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$")]
"""The code of a unit, an officer, a place."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
"""One line of words."""
PublicLine = Annotated[Line, OfNoPerson]
"""One line of words that goes into events."""
