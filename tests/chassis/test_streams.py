"""What was read of a stream is not sent again, and is not believed of a store that has become another one.

No server: a table in memory that says what was asked of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_origin, get_type_hints
from uuid import UUID, uuid4

import pytest

from contracts.event import REGISTRY
from contracts.packing import expanded
from services.chassis import streams
from services.chassis.store import Store
from services.chassis.streams import Stream, Streams
from services.intake.domain.registration import Registration
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
    return Registration.folded(stream.key, stream).version


async def test_what_was_read_is_not_sent_again(table: Table, reading: Streams):
    key = table.add()
    whole = table.rows[key]
    table.rows[key] = whole[:-2]
    assert version(await reading.of(key)) == len(whole) - 2
    table.sent = 0
    before = await reading.of(key)
    assert table.sent == 1, "the last one, to see that it is still so"
    table.rows[key] = whole
    after = await reading.of(key)
    assert table.sent == 1 + 3
    assert [version(before), version(after)] == [len(whole) - 2, len(whole)], "what is in use changes under nobody"
    assert vars(Registration.folded(key, after)) == vars(Store.fold(Registration, key, whole))
    assert after.cause == Store.fold(Registration, key, whole).cause


async def test_what_is_not_there_may_come(table: Table, reading: Streams):
    key = uuid4()
    assert version(await reading.of(key)) == 0
    table.rows[key] = table.rows[table.add()]
    assert len((await reading.of(key)).rows) == len(table.rows[key])


@pytest.mark.parametrize("left", [0, 1, 3])
async def test_a_store_that_was_put_back_is_read_anew(table: Table, reading: Streams, left: int):
    key = table.add()
    whole = table.rows[key]
    await reading.of(key)
    table.rows[key] = whole[:left]
    assert len((await reading.of(key)).rows) == left
    other = [(*row[:3], row[3] + b" ", row[4]) for row in whole]  # what happened instead
    table.rows[key] = [*whole[:left], *other[left:]]
    assert (await reading.of(key)).rows == table.rows[key]


async def test_who_believes_a_version_is_found_out(table: Table, reading: Streams, monkeypatch: pytest.MonkeyPatch):
    """Mutant: the last event is not compared, so that what has happened in another store is gone on with."""
    key = table.add()
    await reading.of(key)
    table.rows[key] = [(*row[:3], expanded(row[3]), row[4]) for row in table.rows[key]]
    since = table.since

    async def as_it_was(versions: Mapping[UUID, int]) -> dict[UUID, Kept]:
        found = await since(versions)
        return {k: [*reading._known[k].rows[-1:], *rows[1:]] if versions[k] else rows for k, rows in found.items()}

    monkeypatch.setattr(table, "since", as_it_was)
    assert (await reading.of(key)).rows != table.rows[key]


async def test_as_many_events_are_remembered_as_there_is_room_for(
    table: Table, reading: Streams, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(streams, "EVENTS_MAX", 12)
    keys = [table.add(repeats=2) for _ in range(5)]
    for key in (*keys, keys[2], *keys[3:]):
        await reading.of(key)
    assert sum(len(stream.rows) for stream in reading._known.values()) == reading._events <= 12
    assert list(reading._known)[-1] == keys[-1]
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
