"""Who acts in an officer's stead (第十四条)."""

from __future__ import annotations

from datetime import date

from contracts.vocabulary import Level, Role
from services.assignment.domain.directory import ImpossibleDays, NoDeputy, NotOfTheUnit, Unit
from tests.rules import at, check_replay, refuses

NOW = at("2025-09-01")
FIRST, LAST = date(2025, 9, 2), date(2025, 9, 12)
FACTS = {
    "name": "县人力资源和社会保障局", "level": Level.county, "parent": None, "sector_superior": None, "powers": (),
    "competent": True,
}  # fmt: skip


def staffed() -> Unit:
    unit = Unit.blank(Unit.stream("hr"))
    unit.establish("hr", FACTS, at=NOW)
    for officer in ("co-1", "co-2"):
        unit.appoint(officer, [Role.case_officer], at=NOW)
    return unit


class TestDeputy:
    def test_somebody_acts_in_an_officers_stead_until_the_officer_is_back(self):
        unit = staffed()
        unit.name_deputy("co-1", "co-2", FIRST, LAST, at=NOW)
        assert unit.deputies == {"co-1": ("co-2", FIRST, LAST)}
        unit.end_deputy("co-1", at=NOW)
        assert unit.deputies == {}

    def test_who_has_no_deputy_needs_no_end_of_it(self):
        with refuses(NoDeputy):
            staffed().end_deputy("co-1", at=NOW)

    def test_deputy_is_of_the_unit_and_somebody_else(self):
        for deputy in ("stranger", "co-1"):
            with refuses(NotOfTheUnit):
                staffed().name_deputy("co-1", deputy, FIRST, LAST, at=NOW)

    def test_days_of_a_deputy_are_to_come_and_in_order(self):
        for first, last in ((LAST, FIRST), (date(2025, 8, 1), date(2025, 8, 31))):
            with refuses(ImpossibleDays):
                staffed().name_deputy("co-1", "co-2", first, last, at=NOW)

    def test_replay_amounts_to_the_live_state(self):
        check_replay(
            Unit,
            Unit.stream("hr"),
            [
                lambda u: u.establish("hr", FACTS, at=NOW),
                lambda u: u.appoint("co-1", [Role.case_officer], at=NOW),
                lambda u: u.appoint("co-2", [Role.case_officer], at=NOW),
                lambda u: u.name_deputy("co-1", "co-2", FIRST, LAST, at=NOW),
                lambda u: u.end_deputy("co-2", at=NOW),
                lambda u: u.end_deputy("co-1", at=NOW),
            ],
        )
