"""The base of every event: a frozen fact that knows its wire name.

An event is declared once, in ``contracts/<service>`` (a module, or a folder of them), and what is declared is what is
stored and what is published.
Its wire name is ``<service>.<Event>.v<N>`` and never a module path, so that code may move while history stays
readable. Importing a contract registers its events; nothing else does.

An event must never hold personal data or the text of a petition: it refers to the vault of intake instead.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property, partial
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, NotRequired, Self, TypedDict, get_args, get_type_hints
from uuid import UUID

import msgspec
from eventsourcing.domain import CanMutateAggregate, DomainEvent

from contracts.ids import derived

HEADER: Final = ("originator_id", "originator_version", "timestamp")
"""What stands beside the body of every event: its stream, its version in it, its moment."""

REGISTRY: Final[dict[str, type[Event]]] = {}
"""Every released event class, by wire name."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its zone: one without would be no evidence, so a reader refuses it."""

_ANOTHER: Final = msgspec.Meta(extra={"names": "case"})
OtherCase = Annotated[UUID, _ANOTHER]
"""A case that an event names and that is not its own: not everybody who may know of the one may know of the other."""

_TYPED: Final = msgspec.Meta(extra={"lies in": "vault"})
Words = Annotated[UUID, _TYPED]
"""What somebody has typed: the words lie in the vault of intake, with the case, and an event has their id alone."""

_encode = msgspec.json.Encoder().encode


def but_for(**fields: Any) -> Mapping[str, Any]:  # noqa: ANN401  # the fields of the event
    """Say that others are told of an event though its case lies apart, and what stands in these fields then."""
    return MappingProxyType(fields)


class UnknownEvent(LookupError):
    """No contract declares this wire name: it is younger than this program, or no event at all."""


class Body:
    """How the body of one event class is written, read and checked."""

    def __init__(self, event_class: type[Event]) -> None:
        self.event_class = event_class

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """What fields that may be absent are read as."""
        fields = dataclasses.fields(self.event_class)
        return {f.name: f.default for f in fields if f.default is not dataclasses.MISSING}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The fields of the body, in the order in which they are written."""
        return tuple(f.name for f in dataclasses.fields(self.event_class) if f.name not in HEADER)

    @cached_property
    def moments(self) -> tuple[str, ...]:
        """The fields that hold a moment, or may."""
        hints = get_type_hints(self.event_class)
        return tuple(name for name in self.names if datetime in (hints[name], *get_args(hints[name])))

    @cached_property
    def other_cases(self) -> frozenset[str]:
        """The fields that name other cases than the one that the event belongs to."""
        hints = get_type_hints(self.event_class, include_extras=True)
        return frozenset(name for name in self.names if _says(hints[name], _ANOTHER))

    @cached_property
    def words(self) -> frozenset[str]:
        """The fields that refer to what somebody has typed."""
        hints = get_type_hints(self.event_class, include_extras=True)
        return frozenset(name for name in self.names if _says(hints[name], _TYPED))

    @cached_property
    def type(self) -> Any:  # noqa: ANN401  # a TypedDict made here
        """The body's type, from which its schema is made; read late, because annotations are strings at first."""
        here = {"datetime": Moment}  # whatever a contract calls a datetime is a moment with its zone
        hints = get_type_hints(self.event_class, localns=here, include_extras=True)
        required = {n: hints[n] for n in self.names if n not in self.defaults}
        optional = {n: NotRequired[hints[n]] for n in self.names if n in self.defaults}
        return TypedDict(self.event_class.wire_name, required | optional)  # type: ignore[operator]

    @cached_property
    def decode(self) -> Any:  # noqa: ANN401  # bytes -> dict of checked values
        """Return the reader of the body; it raises ``msgspec.ValidationError`` for what the contract does not allow."""
        return msgspec.json.Decoder(self.type).decode


def _in_utc(at: datetime | None) -> datetime | None:
    return at if at is None or at.tzinfo is None else at.astimezone(UTC)


def _says(kind: Any, said: object) -> bool:  # noqa: ANN401  # a type
    """Return whether a type says that of itself, or of what it is made of."""
    return said in getattr(kind, "__metadata__", ()) or any(_says(one, said) for one in get_args(kind))


class Event(CanMutateAggregate[UUID], DomainEvent):
    """A fact about a case or a unit, in the past tense.

    A subclass states its ``title`` (Chinese name), its ``basis`` (articles), and its fields. A new optional field
    keeps the version; anything else is a new class with ``version`` raised and an ``upcast`` from the body before.
    """

    title: ClassVar[str]
    basis: ClassVar[str]
    version: ClassVar[int] = 1
    of_case: ClassVar[bool] = True
    """Whether its stream belongs to a case; what belongs to none (a unit, a calendar) says no."""
    outward: ClassVar[Mapping[str, Any] | None] = None
    """What others are told of it where its case lies apart: nothing, or itself with these fields as they stand here."""
    in_clear: ClassVar[Mapping[UUID, str]] = MappingProxyType({})
    """What was typed, by its id, where the event is stored in a version that said it in clear."""
    wire_name: ClassVar[str]
    body: ClassVar[Body]

    def __init_subclass__(cls) -> None:
        """Register the event under its wire name."""
        super().__init_subclass__()
        service = cls.__module__.removeprefix("contracts.").partition(".")[0]
        cls.wire_name = f"{service}.{cls.__name__}.v{cls.version}"
        cls.body = Body(cls)
        REGISTRY[cls.wire_name] = cls

    def mutate(self, aggregate: Any) -> Any:  # noqa: ANN401  # an aggregate of any service
        """Change the aggregate, if this is its next event; whatever is not plainly so, the library decides."""
        if self.originator_id is not aggregate.id or self.originator_version != aggregate.version + 1:
            return super().mutate(aggregate)
        self.apply(aggregate)
        aggregate.version = self.originator_version
        aggregate.modified_on = self.timestamp
        return aggregate

    def apply(self, aggregate: Any) -> None:  # noqa: ANN401  # an aggregate of any service
        """Hand the event to the aggregate, which knows what the event means to it."""
        aggregate.handler(type(self))(aggregate, self)
        if self.outward is not None:
            aggregate.pass_on(self)

    def encoded(self) -> bytes:
        """Return the body as compact JSON, fields in declared order, moments in UTC whatever zone they were told in.

        Raises ``msgspec.ValidationError`` for what the contract does not allow: nothing is stored that cannot be read.
        """
        state = vars(self)
        fields = {name: state[name] for name in self.body.names}
        for name in self.body.moments:
            told = fields[name]
            fields[name] = tuple(map(_in_utc, told)) if isinstance(told, tuple) else _in_utc(told)
        body = _encode(fields)
        self.body.decode(body)
        return body

    def told_outside(self, stream: UUID, version: int = 1) -> Self | None:
        """Return what others are told of it under another number, where its case lies apart; None for nothing."""
        if self.outward is None:
            return None
        said = {name: getattr(self, name) for name in self.body.names} | dict(self.outward)
        return type(self)(originator_id=stream, originator_version=version, timestamp=self.timestamp, **said)

    @classmethod
    def decoded(cls, stream: UUID, version: int, at: Any, body: bytes) -> Self:  # noqa: ANN401
        """Make the event from what is stored; `at` is its moment. Raises ``msgspec.ValidationError``."""
        event = object.__new__(cls)
        state = event.__dict__
        state.update(cls.body.defaults)
        state.update(cls.body.decode(body))
        state["originator_id"] = stream
        state["originator_version"] = version
        state["timestamp"] = at
        return event


UPCASTS: Final[dict[str, Any]] = {}
"""From the wire name of a version no longer made to ``(body as dict) -> (next wire name, body as dict)``."""


def without(name: str, *gone: str) -> Any:  # noqa: ANN401  # an upcast
    """Return the upcast to a version that says no more what stood in these fields."""
    return lambda body: (name, {field: value for field, value in body.items() if field not in gone})


def decode(wire_name: str, stream: UUID, version: int, at: Any, body: bytes) -> Event:  # noqa: ANN401
    """Read a stored event of any released version, brought up to the newest.

    Raises ``UnknownEvent`` for a name that no contract declares and ``msgspec.ValidationError`` for a body that does
    not fit its contract.
    """
    clear: dict[UUID, str] = {}
    if wire_name in UPCASTS:
        wire_name, fields = _upcast(wire_name, body)
        clear = fields.pop(_CLEAR, clear)
        body = _encode(fields)
    try:
        event_class = REGISTRY[wire_name]
    except KeyError:
        raise UnknownEvent(wire_name) from None
    event = event_class.decoded(stream, version, at, body)
    if clear:
        vars(event)["in_clear"] = clear
    return event


def _upcast(wire_name: str, body: bytes) -> tuple[str, dict[str, Any]]:
    """Bring the body of an older version up to the newest, step by step."""
    fields = msgspec.json.decode(body)
    while wire_name in UPCASTS:
        wire_name, fields = UPCASTS[wire_name](fields)
    return wire_name, fields


_CLEAR: Final = "\0in clear"
"""Under which name no field stands: what an older version said in clear goes from step to step beside the fields."""
_BEFORE: Final = UUID("3c8b1f7a-52a0-5c1e-8a44-6f0e1d9b7c25")
"""Namespace of what was typed into events: the same words have the same id, also of two events."""


def words_before(*events: type[Event], bodies: Mapping[str, str] = MappingProxyType({})) -> None:
    """Read the version before, which had the words themselves in the fields that now refer to them.

    The event has what they would be known by, and says them in clear (``in_clear``): they were never in the vault. Of
    `bodies` that stood there by their code or by their name, a name stands in a field of its own now.
    """
    for event in events:
        name = f"{event.wire_name.rpartition('.')[0]}.v{event.version - 1}"
        UPCASTS[name] = partial(_referring, event, bodies)


def _referring(event: type[Event], bodies: Mapping[str, str], body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    named = {code: words for code, words in bodies.items() if not (body.get(code) or "").isascii()}
    body |= {words: body[code] for code, words in named.items()} | dict.fromkeys(named)
    clear: dict[UUID, str] = {**body.get(_CLEAR, {})}
    referring: dict[str, UUID | None] = {}
    for name in event.body.words & body.keys():
        typed = body[name] if isinstance(body[name], str) else "\n".join(body[name] or ())
        referring[name] = typed_before(typed) if typed else None
        clear |= {typed_before(typed): typed} if typed else {}
    return event.wire_name, {**body, **referring, _CLEAR: clear}


def typed_before(words: str) -> UUID:
    """Return the id of words that an older version of an event has in clear."""
    return derived(_BEFORE, words)
