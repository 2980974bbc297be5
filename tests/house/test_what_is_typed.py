"""What people type freely comes into no event: closed lists of what may be a text in a command, and in an event.

A field that is new fits one of the kinds below, or is ``Sealed`` (``services/chassis/words.py``), or is named here with
its reason (docs/decisions/0060).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any, Final, get_args, get_type_hints

import pytest

from contracts import event
from contracts.envelope import SERVICES
from contracts.event import Event, Words
from contracts.schema import declared
from services.chassis.commands import Command
from services.chassis.fields import Body, InNoEvent, PublicLine
from services.chassis.references import KnownUnit, Refers, references
from services.chassis.words import Receipt, Sealed

EVENTS: Final = declared()
COMMANDS: Final = {
    cls.__name__: cls
    for name in SERVICES
    for cls in import_module(f"services.{name}.main").SERVICE.operations
    if issubclass(cls, Command)
}
OF_PEOPLE: Final = ("张三", "zhang.san-1949", "13912345678", "110105194912310021", "6222020200112233445", "a@b.cn")
"""What no field may take that goes into an event as it is typed."""

IN_THE_VAULT: Final = re.compile(
    r"(RegisterPetition|AttachPetition|SplitCase|NameRepresentatives)\.(parts\.)?(petitioner|content|representatives)\..*"
    r"|NameRepresentatives\.roster|Deposit(Document|Words)\.text|IssuePaper\.(addressee|fields\.\*|attachments)"
    r"|Announce(Own)?File\.name|(Withdraw|AddFacts|AskReview|AskRecheck|AskRecusal|ReportRetaliation)\.words"
)
"""What lies in the vault already, by the command's own way."""
BY_WHOM: Final = "as who keeps the platform running proposes it: it is in an event before another one agrees"
AS_IT_IS: Final = {
    "AttachPetition.earlier_no": "it is compared with the numbers of receipts, and goes nowhere",
    "PublishNotice.text": "it is told to the public, and stands beside the event",
    "EstablishUnit.name": f"the public name of an organ, {BY_WHOM}",
    "EstablishUnit.mark": f"what its papers are numbered by, {BY_WHOM}",
    "EstablishUnit.code": f"the directory itself, {BY_WHOM}",
    "AppointOfficer.officer": f"the directory itself, {BY_WHOM}",
    "RegisterPetition.place": "a place of the directory; any other goes into the vault",
    "AttachPetition.place": "a place of the directory; any other goes into the vault",
    "SplitCase.parts.place": "a place of the directory, or it is refused",
}
"""What else may be typed as it is, and why."""
RULED_OUT: Final = re.compile(
    r"(RelieveOfficer|SucceedUnit|DelegatePower|TakeBackPower|NameDeputy|EndDeputy)\.(code|officer|deputy)"
    r"|AppointOfficer\.code|(DecideChallenge|DecideRecusal|FileHelpPlan|SetContactPoint|OpenLedgerItem)\.officer"
    r"|\w+\.(approved_by|case_officer|presider|drafted_by|review_body|recheck_body|mediator_unit)"
    r"|IssueContactCard\.duty_officer|OpenBox\.second_opener|UnlinkTownship\.(officer|code)|ReportEscalation\.organ"
    r"|(NameMediator|NameTeam|OfferMediation)\.mediator"
    r"|ApproveUnsealing\.officer|DecideRecusal\.successor|TellPersonnel\.persons|(AssignCase|AssignSectorBatch)\.unit"
)
"""Codes that the rules compare with what the directory, or the case, has: any other is refused or comes to nothing."""


def texts_of(cls: type[Body]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield where a text may stand in what is sent, by name, with its schema."""
    whole = cls.model_json_schema()
    yield from _texts(whole, whole.get("$defs", {}), cls.__name__)


def _texts(schema: Mapping[str, Any], shapes: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if "$ref" in schema:
        schema = shapes[schema["$ref"].rpartition("/")[2]]
    for part in (*schema.get("anyOf", ()), *([schema["items"]] if isinstance(schema.get("items"), dict) else [])):
        yield from _texts(part, shapes, path)
    for name, part in schema.get("properties", {}).items():
        yield from _texts(part, shapes, f"{path}.{name}")
    if isinstance(more := schema.get("additionalProperties"), dict):
        yield from _texts(more, shapes, f"{path}.*")
    if schema.get("type") == "string" and not {"enum", "const"} & schema.keys():
        yield path, schema


def says_nothing(schema: Mapping[str, Any]) -> bool:
    """Return whether a text has a form in which nothing of a person can be said."""
    if schema.get("format") in {"uuid", "date", "date-time"}:
        return True
    pattern = schema.get("pattern")
    return pattern is not None and not any(re.search(pattern, one) for one in OF_PEOPLE)


def typed_as_it_is(cls: type[Command[Any]]) -> list[str]:
    """Return the fields of a command whose words nobody takes out of the way of an event."""
    says: dict[str, list[object]] = defaultdict(list)
    for name, one in references(cls):
        says[name].append(one)
    for name, field in cls.model_fields.items():
        says[name] += field.metadata
    return [
        path
        for path, schema in texts_of(cls)
        if not any(isinstance(one, Sealed | Refers | InNoEvent) for one in says[path.split(".")[1]])
        and not says_nothing(schema)
        and not IN_THE_VAULT.fullmatch(path)
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_typed_into_a_command_is_sealed_known_or_named_here(name: str):
    free = [path for path in typed_as_it_is(COMMANDS[name]) if path not in AS_IT_IS]
    assert [path for path in free if not RULED_OUT.fullmatch(path)] == []


def test_list_of_exceptions_has_nothing_that_is_none():
    free = {path for cls in COMMANDS.values() for path in typed_as_it_is(cls)}
    assert {*AS_IT_IS} <= free


def test_what_takes_two_persons_seals_nothing():
    """What was proposed stands in an event until another one agrees, and nobody would put its words into the vault."""
    of_two = [name for name, cls in COMMANDS.items() if cls.operation.by_two]
    assert of_two
    assert [name for name in of_two if any(isinstance(one, Sealed) for _, one in references(COMMANDS[name]))] == []


class Careless(Body):
    """A body with one field of each kind."""

    note: PublicLine
    receipt: Receipt
    proofs: list[Receipt] | None = None
    unit: KnownUnit
    day: Annotated[str, "nothing"]


def test_field_that_takes_any_words_is_seen():
    """The mutant: a public line, as receipts were before."""
    assert typed_as_it_is(Careless) == ["Careless.note", "Careless.day"]  # type: ignore[arg-type]  # no more is asked


# ------------------------------------------------------------------------------- events

OF_THE_DIRECTORY: Final = [
    "about_unit",
    "accused_persons",
    "accused_units",
    "addressee",
    "against_unit",
    "agency",
    "approved_by",
    "approver",
    "arbiter",
    "asked",
    "asked_by",
    "asked_for",
    "audited_by",
    "candidates",
    "case_officer",
    "chair",
    "challenged",
    "co_units",
    "confirmer",
    "convened_by",
    "court",
    "decided_by",
    "decider",
    "delegated_by",
    "deputy",
    "duty_officer",
    "entered_by",
    "former",
    "from_unit",
    "granted_by",
    "holder",
    "lead",
    "lead_unit",
    "leader",
    "mediator",
    "mediator_unit",
    "officer",
    "officers",
    "openers",
    "organ",
    "organiser",
    "other_party",
    "owner",
    "parent",
    "pending_unit",
    "persons",
    "presider",
    "proposed_by",
    "proposed_unit",
    "receiving_unit",
    "recheck_body",
    "recipients",
    "recorded_by",
    "registered_by",
    "relieved",
    "requested_by",
    "review_bodies",
    "review_body",
    "reviewer",
    "sector_superior",
    "sender",
    "signer",
    "sponsor",
    "successor",
    "successors",
    "superior",
    "told",
    "township",
    "unit",
    "units",
    "village",
]
"""Codes of units and of officers."""
MADE_HERE: Final = [
    "agreement_no",
    "batch_no",
    "calendar",
    "card_no",
    "conference_no",
    "content_sha256",
    "digests",
    "document_no",
    "first",
    "item",
    "item_no",
    "kept_as",
    "last",
    "link",
    "notice_no",
    "opinion_no",
    "pdf_sha256",
    "proposal_no",
    "queue_no",
    "receipt_no",
    "recommendation_no",
    "registration_no",
    "reply_no",
    "rules",
    "sha256",
    "template",
    "text_sha256",
]
"""Numbers that the system gives, digests, and what it calls things itself."""
OF_PROGRAMS: Final = ["article", "code", "lost_type", "operation", "purpose", "reason", "source", "closes", "opens"]
"""What programs name: articles, clocks, types of events, operations; and times of day."""
PUBLIC: Final = ["name", "mark", "unit_name", "holidays"]
"""Names of organs and of holidays."""
OF_REGISTERS: Final = ["box_no", "certificate_no", "desk_no", "project_no"]
"""Short numbers: nothing of a person has room in them."""
LOOKED_UP: Final = ["committee", "competent_body", "papers", "place", "sent"]
"""Codes of the directory, ids of the vault, addresses of the government's gazette, and what two persons enter there."""
KINDS: Final = {*OF_THE_DIRECTORY, *MADE_HERE, *OF_PROGRAMS, *PUBLIC, *OF_REGISTERS, *LOOKED_UP}


def free_fields(cls: type[Event]) -> list[str]:
    """Return the fields of an event in which a text may stand that is none of a few kinds."""
    hints = get_type_hints(cls, include_extras=True)
    return [name for name in cls.body.names if _holds_text(hints[name]) and name not in KINDS]


def _holds_text(kind: Any) -> bool:
    return kind is str or any(map(_holds_text, get_args(kind)))


@pytest.mark.parametrize("name", EVENTS)
def test_event_holds_no_words_of_anybody(name: str):
    assert free_fields(EVENTS[name]) == []


def test_event_that_holds_words_is_seen(monkeypatch: pytest.MonkeyPatch):
    """The mutant: a receipt in clear, as events had it before."""
    monkeypatch.setattr(event, "REGISTRY", {})

    class Delivered(Event):
        """Something has reached somebody."""

        title = "送到"
        basis = "第一条"
        receipt: str
        note: str | None
        proof: Words

    assert free_fields(Delivered) == ["receipt", "note"]
