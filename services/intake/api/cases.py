"""Intake over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import FastAPI, Query, Request, Response
from pydantic import Field, StringConstraints

from contracts.vocabulary import Channel, ContentCategory, DocumentKind, Kind, Level, Route
from services.chassis.fields import Body, Code, Line, Moment, StateFilter
from services.chassis.http.acting import acting, asking
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed, shown
from services.chassis.http.description import ACTS
from services.chassis.pages import FIRST, one, page
from services.chassis.questions import rows
from services.chassis.running import Running
from services.chassis.writer import Done
from services.intake.application.intake import Intake, Petition
from services.intake.vault import Vault
from services.intake.views import CASES

PERSONS_MAX = 10_000
ACCUSED_MAX = 20

Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]


class Petitioner(Body):
    """Who petitions, as far as told (第十九条); it goes into the vault and nowhere else.

    Nothing is checked but lengths: a mistyped number or a foreign passport must not stop a registration (第二十二条).
    """

    name: Line
    id_no: Line | None = None
    phone: Line | None = None
    address: Line | None = None


class Content(Body):
    """Claim, facts and reasons (第十九条); an oral petition is written down faithfully."""

    claim: Text
    facts: Text
    reasons: Text | None = None


class RegisterPetition(Body):
    """A letter, visit, call, fax or web form; without petitioner where it is anonymous."""

    channel: Channel
    category: ContentCategory
    place: Code
    received_at: Moment | None = None
    person_count: int = Field(default=1, ge=1, le=PERSONS_MAX)
    secrecy_requested: bool = False
    petitioner: Petitioner | None = None
    content: Content
    came_from: Level | None = None

    def petition(self) -> Petition:
        """Return it as the application takes it."""
        return Petition(
            channel=self.channel,
            category=self.category,
            place=self.place,
            received_at=self.received_at,
            person_count=self.person_count,
            secrecy_requested=self.secrecy_requested,
            petitioner=vars(self.petitioner) if self.petitioner else None,
            content=vars(self.content),
            came_from=self.came_from,
        )


class ClassifyCase(Body):
    """What kind of case it is, which route it takes, and which units it complains of."""

    kind: Kind
    route: Route
    category: ContentCategory
    accused_units: Annotated[tuple[Code, ...], Field(max_length=ACCUSED_MAX)] = ()


class DepositDocument(Body):
    """A text that belongs to the case."""

    kind: DocumentKind
    text: Text


class Registered(Changed):
    """The receipt: keep the query code, it is shown to nobody else."""

    case_id: UUID
    petition_id: UUID
    registration_no: str
    query_code: str


class Deposited(Changed):
    """Where the text lies, and the digest of its ciphertext."""

    case_id: UUID
    document_id: UUID
    content_sha256: str


class CaseRow(Changed):
    """A case as intake sees it."""

    id: UUID
    registration_no: str
    state: str
    channel: Channel
    category: ContentCategory
    place: str
    kind: Kind | None
    route: Route | None
    petitions: int
    received_at: datetime
    closed_at: datetime | None
    merged_into: UUID | None
    split_from: UUID | None
    withdrawal_on: date | None


class SealedRow(Changed):
    """What is shown of a report about an official."""

    id: UUID
    registration_no: str
    state: str


_SEALED: Final = "SELECT id, version, registration_no, state FROM case_view WHERE id = $1 AND confidential"


def add_routes(app: FastAPI, running: Running) -> None:
    """Add intake's commands and questions."""
    vault = Vault(running.settings.vault_key_file)
    intake = Intake(running.store, vault)

    def receipt(code: str, done: Done) -> Response:
        """Put the code, which is stored nowhere, behind the stored reply."""
        return changed(Done(done.version, b'%s,"query_code":"%s"}' % (done.reply[:-1], code.encode())), 201)

    @app.post("/petitions", status_code=201, response_model=Registered, responses=PROBLEMS, openapi_extra=ACTS)
    async def register(body: RegisterPetition, request: Request) -> Response:
        """Register a petition; a new case exists (第二十二条, 第二十三条)."""
        return receipt(*await intake.register(body.petition(), by=acting(request)))

    @app.post(
        "/cases/{case_id}/petitions", status_code=201, response_model=Registered, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def attach(case_id: UUID, body: RegisterPetition, request: Request) -> Response:
        """Register a repeat petition and attach it to its case."""
        return receipt(*await intake.attach(case_id, body.petition(), by=acting(request)))

    @app.post("/cases/{case_id}/classification", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def classify(case_id: UUID, body: ClassifyCase, request: Request) -> Response:
        """Classify a case and choose its legal route (第二十八条至第三十一条)."""
        return changed(
            await intake.classify(case_id, body.kind, body.route, body.category, body.accused_units, by=acting(request))
        )

    @app.post(
        "/cases/{case_id}/documents", status_code=201, response_model=Deposited, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def deposit(case_id: UUID, body: DepositDocument, request: Request) -> Response:
        """Put a text of the case into the vault."""
        return changed(await intake.deposit(case_id, body.kind, body.text, by=acting(request)), 201)

    @app.get("/cases/{case_id}/contents/{content_id}", responses=QUESTION_PROBLEMS, openapi_extra=ACTS)
    async def read(
        case_id: UUID, content_id: UUID, purpose: Annotated[str, Query(pattern="^[a-z_]{1,60}$")], request: Request
    ) -> Response:
        """Read a text of the case; the look is recorded first and the petitioner can see it."""
        return shown(await intake.read(case_id, content_id, purpose, by=asking(request)))

    @app.get("/cases/{case_id}", response_model=CaseRow | SealedRow, responses=QUESTION_PROBLEMS)
    async def case(case_id: UUID) -> Response:
        """Show a case; of a report about an official, that it exists and no more (第三十条第三款)."""
        if found := await rows(running.store, _SEALED, case_id):
            return shown(found[0], found[0]["version"])
        return await one(running.store, CASES, case_id)

    @app.get("/cases", responses=QUESTION_PROBLEMS)
    async def cases(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List cases by id, without reports about officials."""
        return await page(running.store, CASES, after=after, limit=limit, state=state, only="NOT confidential")
