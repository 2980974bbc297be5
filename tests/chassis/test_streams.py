"""What was read of a stream is not sent again, and is not believed of a store that has become another one.

No server: a table in memory that says what was asked of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, get_origin, get_type_hints
from uuid import UUID, uuid4

import pytest

from contracts.event import REGISTRY, UnknownEvent
from contracts.packing import expanded
from services.chassis import streams
from services.chassis.aggregate import CHANGEABLE
from services.chassis.streams import Stream, Streams, folded
from services.intake.domain import filing
from services.intake.domain.registration import Registration
from services.mediation.domain.handling import Handling
from tests.bench import samples

Kept = list[tuple[UUID, int, str, bytes, Any]]


class Table:
    """Rows by stream, as the recorder returns them; how many were sent since somebody looked."""

    def __init__(self) -> None:
        self.rows: dict[UUID, Kept] = {}
        self.sent = 0

    def add(self, *, repeats: int = 3) -> UUID:
        """Store a registration with repeat petitions."""
        made = samples.registration(repeats=repeats)
        rows = samples.rows(made, samples.by())
        self.rows[made.id] = [(row.stream, row.version, row.type, row.packed, row.at) for row in rows]
        return made.id

    async def since(self, versions: Mapping[UUID, int]) -> dict[UUID, Kept]:
        found = {key: [row for row in self.rows.get(key, []) if row[1] >= n] for key, n in versions.items()}
        self.sent += sum(map(len, found.values()))
        return found


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def reading(table: Table) -> Streams:
    return Streams(table)  # type: ignore[arg-type]  # what of a recorder is asked here


def version(stream: Stream) -> int:
    return stream.of(Registration).version


async def test_what_was_read_is_not_sent_again(table: Table, reading: Streams):
    key = table.add()
    whole = table.rows[key]
    table.rows[key] = whole[:-2]
    assert version(await reading.of(key)) == len(whole) - 2
    table.sent = 0
    assert version(await reading.of(key)) == len(whole) - 2
    assert table.sent == 1, "the last one, to see that it is still so"
    table.rows[key] = whole
    after = (await reading.of(key)).of(Registration)
    assert table.sent == 1 + 3
    assert vars(after) == vars(folded(Registration, key, whole))


async def test_who_asks_has_it_alone(table: Table, reading: Streams):
    """What somebody decides on is refused as often as it is stored."""
    key = table.add()
    del table.rows[key][-1]
    stream = await reading.of(key)
    decided = stream.of(Registration)
    filing.conclude(decided, at=samples.DAY_ONE)
    for value in vars(decided).values():
        if type(value) in CHANGEABLE:
            value.clear()
    assert vars(stream.of(Registration)) == vars(folded(Registration, key, table.rows[key]))


async def test_who_decides_on_what_another_has_changed_is_found_out(
    table: Table, reading: Streams, monkeypatch: pytest.MonkeyPatch
):
    """Mutant: all are given the same one."""
    monkeypatch.setattr(Registration, "copied", lambda self: self)
    key = table.add()
    del table.rows[key][-1]
    stream = await reading.of(key)
    filing.conclude(stream.of(Registration), at=samples.DAY_ONE)
    assert stream.of(Registration).pending_events


async def test_what_is_another_kind_s_is_blank(table: Table, reading: Streams):
    stream = await reading.of(table.add())
    assert not stream.of(Handling).exists
    assert stream.of(Registration).exists
    assert not stream.of(Handling).exists


async def test_what_is_not_there_may_come(table: Table, reading: Streams):
    key = uuid4()
    assert version(await reading.of(key)) == 0
    table.rows[key] = table.rows[table.add()]
    assert version(await reading.of(key)) == len(table.rows[key])


async def test_two_may_read_it_at_once(table: Table, reading: Streams, monkeypatch: pytest.MonkeyPatch):
    key = table.add()
    whole = table.rows[key]
    table.rows[key] = whole[:2]
    await reading.of(key)
    since, waiting = table.since, asyncio.Event()

    async def slowly(versions: Mapping[UUID, int]) -> dict[UUID, Kept]:
        found = await since(versions)
        if not waiting.is_set():
            waiting.set()
            await asyncio.sleep(0)
            table.rows[key] = whole
            assert version(await reading.of(key)) == len(whole)
        return found

    monkeypatch.setattr(table, "since", slowly)
    assert version(await reading.of(key)) == len(whole)
    assert waiting.is_set()


async def test_what_cannot_be_read_is_read_again(table: Table, reading: Streams):
    """An event from the future stops the fold where it stands; who comes again goes on from there."""
    key = table.add()
    *first, last = table.rows[key]
    table.rows[key] = [*first, (*last[:2], "intake.Unheard.v1", *last[3:])]
    stream = await reading.of(key)
    for _ in range(2):
        with pytest.raises(UnknownEvent):
            stream.of(Registration)
    table.rows[key] = [*first, last]
    assert vars((await reading.of(key)).of(Registration)) == vars(folded(Registration, key, table.rows[key]))


@pytest.mark.parametrize("left", [0, 1, 3])
async def test_a_store_that_was_put_back_is_read_anew(table: Table, reading: Streams, left: int):
    key = table.add()
    whole = table.rows[key]
    await reading.of(key)
    table.rows[key] = whole[:left]
    assert version(await reading.of(key)) == left
    other = [(*row[:3], expanded(row[3]), row[4]) for row in whole]  # what happened instead
    table.rows[key] = [*whole[:left], *other[left:]]
    stream = await reading.of(key)
    assert (version(stream), stream.last) == (len(whole), other[-1])


async def test_who_believes_a_version_is_found_out(table: Table, reading: Streams, monkeypatch: pytest.MonkeyPatch):
    """Mutant: the last event is not compared, so that what has happened in another store is gone on with."""
    key = table.add()
    before = (await reading.of(key)).last
    table.rows[key] = [(*row[:3], expanded(row[3]), row[4]) for row in table.rows[key]]
    monkeypatch.setattr(Stream, "goes_on", lambda *_: True)
    assert (await reading.of(key)).last == before


async def test_as_many_streams_are_remembered_as_there_is_room_for(
    table: Table, reading: Streams, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(streams, "STREAMS_MAX", 3)
    keys = [table.add() for _ in range(5)]
    for key in (*keys, keys[2], *keys[3:], uuid4()):
        await reading.of(key)
    assert list(reading._known) == [keys[2], *keys[3:]]
    table.sent = 0
    await reading.of(keys[-1])
    assert table.sent == 1
    await reading.of(keys[0])
    assert table.sent == 1 + len(table.rows[keys[0]])


def test_no_event_can_be_changed_by_whoever_is_told_of_it():
    """It is told to everybody who asks what a stream amounts to."""
    for event in REGISTRY.values():
        for name in event.body.names:
            kind = get_type_hints(event)[name]
            assert (get_origin(kind) or kind) not in {list, dict, set}, f"{event.wire_name}: {name}"
