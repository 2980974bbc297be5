"""Papers: composed from what is sent and what the vault holds, issued under a number, set again at any time."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.periods.calendar import day
from contracts.vocabulary import DocumentKind
from services.chassis.context import By
from services.chassis.errors import Conflict, NotFound
from services.chassis.fields import Body, Code, Line
from services.chassis.questions import rows
from services.chassis.running import Running
from services.chassis.store import New
from services.chassis.writer import Done
from services.intake.application.looking import look, same_person
from services.intake.application.office import office
from services.intake.domain.paper import (
    MissingField,
    NobodyToAddress,
    NotAnIssuer,
    Paper,
    TemplateChanged,
    UnknownField,
    book,
)
from services.intake.domain.registration import Registration
from services.intake.papers.kinds import KINDS, LABELS, Form, Kind, To
from services.intake.papers.typesetting import NEWEST, sha256, typeset
from services.intake.papers.words import clean, one_line

CODE_BYTES: Final = 16
RACES_MAX: Final = 5
"""How often a number is asked for again after another process was faster; within this one they wait in line."""
FIELDS_MAX: Final = 40
ATTACHMENTS_MAX: Final = 40
NAME_MAX: Final = 20
"""How many characters a name may have that is kept on one line."""

Printed = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]


class Draft(Body):
    """What is printed: the organ, the fields of the kind, and, for what goes to an organ, whom it is addressed to.

    Name and address of a petitioner are never sent here: they are taken from the vault.
    """

    kind: DocumentKind
    organ: Line
    addressee: Line | None = None
    petition_id: UUID | None = None
    fields: Annotated[dict[str, Printed], Field(max_length=FIELDS_MAX)]
    attachments: Annotated[tuple[Line, ...], Field(max_length=ATTACHMENTS_MAX)] = ()
    approved_by: Code
    supersedes: UUID | None = None


async def issue(running: Running, case: UUID, draft: Draft, by: By) -> Done:
    """Issue a paper under the next number of the unit's book (第二十三条, 第三十二条)."""
    kind = KINDS.get(draft.kind)
    if kind is None or by.role not in kind.issuers:
        raise NotAnIssuer(draft.kind.title)
    _check(kind, draft)
    registration = await running.store.known(Registration, case)
    before = await running.store.known(Paper, draft.supersedes) if draft.supersedes else None
    petition = draft.petition_id or next(iter(registration.petitions))
    if petition not in registration.petitions:
        raise NotFound(str(petition))
    data = await _composed(running, case, kind, draft, petition, by)
    person = await same_person(running, petition)
    numbered = book(by.unit, kind.prefix, by.at)
    async with office(running).lines[numbered]:
        for _ in range(RACES_MAX):
            try:
                return await _numbered(running, registration, before, draft, data, person, numbered, by)
            except Conflict:
                continue
    raise Conflict(numbered)


async def printed(running: Running, case: UUID, document: UUID, by: By) -> bytes:
    """Set a paper again, byte for byte; the look into the vault is recorded first."""
    paper = await running.store.known(Paper, document)
    if paper.of != case or (data := await look(running, case, document, "print_paper", by)) is None:
        raise NotFound(str(document))
    pdf = await typeset(data, office(running).font_dir)
    if sha256(pdf) != paper.pdf_sha256:
        raise TemplateChanged(paper.document_no)
    return pdf


async def _numbered(
    running: Running,
    registration: Registration,
    before: Paper | None,
    draft: Draft,
    data: dict[str, Any],
    person: Sequence[bytes],
    numbered: str,
    by: By,
) -> Done:
    """Issue under the number after the last one that is stored. Raises ``Conflict`` where it is taken by now."""
    [last] = await rows(running.store, _LAST, numbered)
    sequence = last["sequence"] + 1
    number = f"{KINDS[draft.kind].prefix}〔{day(by.at).year}〕{sequence}号"
    whole = data | {"number": number}
    key, pdf = Paper.stream(numbered, sequence), await typeset(whole, office(running).font_dir)

    def opening() -> New:
        sealed = office(running).vault.seal(registration.id, key, {key: (draft.kind, whole)}, index=person)
        paper = Paper.blank(key)
        paper.issue(
            registration, before, at=by.at, kind=draft.kind, document_no=number, sequence=sequence, unit=by.unit,
            signer=by.actor, approver=draft.approved_by, content_sha256=sealed.sha256, pdf_sha256=sha256(pdf),
            template=NEWEST,
        )  # fmt: skip
        reply = {"case_id": registration.id, "document_id": key, "document_no": number, "pdf_sha256": sha256(pdf)}
        return New(paper, reply, sealed.statements)

    return await running.store.create(opening, by=by)


async def _composed(running: Running, case: UUID, kind: Kind, draft: Draft, petition: UUID, by: By) -> dict[str, Any]:
    """Return all that is printed but the number."""
    person: Mapping[str, str | None] = {"name": draft.addressee}
    if kind.to is To.petitioner:
        person = await look(running, case, petition, "issue_paper", by) or {}
        if not person.get("name") and kind.form is Form.letter:
            raise NobodyToAddress
    on, addressee, organ = day(by.at), one_line(person.get("name") or ""), one_line(draft.organ)
    return {
        "template": NEWEST,
        "form": kind.form,
        "organ": organ,
        "title": draft.kind.title,
        "addressee": addressee,
        "address": one_line(person.get("address") or ""),
        "names": [name for name in (addressee, organ) if 0 < len(name) <= NAME_MAX],
        "opening": kind.opening,
        "items": [{"label": LABELS[name], "value": clean(draft.fields[name])} for name in kind.required],
        "basis": list(kind.basis),
        "remedy": kind.told_remedy,
        "attachments": [one_line(name) for name in draft.attachments],
        "signatures": list(kind.signatures),
        "date": [on.year, on.month, on.day],
        "issued_at": by.at.isoformat(),
        "code": secrets.token_hex(CODE_BYTES),
    }


_LAST: Final = "SELECT coalesce(max(sequence), 0) AS sequence FROM paper_view WHERE book = $1"


def _check(kind: Kind, draft: Draft) -> None:
    """Raise ``MissingField`` or ``UnknownField`` with the field's name, in the words that are printed."""
    missing = [f"{LABELS[name]}（{name}）" for name in kind.required if name not in draft.fields]
    if kind.to is To.organ and not draft.addressee:
        missing.append("主送机关（addressee）")
    if missing:
        raise MissingField("、".join(missing))
    if unknown := [LABELS.get(name, "其他") for name in draft.fields if name not in kind.required]:
        raise UnknownField("、".join(unknown))
