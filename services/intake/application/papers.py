"""Papers: composed from what is sent and what the vault holds, issued under a number, set again at any time."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from typing import Annotated, Any, Final, NamedTuple, TypeGuard
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Event
from contracts.ids import derived
from contracts.intake import PetitionsTakenOver
from contracts.periods.calendar import day
from contracts.vocabulary import DocumentKind, LookPurpose
from services.chassis.context import By
from services.chassis.errors import Conflict, NotFound
from services.chassis.fields import Body, Line
from services.chassis.history import Fact, facts, history
from services.chassis.questions import rows
from services.chassis.references import GivenOfficer, known_officer
from services.chassis.running import Running
from services.chassis.series import LAST, series_of, taken
from services.chassis.store import New
from services.chassis.views import Statement
from services.chassis.writer import Done
from services.intake.application.bearing_out import borne_out
from services.intake.application.depositing import lies_apart
from services.intake.application.doors import doors
from services.intake.application.looking import look, same_person
from services.intake.application.office import office
from services.intake.application.seeing import must_see
from services.intake.application.telling import let_know
from services.intake.domain import acceptance
from services.intake.domain.paper import (
    ApproverNotHead,
    ImpossibleDueDay,
    IssuedAlready,
    MissingField,
    NobodyToAddress,
    NotAnIssuer,
    Paper,
    TemplateChanged,
    UnknownField,
)
from services.intake.domain.registration import Registration
from services.intake.domain.saying import (
    OF_REGISTRATION,
    SAYING,
    Facts,
    Plate,
    Said,
    Service,
    had,
    named,
    said,
    taken_back,
)
from services.intake.domain.track import must_take_part
from services.intake.papers.kinds import KINDS, LABELS, PERSONNEL, PETITIONER, Form, Kind, To
from services.intake.papers.typesetting import NEWEST, sha256
from services.intake.papers.words import clean, one_line

CODE_BYTES: Final = 16
RACES_MAX: Final = 5
"""How often a number is asked for again after another process was faster; within this one they wait in line."""
FIELDS_MAX: Final = 40
ATTACHMENTS_MAX: Final = 40
DUE_DAYS_MAX: Final = 366
ANONYMOUS: Final = "匿名信访人"
"""For whom a paper is that is put up in public, or handed over to somebody who does not say who they are."""
NAME_MAX: Final = 20
"""How many characters a name may have that is kept on one line."""

Printed = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]


class Draft(Body):
    """What somebody must write in words; what is so is said by the case.

    The organ is the unit that acts, by the name that the directory has. Name and address of a petitioner are never sent
    here: they are taken from the vault.
    """

    kind: DocumentKind
    entry_id: Annotated[UUID | None, Field(description="The supervision or recommendation that the paper is of")] = None
    addressee: Annotated[
        Line | None, Field(description="An organ, by its code where the directory has it; unless the case says it")
    ] = None
    petition_id: UUID | None = None
    fields: Annotated[dict[str, Printed], Field(max_length=FIELDS_MAX)]
    attachments: Annotated[tuple[Line, ...], Field(max_length=ATTACHMENTS_MAX)] = ()
    approved_by: GivenOfficer
    supersedes: UUID | None = None


async def issue(running: Running, case: UUID, draft: Draft, by: By) -> Done:
    """Issue a paper under the number of what it says, and else under the next one of the unit's (第三十二条)."""
    kind = KINDS.get(draft.kind)
    if kind is None or by.role not in kind.issuers:
        raise NotAnIssuer(draft.kind.title)
    if (done := await running.store.stored(by)) is not None:
        return done
    registration = await running.store.known(Registration, case)
    before = await running.store.known(Paper, draft.supersedes) if draft.supersedes else None
    petition = draft.petition_id or next(iter(registration.petitions))
    if petition not in registration.every_petition:
        raise NotFound(str(petition))
    facts = await facts_of(running, registration, petition, draft, by)
    must_take_part(registration, by, facts.directory)
    organises = any(facts.directory.organises(by.unit, unit) for unit in registration.receivers)
    if not organises and by.role not in PERSONNEL:
        await must_see(running, case, by)
    so = said(draft.kind, facts)
    _check(kind, draft, so)
    if kind.goes_out:
        await _must_be_approved(running, draft, by)
    else:  # anybody looks at what is for the file alone
        await known_officer(running.store, draft.approved_by)
    _must_come(draft.fields.get("due_on"), day(by.at))
    if facts.words:
        so = said(draft.kind, replace(facts, words=await _words(running, case, facts.words, by)))
    data = await _composed(running, case, kind, draft, facts, so, by)
    person = await same_person(running, petition)
    paper = _Ready(registration, before, draft, so, data, person)
    if so.number is not None:
        return await _as_on_record(running, paper, so.number, by)
    series = series_of(facts.directory.mark(by.unit), kind.mark, day(by.at).year)
    async with office(running).lines[series]:
        for _ in range(RACES_MAX):
            try:
                return await _numbered(running, paper, series, by)
            except Conflict:
                continue
    raise Conflict(series)


async def printed(running: Running, case: UUID, document: UUID, by: By) -> bytes:
    """Set a paper again, byte for byte; the look into the vault is recorded first."""
    paper = await running.store.load(Paper, document)
    await must_see(running, case, by, paper.unit if paper.exists and paper.of == case else None)
    if (
        not paper.exists
        or paper.of != case
        or (data := await look(running, case, document, LookPurpose.print_paper, by)) is None
    ):
        raise NotFound(str(document))
    pdf = await office(running).typeset(data)
    if sha256(pdf) != paper.pdf_sha256:
        raise TemplateChanged(paper.document_no)
    return pdf


async def facts_of(running: Running, registration: Registration, petition: UUID, draft: Draft, by: By) -> Facts:
    """Return all that the paper is made from; those are asked who know it. Raises ``Unavailable``."""
    directory = await running.store.directories.knowing(by.unit)
    told: list[Fact] = []
    before: list[list[Fact]] = []
    if draft.kind in SAYING and draft.kind not in OF_REGISTRATION:
        case, sources = registration.id, running.sources
        asked = [sources.history("assignment", case), sources.history("mediation", case)]
        if draft.entry_id is not None:
            asked.append(sources.history("accountability", draft.entry_id))
        own = facts(case, await history(running.store.recorder, case))
        told = [*own, *chain.from_iterable(await asyncio.gather(*asked))]
        told.sort(key=lambda fact: fact.event.timestamp)
        if draft.kind is DocumentKind.acceptance_notice and petition in registration.others:
            before = await _before(running, own, petition)
    known = Facts(
        registration, told, directory, by.unit, petition, draft.addressee, draft.fields, before=before,
        borne_out=await borne_out(running, registration, told),
    )  # fmt: skip
    return replace(known, plates=await _plates(running, known, named(draft.kind, known)))


async def _before(running: Running, own: Sequence[Fact], petition: UUID) -> list[list[Fact]]:
    """Return what happened in each of the cases with which a petition has come into one. Raises ``Unavailable``."""
    found: list[list[Fact]] = []
    while taken := [event for event in (fact.event for fact in own) if _brought(event, petition)]:
        case = taken[-1].from_case
        own = facts(case, await history(running.store.recorder, case))
        found.insert(0, [*own, *await running.sources.history("mediation", case)])
    return found


def _brought(event: Event, petition: UUID) -> TypeGuard[PetitionsTakenOver]:
    return isinstance(event, PetitionsTakenOver) and petition in event.petitions


class Standing(NamedTuple):
    """How a petitioner has had an opinion, if they have, and whether it was taken back before anybody had it."""

    service: Service | None
    taken_back: bool


async def opinion_of(running: Running, case: UUID, petition: UUID, opinion_no: str) -> Standing:
    """Return what has become of an opinion; mediation is asked, for it serves it. Raises ``SourceAway``."""
    registration = await running.store.known(Registration, case)
    told = await running.sources.history("mediation", case)
    facts = Facts(registration, told, running.store.directories.current, "", petition)
    return Standing(had(facts, opinion_no), taken_back(facts, opinion_no))


async def _plates(running: Running, facts: Facts, officers: set[str]) -> dict[str, Plate]:
    """Return what stands on the doors of some officers, which the directory alone has. Raises ``Unavailable``."""
    found: dict[str, Plate] = {}
    for officer in sorted(officers):
        units = facts.directory.units_of(officer)
        for unit in sorted(units, key=lambda unit: (unit != facts.unit, unit))[:1]:
            on = await doors(running, unit)
            found |= {one.officer: Plate(one.name, one.post, unit, one.phone) for one in on}
    return found


async def _words(running: Running, case: UUID, wanted: Iterable[UUID], by: By) -> dict[UUID, str]:
    """Return what was typed beside what a paper says; that somebody looked is on record. Raises ``NotFound``."""
    found = {}
    for one in wanted:
        if (typed := await look(running, case, one, LookPurpose.issue_paper, by, counts=False)) is None:
            raise NotFound(str(one))
        found[one] = typed["text"]
    return found


class _Ready(NamedTuple):
    """A paper that lacks its number only."""

    registration: Registration
    before: Paper | None
    draft: Draft
    so: Said
    data: dict[str, Any]
    person: Sequence[bytes]


async def _as_on_record(running: Running, ready: _Ready, number: str, by: By) -> Done:
    """Issue under the number of what the paper says, once for each petitioner. Raises ``IssuedAlready``."""
    draft, whose = ready.draft, ready.draft.petition_id
    series = f"{draft.kind}/{number}/{whose}" if whose in ready.registration.others else f"{draft.kind}/{number}"
    edition = derived(ready.before.id, "again") if ready.before else Paper.stream(series, 1)
    try:
        return await _issued(running, ready, edition, number, 0, by)
    except Conflict:
        raise IssuedAlready(number) from None


async def _numbered(running: Running, ready: _Ready, series: str, by: By) -> Done:
    """Issue under the number after the last one that is stored. Raises ``Conflict`` where it is taken by now.

    It is printed on the page, so it has to be known before anything is written.
    """
    [row] = await rows(running.store, LAST, series)
    sequence = row["last"] + 1
    key, number = Paper.stream(series, sequence), f"{series}{sequence}号"
    return await _issued(running, ready, key, number, sequence, by, taken(series, sequence))


async def _issued(
    running: Running, ready: _Ready, key: UUID, number: str, sequence: int, by: By, *beside: Statement
) -> Done:
    registration, before, draft, so, data, person = ready
    if so.undoes:  # what is stored with the paper is decided over what is so now
        registration = await running.store.known(Registration, registration.id)
    whole = data | {"number": so.typed_as or number}
    pdf = await office(running).typeset(whole)
    apart, items = await lies_apart(running, registration.id), {key: (str(draft.kind), whole)}

    def opening() -> New:
        sealed = office(running).vault.seal(registration.id, key, items, index=person, apart=apart)
        paper = Paper.blank(key)
        paper.issue(
            registration, before, at=by.at, kind=draft.kind, document_no=number, sequence=sequence, unit=by.unit,
            signer=by.actor, approver=draft.approved_by, content_sha256=sealed.sha256, pdf_sha256=sha256(pdf),
            template=NEWEST,
        )  # fmt: skip
        if so.service is not None:
            paper.was_served(*so.service, at=by.at)
        if so.puts_right is not None:
            paper.order_correction(so.puts_right, date.fromisoformat(draft.fields["due_on"].strip()), at=by.at)
            if so.undoes:
                acceptance.put_right(registration, so.undoes, key, at=by.at)
        reply = {"case_id": registration.id, "document_id": key, "document_no": number, "pdf_sha256": sha256(pdf)}
        return New(paper, reply, [*sealed.statements, *beside], [registration] if so.undoes else [])

    done = await running.store.create(opening, by=by)
    if so.undoes:  # whoever was turned away is handed on at once
        await let_know(running, registration.id)
    return done


async def _composed(
    running: Running, case: UUID, kind: Kind, draft: Draft, facts: Facts, so: Said, by: By
) -> dict[str, Any]:
    """Return all that is printed but the number."""
    person: Mapping[str, str | None] = {"name": so.addressee or facts.name(draft.addressee or "")}
    values = {**draft.fields, **so.items}
    whose = (
        await look(running, case, facts.petition, LookPurpose.issue_paper, by) if kind.names_petitioner else None
    ) or {}
    if PETITIONER in kind.printed:
        values[PETITIONER] = one_line(whose.get("name") or "") or ANONYMOUS
    if kind.to is To.petitioner:
        person = whose
        if not person and kind.form is Form.letter:
            if not facts.registration.anonymous:
                raise NobodyToAddress
            person = {"name": ANONYMOUS}
    dated, addressee, organ = day(so.at or by.at), one_line(person.get("name") or ""), one_line(facts.name(by.unit))
    names = {values.get(PETITIONER, ""), addressee, organ, *(unit.name for unit in facts.directory.units.values())}
    printed = " ".join([*values.values(), so.remedy, addressee, organ])
    return {
        "template": NEWEST,
        "form": kind.form,
        "organ": organ,
        "title": draft.kind.title,
        "addressee": addressee,
        "address": one_line(person.get("address") or ""),
        "names": sorted(name for name in names if 0 < len(name) <= NAME_MAX and name in printed),
        "opening": kind.opening,
        "items": [{"label": LABELS[name], "value": clean(values[name])} for name in kind.printed],
        "basis": list(so.basis or kind.basis),
        "remedy": so.remedy or kind.remedy,
        "attachments": [one_line(name) for name in draft.attachments],
        "signatures": list(kind.signatures),
        "date": [dated.year, dated.month, dated.day],
        "issued_at": by.at.isoformat(),
        "code": secrets.token_hex(CODE_BYTES),
    }


async def _must_be_approved(running: Running, draft: Draft, by: By) -> None:
    """Raise ``ApproverNotHead`` unless a head of the unit, or who acts in a head's stead, has approved the paper."""
    directories = running.store.directories
    used = directories.current
    while not used.is_head(draft.approved_by, by.unit, day(by.at)):
        if not await directories.renew(used):
            raise ApproverNotHead(draft.approved_by)
        used = directories.current


def _must_come(written: str | None, today: date) -> None:
    """Raise ``ImpossibleDueDay`` for a due day that is none, is over, or is too far away to be meant."""
    if written is None:
        return
    try:
        due_on = date.fromisoformat(written.strip())
    except ValueError:
        raise ImpossibleDueDay from None
    if not today <= due_on <= today + timedelta(DUE_DAYS_MAX):
        raise ImpossibleDueDay(str(due_on))


def _check(kind: Kind, draft: Draft, so: Said) -> None:
    """Raise ``MissingField`` or ``UnknownField`` with the field's name, in the words that are printed."""
    wanted = [name for name in kind.written if name not in so.items]
    missing = [f"{LABELS[name]}（{name}）" for name in wanted if name not in draft.fields]
    if kind.to is To.organ and not (so.addressee or draft.addressee):
        missing.append("主送机关（addressee）")
    if missing:
        raise MissingField("、".join(missing))
    if unknown := [LABELS.get(name, "其他") for name in draft.fields if name not in wanted]:
        raise UnknownField("、".join(unknown))
