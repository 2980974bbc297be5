"""Golden samples: one stored record of every event version, which must stay readable for ever.

A sample is made once, when a version is first released, and never edited: it stands for the events
of that version that lie in somebody's store. Its values are invented; no person is in any of them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec

from contracts.envelope import Cause, Metadata, write_metadata
from contracts.event import Event, Moment, decode
from contracts.gate import shape
from contracts.schema import Schema, schema_of
from contracts.vocabulary import ClockKind, Role

AT: Final = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

_SPACE: Final = UUID("b1c9f0a2-5a53-5d0c-9f0e-7d1f5c0a2e11")
_WORDS: Final = {
    "box_no": "X-3",
    "certificate_no": "TJ-1001",
    "card_no": "督〔2026〕3号",
    "closes": "11:30",
    "code": "RSJ1",
    "competent_body": "市住房公积金管理中心",
    "content_sha256": sha256(b"sample").hexdigest(),
    "desk_no": "3",
    "event": "mediation.OpinionIssued",
    "legal_basis": "保障农民工工资支付条例 第三条",
    "name": "县人力资源和社会保障局",
    "notice_no": "信告〔2026〕17号",
    "opens": "08:30",
    "opinion_no": "信复〔2026〕9号",
    "papers": "https://www.gov.cn/zhengce/content/202511/content_7047091.htm",
    "post": "信访专员",
    "project_no": "XM-202601",
    "purpose": "办理信访事项",
    "receipt": "EMS-1100000000017",
    "registration_no": "XF202603020017",
    "review_body": "county-government",
    "sha256": sha256(b"sample").hexdigest(),
    "unit_name": "县人力资源和社会保障局",
}
"""What stands in a text field; one that is not listed holds its own name and a number."""
_HOLIDAY: Final = "元旦"
"""What stands in a ``name`` that has to be that of a holiday."""


class Sample(msgspec.Struct, frozen=True):
    """An event as stored, without the place that the ledger of its service gave it."""

    type: str
    stream: UUID
    version: int
    case: UUID | None
    at: Moment
    metadata: msgspec.Raw
    body: msgspec.Raw

    def event(self) -> Event:
        """Read the event, brought up to the newest version."""
        return decode(self.type, self.stream, self.version, self.at, bytes(self.body))

    def about(self) -> Metadata:
        """Read the metadata."""
        return msgspec.json.decode(self.metadata, type=Metadata)


def read(text: bytes) -> Sample:
    """Read a sample file; body and metadata come out byte for byte as they were stored."""
    return _read(msgspec.json.format(text, indent=-1))


def write(sample: Sample) -> bytes:
    """Return the file of a sample: indented for people, otherwise what is stored."""
    return msgspec.json.format(msgspec.json.encode(sample), indent=2) + b"\n"


def make(event_class: type[Event]) -> Sample:
    """Make the first and only sample of a version. The same class gives the same sample."""
    values = value("", shape(schema_of(event_class)))
    stream = uuid5(_SPACE, "stream")
    case = stream if event_class.of_case else None
    body = event_class.decoded(stream, 3, AT, msgspec.json.encode(values)).encoded()
    return Sample(
        type=event_class.wire_name,
        stream=stream,
        version=3,
        case=UUID(values["case"]) if "case" in values else case,
        at=AT,
        metadata=msgspec.Raw(write_metadata(_metadata(event_class))),
        body=msgspec.Raw(body),
    )


_read: Final = msgspec.json.Decoder(Sample).decode


def value(name: str, schema: Schema) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912  # JSON, a line a kind of it
    """Return what may stand in a field of this name and shape (``gate.shape``)."""
    match schema:
        case {"properties": fields}:
            return {field: value(field, part) for field, part in fields.items()}
        case {"additionalProperties": dict(values)}:
            return {value(name, schema.get("propertyNames", {})): value(name, values)}
        case {"items": items}:
            return [value(name, items)] * schema.get("minItems", 1)
        case {"anyOf": [first, *_]}:
            return value(name, first)
        case {"enum": [first, *_]} | {"const": first}:
            return first
        case {"type": "object"}:
            return {}
        case {"type": "boolean"}:
            return True
        case {"type": "integer" | "number"}:
            return max(2, int(schema.get("minimum", 2)))
        case {"format": "uuid"}:
            return str(uuid5(_SPACE, name))
        case {"format": "date-time"}:
            return AT.isoformat()
        case {"format": "date"}:
            return AT.date().isoformat()
        case {"pattern": str(pattern)} if name == "name" and re.search(pattern, _HOLIDAY):
            return _HOLIDAY
        case _:
            return _WORDS.get(name, f"{name.replace('_', '-')}-1")


def _metadata(event_class: type[Event]) -> Metadata:
    return Metadata(
        actor="officer-17",
        unit="unit-1",
        role=Role.bureau_officer,
        reason=event_class.title,
        article=event_class.basis,
        at=AT,
        clock=ClockKind.real,
        request_id="request-1",
        command_id=uuid5(_SPACE, "command"),
        cause=Cause("intake", 5, 41, uuid5(_SPACE, "cause")),
    )
