"""A command that needs what another service is about to publish waits for Kafka to bring it, and asks only in the end.

Asking costs the other service a round of sealing and this one a fetch; what Kafka brings anyway costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

import pytest
from aiokafka.consumer import fetcher

from contracts.envelope import Record, lane_of
from contracts.vocabulary import Role
from services.chassis import inbox
from services.chassis.consumer import TAKING_SECONDS_MAX
from services.chassis.context import By
from services.chassis.inbox import Inbox
from services.chassis.service import PARTS, Running
from services.chassis.store import Store
from services.chassis.streams import Stream
from services.chassis.writer import Done
from tests.flow.checks import given_out
from tests.harness import UNIT, System, until
from tests.steps import document, ok

FUND = {"hardship": "illness", "amount_fen": 500_000, "tied_to_withdrawal": False}


async def records_of(huiyin: System, case: str) -> list[Record]:
    """What intake gives out of a case to assignment."""
    await huiyin.running["intake"].relay.settle(UUID(case))
    return await given_out(huiyin.running["assignment"].inbox, "intake", lane_of(UUID(case)))


def looks(running: Running) -> list[UUID]:
    """Keep account of the aggregates that this service has loaded."""
    seen, of = [], running.store.streams.of

    async def counted(stream: UUID) -> Stream:
        found = await of(stream)
        seen.append(stream)
        return found

    running.store.streams.of = counted  # type: ignore[method-assign]
    return seen


def patience(monkeypatch: pytest.MonkeyPatch, silence: float, altogether: float) -> None:
    """Set for how long a command waits while Kafka brings nothing, and in all."""
    monkeypatch.setattr(inbox, "ARRIVAL_SECONDS_MAX", silence)
    monkeypatch.setattr(inbox, "ARRIVALS_SECONDS_MAX", altogether)


async def forwarded_while_events_arrive(huiyin: System, monkeypatch: pytest.MonkeyPatch) -> int:
    """Forward a case of which assignment has nothing yet and then hears piece by piece; return the reply's status."""
    patience(monkeypatch, 20.0, 20.0)
    deaf = PARTS - {"reactions"}
    async with huiyin.within("intake", parts=deaf), huiyin.within("assignment", parts=deaf):
        await huiyin.establish()
        assignment = huiyin.running["assignment"]
        case = (await huiyin.register())["case_id"]
        assert (await huiyin.classify(case)).status_code == 200
        registered, classified = await records_of(huiyin, case)
        seen = looks(assignment)
        command = asyncio.create_task(huiyin.forward(case))

        async def looked(often: int) -> bool:
            return seen.count(UUID(case)) >= often

        await until(lambda: looked(2), "the command looks, expects, and looks again")
        await assignment.inbox.take([registered])
        await until(lambda: looked(3), "the command looks at what has arrived")
        await assignment.inbox.take([classified])
        return (await command).status_code


@pytest.fixture
def nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    async def asked(self: Inbox, source: str, key: UUID) -> None:
        raise AssertionError(f"{source} was asked")

    monkeypatch.setattr(Inbox, "pull_case", asked)


@pytest.mark.usefixtures("nobody_asks")
async def test_a_command_waits_on_when_something_else_of_its_case_arrives(
    huiyin: System, monkeypatch: pytest.MonkeyPatch
):
    """The registration is not what a forwarding needs; the classification, which comes next, is."""
    assert await forwarded_while_events_arrive(huiyin, monkeypatch) == 200


@pytest.mark.usefixtures("nobody_asks")
async def test_a_command_whose_case_is_not_here_was_not_done_before(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """Whoever has done it has the case, so nobody looks for it."""

    async def looked_for(self: Store, by: By) -> Done | None:
        raise AssertionError(f"{by.command_id} was looked for")

    monkeypatch.setattr(Store, "stored", looked_for)
    patience(monkeypatch, 20.0, 20.0)
    async with huiyin.within("intake"), huiyin.within("assignment", parts=PARTS - {"reactions"}):
        await huiyin.establish()
        assignment, case = huiyin.running["assignment"], (await huiyin.register())["case_id"]
        assert (await huiyin.classify(case)).status_code == 200
        told, seen = await records_of(huiyin, case), looks(assignment)
        command = asyncio.create_task(huiyin.forward(case))

        async def looked() -> bool:
            return seen.count(UUID(case)) >= 2

        await until(looked, "the command looks, and expects")
        await assignment.inbox.take(told)
        assert (await command).status_code == 200


@pytest.mark.usefixtures("nobody_asks")
async def test_a_command_that_asks_after_the_first_arrival_is_found_out(
    huiyin: System, monkeypatch: pytest.MonkeyPatch
):
    """Mutant: whatever arrives first is taken for all that Kafka will bring."""
    patient = Inbox.catching_up

    async def hasty(self: Inbox, source: str, key: UUID) -> AsyncGenerator[None]:
        measures = patient(self, source, key)
        for _ in range(2):
            yield await anext(measures)
        await measures.aclose()
        yield await self.pull_case(source, key)

    monkeypatch.setattr(Inbox, "catching_up", hasty)
    assert await forwarded_while_events_arrive(huiyin, monkeypatch) == 500


async def forwarded_while_others_arrive(huiyin: System, *, seconds: float) -> int:
    """Forward a case of which assignment hears only after a while, in which it hears of others; return the status."""
    deaf = PARTS - {"reactions"}
    async with huiyin.within("intake", parts=deaf), huiyin.within("assignment", parts=deaf):
        await huiyin.establish()
        taking = huiyin.running["assignment"].inbox
        case = (await huiyin.register())["case_id"]
        assert (await huiyin.classify(case)).status_code == 200
        clock = asyncio.get_running_loop().time
        begun, command = clock(), asyncio.create_task(huiyin.forward(case))

        async def over() -> bool:
            taking.brought_at = clock()  # as the consumer says of whatever it has brought
            return clock() > begun + seconds or command.done()

        await until(over, "others have arrived for a while")
        await taking.take(await records_of(huiyin, case))
        return (await command).status_code


@pytest.mark.usefixtures("nobody_asks")
async def test_a_command_waits_on_while_kafka_brings_other_cases(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """A busy Kafka is about to bring this one as well, and asking would make it busier."""
    patience(monkeypatch, 2.0, 20.0)
    assert await forwarded_while_others_arrive(huiyin, seconds=2.5) == 200


@pytest.mark.usefixtures("nobody_asks")
async def test_a_command_that_sees_only_its_own_case_is_found_out(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: what Kafka brings of other cases is no sign of life."""
    patience(monkeypatch, 2.0, 20.0)
    monkeypatch.setattr(Inbox, "brought_at", property(lambda _: 0.0, lambda _, __: None), raising=False)
    assert await forwarded_while_others_arrive(huiyin, seconds=2.5) == 500


async def test_a_command_asks_in_the_end_however_busy_kafka_is(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """Other cases alone are no answer."""
    patience(monkeypatch, 20.0, 0.5)
    asked, pull = [], Inbox.pull_case

    async def asking(self: Inbox, source: str, key: UUID) -> None:
        asked.append(source)
        await pull(self, source, key)

    monkeypatch.setattr(Inbox, "pull_case", asking)
    assert await forwarded_while_others_arrive(huiyin, seconds=20.0) == 200
    assert asked == ["intake"]


async def test_the_kafka_client_goes_by_the_pause_that_is_set(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """It has no setting for it: a newer client that calls it otherwise would take no notice, and nobody would see why."""
    made: list[float] = []
    honest = fetcher.FetchResult.__init__

    def noted(self: Any, *args: Any, backoff: float, **more: Any) -> None:
        made.append(backoff)
        honest(self, *args, backoff=backoff, **more)

    monkeypatch.setattr(fetcher.FetchResult, "__init__", noted)
    async with huiyin.within():
        await huiyin.establish()
        await huiyin.register()
        await huiyin.caught_up()
    assert set(made[-3:]) == {TAKING_SECONDS_MAX}


async def test_money_is_asked_for_as_soon_as_a_unit_has_the_case(huiyin: System):
    """A request opens a stream of its own; that its case is not here yet is no reason to say that there is none."""
    deaf = PARTS - {"reactions"}
    async with huiyin.within("intake"), huiyin.within("assignment"), huiyin.within("mediation", parts=deaf):
        await huiyin.establish()
        case = (await huiyin.register())["case_id"]
        ok(await huiyin.classify(case))
        ok(await huiyin.forward(case))
        body = FUND | {"document": await document(huiyin, case)}
        reply = await huiyin.send("mediation", f"/cases/{case}/funds", body, role=Role.case_officer, unit=UNIT)
        assert ok(reply, 201)["fund_id"]
