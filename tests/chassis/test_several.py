"""A command that changes several aggregates changes all of them or none, and once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest_asyncio

from contracts.vocabulary import Channel, ContentCategory
from services.chassis.errors import Conflict, NotFound, Stale
from services.chassis.store import Store
from services.chassis.streams import Stream
from services.chassis.writer import Done
from services.intake.domain import filing, grouping
from services.intake.domain.registration import Registration
from tests.harness import BUREAU, System
from tests.rules import refuses


@pytest_asyncio.fixture
async def store(huiyin: System) -> AsyncIterator[Store]:
    async with huiyin.opened("intake") as running:
        running.store.start()
        yield running.store
        await running.store.stop()


async def filed(huiyin: System, store: Store) -> UUID:
    by, case = huiyin.by(unit=BUREAU), uuid4()

    def act(registration: Registration) -> None:
        filing.register(
            registration,
            at=by.at,
            registration_no="XF-1",
            petition=uuid4(),
            channel=Channel.letter,
            received_at=by.at,
            category=ContentCategory.other,
            place="P-1",
            receiving_unit="XFJ",
            person_count=1,
            anonymous=False,
            secrecy_requested=False,
            content=uuid4(),
            content_sha256="0" * 64,
        )

    await store.change(Registration, case, act, by=by, may_open=True)
    return case


async def merge(huiyin: System, store: Store, one: UUID, into: UUID, **more: Any) -> Done:
    by = huiyin.by(unit=BUREAU, **more)

    def act(both: Sequence[Registration]) -> dict[str, Any]:
        grouping.merge_into(both[0], both[1], at=by.at)
        return {"into": into}

    return await store.change_all(Registration, (one, into), act, by=by)


async def versions(store: Store, *cases: UUID) -> list[int]:
    return [(await store.load(Registration, case)).version for case in cases]


async def test_both_are_changed_and_a_retry_changes_nothing_more(huiyin: System, store: Store):
    one, into, key = await filed(huiyin, store), await filed(huiyin, store), uuid4()
    done = await merge(huiyin, store, one, into, key=key)
    again = await merge(huiyin, store, one, into, key=key)
    assert ((again.version, again.reply), again.again, done.again) == ((done.version, done.reply), True, False)
    assert done.version == 2
    assert await versions(store, one, into) == [2, 2]
    async with huiyin.sql() as db:
        states = dict(await db.fetch("SELECT id, state FROM intake.case_view"))
    assert (states[one], states[into]) == ("merged", "registered")


async def test_refusal_changes_neither(huiyin: System, store: Store):
    one, nowhere = await filed(huiyin, store), uuid4()
    with refuses(NotFound):
        await merge(huiyin, store, one, nowhere)
    with refuses(NotFound):
        await merge(huiyin, store, nowhere, one)
    with refuses(Stale):
        await merge(huiyin, store, one, await filed(huiyin, store), version=9)
    assert await versions(store, one, nowhere) == [1, 0]


async def test_of_two_that_want_the_same_one_gets_it_whole(huiyin: System, store: Store):
    """Each of the two is to go into the other: one of them does, and nothing is half done."""
    one, other = await filed(huiyin, store), await filed(huiyin, store)
    outcomes = await asyncio.gather(
        merge(huiyin, store, one, other), merge(huiyin, store, other, one), return_exceptions=True
    )
    assert sum(isinstance(outcome, Done) for outcome in outcomes) == 1, outcomes
    assert await versions(store, one, other) == [2, 2]


async def test_lost_race_over_the_second_writes_nothing_of_the_first(huiyin: System, store: Store):
    one, into, by = await filed(huiyin, store), await filed(huiyin, store), huiyin.by(unit=BUREAU, version=1)
    ahead = await filed(huiyin, store)

    def act(both: Sequence[Registration]) -> None:
        grouping.merge_into(both[0], both[1], at=by.at)

    of, raced = store.streams.of, False

    async def overtaken(stream: UUID) -> Stream:
        nonlocal raced
        found = await of(stream)
        if stream == into and not raced:
            raced = True
            await merge(huiyin, store, ahead, into)
        return found

    store.streams.of = overtaken  # type: ignore[method-assign]
    with refuses(Conflict):
        await store.change_all(Registration, (one, into), act, by=by)
    store.streams.of = of  # type: ignore[method-assign]
    assert await versions(store, one, into) == [1, 2]
