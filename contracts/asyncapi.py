"""The AsyncAPI 3.0 document: on which topics the events travel, in which envelope, keyed by what.

It holds no schema of its own but that of the headers: payloads are references to the released
schemas, and examples are golden samples. The schemas are written in the part of JSON Schema 2020-12
that draft-07 knows as well, so they serve as AsyncAPI's own schema format and every tool can read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from inspect import getdoc
from typing import Final

import msgspec

from contracts.envelope import (
    CONTENT_TYPE,
    LANES,
    RETENTION_DAYS,
    SCHEMAS,
    SERVICES,
    SPEC_VERSION,
    Record,
    attributes,
    lane_of,
    schema_id,
    topic_of,
    write_metadata,
)
from contracts.ids import derived
from contracts.samples import Sample
from contracts.schema import KEYWORDS, METADATA, Schema

VERSION: Final = "1.1.0"
"""The version of the envelope and the topics; each event carries its own in its name."""

_BINDING: Final = "0.5.0"
_COUNT: Final = "^(0|[1-9][0-9]*)$"
_DAY_MS: Final = 24 * 3_600 * 1_000

_TOLD: Final = f"""\
The events of petition cases: CloudEvents 1.0 in binary mode on Kafka. The record's body is the event's body, JSON
in UTF-8; everything around it is in headers, which are ASCII.

**Lanes.** A record's key is its case, or its stream where it belongs to no case. Its lane is `key.int % {LANES}`:
the 128 bits of the UUID as one unsigned number, modulo {LANES}. The lane is the partition, in all topics the same
one, so a case is read whole by whoever reads one partition of each topic. (Kafka's own partitioner would choose
another: whoever looks for a case computes its lane.)

**Order by `seq`, not by `at`.** Within a topic the order is that of `ce_laneseq`, which counts up in each lane
without a gap: a number that is missing has not arrived yet, and one that was there before is the same event again.
Over all four topics an event comes after its cause (`cause` in `ce_metadata`), and the one order that everybody
shares is the `seq` of the ledger (`GET /ledger` of accountability). `ce_time`, and every `at`, says when something
happened for those who did it: what one command does shares a moment, what is entered late is older than what stands
before it, and the clocks of machines differ. Sorted by it, effects stand before their causes.

**A batch proves itself.** Its first record carries the link before it (`ce_linkbefore`), its last one the seal of its
source (`ce_sealedby`): an Ed25519 signature over `huiyin lane v1`, service, store, epoch, lane, number and link, a line
each. The link of a record is SHA-256 over the link before it, the values of `ce_id`, `ce_source`, `ce_type`, `ce_time`,
`ce_subject`, `ce_case`, `ce_epoch`, `ce_lane`, `ce_laneseq`, `ce_streamversion` and `ce_metadata` (empty where there is
none) with line feeds between them, a line feed, the length of `ce_metadata` in decimal, a line feed, and the body.
Whoever does not check it believes whoever can write to the topic.

**Retention.** Topics hold {RETENTION_DAYS} days. What is older is in the ledger, and a topic can be made anew from
the stores: the same events under the same ids and numbers.

**Moments** are RFC 3339 in UTC, `Z`. Events from before version 1.1.0 may have another offset in their bodies, and
Chinese that is not escaped in `ce_metadata`; read both.

**Schemas** stand at their `$id`, which is an event's `ce_dataschema`: {SCHEMAS}… Every service serves them under
the same path; a network in which that name leads to one of them can fetch the ids as they are. Ignore fields, and
expect values of enumerations, that are younger than you: both may be added to a version. The keywords in
`x-keywords` stand in the schemas beside those of JSON Schema and only annotate; a validator that refuses what it
does not know must be told of them."""


def document(schemas: Mapping[str, Schema], samples: Mapping[str, Sample]) -> Schema:
    """Return the document for all released schemas and their samples, those of retired versions included."""
    names = [name for name in sorted(schemas) if name != METADATA]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Huiyin",
            "x-title-zh": "回音",
            "version": VERSION,
            "description": _TOLD,
            "license": {
                "name": "Apache-2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
            "x-keywords": KEYWORDS,
        },
        "servers": {"kafka": _server()},
        "defaultContentType": CONTENT_TYPE.decode(),
        "channels": {topic_of(service): _channel(service, names) for service in SERVICES},
        "operations": {f"{service}.publish": _operation(service) for service in SERVICES},
        "components": {
            "messages": {name: _message(name, schemas[name], samples[name]) for name in names},
            "messageTraits": {"cloudEvent": _trait()},
            "schemas": {"cloudEvent": headers_schema()},
        },
    }


def headers_schema() -> Schema:
    """Return the schema of a record's headers (CloudEvents 1.0, Kafka protocol binding §3.2)."""
    uuid, count = {"type": "string", "format": "uuid"}, {"type": "string", "pattern": _COUNT}
    source = f"^/huiyin/({'|'.join(SERVICES)})$"
    properties = {
        "ce_specversion": {"type": "string", "const": SPEC_VERSION.decode()},
        "ce_id": uuid,
        "ce_source": {"type": "string", "pattern": source},
        "ce_type": {"type": "string"},
        "ce_dataschema": {"type": "string", "format": "uri", "description": "The id of the body's schema."},
        "ce_time": {"type": "string", "format": "date-time", "description": "When it happened. Never order by it."},
        "ce_subject": uuid | {"description": "The stream that the event belongs to."},
        "ce_partitionkey": uuid | {"description": "The record's key: the case, else the stream."},
        "ce_epoch": count | {"description": "Which life of its store it is from; each restoring begins another one."},
        "ce_lane": count | {"description": f"The partition, below {LANES}; the same in all topics."},
        "ce_laneseq": count | {"description": "The gap-free number within the lane. Order by it."},
        "ce_streamversion": count | {"description": "The event's number within its stream."},
        "ce_metadata": {
            "type": "string",
            "description": "Who, for which unit, why, when, because of what: JSON that escapes whatever is not ASCII.",
            "contentMediaType": CONTENT_TYPE.decode(),
            "contentSchema": {"$ref": _file(METADATA)},
        },
        "content-type": {"type": "string", "const": CONTENT_TYPE.decode()},
    }
    case = {
        "ce_case": uuid | {"description": "The case; absent where an event belongs to none."},
        "ce_linkbefore": {
            "type": "string",
            "description": "On the first record of a batch: the link before it, base64.",
        },
        "ce_sealedby": {
            "type": "string",
            "description": "On the last record of a batch: the id of the source's store, a full stop, and the "
            "signature of the link of this record, base64 (Ed25519).",
        },
    }
    return {
        "title": "CloudEventHeaders",
        "type": "object",
        "properties": properties | case,
        "required": list(properties),
    }


def _file(name: str) -> str:
    """Return where a schema lies beside the document, in the repository as on a service."""
    return f"./schemas/{name}.json"


def _server() -> Schema:
    return {
        "host": "{bootstrap}",
        "protocol": "kafka",
        "description": "The cluster of the installation; `kafka-secure` and SASL where it demands them. An "
        "installation that shares its cluster puts a prefix of its own before the name of every topic.",
        "variables": {
            "bootstrap": {
                "default": "localhost:9092",
                "description": "A bootstrap server, as services get it in `HUIYIN_KAFKA`.",
                "examples": ["kafka-1.county.example:9092"],
            }
        },
    }


def _channel(service: str, names: list[str]) -> Schema:
    title, _, told = (getdoc(import_module(f"contracts.{service}")) or service).partition(": ")
    return {
        "address": topic_of(service),
        "title": service,
        "x-title-zh": title,
        "description": " ".join(told.split()),
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {
            name: {"$ref": f"#/components/messages/{name}"} for name in names if name.startswith(f"{service}.")
        },
        "bindings": {
            "kafka": {
                "topic": topic_of(service),
                "partitions": LANES,
                "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": RETENTION_DAYS * _DAY_MS},
                "bindingVersion": _BINDING,
            }
        },
    }


def _operation(service: str) -> Schema:
    return {"action": "send", "channel": {"$ref": f"#/channels/{topic_of(service)}"}}


def _message(name: str, schema: Schema, sample: Sample) -> Schema:
    return {
        "name": name,
        "title": schema["title"],
        "x-title-zh": schema["x-title-zh"],
        "description": schema["description"],
        "headers": {
            "title": f"{schema['title']}Headers",
            "type": "object",
            "allOf": [{"$ref": "#/components/schemas/cloudEvent"}],
            "properties": {"ce_type": {"const": name}, "ce_dataschema": {"const": schema_id(name)}},
        },
        "payload": {"$ref": _file(name)},
        "examples": [_example(name, sample)],
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
    }


def _trait() -> Schema:
    """Return what all messages share besides their headers."""
    key = {"type": "string", "format": "uuid"}
    return {
        "contentType": CONTENT_TYPE.decode(),
        "bindings": {"kafka": {"key": key, "bindingVersion": _BINDING}},
    }


def _example(name: str, sample: Sample) -> Schema:
    """Return a sample as a reader of its topic would meet it, at a place in its lane that is made up."""
    record = Record(
        service=name.partition(".")[0],
        lane=lane_of(sample.case or sample.stream),
        lane_seq=7,
        id=derived(sample.stream, name),
        stream=sample.stream,
        version=sample.version,
        case=sample.case,
        type=name,
        at=sample.at,
        metadata=msgspec.Raw(write_metadata(sample.about())),
        body=sample.body,
    )
    return {
        "headers": {header: value.decode() for header, value in attributes(record).items()},
        "payload": msgspec.json.decode(record.body),
    }
