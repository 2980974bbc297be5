"""What tests of rules share: how a refusal is provoked, and that history amounts to the live state."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx2
import pytest

from contracts.event import Event, decode, typed_before
from contracts.periods.calendar import LEGAL_TIME
from services.chassis.aggregate import CHANGEABLE, Aggregate, changeable
from services.chassis.directory import Directory
from services.chassis.errors import DomainError
from services.chassis.numbers import plain

TESTS: Final = Path(__file__).parent


def at(day: str, clock: str = "09:00") -> datetime:
    """Return a moment in China: ``at("2025-10-01", "23:59")``."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=LEGAL_TIME)


# ------------------------------------------------------------------------- refusals


@contextmanager
def refuses(error: type[DomainError]) -> Iterator[None]:
    """The block must be refused with exactly this error."""
    with pytest.raises(error) as caught:
        yield
    assert caught.type is error, f"{caught.type.__name__} instead of {error.__name__}"


def refused(reply: httpx2.Response, status: int, error: type[DomainError]) -> dict[str, Any]:
    """Check that the reply is the problem (RFC 9457) of exactly this error; return it."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json()
    assert problem["code"] == error.code, problem
    assert problem["type"] == f"/problems/{error.code}"
    assert problem["status"] == status
    assert problem["title"] == error.title
    assert problem.get("article") == error.article
    assert problem["detail"]
    assert problem["request_id"] == reply.headers["x-request-id"]
    return problem


def provoked() -> set[type[DomainError]]:
    """Return every error that some test provokes: what is handed to ``refuses`` and ``refused`` in any test file."""
    found = set()
    for path in TESTS.rglob("test_*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = set()
        for call in ast.walk(tree):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in {"refuses", "refused"}
            ):
                names |= {arg.id for arg in call.args if isinstance(arg, ast.Name)}
        if names:
            module = import_module(".".join(path.relative_to(TESTS.parent).with_suffix("").parts))
            values = (getattr(module, name, None) for name in names)
            found |= {v for v in values if isinstance(v, type) and issubclass(v, DomainError)}
    return found


# --------------------------------------------------------------------------- replay


def stored(event: Event) -> Event:
    """Return the event as it comes back from the store."""
    read = decode(event.wire_name, event.originator_id, event.originator_version, event.timestamp, event.encoded())
    assert vars(read) == vars(event)
    return read


def state(aggregate: Aggregate) -> dict[str, Any]:
    """Return everything that an aggregate knows."""
    return {k: _copied(v) for k, v in vars(aggregate).items() if k != "_pending_events"}


def _copied(value: Any) -> Any:
    return type(value)(value) if isinstance(value, (dict, list, set)) else value


def check_flat(aggregate: Aggregate) -> None:
    """Nothing that changes in its place lies in what an aggregate holds, so that `copied` returns another one."""
    for name, value in vars(aggregate).items():
        assert (type(value) in CHANGEABLE) is (name in changeable(type(aggregate))), (
            f"{type(aggregate).__name__}.{name}"
        )
        held = [value] if type(value) not in CHANGEABLE else [*value, *value.values()] if type(value) is dict else value
        for one in held:
            told_by_value = one is None or type(one).__hash__ not in {None, object.__hash__}
            assert told_by_value, f"{type(aggregate).__name__}.{name}: {one!r}"
            assert isinstance(hash(one), int), "what lies in it is not flat either"


def check_replay(kind: type[Aggregate], stream: UUID, commands: Iterable[Callable[[Any], None]]) -> list[Event]:
    """Let commands happen or be refused; then every prefix of the events must amount to the state after it."""
    live = kind.blank(stream)
    events: list[Event] = []
    states = {0: state(live)}
    for command in commands:
        before = states[len(events)]
        try:
            command(live)
        except DomainError:
            assert not live.pending_events
            assert state(live) == before, "a refused command has changed the state"
        events += map(stored, live.taken())
        check_flat(live)
        states[len(events)] = state(live)
    for count in range(len(events) + 1):  # what one command has recorded has one state after it
        then = state(kind.folded(stream, events[:count]))
        assert count not in states or then == states[count]
    return events


def days(start: str, count: int) -> list[date]:
    first = date.fromisoformat(start)
    return [first + timedelta(days=n) for n in range(count)]


def called(body: str, directory: Directory) -> str | UUID:
    """Return how a command has a body that was named: as the directory has it, or as what was typed."""
    return directory.called(body) or (body if plain(body).isascii() else typed_before(body))
