"""On whose behalf a command runs: it enters at the edge and ends as the metadata of every event it makes."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.envelope import Cause, Metadata, Record
from contracts.event import Event
from contracts.ids import NUMBER_CHARS, derived, spelled
from contracts.periods.calendar import day
from contracts.vocabulary import ClockKind, Role
from services.chassis.errors import Forbidden

WHENCE: Final[ContextVar[str]] = ContextVar("whence", default="")
"""The address from which a request has come, which is for counting requests alone."""


class By(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts, for which unit, in which role, why, when, on which request."""

    actor: str
    unit: str
    role: Role
    at: datetime
    clock: ClockKind
    request_id: str
    command_id: UUID
    reason: str | None = None
    expected_versions: frozenset[int] | None = None
    """Any of which the stream must have, where the command has seen one (``If-Match``)."""
    fingerprint: bytes = b""
    has_to_do: bool = False
    """Whether it is known already that whoever acts has to do with the case that they act in."""
    petition: UUID | None = None
    """Which petition is theirs, where somebody has proved that by its query code."""
    session: bytes = b""
    """By the digest of which token they have."""
    trying: bool = False
    """Whether it is only found out if it would be done at this moment: nothing of it is stored."""
    agreed_by: str | None = None
    """Who else has agreed to it, where it needs two persons."""
    agreement: Agreement | None = None
    """What becomes of the change to which somebody agrees by it: that is stored with what it does, or neither is."""

    def must_be(self, *roles: Role) -> None:
        """Raise ``Forbidden`` unless the actor has one of the roles."""
        if self.role not in roles:
            wanted = "、".join(role.title for role in roles)
            raise Forbidden(f"此操作限于：{wanted}")

    def metadata(self, event: Event, cause: Cause | None) -> Metadata:
        """Return what stands beside an event that this command made."""
        return Metadata(
            actor=self.actor,
            unit=self.unit,
            role=self.role,
            reason=self.reason or event.title,
            article=event.basis,
            at=event.timestamp,
            clock=self.clock,
            request_id=self.request_id,
            command_id=self.command_id,
            cause=cause,
            agreed_by=self.agreed_by,
        )


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody agrees to a change which another person has entered (``changes``)."""

    kind: type[Any]
    change: UUID
    by: By


def by_reaction(service: str, record: Record, now: datetime) -> By:
    """Return the context in which a service answers an event of another one: same unit, same request.

    Where the event happened in simulated time the answer happens at the same moment.
    """
    origin = record.about()
    return By(
        actor=f"system:{service}",
        unit=origin.unit,
        role=Role.system,
        at=record.at if origin.clock is ClockKind.simulated else now,
        clock=origin.clock,
        request_id=origin.request_id,
        command_id=derived(record.id, service),
        reason=record.type,
    )


def receipt_no(by: By) -> str:
    """Return the number of a receipt for what is kept secret: letters from which nobody learns how many there are."""
    return f"密〔{day(by.at).year}〕{spelled(derived(by.command_id, 'number').int, NUMBER_CHARS)}号"


def cause_of(record: Record) -> Cause:
    """Return the reference by which an event names the one that it answers."""
    return Cause(record.service, record.lane, record.lane_seq, record.id)
