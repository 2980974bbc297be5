"""The AsyncAPI document is valid by the official schema, complete, and no reference dangles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from contracts.envelope import LANES, SERVICES, topic_of
from contracts.schema import declared

OFFICIAL = Path(__file__).parent / "data" / "asyncapi-3.0.0.json"


@pytest.fixture(scope="module")
def official() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json.loads(OFFICIAL.read_text()))


@pytest.fixture
def document(home: Path) -> dict[str, Any]:
    return yaml.safe_load((home / "asyncapi.yaml").read_text())


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (node[word] for word in node if word == "$ref")
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from references(inner)


def resolved(document: dict[str, Any], home: Path, reference: str) -> Any:
    name, _, pointer = reference.partition("#")
    node = json.loads((home / name).read_text()) if name else document
    for step in pointer.split("/")[1:]:
        node = node[step]
    return node


def test_document_is_valid(official: jsonschema.Draft7Validator, document: dict[str, Any]) -> None:
    assert [error.message for error in official.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["asyncapi"], "2.6.0"),
        (["info"], {}),
        (["operations", "intake.publish", "action"], "publish"),
        (["channels", "intake.events", "bindings", "kafka", "partitions"], 0),
        (["channels", "intake.events", "unknown"], 1),
        (["components", "messageTraits", "cloudEvent", "bindings", "kafka", "keys"], {}),
    ],
)
def test_official_schema_finds_damage(
    official: jsonschema.Draft7Validator, document: dict[str, Any], path: list[str], value: Any
) -> None:
    damaged = deepcopy(document)
    node = damaged
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    assert not official.is_valid(damaged)


def test_every_reference_leads_somewhere(document: dict[str, Any], home: Path) -> None:
    found = set(references(document))
    assert {f"./{name}.json" for name in declared()} <= found
    for reference in found:
        assert isinstance(resolved(document, home, reference), dict)


@pytest.mark.parametrize("service", SERVICES)
def test_service_publishes_its_events_on_its_topic(document: dict[str, Any], service: str) -> None:
    channel = document["channels"][topic_of(service)]
    assert channel["address"] == topic_of(service)
    assert channel["bindings"]["kafka"]["partitions"] == LANES
    own = {name for name in declared() if name.startswith(f"{service}.")}
    assert own
    assert own <= channel["messages"].keys()
    operation = document["operations"][f"{service}.publish"]
    assert operation == {"action": "send", "channel": {"$ref": f"#/channels/{topic_of(service)}"}}


def test_message_names_its_type_and_its_schema(document: dict[str, Any]) -> None:
    for name, event_class in declared().items():
        message = document["components"]["messages"][name]
        assert message["title"] == event_class.title
        assert message["payload"] == {"$ref": f"./{name}.json"}
        assert message["headers"]["properties"]["ce_type"] == {"const": name}
