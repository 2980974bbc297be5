"""What has happened in one stream, as one service tells another that asks at the time of a command."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from contracts.envelope import Metadata
from contracts.event import Event, decode
from contracts.packing import unpack
from services.chassis.recorder import Recorder


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
    """Return what has happened in a stream, also a moment ago."""
    rows = await recorder.stream(stream)
    packed = [(row, unpack(row["packed"])) for row in rows]
    raw = msgspec.Raw
    return [Happened(row["type"], row["version"], row["at"], raw(m), raw(b)) for row, (m, b) in packed]


def facts(stream: UUID, happened: list[Happened]) -> list[Fact]:
    """Return it as events."""
    read = msgspec.json.Decoder(Metadata).decode
    return [
        Fact(decode(one.type, stream, one.version, one.at, bytes(one.body)), read(one.metadata)) for one in happened
    ]
