"""件件有着落: a case in which nobody has to act is on record a minute later, once."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.accountability.clocks import effects, lookout
from services.accountability.clocks.lookout import Lookout
from services.accountability.clocks.rules import Act
from services.chassis import clock
from tests.harness import System
from tests.steps import ok

pytestmark = pytest.mark.servers

DETECTED = "accountability.OrphanCaseDetected.v1"


async def registered(county: System) -> str:
    case: str = (await county.register())["case_id"]
    await county.caught_up()
    return case


async def looked(county: System) -> list[str]:
    """Look at everything that is in the ledger, as if a minute had passed; return the cases that were noticed so far."""
    watcher = Lookout(county.running["accountability"].store, clock.now)
    upto = await watcher.head()
    while await watcher.look(upto):
        pass
    return [str(entry["case_id"]) for entry in await county.caught_up() if entry["type"] == DETECTED]


async def known(county: System, case: str) -> dict:
    return ok(await county.client.get(f"{county.url('accountability')}/cases/{case}"))


@pytest.fixture
def no_clock_starts(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Plant the bug that this is about: a rule that starts nothing."""
    monkeypatch.setitem(effects._ACTS, Act.start, lambda *_: None)
    return monkeypatch


async def test_case_in_which_nobody_has_to_act_is_noticed_once(county: System, no_clock_starts):
    case = await registered(county)
    assert await looked(county) == [case]
    assert await looked(county) == [case]
    entry = next(entry for entry in await county.ledger() if entry["type"] == DETECTED)
    before = next(e for e in await county.ledger() if str(e["case_id"]) == case)
    listed = ok(await county.client.get(county.url("accountability") + "/orphans"))["items"]
    assert [item["case_id"] for item in listed] == [case]
    assert UUID(listed[0]["id"]) == entry["stream_id"]
    assert (await known(county, case))["orphaned_since"] is not None
    assert entry["at"] >= before["at"]


async def test_it_is_nobodys_no_more_when_the_next_clock_starts(county: System, no_clock_starts):
    case = await registered(county)
    await looked(county)
    no_clock_starts.undo()
    ok(await county.classify(case))
    ok(await county.forward(case))
    assert await looked(county) == [case]
    assert (await known(county, case))["orphaned_since"] is None


async def test_case_with_a_clock_is_left_alone(county: System):
    await registered(county)
    assert await looked(county) == []


async def test_case_with_news_is_looked_at_later(county: System, no_clock_starts):
    watcher = Lookout(county.running["accountability"].store, clock.now)
    case = await registered(county)
    then = await watcher.head()
    ok(await county.classify(case))
    await county.caught_up()
    assert await watcher.look(then) > 0
    assert await watcher.look(then) == 0
    assert not any(entry["type"] == DETECTED for entry in await county.caught_up())
    assert await looked(county) == [case]


async def test_many_entries_are_looked_at_in_parts(county: System, no_clock_starts):
    no_clock_starts.setattr(lookout, "ENTRIES_MAX", 2)
    cases = [await registered(county) for _ in range(5)]
    assert sorted(await looked(county)) == sorted(cases)


async def test_case_that_has_ended_is_left_alone(county: System, no_clock_starts):
    case = await registered(county)
    no_clock_starts.setattr("services.accountability.case.fold.ENDED", {(await known(county, case))["state"]})
    assert await looked(county) == []
