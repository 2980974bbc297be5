"""What people write and what offices answer, made from the templates of ``texts.toml``.

The only place of the scenario that invents people. Their names, numbers and words may go into the
vault and nowhere else, so a ``Matter`` can tell what must never be seen outside it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from contracts.vocabulary import ContentCategory, Kind, Result

AREA: Final = "980726"
"""The first digits of invented identity numbers: an area that does not exist."""
NUMBER_RANGE: Final = "154"
"""The first digits of invented mobile numbers: a range that was never given out."""
THIS_YEAR: Final = 2026
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10X98765432"
_SHORT: Final = [""] * 12
"""Few names have but two characters."""
_TOWN: Final = re.compile(r".+?(?:街道|镇|乡)")
_SIGNATURE: Final = re.compile(r"\{(?:name|phone|id_no)\}")


@cache
def texts() -> dict[str, Any]:
    """Return the templates."""
    return tomllib.loads(Path(__file__).with_name("texts.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented, whose numbers are well formed."""

    name: str
    id_no: str
    phone: str
    age: int

    @classmethod
    def invent(cls, rng: Random) -> Person:
        """Return somebody of 41 to 76."""
        age = rng.randint(41, 76)
        born = f"{THIS_YEAR - age}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
        body = f"{AREA}{born}{rng.randrange(1000):03}"
        phone = f"{NUMBER_RANGE}{rng.randrange(10**8):08}"
        return cls(_name(rng), body + check_digit(body), phone, age)


def check_digit(body: str) -> str:
    """Return the last character of an identity number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return _CHECK_DIGITS[total % 11]


def _name(rng: Random) -> str:
    names = texts()["names"]
    first = rng.choice([*names["first"], *_SHORT])
    return str(rng.choice(names["surnames"]) + first + rng.choice(names["second"]))


class Matter:
    """What one petition is about: who, where, what happened, and what an inquiry will find."""

    def __init__(
        self,
        rng: Random,
        category: ContentCategory,
        village: str,
        *,
        accuses: bool = False,
        anonymous: bool = False,
        suggests: bool = False,
    ) -> None:
        about = texts()[category]
        fitting = [p for p in about["petition"] if ("accuses" in p, "suggests" in p) == (accuses, suggests)]
        if anonymous:
            fitting = [p for p in fitting if not _SIGNATURE.search("".join(map(str, p.values())))]
        chosen = rng.choice(fitting)
        self.category = category
        self.kind = Kind.suggestion if "suggests" in chosen else Kind.appeal_for_resolution
        if accuses:
            self.kind = Kind.report_accusation
        self.petitioner = Person.invent(rng)
        self.accused = _name(rng)
        self.legal_basis: list[str] = about["legal_basis"]
        self.mistaken_for = ContentCategory(about["mistaken_for"])  # type: ignore[call-arg]
        self._findings: dict[str, str] = about["findings"]
        self._slots = self._fill(rng, village)
        self.content = {k: self.say(chosen[k]) for k in ("claim", "facts", "reasons") if k in chosen}

    @property
    def secrets(self) -> frozenset[str]:
        """Return what must never be found outside the vault."""
        who = self.petitioner
        return frozenset({who.name, who.id_no, who.phone, self.accused, *self.content.values()})

    def again(self, rng: Random, times: int) -> dict[str, str]:
        """Return the words of somebody who has to write once more."""
        opening = rng.choice(texts()["again"]).format(times="二三四五"[times - 1])
        return self.content | {"facts": f"{opening}{self.content['facts']}"}

    def jointly(self, people: int) -> dict[str, str]:
        """Return the words of many, spoken by one of them."""
        opening = texts()["jointly"].format(people=people, name=self.petitioner.name)
        return self.content | {"facts": f"{opening}{self.content['facts']}"}

    def document(self, kind: str, result: Result | None = None, **slots: str) -> str:
        """Return a document of the case: a record, an opinion, an objection and so on."""
        finding = self.say(self._findings[result or Result.explain])
        decision = texts()["documents"]["decision"][result or Result.explain]
        return self.say(
            texts()["documents"][kind],
            claim=self.content["claim"],
            facts=self.content["facts"],
            finding=finding,
            decision=decision,
            **slots,
        )

    def say(self, template: str, **slots: str) -> str:
        """Fill the slots of a template."""
        return template.format_map(self._slots | slots)

    def _fill(self, rng: Random, village: str) -> dict[str, str]:
        numbers = {
            "year": rng.randint(2019, 2025),
            "month": rng.randint(1, 12),
            "mu": rng.randint(6, 92) / 10,
            "money": 10 * rng.randint(12, 480),
            "total": 100 * rng.randint(28, 960),
            "people": rng.randint(3, 28),
            "households": rng.randint(4, 65),
            "family": rng.randint(3, 7),
            "elder": rng.randint(68, 87),
            "months": rng.randint(3, 38),
        }
        who, place = self.petitioner, village.removesuffix("村民委员会").removesuffix("居民委员会")
        town = _TOWN.match(place)
        return {
            **{name: rng.choice(values) for name, values in texts()["slots"].items()},
            **{name: str(number) for name, number in numbers.items()},
            "name": who.name,
            "phone": who.phone,
            "id_no": who.id_no,
            "age": str(who.age),
            "accused": self.accused,
            "accused_surname": self.accused[0],
            "place": place,
            "town": town[0] if town else place,
        }
