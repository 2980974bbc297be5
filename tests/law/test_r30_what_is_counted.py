"""第三十条第三款: from what a service counts nobody learns how many reports there are."""

from __future__ import annotations

import re

import pytest
import pytest_asyncio

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis import metrics
from services.chassis.errors import Forbidden
from services.chassis.http import edge
from services.chassis.identity.tokens import NotAuthenticated
from services.chassis.operations import NotOpenToServices
from tests.harness import Servers, System
from tests.law.test_r28_accused import REPORT, UNITS, complaint
from tests.rules import refused
from tests.steps import KEEPER, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUTES = re.compile(r'^huiyin_http_request\w+\{.*route="([^"]*)".*\}', re.MULTILINE)
SEALED = re.compile("track|report|informant|retaliation|unseal")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(*UNITS)
        yield made


async def counted(county: System) -> set[str]:
    """Return what intake counts by itself, after a report was sealed."""
    case = await complaint(county, persons=("co-1",), **REPORT)
    path = f"/cases/{case}/confidential-track"
    ok(await county.send("intake", path, {"organ": "JW"}, role=Role.bureau_officer))
    shown = await county.client.get(f"{county.url('intake')}/metrics", headers=KEEPER)
    return {*ROUTES.findall(shown.text)}


async def test_r30_what_is_done_in_a_case_is_counted_by_its_door(county: System):
    doors = await counted(county)
    assert {"/cases", "/petitions"} <= doors
    assert not [door for door in doors if door.count("/") > 1 or SEALED.search(door)]


async def test_mutant_each_route_is_counted(county: System, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(edge, "_door", lambda scope: getattr(scope.get("route"), "path", "-"))
    try:
        assert [door for door in await counted(county) if SEALED.search(door)]
    finally:
        edge._numbers.cache_clear()
        for number in (metrics.COMMANDS, metrics.SECONDS):
            number.clear()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.platform_admin])
async def test_r30_numbers_are_for_who_keeps_the_platform_running(county: System, role: Role):
    headers = {"Huiyin-Actor": "x-1", "Huiyin-Unit": "RSJ", "Huiyin-Role": str(role)}
    for service in SERVICES:
        url = f"{county.url(service)}/metrics"
        other = NotOpenToServices if role is Role.system else Forbidden
        refused(await county.client.get(url, headers=headers), 403, other)
        refused(await county.client.get(url, auth=None), 401, NotAuthenticated)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.auditor, Role.system}])
async def test_r30_how_long_the_ledger_is_is_for_who_audits_it(county: System, role: Role):
    headers = {"Huiyin-Actor": "x-1", "Huiyin-Unit": "RSJ", "Huiyin-Role": str(role)}
    url = f"{county.url('accountability')}/ledger/head"
    refused(await county.client.get(url, headers=headers), 403, Forbidden)
    ok(await county.client.get(url, headers=headers | {"Huiyin-Role": str(Role.auditor)}))
