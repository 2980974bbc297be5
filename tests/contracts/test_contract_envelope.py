"""The envelope against the CloudEvents SDK, and against junk."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import jsonschema
import msgspec
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from contracts import samples
from contracts.asyncapi import headers_schema
from contracts.envelope import (
    LANES,
    Cause,
    Malformed,
    Metadata,
    Record,
    attributes,
    headers,
    lane_of,
    parse,
    schema_id,
    write_metadata,
)
from contracts.vocabulary import ClockKind, Role

REQUIRED = (
    "specversion",
    "id",
    "source",
    "type",
    "time",
    "subject",
    "lane",
    "laneseq",
    "streamversion",
)
EXTENSIONS = ("lane", "laneseq", "streamversion", "epoch", "metadata", "partitionkey", "case")


AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
ID = UUID(int=7)
CAUSE = Cause("intake", 5, 41, ID)


def record_of(sample: samples.Sample, at: datetime | None = None) -> Record:
    return Record(
        service=sample.type.partition(".")[0],
        lane=lane_of(sample.case or sample.stream),
        lane_seq=2**40,
        id=uuid5(sample.stream, sample.type),
        stream=sample.stream,
        version=sample.version,
        case=sample.case,
        type=sample.type,
        at=at or sample.at,
        metadata=sample.metadata,
        body=sample.body,
    )


def told(record: Record) -> dict[str, Any]:
    """Return a record as something that can be compared: raw JSON does not compare."""
    return {
        name: bytes(value) if isinstance(value, msgspec.Raw) else value
        for name, value in msgspec.structs.asdict(record).items()
    }


@pytest.fixture
def record(home: Path) -> Record:
    text = (home / "samples" / "mediation.OpinionIssued.v1.json").read_bytes()
    return record_of(samples.read(text))


class TestAgainstTheSdk:
    def test_sdk_reads_the_same_attributes(self, sample_file: Path) -> None:
        record = record_of(samples.read(sample_file.read_bytes()))
        key, body = str(record.case or record.stream), bytes(record.body)
        written = attributes(record)
        assert written["ce_partitionkey"] == key.encode()  # the SDK would prefer the record's key
        event = from_binary_event(KafkaMessage(written, key.encode(), body))
        assert event.get_id() == str(record.id)
        assert event.get_source() == f"/huiyin/{record.service}"
        assert event.get_type() == record.type
        assert event.get_specversion() == "1.0"
        assert event.get_time() == record.at
        assert event.get_subject() == str(record.stream)
        assert event.get_dataschema() == schema_id(record.type)
        assert event.get_datacontenttype() == "application/json"
        assert event.get_data() == msgspec.json.decode(body)
        case = None if record.case is None else str(record.case)
        assert {name: event.get_extension(name) for name in EXTENSIONS} == {
            "lane": str(record.lane),
            "laneseq": str(record.lane_seq),
            "streamversion": str(record.version),
            "epoch": "1",
            "metadata": bytes(record.metadata).decode(),
            "partitionkey": key,
            "case": case,
        }
        known = {"id", "source", "type", "specversion", "time", "subject", "datacontenttype", "dataschema"}
        assert event.get_attributes().keys() <= known | set(EXTENSIONS)

    def test_what_the_sdk_writes_is_read_here(self, sample_file: Path) -> None:
        record = record_of(samples.read(sample_file.read_bytes()))
        extensions = {
            "lane": record.lane,
            "laneseq": record.lane_seq,
            "streamversion": record.version,
            "metadata": bytes(record.metadata).decode(),
            "partitionkey": str(record.key),
        } | ({"case": str(record.case)} if record.case else {})
        event = CloudEvent(
            attributes={
                "id": str(record.id),
                "source": f"/huiyin/{record.service}",
                "type": record.type,
                "time": record.at,
                "subject": str(record.stream),
                "datacontenttype": "application/json",
                **extensions,
            },
            data=bytes(record.body),
        )
        message = to_binary_event(event)
        assert message.key == str(record.key)
        assert told(parse(headers(message.headers.items()), message.value)) == told(record)

    def test_headers_are_as_documented(self, sample_file: Path) -> None:
        record = record_of(samples.read(sample_file.read_bytes()))
        written = {name: value.decode() for name, value in attributes(record).items()}
        validator = jsonschema.Draft202012Validator(
            headers_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )
        validator.validate(written)
        assert written.keys() <= headers_schema()["properties"].keys()


def test_record_survives_kafka_and_json(record: Record) -> None:
    assert told(parse(headers(attributes(record).items()), bytes(record.body))) == told(record)
    (again,) = msgspec.json.decode(msgspec.json.encode([record]), type=list[Record])
    assert told(again) == told(record)


@given(
    st.datetimes(
        min_value=datetime(1950, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
    )
)
def test_moment_survives_to_the_microsecond(at: datetime) -> None:
    record = Record(
        "intake",
        0,
        1,
        UUID(int=1),
        UUID(int=2),
        1,
        None,
        "x",
        at,
        msgspec.Raw(b"{}"),
        msgspec.Raw(),
    )
    assert parse(headers(attributes(record).items()), b"{}").at == at


class TestMetadata:
    """It travels in a header, which an SDK may have to hand on through HTTP: so it is ASCII, whatever it says."""

    @given(st.builds(Metadata, at=st.just(AT), cause=st.none()))
    def test_metadata_is_written_in_ascii_and_comes_back(self, metadata: Metadata) -> None:
        written = write_metadata(metadata)
        assert written.isascii()
        assert msgspec.json.decode(written, type=Metadata) == metadata

    @pytest.mark.parametrize("words", ["回音", "阿依古丽·买买提", "𠮷", "é", '引"号\\u56de', "\u2028", "plain"])
    def test_words_of_every_plane_come_back(self, words: str) -> None:
        metadata = Metadata(
            "officer-17", words, Role.bureau_officer, words, "第一条", AT, ClockKind.real, "r-1", ID, CAUSE
        )
        written = write_metadata(metadata)
        assert written.isascii()
        assert msgspec.json.decode(written, type=Metadata) == metadata
        assert json.loads(written)["unit"] == words

    def test_what_was_stored_in_utf8_stays_readable(self, sample_file: Path) -> None:
        record = record_of(samples.read(sample_file.read_bytes()))
        about = parse(headers(attributes(record).items()), bytes(record.body)).about()
        assert msgspec.json.decode(write_metadata(about), type=Metadata) == about


def test_every_header_is_ascii_and_moments_are_in_utc(record: Record) -> None:
    about = write_metadata(record.about())
    for name, value in attributes(msgspec.structs.replace(record, metadata=msgspec.Raw(about))).items():
        assert value.isascii(), name
    assert attributes(record)["ce_time"] == b"2026-03-02T01:30:00Z"


def test_every_lane_is_used_and_none_beyond() -> None:
    assert {lane_of(UUID(int=n)) for n in range(1000)} == set(range(LANES))


class TestMalformed:
    @pytest.mark.parametrize(
        "name",
        [*REQUIRED, "metadata"],
    )
    @pytest.mark.parametrize("junk", ["missing", None, b"", b"\xff", b"{}"])
    def test_damaged_header_is_malformed(self, record: Record, name: str, junk: bytes | str | None) -> None:
        damaged = attributes(record)
        if junk == "missing":
            del damaged[f"ce_{name}"]
        else:
            damaged[f"ce_{name}"] = junk  # type: ignore[assignment]
        if name in {"type", "metadata"} and junk in {b"", b"{}"}:
            return  # read without being understood, by design: what it names is looked up later
        if name == "metadata" and isinstance(junk, bytes):
            return
        with pytest.raises(Malformed):
            parse(headers(damaged.items()), bytes(record.body))

    @pytest.mark.parametrize(
        ("name", "junk"),
        [
            ("source", b"/huiyin/nobody"), ("source", b"/huiyin/intake\x00"), ("type", b"intake.Case\x00"),
            ("lane", b"-1"), ("lane", b"%d" % LANES), ("lane", b"9" * 5_000),
            ("laneseq", b"0"), ("laneseq", b"-5"), ("laneseq", b"%d" % 2**63),
            ("streamversion", b"0"), ("streamversion", b"%d" % 2**31),
        ],
    )  # fmt: skip
    def test_what_no_service_can_have_sent_is_malformed(self, record: Record, name: str, junk: bytes) -> None:
        """No source could be asked for such a number, and no table could hold it."""
        with pytest.raises(Malformed):
            parse(headers((attributes(record) | {f"ce_{name}": junk}).items()), b"{}")

    def test_time_without_zone_is_malformed(self, record: Record) -> None:
        damaged = attributes(record) | {"ce_time": b"2026-03-02T09:30:00"}
        with pytest.raises(Malformed):
            parse(headers(damaged.items()), b"{}")

    @given(st.data())
    def test_parse_raises_nothing_else(self, data: st.DataObject) -> None:
        junk = st.one_of(
            st.none(),
            st.binary(max_size=40),
            st.text(max_size=20),
            st.text(max_size=20).map(str.encode),
            st.integers().map(lambda n: b"%d" % n),
            st.datetimes().map(lambda at: at.isoformat().encode()),
            st.uuids().map(lambda u: str(u).encode()),
        )
        names = list(attributes(RECORD))
        some = st.dictionaries(st.sampled_from(names) | st.text(max_size=8), junk, max_size=13)
        whole = st.fixed_dictionaries(dict.fromkeys(names, junk))
        few = some.map(lambda changed: attributes(RECORD) | changed)
        pairs = data.draw(st.one_of(some, whole, few)).items()
        raw = data.draw(st.one_of(st.just(pairs), st.lists(st.tuples(junk, junk)), st.none()))
        try:
            read = parse(headers(raw), data.draw(st.none() | st.binary(max_size=20)))
        except Malformed:
            return
        assert read.at.tzinfo is not None


RECORD = Record(
    service="intake",
    lane=1,
    lane_seq=2,
    id=UUID(int=3),
    stream=UUID(int=4),
    version=5,
    case=UUID(int=4),
    type="intake.CaseRegistered.v1",
    at=datetime(2026, 3, 2, tzinfo=UTC),
    metadata=msgspec.Raw(b"{}"),
    body=msgspec.Raw(b"{}"),
)
