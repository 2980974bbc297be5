"""What auditors ask: the Case as it stands, stood, or was known to stand, and the ledger entry by entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec.structs import asdict, replace
from pydantic import BaseModel, Field

from contracts.envelope import LANE_SEQ_MAX, VERSION_MAX
from contracts.event import REGISTRY
from contracts.intake import RegistrationGapClosed, SatisfactionRecorded, UnregisteredVisitDetected
from contracts.vocabulary import Role, UnitKind
from services.accountability.application.accounting import ENTRIES_MAX, entries, folded
from services.accountability.case import Case
from services.accountability.views import OF_CASE, OF_CASE_OR_NONE
from services.audit.entry import Entry
from services.chassis.context import By
from services.chassis.fields import Moment
from services.chassis.questions import Answer, Question, rows
from services.chassis.running import Running
from services.chassis.shapes import shape
from services.chassis.views import EVERYONE

After = Annotated[int, Field(ge=0, le=LANE_SEQ_MAX)]


class Entries(BaseModel):
    """Entries of the ledger in their order."""

    items: list[shape(Entry)]  # type: ignore[valid-type]  # a model made of the struct


class LedgerHead(BaseModel):
    """How long the ledger is."""

    seq: int


_NAMING: Final = {name: event.body.other_cases for name, event in REGISTRY.items() if event.body.other_cases}
"""What names other cases, and in which fields."""
_JUDGED: Final = ("bureau", "handler")
"""In which fields a petitioner says what they think of the bureau and of who has handled their case."""
_ON_FILE: Final = frozenset({UnregisteredVisitDetected.wire_name, RegistrationGapClosed.wire_name})
"""What says how many petitions are on file somewhere; among them are those of which somebody must not know."""
_TOLD_OF_IT: Final = frozenset({Role.petitioner, Role.supervisor, Role.auditor, Role.system})
"""Who reads what one petitioner thinks, beside the bureaus; whoever is rated sees figures alone (第二十一条第二款)."""
_UNSEEN: Final = "SELECT case_id FROM unnest($1::uuid[]) AS asked (case_id) WHERE NOT ({})"


async def _unseen(question: Question, running: Running, by: By | None, cases: Collection[UUID]) -> set[UUID]:
    """Return the cases, of some, of which whoever asks must not know that they are there (第三十条第三款)."""
    if not cases:
        return set()
    seen, values = await question.seen(running, by, 1)
    return {row["case_id"] for row in await rows(running.store, _UNSEEN.format(seen), [*cases], *values)}


async def _discreet(question: Question, running: Running, by: By | None, found: Sequence[Entry]) -> list[Entry]:
    """Return entries that name no other cases but those that one may know of, and judge nobody to who was judged.

    How many cases there are, they say to no official.
    What belongs to no case and names such ones alone is not there.
    """
    naming = {entry.id: msgspec.json.decode(entry.body) for entry in found if entry.type in _NAMING}
    fields = {entry.id: _NAMING[entry.type] for entry in found if entry.id in naming}
    named = {UUID(case) for key, body in naming.items() for field in fields[key] for case in _cases(body.get(field))}
    unseen = {str(case) for case in await _unseen(question, running, by, named)}
    told = {key: _without(body, fields[key], unseen) for key, body in naming.items()} if unseen else {}
    none = (entry for entry in found if entry.case is None and entry.id in told)
    hidden = {entry.id for entry in none if _names(entry, naming[entry.id]) and not _names(entry, told[entry.id])}
    if not await _reads_judgements(running, by):
        judging = (entry for entry in found if entry.type == SatisfactionRecorded.wire_name)
        told |= {entry.id: msgspec.json.decode(entry.body) | dict.fromkeys(_JUDGED) for entry in judging}
    if by is None or by.role is not Role.system:
        counting = (entry for entry in found if entry.type in _ON_FILE)
        told |= {entry.id: msgspec.json.decode(entry.body) | {"registered": None} for entry in counting}
    return [
        replace(entry, body=msgspec.Raw(msgspec.json.encode(told[entry.id]))) if entry.id in told else entry
        for entry in found
        if entry.id not in hidden
    ]


def _names(entry: Entry, body: Mapping[str, Any]) -> bool:
    """Return whether what an entry says names other cases."""
    return any(_cases(body.get(field)) for field in _NAMING[entry.type])


def _cases(named: str | list[str] | None) -> list[str]:
    """Return the cases that a field names: none, one or several."""
    return named if isinstance(named, list) else [named] if named else []


def _without(body: dict[str, Any], fields: Collection[str], unseen: Collection[str]) -> dict[str, Any]:
    """Return what an entry says without some cases."""
    kept = {field: [case for case in _cases(body.get(field)) if case not in unseen] for field in fields}
    return body | {
        field: cases if isinstance(body.get(field), list) else next(iter(cases), None) for field, cases in kept.items()
    }


async def _reads_judgements(running: Running, by: By | None) -> bool:
    """Return whether whoever asks reads what one petitioner thinks: a bureau does, and who supervises."""
    assert by is not None
    if by.role in _TOLD_OF_IT:
        return True
    unit = (await running.store.directories.at_hand()).units.get(by.unit)
    return unit is not None and unit.kind is UnitKind.petition_bureau


class ShowCase(Question, path="/cases/{case_id}", called="信访事项全貌", sight=OF_CASE, reply=shape(Case)):
    """Show the Case: now, after so many entries, as it stood `at`, or as it was known at `known_at`."""

    case_id: UUID
    version: Annotated[int | None, Field(ge=1, le=VERSION_MAX)] = None
    at: Moment | None = None
    known_at: Moment | None = None

    async def ask(self, running: Running, by: By | None) -> Answer:
        seen = await self.seen(running, by, 4)
        found = await folded(
            running.store, self.case_id, seen, version=self.version, at=self.at, known_at=self.known_at
        )
        unseen = await _unseen(self, running, by, found.kin)
        kin = {case: since for case, since in found.kin.items() if case not in unseen}
        into = None if found.merged_into in unseen else found.merged_into
        return Answer(asdict(found) | {"kin": kin, "merged_into": into}, found.version)


class ShowTimeline(Question, path="/cases/{case_id}/timeline", called="办理时间线", sight=OF_CASE, reply=Entries):
    """Show every entry of a case in order."""

    case_id: UUID
    after: After = 0

    async def ask(self, running: Running, by: By | None) -> Answer:
        seen, values = await self.seen(running, by, 3)
        where = f"case_id = $2 AND seq > $3 AND {seen}"
        found = await entries(running.store, where, self.case_id, self.after, *values)
        return Answer({"items": await _discreet(self, running, by, found)})


class ListLedger(Question, path="/ledger", called="总账", sight=OF_CASE_OR_NONE, reply=Entries):
    """Show entries of the whole ledger in order."""

    after: After = 0
    limit: Annotated[int, Field(ge=1, le=ENTRIES_MAX)] = 100

    async def ask(self, running: Running, by: By | None) -> Answer:
        seen, values = await self.seen(running, by, 2)
        found = await entries(running.store, f"seq > $2 AND {seen}", self.after, *values, limit=self.limit)
        return Answer({"items": await _discreet(self, running, by, found)})


class ShowLedgerHead(
    Question, path="/ledger/head", called="总账长度", sight=EVERYONE, reply=LedgerHead, by=(Role.auditor,)
):
    """Show how long the ledger is; with what anybody else must not know of it is counted."""

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for all of them
        return Answer((await rows(running.store, "SELECT seq FROM ledger_head"))[0])
