"""The language of reactions: when this has happened elsewhere, do that to the aggregates of the same case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from contracts.envelope import Record
from contracts.event import REGISTRY, UPCASTS, Event, UnknownEvent
from services.chassis.aggregate import Aggregate
from services.chassis.context import by_reaction, cause_of
from services.chassis.database import Connection
from services.chassis.directory import Directory
from services.chassis.store import Store
from services.chassis.writer import Work

A = TypeVar("A", bound=Aggregate)
E = TypeVar("E", bound=Event)


def _own(case: UUID) -> UUID:
    return case


@dataclass(frozen=True)
class Reaction:
    """When this has happened elsewhere, do that to the aggregate of the same case."""

    kind: type[Aggregate]
    act: Callable[..., None]
    stream: Callable[[UUID], UUID]
    """Which stream it is, by the case."""
    by_directory: bool = False
    """Whether it is handed the directory behind the moment."""


class Reactions:
    """The table of a service: wire name of a foreign event → what it does here, in that order."""

    def __init__(self) -> None:
        self.table: defaultdict[str, list[Reaction]] = defaultdict(list)

    def on(
        self, event_class: type[E], kind: type[A], *, stream: Callable[[UUID], UUID] = _own
    ) -> Callable[[Callable[[A, E, datetime], None]], Callable[[A, E, datetime], None]]:
        """Register ``act(aggregate, event, at)`` for an event; it must not refuse what it has done already."""

        def register(act: Callable[[A, E, datetime], None]) -> Callable[[A, E, datetime], None]:
            self.table[event_class.wire_name].append(Reaction(kind, act, stream))
            return act

        return register

    def on_by_directory(
        self, event_class: type[E], kind: type[A], *, stream: Callable[[UUID], UUID] = _own
    ) -> Callable[[Callable[[A, E, datetime, Directory], None]], Callable[[A, E, datetime, Directory], None]]:
        """Register ``act(aggregate, event, at, directory)`` for an event, like `on`."""

        def register(
            act: Callable[[A, E, datetime, Directory], None],
        ) -> Callable[[A, E, datetime, Directory], None]:
            self.table[event_class.wire_name].append(Reaction(kind, act, stream, by_directory=True))
            return act

        return register

    @property
    def sources(self) -> tuple[str, ...]:
        """The services whose events this one takes in."""
        return tuple(sorted({name.partition(".")[0] for name in self.table}))


class Commands:
    """The effect of most services: each event becomes a command on the aggregate of its case."""

    def __init__(self, store: Store, reactions: Reactions, now: Callable[[], datetime]) -> None:
        self.store = store
        self.reactions = reactions
        self.now = now

    async def lacks(self, records: Sequence[Record]) -> bool:  # noqa: ARG002
        """Miss nothing: an event of another service stands for itself."""
        return False

    async def prepare(self, records: Sequence[Record]) -> None:
        """Take in just these."""

    async def apply(self, connection: Connection, records: Sequence[Record]) -> None:
        """Do the commands of a batch with one read and one write. Raises ``UnknownEvent`` for one from the future."""
        todo = [(r, reaction, reaction.stream(r.key)) for r in records for reaction in self._reactions(r)]
        if not todo:
            return
        found = await self.store.load_many(connection, {stream: reaction.kind for _, reaction, stream in todo})
        rows = []
        for record, reaction, stream in todo:
            aggregate = found[stream]
            by = by_reaction(self.store.service, record, self.now())
            aggregate.cause = cause_of(record)
            known = [await self.store.directories.at_hand()] if reaction.by_directory else []
            reaction.act(aggregate, record.event(), by.at, *known)
            rows += self.store.rows(aggregate, by)
        if rows:
            changed = {
                row.stream for row in rows if row.stream in found
            }  # what is told under a receipt has no row of its own
            statements = [s for key in changed for s in self.store.view_statements(found[key])]
            await self.store.writer.write(connection, [Work(rows, statements)])

    def _reactions(self, record: Record) -> Sequence[Reaction]:
        """Return what this service does about a record; reactions are registered for the newest version of an event."""
        if record.type in UPCASTS:
            return self.reactions.table.get(record.event().wire_name, ())
        if record.type not in REGISTRY:
            raise UnknownEvent(record.type)
        return self.reactions.table.get(record.type, ())
