"""What has happened in one stream, as one service tells another that asks at the time of a command."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from contracts.envelope import Metadata
from contracts.event import Event, decode
from contracts.packing import unpack
from services.chassis.recorder import Recorder, Rows


class Happened(msgspec.Struct, frozen=True):
    """An event as it is told: what it is, when it was, who did it, and its body."""

    type: str
    version: int
    at: datetime
    metadata: msgspec.Raw
    body: msgspec.Raw


class Fact(NamedTuple):
    """An event, and who did it for whom."""

    event: Event
    about: Metadata


async def history(recorder: Recorder, stream: UUID) -> list[Happened]:
    """Return what has happened in a stream, also a moment ago, and wherever it lies."""
    return _told(await recorder.stream(stream))


async def published(recorder: Recorder, stream: UUID) -> list[Happened]:
    """Return the same without what lies apart: that is told to no other service."""
    return _told(await recorder.published(stream))


def _told(rows: Rows) -> list[Happened]:
    raw = msgspec.Raw
    return [Happened(name, version, at, *map(raw, unpack(packed))) for _, version, name, packed, at in rows]


def facts(stream: UUID, happened: list[Happened]) -> list[Fact]:
    """Return it as events."""
    read = msgspec.json.Decoder(Metadata).decode
    return [
        Fact(decode(one.type, stream, one.version, one.at, bytes(one.body)), read(one.metadata)) for one in happened
    ]
