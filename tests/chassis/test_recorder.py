"""The library's own tests of recorders, unmodified, against ours.

What `eventsourcing` promises about a recorder (versions are taken once, a write is all or nothing, notifications have
contiguous ids in the order in which they can be read) must hold for the asyncpg recorder and its relay.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from services.chassis.recorder import Recorder
from services.chassis.stored import Row
from tests.chassis.bridge import BridgedAggregateRecorder, BridgedApplicationRecorder, bridge
from tests.harness import Servers


def _library() -> ModuleType:
    """Import the library's test cases. They import a cipher that they need only for other classes than these two."""
    try:
        import Crypto.Cipher  # noqa: F401
    except ModuleNotFoundError:
        places = ("Crypto", "Crypto.Cipher", "Crypto.Cipher.AES", "Crypto.Cipher._mode_gcm")
        for place in places:
            sys.modules[place] = ModuleType(place)
        sys.modules["Crypto.Cipher"].AES = sys.modules["Crypto.Cipher.AES"]
        sys.modules["Crypto.Cipher.AES"].key_size = (16, 24, 32)
        sys.modules["Crypto.Cipher._mode_gcm"].GcmMode = object
        try:
            from eventsourcing.tests import persistence
        finally:
            for place in places:
                del sys.modules[place]
    else:
        from eventsourcing.tests import persistence
    return persistence


library = _library()


class TestAggregateRecorder(library.AggregateRecorderTestCase):
    """Streams: insert, select by version, versions taken once, all or nothing."""

    @pytest.fixture(autouse=True)
    def _empty_store(self, servers: Servers) -> Iterator[None]:
        with bridge(servers) as self.bridge:
            yield

    def create_recorder(self) -> BridgedAggregateRecorder:
        return BridgedAggregateRecorder(self.bridge)


class TestApplicationRecorder(library.ApplicationRecorderTestCase):
    """The sequence of the service: contiguous ids, also under ten writers and two readers."""

    @pytest.fixture(autouse=True)
    def _empty_store(self, servers: Servers) -> Iterator[None]:
        with bridge(servers) as self.bridge:
            yield

    def create_recorder(self) -> BridgedApplicationRecorder:
        return BridgedApplicationRecorder(self.bridge)


_insert = Recorder.insert


async def _swallow_taken_versions(connection: Any, rows: Sequence[Row], commands: Sequence[Any] = ()) -> None:
    """MUTANT: a version that is taken is silently left out."""
    for row in rows:
        with contextlib.suppress(IntegrityError):
            async with connection.transaction():
                await _insert(connection, [row], commands)


async def _leak_the_drivers_error(connection: Any, rows: Sequence[Row], commands: Sequence[Any] = ()) -> None:
    """MUTANT: a taken version is told in the driver's terms and not in the library's."""
    try:
        await _insert(connection, rows, commands)
    except IntegrityError as error:
        raise error.__cause__ from None


@pytest.mark.parametrize(
    ("mutant", "seen"),
    [(_swallow_taken_versions, "IntegrityError not raised"), (_leak_the_drivers_error, "duplicate key value")],
)
@pytest.mark.parametrize(
    ("case", "method"),
    [(TestAggregateRecorder, "test_insert_and_select"), (TestApplicationRecorder, "test_insert_select")],
)
def test_library_sees_a_broken_insert(
    servers: Servers,
    monkeypatch: pytest.MonkeyPatch,
    mutant: Callable[..., Any],
    seen: str,
    case: type[Any],
    method: str,
):
    monkeypatch.setattr(Recorder, "insert", staticmethod(mutant))
    judged = case(method)
    errors = (AssertionError, asyncpg.UniqueViolationError)
    with bridge(servers) as judged.bridge, pytest.raises(errors, match=seen):
        judged.debug()


def test_library_sees_ids_with_gaps(servers: Servers, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: notification ids that skip a number."""
    from services.chassis import relay

    monkeypatch.setattr(relay, "_SEAL", relay._SEAL.replace("h.seq + r.n", "h.seq + 2 * r.n"))
    judged = TestApplicationRecorder("test_insert_select")
    with bridge(servers) as judged.bridge, pytest.raises(AssertionError, match=r"\[2, 4\] != \[1, 2\]"):
        judged.debug()


# ---------------------------------------------------------------------------------- beyond the library's tests

LONG = 10_500


def check_long_stream(servers: Servers) -> None:
    with bridge(servers) as opened:
        recorder = BridgedAggregateRecorder(opened)
        stream = uuid4()
        recorder.insert_events([StoredEvent(stream, version, "t", b"{}") for version in range(1, LONG + 1)])
        versions = [event.originator_version for event in recorder.select_events(stream)]
        assert versions == list(range(1, LONG + 1)), f"{len(versions)} of {LONG} were read"


def test_long_stream_is_read_whole(servers: Servers):
    """Whoever folds a part of a stream decides on the past, and collides with what is really there, for ever."""
    check_long_stream(servers)


def test_checker_sees_part_of_a_stream(servers: Servers, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: a read stops at a round number and says nothing."""
    plain = Recorder.stream

    async def stream(self: Recorder, key: UUID, **terms: Any) -> list[asyncpg.Record]:
        return await plain(self, key, **(terms | {"limit": terms.get("limit") or 10_000}))

    monkeypatch.setattr(Recorder, "stream", stream)
    with pytest.raises(AssertionError, match="were read"):
        check_long_stream(servers)
