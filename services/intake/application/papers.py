"""Papers: issued under a number, set again at any time, served or refused."""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.ids import derived
from contracts.periods.calendar import day
from contracts.vocabulary import DocumentKind, ServiceMethod
from services.chassis.context import By
from services.chassis.database import AWAY
from services.chassis.errors import Conflict, NotFound, Unavailable
from services.chassis.questions import rows
from services.chassis.register import Register
from services.chassis.store import New, Store
from services.chassis.writer import Done
from services.intake import views
from services.intake.application.intake import OFFICERS, Intake
from services.intake.domain.paper import (
    MissingField,
    NobodyToAddress,
    NotAnIssuer,
    Paper,
    TemplateChanged,
    UnknownField,
    Unprintable,
    book,
)
from services.intake.domain.registration import Disclosure, Registration
from services.intake.papers.kinds import KINDS, LABELS, Form, Kind, To
from services.intake.papers.typesetting import NEWEST, CannotBeSet, sha256, typeset
from services.intake.vault import Vault

CODE_BYTES: Final = 16
RACES_MAX: Final = 5
"""How often a number is asked for again after another process was faster; within this one they wait in line."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A paper before it has a number."""

    kind: DocumentKind
    organ: str
    addressee: str | None
    petition: UUID | None
    fields: Mapping[str, str]
    attachments: Sequence[str]
    approver: str
    supersedes: UUID | None


class Papers:
    """What can be done with papers."""

    def __init__(self, store: Store, vault: Vault, font_dir: Path | None) -> None:
        self.store = store
        self.vault = vault
        self.font_dir = font_dir
        self.intake = Intake(store, vault)
        self.cases: Register[Registration] = Register(store, views.CASES, "case")
        self.papers: Register[Paper] = Register(store, views.PAPERS, "document")
        self._lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def issue(self, case: UUID, draft: Draft, *, by: By) -> Done:
        """Issue a paper under the next number of the unit's book (第二十三条, 第三十二条)."""
        kind = KINDS.get(draft.kind)
        if kind is None or by.role not in kind.issuers:
            raise NotAnIssuer(draft.kind.title)
        _check(kind, draft)
        registration = await self.cases.found(case)
        before = await self.papers.found(draft.supersedes) if draft.supersedes else None
        petition = draft.petition or next(iter(registration.petitions))
        if petition not in registration.petitions:
            raise NotFound(str(petition))
        data = await self._composed(registration, kind, draft, petition, by)
        await self._must_be_printable(data)
        person = await self._person(petition)
        numbered = book(by.unit, kind.prefix, by.at)
        async with self._lines[numbered]:
            for _ in range(RACES_MAX):
                try:
                    return await self._numbered(registration, before, draft, data, person, numbered, by)
                except Conflict:
                    continue
        raise Conflict(numbered)

    async def pdf(self, case: UUID, document: UUID, *, by: By) -> bytes:
        """Set a paper again, byte for byte; the look into the vault is recorded first."""
        by.must_be(*OFFICERS)
        paper = await self._of_case(case, document)
        data = await self._looked_up(case, document, "print_paper", by)
        if data is None:
            raise NotFound(str(document))
        pdf = await typeset(data, self.font_dir)
        if sha256(pdf) != paper.pdf_sha256:
            raise TemplateChanged(paper.document_no)
        return pdf

    async def serve(
        self,
        case: UUID,
        document: UUID,
        method: ServiceMethod,
        served_at: datetime | None,
        receipt: str,
        *,
        consent: bool,
        by: By,
    ) -> Done:
        """Record that a paper reached whom it is for."""
        by.must_be(*OFFICERS)
        await self._of_case(case, document)
        return await self.papers.change(
            document, lambda p: p.serve(method, served_at or by.at, receipt, consent=consent, at=by.at), by=by
        )

    async def refuse(self, case: UUID, document: UUID, refused_at: datetime | None, receipt: str, *, by: By) -> Done:
        """Record that a paper was not taken."""
        by.must_be(*OFFICERS)
        await self._of_case(case, document)
        return await self.papers.change(document, lambda p: p.refuse(refused_at or by.at, receipt, at=by.at), by=by)

    async def _of_case(self, case: UUID, document: UUID) -> Paper:
        paper = await self.papers.found(document)
        if paper.of != case:
            raise NotFound(str(document))
        return paper

    async def _numbered(
        self,
        registration: Registration,
        before: Paper | None,
        draft: Draft,
        data: dict[str, Any],
        person: bytes | None,
        numbered: str,
        by: By,
    ) -> Done:
        """Issue under the number after the last one that is stored. Raises ``Conflict`` where it is taken by now."""
        [last] = await rows(self.store, _LAST, numbered)
        sequence = last["sequence"] + 1
        number = f"{KINDS[draft.kind].prefix}〔{day(by.at).year}〕{sequence}号"
        whole = data | {"number": number}
        key, pdf = Paper.stream(numbered, sequence), await typeset(whole, self.font_dir)

        def opening() -> New:
            sealed = self.vault.seal(registration.id, key, {key: (draft.kind, whole)}, index=person)
            paper = Paper.blank(key)
            paper.issue(
                registration, before, at=by.at, kind=draft.kind, document_no=number, sequence=sequence, unit=by.unit,
                signer=by.actor, approver=draft.approver, content_sha256=sealed.sha256, pdf_sha256=sha256(pdf),
                template=NEWEST,
            )  # fmt: skip
            reply = {"case_id": registration.id, "document_id": key, "document_no": number, "pdf_sha256": sha256(pdf)}
            return New(paper, reply, sealed.statements)

        return await self.store.create(opening, by=by)

    async def _must_be_printable(self, data: dict[str, Any]) -> None:
        """Raise ``Unprintable`` with the field in which a character stands that no glyph is there for."""
        try:
            await typeset(data | {"number": ""}, self.font_dir)
        except CannotBeSet:
            for item in data["items"]:
                try:
                    await typeset(data | _EMPTY | {"items": [item]}, self.font_dir)
                except CannotBeSet:
                    raise Unprintable(item["label"]) from None
            raise Unprintable("发文机关、主送或者附件") from None

    async def _composed(
        self, registration: Registration, kind: Kind, draft: Draft, petition: UUID, by: By
    ) -> dict[str, Any]:
        """Return all that is printed but the number."""
        person: Mapping[str, str | None] = {"name": draft.addressee}
        if kind.to is To.petitioner:
            person = await self._looked_up(registration.id, petition, "issue_paper", by) or {}
            if not person and kind.form is Form.letter:
                raise NobodyToAddress
        on = day(by.at)
        return {
            "template": NEWEST,
            "form": kind.form,
            "organ": draft.organ,
            "title": draft.kind.title,
            "addressee": person.get("name") or "",
            "address": person.get("address") or "",
            "opening": kind.opening,
            "items": [{"label": LABELS[name], "value": draft.fields[name]} for name in kind.required],
            "basis": list(kind.basis),
            "remedy": kind.told_remedy,
            "attachments": list(draft.attachments),
            "signatures": list(kind.signatures),
            "date": [on.year, on.month, on.day],
            "issued_at": by.at.isoformat(),
            "code": secrets.token_hex(CODE_BYTES),
        }

    async def _person(self, petition: UUID) -> bytes | None:
        """Return the blind index of who petitioned: what was written to them is erased with what they wrote."""
        try:
            return await self.vault.person(self.store.database, petition)
        except AWAY as error:
            raise Unavailable from error

    async def _looked_up(self, case: UUID, item: UUID, purpose: str, by: By) -> Any:  # noqa: ANN401  # what was sealed
        """Return what lies in the vault, if anything; that somebody looked is on record before."""
        try:
            await self.intake.must_be_readable(case, by)
            if not await self.vault.holds(self.store.database, case, item):
                return None
            looking = msgspec.structs.replace(by, command_id=derived(by.command_id, "look"), expected_versions=None)
            disclosure = Disclosure.blank(looking.command_id)
            disclosure.disclose(case, item, purpose, at=by.at)
            await self.store.create(lambda: New(disclosure), by=looking)
            return await self.vault.open(self.store.database, case, item)
        except AWAY as error:
            raise Unavailable from error


_EMPTY: Final = {"organ": "", "number": "", "addressee": "", "address": "", "attachments": []}
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
