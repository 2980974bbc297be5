"""What a reader makes of the batches of a lane that it has at hand: one check is enough for those that follow each other."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from contracts.chain import BEFORE, SEALED_BY, START, Seal, Signer, Signers, link
from contracts.envelope import Record, attributes, headers, message_of, parse
from services.chassis.lives import Life
from services.chassis.proof import Brought, Partition, Proofs, proven

LANE, SIZE = 3, 4
STORE = uuid4()
SOURCE, STRANGER = Signer(bytes(32)), Signer(bytes(range(32)))


class Checks(Signers):
    """Knows the source's signature, and counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__({"intake": [SOURCE.public]})
        self.count = 0

    def know(self, seal: Seal, last: Record, its_link: bytes) -> bool:
        self.count += 1
        return super().know(seal, last, its_link)


class Told(Proofs):
    """Has been told of the source's only life."""

    async def lives(self, source: str, upto: int) -> Sequence[Life]:
        assert source == "intake"
        return [Life(1, STORE, (1,) * 12)]


def proofs() -> tuple[Told, Checks]:
    checks = Checks()
    return Told(checks, None, None), checks  # type: ignore[arg-type]  # neither store nor source is asked


def record(lane_seq: int, epoch: int = 1) -> Record:
    body = msgspec.Raw(b'{"n":%d}' % lane_seq)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    case = UUID(int=lane_seq)
    return Record(
        "intake", LANE, lane_seq, uuid4(), case, 1, case, "intake.Test.v1", at, msgspec.Raw(b"{}"), body, epoch
    )


def batches(
    count: int, signers: dict[int, Signer] | None = None, stores: dict[int, UUID] | None = None
) -> list[list[Any]]:
    """Return so many batches that follow each other, as Kafka brings them; some signed by somebody else."""
    made, before = [], START
    for number in range(count):
        records = [record(number * SIZE + n + 1) for n in range(SIZE)]
        said = [attributes(one) for one in records]
        said[0][BEFORE] = b64encode(before)
        for one, its in zip(records, said, strict=True):
            before = link(before, its, bytes(one.body))
        signer, store = (signers or {}).get(number, SOURCE), (stores or {}).get(number, STORE)
        said[-1][SEALED_BY] = signer.seal(store, records[-1], before).text()
        made.append([message(one, its) for one, its in zip(records, said, strict=True)])
    return made


def message(one: Record, said: dict[str, bytes]) -> Any:
    sent = message_of(one, said)
    return SimpleNamespace(
        topic="intake.events", partition=LANE, offset=one.lane_seq, headers=sent["headers"], value=sent["value"]
    )


def read(some: Sequence[Sequence[Any]]) -> Partition:
    made = Partition()
    for one in [one for batch in some for one in batch]:
        said = headers(one.headers)
        made.add(Brought(parse(said, one.value), one), said)
    return made


async def outcome(some: Sequence[Sequence[Any]]) -> tuple[list[bool], int]:
    """Return which batches were proved, and how many seals were looked at for that."""
    those, checks = proofs()
    partition = read(some)
    doubted = await those.of_topic(partition)
    assert len(doubted) + len(partition.proven()) == len(partition.all)
    found = {one.record.lane_seq: proven(one.record) is not None for one in partition.all}
    of_each = [{found[one.offset] for one in batch} for batch in some]
    assert all(len(each) == 1 for each in of_each), "a batch was proved in part"
    return [each.pop() for each in of_each], checks.count


async def test_one_check_is_enough_for_batches_that_follow_each_other():
    some = batches(5)
    assert await outcome(some) == ([True] * 5, 1)
    those, _ = proofs()
    partition = read(some)
    assert await those.of_topic(partition) == []
    links = [proven(one.record) for one in partition.all]
    before = START
    for its in links:
        assert its is not None
        assert its.before == before
        before = its.own
    assert [its is not None and its.seal is not None for its in links] == [False] * (5 * SIZE - 1) + [True]


async def test_what_others_put_behind_it_makes_each_prove_itself():
    assert (await outcome(batches(4, {3: STRANGER})))[0] == [True, True, True, False]
    assert (await outcome(batches(4, {2: STRANGER, 3: STRANGER})))[0] == [True, True, False, False]
    assert (await outcome(batches(4, dict.fromkeys(range(4), STRANGER))))[0] == [False] * 4


async def test_what_the_source_has_signed_later_is_its_own_whatever_stands_between():
    assert await outcome(batches(4, {1: STRANGER})) == ([True] * 4, 1)


async def test_a_copy_of_the_source_goes_on_in_vain():
    assert (await outcome(batches(4, stores={2: uuid4(), 3: uuid4()})))[0] == [True, True, False, False]


async def test_what_was_changed_or_is_missing_parts_what_follows_from_what_went_before():
    some = batches(5)
    assert await outcome([*some[:2], *some[3:]]) == ([True] * 4, 2)
    some[2][1].value = b'{"n":0}'
    assert (await outcome(some))[0] == [True, True, False, True, True]


async def test_a_reader_that_looks_at_the_first_seal_alone_is_found_out(monkeypatch: pytest.MonkeyPatch):
    """Mutant: what follows something proven is believed."""
    prove = Proofs._prove

    async def first(self: Proofs, runs: Sequence[Any]) -> bool:
        if not await prove(self, runs[:1]):
            return False
        for run in runs:
            for one, its in zip(run.some, run.links, strict=True):
                one.record.__dict__["_links"] = its
        return True

    monkeypatch.setattr(Proofs, "_prove", first)
    with pytest.raises(AssertionError):
        await test_what_others_put_behind_it_makes_each_prove_itself()
