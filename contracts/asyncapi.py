"""The AsyncAPI 3.0 document: on which topics the events travel, in which envelope, keyed by what.

It holds no schema of its own but that of the headers: payloads are references to the released
schemas beside it. They are written in the part of JSON Schema 2020-12 that draft-07 knows as well,
so they serve as AsyncAPI's own schema format and every tool can read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from inspect import getdoc
from typing import Any, Final

import yaml  # type: ignore[import-untyped]

from contracts.envelope import CONTENT_TYPE, LANES, SERVICES, SPEC_VERSION, topic_of
from contracts.schema import METADATA, Schema

VERSION: Final = "1.0.0"
"""The version of the envelope and the topics; each event carries its own in its name."""

_BINDING: Final = "0.5.0"
_COUNT: Final = "^(0|[1-9][0-9]*)$"


def document(schemas: Mapping[str, Schema]) -> Schema:
    """Return the document for all released schemas, those of retired versions included."""
    names = [name for name in sorted(schemas) if name != METADATA]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Huiyin 回音",
            "version": VERSION,
            "description": "The events of petition cases: CloudEvents 1.0 in binary mode on Kafka. "
            "The record's body is the event's body; everything around it is in headers.",
            "license": {
                "name": "Apache-2.0",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
        },
        "defaultContentType": CONTENT_TYPE.decode(),
        "channels": {topic_of(service): _channel(service, names) for service in SERVICES},
        "operations": {f"{service}.publish": _operation(service) for service in SERVICES},
        "components": {
            "messages": {name: _message(name, schemas[name]) for name in names},
            "messageTraits": {"cloudEvent": _trait()},
            "schemas": {"cloudEvent": headers_schema()},
        },
    }


def text(schemas: Mapping[str, Schema]) -> bytes:
    """Return the document as YAML, the form that people read it in."""
    options = {"allow_unicode": True, "sort_keys": False, "width": 100}
    written: str = yaml.dump(document(schemas), Dumper=_Plain, **options)
    return written.encode()


def headers_schema() -> Schema:
    """Return the schema of a record's headers (CloudEvents 1.0, Kafka protocol binding §3.2)."""
    uuid, count = {"type": "string", "format": "uuid"}, {"type": "string", "pattern": _COUNT}
    source = f"^/huiyin/({'|'.join(SERVICES)})$"
    properties = {
        "ce_specversion": {"type": "string", "const": SPEC_VERSION.decode()},
        "ce_id": uuid,
        "ce_source": {"type": "string", "pattern": source},
        "ce_type": {"type": "string"},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": uuid | {"description": "The stream that the event belongs to."},
        "ce_partitionkey": uuid | {"description": "The record's key: the case, else the stream."},
        "ce_lane": count | {"description": f"The partition, below {LANES}; the same in all topics."},
        "ce_laneseq": count | {"description": "The gap-free number within the lane."},
        "ce_streamversion": count | {"description": "The event's number within its stream."},
        "ce_metadata": {
            "type": "string",
            "description": "Who, for which unit, why, when, because of what.",
            "contentMediaType": CONTENT_TYPE.decode(),
            "contentSchema": {"$ref": f"./{METADATA}.json"},
        },
        "content-type": {"type": "string", "const": CONTENT_TYPE.decode()},
    }
    case = {"ce_case": uuid | {"description": "The case; absent where an event belongs to none."}}
    return {"type": "object", "properties": properties | case, "required": list(properties)}


class _Plain(yaml.SafeDumper):  # type: ignore[misc]
    """Writes every value out: an alias saves bytes and costs the reader."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002  # PyYAML's signature
        return True


def _channel(service: str, names: list[str]) -> Schema:
    title, _, told = (getdoc(import_module(f"contracts.{service}")) or service).partition(": ")
    return {
        "address": topic_of(service),
        "title": title,
        "description": " ".join(told.split()),
        "messages": {
            name: {"$ref": f"#/components/messages/{name}"} for name in names if name.startswith(f"{service}.")
        },
        "bindings": {
            "kafka": {
                "topic": topic_of(service),
                "partitions": LANES,
                "bindingVersion": _BINDING,
            }
        },
    }


def _operation(service: str) -> Schema:
    return {"action": "send", "channel": {"$ref": f"#/channels/{topic_of(service)}"}}


def _message(name: str, schema: Schema) -> Schema:
    return {
        "name": name,
        "title": schema["title"],
        "description": schema["description"],
        "headers": {
            "type": "object",
            "allOf": [{"$ref": "#/components/schemas/cloudEvent"}],
            "properties": {"ce_type": {"const": name}},
        },
        "payload": {"$ref": f"./{name}.json"},
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
    }


def _trait() -> Schema:
    """Return what all messages share besides their headers."""
    key = {"type": "string", "format": "uuid"}
    return {
        "contentType": CONTENT_TYPE.decode(),
        "bindings": {"kafka": {"key": key, "bindingVersion": _BINDING}},
    }
