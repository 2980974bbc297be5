"""The base of every aggregate: blank before its first event, and changed by events alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, Final, Self, cast, get_args, get_type_hints
from uuid import UUID

import eventsourcing.domain

from contracts.envelope import Cause
from contracts.event import UPCASTS, Event

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

CHANGEABLE: Final = frozenset({set, list, dict})
"""What a field of an aggregate is that changes in its place; what lies in one does not, and no other field does."""

_ACTS: Final[dict[str, list[Callable[[Any, Any], None]]]] = defaultdict(list)
"""What was decorated in the body of each class, by the class's full name: the class itself does not exist yet then."""


def when(act: Callable[[Any, Any], None]) -> None:
    """Let a method change the fields whenever an event has happened that its parameter names; it never refuses."""
    _ACTS[f"{act.__module__}.{act.__qualname__.rpartition('.')[0]}"].append(act)


class Aggregate(eventsourcing.domain.Aggregate):
    """A stream of events and what they amount to.

    A decision, which is a method or a function over it, checks the rule and calls ``record``; what is decorated with
    ``when`` changes fields and never refuses, because it also runs on replay. An aggregate starts at version 0, so its
    first event is applied like any other and no class name ever gets into the store.
    """

    applies: ClassVar[dict[type[Event], Callable[[Any, Any], None]]]
    """What each class of event changes. An aggregate is one class: its fold stands in no other."""

    decided_from: ClassVar[str | None] = None
    """The service whose events open a stream of this kind; asked before the answer «not found» is given."""

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401  # the library's own
        """Gather what the class does about each event; none means two things, or their order would decide."""
        super().__init_subclass__(**kwargs)
        acts = [(event, act) for act in _ACTS[f"{cls.__module__}.{cls.__qualname__}"] for event in _named(act)]
        cls.applies = dict(acts)
        assert len(cls.applies) == len(acts), f"{cls.__name__} says twice what an event means to it"

    def __base_init__(self, originator_id: Any, originator_version: int, timestamp: datetime) -> None:  # noqa: ANN401
        """Add what the library's base does not have: the foreign event that the stream answers."""
        super().__base_init__(originator_id, originator_version, timestamp)
        self.cause: Cause | None = None

    @classmethod
    def blank(cls, stream: UUID) -> Self:
        """Return the aggregate as it is before anything has happened to it."""
        aggregate = cls.__new__(cls)
        aggregate.__base_init__(stream, 0, BEFORE_ALL)
        aggregate.start()
        return aggregate

    @classmethod
    def folded(cls, stream: UUID, events: Iterable[Event]) -> Self:
        """Return what the events amount to."""
        aggregate = cls.blank(stream)
        for event in events:
            event.mutate(aggregate)
        return aggregate

    @property
    def case(self) -> UUID | None:
        """The case that the events belong to; None for what belongs to no case."""
        return self.id

    def lies_apart(self, version: int) -> bool | None:  # noqa: ARG002  # who knows says so
        """Return whether an event of its own lies apart (``apart``); None where that goes by its case alone."""
        return None

    def pass_on(self, event: Event) -> None:
        """Know that something has happened of which others are told though its case lies apart."""

    def told_as(self, version: int) -> int:
        """Return as which of several things others are told of an event: as what it is, where none lies apart."""
        return version

    @property
    def apart(self) -> bool | None:
        """Whether its case lies apart now; None for one that never did, and for what does not decide it."""
        return None

    @property
    def exists(self) -> bool:
        """Whether anything has happened to it."""
        return self.version > 0

    def start(self) -> None:
        """Set the fields to what they are before the first event."""

    def copied(self) -> Self:
        """Return another one that stands where this one does; neither changes the other, for what they hold is flat."""
        other = type(self).__new__(type(self))
        held = other.__dict__ = self.__dict__.copy()
        for name in changeable(type(self)):
            held[name] = held[name].copy()
        return other

    def taken(self) -> list[Event]:
        """Return the events that happened since it was loaded, and forget that they are new."""
        events, self._pending_events = self._pending_events, []
        return cast("list[Event]", events)

    def record(self, event_class: type[Event], *, at: datetime, **fields: Any) -> None:  # noqa: ANN401
        """Let something have happened."""
        event = event_class(originator_id=self.id, originator_version=self.version + 1, timestamp=at, **fields)
        event.mutate(self)
        self.pending_events.append(event)

    @classmethod
    def handler(cls, event_class: type[Event]) -> Callable[[Any, Any], None]:
        """Return what the aggregate does about a class of event. Raises ``LookupError`` for one that is not its own."""
        try:
            return cls.applies[event_class]
        except KeyError:
            raise LookupError(f"{cls.__name__} does not know {event_class.wire_name}") from None

    @classmethod
    def opening(cls) -> frozenset[str]:
        """Return the wire names of what may stand first in such a stream."""
        return cls.events()

    @classmethod
    def events(cls) -> frozenset[str]:
        """Return the wire names of the events of such a stream, those of older versions among them."""
        names = {event.wire_name for event in cls.applies}
        kinds = {name.rpartition(".")[0] for name in names}
        return frozenset(names | {name for name in UPCASTS if name.rpartition(".")[0] in kinds})


@cache
def changeable(kind: type[Aggregate]) -> Sequence[str]:
    """Return the fields of a kind that change in their place: sets, lists and mappings, from the first on."""
    return [name for name, value in vars(kind.blank(UUID(int=0))).items() if type(value) in CHANGEABLE]


def _named(act: Callable[[Any, Any], None]) -> Sequence[type[Event]]:
    """Return the events that the parameter of a method names: one, or several of which each means the same."""
    named = next(iter(get_type_hints(act).values()))
    return get_args(named) or (named,)
