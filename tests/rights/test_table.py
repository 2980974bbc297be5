"""个人信息保护法 第六条: every operation of every service is in the table, or says that anybody may."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from typing import Any, get_args
from uuid import UUID

import pytest
from pydantic import BaseModel

from contracts.envelope import SERVICES
from contracts.event import REGISTRY, Event
from contracts.vocabulary import Role
from services.chassis.commands import Command
from services.chassis.operations import Declared
from services.chassis.questions import Question
from services.chassis.references import references
from services.chassis.rights.table import OFFICIALS, READERS, READS, Reach, Relation, parties, tag, units_of
from services.chassis.views import EVERYONE

OPERATIONS = [cls for service in SERVICES for cls in import_module(f"services.{service}.main").SERVICE.operations]
OPEN = {
    "explainProblem", "listYears", "showYear", "listPeriods", "desks", "notices", "showNotice", "openPetitionSession",
}  # fmt: skip
"""What is there for everybody: the law, the calendar, what the public was told, and the door."""


@pytest.mark.parametrize("cls", OPERATIONS, ids=lambda cls: cls.operation.name)
def test_operation_says_who_may(cls: type[Declared]):
    operation = cls.operation
    assert operation.open is (operation.name in OPEN)
    assert operation.open or operation.by
    assert {*operation.by} <= {*Role}


@pytest.mark.parametrize(
    "cls", [cls for cls in OPERATIONS if issubclass(cls, Question)], ids=lambda c: c.operation.name
)
def test_question_about_a_case_is_for_who_has_to_do_with_it(cls: type[Question]):
    if cls.operation.open or {*cls.operation.by} <= {Role.petitioner, Role.system}:
        return
    about = "case_id" in cls.operation.in_path
    assert not about or cls.sight is not EVERYONE
    assert {*cls.operation.by} <= {*(READERS if cls.sight.permit else OFFICIALS)}


NO_CASES = {
    "petition_id",
    "petition",
    "document",
    "entry_id",
    "supersedes",
    "original",
    "risk_points",
    "precautions",
    "response_plan",
}
"""What is named by an id and is no case: texts, papers, entries, and petitions, of which each rule says whose they are."""


@pytest.mark.parametrize(
    "cls", [cls for cls in OPERATIONS if issubclass(cls, Command)], ids=lambda cls: cls.operation.name
)
def test_whatever_names_a_case_says_so(cls: type[Command[Any]]):
    """第三十条第三款: of a case that is named somebody must know; what says so is asked (rights/test_matrix.py)."""
    told = {name for name, _ in references(cls)} | {*cls.operation.in_path} | NO_CASES
    assert {name for name, field in cls.model_fields.items() if names_by_id(field.annotation)} <= told


NO_CASE_OF_EVENTS = NO_CASES | {
    "case", "started_by", "subject", "paused_by", "extended_by", "claimed_by", "advanced_by", "handed_over_by",
    "stopped_by", "fact", "proof", "corrected_by", "consequence", "reasons", "confirmation", "petitions", "content",
    "others", "firsts", "representatives", "roster", "desk", "contact_point", "evidence", "dissuasion", "committee",
    "request", "keys", "store", "was", "lost",
}  # fmt: skip
"""What events name by an id that is no other case: theirs, other events, petitions, texts, entries of registers."""


@pytest.mark.parametrize("event", REGISTRY.values(), ids=REGISTRY)
def test_event_says_which_other_cases_it_names(event: type[Event]):
    """第三十条第三款: who reads an entry finds no case in it of which they must not know."""
    named = {field.name for field in fields(event) if field.name in event.body.names and "UUID" in str(field.type)}
    assert not named - NO_CASE_OF_EVENTS
    others = {field.name for field in fields(event) if "OtherCase" in str(field.type)}
    assert event.body.other_cases == others


def names_by_id(kind: Any) -> bool:
    """Return whether what is sent has an id in it, however deep."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return any(names_by_id(field.annotation) for field in kind.model_fields.values())
    return kind is UUID or any(map(names_by_id, get_args(kind)))


def test_every_role_and_every_relation_stands_in_the_table():
    assert READS.keys() == {*Role} - {Role.system}
    assert {relation for reads in READS.values() for relation in reads.of} == {*Relation}
    assert {reach for reads in READS.values() for reach in reads.over} == {*Reach}


def test_row_says_who_is_what():
    told = parties({Relation.handles: ["RSJ", None], Relation.owes: ["JYJ"]}, {Relation.sponsors: ["leader-1"]})
    assert told == ["handles/RSJ", "owes/JYJ", "sponsors/@leader-1"]
    assert {*units_of(told)} == {"RSJ", "JYJ"}
    assert tag(Relation.receives, "XFJ") == "receives/XFJ"
