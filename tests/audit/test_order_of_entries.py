"""A ledger in a file: whatever is planted in it is named, without a database and without a service."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from contracts.envelope import Cause, Metadata
from contracts.vocabulary import ClockKind, Role
from services.audit.entry import Entry
from services.audit.lines import entries
from services.audit.order import CaseOrder, Verdict, WholeOrder

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CASE, OTHER = UUID(int=1), UUID(int=2)
COURSE = [  # service, lane, number in it, stream, version, and the number of the entry that is its cause
    ("intake", 1, 1, CASE, 1, None),
    ("intake", 2, 1, OTHER, 1, None),
    ("intake", 1, 2, CASE, 2, None),
    ("assignment", 1, 1, CASE, 1, 3),
    ("assignment", 1, 2, CASE, 2, 3),
    ("mediation", 1, 1, CASE, 1, 5),
    ("mediation", 1, 2, CASE, 2, 5),
]


def ledger() -> list[Entry]:
    made: list[Entry] = []
    for seq, (service, lane, lane_seq, stream, version, because) in enumerate(COURSE, 1):
        cause = made[because - 1] if because else None
        about = Metadata(
            "a", "RSJ", Role.case_officer, "", "", NOW, ClockKind.real, "r", UUID(int=seq),
            Cause(cause.service, cause.lane, cause.lane_seq, cause.id) if cause else None,
        )  # fmt: skip
        made.append(
            Entry(
                seq, service, lane, lane_seq, UUID(int=100 + seq), stream, stream, version, "x.Happened.v1", NOW, NOW,
                msgspec.Raw(b"{}"), msgspec.Raw(msgspec.json.encode(about)),
            )
        )  # fmt: skip
    return made


def judged(those: list[Entry]) -> str | None:
    """Return the first thing that is wrong with a ledger, read from the lines of a file."""
    order, verdict = WholeOrder(), Verdict()
    for it in entries([msgspec.json.encode(entry) for entry in those]):
        verdict.add(it.entry.seq, order.take(it.entry) or it.wrong)
    return verdict.first


def numbered(those: list[Entry]) -> list[Entry]:
    return [msgspec.structs.replace(entry, seq=seq) for seq, entry in enumerate(those, 1)]


def without(seq: int) -> Callable[[list[Entry]], list[Entry]]:
    return lambda those: [entry for entry in those if entry.seq != seq]


def hidden(seq: int) -> Callable[[list[Entry]], list[Entry]]:
    return lambda those: numbered(without(seq)(those))


def moved(seq: int, to: int) -> Callable[[list[Entry]], list[Entry]]:
    def change(those: list[Entry]) -> list[Entry]:
        rest = without(seq)(those)
        return numbered([*rest[: to - 1], those[seq - 1], *rest[to - 1 :]])

    return change


def changed(seq: int, **fields: object) -> Callable[[list[Entry]], list[Entry]]:
    return lambda those: [msgspec.structs.replace(e, **fields) if e.seq == seq else e for e in those]


PLANTED = [
    (without(4), "entry 5 follows on entry 3: 4 is missing"),
    (hidden(2), None),  # the only one of its lane, and nobody's cause: what an outer head or a signature is for
    (hidden(1), "entry 2 has number 2 of lane intake/1, and number 1 is nowhere in the ledger before it"),
    (hidden(4), "entry 4 has number 2 of lane assignment/1, and number 1 is nowhere in the ledger before it"),
    (moved(7, 6), "entry 6 has number 2 of lane mediation/1, and number 1 is nowhere in the ledger before it"),
    (moved(6, 4), "entry 4 names a cause that is not in the ledger before it (assignment/1/2)"),
    (changed(5, lane_seq=1), "entry 5 has number 1 of lane assignment/1, but comes after number 1"),
    (changed(3, id=UUID(int=9)), f"entry 4 names event {UUID(int=103)} as its cause, but intake/1/2 is {UUID(int=9)}"),
    (changed(2, metadata=msgspec.Raw(b'"x"')), "the metadata of entry 2 cannot be read"),
]


class TestLedgerInAFile:
    def test_sound_one_is_sound(self):
        assert judged(ledger()) is None

    @pytest.mark.parametrize(("planted", "sentence"), PLANTED)
    def test_whatever_is_planted_is_named(self, planted: Callable[[list[Entry]], list[Entry]], sentence: str | None):
        assert judged(planted(ledger())) == sentence

    def test_what_goes_on_after_a_number_is_judged_from_there(self):
        order = WholeOrder(3, {("intake", 1): 2, ("intake", 2): 1})
        assert [order.take(entry) for entry in ledger()[3:]] == [None] * 4

    def test_line_that_is_no_entry_is_refused(self):
        with pytest.raises(msgspec.ValidationError):
            list(entries([b'{"seq":1}']))


class TestCase:
    def test_each_stream_has_every_version(self):
        order = CaseOrder()
        found = [order.take(entry) for entry in ledger() if entry.case == CASE and entry.seq != 6]
        assert found[:-1] == [None] * 4
        assert found[-1] == f"entry 7 is version 2 of mediation's stream {CASE} after 0"


def test_no_service_and_no_framework_is_there_when_a_file_is_read():
    """What checks must not be what made it, nor want more than the contracts and what they are written in."""
    program = (
        "import sys, services.audit.lines; print(*sorted({n.partition('.')[0] for n in sys.modules}), *sys.modules)"
    )
    loaded = set(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    )
    assert {"contracts.envelope", "services.audit.order"} <= loaded
    assert not {"asyncpg", "fastapi", "pydantic", "aiokafka", "services.chassis", "services.accountability"} & loaded
