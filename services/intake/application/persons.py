"""By what somebody is known again who has petitioned before: by every number and address that they gave."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from services.chassis.numbers import compact, identity, plain, telephones

PHONE_DIGITS_MIN: Final = 5
_SEVERAL: Final = re.compile(r"[/、,，;；|或]")


def keys(name: str | None, id_no: str | None, phone: str | None, address: str | None) -> list[str]:
    """Return what the same person comes to again, in whichever way it is written; the vault indexes it blind."""
    return list(dict.fromkeys(_keys(name, id_no, phone, address)))


def _keys(name: str | None, id_no: str | None, phone: str | None, address: str | None) -> Iterator[str]:
    number = compact(id_no or "")
    if any(map(str.isdigit, number)):
        yield f"id:{identity(number) or number}"
    for called in (number for one in _SEVERAL.split(phone or "") for number in telephones(one)):
        if sum(map(str.isdigit, called)) >= PHONE_DIGITS_MIN:
            yield f"phone:{called}"
    if name and address:
        yield f"name:{_letters(name)}|address:{_letters(address)}"


def _letters(words: str) -> str:
    """Return the letters of a name or an address: it is written with a middle dot of any kind, or with none."""
    return "".join(one for one in plain(words).casefold() if unicodedata.category(one)[0] in "LNM")
