"""第三十二条: an opinion is the unit's; neither a part of it nor a village committee issues one."""

from __future__ import annotations

import pytest

from contracts.vocabulary import UnitKind
from services.assignment.domain.directory import IssuesNoOpinion, Unit
from tests.assignment.test_domain import NOW, entry
from tests.harness import System
from tests.rules import refused, refuses


@pytest.mark.parametrize("kind", [UnitKind.inner_office, UnitKind.village_committee])
def test_part_of_a_unit_and_village_committee_are_not_competent(kind: UnitKind):
    made = Unit.blank(Unit.stream("NS"))
    with refuses(IssuesNoOpinion):
        made.establish("NS", entry(name="科室", competent=True) | {"kind": kind}, at=NOW)
    made.establish("NS", entry(name="科室", competent=False) | {"kind": kind}, at=NOW)
    assert not made.entry.decides


def test_nor_become_so():
    made = Unit.blank(Unit.stream("NS"))
    made.establish("NS", entry(name="县人社局", competent=True), at=NOW)
    with refuses(IssuesNoOpinion):
        made.establish("NS", entry(name="县人社局", competent=True) | {"kind": UnitKind.inner_office}, at=NOW)


async def test_over_http(county: System):
    body = {"name": "科室", "level": "county", "parent": "RSJ", "kind": "inner_office", "competent": True}
    reply = await county.send("assignment", "/units/NS", body, role="platform_admin", method="PUT")
    refused(reply, 422, IssuesNoOpinion)
