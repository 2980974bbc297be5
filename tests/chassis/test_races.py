"""Promise 18: one case is one linear history; and nobody who follows the order of the work is ever told «not yet».

Rivals race for the same version: one wins, the others are told so. Registering, classifying, assigning and notifying at
once, each on its own service, finds what the step before has made, without pause and without retry.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from random import Random
from uuid import UUID, uuid4

import pytest

from contracts.vocabulary import RecordKind, Role
from services.chassis.errors import Conflict
from services.chassis.http import acting
from services.chassis.running import Running
from services.mediation.commands.inquiry import PutOnRecord
from services.mediation.domain.handling import Handling
from tests.harness import UNIT, System, believing, check_ledger, unpacked
from tests.sizes import size

CLIENTS = 32
STREAMS = 10
APPENDS = 40  # of each client
MUTANT_APPENDS = 6

RACES = size("RACES", 2_000, 2_000)
RACED_CASES = 20
PAIRS_AT_ONCE = 4
MUTANT_RACES = 20

CASES = size("CASES", 1_500, 10_000)
CASES_AT_ONCE = 16
FEW_CASES = 20


# ------------------------------------------------------------------------------- one linear history


@dataclass
class Appends:
    """Who was told that which value stands at which version of which stream."""

    told: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    conflicts: int = 0
    broken: list[BaseException] = field(default_factory=list)


async def append(running: Running, huiyin: System, dice: Random, cases: list[UUID], count: int, log: Appends) -> None:
    """One client: append unique values, deciding anew whenever somebody else was faster."""
    for _ in range(count):
        case, value, careful = dice.choice(cases), UUID(int=dice.getrandbits(128)), dice.random() < 0.5
        while True:
            seen = (await running.store.load(Handling, case)).version if careful else None
            try:
                by = huiyin.by(version=seen)
                command = PutOnRecord(case_id=case, kind=RecordKind.statement_heard, document=value)
                done = await command.run(running, by)
            except Conflict:
                log.conflicts += 1
            else:
                log.told[value] = (case, done.version)
                break


async def play_appends(huiyin: System, count: int) -> Appends:
    dice, log = huiyin.dice(), Appends()
    async with huiyin.opened("mediation") as running:
        believing(running)
        cases = [await huiyin.with_unit(running.store) for _ in range(STREAMS)]
        clients = [append(running, huiyin, Random(dice.getrandbits(64)), cases, count, log) for _ in range(CLIENTS)]
        ended = await asyncio.gather(*clients, return_exceptions=True)
        log.broken = [error for error in ended if error is not None]
    return log


async def check_appends(huiyin: System, log: Appends) -> None:
    """Versions are contiguous and every value stands where its writer was told, once."""
    async with huiyin.sql() as db:
        rows = await db.fetch("SELECT stream_id, version, packed FROM mediation.event ORDER BY stream_id, version, pos")
        views = dict(await db.fetch("SELECT id, version FROM mediation.case_view"))
    streams: dict[UUID, list[int]] = defaultdict(list)
    values: list[tuple[UUID, tuple[UUID, int]]] = []
    for r in rows:
        streams[r["stream_id"]].append(r["version"])
        if value := unpacked(r).body.get("document"):
            values.append((UUID(value), (r["stream_id"], r["version"])))
    for stream, versions in streams.items():
        assert versions == list(range(1, len(versions) + 1)), f"{stream} forks: {versions}"
        assert views[stream] == len(versions), f"{stream}: the view stands at {views[stream]} of {len(versions)}"
    assert not log.broken, log.broken
    assert len(values) == len(dict(values)), "a value was stored twice"
    assert dict(values) == log.told, "an update was lost, or stored although nobody was told"


async def test_one_case_is_one_linear_history(huiyin: System):
    log = await play_appends(huiyin, APPENDS)
    await check_appends(huiyin, log)
    print(f"{len(log.told)} appends of {CLIENTS} clients to {STREAMS} cases, {log.conflicts} conflicts, 0 lost")
    assert len(log.told) == CLIENTS * APPENDS
    assert log.conflicts, "nobody ever raced"


async def test_checker_sees_forked_history(huiyin: System):
    """MUTANT: the table has no primary key, and nothing else says which version is taken."""
    async with huiyin.sql() as db:
        await db.execute("ALTER TABLE mediation.event DROP CONSTRAINT event_pkey")
    log = await play_appends(huiyin, MUTANT_APPENDS)
    with pytest.raises(AssertionError, match="forks"):
        await check_appends(huiyin, log)


# --------------------------------------------------------------------------------- two officers, one case


async def race(huiyin: System, case: UUID, rounds: int, outcomes: list[tuple[int, int]]) -> None:
    """Two officers who have seen the same version act at the same instant, again and again."""
    version = 2
    for _ in range(rounds):
        rivals = [(actor, str(uuid4())) for actor in ("co-1", "co-2")]
        replies = await asyncio.gather(
            *(
                huiyin.send(
                    "mediation",
                    f"/cases/{case}/records",
                    {"kind": "statement_heard", "document": document},
                    role=Role.case_officer,
                    unit=UNIT,
                    actor=actor,
                    version=version,
                )
                for actor, document in rivals
            )
        )
        outcomes.append(tuple(sorted(reply.status_code for reply in replies)))
        winners = [reply.json()["version"] for reply in replies if reply.status_code == 200]
        assert winners == [version + 1], f"both saw version {version}; told: {[r.text for r in replies]}"
        version = winners[0]


async def play_races(huiyin: System, races: int) -> Counter[tuple[int, int]]:
    outcomes: list[tuple[int, int]] = []
    at_once = asyncio.Semaphore(PAIRS_AT_ONCE)
    async with huiyin.within("mediation", parts=frozenset({"api"})):
        believing(huiyin.running["mediation"])
        store = huiyin.running["mediation"].store

        async def on_one_case() -> None:
            case = await huiyin.with_unit(store)
            async with at_once:
                await race(huiyin, case, races // RACED_CASES, outcomes)
            assert (await store.load(Handling, case)).version == 2 + races // RACED_CASES

        await asyncio.gather(*(on_one_case() for _ in range(RACED_CASES)))
    return Counter(outcomes)


@pytest.mark.timeout(max(600, RACES // 2))
async def test_two_officers_race_and_one_wins(huiyin: System):
    outcomes = await play_races(huiyin, RACES)
    print(f"{RACES} races: {dict(outcomes)}")
    assert sum(outcomes.values()) == RACES
    assert set(outcomes) <= {(200, 409), (200, 412)}


async def test_checker_sees_two_winners(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: nobody reads If-Match."""
    monkeypatch.setattr(acting, "_versions", lambda _: None)
    with pytest.raises(AssertionError, match="both saw version"):
        await play_races(huiyin, MUTANT_RACES)


# ------------------------------------------------------------------------------- four services, no pause


async def take_through(huiyin: System, answers: Counter[str]) -> None:
    """Register, classify, assign, notify: each at once after the other, each on its own service, each only once."""
    try:
        case = (await huiyin.register())["case_id"]
        for step in (huiyin.classify, huiyin.forward, huiyin.notify):
            reply = await step(case)
            if reply.status_code != 200:
                answers[f"{step.__name__} {reply.status_code} {reply.json().get('code')}"] += 1
                return
    except AssertionError as error:
        answers[f"register {error}"] += 1
    else:
        answers["done"] += 1


async def play_through(huiyin: System, cases: int) -> Counter[str]:
    answers: Counter[str] = Counter()
    left = iter(range(cases))

    async def client() -> None:
        for _ in left:
            await take_through(huiyin, answers)

    await asyncio.gather(*(client() for _ in range(CASES_AT_ONCE)))
    return answers


def check_through(answers: Counter[str], cases: int) -> None:
    assert answers == {"done": cases}, f"of {cases} cases: {dict(answers)}"


@pytest.mark.timeout(max(600, CASES))
async def test_next_step_finds_the_last_one_at_once(huiyin: System):
    async with huiyin.processes():
        await huiyin.establish()
        started = time.monotonic()
        answers = await play_through(huiyin, CASES)
        seconds = time.monotonic() - started
        check_through(answers, CASES)
        print(f"{CASES} cases through four services in {seconds:.1f} s ({CASES / seconds:.0f}/s), 0 refused")
        check_ledger(await huiyin.caught_up(120))


async def test_next_step_finds_the_last_one_without_kafka(huiyin: System):
    """Nothing is published and nothing consumed: what a step needs is fetched from where it was made."""
    async with huiyin.within(parts=frozenset({"api"})):
        await huiyin.establish()
        check_through(await play_through(huiyin, FEW_CASES), FEW_CASES)


async def test_checker_sees_stale_refusals(huiyin: System):
    """MUTANT: a service answers from what has come so far, and asks nobody."""
    async with huiyin.within(parts=frozenset({"api"})):
        await huiyin.establish()
        for running in huiyin.running.values():
            assert running.store.catching_up is not None
            running.store.catching_up = None
        with pytest.raises(AssertionError, match="not_found"):
            check_through(await play_through(huiyin, FEW_CASES), FEW_CASES)
