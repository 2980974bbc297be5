"""Numbers of papers: one follows the other, whoever numbers beside, and what is refused or fails takes none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from random import Random
from typing import Any
from uuid import uuid4

from contracts.event import typed_before
from contracts.vocabulary import Level, Route, ServiceMethod
from services.chassis.context import By
from services.chassis.directory import Directory, Entry
from services.chassis.errors import DomainError, Refused
from services.chassis.store import Store
from services.chassis.writer import Done
from services.mediation.domain import acceptance, receiving
from services.mediation.domain.handling import Handling
from tests.harness import STAFFED, UNIT, System, unpacked

PROCESSES = 3
CLIENTS = 8
PAPERS = 12  # of each client
KINDS = ("信受", "信意")


def test_number_begins_with_the_mark_of_the_unit():
    """机关代字: what is laid down, else the name; and no other unit's numbers begin so."""
    directory = Directory.of(
        [
            Entry("RSJ", "岳池县人力资源和社会保障局", Level.county, mark="岳人社"),
            Entry("JYJ", "教育局", Level.county),
            Entry("JYJ-2", "教育局", Level.county),
            Entry("TJJ", "统计局", Level.county, mark="岳统"),
            Entry("TJJ-2", "岳统", Level.county),
        ]
    )
    marks = {code: directory.mark(code) for code in (*directory.units, "NOBODY")}
    assert marks["RSJ"] == "岳人社"
    assert marks["JYJ"] == "教育局JYJ"
    assert marks["NOBODY"] == "NOBODY"
    assert len({*marks.values()}) == len(marks)


def notifying(store: Store, kind: str, by: By, *, refused: bool) -> Callable[[Handling], dict[str, Any]]:
    """What numbers a notice, which is refused only then."""

    def act(h: Handling) -> dict[str, Any]:
        no = store.number(kind, by)
        if refused:
            raise Refused
        receiving.receive(
            h, at=by.at, unit=UNIT, unit_name="人社局", registration_no="1", route=Route.petition_procedure
        )
        acceptance.notify_acceptance(
            h, UNIT, no, ServiceMethod.post, by.at, typed_before("EMS"), "co-1", STAFFED, at=by.at
        )
        return {"no": no}

    return act


async def number(store: Store, huiyin: System, dice: Random, told: list[str]) -> None:
    """One client: have notices numbered, of which some are refused, some are sent twice and some race."""
    for _ in range(PAPERS):
        case, by, kind = uuid4(), huiyin.by(), dice.choice(KINDS)
        fate = dice.choice(["done", "done", "done", "refused", "again", "raced"])
        senders = [by] + [by] * (fate == "again") + [huiyin.by()] * (fate == "raced")
        sent = (
            store.change(Handling, case, notifying(store, kind, one, refused=fate == "refused"), by=one, may_open=True)
            for one in senders
        )
        for done in await asyncio.gather(*sent, return_exceptions=True):
            if isinstance(done, Done):
                told.append(done.reply.decode())
            else:
                assert fate in {"refused", "raced"}, done
                assert isinstance(done, DomainError), done


async def play(huiyin: System) -> tuple[list[str], list[str]]:
    """Let several processes number at once; return what was told, and what is stored."""
    dice, told = huiyin.dice(), []
    async with AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(huiyin.opened("mediation")) for _ in range(PROCESSES)]
        for process in processes:
            process.store.directories.current = Directory.of([Entry(UNIT, "人社局", Level.county, mark="岳人社")])
        clients = [
            number(process.store, huiyin, Random(dice.getrandbits(64)), told)
            for process in processes
            for _ in range(CLIENTS)
        ]
        await asyncio.gather(*clients)
    async with huiyin.sql() as db:
        rows = await db.fetch("SELECT stream_id, version, packed FROM mediation.event ORDER BY pos")
    return told, [no for row in rows if (no := unpacked(row).body.get("notice_no"))]


def holes(numbers: list[str]) -> list[str]:
    """Return what is missing or stands twice in the series of the numbers."""
    found = []
    for kind in KINDS:
        series = [no for no in numbers if no.startswith(f"岳人社{kind}〔")]
        year = series[0].partition("〔")[2].partition("〕")[0]
        wanted = {f"岳人社{kind}〔{year}〕{n}号" for n in range(1, len(series) + 1)}
        found += sorted(wanted ^ {*series})
    return found


async def test_no_number_is_left_out_or_given_twice(huiyin: System):
    """第三十二条: several processes number the papers of one unit at once; some are refused, sent twice, or race."""
    told, stored = await play(huiyin)
    assert len(stored) > PROCESSES * CLIENTS * PAPERS / 2
    assert not holes(stored)
    assert all(any(no in reply for reply in told) for no in stored), "a number is stored that nobody was told"


async def test_checker_sees_holes(huiyin: System):
    """MUTANT: the database takes any number."""
    async with huiyin.sql() as db:
        await db.execute("ALTER TABLE mediation.series DISABLE TRIGGER one_after_the_other")
    _, stored = await play(huiyin)
    assert holes(stored)
