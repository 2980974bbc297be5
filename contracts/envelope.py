"""One event with everything around it, and its form on Kafka: CloudEvents 1.0, binary mode.

Every attribute of the spec that Huiyin uses is a header ``ce_<name>``; the body is the event's body, untouched.
Extension attributes carry what CloudEvents has no word for: ``lane`` and ``laneseq`` (the gap-free number within a
lane), ``streamversion``, ``epoch``, and ``metadata`` (who, for which unit, why, under which clock, because of what;
JSON). By two more a batch proves that its source has written it (``chain``). All headers are ASCII, so that a reader
can hand them on through whatever it has.

Nothing is parsed here that a reader may not need: body and metadata stay bytes until somebody asks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.event import Event, Moment, decode
from contracts.vocabulary import ClockKind, Role

SERVICES: Final = ("intake", "assignment", "mediation", "accountability")

LANES: Final = 12
"""Partitions of every topic. Fixed for life: a case keeps its lane, in all four services the same one."""

RETENTION_DAYS: Final = 14
"""How long topics hold a record: Kafka is delivery, the stores are the record, and any topic can be made from them."""

LANE_SEQ_MAX: Final = 2**63 - 1
VERSION_MAX: Final = 2**31 - 1
EPOCH_MAX: Final = 2**15 - 1

CONTENT_TYPE: Final = b"application/json"
SPEC_VERSION: Final = b"1.0"
SCHEMAS: Final = "https://huiyin.internal/schemas/"
"""Where the ids of schemas begin. The name is reserved for private networks: each can let it lead to a service."""
WORDS_KNOWN_MAX: Final = 4_096
"""How many titles, articles and reasons are remembered in ASCII; the same few hundred stand beside all events."""

_SOURCES: Final = {f"/huiyin/{service}".encode(): service for service in SERVICES}
_encode = msgspec.json.Encoder().encode
_read_id = msgspec.json.Decoder(UUID).decode


def lane_of(key: UUID) -> int:
    """Return the lane of a case (or of a unit, for events that belong to no case)."""
    return key.int % LANES


def topic_of(service: str) -> str:
    """Return the topic on which a service publishes."""
    return f"{service}.events"


def schema_id(name: str) -> str:
    """Return the id of a released schema: what an event's ``dataschema`` says, and where services serve it."""
    return f"{SCHEMAS}{name}.json"


class Malformed(ValueError):
    """A Kafka record is no event of ours: a header is missing or unreadable."""


class Cause(msgspec.Struct, frozen=True):
    """The event of another service that an event answers."""

    service: str
    lane: int
    lane_seq: int
    id: UUID


class Metadata(msgspec.Struct, frozen=True):
    """Who did it, for which unit, in which role, why, on which request, when, because of what, who agreed."""

    actor: str
    unit: str
    role: Role
    reason: str
    article: str
    at: Moment
    clock: ClockKind
    request_id: str
    command_id: UUID
    cause: Cause | None
    agreed_by: str | None = None
    """Who else had to agree to it, and did."""


class Record(msgspec.Struct, frozen=True, dict=True):
    """A sealed event as it travels; `metadata` and `body` are JSON as stored."""

    service: str
    lane: int
    lane_seq: int
    id: UUID
    stream: UUID
    version: int
    case: UUID | None
    type: str
    at: Moment
    metadata: msgspec.Raw
    body: msgspec.Raw
    epoch: int = 1
    """Which life of its store it is from: each restoring begins another one."""

    @property
    def key(self) -> UUID:
        """What the events are ordered by: the case, or the stream of an event that belongs to none."""
        return self.case or self.stream

    def event(self) -> Event:
        """Read the event. Raises ``UnknownEvent`` or ``msgspec.ValidationError``."""
        return decode(self.type, self.stream, self.version, self.at, bytes(self.body))

    def about(self) -> Metadata:
        """Read the metadata, once. Raises ``msgspec.ValidationError``."""
        known: Metadata | None = self.__dict__.get("_about")
        if known is None:  # a cached property locks, which takes as long as reading
            known = self.__dict__["_about"] = _read_metadata(self.metadata)
        return known


def write_metadata(metadata: Metadata) -> bytes:
    """Return metadata as it is stored, and so published: JSON that escapes whatever is not ASCII."""
    told = {
        name: _escaped(value) if isinstance(value, str) and not value.isascii() else value
        for name, value in msgspec.structs.asdict(metadata).items()
    }
    if metadata.agreed_by is None:
        del told["agreed_by"]
    return _encode(told)


@lru_cache(WORDS_KNOWN_MAX)
def _escaped(words: str) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(words))  # msgspec itself writes UTF-8 and nothing else


_read_metadata = msgspec.json.Decoder(Metadata).decode


def message_of(record: Record, said: Mapping[str, bytes] | None = None) -> dict[str, Any]:
    """Return a record as Kafka takes it. The key is the case, or the stream of an event that belongs to none."""
    if said is None:
        said = attributes(record)
    return {
        "key": said["ce_partitionkey"],
        "value": bytes(record.body),
        "timestamp": None,
        "headers": list(said.items()),
    }


def attributes(record: Record) -> dict[str, bytes]:
    """Return the CloudEvents attributes of a record, each of which is a Kafka header (binary content mode)."""
    stream = _encode(record.stream)[1:-1]  # as `str` would say it, in a fifth of the time
    case = None if record.case is None else stream if record.case == record.stream else _encode(record.case)[1:-1]
    result = {
        "ce_specversion": SPEC_VERSION,
        "ce_id": _encode(record.id)[1:-1],
        "ce_source": b"/huiyin/" + record.service.encode(),
        "ce_type": record.type.encode(),
        "ce_dataschema": schema_id(record.type).encode(),
        "ce_time": _encode(record.at)[1:-1],
        "ce_subject": stream,
        "ce_partitionkey": case or stream,
        "ce_epoch": b"%d" % record.epoch,
        "ce_lane": b"%d" % record.lane,
        "ce_laneseq": b"%d" % record.lane_seq,
        "ce_streamversion": b"%d" % record.version,
        "ce_metadata": bytes(record.metadata),
        "content-type": CONTENT_TYPE,
    }
    if case is not None:
        result["ce_case"] = case
    return result


def headers(raw: Any) -> dict[str, bytes]:  # noqa: ANN401  # pairs of str and bytes
    """Return the headers of a Kafka record by their names. Raises ``Malformed`` where one is there twice."""
    try:
        h = dict(raw)
        if len(h) != len(raw):
            raise Malformed("a header twice")
    except (ValueError, TypeError) as error:
        raise Malformed(str(error)) from error
    if None in h.values():
        raise Malformed("a header without a value")
    return h


def parse(h: Mapping[str, bytes], body: bytes | None) -> Record:
    """Read a Kafka record. Raises ``Malformed`` where a header is missing or is not what it should be."""
    try:
        if h["ce_specversion"] != SPEC_VERSION:
            raise Malformed("ce_specversion")
        case, subject = h.get("ce_case"), h["ce_subject"]
        stream = _read_id(b'"%b"' % subject)
        at = datetime.fromisoformat(h["ce_time"].decode())
        if at.tzinfo is None:
            raise Malformed("ce_time")
        service, type_ = _SOURCES[h["ce_source"]], h["ce_type"].decode()
        lane, lane_seq, version = int(h["ce_lane"]), int(h["ce_laneseq"]), int(h["ce_streamversion"])
        epoch = int(h.get("ce_epoch", b"1"))
        if not type_.isprintable():
            raise Malformed("ce_type")
        if not (
            0 <= lane < LANES and 0 < lane_seq <= LANE_SEQ_MAX and 0 < version <= VERSION_MAX and 0 < epoch <= EPOCH_MAX
        ):
            raise Malformed(f"{lane=} {lane_seq=} {version=} {epoch=}")
        return Record(
            service,
            lane,
            lane_seq,
            _read_id(b'"%b"' % h["ce_id"]),
            stream,
            version,
            None if case is None else stream if case == subject else _read_id(b'"%b"' % case),
            type_,
            at,
            msgspec.Raw(h["ce_metadata"]),
            msgspec.Raw(body or b"null"),
            epoch,
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Malformed(str(error)) from error
