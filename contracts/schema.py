"""The JSON Schema (2020-12) of every event, made from what its class declares.

For vendors who write readers in other languages, for the AsyncAPI document, and for the gate that
keeps releases compatible. Pure: types in, plain data out; ``release.py`` alone touches files.

Content models stay open (no ``additionalProperties``): a reader accepts fields younger than it. Ids are
absolute, and titles ASCII, because generators name classes after them; what the law and its readers call a
thing stands beside it, in keywords of our own that no validator acts on (``KEYWORDS``).
"""

from __future__ import annotations

from hashlib import sha256
from importlib import import_module
from inspect import getdoc
from typing import Any, Final

import msgspec

from contracts.envelope import SERVICES, Metadata, schema_id
from contracts.event import REGISTRY, Event
from contracts.vocabulary import Term

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
METADATA: Final = "envelope.Metadata"
"""The name under which the schema of the metadata is released, beside the wire names of events."""
KEYWORDS: Final = {
    "x-title-zh": "The Chinese name of an event, a message, a channel.",
    "x-basis": "The articles of law that an event rests on.",
    "x-titles": "The Chinese name of each value of an enumeration.",
}
"""The keywords that the schemas have beside those of their dialect. They annotate; a strict validator must be told."""


def declared() -> dict[str, type[Event]]:
    """Return the event classes that the contracts declare, by wire name; never those of a test."""
    for service in SERVICES:
        import_module(f"contracts.{service}")
    return {
        name: event_class
        for name, event_class in sorted(REGISTRY.items())
        if event_class.__module__.startswith("contracts.")
    }


def schemas() -> dict[str, Schema]:
    """Return the schema of every declared event and of the metadata, by released name."""
    events = {name: schema_of(event_class) for name, event_class in declared().items()}
    return {METADATA: metadata_schema()} | events


def schema_of(event_class: type[Event]) -> Schema:
    """Return the schema of an event's body, fields in the order in which they are written."""
    body = event_class.body
    made = _made(event_class.__name__, body.type)
    properties = {name: made["properties"][name] for name in body.names}
    for name, value in body.defaults.items():
        properties[name] |= {"default": msgspec.json.decode(msgspec.json.encode(value))}
    return {
        "$schema": DIALECT,
        "$id": schema_id(event_class.wire_name),
        "title": event_class.__name__,
        "x-title-zh": event_class.title,
        "description": f"{getdoc(event_class)}\n\n依据: {event_class.basis}",
        "x-basis": event_class.basis,
    } | (made | {"properties": properties})


def metadata_schema() -> Schema:
    """Return the schema of what stands beside every event."""
    return {
        "$schema": DIALECT,
        "$id": schema_id(METADATA),
        "title": Metadata.__name__,
        "x-title-zh": "事件元数据",
        "description": getdoc(Metadata),
    } | _made(Metadata.__name__, Metadata)


def canonical(schema: Schema) -> bytes:
    """Return the one spelling of a schema that is hashed: sorted keys, no spaces, UTF-8."""
    return msgspec.json.encode(schema, order="sorted")


def digest(schema: Schema) -> str:
    """Return the SHA-256 of the canonical spelling, in hex."""
    return sha256(canonical(schema)).hexdigest()


def _made(owner: str, type_: Any) -> Schema:  # noqa: ANN401  # a struct or a typed dictionary
    """Return what msgspec says of a type, as one self-contained object."""
    (root,), parts = msgspec.json.schema_components([type_], ref_template="#/$defs/{name}")
    made = parts.pop(root["$ref"].removeprefix("#/$defs/"))
    made = {word: made[word] for word in ("type", "properties", "required")}
    made["properties"] = {name: _named(f"{owner}_{name}", part) for name, part in made["properties"].items()}
    return made | ({"$defs": {n: titled(n, p) for n, p in sorted(parts.items())}} if parts else {})


def _named(name: str, part: Schema) -> Schema:
    """Give alternatives a name: some generators make a class of them."""
    return (
        {"title": "".join(word[0].upper() + word[1:] for word in name.split("_"))} | part if "anyOf" in part else part
    )


def titled(name: str, part: Schema) -> Schema:
    """Put the Chinese title of each value beside an enumeration that is a term."""
    term = next((t for t in Term.__subclasses__() if t.__name__ == name), None)
    if term is None:
        return part
    titles = {member.value: member.title for member in term}
    return part | {"type": "string", "x-titles": {value: titles[value] for value in part["enum"]}}
