"""What takes long is done aside: a few at a time, so many in line, and nobody else waits for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from contracts.vocabulary import Role
from services.chassis import aside
from services.chassis.aside import Aside, Busy
from tests.harness import UNIT, System, until
from tests.rules import refused, refuses
from tests.steps import PAPER, ok


class Work:
    """Work that lasts until it is let go."""

    def __init__(self) -> None:
        self.begun = self.most = self.under_way = 0
        self.let_go = threading.Event()
        self._turn = threading.Lock()

    def __call__(self, n: int) -> int:
        with self._turn:
            self.begun += 1
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        self.let_go.wait(30)
        with self._turn:
            self.under_way -= 1
        return n


@contextmanager
def work() -> Iterator[Work]:
    made = Work()
    try:
        yield made
    finally:
        made.let_go.set()


async def begun(one: Work, count: int) -> None:
    async def so_many() -> bool:
        return one.begun >= count

    await until(so_many, f"{count} are begun")


async def test_so_many_are_done_at_once_so_many_wait_and_others_are_told_at_once():
    todo = Aside(at_once=2, waiting=3)
    with work() as one:
        asked = [asyncio.create_task(todo(one, n)) for n in range(5)]
        await begun(one, 2)
        with refuses(Busy):
            await todo(one, 5)
        one.let_go.set()
        assert await asyncio.gather(*asked) == [0, 1, 2, 3, 4]
        assert one.most == 2
        assert await todo(one, 6) == 6, "there is room again"


async def test_who_gives_up_gives_their_place_to_others_and_what_was_begun_keeps_it():
    todo = Aside(at_once=1, waiting=1)
    with work() as one:
        first = asyncio.create_task(todo(one, 1))
        await begun(one, 1)
        second = asyncio.create_task(todo(one, 2))
        await asyncio.sleep(0)
        for task in (first, second):
            task.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        third = asyncio.create_task(todo(one, 3))
        await asyncio.sleep(0)
        with refuses(Busy):
            await todo(one, 4)
        one.let_go.set()
        assert await third == 3
        assert one.begun == 2, "nobody has begun what was given up"


async def test_what_fails_is_told_and_leaves_its_place():
    todo = Aside(at_once=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await todo(lambda: 1 // 0)


async def test_registrations_go_on_while_papers_are_set(county: System):
    """A hundred papers, fifty at a time: some wait, the others come again, and who registers does not notice."""
    case = (await county.register())["case_id"]
    office = county.running["intake"].own
    before, office.aside = office.aside, Aside(at_once=1, waiting=2)
    with work() as one:
        held = [asyncio.create_task(office.aside(one, n)) for n in range(3)]
        await begun(one, 1)
        paper = {"approved_by": "head-1"} | PAPER
        for _ in range(100):
            reply = await county.send("intake", f"/cases/{case}/papers", paper, role=Role.bureau_officer, unit=UNIT)
            assert int(refused(reply, 503, Busy) and reply.headers["retry-after"]) > 0
        await county.register()
        one.let_go.set()
        await asyncio.gather(*held)
    reply = await county.send("intake", f"/cases/{case}/papers", paper, role=Role.bureau_officer, unit=UNIT)
    assert ok(reply, 201)["document_no"].endswith("1号"), "what was not begun has taken no number"
    office.aside = before


async def test_mutant_that_lets_everybody_wait_is_seen(monkeypatch: pytest.MonkeyPatch):
    """MUTANT: a line without an end."""

    class Endless(threading.BoundedSemaphore):
        def acquire(self, *_: object, **__: object) -> bool:
            return True

        def release(self, *_: object) -> None: ...

    monkeypatch.setattr(aside.threading, "BoundedSemaphore", Endless)
    with pytest.raises((AssertionError, TimeoutError, pytest.fail.Exception)):
        async with asyncio.timeout(1):
            await test_so_many_are_done_at_once_so_many_wait_and_others_are_told_at_once()
