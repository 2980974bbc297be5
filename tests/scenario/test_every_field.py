"""Whatever somebody types into whatever field of whatever command lies in the vault, and nowhere else (promise 8).

Courses of the demonstration are played with a canary in front of all that is typed in them, and everything is answered
as if it were not there; and each code is sent wrong before it is sent right. Then all that was written down is searched,
and every canary is read through its own door.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID

import httpx2
import pytest

from contracts.vocabulary import Role
from services.assignment.commands.directory import AppointOfficer
from services.cli.demo import CLIENTS, SEED
from services.scenario import player
from services.scenario.county import HOME, County
from services.scenario.step import Step
from services.scenario.story import END, Story, stories
from services.scenario.telling.following import DISCIPLINE
from services.scenario.year import scenes
from tests.harness import System
from tests.places import forms, log_position, written
from tests.scenario.canaries import BY_SERVICES, CODES, FIELDS, GOES_NOWHERE, ON_SHOW, PART, UNPLAYED, Canaries, fewest
from tests.scenario.further import further
from tests.scenario.test_demo import CASES, load, logged_in
from tests.steps import unseal

AFTERWARDS: Final = END.isoformat()
_ITEMS: Final = """
SELECT i.id, i.case_id, c.party_units FROM intake.vault_item i JOIN intake.case_view c ON c.id = i.case_id ORDER BY i.id
"""


@pytest.mark.timeout(300)
async def test_promise_8_whatever_is_typed_is_in_the_vault_and_nowhere_else(
    huiyin: System, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    county = County.read(HOME)
    canaries = Canaries(county.units, huiyin.dice())
    played = [canaries.told(story) for story in fewest([*further(county), *demonstration(county)], county)]
    assert {*canaries.typed, *canaries.numbers, BY_SERVICES} == FIELDS

    monkeypatch.setenv("HUIYIN_LOG_LEVEL", "DEBUG")
    monkeypatch.setattr(player, "stories", lambda *_: played)
    monkeypatch.setattr(player, "scenes", lambda *_: [])
    unnoticed = mistaken_first(canaries, monkeypatch)
    accounts, begun = logged_in(county), await log_position(huiyin)
    capfd.readouterr()
    async with huiyin.processes():
        await load(huiyin, county, accounts)
        urls = {name: huiyin.url(name) for name in huiyin.ports}
        report = await player.play(urls, seed=SEED, clients=CLIENTS, accounts=accounts)
        assert (report.unexpected, report.refused_otherwise) == ([], [])
        assert report.commands == sum(len(story.steps) for story in played) + 1
        assert (unnoticed, CODES - canaries.strangers.keys()) == (["UnlinkTownship.code"], UNPLAYED)
        await huiyin.caught_up()
        places = await written(huiyin, begun)
    logs = capfd.readouterr()
    places["logs"] = (logs.out + logs.err).encode()

    shown = {(place, of) for of, table in ON_SHOW.items() for place in (table, "dump", "wal")}
    assert canaries.found(places) == shown

    named = {str(step.sent["code"]) for story in played for step in story.steps if step.command is AppointOfficer}
    async with huiyin.within():
        read = await readable(huiyin, named)
    lost = {(of, canary) for of, some in canaries.typed.items() for canary in some if canary not in read}
    assert {of for of, _ in lost} <= {*ON_SHOW, GOES_NOWHERE}
    assert all(number in read for number in canaries.numbers.values())
    assert all(not {(of, one) for one in canaries.typed[of]} <= lost for of in ON_SHOW)


def mistaken_first(canaries: Canaries, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let people send each code wrong before they send it right; return of which fields nobody has noticed it."""
    unnoticed, send = list[str](), player._Player._send

    async def wrong_first(self: Any, story: Story, number: int, step: Step, values: Mapping[str, str]) -> Any:
        for path, strange in canaries.strange(step):
            reply = await send(self, story, -len(canaries.strangers), strange, values)
            if reply.status < HTTPStatus.BAD_REQUEST:
                unnoticed.append(path)
        return await send(self, story, number, step, values)

    monkeypatch.setattr(player._Player, "_send", wrong_first)
    return unnoticed


def demonstration(county: County) -> list[Story]:
    """Return all courses of the demonstration."""
    return [*scenes(county, SEED), *stories(county, SEED, CASES)]


def test_field_that_nobody_fills_is_seen():
    """The mutant: the demonstration alone."""
    county = County.read(HOME)
    canaries = Canaries(county.units, random.Random(0))
    for story in fewest(demonstration(county), county):
        canaries.told(story)
    assert FIELDS - {*canaries.typed, *canaries.numbers, BY_SERVICES} == {
        "AnnounceFile.name",
        "AttachPetition.earlier_no",
        "AttachPetition.place",
        "CorrectNoticeReceipt.receipt",
        "IssuePaper.addressee",
        "RegisterPetition.place",
        "ServeRecheckAgain.receipt",
        "ServeRecheckOnAnother.receipt",
        "SplitCase.parts.content.further_claims",
        "SplitCase.parts.content.reasons",
    }


def test_canary_is_found_in_every_form():
    """The mutant: what was typed stands somewhere, in whatever form, and so does a number, and a code."""
    county = County.read(HOME)
    canaries = Canaries(county.units, random.Random(0))
    [first, *_] = map(canaries.told, further(county))
    who = first.steps[0].sent["petitioner"]
    [(code, strange)] = [one for step in first.steps for one in canaries.strange(step)]
    for text, of in (
        (who["name"], "RegisterPetition.petitioner.name"),
        (who["id_no"], "RegisterPetition.petitioner.id_no"),
        (strange.sent["approved_by"], code),
    ):
        for form in forms(text).values():
            assert canaries.found({"here": b"..." + form + b"..."}) == {("here", of)}
    assert canaries.found({"here": who["name"][:7].encode()}) == {("here", PART)}
    assert canaries.found({"here": repr(demonstration(county)).encode()}) == set()


async def readable(huiyin: System, units: Iterable[str]) -> str:
    """Return all that can be read: what lies in the vault, item by item, what stands on doors, what is told to all."""
    async with huiyin.sql() as db:
        items = await db.fetch(_ITEMS)
        notices = await db.fetch("SELECT id FROM intake.notice_view")
    at_once, unsealed = asyncio.Semaphore(CLIENTS), dict[UUID, asyncio.Task[None]]()

    async def get(service: str, path: str, *who: str) -> httpx2.Response:
        shown = dict(zip(("Huiyin-Actor", "Huiyin-Unit", "Huiyin-Role"), who, strict=False))
        async with at_once:
            return await huiyin.client.get(huiyin.url(service) + path, headers={"Huiyin-Time": AFTERWARDS, **shown})

    async def look(reader: str, item: UUID, case: UUID, units: Iterable[str]) -> str:
        for unit in units:
            who = (reader, unit, Role.bureau_officer)
            for door in ("contents", "files"):
                reply = await get("intake", f"/cases/{case}/{door}/{item}?purpose=handling", *who)
                if reply.status_code == HTTPStatus.OK:
                    return unquote(reply.headers.get("content-disposition", reply.text))
        if case not in unsealed:
            unsealed[case] = asyncio.create_task(unseal(huiyin, str(case), unit=DISCIPLINE, at=AFTERWARDS))
        await unsealed[case]
        path = f"/cases/{case}/contents/{item}?purpose=verification"
        return (await get("intake", path, "c-1", DISCIPLINE, Role.discipline_officer)).text

    told = await asyncio.gather(
        *(look(f"reader-{number}", *item) for number, item in enumerate(items)),
        *(get("intake", f"/notices/{notice['id']}") for notice in notices),
        *(get("assignment", f"/units/{unit}") for unit in units),
    )
    return "\n".join(one if isinstance(one, str) else one.text for one in told)
