"""What may stand on a page: text without controls, dates as they are said, and a visible mark for what no font has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container
from functools import cache
from pathlib import Path
from typing import Any, Final

from fontTools.ttLib import TTFont

from services.intake.papers.fonts import files

_KEPT: Final = frozenset("\n\u200c\u200d\u180e")
"""Controls that are part of how a word is written: line ends, and the joiners of Uyghur and of Mongolian."""
_LINE_ENDS: Final = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_ISO: Final = re.compile(
    r"(?<![\d-])(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\d-])(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?"
)


def clean(text: str) -> str:
    """Return text of several lines without controls, direction overrides and glue; dates are said in Chinese."""
    kept = "".join(_kept(c) for c in unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text)))
    return _ISO.sub(lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日", kept).strip()


def one_line(text: str) -> str:
    """Return what stands on one line: a name, an address, an organ."""
    return " ".join(clean(text).split())


def legible(value: Any, font_dir: Path | None, *, plainly: bool = False) -> Any:  # noqa: ANN401  # what is printed
    """Return what is printed, with a visible mark and its code point for each character that no font has.

    `plainly` also marks what combines with the letter before it, for which fonts may have the parts but not the whole.
    """
    known = _known(font_dir)
    return _each(value, lambda text: "".join(_shown(c, known, plainly=plainly) for c in text))


def _each(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401  # JSON
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(item, change) for key, item in value.items()}
    return [_each(item, change) for item in value] if isinstance(value, list) else value


def _kept(c: str) -> str:
    kind = unicodedata.category(c)
    if kind == "Zs" and c != "\u3000":
        return " "
    return c if c in _KEPT or kind not in {"Cc", "Cf", "Cs", "Zl", "Zp"} else " " if c == "\t" else ""


def _shown(c: str, known: Container[int], *, plainly: bool) -> str:
    if c in _KEPT or (ord(c) in known and not (plainly and unicodedata.category(c) in {"Mn", "Me", "Mc"})):
        return c
    return "" if c in "\ufe0e\ufe0f" else f"〓（U+{ord(c):04X}）"


@cache
def _known(font_dir: Path | None) -> frozenset[int]:
    """Return every character that one of the fonts has."""
    known: set[int] = set()
    for file in files(font_dir):
        known.update(TTFont(file, fontNumber=0, lazy=True).getBestCmap() or ())
    return frozenset(known)
