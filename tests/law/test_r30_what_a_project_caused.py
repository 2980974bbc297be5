"""第三十条第三款: which cases a project has caused is told case by case, to who may know of each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from contracts.accountability import PetitionLinkedToProject
from contracts.vocabulary import Role
from services.accountability.views import ProjectRow
from tests.harness import BUREAU, Servers, System
from tests.law.test_r28_accused import UNITS, classify, name
from tests.steps import ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

WATCHING: dict[str, Any] = {"role": Role.bureau_officer, "unit": BUREAU}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(*UNITS)
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def caused(county: System) -> tuple[str, str, str]:
    """A project, a case that its unit handles, and one that complains of that unit."""
    required = await county.send("accountability", "/projects", {"project_no": "G-1", "unit": "JYJ"}, **WATCHING)
    project = ok(required, 201)["project_id"]
    handled, accusing = [(await county.register())["case_id"] for _ in range(2)]
    for case in (handled, accusing):
        ok(await classify(county, case))
    ok(await county.forward(handled, "JYJ"))
    ok(await name(county, accusing, "JYJ"))
    for case in (handled, accusing):
        ok(await county.send("accountability", f"/projects/{project}/cases", {"case": case}, **WATCHING))
    await county.caught_up()
    return project, handled, accusing


async def linked(county: System, unit: str, role: Role) -> tuple[list[str], list[str | None]]:
    """Return which cases somebody is shown with the project, and in the ledger as its."""
    headers = {"Huiyin-Actor": "x-1", "Huiyin-Unit": unit, "Huiyin-Role": str(role)}
    url = county.url("accountability")
    [row] = ok(await county.client.get(f"{url}/projects?limit=5", headers=headers))["items"]
    items = ok(await county.client.get(f"{url}/ledger?limit=1000", headers=headers))["items"]
    told = [one["body"]["linked_case"] for one in items if one["type"] == PetitionLinkedToProject.wire_name]
    return row["linked_cases"], told


async def test_r30_project_shows_the_cases_of_who_asks(county: System, caused: tuple[str, str, str]):
    _, handled, accusing = caused
    assert await linked(county, BUREAU, Role.bureau_officer) == ([handled, accusing], [handled, accusing])
    assert await linked(county, "JYJ", Role.unit_head) == ([handled], [handled])
    for role in (Role.unit_head, Role.case_officer, Role.mediator):
        assert await linked(county, "RSJ", role) == ([], [])


async def test_mutant_project_names_all_of_them(
    county: System, caused: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ProjectRow, "view", replace(ProjectRow.view, naming={}))
    assert (await linked(county, "JYJ", Role.unit_head))[0] == [*caused[1:]]
