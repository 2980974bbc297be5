"""A bad message stops nobody: it is set aside with a reason, its case is held behind it, and the rest goes on.

Promises 15 and 36: undecodable bytes, headers that are not UTF-8, forged numbers, a megabyte, a type and a schema from
the future, a handler with a bug. One record in a hundred is poison; the others are late by seconds at most, nothing
spins, and once the reason is gone the parked events are taken in again in order, once, however often that is asked.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from contracts import event as contract
from contracts.envelope import LANES, Record, attributes, lane_of
from contracts.packing import expanded, pack
from services.accountability.case import fold as folding
from services.chassis import inbox, parking, reactions
from services.chassis.inbox import Forked, Inbox
from services.chassis.kafka import producer
from services.chassis.logins import OPERATOR
from services.chassis.running import Running
from services.chassis.stored import Row
from tests.flow.checks import PLAYED, SOURCES, Client, check_everything, play
from tests.harness import System, check_ledger, until
from tests.sizes import size

LATE_SECONDS_MAX = 10.0
PATIENCE_SECONDS = 1.5
"""All the pauses before one record is parked: a tenth of a second, twice, four and eight times that."""
CPU_SHARE_MAX = 0.5
CASES = -(-size("RECORDS", 1_200, 20_000) // PLAYED)
ROUNDS = max(2, CASES // 500)
"""How often ten forgeries are put on each topic: thirty among three thousand records."""
TAKE_IN_SECONDS_MAX = 60 + CASES / 10


# ----------------------------------------------------------------------------------- the poison


async def forge(system: System, service: str, count: int) -> int:
    """Put records on a topic that no relay has written; return how many."""
    settings = system.settings()
    real = await _a_record(system, service)
    sender = await producer(settings)
    names = attributes(real)
    forgeries: list[tuple[list[tuple[str, bytes]], bytes | None]] = [
        (list(names.items()), b"\xff\xfe{not json"),  # a number that was taken in long ago
        ([], b"\x00\x01\x02"),
        ([("ce_id", b"\xff\xfe\xfd"), ("ce_type", b"\xff")], b"{}"),
        (list((names | {"ce_source": b"\xff\xfe"}).items()), b"{}"),
        (list((names | {"ce_time": b"yesterday"}).items()), b"{}"),
        (list((names | {"ce_laneseq": b"99999999"}).items()), bytes(real.body)),
        (list((names | {"ce_laneseq": b"99999999", "ce_metadata": b"\xff"}).items()), b"x" * 1_000_000),
        (list((names | {"ce_laneseq": b"%d" % 2**63}).items()), b"{}"),
        (list((names | {"ce_source": b"/huiyin/nobody\x00"}).items()), bytes(real.body)),
        (list((names | {"ce_lane": b"%d" % ((real.lane + 1) % LANES)}).items()), bytes(real.body)),
    ]
    try:
        for n in range(count):
            forged, body = forgeries[n % len(forgeries)]
            await sender.send_and_wait(
                settings.topic(service), body, key=str(real.key).encode(), partition=real.lane, headers=forged
            )
    finally:
        await sender.stop()
    return count


async def _a_record(system: System, service: str) -> Record:
    running = system.running[service]
    await running.relay.seal()
    rows = await running.store.recorder.log(0, 1)
    return running.store.recorder.record(rows[0])


async def store_strange(running: Running, name: str, body: bytes, case: UUID, version: int) -> None:
    """Store an event as a younger release of the service would: its contract is not known here."""
    by_metadata = msgspec.json.encode(
        {
            "actor": "a", "unit": "XFJ", "role": "system", "reason": "r", "article": "a", "at": datetime.now(UTC),
            "clock": "real", "request_id": "r", "command_id": uuid4(), "cause": None,
        }
    )  # fmt: skip
    await _store(running, name, pack(by_metadata, body), case, version)


async def _store(running: Running, name: str, packed: bytes, case: UUID, version: int) -> None:
    row = Row(case, version, case, lane_of(case), uuid4(), name, packed, datetime.now(UTC))
    async with running.database.transaction() as connection:
        await running.store.recorder.insert(connection, [row])
    running.store.appended.set()


async def check_delays(system: System, cases: set[UUID]) -> float:
    """Raise ``AssertionError`` if an event of a good case came into the ledger late; return the longest delay."""
    async with system.sql() as db:
        longest = 0.0
        for service in SOURCES:
            late = await db.fetchval(
                f"SELECT max(extract(epoch FROM l.ledgered_at - e.recorded_at)) FROM accountability.ledger_entry l "
                f"JOIN {service}.event e USING (id) WHERE l.case_id = ANY($1::uuid[])",
                list(cases),
            )
            longest = max(longest, float(late or 0))
    assert longest <= LATE_SECONDS_MAX, f"late by {longest:.1f} s"
    return longest


async def parked(system: System, service: str = "accountability") -> list[Any]:
    async with system.sql() as db:
        return list(await db.fetch(f"SELECT * FROM {service}.parked ORDER BY number"))


def check_reasons(rows: list[Any], bad: dict[UUID, str]) -> None:
    """Raise ``AssertionError`` unless each bad case is parked for its reason, with nothing but «held» behind that."""
    reasons: dict[UUID, list[str]] = defaultdict(list)
    for row in rows:
        reasons[row["key"]].append(row["reason"].partition(":")[0])
    assert reasons.keys() == bad.keys(), "not every bad case is parked, or a good one is"
    assert {case: why[0] for case, why in reasons.items()} == bad, "parked for another reason"
    assert {why for behind in reasons.values() for why in behind[1:]} <= {"held"}, "parked twice"


def check_held(entries: list[Any], rows: list[Any]) -> None:
    """Raise ``AssertionError`` if an event stands in the ledger that should be waiting behind a parked one."""
    first: dict[tuple[UUID, str, int], int] = {}
    for row in rows:
        if row["lane_seq"] is not None:
            place = (row["key"], row["source"], row["lane"])
            first[place] = min(first.get(place, row["lane_seq"]), row["lane_seq"])
    for entry in entries:
        place = (entry["case_id"] or entry["stream_id"], entry["service"], entry["lane"])
        assert entry["lane_seq"] < first.get(place, 2**62), f"{entry['seq']} has overtaken what is parked"


def check_streams(entries: list[Any]) -> None:
    """Raise ``AssertionError`` unless every stream is whole and in order, and nothing is there twice."""
    streams: dict[tuple[str, UUID], int] = defaultdict(int)
    for expected, entry in enumerate(entries, 1):
        assert entry["seq"] == expected
        key = (entry["service"], entry["stream_id"])
        assert entry["version"] == streams[key] + 1, f"{key}: {entry['version']} after {streams[key]}"
        streams[key] = entry["version"]


async def taken_in(system: System, services: tuple[str, ...] = ("accountability",)) -> bool:
    """Whether every cursor is at the head of its lane: each event is either applied or parked."""
    async with system.sql() as db:
        for reader in services:
            for source in SOURCES:
                wanted = await db.fetchval(f"SELECT count(*) FROM {source}.event")
                if wanted != await db.fetchval(
                    f"SELECT coalesce(sum(last), 0) FROM {reader}.cursor WHERE source = $1", source
                ):
                    return False
    return True


# -------------------------------------------------------------------------------------- stories


@pytest.mark.timeout(180 + CASES)
async def test_poison_on_the_wire_is_set_aside(county: System):
    """Forgeries and rubbish among good records: each has a row with a reason, or was dropped, and nobody waits."""
    await play(county, 10)
    forged = 0
    for _ in range(ROUNDS):
        load = asyncio.create_task(play(county, CASES // ROUNDS, clients=6))
        for service in SOURCES:
            forged += await forge(county, service, 10)
        await load
    await county.caught_up(TAKE_IN_SECONDS_MAX)
    cases = {e["case_id"] for e in await county.ledger() if e["case_id"]}
    longest = await check_delays(county, cases)

    async def all_set_aside() -> bool:
        return len(await parked(county)) == forged

    await until(all_set_aside, "every forgery is set aside", 30)
    rows = await parked(county)
    assert all(row["reason"].startswith(("Malformed: ", "NotOfTheSource: ")) for row in rows)
    assert all(row["lane_seq"] is None for row in rows)
    for service in ("intake", "assignment", "mediation", "accountability"):
        async with county.sql() as db, county.opened(service, login=OPERATOR) as running:
            for row in await db.fetch(f"SELECT place FROM {service}.parked"):
                assert await parking.dismiss(running.inbox, row["place"], by="test")
    entries = await check_everything(county)
    print(
        f"{entries} entries, {forged} forgeries, {len(rows)} set aside, the good ones late by {longest:.1f} s at most"
    )


async def poisoned(county: System, monkeypatch: pytest.MonkeyPatch) -> tuple[set[UUID], dict[UUID, str], Any]:
    """Play cases of which some meet a bug of the ledger, a type and a schema that it does not know.

    Returns the good cases, the bad ones with the reason for parking, and what repairs the handler.
    """
    client = Client(county)
    good = {UUID(case) for case in await play(county, 20, client=client)}
    bad: dict[UUID, str] = {}
    original = folding.happened

    def buggy(event: Any, case: Any) -> None:
        if case.case_id in bad and type(event).__name__ == "CaseClassified":
            raise ZeroDivisionError("a bug")
        original(event, case)

    monkeypatch.setattr(folding, "happened", buggy)
    intake = county.running["intake"]

    async def work(n: int) -> None:
        for number in range(n, CASES, 6):
            case = await client.register()
            if number % 50 == 7:  # six events each: one event in a hundred is poison, and the three after it wait
                bad[UUID(case)] = "ZeroDivisionError"
            elif number % 50 == 9:
                bad[UUID(case)] = "UnknownEvent"
                await store_strange(intake, "intake.CaseBlessed.v1", b"{}", UUID(case), 2)
                continue
            elif number % 50 == 11:
                bad[UUID(case)] = "ValidationError"
                body = b'{"registration_no": 7, "kind": "from the future"}'
                await store_strange(intake, "intake.CaseClassified.v1", body, UUID(case), 2)
                continue
            else:
                good.add(UUID(case))
            await client.carry(case)

    await asyncio.gather(*(work(n) for n in range(6)))
    return good, bad, lambda: monkeypatch.setattr(folding, "happened", original)


@pytest.mark.timeout(180 + CASES)
async def test_poison_is_parked_with_its_case_and_the_others_go_on(county: System, monkeypatch: pytest.MonkeyPatch):
    """A bug, an unknown type and a future schema: parked with their reasons, later events of their cases held."""
    good, bad, repair = await poisoned(county, monkeypatch)
    await until(lambda: taken_in(county), "everything is in or parked", TAKE_IN_SECONDS_MAX)
    entries, rows = await county.ledger(), await parked(county)
    longest = await check_delays(county, good)
    count = Counter(e["case_id"] for e in entries)
    assert all(count[case] == PLAYED for case in good), "a good case is not whole"
    check_reasons(rows, bad)
    assert any(row["reason"] == "held" for row in rows), "nothing was held behind what is parked"
    check_held(entries, rows)
    assert all(row["lane_seq"] is not None and row["parked_at"] for row in rows)

    # The unknown type and the bad body are poison to whoever reads intake; the bug is the ledger's alone.
    strange = {case: reason for case, reason in bad.items() if reason != "ZeroDivisionError"}

    async def all_parked() -> bool:
        return len(await parked(county, "assignment")) >= len(strange)

    await until(all_parked, "assignment has parked what it cannot read", TAKE_IN_SECONDS_MAX)
    check_reasons(await parked(county, "assignment"), strange)

    started = time.process_time(), time.monotonic()
    await asyncio.sleep(2)  # nothing happens now: what is parked must cost nothing
    share = (time.process_time() - started[0]) / (time.monotonic() - started[1])
    assert share <= CPU_SHARE_MAX, f"{share:.0%} of a core with nothing to do"

    repair()
    replayed, bugs = 0, bad.keys() - strange.keys()
    async with county.opened("accountability", login=OPERATOR) as running:
        for case in bugs:
            replayed += await parking.replay(running.inbox, case, by="test")
            assert await parking.replay(running.inbox, case, by="test") == 0, "a second replay finds nothing"
    entries = await county.ledger()
    check_streams(entries)
    count = Counter(e["case_id"] for e in entries)
    assert all(count[case] == PLAYED for case in bugs), "a repaired case is not whole"
    await _check_folds(county, good | bugs)
    print(f"{len(entries)} entries, {len(rows)} parked, {replayed} replayed; late by {longest:.1f} s, idle {share:.0%}")


async def _check_folds(system: System, cases: set[UUID]) -> None:
    from services.accountability.cases import fold
    from services.audit.entry import Entry

    entries = defaultdict(list)
    for entry in await system.ledger():
        entries[entry["case_id"]].append(entry)
    async with system.sql() as db:
        there = dict(await db.fetch("SELECT id, folded FROM accountability.case_view"))
    for case in cases:
        assert expanded(there[case]) == msgspec.json.encode(fold(map(Entry.of, entries[case]), case))


async def test_what_cannot_be_unpacked_is_parked_and_its_lane_goes_on(county: System):
    """A store whose bytes were damaged: who publishes them does not stop at them, and who reads them knows the place."""
    client = Client(county)
    case = UUID(await client.register())
    name = "intake.CaseClassified.v1"
    await _store(county.running["intake"], name, b"\x1fdamaged", case, 2)
    others = {UUID(await client.register()) for _ in range(3)}
    await until(lambda: taken_in(county), "everything is in or parked", 30)
    assert [(row["key"], row["type"]) for row in await parked(county)] == [(case, name)]
    assert "ValidationError" in (await parked(county))[0]["reason"]
    assert others <= {entry["case_id"] for entry in await county.ledger()}


async def test_what_is_another_event_by_now_is_not_taken_in_for_what_was_parked(county: System):
    client = Client(county)
    case = UUID(await client.register())
    await _store(county.running["intake"], "intake.CaseClassified.v1", b"\x1fdamaged", case, 2)
    await until(lambda: taken_in(county), "it is parked", 30)
    async with county.sql() as db:
        await db.execute("UPDATE accountability.parked SET type = 'intake.CaseRegistered.v1'")
    async with county.opened("accountability", login=OPERATOR) as running:
        with pytest.raises(Forked):
            await parking.replay(running.inbox, case, by="test")
    assert [row["key"] for row in await parked(county)] == [case]


async def test_what_a_younger_release_wrote_is_taken_in_after_the_upgrade(
    county: System, monkeypatch: pytest.MonkeyPatch
):
    """An unknown type is parked by every reader, never dropped; when its contract is there it is replayed in order."""
    client = Client(county)
    case = UUID(await client.register())
    intake = county.running["intake"]
    await store_strange(intake, "intake.CaseClassified.v2", b'{"since": 2}', case, 2)
    await until(lambda: taken_in(county), "the ledger has parked it", 30)

    async def refused() -> bool:
        return [row["type"] for row in await parked(county, "assignment")] == ["intake.CaseClassified.v2"]

    await until(refused, "assignment has parked it too", 30)
    old = msgspec.json.encode(
        {
            "registration_no": "XF-1", "kind": "appeal_for_resolution", "route": "petition_procedure",
            "category": "unpaid_wages", "place": "P-1",
        }
    )  # fmt: skip
    upgrade = {"intake.CaseClassified.v2": lambda _: ("intake.CaseClassified.v1", msgspec.json.decode(old))}
    monkeypatch.setattr(contract, "UPCASTS", upgrade)
    monkeypatch.setattr(reactions, "UPCASTS", upgrade)
    for reader, count in (("assignment", 1), ("accountability", 2)):  # what assignment then did is held as well
        await until(lambda: taken_in(county), "everything is in or parked", 30)
        async with county.opened(reader, login=OPERATOR) as running:
            assert await parking.replay(running.inbox, case, by="test") == count
            assert await parking.replay(running.inbox, case, by="test") == 0
        assert not await parked(county, reader)
    async with county.sql() as db:
        assert await db.fetchval("SELECT state FROM assignment.case_view WHERE id = $1", case) == "awaiting_unit"
    entries = await county.caught_up()
    check_ledger(entries)


def gate(inbox: Inbox) -> asyncio.Event:
    """Let an inbox take in nothing until the event is set."""
    released, take = asyncio.Event(), inbox.take

    async def later(records: Any) -> None:
        await released.wait()
        await take(records)

    inbox.take = later
    return released


async def test_many_bugs_at_once_hold_up_nobody(county: System, monkeypatch: pytest.MonkeyPatch):
    """Forty cases meet the same bug in one stretch: the good ones behind them are late by less than the limit."""
    client = Client(county)
    original, bad = folding.happened, set()

    def buggy(event: Any, case: Any) -> None:
        if case.case_id in bad:
            raise ZeroDivisionError("a bug")
        original(event, case)

    monkeypatch.setattr(folding, "happened", buggy)
    released = gate(county.running["accountability"].inbox)
    cases = [UUID(await client.register()) for _ in range(120)]
    bad |= set(cases[::3])
    started = time.monotonic()
    released.set()
    await until(lambda: taken_in(county), "everything is in or parked", 120)
    seconds = time.monotonic() - started
    assert {row["key"] for row in await parked(county)} == bad
    assert seconds <= len(bad) * PATIENCE_SECONDS / 2, f"{seconds:.1f} s for forty bugs"
    print(f"forty bugs at once: {seconds:.1f} s")


async def test_a_reader_that_reads_again_at_once_is_found_out(county: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: what fails is tried again immediately and without a limit, as a nack does."""
    spins, end = 0, False

    async def nack(self: Inbox, batch: Any) -> None:
        nonlocal spins
        spins += 1
        raise inbox.NotContiguous

    def buggy(event: Any, case: Any) -> None:
        if case.case_id == bad and not end:
            raise ZeroDivisionError("a bug")

    monkeypatch.setattr(Inbox, "_take_apart", nack)
    monkeypatch.setattr(folding, "happened", buggy)
    released = gate(county.running["accountability"].inbox)
    client = Client(county)
    bad = UUID(await client.register())
    good = UUID(await client.register())
    while lane_of(good) != lane_of(bad):
        good = UUID(await client.register())
    started = time.process_time(), time.monotonic()
    released.set()
    with pytest.raises(AssertionError, match="everything is in or parked"):
        await until(lambda: taken_in(county), "everything is in or parked", 4)
    share = (time.process_time() - started[0]) / (time.monotonic() - started[1])
    end = True
    assert spins > 50, "a nack would have spun"
    print(f"the mutant stands still: {spins} tries in 4 s, {share:.0%} of a core")
