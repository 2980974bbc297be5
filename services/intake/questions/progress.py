"""What a petitioner asks about their own petition, by the session that they have for its query code."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field

from contracts.vocabulary import ClockNature, DocumentKind, Kind, LookPurpose, PaperState, RegistrationState, Role
from contracts.vocabulary.term import Term
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import NotFound, SourceAway
from services.chassis.questions import Answer, Question, rows
from services.chassis.running import Running
from services.chassis.source import once
from services.chassis.views import Sight
from services.intake.application.answering import Own, own_of
from services.intake.application.disclosing import disclosed, owed
from services.intake.application.papers import opinion_of, printed
from services.intake.application.whereabouts import lines
from services.intake.domain.paper import OPINIONS
from services.intake.domain.registration import Registration
from services.intake.papers.kinds import KINDS, To

PETITIONER: Final = (Role.petitioner,)
LOOKS_MAX: Final = 500
OWN: Final = Sight("q.petition_id = $1")
"""Whoever has proved by its query code that a petition is theirs is told of it, and nobody else is."""


class Step(BaseModel):
    """What has happened, when, by which article, and what of it the petitioner was told."""

    at: datetime
    event: str
    title: str
    article: str
    details: dict[str, Any]


class RunsUntil(BaseModel):
    """Until when somebody must act, or may, by which article."""

    title: str
    article: str
    nature: ClockNature
    last_day: date
    holder: str | None
    holder_name: str | None


class OfficerTold(BaseModel):
    """What stands on the door of whoever handles the case."""

    officer: str
    post: str | None
    name: str | None
    phone: str | None


class Part(BaseModel):
    """A case that was split off: who has it, and until when they must act.

    Of a report about an official no more is told than its receipt.
    """

    registration_no: str
    state: RegistrationState
    unit: str | None = None
    unit_name: str | None = None
    duty_phone: str | None = None
    officer: OfficerTold | None = None
    next: Annotated[RunsUntil | None, Field(description="Whose turn it is, and until when")] = None
    running: list[RunsUntil] | None = None
    overdue: Annotated[list[RunsUntil] | None, Field(description="What anybody has missed and still owes")] = None
    complete: bool | None = None


class Told(BaseModel):
    """How far it is; what has no value is said only of a case to which that has happened.

    Of a report about an official no more is told than its receipt; `complete` is false where other services could not
    be asked for the steps.
    """

    registration_no: str
    state: RegistrationState
    received_at: datetime
    kind: Kind | None
    closed_at: datetime | None
    merged_into: Annotated[str | None, Field(description="The number of the case that answers now")] = None
    withdrawal_on: date | None = None
    rate_until: Annotated[date | None, Field(description="Until when the petitioner is invited to rate")] = None
    parts: list[Part] | None = None
    unit: str | None = None
    unit_name: str | None = None
    duty_phone: str | None = None
    officer: OfficerTold | None = None
    next: Annotated[RunsUntil | None, Field(description="Whose turn it is, and until when")] = None
    running: list[RunsUntil] | None = None
    overdue: Annotated[list[RunsUntil] | None, Field(description="What anybody has missed and still owes")] = None
    steps: list[Step] | None = None
    complete: bool | None = None


OF_SOME: Final = frozenset(name for name, field in Told.model_fields.items() if not field.is_required())


class ByCode(Question):
    """A question of whoever has proved by a query code that a petition is theirs."""

    by_session = True


class Progress(
    ByCode, path="/progress", method="POST", by=PETITIONER, called="查询办理情况", sight=OWN, reply=Told
):  # fmt: skip
    """Tell the petitioner what has happened, who has the case and until when (第二十一条)."""

    async def ask(self, running: Running, by: By | None) -> Answer:
        assert by is not None
        found = await rows(running.store, _PROGRESS, by.petition)
        if not found:
            raise NotFound("查询码不存在")
        parts = await rows(running.store, _PARTS, by.petition)
        parts = await asyncio.gather(*(_part(running, row, found[0]["petition_id"]) for row in parts))
        told = found[0] | {"parts": parts}
        of = [told.pop(name) for name in ("own", "answering", "petition_id")]
        if told.pop("sealed"):
            told["kind"] = (await running.store.load(Registration, of[1])).kind  # of what lies apart no row says it
        else:
            told |= await disclosed(running, by, *of)
            told |= await _own_withdrawal(running, *of)
        told["parts"] = told["parts"] or None
        return Answer({name: value for name, value in told.items() if value is not None or name not in OF_SOME})


async def _own_withdrawal(running: Running, own: UUID, answering: UUID, petition: UUID) -> dict[str, Any]:
    """Return what one of several petitioners is told who withdraws their own petition."""
    cases = [await running.store.load(Registration, case) for case in dict.fromkeys((own, answering))]
    if any(petition in case.withdrawn for case in cases):
        return {"state": RegistrationState.withdrawn}
    wishes = [case.withdrawals.get(petition) for case in cases]
    parts = [await running.store.load(Registration, part) for case in cases for part in case.parts]
    wishes += [part.withdrawals.get(petition if petition in part.others else None) for part in parts]
    until = next((wish.effective_on for wish in wishes if wish is not None), None)
    return {} if until is None else {"withdrawal_on": until}


async def _part(running: Running, row: dict[str, Any], petition: UUID) -> dict[str, Any]:
    """Return a part with who has the case that answers for it, and until when."""
    answering, sealed = row.pop("answering"), row.pop("sealed")
    return row if sealed else row | await owed(running, answering, petition)


class OwnPaper(BaseModel):
    """A paper that was issued to the petitioner."""

    document_id: UUID
    kind: DocumentKind
    document_no: str
    state: PaperState
    issued_at: datetime
    served_at: datetime | None


class OwnPapers(BaseModel):
    """The papers that were issued to the petitioner."""

    items: list[OwnPaper]


class ListOwnPapers(
    ByCode, path="/progress/papers", method="POST", by=PETITIONER, called="查询本人文书", sight=OWN, reply=OwnPapers
):
    """List the papers that were issued to the petitioner (第三十二条)."""

    async def ask(self, running: Running, by: By | None) -> Answer:
        assert by is not None
        papers = await own_papers(running, by)
        return Answer({"items": [{name: row[name] for name in OwnPaper.model_fields} for row in papers]})


class PrintOwnPaper(
    ByCode, path="/progress/papers/pdf", method="POST", by=PETITIONER, called="打印本人文书", sight=OWN,
    reply="application/pdf",
):  # fmt: skip
    """Set a paper of the petitioner's own again, byte for byte; the look is recorded first (第三十二条)."""

    takes: ClassVar[int] = 10
    document_id: UUID

    async def ask(self, running: Running, by: By | None) -> Response:
        assert by is not None
        found = {row["document_id"]: row["case_id"] for row in await own_papers(running, by)}
        if self.document_id not in found:
            raise NotFound(str(self.document_id))
        pdf = await printed(running, found[self.document_id], self.document_id, by)
        return Response(pdf, media_type="application/pdf")


class Look(BaseModel):
    """Somebody has read what the petitioner wrote, or a paper to them."""

    at: datetime
    text_title: Annotated[str, Field(description="What was read")]
    purpose: str
    purpose_title: str
    role: Annotated[Role | None, Field(description="In which duty; null where that is not told")]
    role_title: str | None
    unit: str | None
    unit_name: str | None


class Looks(BaseModel):
    """The looks at what is the petitioner's own, the newest first."""

    items: list[Look]


class ListLooks(
    ByCode, path="/progress/looks", method="POST", by=PETITIONER, called="查询本人材料被查阅的记录", sight=OWN,
    reply=Looks,
):  # fmt: skip
    """List who has read what is the petitioner's own, when, in which duty and what for (个人信息保护法 第四十五条).

    Nobody is named in person; and who finds out about officials not by their unit and duty either.
    """

    async def ask(self, running: Running, by: By | None) -> Answer:
        assert by is not None
        own = await own_of(running, by)
        directory = await running.store.directories.at_hand()
        found = await rows(running.store, _LOOKS, own.petition, LOOKS_MAX)
        return Answer({"items": [_looked(row, directory) for row in found]})


def _looked(row: dict[str, Any], directory: Directory) -> dict[str, Any]:
    unit = directory.units.get(row["unit"] or "")
    role = Role(row["role"]) if row["role"] else None  # type: ignore[call-arg]
    said = {"role_title": role and role.title, "unit_name": unit and unit.name}
    titles = {
        "text_title": _called(row.pop("kind"), DocumentKind),
        "purpose_title": _called(row["purpose"], LookPurpose),
    }
    return row | said | titles


def _called(word: str, terms: type[Term]) -> str:
    """Return the title of a word; of one from before there was a list the word itself."""
    return terms(word).title if word in {*terms} else _PARTS_OF_A_LETTER.get(word, word)  # type: ignore[call-arg]


async def own_papers(running: Running, by: By) -> list[dict[str, Any]]:
    """Return the papers to the petitioner: those under the index of who wrote the petition, or of its only one.

    What was taken back before they had it is no answer to them, whoever had printed it.
    """
    own = await own_of(running, by)
    kinds = [kind for kind, form in KINDS.items() if form.to is To.petitioner]
    now = [own.case, own.answering]
    found = await rows(running.store, _PAPERS, own.petition, await _wherever(running, own, now), kinds, now)
    stand = await asyncio.gather(*(_stands(running, row) for row in found))
    return [row for row, stands in zip(found, stand, strict=True) if stands]


async def _wherever(running: Running, own: Own, now: list[UUID]) -> list[UUID]:
    """Return the cases in which the petition is and was, as far as they can be asked for now."""
    with suppress(SourceAway):
        return [*await once(partial(lines, running, now, own.petition))]
    return now


async def _stands(running: Running, row: dict[str, Any]) -> bool:
    """Find how far a paper is: an opinion that was printed before it was served is served with that, or taken back."""
    if row["kind"] in OPINIONS and row["served_at"] is None:
        with suppress(SourceAway):
            of = row["case_id"], row["petition_id"], row["document_no"]
            opinion = await once(partial(opinion_of, running, *of))
            if opinion.service is not None:
                row |= {"state": PaperState.served, "served_at": opinion.service.served_at}
            return not opinion.taken_back
    return True


_PROGRESS: Final = f"""
SELECT own.registration_no, nullif(v.registration_no, own.registration_no) AS merged_into, v.received_at, v.kind,
       v.closed_at, v.withdrawal_on, v.rate_until, own.id AS own, v.id AS answering, q.petition_id,
       under_seal(own.id) OR under_seal(v.id) AS sealed,
       CASE WHEN q.petition_id = ANY(v.no_longer_accepted) THEN 'no_longer_accepted' ELSE v.state END AS state
FROM query_code q JOIN case_view own ON own.id = q.case_id JOIN case_view v ON v.id = answering(q.case_id)
WHERE {OWN.condition}
"""  # noqa: S608  # a condition of ours
_PARTS: Final = f"""
SELECT v.registration_no, v.state, answering(v.id) AS answering,
       under_seal(v.id) OR under_seal(answering(v.id)) AS sealed
FROM query_code q JOIN case_view v ON v.split_from = q.case_id
WHERE {OWN.condition} ORDER BY v.id
"""  # noqa: S608  # a condition of ours
_PARTS_OF_A_LETTER: Final = {
    "petitioner": "姓名和联系方式", "attached": "信访件附页", "representative": "代表人身份", "roster": "信访人名单",
}  # fmt: skip
_LOOKS: Final = """
WITH RECURSIVE onward AS (
    SELECT case_id AS id FROM vault_key WHERE id = $1
    UNION SELECT CASE WHEN v.id = o.id THEN v.merged_into ELSE v.id END
    FROM onward o JOIN case_view v ON v.id = o.id OR v.split_from = o.id
), mine AS (
    SELECT own.id, own.case_id FROM vault_key own WHERE own.id = $1
    UNION
    SELECT k.id, k.case_id FROM vault_key own JOIN vault_key k ON k.persons && own.persons
    WHERE own.id = $1 AND k.case_id IN (SELECT id FROM onward)
)
SELECT l.looked_at AS at, i.kind, l.purpose, l.unit, l.role
FROM mine JOIN vault_item i ON i.case_id = mine.case_id AND i.key_id = mine.id JOIN look_view l ON l.content = i.id
WHERE l.role IS DISTINCT FROM 'petitioner' AND l.role IS DISTINCT FROM 'system'
ORDER BY l.looked_at DESC, l.id LIMIT $2
"""
"""What is written for somebody, or handed in by them, lies with the case that answers: theirs, one into which that has
gone, or one that was divided off it."""
_PAPERS: Final = """
SELECT p.id AS document_id, p.case_id, own.id AS petition_id, p.kind, p.document_no, p.state, p.issued_at, p.served_at
FROM paper_view p JOIN vault_key k ON k.id = p.id JOIN vault_key own ON own.id = $1 JOIN case_view v ON v.id = p.case_id
WHERE p.case_id = ANY($2::uuid[]) AND p.kind = ANY($3::text[]) AND NOT under_seal(p.case_id)
  AND (k.persons = own.persons OR (v.petitions = 1 AND k.persons IS NULL AND v.id = ANY($4::uuid[])))
ORDER BY p.issued_at, p.id
"""
