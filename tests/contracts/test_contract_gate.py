"""The gate: each breaking change is named, each addition passes; jsonsubschema is asked as well."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import jsonsubschema
import pytest

from contracts.gate import shape, violations
from contracts.schema import Schema, schemas

BASE: Schema = {
    "title": "样本",
    "type": "object",
    "properties": {
        "no": {"type": "string"},
        "count": {"type": "integer"},
        "kind": {"$ref": "#/$defs/Kind"},
        "kinds": {"type": "array", "items": {"$ref": "#/$defs/Kind"}},
        "document": {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]},
        "cause": {"anyOf": [{"$ref": "#/$defs/Cause"}, {"type": "null"}]},
        "served_at": {"type": "string", "format": "date-time"},
        "due_on": {
            "anyOf": [{"type": "string", "format": "date"}, {"type": "null"}],
            "default": None,
        },
    },
    "required": ["no", "count", "kind", "kinds", "document", "cause", "served_at"],
    "$defs": {
        "Kind": {"type": "string", "enum": ["a", "b", "c"], "x-titles": {"a": "甲"}},
        "Cause": {
            "type": "object",
            "properties": {"lane": {"type": "integer"}, "note": {"type": "string"}},
            "required": ["lane"],
        },
    },
}
GONE = object()


def changed(*changes: tuple[str, Any]) -> Schema:
    """Return the base with values put at paths, or taken away."""
    schema = deepcopy(BASE)
    for path, value in changes:
        *way, last = path.split("/")
        place = schema
        for step in way:
            place = place[step]
        if value is GONE:
            del place[last]
        else:
            place[last] = value
    return schema


def without(name: str) -> list[str]:
    return [n for n in BASE["required"] if n != name]


P, CAUSE = "properties/", "$defs/Cause/properties/"

BREAKING = {
    # what is done: the changes, what the gate says, whether old data is no subset of new (closed)
    "field removed": (
        [(P + "count", GONE), ("required", without("count"))],
        "count: field removed",
        True,
    ),
    "optional field removed": ([(P + "due_on", GONE)], "due_on: field removed", True),
    "field renamed": (
        [
            (P + "no", GONE),
            (P + "number", {"type": "string"}),
            ("required", [*without("no"), "number"]),
        ],
        "number: new field is required",
        True,
    ),
    "new field required": (
        [(P + "extra", {"type": "string"}), ("required", [*BASE["required"], "extra"])],
        "extra: new field is required",
        True,
    ),
    "optional made required": (
        [("required", [*BASE["required"], "due_on"])],
        "due_on: optional field made required",
        True,
    ),
    "required made optional": (
        [("required", without("count"))],
        "count: required field made optional",
        False,
    ),
    "type changed": ([(P + "count/type", "string")], "count: type changed from 'integer'", True),
    "format changed": (
        [(P + "served_at/format", "date")],
        "served_at: format changed from 'date-time'",
        None,
    ),
    "format dropped": ([(P + "served_at/format", GONE)], "served_at: format changed", None),
    "enumeration value removed": (
        [("$defs/Kind/enum", ["a", "c"])],
        "kind: value 'b' removed",
        True,
    ),
    "enumeration value renamed": (
        [("$defs/Kind/enum", ["a", "B", "c"])],
        "kinds[]: value 'b' removed",
        True,
    ),
    "enumeration opened": (
        [(P + "kind", {"type": "string"})],
        "kind: is an enumeration no longer",
        False,
    ),
    "text closed": (
        [(P + "no", {"type": "string", "enum": ["x"]})],
        "no: became an enumeration",
        True,
    ),
    "null allowed": (
        [(P + "no", {"anyOf": [{"type": "string"}, {"type": "null"}]})],
        "no: alternatives changed from none to string or null",
        False,
    ),
    "null refused": (
        [(P + "document", {"type": "string", "format": "uuid"})],
        "document: alternatives changed from string or null",
        True,
    ),
    "alternative changed": (
        [(P + "due_on/anyOf", [{"type": "integer"}, {"type": "null"}])],
        "due_on: type changed from 'string' to 'integer'",
        True,
    ),
    "items changed": ([(P + "kinds/items", {"type": "integer"})], "kinds[]: type changed", True),
    "list made single": ([(P + "kinds", {"type": "string"})], "kinds: type changed", True),
    "limit set": ([(P + "no/maxLength", 5)], "no: maxLength changed from nothing to 5", True),
    "default changed": (
        [(P + "due_on/default", "2026-01-01")],
        "due_on: default changed from None",
        None,
    ),
    "model closed": (
        [("additionalProperties", False)],
        "event: additionalProperties changed",
        None,
    ),
    "inner field removed": ([(CAUSE + "note", GONE)], "cause.note: field removed", None),
    "inner field required": (
        [("$defs/Cause/required", ["lane", "note"])],
        "cause.note: optional field made required",
        True,
    ),
    "inner type changed": ([(CAUSE + "lane/type", "string")], "cause.lane: type changed", True),
}

ALLOWED = {
    "nothing": [],
    "optional field": [(P + "extra", {"type": "string"})],
    "optional inner field": [(CAUSE + "extra", {"$ref": "#/$defs/Kind"})],
    "enumeration value": [("$defs/Kind/enum", ["a", "b", "c", "d"])],
    "words for people": [("title", "别名"), ("description", "x"), ("$defs/Kind/x-titles", {})],
    "order of fields": [("required", BASE["required"][::-1])],
    "type's name": [
        ("$defs/Sort", BASE["$defs"]["Kind"]),
        (P + "kind", {"$ref": "#/$defs/Sort"}),
    ],
}


def closed(schema: Schema) -> Schema:
    """Return a schema as jsonsubschema can judge it: references resolved, content models closed."""
    schema = {word: closed(v) if isinstance(v, dict) else v for word, v in schema.items()}
    if "anyOf" in schema:
        schema["anyOf"] = [closed(branch) for branch in schema["anyOf"]]
    is_object = schema.get("type") == "object"
    return schema | ({"additionalProperties": False} if is_object else {})


def subset(old: Schema, new: Schema) -> bool:
    """Ask the oracle whether everything that the old schema allows is allowed by the new one."""
    return jsonsubschema.isSubschema(closed(shape(old)), closed(shape(new)))


@pytest.mark.parametrize("kind", BREAKING)
class TestBreaking:
    def test_change_is_named(self, kind: str) -> None:
        changes, says, _ = BREAKING[kind]
        assert any(it.startswith(says) for it in violations(BASE, changed(*changes)))

    def test_oracle_agrees_where_it_can_judge(self, kind: str) -> None:
        changes, _, breaks_readers = BREAKING[kind]
        if breaks_readers is not None:
            assert subset(BASE, changed(*changes)) is not breaks_readers


@pytest.mark.parametrize("kind", ALLOWED)
class TestAllowed:
    def test_addition_passes(self, kind: str) -> None:
        assert violations(BASE, changed(*ALLOWED[kind])) == []

    def test_oracle_agrees(self, kind: str) -> None:
        assert subset(BASE, changed(*ALLOWED[kind]))


@pytest.mark.parametrize("name", schemas())
def test_every_field_of_every_event_is_guarded(name: str) -> None:
    released = schemas()[name]
    assert violations(released, released) == []
    for field in released["properties"]:
        rest = {n: part for n, part in released["properties"].items() if n != field}
        assert violations(released, released | {"properties": rest}) != []
        other = released["properties"] | {field: {"type": "number"}}
        assert violations(released, released | {"properties": other}) != []
