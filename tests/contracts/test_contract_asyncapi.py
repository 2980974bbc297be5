"""The AsyncAPI document is valid by the official schema, complete, and no reference dangles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contracts import release, samples
from contracts.envelope import LANES, RETENTION_DAYS, SERVICES, lane_of, parse, schema_id, topic_of
from contracts.schema import KEYWORDS, METADATA, declared, schemas

ROOT = Path(__file__).parents[2]
OFFICIAL = Path(__file__).parent / "data" / "asyncapi-3.0.0.json"
DRAFT7 = {"$schema": "http://json-schema.org/draft-07/schema#"}
"""What AsyncAPI takes schemas for that do not say otherwise."""


@pytest.fixture(scope="module")
def official() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json.loads(OFFICIAL.read_text()))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads((ROOT / release.DOCUMENT).read_text())


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (node[word] for word in node if word == "$ref")
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from references(inner)


def words(node: Any) -> Iterator[str]:
    """Yield every key, and with it every keyword, of a schema or document."""
    if isinstance(node, dict):
        yield from node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from words(inner)


def resolved(document: dict[str, Any], reference: str) -> Any:
    name, _, pointer = reference.partition("#")
    node = json.loads((ROOT / release.DOCUMENT.parent / name).read_text()) if name else document
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


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert {f"./schemas/{name}.json" for name in declared()} <= found
    for reference in found:
        assert isinstance(resolved(document, reference), dict)


@pytest.mark.parametrize("service", SERVICES)
def test_service_publishes_its_events_on_its_topic(document: dict[str, Any], service: str) -> None:
    channel = document["channels"][topic_of(service)]
    assert channel["address"] == topic_of(service)
    assert channel["servers"] == [{"$ref": "#/servers/kafka"}]
    kafka = channel["bindings"]["kafka"]
    assert kafka["partitions"] == LANES
    assert kafka["topicConfiguration"]["retention.ms"] == RETENTION_DAYS * 86_400_000
    own = {name for name in declared() if name.startswith(f"{service}.")}
    assert own
    assert own <= channel["messages"].keys()
    operation = document["operations"][f"{service}.publish"]
    assert operation == {"action": "send", "channel": {"$ref": f"#/channels/{topic_of(service)}"}}


def test_message_names_its_type_and_its_schema(document: dict[str, Any]) -> None:
    for name, event_class in declared().items():
        message = document["components"]["messages"][name]
        assert (message["title"], message["x-title-zh"]) == (event_class.__name__, event_class.title)
        assert message["payload"] == {"$ref": f"./schemas/{name}.json"}
        assert message["headers"]["properties"] == {
            "ce_type": {"const": name},
            "ce_dataschema": {"const": schema_id(name)},
        }


def test_server_is_what_the_installation_says(document: dict[str, Any]) -> None:
    server = document["servers"]["kafka"]
    assert (server["host"], server["protocol"]) == ("{bootstrap}", "kafka")
    assert server["variables"].keys() == {"bootstrap"}


def test_rules_of_reading_are_told(document: dict[str, Any]) -> None:
    told = document["info"]["description"]
    for rule in (f"`key.int % {LANES}`", "**Order by `seq`, not by `at`.**", f"Topics hold {RETENTION_DAYS} days"):
        assert rule in told


def test_example_of_every_message_is_its_golden_sample(document: dict[str, Any], sample_file: Path) -> None:
    """A reader that is made from the document alone can read them: they are valid, and in their lane."""
    name, sample = sample_file.stem, samples.read(sample_file.read_bytes())
    message = document["components"]["messages"][name]
    (example,) = message["examples"]
    assert all(value.isascii() for value in example["headers"].values())
    record = parse({n: v.encode() for n, v in example["headers"].items()}, bytes(sample.body))
    assert (record.type, record.stream, record.version, record.at) == (name, sample.stream, sample.version, sample.at)
    assert record.lane == lane_of(record.key) == record.key.int % LANES
    assert record.about() == sample.about()
    assert example["payload"] == json.loads(bytes(sample.body))
    headers = {key: value for key, value in message["headers"].items() if key != "allOf"}
    for part in (headers, document["components"]["schemas"]["cloudEvent"]):
        valid(part, example["headers"])
    valid(resolved(document, message["payload"]["$ref"]), example["payload"])


def valid(schema: dict[str, Any], value: Any) -> None:
    """Validate by either dialect: the one that the schema names and the one that AsyncAPI reads it in."""
    for kind, as_read in ((jsonschema.Draft202012Validator, schema), (jsonschema.Draft7Validator, schema | DRAFT7)):
        kind(as_read, format_checker=kind.FORMAT_CHECKER).validate(value)


def test_keywords_of_our_own_are_declared(document: dict[str, Any]) -> None:
    assert document["info"]["x-keywords"] == KEYWORDS
    released = [*schemas().values(), *(document["components"], document["channels"])]
    used = {word for word in words(released) if word.startswith("x-")}
    assert used == KEYWORDS.keys()


@pytest.mark.parametrize("name", schemas())
def test_schema_has_an_absolute_id_and_an_ascii_name(name: str) -> None:
    schema = schemas()[name]
    assert schema["$id"] == schema_id(name)
    assert re.fullmatch(r"https://[a-z.]+/schemas/[A-Za-z.]+(\.v[0-9]+)?\.json", schema["$id"])
    names = [schema["title"], *(part.get("title", key) for key, part in schema.get("$defs", {}).items())]
    names += [part["title"] for part in schema["properties"].values() if "anyOf" in part]
    assert all(re.fullmatch("[A-Z][A-Za-z0-9]+", word) for word in names)
    if name != METADATA:
        assert (schema["title"], schema["x-title-zh"]) == (declared()[name].__name__, declared()[name].title)
