"""What fields of commands and questions are made of: each says what may stand in it.

What goes into events names no number of a person; what people type is not judged beyond that (第二十二条).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
)

from services.chassis.numbers import DASHES, of_a_person, plain

LINE_CHARS_MAX: Final = 200
TEXT_CHARS_MAX: Final = 100_000
CLAIMS_MAX: Final = 50
"""How many claims of a case are answered one by one."""
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100

UNSEEN: Final = r"\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF"
"""Characters that nobody sees: controls, ends of lines, and what turns the direction of writing."""


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
    if of_a_person(words):
        raise ValueError(words)
    return words


def _as_issued(typed: object) -> object:
    """Return a number of ours in the form in which it was issued, whichever way somebody typed it."""
    if not isinstance(typed, str):
        return typed
    return re.sub(r"\s", "", DASHES.sub("-", plain(typed))).upper()


def _told_line(told: object) -> object:
    """Return one line of what was told: nothing that nobody sees, and no blank for something."""
    return told if (words := _words(told)) is None else " ".join(_UNSEEN.sub(" ", words).split()) or None


def _told_text(told: object) -> object:
    """Return what was told, line by line, without what nobody sees."""
    if (words := _words(told)) is None:
        return told
    lines = words.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    return _UNSEEN_IN_TEXT.sub("", lines).strip() or None


def _words(told: object) -> str | None:
    """Return words, also of a number that was sent as one; None for what is neither."""
    if isinstance(told, int | float) and not isinstance(told, bool):
        return str(told)
    return told if isinstance(told, str) else None


def _told_claims(told: object) -> object:
    """Return each claim; of more than anybody answers one by one, one text, line by line."""
    each = told if isinstance(told, list) else [told]
    claims: list[Any] = [claim for one in each if (claim := _told_text(one)) is not None]
    if len(claims) >= CLAIMS_MAX and all(isinstance(claim, str) for claim in claims):
        return ["\n".join(claims)]
    return claims or None


_UNSEEN: Final = re.compile(f"[{UNSEEN}]")
_UNSEEN_IN_TEXT: Final = re.compile(f"(?![\\n\\t])[{UNSEEN}]")
_TOLD: Final = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "null"}]})
"""What clients are made for; a number, as a spreadsheet sends it, is taken as well."""

OfNoPerson: Final = AfterValidator(_of_no_person)
"""Words that stand in events, and so hold no identity number and no telephone number."""


@dataclass(frozen=True)
class InNoEvent:
    """That what stands in a field goes into no event: a name, a telephone number."""


Moment = Annotated[AwareDatetime, AfterValidator(in_range)]
"""A moment with its offset, within the years for which days can be counted."""
Day = Annotated[date, AfterValidator(_dayin_range)]
"""A day, within the same years."""
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$"), OfNoPerson]
"""The code of a unit, an officer, a place."""
ShelfNo = Annotated[str, StringConstraints(pattern=r"^[A-Z]{0,3}-?[0-9]{1,6}$")]
"""The number of a thing that stands somewhere, as `B-7`: too short for a number of a person."""
RegisterNo = Annotated[str, StringConstraints(pattern=r"^[A-Z]{0,4}-?[0-9]{1,10}$")]
"""A number of a register, as `TJ-1`: of at most ten digits, one fewer than a telephone has."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=LINE_CHARS_MAX, pattern=rf"^[^{UNSEEN}]*$")]
"""One line of words, and nothing in it that a terminal or a printer would obey."""
PublicLine = Annotated[Line, OfNoPerson]
"""One line of words that goes into events: a receipt, the number of a docket, a post."""
IssuedNo = Annotated[Line, BeforeValidator(_as_issued)]
"""A number that stands on a receipt, as people type it."""
ToldLine = Annotated[str | None, BeforeValidator(_told_line), _TOLD]
"""One line of what somebody tells of themselves, as far as they do: it is cleaned and never refused (第二十二条)."""
ToldText = Annotated[str | None, BeforeValidator(_told_text), _TOLD]
"""What somebody tells in their own words, as far as they do: it is cleaned and never refused (第二十二条)."""
ToldClaims = Annotated[list[str] | None, BeforeValidator(_told_claims)]
"""What somebody asks for besides, each of which is answered on its own (第三十二条)."""
Text = Annotated[str, BeforeValidator(_told_text), StringConstraints(min_length=1, max_length=TEXT_CHARS_MAX)]
"""A text that somebody wrote about a case."""
