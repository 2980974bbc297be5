"""What the OpenAPI documents say, and that what they show is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from contracts.envelope import SERVICES
from contracts.vocabulary import Term
from tests.clients.documents import document

Operation = dict[str, Any]


def operations(service: str) -> Iterator[tuple[str, Operation]]:
    for path, methods in document(service)["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def reply(operation: Operation) -> Operation:
    told, *stretches = [status for status in operation["responses"] if status.startswith("2")]
    assert stretches in ([], ["206"])
    answered: Operation = operation["responses"][told]
    return answered


def bodies(operation: Operation) -> Iterator[Operation]:
    """Whatever JSON is sent or answered when all is well."""
    for told in (operation.get("requestBody", {}), reply(operation)):
        yield from (body for kind, body in told.get("content", {}).items() if kind == "application/json")


def test_operation_id_is_short_and_one_of_its_kind():
    ids = Counter(operation["operationId"] for service in SERVICES for _, operation in operations(service))
    assert len(ids) > 200
    assert [name for name, count in ids.items() if count > 1 or len(name) > 40] == []


@pytest.mark.parametrize("service", SERVICES)
class TestDocument:
    def test_parameter_says_what_it_is(self, service: str):
        shared = document(service)["components"]["parameters"]
        told = [p for _, o in operations(service) for p in o.get("parameters", ()) if "$ref" not in p]
        assert len(told) > 10
        assert [p["name"] for p in (*told, *shared.values()) if not p.get("description")] == []

    def test_example_is_what_its_schema_says(self, service: str):
        resource = Resource.from_contents(document(service), default_specification=DRAFT202012)
        registry = Registry().with_resource("urn:openapi", resource).crawl()
        shown = [(at, body) for at, operation in operations(service) for body in bodies(operation)]
        assert len(shown) > 30
        for at, body in shown:
            absolute = _absolute(body["schema"])
            validator = Draft202012Validator(absolute, registry=registry, format_checker=FormatChecker())
            assert [f"{at}: {e.message}" for e in validator.iter_errors(body["example"])] == []

    def test_reply_is_told_in_words_of_its_own(self, service: str):
        replies = {at: reply(operation)["description"] for at, operation in operations(service)}
        assert [at for at, words in replies.items() if words in ("", "Successful Response")] == []

    def test_reply_to_a_command_has_its_version(self, service: str):
        version = {"$ref": "#/components/headers/ETag"}
        key = {"$ref": "#/components/parameters/IdempotencyKey"}
        commands = [(at, operation) for at, operation in operations(service) if key in operation.get("parameters", ())]
        assert len(commands) > 10
        assert [at for at, operation in commands if reply(operation)["headers"]["ETag"] != version] == []

    def test_refusal_is_a_problem(self, service: str):
        problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        shared = document(service)["components"]["responses"]
        assert all(told["content"] == problem for told in shared.values())
        assert shared["Problem503"]["headers"].keys() == {"Retry-After"}
        for at, operation in operations(service):
            refusals = {status: told for status, told in operation["responses"].items() if status[0] in "45"}
            assert {"404", "422", "503"} <= refusals.keys(), at
            assert refusals == {s: {"$ref": f"#/components/responses/Problem{s}"} for s in refusals}, at

    def test_term_is_one_schema_with_a_title_for_each_value(self, service: str):
        terms = {term.__name__: {member.value: member.title for member in term} for term in Term.__subclasses__()}
        schemas = document(service)["components"]["schemas"]
        found = {name: schema["x-titles"] for name, schema in schemas.items() if name in terms}
        assert len(found) > 2
        assert found == {name: terms[name] for name in found}
        enumerations = [(name, s) for name, s in schemas.items() if "enum" in s and name != "ProblemCode"]
        assert [name for name, _ in enumerations if name not in terms] == []


def _absolute(schema: Any) -> Any:
    """References of a part of the document, made such that they hold outside of it."""
    if isinstance(schema, dict):
        return {k: "urn:openapi" + v if k == "$ref" else _absolute(v) for k, v in schema.items()}
    return [_absolute(item) for item in schema] if isinstance(schema, list) else schema
