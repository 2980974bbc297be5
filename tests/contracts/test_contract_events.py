"""Every event class against what is promised of all events."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema

from contracts import samples
from contracts.envelope import Metadata, write_metadata
from contracts.event import UPCASTS, Event, UnknownEvent, decode, typed_before
from contracts.gate import shape
from contracts.schema import METADATA, Schema, declared, schema_of, schemas

CLASSES = declared()
BEYOND = re.compile(rb'"(0001|9999)-')
"""Years that have no moment in UTC for every zone; no edge lets them in."""
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

PERSONAL = frozenset(
    [
        "account",
        "address",
        "age",
        "bank",
        "birth",
        "birthday",
        "citizen",
        "claim",
        "claims",
        "comment",
        "complaint",
        "content",
        "email",
        "ethnicity",
        "family",
        "gender",
        "household",
        "id",
        "idcard",
        "identity",
        "idno",
        "mail",
        "mobile",
        "name",
        "names",
        "nationality",
        "note",
        "person",
        "petitioner",
        "phone",
        "photo",
        "remark",
        "sex",
        "signature",
        "summary",
        "tel",
        "telephone",
        "text",
        "wechat",
    ]
)
"""Words of which a field's name may hold none, unless the field is a reference into the vault."""

ALLOWED = {"unit_name", "assignment.UnitChanged.v1:name", "assignment.UnitEstablished.v1:name"}
"""Names of units, which are public."""

NOT_PERSONAL = {
    "person_count", "content_sha256", "intake.NoticePublished.v1:text_sha256", f"{METADATA}:id", f"{METADATA}:request_id"
}  # fmt: skip
"""A number, a digest of ciphertext, one of what a unit has told the public, and ids of events and requests."""


def fields_of(schema: Schema) -> list[tuple[str, Schema]]:
    """List all fields, those of inner objects included."""
    found = []
    for name, field in schema.get("properties", {}).items():
        found += [(name, field), *fields_of(field)]
    for inner in [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]:
        found += fields_of(inner)
    return found


def bodies_of(schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
    """Draw bodies of a flat event.

    Field by field: the object strategy of hypothesis-jsonschema 0.23.1 uses a method that
    hypothesis 6.170 has no longer.
    """
    formats = {"uuid": st.uuids().map(str)}
    fields = {n: from_schema(p, custom_formats=formats) for n, p in schema["properties"].items()}
    needed = {name: fields.pop(name) for name in schema["required"]}
    return st.fixed_dictionaries(needed, optional=fields)


def personal_fields(name: str, schema: Schema) -> list[str]:
    """List the fields that by their name would hold something of a person."""
    return [
        f"{name}:{field}"
        for field, told in fields_of(shape(schema))
        if PERSONAL & set(field.lower().split("_"))
        and (told.get("format") != "uuid" or field == "id")
        and not {field, f"{name}:{field}"} & (ALLOWED | NOT_PERSONAL)
    ]


@pytest.mark.parametrize("name", CLASSES)
class TestEveryEvent:
    def test_fields_equal_schema_properties(self, name: str) -> None:
        event_class, schema = CLASSES[name], schema_of(CLASSES[name])
        parameters = inspect.signature(event_class).parameters.values()
        body = [p for p in parameters if p.name in event_class.body.names]
        assert [p.name for p in body] == list(schema["properties"])
        needed = sorted(p.name for p in body if p.default is p.empty)
        assert needed == sorted(schema["required"])

    def test_wire_name_tells_service_event_and_version(self, name: str) -> None:
        event_class = CLASSES[name]
        service = event_class.__module__.removeprefix("contracts.").partition(".")[0]
        assert name == event_class.wire_name
        assert name == f"{service}.{event_class.__name__}.v{event_class.version}"
        assert re.fullmatch(r"[a-z]+\.[A-Z][A-Za-z]+\.v[1-9][0-9]*", name)

    def test_title_basis_and_meaning_are_told(self, name: str) -> None:
        event_class = CLASSES[name]
        assert re.search(r"[\u4e00-\u9fff]", event_class.title)
        assert re.search(r"第.+条", event_class.basis)
        assert not (event_class.__doc__ or "").startswith(event_class.__name__)  # a dataclass's own
        assert len(event_class.__doc__ or "") > 20

    def test_schema_is_a_valid_schema(self, name: str) -> None:
        jsonschema.Draft202012Validator.check_schema(schema_of(CLASSES[name]))

    def test_enumerations_have_chinese_titles(self, name: str) -> None:
        for part in schema_of(CLASSES[name]).get("$defs", {}).values():
            assert "enum" not in part or list(part["x-titles"]) == part["enum"]

    def test_moments_without_zone_are_refused(self, name: str) -> None:
        event_class = CLASSES[name]
        body = msgspec.json.decode(bytes(samples.make(event_class).body))
        fields = fields_of(shape(schema_of(event_class)))
        for field in [name for name, told in fields if told.get("format") == "date-time"]:
            naive = msgspec.json.encode(body | {field: "2026-03-02T09:30:00"})
            with pytest.raises(msgspec.ValidationError, match="timezone"):
                decode(name, uuid4(), 1, AT, naive)

    def test_moments_are_written_in_utc_whatever_zone_they_were_told_in(self, name: str) -> None:
        event_class = CLASSES[name]
        body = bytes(samples.make(event_class).body)
        assert body.count(b"2026-03-02T01:30:00Z") == len(event_class.body.moments)
        here = body.replace(b"2026-03-02T01:30:00Z", b"2026-03-02T09:30:00+08:00")
        assert decode(name, uuid4(), 1, AT, here).encoded() == body

    def test_examples_of_schema_decode_and_come_back(self, name: str) -> None:
        event_class, schema = CLASSES[name], schema_of(CLASSES[name])
        validator = jsonschema.Draft202012Validator(schema)

        @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
        @given(bodies_of(shape(schema)))
        def holds(body: dict[str, Any]) -> None:
            assume(not BEYOND.search(msgspec.json.encode(body)))
            event = decode(name, uuid4(), 1, AT, msgspec.json.encode(body))
            written = msgspec.json.decode(event.encoded())
            validator.validate(written)
            assert list(written) == list(event_class.body.names)
            validator.validate(body)
            assert decode(name, uuid4(), 1, AT, event.encoded()).encoded() == event.encoded()

        holds()

    def test_fields_younger_than_the_reader_are_ignored(self, name: str) -> None:
        body = bytes(samples.make(CLASSES[name]).body)
        younger = msgspec.json.encode(msgspec.json.decode(body) | {"added_later": {"x": [1, 2]}})
        assert decode(name, uuid4(), 1, AT, younger).encoded() == body


def test_titles_are_unique() -> None:
    titles = [event_class.title for event_class in CLASSES.values()]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("name", schemas())
def test_no_field_is_personal(name: str) -> None:
    assert personal_fields(name, schemas()[name]) == []


@pytest.mark.parametrize("field", ["petitioner_name", "phone", "id_no", "claim_text", "home_address"])
def test_personal_field_is_found(field: str) -> None:
    inner = {"type": "object", "properties": {field: {"type": "string"}}}
    schema = {"properties": {"who": {"anyOf": [{"$ref": "#/$defs/Who"}, {"type": "null"}]}}}
    assert personal_fields("x.Y.v1", schema | {"$defs": {"Who": inner}}) == [f"x.Y.v1:{field}"]


class TestSamples:
    def test_sample_decodes_and_encodes_to_the_same_bytes(self, sample_file: Path) -> None:
        sample = samples.read(sample_file.read_bytes())
        event = sample.event()
        assert sample.type == sample_file.stem
        assert (event.originator_id, event.originator_version) == (sample.stream, sample.version)
        assert event.timestamp == sample.at
        if sample.type not in UPCASTS:
            assert event.wire_name == sample.type
            assert self.rewritten(sample) == bytes(sample.body)

    @pytest.mark.parametrize("name", [name for name in CLASSES if CLASSES[name].body.defaults])
    def test_sample_older_than_an_optional_field_stays_readable(self, name: str) -> None:
        sample = samples.make(CLASSES[name])
        optional = CLASSES[name].body.defaults
        body = {n: v for n, v in msgspec.json.decode(sample.body).items() if n not in optional}
        older = msgspec.structs.replace(sample, body=msgspec.Raw(msgspec.json.encode(body)))
        assert vars(older.event()).items() >= optional.items()
        assert self.rewritten(older) == bytes(older.body)

    def rewritten(self, sample: samples.Sample) -> bytes:
        """Read and write a body; an optional field added since must not be what differs."""
        fields = msgspec.json.decode(sample.body)
        written = msgspec.json.decode(sample.event().encoded())
        assert written.keys() - fields.keys() <= CLASSES[sample.type].body.defaults.keys()
        return msgspec.json.encode({n: value for n, value in written.items() if n in fields})

    def test_whole_sample_comes_back(self, sample_file: Path) -> None:
        text = sample_file.read_bytes()
        sample = samples.read(text)
        metadata = msgspec.json.decode(sample.metadata, type=Metadata)
        assert msgspec.json.decode(write_metadata(metadata)) == msgspec.json.decode(sample.metadata)
        assert samples.write(sample) == text

    def test_sample_is_valid_by_its_released_schema(self, sample_file: Path, home: Path) -> None:
        sample = samples.read(sample_file.read_bytes())
        for name, part in ((sample.type, sample.body), (METADATA, sample.metadata)):
            schema = msgspec.json.decode((home / f"{name}.json").read_bytes())
            checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
            validator = jsonschema.Draft202012Validator(schema, format_checker=checker)
            assert list(validator.iter_errors(msgspec.json.decode(bytes(part)))) == []


@pytest.mark.usefixtures("registries")
class TestOlderVersions:
    def newest(self) -> type[Event]:
        class Moved(Event):
            """A thing has moved, told in metres since its third version."""

            title = "移动"
            basis = "第一条"
            version = 3
            distance_m: int
            to: str

        here = Moved.wire_name.rpartition(".v")[0]
        UPCASTS[f"{here}.v1"] = lambda body: (f"{here}.v2", body | {"to": "nowhere"})
        UPCASTS[f"{here}.v2"] = lambda body: (
            f"{here}.v3",
            {"distance_m": body["distance_km"] * 1000, "to": body["to"]},
        )
        return Moved

    def test_chain_of_two_upcasts_ends_at_newest(self) -> None:
        moved = self.newest()
        stream, older = uuid4(), moved.wire_name.replace("v3", "v1")
        event = decode(older, stream, 7, AT, b'{"distance_km":2}')
        assert isinstance(event, moved)
        assert (event.distance_m, event.to) == (2000, "nowhere")
        assert (event.originator_id, event.originator_version, event.timestamp) == (stream, 7, AT)

    def test_upcast_starts_in_the_middle(self) -> None:
        moved = self.newest()
        older = moved.wire_name.replace("v3", "v2")
        event = decode(older, uuid4(), 1, AT, b'{"distance_km":1,"to":"x"}')
        assert event.encoded() == b'{"distance_m":1000,"to":"x"}'

    def test_events_of_tests_are_not_declared(self) -> None:
        assert self.newest().wire_name not in declared()


@pytest.mark.parametrize("name", ["intake.CaseRefused.v1", "intake.CaseRegistered.v99", "", "v1"])
def test_unknown_type_is_unknown(name: str) -> None:
    with pytest.raises(UnknownEvent):
        decode(name, UUID(int=1), 1, AT, b"{}")


def test_contracts_import_nothing_of_services() -> None:
    modules = [f"contracts.{p.stem}" for p in Path(samples.__file__).parent.glob("[!_]*.py")]
    program = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('services', 'tests')])"
    )
    root = Path(samples.__file__).parents[1]
    run = [sys.executable, "-c", program]
    done = subprocess.run(run, cwd=root, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


class TestWords:
    def test_older_version_says_in_clear_what_it_said(self, home: Path) -> None:
        """The same words have the same id, whatever event had them."""
        name = "accountability.RecommendationServed.v1"
        event: Any = samples.read((home / "samples" / f"{name}.json").read_bytes()).event()
        assert event.wire_name == name.replace("v1", "v2")
        assert event.in_clear == {event.receipt: "EMS 1100000000017"}
        assert event.receipt == typed_before("EMS 1100000000017")

    def test_newest_version_has_nothing_in_clear_and_takes_no_words(self) -> None:
        event: Any = samples.make(CLASSES["accountability.RecommendationServed.v2"]).event()
        assert not event.in_clear
        told = {name: getattr(event, name) for name in event.body.names} | {"receipt": "EMS 1100000000017"}
        again = type(event)(originator_id=event.originator_id, originator_version=1, timestamp=AT, **told)
        with pytest.raises(msgspec.ValidationError):
            again.encoded()

    @pytest.mark.parametrize("body", ["XZF", "某仲裁委员会"])
    def test_older_version_called_a_body_by_its_code_or_its_name(self, home: Path, body: str) -> None:
        path = home / "samples" / "mediation.ProcedureImported.v1.json"
        told = msgspec.json.decode(path.read_bytes())
        told["body"]["competent_body"] = body
        event: Any = samples.read(msgspec.json.encode(told)).event()
        named = body if body.isascii() else None
        assert (event.competent_body, event.in_clear.get(event.body_words)) == (named, None if named else body)

    def test_laws_of_an_older_version_stand_a_line_each(self, home: Path) -> None:
        event: Any = samples.read((home / "samples" / "mediation.OpinionIssued.v1.json").read_bytes()).event()
        assert event.in_clear[event.legal_basis] == "保障农民工工资支付条例 第三条"

    def test_which_fields_refer_to_words_stands_in_the_contract(self) -> None:
        assert CLASSES["accountability.RecommendationServed.v2"].body.words == {"receipt"}
