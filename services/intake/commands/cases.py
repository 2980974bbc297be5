"""The commands by which petitions become cases; nothing can refuse a registration (第二十二条)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import Annotated, Any, ClassVar, Final, Generic, Literal, TypeVar
from uuid import UUID

from msgspec.structs import replace
from pydantic import Field

from contracts.event import Event
from contracts.intake import NoticeReturned, ReceiptCorrected, ToldAgain
from contracts.vocabulary import ContentCategory, DocumentKind, Kind, LookPurpose, ReturnedPaper, Role, Route
from services.chassis.aggregate import Aggregate
from services.chassis.commands import Command, Entry, OnEntry, Reply
from services.chassis.context import By
from services.chassis.deliveries import Again, Returned
from services.chassis.directory import Directory
from services.chassis.entry import CaseEntry
from services.chassis.errors import Conflict, NotFound, SourceAway
from services.chassis.fields import CLAIMS_MAX, Text
from services.chassis.recusal import FOR_NO_UNIT
from services.chassis.references import (
    BlamedOfficer,
    BlamedUnit,
    NamedCase,
    Refers,
)
from services.chassis.rights.asker import Strange
from services.chassis.running import Running
from services.chassis.sent import Sent
from services.chassis.slips import CorrectReceipt
from services.chassis.source import once, patience, patiently
from services.chassis.store import New
from services.chassis.texts import CaseText
from services.chassis.views import Statement
from services.chassis.writer import Done
from services.intake.application.answering import answering, parts_of
from services.intake.application.depositing import deposit, lies_apart
from services.intake.application.disclosing import handlers, is_left_at_that, is_settled
from services.intake.application.looking import has_withdrawn, look, same_person, under_seal
from services.intake.application.office import CLERKS, OFFICERS, RECEIVERS, office
from services.intake.application.registering import (
    LETTER_BYTES_MAX,
    IfReadable,
    Petition,
    RegistrationNo,
    ShownContent,
    receipt,
    received,
)
from services.intake.application.seeing import must_know
from services.intake.application.telling import let_know
from services.intake.domain import claims, classification, filing, grouping, track
from services.intake.domain.registration import Registration
from services.intake.domain.texts import Document
from services.intake.vault import OTHER_CODES

A = TypeVar("A", bound=Aggregate)
E = TypeVar("E", bound=CaseEntry)
ACCUSED_MAX: Final = 20

KnownCase = Annotated[NamedCase, Refers(Registration)]


class OfCase(Reply):
    """Which case it was."""

    case_id: UUID


class Registered(OfCase):
    """The receipt: keep the query code, it is shown to nobody else."""

    petition_id: UUID
    registration_no: str
    query_code: str


class Deposited(OfCase):
    """Where the text lies, and the digest of its ciphertext."""

    document_id: UUID
    content_sha256: str


class OnCase(Command[Registration], reply=OfCase):
    """A command on a case, in which nobody acts who keeps out of it; of a report no unit learns that it exists."""

    case_id: UUID
    known_at_once: ClassVar[bool] = False
    """Whether those who hand the case on or handle it know before it is answered: they may decide otherwise for it."""

    def decide(self, r: Registration, by: By, /) -> dict[str, Any]:
        track.must_take_part(r, by, self.directory)
        return super().decide(r, by)

    async def run(self, running: Running, by: By) -> Done:
        done = await super().run(running, by)
        if self.known_at_once:
            await let_know(running, self.case_id)
        return done


class AtTheDoor(OnCase):
    """A command on a case by who received it or has it to handle, or by a bureau that stands over one of these."""

    _having: Collection[str]

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        self._having = await having(running, await running.store.known(Registration, self.case_id), by)

    def decide(self, r: Registration, by: By, /) -> dict[str, Any]:
        self.must_be_here(r, by)
        return super().decide(r, by)

    def must_be_here(self, r: Registration, by: By) -> None:
        """Call the rules."""
        track.must_take_part(r, by, self.directory)
        track.must_be_at_the_door(r, by.unit, self.directory, self._having)


async def having(running: Running, r: Registration, by: By) -> Collection[str]:
    """Return who has a case, where somebody acts who is not at the door anyhow: that is known elsewhere."""
    here = track.is_at_the_door(r, by.unit, running.store.directories.current)
    return () if here or r.set_apart else await handlers(running, r.id)


class OnCaseEntry(OnEntry[E], Generic[E]):
    """A command on an entry about a case, by nobody who keeps out of that."""

    async def of_case(self, running: Running, by: By) -> UUID:
        """Return the case that the entry is about."""
        entry = await running.store.known(self.aggregate, self.stream(by))
        assert entry.case is not None
        return entry.case

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        self.referred["of_case"] = about = await running.store.known(Registration, await self.of_case(running, by))
        track.must_take_part(about, by, self.directory)

    @property
    def barred(self) -> frozenset[str]:
        about: Registration = self.referred["of_case"]
        return self.directory.off_limits(about.accused_units, about.accused_persons)


class AboutCase(Entry[A], Generic[A]):
    """An entry about a case that is on file."""

    case_id: KnownCase

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        track.must_take_part(self.referred["case_id"], by, self.directory)


class AboutCaseHere(AboutCase[A], Generic[A]):
    """The same, by who has something to do with the case."""

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        r: Registration = self.referred["case_id"]
        track.must_be_at_the_door(r, by.unit, self.directory, await having(running, r, by))


class RegisterPetition(
    Entry[Registration], Petition, path="/petitions", by=RECEIVERS, called="登记", reply=Registered,
    location="/cases/{case_id}",
):  # fmt: skip
    """Register a petition; a new case exists (第二十二条、第二十三条).

    A letter, visit, call, fax or web form; without petitioner where it is anonymous. What is a `report` about an
    official lies apart from its first moment: nobody behind the door ever hears of it but of its receipt (第三十条).
    """

    bytes_max: ClassVar[int] = LETTER_BYTES_MAX
    takes: ClassVar[int] = 10
    entry = "case"

    report: Annotated[bool | None, IfReadable] = None

    async def run(self, running: Running, by: By) -> Done:
        codes, directory = {}, await running.store.directories.at_hand()

        def opening() -> New:  # numbered and sealed when its turn has come, many in a row: that is cheaper (writer)
            registration = Registration.blank(self.stream(by))
            petition = received(office(running).vault, directory, registration.id, self, by, apart=bool(self.report))
            codes["query_code"] = petition.code
            direct = _came_to_a_unit(running, by)
            if self.report:
                track.set_apart(registration, at=by.at)
            filing.register(registration, at=by.at, direct=direct, came_from=self.came_from, **petition.facts)
            if self.report:
                classification.take_for_report(registration, running.store.directories.current, at=by.at)
            return New(registration, petition.reply(registration.id), petition.statements)

        return receipt(await running.store.create(opening, by=by), **codes)


class AttachPetition(
    OnCase, Petition, path="/cases/{case_id}/petitions", by=RECEIVERS, called="重复信访登记", status=201,
    reply=Registered, location="/cases/{case_id}",
):  # fmt: skip
    """Register a repeat petition and attach it to its case, or to the one into which that has gone (第二十二条).

    It is registered like any other and has its own query code. Who has nothing to do with the case attaches to it only
    what comes with the number of an earlier receipt, and registers anything else as a case of its own.
    """

    bytes_max: ClassVar[int] = LETTER_BYTES_MAX
    earlier_no: Annotated[
        RegistrationNo | None, IfReadable, Field(description="The number on the receipt of a petition of the case")
    ] = None

    async def is_theirs(self, running: Running, by: By) -> bool:  # noqa: ARG002  # the receipt says it of anybody
        """Return whether somebody has shown the receipt of a petition of the case."""
        if self.earlier_no is None:
            return False
        case = await running.store.load(Registration, self.case_id)
        return self.earlier_no in {one.registration_no for one in case.petitions.values()}

    async def run(self, running: Running, by: By) -> Done:
        shown = await self.is_theirs(running, by)
        if by.role in FOR_NO_UNIT and not shown:
            raise Strange(str(self.case_id))
        by = replace(by, has_to_do=by.has_to_do or shown)
        try:
            for one in await must_know(running, self.case_id, by):
                _must_join(one, by, running.store.directories.current)
        except NotFound as kept:
            raise Strange(str(self.case_id)) from kept
        case = await answering(running, self.case_id)
        apart = await lies_apart(running, case)
        directory = await running.store.directories.at_hand()
        petition = received(office(running).vault, directory, case, self, by, apart=apart)
        before = await running.store.known(Registration, case)
        known = await same_person(running, *before.every_petition, *before.spoken_for)
        same = not {*known}.isdisjoint(petition.persons)
        same = same and not await has_withdrawn(running, before, petition.persons)
        had = before.open and before.answered_at is not None
        undone = had and petition.facts["claims"] > before.claims and not await _told(is_settled, running, case)
        later = same and before.open and not undone and await _told(is_left_at_that, running, case, otherwise=had)

        def act(registration: Registration) -> dict[str, Any]:
            _must_join(registration, by, running.store.directories.current)
            direct = _came_to_a_unit(running, by)
            filing.attach(
                registration, at=by.at, same_petitioner=same, undone=undone, later=later, direct=direct,
                **petition.facts,
            )  # fmt: skip
            return petition.reply(case)

        done = await running.store.change(Registration, case, act, by=by, statements=petition.statements)
        return receipt(done, query_code=petition.code)


def _must_join(r: Registration, by: By, directory: Directory) -> None:
    """Let nobody attach anything to a case that is kept from them; at the window nobody may know of a report.

    Raises ``NotFound`` and ``MustKeepOut``.
    """
    if r.confidential and by.role in FOR_NO_UNIT:
        raise NotFound(str(r.id))
    track.must_be_among_who_know(r, by, directory)
    track.must_take_part(r, by, directory)


def _came_to_a_unit(running: Running, by: By) -> bool:
    """Return whether somebody takes in for a unit itself, and not for a petition bureau (第二十三条第一款)."""
    return by.role is Role.unit_receiver or running.store.directories.current.is_no_bureau(by.unit)


async def _told(
    asked: Callable[[Running, UUID], Awaitable[bool]], running: Running, case: UUID, *, otherwise: bool = True
) -> bool:
    """Return what others say of an answer: a review may have revoked it. Nobody is refused because they are away."""
    try:
        return await patiently(partial(once, partial(asked, running, case)), patience())
    except SourceAway:
        return otherwise


class TellApart(OnCase):
    """A command that says of what kind a case is; what lies with a report is under a key of its own from then on."""

    kind: Kind
    route: Route
    category: ContentCategory
    anew: ClassVar[bool] = False
    """Whether it was told apart before, and so may have been a report until now."""

    _keys: Sequence[Statement] = ()

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        apart = self.kind is Kind.report_accusation
        if apart or self.anew:
            self._keys = await office(running).vault.rewrapped(running.store.database, self.case_id, apart=apart)

    def statements(self) -> Sequence[Statement]:
        return self._keys


class ClassifyCase(
    TellApart, path="/cases/{case_id}/classification", by=(Role.bureau_officer, Role.unit_receiver), called="甄别分类"
):
    """Classify a case, choose its legal route, and say which units it complains of (第二十八条至第三十一条)."""

    accused_units: list[BlamedUnit] = Field(default_factory=list, max_length=ACCUSED_MAX)
    accused_persons: list[BlamedOfficer] = Field(default_factory=list, max_length=ACCUSED_MAX)

    def act(self, r: Registration, by: By) -> None:
        as_receiver = by.role is Role.unit_receiver
        classification.classify(
            r, self.kind, self.route, self.category, self.directory, at=by.at, unit=by.unit, as_receiver=as_receiver,
            accused_units=self.accused_units, accused_persons=self.accused_persons,
        )  # fmt: skip


class CorrectClassification(
    TellApart, path="/cases/{case_id}/classification/correction", by=(Role.bureau_officer, Role.unit_receiver),
    called="更正分类",
):  # fmt: skip
    """Put right how a case was told apart, before it is answered, with the reasons (第二十二条、第三十一条).

    A unit loses what turns out to be a report or the courts' to decide.
    """

    known_at_once = True
    anew = True
    reasons: CaseText

    _settled: bool
    _having: Collection[str]

    async def look_up(self, running: Running, by: By) -> None:
        """Ask whether it is answered, or has left, and who has it: that is known elsewhere."""
        await super().look_up(running, by)
        self._having = await having(running, await running.store.known(Registration, self.case_id), by)
        self._settled = await is_settled(running, self.case_id)

    def act(self, r: Registration, by: By) -> None:
        track.must_be_among_who_know(r, by, self.directory)
        classification.correct(
            r, self.kind, self.route, self.category, self.reasons, self.directory, at=by.at, unit=by.unit,
            as_receiver=by.role is Role.unit_receiver, settled=self._settled, having=self._having,
        )  # fmt: skip


class NameAccused(
    AtTheDoor, path="/cases/{case_id}/accused", by=(Role.bureau_officer, Role.unit_receiver), called="补充被反映对象"
):
    """Put on record whom else the case complains of; a unit that has it loses it (第二十八条第三款、第三十条第三款).

    A unit that is complained of at its own counter says so by this, and the petition bureau passes it on.
    """

    known_at_once = True
    units: list[BlamedUnit] = Field(default_factory=list, max_length=ACCUSED_MAX)
    persons: list[BlamedOfficer] = Field(default_factory=list, max_length=ACCUSED_MAX)

    def act(self, r: Registration, by: By) -> None:
        classification.name_accused(r, self.units, self.persons, self.directory, at=by.at, unit=by.unit)

    async def run(self, running: Running, by: By) -> Done:
        """Name them in the case, and in all that is a part of it: what has gone into it, what it was split off."""
        await self.look_up(running, by)

        def act(them: Sequence[Registration]) -> dict[str, Any]:
            said = self.decide(them[0], by)
            grouping.accuse_parts(them[0], them[1:], at=by.at)
            return said

        streams = [self.case_id, *await parts_of(running, self.case_id)]
        done = await running.store.change_all(Registration, streams, act, by=by)
        await asyncio.gather(*(let_know(running, one) for one in streams))
        return done


class ListClaims(AtTheDoor, path="/cases/{case_id}/claims", by=OFFICERS, called="分项登记诉求"):
    """List, as who has to do with a case, more claims than it was registered with; each is answered (第三十二条)."""

    known_at_once = True
    count: Annotated[int, Field(ge=2, le=CLAIMS_MAX, description="How many claims the case holds in all")]
    document: Annotated[CaseText, Field(description="Which they are, in the order in which they are answered")]

    _settled: bool

    async def look_up(self, running: Running, by: By) -> None:
        """Ask whether it is answered: that is known elsewhere."""
        await super().look_up(running, by)
        self._settled = await is_settled(running, self.case_id)

    def act(self, r: Registration, by: By) -> None:
        claims.list_claims(r, self.count, self.document, settled=self._settled, at=by.at)


class CorrectClaims(AtTheDoor, path="/cases/{case_id}/claims/correction", by=CLERKS, called="更正诉求项数"):
    """Put right, by the petitioners' own word, that more claims were listed than there are (第三十二条)."""

    known_at_once = True
    count: Annotated[int, Field(ge=1, lt=CLAIMS_MAX, description="How many claims the case holds in all")]
    document: Annotated[CaseText, Field(description="Why there are fewer than were listed")]
    confirmation: Annotated[CaseText, Field(description="The text by which the petitioners say so")]

    _settled: bool
    _read: tuple[UUID, ...]
    _written: int

    async def look_up(self, running: Running, by: By) -> None:
        """Ask whether it is answered, which is known elsewhere, and how many claims one of the letters holds."""
        await super().look_up(running, by)
        self._settled = await is_settled(running, self.case_id)
        r = await running.store.known(Registration, self.case_id)
        self.must_be_here(r, by)
        if await running.store.stored(by) is not None:
            raise Conflict(str(by.command_id))  # it is answered as it was then
        self._read = r.every_petition
        self._written = max(
            [await claims_written(running, petition, LookPurpose.claims, by) for petition in self._read]
        )

    def act(self, r: Registration, by: By) -> None:
        if r.every_petition != self._read:
            raise Conflict("信访件已有变化")
        claims.correct_claims(
            r, self.count, self.document, self.confirmation, written=self._written, settled=self._settled, at=by.at
        )


async def claims_written(running: Running, petition: UUID, purpose: LookPurpose, by: By) -> int:
    """Return how many claims a letter holds, wherever it came in; that somebody looked is on record."""
    case = await office(running).vault.case_of(running.store.database, petition)
    if case is None:
        return 1
    came = (await running.store.known(Registration, case)).petitions[petition]
    return ShownContent(**(await look(running, case, came.content, purpose, by) or {})).count


class Replaced(OfCase):
    """The code that takes the place of the one that was lost; it is shown to nobody else."""

    query_code: str


class ReplaceQueryCode(
    AtTheDoor,
    path="/cases/{case_id}/petitions/{petition_id}/query-code",
    by=CLERKS,
    called="补发查询码",
    reply=Replaced,
):
    """Give somebody who has lost their query code another one, at the counter; the old one dies (第二十一条第二款)."""

    petition_id: UUID
    document: Annotated[CaseText, Field(description="How it was made sure who asks")]

    async def run(self, running: Running, by: By) -> Done:
        await self.look_up(running, by)
        code, with_code = office(running).vault.query_code(self.case_id, self.petition_id, by.command_id)
        statements = [(OTHER_CODES, with_code[1]), with_code]
        done = await running.store.change(
            Registration, self.case_id, lambda r: self.decide(r, by), by=by, statements=statements
        )
        return receipt(done, query_code=code)

    def act(self, r: Registration, by: By) -> None:
        filing.replace_code(r, self.petition_id, self.document, at=by.at)


class RecordNoticeReturn(
    Returned, OnCase, path="/cases/{case_id}/receipts/{event_version}/return", by=OFFICERS, called="登记告知退回"
):
    """Record, as who has sent it, that what was told in writing came back; it is told again (第二十三条)."""

    @staticmethod
    def sent(event: Event) -> Sent:
        """Return what is told in writing here: notices, each of one petition or of the case."""
        return Sent(ReturnedPaper.notice, getattr(event, "petition", None))

    def act(self, r: Registration, by: By) -> None:
        returned = self.came_back(r, by)
        if returned["petition"] is not None and returned["petition"] not in r.every_petition:
            raise NotFound(str(returned["petition"]))  # who has left the case is told in their own
        r.record(NoticeReturned, at=by.at, **returned)


class TellAgain(
    Again, OnCase, path="/cases/{case_id}/receipts/{event_version}/service", by=OFFICERS, called="退回后再次告知"
):
    """Tell once more what came back (第二十三条)."""

    def act(self, r: Registration, by: By) -> None:
        r.record(ToldAgain, at=by.at, **self.had(r, by))


class CorrectNoticeReceipt(
    CorrectReceipt, OnCase, path="/cases/{case_id}/receipts/{event_version}/correction", by=OFFICERS,
    called="更正送达凭证编号",
):  # fmt: skip
    """Put right the number of a receipt, as who has entered it or as a head of their unit (第二十八条第一款)."""

    corrects = ReceiptCorrected


class DepositDocument(
    AboutCase[Document], path="/cases/{case_id}/documents", by=OFFICERS, called="文书存档", reply=Deposited
):
    """Put a text of the case into the vault; other services refer to it by the id returned."""

    bytes_max: ClassVar[int] = LETTER_BYTES_MAX
    kind: DocumentKind
    text: Text

    async def run(self, running: Running, by: By) -> Done:
        await self.look_up(running, by)
        return await deposit(running, self.case_id, self.kind, self.text, by)


class DepositWords(
    AboutCase[Document], path="/cases/{case_id}/words/{words_id}", by=(Role.system,), called="记载文字存档",
    reply=Deposited,
):  # fmt: skip
    """Put into the vault what somebody has typed in another service, under the id that its event will have."""

    words_id: UUID
    kind: Literal[DocumentKind.receipt, DocumentKind.words]
    text: Text
    petition_id: Annotated[
        UUID | None, Field(description="With which petition, or paper, it is erased, if with one")
    ] = None

    async def run(self, running: Running, by: By) -> Done:
        await self.look_up(running, by)
        if await under_seal(running, self.case_id):  # nobody behind the door ever hears of it
            raise NotFound(str(self.case_id))
        return await deposit(running, self.case_id, self.kind, self.text, by, self.petition_id, self.words_id)
