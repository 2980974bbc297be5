"""Promise 10: a lost commit reply never makes a double or a false «conflict».

Between intake and PostgreSQL stands a proxy that drops the reply to one COMMIT in ten and refuses another one in fifty.
The clients register, attach and classify; whatever they do not hear they send again under the same key.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random
from uuid import UUID

import httpx2
import pytest
from structlog.testing import capture_logs

from contracts.envelope import SERVICES
from contracts.packing import expanded
from contracts.vocabulary import Role
from services.chassis.http.acting import command_of
from services.chassis.store import Store
from services.chassis.writer import Work, Writer
from tests.harness import System, petition, unpacked
from tests.proxy import Fate, Proxy
from tests.sizes import size

CLIENTS = 16
COMMANDS = size("COMMANDS", 2_560, 20_000)
CASES = -(-COMMANDS // (CLIENTS * 4))  # of each client, with four commands each
MUTANT_CASES = 12
LOST = 0.10
REFUSED = 0.02
TRIES_MAX = 20
REPLAYS = 0.2


@dataclass
class History:
    """What was asked under which key, and every answer to it."""

    answers: dict[UUID, list[httpx2.Response]] = field(default_factory=dict)
    unknown: int = 0


@asynccontextmanager
async def behind_proxy(huiyin: System) -> AsyncIterator[tuple[System, Proxy]]:
    """Intake, whose only way to the database is the proxy; the checker and whom intake asks take the direct one."""
    asked = [name for name in SERVICES if name != "intake"]
    async with (
        huiyin.within(*asked, parts=frozenset({"api"})),
        Proxy(huiyin.database_url) as proxy,
        replace(huiyin, database_url=proxy.url).within("intake", parts=frozenset({"api"})) as served,
    ):
        yield served, proxy


async def tell(huiyin: System, history: History, key: UUID, path: str, body: dict, role: Role) -> httpx2.Response:
    """Send a command until something definite comes back."""
    for _ in range(TRIES_MAX):
        reply = await huiyin.send("intake", path, body, role=role, key=key)
        if reply.status_code != 503:
            history.answers.setdefault(key, []).append(reply)
            return reply
        history.unknown += 1
    raise AssertionError(f"{key}: unknown {TRIES_MAX} times")


async def handle_cases(huiyin: System, dice: Random, cases: int, history: History) -> None:
    """One client: its own cases, so that nobody ever has reason to refuse it anything."""
    classification = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
    for _ in range(cases):
        case = ""
        for path, body, role in (
            ("/petitions", petition(), Role.intake_clerk),
            ("/cases/{}/petitions", petition(channel="letter"), Role.intake_clerk),
            ("/cases/{}/classification", classification, Role.bureau_officer),
            ("/cases/{}/petitions", petition(channel="letter"), Role.intake_clerk),
        ):
            key = UUID(int=dice.getrandbits(128), version=4)
            told = [await tell(huiyin, history, key, path.format(case), body, role)]
            if dice.random() < REPLAYS:
                told.append(await tell(huiyin, history, key, path.format(case), body, role))
            case = case or str(told[0].json().get("case_id"))


async def play(huiyin: System, proxy: Proxy, cases: int) -> History:
    dice, history = huiyin.dice(), History()
    faults = Random(dice.getrandbits(64))

    def fate() -> Fate:
        chance = faults.random()
        return Fate.LOSE if chance < LOST else Fate.REFUSE if chance < LOST + REFUSED else Fate.PASS

    proxy.fate = fate
    try:
        await asyncio.gather(
            *(handle_cases(huiyin, Random(dice.getrandbits(64)), cases, history) for _ in range(CLIENTS))
        )
    finally:
        proxy.fate = lambda: Fate.PASS
    return history


async def check(huiyin: System, history: History) -> None:
    """Each key has exactly one effect, every answer to it is the same one, and nothing was refused."""
    told = {command_of(key): answers[0] for key, answers in history.answers.items()}
    refused = Counter(f"{a.status_code} {a.json().get('code')}" for a in told.values() if a.status_code > 201)
    assert not refused, f"refused for nothing: {dict(refused)}"
    for key, answers in history.answers.items():
        assert len({(a.status_code, a.content, a.headers["etag"]) for a in answers}) == 1, f"{key} was told two things"
    async with huiyin.sql() as db:
        events = await db.fetch("SELECT stream_id, version, packed FROM intake.event")
        results = {r[0]: expanded(r[1]) for r in await db.fetch("SELECT command_id, result FROM intake.command")}
    keys = [UUID(unpacked(e).metadata["command_id"]) for e in events]
    effects = Counter(keys)
    assert set(effects) == set(told), f"{len(set(told) - set(effects))} without effect, or effects nobody asked for"
    doubled = [key for key, times in effects.items() if times > 1]
    assert not doubled, f"{len(doubled)} of {len(effects)} commands took effect twice"
    at = {key: (str(e["stream_id"]), e["version"]) for key, e in zip(keys, events, strict=True)}
    for key, answer in told.items():
        body = answer.json()
        assert at[key] == (body["case_id"], body["version"]), f"{key} was told what is not so"
        assert answer.content.startswith(results[key][:-1]), f"{key} was told what is not stored"


@pytest.mark.timeout(max(600, COMMANDS // 10))
async def test_lost_commit_replies_double_and_refuse_nothing(huiyin: System):
    with capture_logs():
        async with behind_proxy(huiyin) as (served, proxy):
            history = await play(served, proxy, CASES)
    await check(huiyin, history)
    asked = sum(map(len, history.answers.values()))
    print(
        f"{len(history.answers)} commands, {asked} answers, {history.unknown} times 503, {dict(proxy.fates)}, 0 doubled"
    )
    assert len(history.answers) >= COMMANDS
    assert proxy.fates[Fate.LOSE] > COMMANDS // 128


async def test_reply_that_never_comes_is_answered_in_time(huiyin: System):
    """The server commits and nothing comes back: the caller is freed with 503, and the same key brings the outcome."""
    history = History()
    async with behind_proxy(huiyin) as (served, proxy):
        for n in range(2):
            proxy.fate = lambda: Fate.SWALLOW
            started = time.monotonic()
            key = UUID(int=n + 1, version=4)
            reply = await served.send("intake", "/petitions", petition(), role=Role.intake_clerk, key=key)
            assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")
            assert time.monotonic() - started < 6
            proxy.fate = lambda: Fate.PASS
            await tell(served, history, key, "/petitions", petition(), Role.intake_clerk)
    await check(huiyin, history)


async def _no_lookup(self: Store, by: object) -> None:
    """MUTANT: nobody looks the command up by its id."""


_write = Writer.write


async def _no_ids(self: Writer, connection: object, works: list[Work]) -> None:
    """MUTANT: the store as the library's: versions alone, no command ids (M10)."""
    await _write(self, connection, [Work(work.rows, work.statements) for work in works])


@pytest.mark.parametrize(("method", "mutant"), [("stored", _no_lookup), ("write", _no_ids)])
async def test_checker_sees_doubles_and_false_conflicts(
    huiyin: System, monkeypatch: pytest.MonkeyPatch, method: str, mutant: object
):
    monkeypatch.setattr(Writer if method == "write" else Store, method, mutant)
    with capture_logs(), pytest.raises(AssertionError, match=r"refused for nothing: .*'409 conflict'"):
        async with behind_proxy(huiyin) as (served, proxy):
            history = await play(served, proxy, MUTANT_CASES)
        await check(huiyin, history)
