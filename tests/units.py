"""A small county for tests of rules: who stands where in it, and how another one is made."""

from __future__ import annotations

from typing import Any

from contracts.vocabulary import ContentCategory as C
from contracts.vocabulary import Level, Role, UnitKind
from services.chassis.directory import Directory, Entry, Post


def entry(code: str, level: Level = Level.county, parent: str | None = "XZF", **more: Any) -> Entry:
    return Entry(code, more.pop("name", code), level, parent=parent, **more)


def staff(**roles: Role) -> dict[str, Post]:
    """Return officers by their code, each with one role."""
    return {officer.replace("_", "-"): Post((role,)) for officer, role in roles.items()}


UNITS = (
    entry("SZF", Level.city, None, kind=UnitKind.government, competent=False),
    entry("XW", Level.county, None, kind=UnitKind.party_committee, competent=False),
    entry("XZF", Level.county, "XW", kind=UnitKind.government, sector_superior="SZF"),
    entry("XFJ", Level.county, "XW", kind=UnitKind.petition_bureau, competent=False),
    entry("LXH", Level.county, "XW", kind=UnitKind.joint_conference, competent=False),
    entry("RSJ", kind=UnitKind.department, powers=frozenset({C.unpaid_wages, C.social_security}), name="县人社局"),
    entry("JYJ", kind=UnitKind.department, powers=frozenset({C.enterprise_reform})),
    entry("ZJJ", kind=UnitKind.department, powers=frozenset({C.housing, C.demolition})),
    entry("SWJ", kind=UnitKind.department, sector_superior="SSWJ", powers=frozenset({C.transport})),
    entry("SSWJ", Level.city, None, kind=UnitKind.department),
    entry("OLD", powers=frozenset({C.medical}), successors=("NEW",)),
    entry("OLDER", powers=frozenset({C.education}), successors=("OLD",)),
    entry("NEW"),
    entry("FY", Level.county, None, kind=UnitKind.political_legal_organ),
    entry("JW", Level.county, "XW", kind=UnitKind.discipline_organ),
    entry("SJW", Level.city, None, kind=UnitKind.discipline_organ),
    entry("ZF", Level.township, "XZF", kind=UnitKind.township, powers=frozenset({C.village_works})),
    entry("ZF2", Level.township, "XZF", kind=UnitKind.township, powers=frozenset({C.village_works, C.housing})),
    entry("CWH", Level.village, "ZF", kind=UnitKind.village_committee, competent=False),
    entry(
        "C1", Level.village, "ZF", kind=UnitKind.village_committee, competent=False, powers=frozenset({C.village_works})
    ),
    entry(
        "OFFICE", Level.county, "RSJ", kind=UnitKind.inner_office, competent=False, powers=frozenset({C.unpaid_wages})
    ),
)
COUNTY = Directory.of(UNITS)


def county(*units: Entry) -> Directory:
    """Return the small county with some units beside, or instead of those of the same code."""
    return Directory.of([*UNITS, *units])
