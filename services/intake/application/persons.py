"""By what somebody is known again who has petitioned before: by every number and address that they gave."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from services.chassis.numbers import compact, identities, identity, plain, telephones

PHONE_DIGITS_MIN: Final = 5
_SAYS_NOTHING: Final = frozenset(
    {
        "", "无", "没有", "暂无", "不详", "不明", "不清", "不清楚", "不知", "不知道", "未知", "未提供", "未填",
        "未填写", "未留", "没留", "匿名", "佚名", "保密",
    }
)  # fmt: skip
"""What is written in place of a name or an address that nobody has told."""
_ROUND: Final = " ()（）.。-—/*?？"
"""What may stand round it."""
_DOT: Final = "\ua78f"
"""The one middle dot that counts as a letter (U+A78F)."""
_SEVERAL: Final = re.compile(r"[/、,，;；|或]")


def keys(name: str | None, id_no: str | None, phone: str | None, address: str | None) -> list[str]:
    """Return what the same person comes to again, in whichever way it is written; the vault indexes it blind."""
    return list(dict.fromkeys(_keys(name, id_no, phone, address)))


def says_who(told: str | None) -> bool:
    """Return whether a name or an address says anything: many a form has 不详 where nothing was told (第二十三条)."""
    return told is not None and plain(told).strip(_ROUND) not in _SAYS_NOTHING


def _keys(name: str | None, id_no: str | None, phone: str | None, address: str | None) -> Iterator[str]:
    number = compact(id_no or "")
    if any(map(str.isdigit, number)):
        yield from (f"id:{one}" for one in identities(id_no or "") or [identity(number) or number])
    for called in (number for one in _SEVERAL.split(phone or "") for number in telephones(one)):
        if sum(map(str.isdigit, called)) >= PHONE_DIGITS_MIN:
            yield f"phone:{called}"
    if name and address and says_who(name) and says_who(address):
        yield f"name:{_letters(name)}|address:{_letters(address)}"


def _letters(words: str) -> str:
    """Return the letters of a name or an address: it is written with a middle dot of any kind, or with none."""
    return "".join(one for one in plain(words).casefold() if unicodedata.category(one)[0] in "LNM" and one != _DOT)
