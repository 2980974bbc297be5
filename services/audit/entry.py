"""An entry of the ledger: what auditors get of it over HTTP, and what stands in each line of a file of it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.envelope import Metadata, Record
from contracts.event import Event, Moment, decode
from contracts.packing import UNREADABLE, Unpackable, unpack

COLUMNS: Final = "seq, service, lane, lane_seq, id, case_id, stream_id, version, type, at, ledgered_at, packed, epoch"
"""What to select of the table ``ledger_entry``."""

Place = tuple[str, int, int]
"""A service, a lane of it, a number in that."""

_read_metadata = msgspec.json.Decoder(Metadata).decode


class Entry(msgspec.Struct, frozen=True):
    """One event with everything beside it, and nothing left out."""

    seq: int
    service: str
    lane: int
    lane_seq: int
    id: UUID
    case: UUID | None
    stream: UUID
    version: int
    type: str
    at: Moment
    ledgered_at: Moment
    body: msgspec.Raw
    metadata: msgspec.Raw
    epoch: int = 1
    """From which life of its source's store it is."""

    @classmethod
    def of(cls, row: Any) -> Entry:  # noqa: ANN401  # an asyncpg.Record, which has no types of its own
        """Return the entry that stands in a row of the table; what cannot be unpacked as what nobody can read."""
        try:
            metadata, body = unpack(row["packed"])
        except Unpackable:
            metadata, body = UNREADABLE
        return cls(
            row["seq"], row["service"], row["lane"], row["lane_seq"], row["id"], row["case_id"], row["stream_id"],
            row["version"], row["type"], row["at"], row["ledgered_at"], msgspec.Raw(body), msgspec.Raw(metadata),
            row["epoch"],
        )  # fmt: skip

    @property
    def place(self) -> Place:
        """Where its source published it."""
        return self.service, self.lane, self.lane_seq

    @property
    def record(self) -> Record:
        """The event as its source published it."""
        return Record(
            self.service, self.lane, self.lane_seq, self.id, self.stream, self.version, self.case, self.type, self.at,
            self.metadata, self.body, self.epoch,
        )  # fmt: skip

    def event(self) -> Event:
        """Read the event. Raises ``UnknownEvent`` or ``msgspec.ValidationError``."""
        return decode(self.type, self.stream, self.version, self.at, bytes(self.body))

    def about(self) -> Metadata:
        """Read the metadata. Raises ``msgspec.ValidationError``."""
        return _read_metadata(self.metadata)
