"""The commands by which petitions become cases; nothing can refuse a registration (第二十二条)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Generic, TypeVar
from uuid import UUID

from pydantic import Field

from contracts.vocabulary import ContentCategory, DocumentKind, Kind, Role, Route
from services.chassis.aggregate import Aggregate
from services.chassis.commands import Command, Entry, Reply
from services.chassis.context import By
from services.chassis.fields import Code, Text
from services.chassis.references import Refers
from services.chassis.running import Running
from services.chassis.store import New
from services.chassis.writer import Done
from services.intake.application.answering import answering
from services.intake.application.office import OFFICERS, RECEIVERS, office
from services.intake.application.registering import LETTER_BYTES_MAX, Petition, receipt, received
from services.intake.domain import classification, filing
from services.intake.domain.registration import Registration
from services.intake.domain.texts import Document

A = TypeVar("A", bound=Aggregate)
ACCUSED_MAX: Final = 20

KnownCase = Annotated[UUID, Refers(Registration)]


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
    """A command on a case."""

    case_id: UUID


class AboutCase(Entry[A], Generic[A]):
    """An entry about a case that is on file."""

    case_id: KnownCase


class RegisterPetition(
    Entry[Registration], Petition, path="/petitions", by=RECEIVERS, called="登记", reply=Registered,
    location="/cases/{case_id}",
):  # fmt: skip
    """Register a petition; a new case exists (第二十二条、第二十三条).

    A letter, visit, call, fax or web form; without petitioner where it is anonymous.
    """

    bytes_max: ClassVar[int] = LETTER_BYTES_MAX
    entry = "case"

    async def run(self, running: Running, by: By) -> Done:
        registration, codes = Registration.blank(self.stream(by)), {}

        def opening() -> New:  # numbered and sealed when its turn has come, many in a row: that is cheaper (writer)
            petition = received(office(running).vault, registration.id, self, by)
            codes["query_code"] = petition.code
            direct = by.role is Role.unit_receiver
            filing.register(registration, at=by.at, direct=direct, came_from=self.came_from, **petition.facts)
            return New(registration, petition.reply(registration.id), petition.statements)

        return receipt(await running.store.create(opening, by=by), **codes)


class AttachPetition(
    OnCase, Petition, path="/cases/{case_id}/petitions", by=RECEIVERS, called="重复信访登记", status=201,
    reply=Registered, location="/cases/{case_id}",
):  # fmt: skip
    """Register a repeat petition and attach it to its case, or to the one into which that has gone (第二十二条).

    It is registered like any other and has its own query code.
    """

    bytes_max: ClassVar[int] = LETTER_BYTES_MAX

    async def run(self, running: Running, by: By) -> Done:
        case = await answering(running, self.case_id)
        petition = received(office(running).vault, case, self, by)

        def act(registration: Registration) -> dict[str, Any]:
            filing.attach(registration, at=by.at, **petition.facts)
            return petition.reply(case)

        done = await running.store.change(Registration, case, act, by=by, statements=petition.statements)
        return receipt(done, query_code=petition.code)


class ClassifyCase(
    OnCase, path="/cases/{case_id}/classification", by=(Role.bureau_officer, Role.unit_receiver), called="甄别分类"
):
    """Classify a case, choose its legal route, and say which units it complains of (第二十八条至第三十一条)."""

    kind: Kind
    route: Route
    category: ContentCategory
    accused_units: Annotated[tuple[Code, ...], Field(max_length=ACCUSED_MAX)] = ()

    def act(self, r: Registration, by: By) -> None:
        as_receiver = by.role is Role.unit_receiver
        classification.classify(
            r, self.kind, self.route, self.category, at=by.at, unit=by.unit, as_receiver=as_receiver,
            accused_units=self.accused_units,
        )  # fmt: skip


class DepositDocument(
    Entry[Document], path="/cases/{case_id}/documents", by=OFFICERS, called="文书存档", reply=Deposited
):
    """Put a text of the case into the vault; other services refer to it by the id returned."""

    bytes_max: ClassVar[int] = LETTER_BYTES_MAX

    case_id: KnownCase
    kind: DocumentKind
    text: Text

    async def run(self, running: Running, by: By) -> Done:
        await self.look_up(running, by)
        document = Document.blank(self.stream(by))
        text = {document.id: (str(self.kind), {"text": self.text})}
        sealed = office(running).vault.seal(self.case_id, document.id, text)

        def opening() -> New:
            document.deposit(self.case_id, self.kind, sealed.sha256, at=by.at)
            reply = {"case_id": self.case_id, "document_id": document.id, "content_sha256": sealed.sha256}
            return New(document, reply, sealed.statements)

        return await running.store.create(opening, by=by)
