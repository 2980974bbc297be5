"""个人信息保护法 第五十一条: who keeps the platform running lists, agrees to and refuses at the command line."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.vocabulary import Role
from services.assignment.commands import directory
from services.chassis.errors import Unavailable
from tests.acting import token
from tests.cli.console import Done, cli
from tests.harness import OFFICER, SECOND, Servers, System
from tests.steps import ok, open_county


@pytest.fixture
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def changes(county: System, *words: str, who: str = SECOND) -> Done:
    return await cli(county, "changes", *words, token=token(who, Role.platform_admin))


async def proposed(county: System, service: str, path: str, body: Any) -> str:
    told = await county.send(service, path, body, role=Role.platform_admin, method="PUT", alone=True)
    return str(ok(told, 202)["change_id"])


async def test_what_waits_is_listed_agreed_to_and_refused(county: System):
    unit = await proposed(county, "assignment", "/units/NEW", {"name": "新", "level": "county", "competent": True})
    days = [{"name": "元旦", "date": "2041-01-01", "isOffDay": True}]
    year = await proposed(county, "accountability", "/calendar/2041", {"year": 2041, "days": days})
    listed = (await changes(county, "list")).out
    assert unit in listed and year in listed
    own = await changes(county, "agree", unit, who=OFFICER)
    assert own.code == 1 and "Nothing was changed (403" in own.err
    assert (await changes(county, "agree", unit[:8].upper())).code == 0
    assert (await changes(county, "refuse", year)).code == 0
    assert ok(await county.client.get(f"{county.url('assignment')}/units/NEW"))["name"] == "新"
    nothing = await changes(county, "agree", unit[:8])
    assert nothing.code != 0 and "begins the id of 0 pending changes" in nothing.err
    other = await changes(county, "agree", unit, who="keeper-3")
    assert other.code == 1 and "该项变更已经办结" in other.err


async def test_who_was_interrupted_says_it_again_and_the_cases_go_on(county: System, monkeypatch: pytest.MonkeyPatch):
    """第二十四条第二款: the change is over by then, and is meant by its whole id."""
    await county.enter({"code": "OLD"}, {"code": "NEW"})
    case = (await county.register())["case_id"]
    ok(await county.classify(case))
    ok(await county.forward(case, "OLD"))
    change = await proposed(county, "assignment", "/units/OLD/successors", {"successors": ["NEW"]})

    async def stopped(*_: Any, **__: Any) -> None:
        raise Unavailable

    async def holder() -> str:
        return str(ok(await county.client.get(f"{county.url('assignment')}/cases/{case}"))["unit"])

    with monkeypatch.context() as patch:
        patch.setattr(directory, "move_cases", stopped)
        done = await changes(county, "agree", change)
    assert done.code == 1 and f"say it again of {change}" in done.err
    assert await holder() == "OLD"
    assert (await changes(county, "agree", change)).code == 0
    assert await holder() == "NEW"
