"""How people write numbers, and which of these belong to a person: one way to read them, everywhere.

Somebody copies a number from a screen, a form or a letter: in full width, in groups, with the country before it, in
Chinese digits, with marks in it that nobody sees. Compatibility forms are folded first (NFKC), then the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final

DASHES: Final = re.compile(r"[\u002d\u058a\u05be\u1400\u2010-\u2015\u2043\u207b\u208b\u2212\u2e3a\u2e3b\u301c\u30fc]")
_DIGITS: Final = str.maketrans("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺×ХхΧχ", "001234567891234567891XXXXX")
"""Digits as they are written out, and letters that look like the last one of an identity number."""

_BETWEEN: Final = r"[\s·()_-]{0,2}"
_MOBILE: Final = rf"(?:1{_BETWEEN}[3-9](?:{_BETWEEN}[0-9]){{9}}|1[3-9][0-9]\.[0-9]{{4}}\.[0-9]{{4}})"
_PHONE: Final = re.compile(rf"(?<![0-9])(?:(?:00)?86{_BETWEEN})?{_MOBILE}(?![0-9])")
_IDENTITY: Final = re.compile(rf"(?<![0-9])[1-9](?:{_BETWEEN}[0-9]){{13,16}}{_BETWEEN}[0-9Xx](?![0-9])")
_FIRST_PHONE: Final = re.compile(r"(?:00)?86(?=1[3-9][0-9]{9}$)")
_LAND_LINE: Final = re.compile(r"(?:00)?860?(?=[1-9][0-9]{8,11}$)")

_GROUP: Final = re.compile(r"[0-9]+[Xx]?(?![0-9])|[0-9]+")
_APART: Final = r"[^0-9\u3400-\u9fff]{1,3}"
"""What stands between groups of digits; a Chinese character begins something else."""
_IN_GROUPS: Final = re.compile(rf"(?<![0-9])[0-9]{{3,}}(?:{_APART}[0-9]{{3,}}[Xx]?)+(?![0-9])")
_ONE_BY_ONE: Final = re.compile(rf"(?<![0-9])[0-9](?:{_APART}[0-9Xx](?![0-9]))+")
_BARE_PHONE: Final = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}")
_BESIDE: Final = re.compile(r"^[^0-9]+|[^0-9]+$")

_PROVINCE: Final = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
TELEPHONE_CHARS: Final = 11
IDENTITY_CHARS: Final = 18
IDENTITY_CHARS_BEFORE_1999: Final = 15


def plain(words: str) -> str:
    """Return words in one form, whichever way they were typed: no wide letters, one dash, nothing that is not seen."""
    if words.isascii():
        return words
    folded = unicodedata.normalize("NFKC", words)
    return DASHES.sub("-", "".join(one for one in folded if unicodedata.category(one) != "Cf"))


def compact(words: str) -> str:
    """Return the letters and digits of a number that somebody typed, in capitals."""
    return "".join(one for one in _in_digits(words).upper() if one.isalnum())


def identity(typed: str) -> str | None:
    """Return an identity number of 18 places, also for one of 15 (GB 11643); None for what is none."""
    number = compact(typed)
    if not (number.isascii() and number[:-1].isdigit() and _PROVINCE.match(number)):
        return None
    if len(number) == IDENTITY_CHARS_BEFORE_1999 and number.isdigit():
        number = f"{number[:6]}19{number[6:]}"
        number += _check(number)
    right = len(number) == IDENTITY_CHARS and _is_day(number[6:14]) and number[-1] == _check(number)
    return number if right else None


def identities(typed: str) -> list[str]:
    """Return the identity numbers that somebody typed, of 18 places each, without words beside them."""
    found = map(identity, (one[0] for one in _IDENTITY.finditer(_in_digits(typed))))
    return [number for number in found if number]


def telephones(typed: str) -> list[str]:
    """Return the telephone numbers that somebody typed, without country, separators, and words beside them."""
    words = _in_digits(typed)
    told = [found[0] for found in _PHONE.finditer(words)] or [words]
    return [_LAND_LINE.sub("0", _FIRST_PHONE.sub("", _BESIDE.sub("", compact(one)))) for one in told]


def of_a_person(words: str) -> bool:
    """Return whether a mobile telephone number or an identity number stands in words, however it is written."""
    if len(words) < TELEPHONE_CHARS and words.isascii():  # codes of units and officers, many a request
        return False
    words = _in_digits(words)
    return bool(_PHONE.search(words)) or any(_like_one(number) for number in _put_together(words))


def _put_together(words: str) -> Iterator[str]:
    """Yield the numbers that stand in words, and what comes of groups of digits beside each other, whatever is between.

    Days, hours and what is counted stand in groups of one or two digits: of these a number comes only where each digit
    stands by itself.
    """
    yield from (compact(found[0]) for found in _IDENTITY.finditer(words))
    for pattern in (_IN_GROUPS, _ONE_BY_ONE):
        for run in pattern.finditer(words):
            groups = _GROUP.findall(run[0])
            for first in range(len(groups)):
                number = ""
                for group in groups[first : first + IDENTITY_CHARS]:
                    number += group
                    yield number.upper()


def _like_one(number: str) -> bool:
    """Return whether a number is a mobile telephone's, or has a place and a day as an identity number has them.

    Whoever slips in one of its digits has still written down who somebody is.
    """
    if len(number) == IDENTITY_CHARS:
        return bool(_PROVINCE.match(number)) and number[:-1].isdigit() and _is_day(number[6:14])
    return bool(_BARE_PHONE.fullmatch(number)) or identity(number) is not None


def _in_digits(words: str) -> str:
    """Return words in one form, with each digit of any script as one of ours."""
    if words.isascii():
        return words
    in_digits = plain(words).translate(_DIGITS)
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in in_digits)


def _is_day(digits: str) -> bool:
    try:
        return date.fromisoformat(digits).year >= 1800  # noqa: PLR2004  # nobody who was born before lives
    except ValueError:
        return False


def _check(number: str) -> str:
    """Return the check character of the first 17 places (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(int(one) * weight for one, weight in zip(number, _WEIGHTS, strict=False)) % 11]
