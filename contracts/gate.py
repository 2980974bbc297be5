"""What may change in a released schema, and what may not.

Two things may: a new optional field, and a new value of an enumeration. Readers are told to expect
both. Everything else would leave a stored event unreadable, or a reader of the old version blind to
a new event, and therefore wants a new version of the event and an upcast.

The rules are structural and not those of JSON Schema subsumption: with open content models an added
optional field counts as a break there (an old event might by chance hold a field of that name), and
a removed field does not, though every reader of it breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contracts.schema import Schema

_NOTES: Final = frozenset({"$schema", "$id", "$defs", "title", "description", "examples", "$comment"})
"""Words that tell people something and that no validator acts on; so do all that begin with x-."""


def violations(released: Schema, new: Schema) -> list[str]:
    """Return a sentence for each incompatible change; empty if the new schema may be released."""
    return list(_compared(shape(released), shape(new), ""))


def shape(schema: Schema, parts: dict[str, Schema] | None = None) -> Schema:
    """Return what a schema demands: references (into `parts`, if not its own) resolved, what is for people left out."""
    return _shape(schema, schema.get("$defs", {}) if parts is None else parts)


def _shape(schema: Schema, parts: dict[str, Schema]) -> Schema:
    if "$ref" in schema:
        rest = {word: value for word, value in schema.items() if word != "$ref"}
        return _shape(parts[schema["$ref"].rpartition("/")[2]] | rest, parts)
    shaped: Schema = {}
    for word, value in schema.items():
        if word == "properties":
            shaped[word] = {name: _shape(field, parts) for name, field in value.items()}
        elif word in {"items", "additionalProperties", "propertyNames"} and isinstance(value, dict):
            shaped[word] = _shape(value, parts)
        elif word in {"anyOf", "oneOf", "allOf"}:
            shaped[word] = [_shape(branch, parts) for branch in value]
        elif word not in _NOTES and not word.startswith("x-"):
            shaped[word] = value
    return shaped


def _compared(old: Schema, new: Schema, at: str) -> Iterator[str]:
    """Yield what changed at one place and below it; `at` is the field's path, "" for the event."""
    yield from _fields(old, new, at)
    yield from _values(old, new, at)
    if "items" in old and "items" in new:
        yield from _compared(old["items"], new["items"], f"{at}[]")
    yield from _branches(old, new, at)
    compared = {"properties", "required", "enum", "anyOf"}
    compared |= {"items"} if "items" in old and "items" in new else set()
    for word in sorted((old.keys() | new.keys()) - compared):
        if old.get(word) != new.get(word):
            yield f"{at or 'event'}: {word} changed from {_said(old, word)} to {_said(new, word)}"


def _fields(old: Schema, new: Schema, at: str) -> Iterator[str]:
    """Yield what happened to the fields of an object."""
    before, after = old.get("properties", {}), new.get("properties", {})
    required_before, required_after = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(before.keys() | after.keys()):
        path = f"{at}.{name}" if at else name
        if name not in after:
            yield f"{path}: field removed or renamed"
        elif name not in before:
            if name in required_after:
                yield f"{path}: new field is required, and no stored event has it"
        else:
            if name in required_after - required_before:
                yield f"{path}: optional field made required"
            if name in required_before - required_after:
                yield f"{path}: required field made optional"
            yield from _compared(before[name], after[name], path)


def _values(old: Schema, new: Schema, at: str) -> Iterator[str]:
    """Yield what happened to an enumeration: it may grow and do nothing else."""
    if "enum" in old and "enum" in new:
        for value in sorted(set(old["enum"]) - set(new["enum"])):
            yield f"{at}: value {value!r} removed or renamed"
    elif "enum" in old or "enum" in new:
        change = "is an enumeration no longer" if "enum" in old else "became an enumeration"
        yield f"{at}: {change}"


def _branches(old: Schema, new: Schema, at: str) -> Iterator[str]:
    """Yield what happened to the alternatives of a value, null among them; they pair by place."""
    before, after = old.get("anyOf", []), new.get("anyOf", [])
    if len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            yield from _compared(one, other, at)
    elif before or after:
        kinds = [" or ".join(b.get("type", "?") for b in branches) for branches in (before, after)]
        yield f"{at}: alternatives changed from {kinds[0] or 'none'} to {kinds[1] or 'none'}"


def _said(schema: Schema, word: str) -> str:
    return repr(schema[word]) if word in schema else "nothing"
