"""lifecycle: whole cases a second, and how long the ledger needs afterwards."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any, Final, NamedTuple

import asyncpg
import msgspec

from contracts.envelope import SERVICES
from tests.bench import disk, samples
from tests.bench.acting import shown
from tests.bench.cpu import Seconds, of_services
from tests.bench.http import Connection, connected, request
from tests.bench.report import Entry, Rate
from tests.harness import HEAD, Servers, System, system

CLIENTS = (16, 32, 64)
WARM_UP_SECONDS = 3.0
SECONDS = 8.0
ROUNDS = 3
EVENTS_A_CASE: Final = 14
CATCH_UP_SECONDS_MAX = 60
AGAIN_SECONDS = 0.1
CPU: Final = {
    "services": "lifecycle_cpu_ms",
    "PostgreSQL": "lifecycle_cpu_postgres_ms",
    "Kafka": "lifecycle_cpu_kafka_ms",
}


class Step:
    """One command of the story, its bytes made once but for the key and the case."""

    def __init__(
        self,
        service: str,
        path: str,
        role: str,
        day: int,
        body: dict[str, Any],
        *,
        unit: str = samples.UNIT,
        status: int = 200,
    ) -> None:
        self.service = service
        self.status = status
        at = (samples.DAY_ONE + timedelta(days=day)).isoformat()
        self._who = (HEAD if role == "unit_head" else samples.OFFICER, unit, role)
        self._sent = (path, [("huiyin-time", at), ("idempotency-key", "<KEY>")], body)

    @cached_property
    def _bytes(self) -> bytes:
        path, headers, body = self._sent
        return request("POST", path, [*shown(*self._who), *headers], body)

    def made(self, key: str, case: bytes, document: bytes) -> bytes:
        return self._bytes.replace(b"<KEY>", key.encode()).replace(b"<CASE>", case).replace(_DOCUMENT, document)


_DOCUMENT = b"00000000-0000-0000-0000-00000000d0c0"  # as long as what takes its place
_TEXT = samples.PETITION["content"]["facts"] * 3
_OPINION = {
    "result": "explain",
    "legal_basis": ["保障农民工工资支付条例 第三十条", "信访工作条例 第三十二条"],
    "document": _DOCUMENT.decode(),
    "drafted_by": "co-1",
    "review_body": "XZF",
}
BUREAU = samples.BUREAU
STORY: Final = (
    Step("intake", "/petitions", "intake_clerk", 0, samples.PETITION, unit=BUREAU, status=201),
    Step(
        "intake", "/cases/<CASE>/classification", "bureau_officer", 0,
        {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}, unit=BUREAU,
    ),
    Step("assignment", "/cases/<CASE>/assignment", "bureau_officer", 0, {"mode": "forward", "unit": samples.UNIT}, unit=BUREAU),
    Step(
        "mediation", "/cases/<CASE>/acceptance-notice", "unit_receiver", 3,
        {"method": "post", "receipt": "EMS1180420260304", "case_officer": "co-1"},
    ),
    # One text is what the records and the opinion refer to: whatever is referred to lies with the case.
    Step("intake", "/cases/<CASE>/documents", "case_officer", 10, {"kind": "opinion", "text": _TEXT}, status=201),
    Step("mediation", "/cases/<CASE>/records", "case_officer", 10, {"kind": "statement_heard", "document": _DOCUMENT.decode()}),
    Step("mediation", "/cases/<CASE>/records", "case_officer", 12, {"kind": "facts_verified", "document": _DOCUMENT.decode()}),
    Step("mediation", "/cases/<CASE>/opinion", "unit_head", 20, _OPINION),
    Step("mediation", "/cases/<CASE>/opinion/service", "case_officer", 21, {"method": "in_person", "receipt": "HZ-01"}),
    Step("mediation", "/cases/<CASE>/closure", "case_officer", 60, {}),
)  # fmt: skip


async def run(servers: Servers) -> AsyncIterator[Entry]:
    async with running(servers) as made, made.sql() as db:
        await play(made, db, CLIENTS[0], WARM_UP_SECONDS)
        found: dict[int, list[Played]] = {count: [] for count in CLIENTS}
        before = await disk.taken(made, db)
        for _ in range(ROUNDS):
            for count in CLIENTS:
                found[count].append(await play(made, db, count, SECONDS))
        after = await disk.taken(made, db)
    rates = {clients: statistics.median(p.rate.a_second for p in rounds) for clients, rounds in found.items()}
    best = max(rates, key=lambda clients: rates[clients])
    print("lifecycle: " + ", ".join(f"{clients} clients {r:.1f}/s" for clients, r in rates.items()))
    yield Entry("lifecycle", rates[best], "cases/s", cpu_ms=statistics.median(p.rate.cpu_ms for p in found[best]))
    for part, name in CPU.items():
        yield Entry(name, statistics.median(1_000 * p.used[part] / p.cases for p in found[best]), "ms a case")
    yield Entry("ledger_catchup_s", max(p.ledger_seconds for p in found[best]), "s")
    cases = sum(played.cases for rounds in found.values() for played in rounds)
    for name in before:
        yield Entry(name, (after[name] - before[name]) / cases / 1_000, "kB a case")


@asynccontextmanager
async def running(servers: Servers) -> AsyncIterator[System]:
    """All four services as processes, and the unit that gets the cases."""
    async with system(servers) as made, made.processes():
        await made.establish(samples.UNIT)
        await made.caught_up()
        yield made


class Teller:
    """Plays stories one step after the other; what is not answered as it should be ends the measurement.

    A 503 is what a service says when it knows no better for now; as every client must, this one sends the same again.
    """

    def __init__(self) -> None:
        self._keys = samples.numbers()
        self.last_reply = 0.0
        self.sent_again = 0

    async def play(self, connections: dict[str, Connection]) -> None:
        case = document = b""
        for step in STORY:
            command = step.made(next(self._keys), case, document)
            while (reply := await connections[step.service].exchange(command))[0] == 503:
                self.sent_again += 1
                await asyncio.sleep(AGAIN_SECONDS)
            status, body = reply
            assert status == step.status, f"{command[:120]!r}: {status} {body.decode()}"
            if status == 201:
                made = msgspec.json.decode(body)
                case, document = made["case_id"].encode(), made.get("document_id", "").encode()
        self.last_reply = time.perf_counter()


@asynccontextmanager
async def clients(made: System, count: int) -> AsyncIterator[list[dict[str, Connection]]]:
    """Clients with a connection of their own to each service."""
    async with AsyncExitStack() as stack:
        pools = {name: await stack.enter_async_context(connected(made.url(name), count)) for name in SERVICES[:3]}
        yield [{name: pool[n] for name, pool in pools.items()} for n in range(count)]


class Played(NamedTuple):
    """What a round of stories came to."""

    cases: int
    rate: Rate
    used: Seconds
    """Processor seconds until the ledger had everything."""
    ledger_seconds: float
    """How long after the last reply that was."""


async def play(made: System, db: asyncpg.Connection, count: int, seconds: float) -> Played:
    """Play stories side by side, and wait for the ledger."""
    before = await ledger_head(db)
    teller, cpu = Teller(), of_services(made)
    used, started = cpu.read(), time.perf_counter()

    async def client(connections: dict[str, Connection]) -> int:
        cases = 0
        while time.perf_counter() < started + seconds:
            await teller.play(connections)
            cases += 1
        return cases

    async with clients(made, count) as connected_clients:
        cases = sum(await asyncio.gather(*map(client, connected_clients)))
    await caught_up(db, before + cases * EVENTS_A_CASE)
    if teller.sent_again:
        print(f"lifecycle: {teller.sent_again} commands of {cases} cases were answered with 503 and sent again")
    done, used = time.perf_counter(), cpu.since(used)
    rate = Rate(cases / (teller.last_reply - started), 1_000 * sum(used.values()) / cases)
    return Played(cases, rate, used, done - teller.last_reply)


async def ledger_head(db: asyncpg.Connection) -> int:
    """Return how many entries are not accountability's own: its clocks follow from the others."""
    return int(
        await db.fetchval("SELECT coalesce(sum(last), 0) FROM accountability.cursor WHERE source <> 'accountability'")
    )


async def caught_up(db: asyncpg.Connection, wanted: int) -> None:
    async with asyncio.timeout(CATCH_UP_SECONDS_MAX):
        while (head := await ledger_head(db)) < wanted:
            await asyncio.sleep(0.01)
    assert head == wanted, f"{head} entries, {wanted} events"
