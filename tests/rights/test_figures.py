"""第三十条第三款, 个人信息保护法 第六条: figures count nothing that is kept from whoever asks, and tell nobody of few."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.accountability.questions.clocks import CountClocks
from services.chassis import figures
from services.chassis.figures import FEW
from services.intake.questions.figures import CategoryShares
from tests.harness import BUREAU, Servers, System
from tests.law.test_r28_accused import UNITS, name
from tests.steps import ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY: Final = "2025-06-03"
AT: Final = f"{DAY}T09:00:00+08:00"
PERIOD: Final = {"since": DAY, "until": DAY}
YEAR: Final = {"since": "2025-06-01", "until": "2025-12-31"}
NUMBER: Final = 7
CELLS: Final = {"met": "outcome = 'met'", "late": "outcome = 'late'", "overdue": "state = 'breached'"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(
            *UNITS, {"code": "T-1", "kind": "township", "parent": "XZF"},
            {"code": "ZJJ", "kind": "department", "parent": "XZF"},
            {"code": BUREAU, "kind": "petition_bureau", "parent": "XZF", "competent": False},
        )  # fmt: skip
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cases(county: System) -> list[str]:
    """Return some cases of one day; the first two complain of RSJ, and JYJ has the others but three."""
    made = []
    for n in range(NUMBER):
        case = (await county.register(at=AT, place="T-1"))["case_id"]
        ok(await county.classify(case, at=AT))
        ok(await county.forward(case, "JYJ" if n >= NUMBER - 3 else "ZJJ", at=AT))
        made.append(case)
    for case in made[:2]:
        ok(await name(county, case, "RSJ"))
    await county.caught_up()
    return made


async def asked(county: System, service: str, path: str, unit: str, role: Role, **params: str) -> Any:
    headers = {"Huiyin-Actor": "x-1", "Huiyin-Unit": unit, "Huiyin-Role": str(role)}
    return ok(await county.client.get(county.url(service) + path, params=params, headers=headers))


async def wages(county: System, unit: str, role: Role) -> tuple[int | None, int]:
    """Return how many cases of the day somebody is told of, in the group and in all."""
    told = await asked(county, "intake", "/statistics/categories", unit, role, **PERIOD)
    [group] = [item for item in told["items"] if item["group"] == "labour"]
    return group["cases"], told["total"]


async def duties(county: System, cases: Iterable[str], *, but: Iterable[str] = ()) -> dict[str, dict[str, int]]:
    """Return by code in how many clocks of these cases, but some, each cell counts."""
    wanted = [case for case in cases if case not in {*but}]
    async with county.sql() as db:
        columns = ", ".join(f"count(*) FILTER (WHERE {met}) AS {name}" for name, met in CELLS.items())
        found = await db.fetch(
            f"SELECT code, {columns} FROM accountability.clock_view WHERE nature = 'duty' "
            "AND due_on BETWEEN '2025-06-01' AND '2025-12-31' AND case_id = ANY ($1::uuid[]) GROUP BY code", wanted,
        )  # fmt: skip
    return {row["code"]: {cell: row[cell] for cell in CELLS} for row in found}


async def told_of_duties(county: System, unit: str, role: Role) -> dict[str, dict[str, int | None]]:
    told = await asked(county, "accountability", "/clocks/figures", unit, role, **YEAR)
    return {row["code"]: {cell: row[cell] for cell in CELLS} for row in told["items"]}


async def test_who_sees_them_all_is_told_how_many_there_are(county: System, cases: list[str]):
    assert await wages(county, BUREAU, Role.bureau_officer) == (NUMBER, NUMBER)
    assert await told_of_duties(county, BUREAU, Role.bureau_officer) == await duties(county, cases)


async def test_figures_do_not_count_what_is_kept_from_whoever_asks(county: System, cases: list[str]):
    assert await wages(county, "RSJ", Role.unit_head) == (NUMBER - 2, NUMBER - 2)
    others = await duties(county, cases, but=cases[:2])
    few = {code: {cell: None if 0 < n < FEW else n for cell, n in row.items()} for code, row in others.items()}
    assert await told_of_duties(county, "RSJ", Role.unit_head) == few


async def test_figures_tell_nobody_of_few_whom_they_do_not_see(county: System, cases: list[str]):
    """Who has three of them would learn of four others that are kept from nobody, and of whom they see none."""
    told = await told_of_duties(county, "JYJ", Role.unit_head)
    unseen = await duties(county, cases[: NUMBER - 3])
    assert unseen
    for code, row in unseen.items():
        assert [told[code][cell] for cell, n in row.items() if n] == [None for n in row.values() if n], code


async def test_leaders_figures_are_counted_so_too(county: System, cases: list[str]):
    ok(await county.send("assignment", "/leaders/leader-1/townships/T-1", method="PUT", role=Role.conference_secretary))
    found = []
    for unit, role in ((BUREAU, Role.bureau_officer), ("RSJ", Role.unit_head), ("JYJ", Role.unit_head)):
        told = await asked(county, "assignment", "/leaders/leader-1/figures", unit, role)
        found.append((told["items"][0]["cases_about"], told["cases_about"]))
    assert found == [(NUMBER, NUMBER), (NUMBER - 2, NUMBER - 2), (None, None)]
    assert len(cases) == NUMBER


@pytest.mark.parametrize("cls", [CategoryShares, CountClocks])
async def test_mutant_figures_count_what_is_kept(
    county: System, cases: list[str], monkeypatch: pytest.MonkeyPatch, cls: Any
):
    monkeypatch.setattr(cls, "sight", replace(cls.sight, for_asker="", condition="true"))
    with pytest.raises(AssertionError):
        await test_figures_do_not_count_what_is_kept_from_whoever_asks(county, cases)


async def test_mutant_few_are_told(county: System, cases: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(figures, "FEW", 0)
    with pytest.raises(AssertionError):
        await test_figures_tell_nobody_of_few_whom_they_do_not_see(county, cases)
