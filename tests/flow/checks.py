"""What the flow tests load a Huiyin with, and the one question that they ask when the dust has settled.

`check_everything` reads the final stores alone: the ledger must be the stores, each projection a pure fold, each effect
there once and answering an event that is there. Nothing in it knows which fault was injected.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

import asyncpg
import httpx2
import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.envelope import LANES, SERVICES, Cause, Metadata, Record, headers, lane_of, parse
from contracts.event import decode, typed_before
from contracts.packing import expanded, unpack
from contracts.vocabulary import (
    Channel,
    ClockKind,
    ContentCategory,
    Forwarding,
    Kind,
    RecordKind,
    Result,
    Role,
    Route,
    ServiceMethod,
)
from services.accountability.cases import fold
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.directory import Unit
from services.audit.entry import Entry
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.inbox import Inbox
from services.chassis.kafka import connection
from services.chassis.running import Running
from services.chassis.settings import Settings
from services.chassis.store import Store
from services.chassis.writer import Work
from services.intake.domain import classification, filing, rating
from services.intake.domain.registration import Registration
from services.mediation.domain import acceptance, ending, inquiry, opinion, receiving
from services.mediation.domain.handling import Handling
from tests.harness import BUREAU, GOVERNMENT, HEAD, STAFFED, UNIT, System, check_ledger, petition, until
from tests.rules import check_flat
from tests.units import COUNTY

SOURCES = ("intake", "assignment", "mediation")
"""The services whose events answer each other; accountability takes in all of them."""

ANSWERS = {
    "assignment.CaseReceived.v1": "intake.CaseClassified.v1",
    "mediation.HandlingOpened.v1": "assignment.CaseForwarded.v1",
    "intake.AnswerLearnt.v1": "mediation.OpinionServed.v2",
    "intake.CaseConcluded.v1": "mediation.CaseClosed.v1",
}
"""Each effect of a reaction, and the event that it answers: one for one on the main path."""

_write = msgspec.json.Encoder().encode
_about = msgspec.json.Decoder(Metadata).decode

_SEALED = """
SELECT s.lane, s.lane_seq, e.id, e.stream_id, e.version, e.case_id, e.type, e.at, e.packed
FROM {0}.sealed s JOIN {0}.event e USING (stream_id, version) ORDER BY s.seq
"""


# ---------------------------------------------------------------------------------- the checker


async def check_everything(system: System, services: Iterable[str] = SERVICES) -> int:
    """Raise ``AssertionError`` unless the ledger is the stores and all that was folded is their fold; return its size."""
    entries = await system.ledger()
    stored: dict[tuple[str, int, int], tuple[Any, ...]] = {}
    async with system.sql() as db:
        for service in services:
            rows = await db.fetch(_SEALED.format(service))
            assert len(rows) == await db.fetchval(f"SELECT count(*) FROM {service}.event"), f"{service}: not all sealed"
            stored |= {(service, row["lane"], row["lane_seq"]): _plain(row) for row in rows}
            assert not await db.fetch(f"SELECT place, reason FROM {service}.parked"), f"{service} has parked something"
        seen = Counter((e["service"], e["lane"], e["lane_seq"]) for e in entries)
        lost, twice, unknown = stored.keys() - seen.keys(), seen.total() - len(seen), seen.keys() - stored.keys()
        assert not (lost or twice or unknown), f"lost {len(lost)}, twice {twice}, unknown {len(unknown)}"
        for e in entries:
            assert _plain(e) == stored[e["service"], e["lane"], e["lane_seq"]], f"changed: {e['seq']}"
        check_ledger(entries)
        await _check_cases(db, entries)
        for service in services:
            await _check_views(db, service)
    check_effects(stored)
    return len(entries)


def _plain(row: asyncpg.Record) -> tuple[Any, ...]:
    names = ("id", "stream_id", "version", "case_id", "type", "at")
    return *(row[name] for name in names), *unpack(row["packed"])


async def _check_cases(db: Any, entries: list[Any]) -> None:
    by_case = defaultdict(list)
    for e in entries:
        if e["case_id"] is not None:
            by_case[e["case_id"]].append(e)
    there = {r["id"]: expanded(r["folded"]) for r in await db.fetch("SELECT id, folded FROM accountability.case_view")}
    assert there.keys() == by_case.keys(), "a case of the ledger has no row, or a row no case"
    for key, rows in by_case.items():
        assert there[key] == _write(fold(map(Entry.of, rows), key)), f"case {key} is not the fold of its entries"


async def _check_views(db: Any, service: str) -> None:
    for view in import_module(f"services.{service}.views").VIEWS:
        rows = await db.fetch(
            f"SELECT stream_id, version, type, at, packed FROM {service}.event WHERE type = ANY($1) "
            "ORDER BY stream_id, version",
            list(view.of.events()),
        )
        streams = defaultdict(list)
        for r in rows:
            streams[r["stream_id"]].append(
                decode(r["type"], r["stream_id"], r["version"], r["at"], unpack(r["packed"])[1])
            )
        columns = ", ".join(("id", "version", *view.columns))
        there = {r["id"]: tuple(r) for r in await db.fetch(f"SELECT {columns} FROM {service}.{view.table}")}
        assert there.keys() == streams.keys(), f"{service}.{view.table}: not the streams of the store"
        for key, events in streams.items():
            aggregate = view.of.folded(key, events)
            check_flat(aggregate)
            values = (list(v) if isinstance(v, tuple) else v for v in view.row(aggregate))  # as an array comes back
            folded = (aggregate.id, aggregate.version, *values)
            assert there[key] == folded, f"{service}.{view.table} {key}: {there[key]} is not the fold {folded}"


def check_effects(stored: dict[tuple[str, int, int], tuple[Any, ...]]) -> None:
    """Every effect answers an event that is there, and every event that wants an answer has exactly one."""
    answered: Counter[tuple[UUID, str]] = Counter()
    for (service, lane, seq), (_, _, _, _, name, _, metadata, _) in stored.items():
        about = _about(metadata)
        if about.cause is None:
            continue
        cause = stored.get((about.cause.service, about.cause.lane, about.cause.lane_seq))
        assert cause is not None, f"{service}/{lane}/{seq} answers an event that does not exist"
        assert cause[0] == about.cause.id, f"{service}/{lane}/{seq} answers another event than it says"
        if name in ANSWERS:
            answered[about.cause.id, name] += 1
    wanted = Counter(
        (row[0], effect) for row in stored.values() for effect, cause in ANSWERS.items() if row[4] == cause
    )
    assert answered == wanted, f"missing {(wanted - answered).total()}, double {(answered - wanted).total()}"


async def given_out(inbox: Inbox, source: str, lane: int, *, after: int = 0) -> list[Record]:
    """Return the records of a lane as its source gives them out, proven."""
    run = await inbox.sources.lane(source, lane, after=after)
    assert not run.records or await inbox.proofs.of_run(run)
    return list(run.records)


# -------------------------------------------------------------------------------------- load


@dataclass
class Client:
    """Sends each command under one key until its outcome is known, as the interface tells every client to."""

    system: System
    patience_seconds: float = 30
    replies: Counter[int] = field(default_factory=Counter)
    """Replies by status; 0 where nobody answered."""
    refusals: Counter[str] = field(default_factory=Counter)
    """What the replies said that asked for another try."""
    failures: list[tuple[float, float]] = field(default_factory=list)
    """When each request was sent that got a reply of 500 or above, and when that came (monotonic)."""

    async def send(self, service: str, path: str, body: Any, **who: Any) -> dict[str, Any]:
        key, end = uuid4(), time.monotonic() + self.patience_seconds
        while True:
            sent = time.monotonic()
            try:
                reply = await self.system.send(service, path, body, key=key, **who)
            except httpx2.TransportError:
                self.replies[0] += 1
            else:
                self.replies[reply.status_code] += 1
                if reply.status_code >= 500:
                    self.failures.append((sent, time.monotonic()))
                if reply.status_code != 503:
                    assert reply.status_code in {200, 201}, reply.text
                    return dict(reply.json())
                self.refusals[f"{service}: {reply.json()['detail']}"] += 1
            assert time.monotonic() < end, f"no answer to {path} in {self.patience_seconds} s: {self.refusals}"
            await asyncio.sleep(0.05)

    async def register(self) -> str:
        return str((await self.send("intake", "/petitions", petition(), role=Role.intake_clerk))["case_id"])

    async def carry(self, case: str) -> None:
        """Take a registered case to its acceptance notice, each step on its own service."""
        body = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
        await self.send("intake", f"/cases/{case}/classification", body, role=Role.bureau_officer)
        body = {"mode": "forward", "unit": UNIT}
        await self.send("assignment", f"/cases/{case}/assignment", body, role=Role.bureau_officer)
        body = {"method": "post", "receipt": "EMS-1", "case_officer": "co-1"}
        path = f"/cases/{case}/acceptance-notice"
        await self.send("mediation", path, body, role=Role.unit_receiver, unit=UNIT)


PLAYED: Final = 7
"""How many events a played case comes to, the text of its receipt among them."""


async def play(system: System, cases: int, *, clients: int = 8, client: Client | None = None) -> list[str]:
    """Let clients take cases from the counter to the acceptance notice; every reply must be a yes in the end."""
    done: list[str] = []
    numbers, client = iter(range(cases)), client or Client(system)

    async def work() -> None:
        for _ in numbers:
            case = await client.register()
            await client.carry(case)
            done.append(case)

    await asyncio.gather(*(work() for _ in range(clients)))
    return done


def case_in(lane: int) -> UUID:
    """Return a new case id of a lane."""
    return UUID(int=uuid4().int // LANES * LANES + lane)


@dataclass
class _Teller:
    """Writes events into a store as its service would, and knows the numbers that they will get."""

    store: Store
    heads: Counter[int]
    works: list[Work]
    at: datetime

    def tell(self, aggregate: Any) -> Cause:
        """Keep what has happened to an aggregate; return the reference to the newest of it."""
        by = By(
            actor="officer-1", unit=UNIT, role=Role.system, at=self.at, clock=ClockKind.simulated,
            request_id="history", command_id=uuid4(),
        )  # fmt: skip
        rows = self.store.rows(aggregate, by)
        lane = lane_of(aggregate.case or aggregate.id)
        self.heads[lane] += len(rows)
        self.works.append(Work(rows, self.store.view_statements(aggregate)))
        return Cause(self.store.service, lane, self.heads[lane], rows[-1].id)


async def history(
    system: System, cases: int, *, seed: int, lanes: Iterable[int] = range(LANES), at_once: int = 40
) -> int:
    """Write whole lives of cases into the empty stores of intake, assignment and mediation; return how many events.

    Nothing runs meanwhile, so the numbers that the relay will give are known and every cause can be named beforehand.
    `at_once` cases are open at a time: the fewer, the longer the chain of causes through the three lanes.
    """
    print(f"history seed {seed}")
    dice, choice = random.Random(seed), list(lanes)
    runnings = [
        Running(import_module(f"services.{name}.main").SERVICE, system.settings(name))
        for name in ("intake", "assignment", "mediation")
    ]
    start = datetime(2026, 1, 5, 1, tzinfo=UTC)
    tellers = [_Teller(r.store, Counter(), [], start) for r in runnings]
    unit = Unit.blank(Unit.stream(UNIT))
    unit.establish(
        UNIT,
        {"name": "单位", "level": "county", "parent": None, "sector_superior": None, "powers": (), "competent": True},
        at=start,
    )
    unit.appoint("co-1", [Role.case_officer], at=start)
    tellers[1].tell(unit)
    open_cases: list[Any] = []
    for n in range(cases + at_once):
        if n < cases:
            open_cases.append(_life(dice.choice(choice), tellers, Directory.of([unit.entry])))
        wanted = at_once if n < cases else 0
        while len(open_cases) > wanted:
            life = dice.choice(open_cases)
            moment = tellers[0].at + timedelta(minutes=dice.randint(1, 50))
            for teller in tellers:
                teller.at = moment
            if next(life, None) is None:
                open_cases.remove(life)
    count = 0
    for running, teller in zip(runnings, tellers, strict=True):
        async with running.opened():
            for first in range(0, len(teller.works), 500):
                works = teller.works[first : first + 500]
                rows = [row for work in works for row in work.rows]
                newest = {(text, row["id"]): (text, row) for work in works for text, row in work.statements}
                async with running.database.connection() as connection:
                    await running.store.writer.write(connection, [Work(rows, list(newest.values()))])
                count += len(rows)
    return count


def _life(lane: int, tellers: list[_Teller], units: Directory) -> Any:
    """One case, a step at a time."""
    intake, assignment, mediation = tellers
    case = case_in(lane)
    number = f"XF-{case.hex[:12]}"
    registration = Registration.blank(case)
    filing.register(
        registration, at=intake.at, registration_no=number, petition=uuid5(case, "petition"), channel=Channel.visit,
        received_at=intake.at, category=ContentCategory.unpaid_wages, place="P-1", receiving_unit="XFJ",
        person_count=1, anonymous=False, secrecy_requested=False, content=uuid5(case, "content"),
        content_sha256="0" * 64,
    )  # fmt: skip
    intake.tell(registration)
    yield 1
    route = Route.petition_procedure
    classification.classify(
        registration, Kind.appeal_for_resolution, route, ContentCategory.unpaid_wages, COUNTY, at=intake.at
    )
    classified = intake.tell(registration)
    yield 1
    assigned = Assignment.blank(case)
    assigned.cause = classified
    assigned.receive(
        at=assignment.at, registration_no=number, kind=Kind.appeal_for_resolution, route=route,
        category=ContentCategory.unpaid_wages, place="P-1",
    )  # fmt: skip
    assignment.tell(assigned)
    yield 1
    assigned.hand(Forwarding.forward, UNIT, None, BUREAU, units, at=assignment.at)
    forwarded = assignment.tell(assigned)
    yield 1
    handling = Handling.blank(case)
    handling.cause = forwarded
    receiving.receive(
        handling, at=mediation.at, unit=UNIT, unit_name="单位", registration_no=number, route=route, due_on=None
    )
    mediation.tell(handling)
    yield 1
    now = mediation.at
    acceptance.notify_acceptance(
        handling, UNIT, "N-1", ServiceMethod.post, now, typed_before("EMS-1"), "co-1", STAFFED, at=now
    )
    mediation.tell(handling)
    for kind in (RecordKind.statement_heard, RecordKind.facts_verified):
        yield 1
        inquiry.put_on_record(handling, UNIT, kind, mediation.at, uuid5(case, kind), at=mediation.at)
        mediation.tell(handling)
    yield 1
    draft = opinion.Draft((Result.not_support,), typed_before("第三十二条"), uuid5(case, "opinion"), "co-1", GOVERNMENT)
    opinion.issue_opinion(handling, UNIT, "O-1", draft, HEAD, STAFFED, at=mediation.at)
    opinion.serve_opinion(handling, UNIT, ServiceMethod.post, mediation.at, typed_before("EMS-2"), at=mediation.at)
    served = mediation.tell(handling)
    yield 1
    registration.cause = served
    rating.learn_answer(registration, mediation.at, at=intake.at)
    intake.tell(registration)
    yield 1
    ending.close(handling, UNIT, at=mediation.at + timedelta(days=60))
    closed = mediation.tell(handling)
    yield 1
    registration.cause = closed
    filing.conclude(registration, at=intake.at + timedelta(days=60))
    intake.tell(registration)


# ---------------------------------------------------------------------------------- the topics


async def on_the_topic(settings: Settings, service: str) -> dict[int, list[Any]]:
    """Return the events that a topic holds now, by lane."""
    topic = settings.topic(service)
    tps = [TopicPartition(topic, lane) for lane in range(LANES)]
    consumer = AIOKafkaConsumer(
        **connection(settings), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        consumer.assign(tps)
        ends = await consumer.end_offsets(tps)
        await consumer.seek_to_beginning(*tps)
        lanes: dict[int, list[Any]] = {lane: [] for lane in range(LANES)}
        async with asyncio.timeout(60):
            while any([await consumer.position(tp) < ends[tp] for tp in tps]):
                for tp, messages in (await consumer.getmany(timeout_ms=200)).items():
                    lanes[tp.partition] += [parse(headers(m.headers), m.value) for m in messages]
    finally:
        await consumer.stop()
    return lanes


async def is_published(system: System, services: Iterable[str] = SOURCES) -> bool:
    """Return whether each service's relay remembers having published all; the ledger may have it from the source."""
    query = "SELECT p.seq = (SELECT count(*) FROM {0}.event) FROM {0}.published p"
    async with system.sql() as db:
        return all([await db.fetchval(query.format(service)) for service in services])


async def check_topic(system: System, service: str, settings: Settings | None = None, *, rebuilt: bool = False) -> int:
    """Raise ``AssertionError`` unless the topic is the store, with repeats of what was there but no jumps.

    A topic that was rebuilt under load may begin with what the relay was about to send to the old one. Returns how many
    records are repeats.
    """
    lanes = await on_the_topic(settings or system.settings(), service)
    async with system.sql() as db:
        stored = {(r["lane"], r["lane_seq"]): _plain(r) for r in await db.fetch(_SEALED.format(service))}
    repeats = 0
    for lane, records in lanes.items():
        last = 0
        for r in records:
            assert rebuilt or r.lane_seq <= last + 1, f"{service}/{lane}: {r.lane_seq} comes after {last}"
            repeats += r.lane_seq <= last
            last += r.lane_seq == last + 1
            at, metadata, body = r.at, bytes(r.metadata), bytes(r.body)
            wire = (r.id, r.stream, r.version, r.case, r.type, at, metadata, body)
            assert wire == stored[lane, r.lane_seq], f"{service}/{lane}/{r.lane_seq} is not what is stored"
        assert last == max((seq for there, seq in stored if there == lane), default=0), (
            f"{service}/{lane} ends at {last}"
        )
    return repeats


async def put_back(system: System, service: str, sources: tuple[str, ...], offset: int = 0) -> None:
    """Commit an offset for every partition of a group that has no member."""
    settings = system.settings()
    consumer = AIOKafkaConsumer(**connection(settings), group_id=settings.group(service), enable_auto_commit=False)
    await consumer.start()
    try:
        tps = [TopicPartition(settings.topic(s), lane) for s in sources for lane in range(LANES)]
        consumer.assign(tps)

        async def committed() -> bool:
            with contextlib.suppress(Exception):
                await consumer.commit(dict.fromkeys(tps, offset))
                return True
            return False

        await until(committed, f"the group of {service} has no member any more and takes offsets")
    finally:
        await consumer.stop()
