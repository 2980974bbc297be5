"""A reader who has what services serve and a plain Kafka client, and knows nothing else of us."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import jsonschema
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts import release
from contracts.envelope import SERVICES, schema_id
from contracts.schema import schemas
from services.chassis.http.contracts import NoSuchSchema
from services.chassis.kafka import connection
from tests.harness import ROOT, System, until
from tests.rules import refused
from tests.steps import closed, ok

NAME = "mediation.OpinionServed.v2"
FORMATS = jsonschema.Draft202012Validator.FORMAT_CHECKER
MOMENT = re.compile(r'"\d{4}-\d\d-\d\dT[^"]*"')
"""How a date-time looks, in whatever JSON."""


class Got(NamedTuple):
    """What a Kafka client hands over."""

    partition: int
    key: bytes
    value: bytes
    headers: dict[str, bytes]


class Stranger:
    """Reads records by the document and the schemas that it was given, and fails where it cannot."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.schemas: dict[str, Any] = {}
        """What is served, by id."""

    async def everything(self, county: System) -> list[Got]:
        """Read all topics from the beginning to their end, and fetch the schemas that this takes."""
        topics = [(c["address"], c["bindings"]["kafka"]["partitions"]) for c in self.document["channels"].values()]
        places = [TopicPartition(county.prefix + topic, n) for topic, count in topics for n in range(count)]
        consumer, found = (
            AIOKafkaConsumer(**connection(county.settings("accountability")), enable_auto_commit=False),
            [],
        )
        await consumer.start()
        try:
            consumer.assign(places)
            await consumer.seek_to_beginning(*places)
            ends = await consumer.end_offsets(places)
            while any([await consumer.position(place) < ends[place] for place in places]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found += [Got(r.partition, r.key, r.value, dict(r.headers)) for r in records]
        finally:
            await consumer.stop()
        for uri, source in {(got.headers["ce_dataschema"], got.headers["ce_source"]) for got in found}:
            service = source.decode().removeprefix("/huiyin/")
            reply = await county.client.get(county.url(service) + urlsplit(uri.decode()).path)
            assert reply.headers["content-type"] == "application/schema+json"
            self.schemas[uri.decode()] = ok(reply)
        return found

    def read(self, got: Got) -> tuple[str, int, int]:
        """Return source, lane and number of a record; everything else is as the document says."""
        headers = {name: value.decode("ascii") for name, value in got.headers.items()}
        message, schema = (
            self.document["components"]["messages"][headers["ce_type"]],
            self.schemas[headers["ce_dataschema"]],
        )
        assert (schema["$id"], schema["title"]) == (headers["ce_dataschema"], message["title"])
        jsonschema.Draft202012Validator(schema, format_checker=FORMATS).validate(json.loads(got.value))

        own = {word: part for word, part in message["headers"].items() if word != "allOf"}
        for part in (own, self.document["components"]["schemas"]["cloudEvent"]):
            jsonschema.Draft7Validator(part).validate(headers)
        assert "条" in json.loads(headers["ce_metadata"])["article"]

        moments = MOMENT.findall(f'"{headers["ce_time"]}"{headers["ce_metadata"]}{got.value.decode()}')
        assert [moment for moment in moments if not moment.endswith('Z"')] == []

        key = got.key.decode()
        assert headers["ce_partitionkey"] == key
        assert got.partition == int(headers["ce_lane"]) == UUID(key).int % 12
        return headers["ce_source"], got.partition, int(headers["ce_laneseq"])


@pytest.mark.timeout(240)
async def test_stranger_reads_every_record_with_what_is_served(county: System):
    stranger = Stranger(ok(await county.client.get(county.url("intake") + "/asyncapi.json")))
    case = await closed(county)

    async def arrived() -> list[Got]:
        found = await stranger.everything(county)
        types = {got.headers["ce_type"] for got in found}
        return found if types >= {b"mediation.CaseClosed.v1", b"accountability.ClockStopped.v2"} else []

    found = await until(arrived, "the case's last events on Kafka")
    numbers = defaultdict(list)
    for got in found:
        source, lane, number = stranger.read(got)
        numbers[source, lane].append(number)
    assert {source for source, _ in numbers} == {f"/huiyin/{service}" for service in SERVICES}
    assert all(seen == list(range(1, len(seen) + 1)) for seen in numbers.values())
    assert {got.headers.get("ce_case") for got in found} == {case.encode(), None}


@pytest.fixture
def stranger() -> Stranger:
    made = Stranger(json.loads((ROOT / release.DOCUMENT).read_text()))
    made.schemas = {schema["$id"]: schema for schema in schemas().values()}
    return made


def example(stranger: Stranger) -> Got:
    """Return the example of a message as a client would hand it over."""
    (told,) = stranger.document["components"]["messages"][NAME]["examples"]
    headers = {name: value.encode() for name, value in told["headers"].items()}
    return Got(int(headers["ce_lane"]), headers["ce_partitionkey"], json.dumps(told["payload"]).encode(), headers)


def test_stranger_reads_the_example(stranger: Stranger):
    assert stranger.read(example(stranger)) == ("/huiyin/mediation", int(example(stranger).headers["ce_lane"]), 7)


PLANTED = {
    "words of the metadata that are not escaped": lambda got: got._replace(
        headers=got.headers | {"ce_metadata": json.dumps({"article": "第一条"}, ensure_ascii=False).encode()}
    ),
    "the schema of another event": lambda got: got._replace(
        headers=got.headers | {"ce_dataschema": schema_id("mediation.CaseClosed.v1").encode()}
    ),
    "no schema": lambda got: got._replace(headers={n: v for n, v in got.headers.items() if n != "ce_dataschema"}),
    "a moment in another zone": lambda got: got._replace(value=got.value.replace(b'Z"', b'+08:00"')),
    "a moment of the envelope in another form": lambda got: got._replace(
        headers=got.headers | {"ce_time": got.headers["ce_time"].replace(b"Z", b"+00:00")}
    ),
    "a field of another type": lambda got: got._replace(
        value=got.value.replace(b'"receipt": "', b'"receipt": 1, "x": "')
    ),
    "another partition": lambda got: got._replace(partition=(got.partition + 1) % 12),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_stranger_sees_a_record_that_is_not_as_documented(stranger: Stranger, planted: str):
    damaged = PLANTED[planted](example(stranger))
    assert damaged != example(stranger)
    with pytest.raises((AssertionError, KeyError, UnicodeDecodeError, jsonschema.ValidationError)):
        stranger.read(damaged)


async def test_what_is_released_is_served_byte_for_byte_by_every_service(county: System):
    for service in SERVICES:
        reply = await county.client.get(county.url(service) + "/asyncapi.json")
        assert reply.content == (ROOT / release.DOCUMENT).read_bytes()
        assert reply.headers["content-type"] == "application/vnd.aai.asyncapi+json;version=3.0.0"
    for name in schemas():
        reply = await county.client.get(county.url("mediation") + urlsplit(schema_id(name)).path)
        assert reply.content == (ROOT / release.HOME / f"{name}.json").read_bytes()
    for name in ("intake.CaseRefused.v1.json", "LOCK", "samples"):
        refused(await county.client.get(f"{county.url('intake')}/schemas/{name}"), 404, NoSuchSchema)
    for name in ("..%2Fasyncapi.json", "%00"):
        reply = await county.client.get(f"{county.url('intake')}/schemas/{name}")
        assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
