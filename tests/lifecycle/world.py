"""A whole Huiyin in memory: the real application, aggregates, reactions, ledger fold and clocks, without any server.

Commands run through the application classes of the services against a store that keeps events in a dictionary. What
they record goes at once into the fold of the Case, to the clocks, and to the reactions of the other services, in the
order in which the ledger would have it; so one process can play thousands of lives in a minute.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from copy import copy
from datetime import datetime
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4, uuid5

import msgspec

from contracts.envelope import SERVICES, Cause, Record, lane_of, write_metadata
from contracts.event import Event, decode
from contracts.periods import calendar
from contracts.vocabulary import ClockKind, Role
from services.accountability.case import Case
from services.accountability.clocks import rules
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.effects import Clocks
from services.accountability.clocks.keeper import Keeper
from services.accountability.following import Checked
from services.chassis.aggregate import Aggregate
from services.chassis.context import By, by_reaction, cause_of
from services.chassis.directory import Directory
from services.chassis.errors import NotFound
from services.chassis.store import New
from services.chassis.writer import Done
from tests.rules import state as state_of


def _state(aggregate: Aggregate) -> dict[str, Any]:
    """Everything that an aggregate knows, but for the cause, which stands in the metadata."""
    return {name: value for name, value in state_of(aggregate).items() if name != "cause"}


class MemoryStore:
    """What application classes need of a store."""

    def __init__(self, world: World, service: str) -> None:
        self.world = world
        self.service = service
        self.streams: dict[UUID, list[Event]] = defaultdict(list)
        self.states: dict[UUID, tuple[type[Aggregate], dict[int, dict[str, Any]]]] = {}
        """What was live after each store, by version."""

    async def load(self, kind: type[Aggregate], stream: UUID) -> Any:
        return kind.folded(stream, self.streams[stream])

    async def create(self, opening: Callable[[], New], *, by: By) -> Done:
        new = opening()
        return self._stored(new.aggregate, new.reply, by)

    async def change(
        self, kind: type[Aggregate], stream: UUID, act: Callable[[Any], dict[str, Any] | None], *, by: By,
        statements: Sequence[Any] = (), may_open: bool = False,
    ) -> Done:  # fmt: skip
        aggregate = await self.load(kind, stream)
        if not (aggregate.exists or may_open):
            raise NotFound(str(stream))
        return self._stored(aggregate, act(aggregate), by)

    def _stored(self, aggregate: Aggregate, reply: dict[str, Any] | None, by: By) -> Done:
        self.store(aggregate, by)
        self.world.settle()
        return Done(aggregate.version, msgspec.json.encode((reply or {}) | {"version": aggregate.version}))

    def store(self, aggregate: Aggregate, by: By) -> None:
        """Append what has happened and give it out, as the relay would."""
        for event in aggregate.taken():
            read = decode(event.wire_name, aggregate.id, event.originator_version, event.timestamp, event.encoded())
            self.streams[aggregate.id].append(read)
            if not aggregate.lies_apart(event.originator_version):
                self.world.publish(self.service, aggregate.case, read, by, aggregate.cause)
            elif event.told_outside(aggregate.id) is not None:
                told = event.told_outside(receipt_of(aggregate.id), aggregate.told_as(event.originator_version))
                self.world.publish(self.service, told.originator_id, told, by, None)
        _, then = self.states.setdefault(aggregate.id, (type(aggregate), {}))
        then[aggregate.version] = _state(aggregate)

    def check_replay(self) -> None:
        """Every prefix of every stream amounts to what was live when it ended there."""
        for stream, (kind, then) in self.states.items():
            for version, live in then.items():
                folded = _state(kind.folded(stream, self.streams[stream][:version]))
                assert folded == live, f"{kind.__name__} at {version}"


def receipt_of(case: UUID) -> UUID:
    """Return the number under which the others know of what lies apart."""
    return uuid5(case, "receipt")


class World:
    """Four services and the ledger."""

    def __init__(self) -> None:
        self.stores = {service: MemoryStore(self, service) for service in SERVICES}
        self.directories = SimpleNamespace(current=Directory())
        self.reactions = {s: import_module(f"services.{s}.reactions").REACTIONS for s in SERVICES[:3]}
        self.keeper = Keeper(
            SimpleNamespace(service="accountability", directories=self.directories), rules.in_force(),
            lambda: self.now,
        )  # fmt: skip
        self.clocks = Clocks()
        self.cases: dict[UUID, Case] = {}
        self.ledger: list[Record] = []
        self.now = datetime.fromisoformat("2025-03-03T09:00:00+08:00")
        self._waiting: list[Record] = []
        self._lanes: dict[tuple[str, int], int] = defaultdict(int)

    def by(self, role: Role, unit: str = "bureau", actor: str | None = None) -> By:
        return By(
            actor=actor or f"{role.value}-{unit}", unit=unit, role=role, at=self.now, clock=ClockKind.real,
            request_id="walk", command_id=uuid4(),
        )  # fmt: skip

    def publish(self, service: str, case: UUID | None, event: Event, by: By, cause: Cause | None) -> None:
        lane = lane_of(case or event.originator_id)
        self._lanes[service, lane] += 1
        self._waiting.append(
            Record(
                service, lane, self._lanes[service, lane], uuid4(), event.originator_id, event.originator_version, case,
                event.wire_name, event.timestamp, msgspec.Raw(write_metadata(by.metadata(event, cause))),
                msgspec.Raw(event.encoded()),
            )
        )  # fmt: skip

    def settle(self) -> None:
        """Let everybody take in what waits, until nothing does."""
        while self._waiting:
            record = self._waiting.pop(0)
            event = record.event()
            self.ledger.append(record)
            self._account(record, event)
            for service, reactions in self.reactions.items():
                for reaction in reactions.table.get(record.type, ()):
                    self._react(service, reaction, record, event)

    def _account(self, record: Record, event: Event) -> None:
        before = case = None
        if record.case is not None:
            before = self.cases.get(record.case) or Case(record.case)
            case = self.cases[record.case] = copy(before)
            case.take(len(self.ledger), event)
        store = self.stores["accountability"]
        entry = Checked(len(self.ledger), record, event, record.about(), before, case)
        by = by_reaction("accountability", record, self.now)
        for clock in self.keeper.apply(entry, self.keeper.noticed(entry), self.clocks, calendar.current(), by):
            store.store(clock, by)

    def _react(self, service: str, reaction: Any, record: Record, event: Event) -> None:
        store = self.stores[service]
        stream = reaction.stream(record.key)
        aggregate = reaction.kind.folded(stream, store.streams[stream])
        by = by_reaction(service, record, self.now)
        aggregate.cause = cause_of(record)
        reaction.act(aggregate, event, by.at, *([self.directories.current] if reaction.by_directory else ()))
        store.store(aggregate, by)

    def pass_time(self, now: datetime) -> None:
        """Let time pass and the watch look at the clocks."""
        self.now = now
        store = self.stores["accountability"]
        by = self.by(Role.system, "accountability")
        for about in list(self.clocks.about):
            case = self.cases.get(about) or Case(about)
            for clock in self.keeper.over(about, case, now, self.clocks, calendar.current(), by):
                store.store(clock, by)
        self.settle()

    def open_clocks(self, case: UUID) -> list[Clock]:
        return [clock for clocks in self.clocks.about.values() for clock in clocks if clock.open and clock.of == case]
