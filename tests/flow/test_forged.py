"""A record that its source did not write enters no inbox and no ledger, whoever can write to the topic.

Forgeries of every kind that a client of Kafka can write, under load: none is taken in, each is told of within seconds and
stands in the ledger for the auditors, and the true event of that number gets in.
"""

from __future__ import annotations

import base64
import os
import random
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from contracts.accountability import RecordsDisowned
from contracts.chain import BEFORE, SEALED_BY, Signer, link
from contracts.envelope import LANES, Malformed, Record, attributes, headers, parse
from contracts.packing import unpack
from services.chassis import parking
from services.chassis.chain import signer_of
from services.chassis.doubts import doubt_of
from services.chassis.kafka import connection, producer
from services.chassis.logins import OPERATOR
from services.chassis.proof import Brought, Proofs
from tests.flow.checks import SOURCES, check_everything, play
from tests.harness import System, until
from tests.sizes import size

ALARM_SECONDS_MAX = 5.0
CRUMBS = (b"0", b"-", b"\x00", b" ", b".", b"_", b"\xff", "²".encode(), b"+", b"9" * 20, b"x" * 10_000)
FORGED = 9_999
"""Which version of its stream an event is that nobody has stored."""


def _changed(record: Record, **changes: Any) -> Record:
    return msgspec.structs.replace(record, id=uuid4(), version=FORGED, **changes)


async def forge(system: System, service: str) -> int:
    """Put one forgery of each kind on a service's topic; return how many."""
    running, settings = system.running[service], system.settings(service)
    await running.relay.seal()
    chain = running.relay.chain
    async with running.database.connection() as db:
        lane, head = await db.fetchrow("SELECT lane, last FROM lane_head ORDER BY last DESC LIMIT 1")
        store = await db.fetchval("SELECT store FROM epoch")
    run = await chain.run(lane, after=0)
    last, first = run.records[-1], run.records[0]
    at_head, mine, theirs = await chain.at(lane, head), Signer(bytes(range(32))), signer_of(settings)
    assert theirs is not None

    def sealed(record: Record, before: bytes, signer: Signer, of: Any) -> dict[str, bytes]:
        said = attributes(record)
        seal = signer.seal(of, record, link(before, said, bytes(record.body)))
        return said | {BEFORE: base64.b64encode(before), SEALED_BY: seal.text()}

    following, known, ahead = (
        _changed(last, lane_seq=head + 1), _changed(last), _changed(first, lane_seq=head + 1_000_000),
    )  # fmt: skip
    true_seal = (await chain.seal(last, at_head)).text()
    elsewhere = next(one for one in SOURCES if one != service)
    forgeries = [
        (service, following, attributes(following)),  # the next number, well-formed
        (service, following, sealed(following, at_head, mine, store)),  # under a key of one's own
        (service, known, attributes(known)),  # another body at a known number
        (service, known, sealed(known, await chain.at(lane, head - 1), mine, store)),
        (service, known, attributes(known) | {BEFORE: base64.b64encode(at_head), SEALED_BY: true_seal}),  # a seal moved
        (service, _changed(first), attributes(_changed(first))),  # far behind the head
        (service, ahead, attributes(ahead)),
        (service, following, sealed(following, at_head, theirs, uuid4())),  # a copy of this store, the key included
        (elsewhere, last, sealed(last, await chain.at(lane, head - 1), theirs, store)),  # true, but not there
        (service, last, attributes(last) | {"ce_epoch": b"2"}),  # out of another life
        (service, following, attributes(following) | {"ce_case": None, BEFORE: base64.b64encode(at_head)}),  # no value
        (service, following, attributes(following) | {BEFORE: b"\xff", SEALED_BY: b"\xff.\xff"}),
    ]
    sender = await producer(system.settings())
    try:
        for topic, record, said in forgeries:
            await sender.send_and_wait(
                settings.topic(topic), bytes(record.body), key=str(record.key).encode(), partition=lane,
                headers=list(said.items()),
            )  # fmt: skip
    finally:
        await sender.stop()
    return len(forgeries)


async def set_aside(system: System) -> list[Any]:
    async with system.sql() as db:
        return list(await db.fetch("SELECT place, reason, parked_at FROM accountability.parked WHERE lane_seq IS NULL"))


async def told(system: System) -> int:
    """How many forgeries the entries of the ledger tell of."""
    name = RecordsDisowned.wire_name
    entries = await system.ledger()
    return sum(msgspec.json.decode(unpack(e["packed"])[1])["count"] for e in entries if e["type"] == name)


async def forget(system: System) -> None:
    """Dismiss what was set aside, as an operator does who has looked at it."""
    for service in list(system.running):
        async with system.opened(service, login=OPERATOR) as running, system.sql() as db:
            for row in await db.fetch(f"SELECT place FROM {service}.parked WHERE lane_seq IS NULL"):
                assert await parking.dismiss(running.inbox, row["place"], by="test")


@pytest.mark.timeout(180)
async def test_forgeries_are_taken_in_by_nobody_and_told_of_at_once(county: System):
    await play(county, 12)
    await county.caught_up()
    begun, forged = datetime.now(UTC), 0

    async def all_told() -> bool:
        return await told(county) == forged

    for services in (SOURCES, ("accountability",)):  # whose own events tell of the first ones
        forged += sum([await forge(county, service) for service in services])
        await until(all_told, "the auditors' entries tell of each", 30)
    rows = await set_aside(county)
    assert len({row["place"] for row in rows}) == forged
    late = max((row["parked_at"] - begun).total_seconds() for row in rows)
    assert late <= 2 * ALARM_SECONDS_MAX, f"both times told after {late:.1f} s"
    await play(county, 12)
    await county.caught_up()
    await forget(county)
    entries = await check_everything(county)
    assert await told(county) == forged, "what is true was taken for forged"
    print(f"{forged} forgeries, {entries} entries, told after {late:.1f} s at most")


@pytest.mark.timeout(120)
async def test_a_reader_that_checks_no_seal_is_found_out(county: System, monkeypatch: pytest.MonkeyPatch):
    """Mutant: a record that is well linked is believed, whoever has signed it."""

    async def anybody(*_: Any) -> bool:
        return True

    monkeypatch.setattr(Proofs, "_fits", anybody)
    await play(county, 6)
    await county.caught_up()
    await forge(county, "intake")

    async def taken_in() -> bool:
        return any(e["version"] == FORGED for e in await county.ledger())

    await until(taken_in, "a forgery is in the ledger", 30)
    await forget(county)
    with pytest.raises(AssertionError, match=r"has parked something|unknown [1-9]|changed"):
        await check_everything(county)


@pytest.mark.timeout(120)
async def test_a_record_that_nobody_can_read_stops_nobody(county: System):
    """The name of a header is no text, in a batch that the broker keeps as it is: told of, and what follows is taken in."""
    await play(county, 6)
    entries = len(await county.caught_up())
    for service in SOURCES:
        sender = AIOKafkaProducer(**connection(county.settings()), compression_type="gzip")
        await sender.start()
        try:
            for lane in range(LANES):
                batch = sender.create_batch()
                batch._builder = _DefaultRecordBatchBuilderPy(2, 1, 0, -1, -1, -1, 10_000)
                for _ in range(3):
                    batch.append(key=b"k", value=b"{}", timestamp=None, headers=[(_Bytes(), b"1")])
                await (await sender.send_batch(batch, county.settings().topic(service), partition=lane))
        finally:
            await sender.stop()
    await play(county, 6)

    async def told_of_all() -> bool:
        return len({row["place"].rpartition(":")[0] for row in await set_aside(county)}) == len(SOURCES) * LANES

    await until(told_of_all, "each partition's is set aside", 30)
    assert len(await county.caught_up()) > entries
    await forget(county)
    await check_everything(county)
    for service in SOURCES:  # and their source begins all the same
        assert await county.running[service].relay.sure()
        county.running[service].relay._sure = False
        assert await county.running[service].relay.sure()


def garbled(said: Mapping[str, bytes | None], dice: random.Random) -> dict[str, bytes | None]:
    """Headers of a true record with some bytes that are others, moved, cut off, or none at all."""
    found = dict(said)
    for name in dice.choices(list(said), k=dice.randint(1, 3)):
        value = bytearray(found[name] or b"")
        at = dice.randrange(len(value) + 1)
        match dice.randrange(5):
            case 0:
                value[at : at + 1] = dice.randbytes(1)
            case 1:
                del value[at:]
            case 2:
                value[at:at] = dice.choice(CRUMBS)
            case 3:
                value[:] = said[dice.choice(list(said))] or b""
        found[name] = None if dice.random() < 0.05 else bytes(value)
    return found


def test_any_headers_are_a_record_in_doubt_or_none(record: Record):
    dice = random.Random(os.environ.get("HUIYIN_TEST_SEED", "0"))
    at = SimpleNamespace(topic="topic", partition=1, offset=2)
    said, found = attributes(record), Counter[bool]()
    for _ in range(size("GARBLED", 5_000, 200_000)):
        told = garbled(said, dice)
        body = dice.choice([b"{}", b"", None, b"\xff"])
        doubt = None
        with suppress(Malformed):
            doubt = doubt_of(Brought(parse(headers(list(told.items())), body), at))
        found[doubt is None] += 1
    assert min(found[True], found[False]) > 100, found


@pytest.fixture
def record() -> Record:
    """A record that no store has."""
    return Record(
        "intake", 3, 7, uuid4(), uuid4(), 2, uuid4(), "intake.CaseClassified.v1", datetime.now(UTC), msgspec.Raw(b"{}"),
        msgspec.Raw(b"{}"), 1,
    )  # fmt: skip


@pytest.mark.timeout(240)
async def test_any_bytes_on_the_topics_stop_nobody(county: System):
    """Records with headers and bodies of all kinds, also very long ones: true events get in, and nothing else does."""
    dice = county.dice()
    await play(county, 6)
    await county.caught_up()
    for service in SOURCES:
        run = await county.running[service].relay.chain.run(await busiest(county, service), after=0)
        sender = await producer(county.settings())
        try:
            for n in range(size("ANY_BYTES", 60, 2_000)):
                headers = garbled(attributes(dice.choice(run.records)), dice)
                body = dice.choice([None, b"", b"{}", dice.randbytes(900_000 if n % 30 == 0 else 30)])
                await sender.send(
                    county.settings().topic(service), body, key=dice.choice([None, b"", b"\xff"] if body is not None else [b"", b"\xff"]),
                    partition=dice.randrange(LANES), headers=list(headers.items()),
                )  # fmt: skip
            await sender.flush()
        finally:
            await sender.stop()
    sent_at = datetime.now(UTC)

    async def told_of() -> bool:
        return await told(county) > 0

    await until(told_of, "an entry of the ledger tells of it", 2 * ALARM_SECONDS_MAX)
    print(f"told in the ledger after {(datetime.now(UTC) - sent_at).total_seconds():.1f} s")
    await play(county, 6)
    await county.caught_up()
    await forget(county)
    await check_everything(county)


async def busiest(system: System, service: str) -> int:
    async with system.sql() as db:
        return int(await db.fetchval(f"SELECT lane FROM {service}.lane_head ORDER BY last DESC LIMIT 1"))


class _Bytes(str):
    """A name that is written as bytes which are no UTF-8."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return b"\xff\xff"
