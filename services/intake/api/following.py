"""What may follow on a registration, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import FastAPI, Path, Request, Response
from pydantic import Field

from contracts.vocabulary import InformantNotice, NotAcceptedGround, Satisfaction, ServiceMethod, UrgentStage
from services.chassis.fields import Body, Code, Moment, PublicLine
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.running import Running
from services.intake.application.following import Following
from services.intake.vault import Vault

RECIPIENTS_MAX = 20


class OpenTrack(Body):
    """Which discipline organ is competent by cadre-management authority."""

    organ: Code


class NotifyInformant(Body):
    """What the informant was told, and how."""

    notice: InformantNotice
    method: ServiceMethod
    served_at: Moment | None = None
    receipt: PublicLine


class NotAccept(Body):
    """Why the case is not accepted, who is competent, and how the petitioner was told.

    `pending_case` is the case in which the same matter is being dealt with below.
    """

    ground: NotAcceptedGround
    competent_body: PublicLine
    pending_case: UUID | None = None
    method: ServiceMethod
    served_at: Moment | None = None
    receipt: PublicLine


class NoLongerAccept(Body):
    """Which petition repeats what a recheck has settled; one that states anything new is registered as a new case."""

    petition_id: UUID
    new_facts: bool
    method: ServiceMethod
    served_at: Moment | None = None
    receipt: PublicLine


class NoteUrgency(Body):
    """Since when the matter is known."""

    known_at: Moment | None = None


class ReportUrgency(Body):
    """To which units it was reported, and where the report lies."""

    stage: UrgentStage
    reported_at: Moment | None = None
    recipients: Annotated[list[Code], Field(min_length=1, max_length=RECIPIENTS_MAX)]
    document: UUID


class WithdrawalPaper(Body):
    """Where the petitioner's words, or the record of asking them, lie."""

    document: UUID


class Revocation(Body):
    """Where the petitioner's words lie, if they said any."""

    document: UUID | None = None


class Rate(Body):
    """How the petitioner found the bureau, and the unit that handled the case."""

    bureau: Satisfaction
    handler: Satisfaction


def add_routes(app: FastAPI, running: Running) -> None:
    """Add what may follow on a registration."""
    following = Following(running.store, Vault(running.settings.vault_key_file))

    @app.post("/cases/{case_id}/confidential-track", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def open_track(case_id: UUID, body: OpenTrack, request: Request) -> Response:
        """Hand a report about an official to the discipline organ, sealed (第二十二条第二款, 第三十条)."""
        return changed(await following.open_track(case_id, body.organ, by=acting(request)))

    @app.post("/cases/{case_id}/informant-notices", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def notify_informant(case_id: UUID, body: NotifyInformant, request: Request) -> Response:
        """Tell whoever reported under their own name (第二十三条第四款)."""
        return changed(
            await following.notify_informant(
                case_id, body.notice, body.method, body.served_at, body.receipt, by=acting(request)
            )
        )

    @app.post("/cases/{case_id}/non-acceptance", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def not_accept(case_id: UUID, body: NotAccept, request: Request) -> Response:
        """Tell the petitioner why the case is not accepted (第十九条第三款, 第二十条, 第二十三条)."""
        return changed(
            await following.not_accept(
                case_id,
                body.ground,
                body.competent_body,
                body.pending_case,
                body.method,
                body.served_at,
                body.receipt,
                by=acting(request),
            )
        )

    @app.post("/cases/{case_id}/no-longer-accepted", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def no_longer_accept(case_id: UUID, body: NoLongerAccept, request: Request) -> Response:
        """Tell who repeats what a recheck has settled (第三十六条第三款)."""
        return changed(
            await following.no_longer_accept(
                case_id,
                body.petition_id,
                body.method,
                body.served_at,
                body.receipt,
                new_facts=body.new_facts,
                by=acting(request),
            )
        )

    @app.post("/cases/{case_id}/urgency", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def note_urgency(case_id: UUID, body: NoteUrgency, request: Request) -> Response:
        """Put on record that a matter may affect the public (第二十五条)."""
        return changed(await following.note_urgency(case_id, body.known_at, by=acting(request)))

    @app.post("/cases/{case_id}/urgent-reports", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def report_urgency(case_id: UUID, body: ReportUrgency, request: Request) -> Response:
        """Put on record that those above know (第二十五条)."""
        return changed(
            await following.report_urgency(
                case_id, body.stage, body.reported_at, body.recipients, body.document, by=acting(request)
            )
        )

    @app.post("/cases/{case_id}/withdrawal", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def request_withdrawal(case_id: UUID, body: WithdrawalPaper, request: Request) -> Response:
        """Ask for withdrawal in the petitioner's own words; fifteen days to think again (第十七条)."""
        return changed(await following.request_withdrawal(case_id, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/withdrawal/revocation", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def revoke_withdrawal(case_id: UUID, body: Revocation, request: Request) -> Response:
        """Let the case go on as it was (第十七条)."""
        return changed(await following.revoke_withdrawal(case_id, body.document, by=acting(request)))

    @app.post(
        "/cases/{case_id}/withdrawal/confirmation", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS
    )
    async def confirm_withdrawal(case_id: UUID, body: WithdrawalPaper, request: Request) -> Response:
        """Withdraw the case after the cooling-off, out of the handling unit's reach (第十七条)."""
        return changed(await following.confirm_withdrawal(case_id, body.document, by=acting(request)))

    @app.post("/progress/{query_code}/rating", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def rate(query_code: Annotated[str, Path(max_length=40)], body: Rate, request: Request) -> Response:
        """Rate the bureau and the handling unit; only the petitioner can, by query code (第二十一条第二款)."""
        return changed(await following.rate(query_code, body.bureau, body.handler, by=acting(request)))
