"""Papers over HTTP: issued, printed, served."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field, StringConstraints

from contracts.vocabulary import DocumentKind, ServiceMethod
from services.chassis.fields import Body, Code, Line, Moment, PublicLine
from services.chassis.http.acting import acting, asking
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed, shown
from services.chassis.http.description import ACTS
from services.chassis.questions import rows
from services.chassis.running import Running
from services.intake.application.papers import Draft, Papers
from services.intake.vault import Vault

FIELDS_MAX: Final = 40
ATTACHMENTS_MAX: Final = 40

Printed = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]


class IssuePaper(Body):
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

    def draft(self) -> Draft:
        """Return it as the application takes it."""
        return Draft(
            kind=self.kind,
            organ=self.organ,
            addressee=self.addressee,
            petition=self.petition_id,
            fields=self.fields,
            attachments=self.attachments,
            approver=self.approved_by,
            supersedes=self.supersedes,
        )


class ServePaper(Body):
    """How and when it was served, what proves it, and whether the recipient agreed to the electronic way."""

    method: ServiceMethod
    served_at: Moment | None = None
    receipt: PublicLine
    consent: bool = False


class RefusePaper(Body):
    """When it was not taken, and the note of it on the proof of service."""

    refused_at: Moment | None = None
    receipt: PublicLine


class Issued(Changed):
    """The number, and the digest by which the PDF is known."""

    case_id: UUID
    document_id: UUID
    document_no: str
    pdf_sha256: str


_OF_CASE: Final = """
SELECT p.* FROM paper_view p JOIN case_view v ON v.id = p.case_id
WHERE p.case_id = $1 AND NOT v.confidential ORDER BY p.issued_at, p.id
"""


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands and questions of papers."""
    papers = Papers(running.store, Vault(running.settings.vault_key_file), running.settings.font_dir)

    @app.post("/cases/{case_id}/papers", status_code=201, response_model=Issued, responses=PROBLEMS, openapi_extra=ACTS)
    async def issue_paper(case_id: UUID, body: IssuePaper, request: Request) -> Response:
        """Issue a paper under the next number of the unit (第二十三条, 第三十二条)."""
        return changed(await papers.issue(case_id, body.draft(), by=acting(request)), 201)

    @app.get("/cases/{case_id}/papers", responses=QUESTION_PROBLEMS)
    async def papers_of_case(case_id: UUID) -> Response:
        """List the papers of a case, and how far each is."""
        return shown({"items": await rows(running.store, _OF_CASE, case_id)})

    @app.get(
        "/cases/{case_id}/papers/{document_id}.pdf",
        response_class=Response,
        responses={200: {"description": "PDF/A-2b", "content": {"application/pdf": {}}}, **PROBLEMS},
        openapi_extra=ACTS,
    )
    async def paper_pdf(case_id: UUID, document_id: UUID, request: Request) -> Response:
        """Set the paper again, byte for byte; the look is recorded first and the petitioner can see it."""
        pdf = await papers.pdf(case_id, document_id, by=asking(request))
        return Response(pdf, media_type="application/pdf", headers={"Cache-Control": "no-store"})

    @app.post(
        "/cases/{case_id}/papers/{document_id}/service", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def serve_paper(case_id: UUID, document_id: UUID, body: ServePaper, request: Request) -> Response:
        """Record that the paper reached whom it is for (参照民事诉讼法第八十七条)."""
        done = await papers.serve(
            case_id, document_id, body.method, body.served_at, body.receipt, consent=body.consent, by=acting(request)
        )
        return changed(done)

    @app.post(
        "/cases/{case_id}/papers/{document_id}/refusal", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def refuse_paper(case_id: UUID, document_id: UUID, body: RefusePaper, request: Request) -> Response:
        """Record that the paper was not taken (参照民事诉讼法第八十九条)."""
        return changed(await papers.refuse(case_id, document_id, body.refused_at, body.receipt, by=acting(request)))
