"""Mediation over HTTP, in the narrow sense: from the offer to what has become of the agreement."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field

from contracts.vocabulary import Side
from services.chassis.fields import Body, Code, Day
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.running import Running
from services.mediation.api.fields import Documented
from services.mediation.application.mediating import Mediating

ITEMS_MAX: Final = 100


class OfferMediation(Body):
    """Who would mediate and where they belong, and the unit on the other side, where it is one."""

    mediator: Code
    mediator_unit: Code
    other_party: Code | None = None


class SideSays(Body):
    """Which side has said so."""

    side: Side


class SignAgreement(Body):
    """From when it binds, and when each item must be done; what was agreed stands in the document."""

    effective_on: Day | None = None
    document: UUID
    performance_due: list[Day] = Field(default=[], max_length=ITEMS_MAX)


class FailMediation(Body):
    """The record of it, where there is one."""

    document: UUID | None = None


class PerformItem(Body):
    """Which item was done, and when; the proof lies in the vault."""

    item: int = Field(ge=1, le=ITEMS_MAX)
    done_on: Day | None = None
    document: UUID


class FileConfirmation(Body):
    """Which court was asked, when, and by whom."""

    court: Code
    filed_on: Day | None = None
    sides: list[Side] = Field(max_length=2)


class RecordRuling(Body):
    """What the court has said."""

    confirmed: bool
    ruling_no: Code
    decided_on: Day | None = None


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands."""
    mediating = Mediating(running.store)

    @app.post("/cases/{case_id}/mediation", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def offer_mediation(case_id: UUID, body: OfferMediation, request: Request) -> Response:
        """Ask both sides whether they want to be mediated between (第三十三条)."""
        return changed(
            await mediating.offer_mediation(
                case_id, body.mediator, body.mediator_unit, body.other_party, by=acting(request)
            )
        )

    @app.post("/cases/{case_id}/mediation/consent", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def consent_to_mediation(case_id: UUID, body: SideSays, request: Request) -> Response:
        """Put on file that a side is willing (第三十三条)."""
        return changed(await mediating.consent_to_mediation(case_id, body.side, by=acting(request)))

    @app.post("/cases/{case_id}/mediation/refusal", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def refuse_mediation(case_id: UUID, body: SideSays, request: Request) -> Response:
        """Put on file that a side does not want it, or not any more (人民调解法 第十七条, 第二十三条)."""
        return changed(await mediating.refuse_mediation(case_id, body.side, by=acting(request)))

    @app.post("/cases/{case_id}/mediation/failure", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def fail_mediation(case_id: UUID, body: FailMediation, request: Request) -> Response:
        """End a mediation without agreement (人民调解法 第二十六条)."""
        return changed(await mediating.fail_mediation(case_id, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/agreement", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def sign_agreement(case_id: UUID, body: SignAgreement, request: Request) -> Response:
        """Put on file what both sides have signed (第三十三条)."""
        return changed(
            await mediating.sign_agreement(
                case_id, body.effective_on, body.document, tuple(body.performance_due), by=acting(request)
            )
        )

    @app.post("/cases/{case_id}/agreement/items", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def perform_item(case_id: UUID, body: PerformItem, request: Request) -> Response:
        """Show that one item of the agreement is done (人民调解法 第三十一条)."""
        return changed(
            await mediating.perform_item(case_id, body.item, body.done_on, body.document, by=acting(request))
        )

    @app.post("/cases/{case_id}/agreement/performance", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def perform_agreement(case_id: UUID, body: Documented, request: Request) -> Response:
        """Show that everything that was agreed is done (人民调解法 第三十一条)."""
        return changed(await mediating.perform_agreement(case_id, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/agreement/breach", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def report_breach(case_id: UUID, body: Documented, request: Request) -> Response:
        """Go on handling, because what was agreed was not done (人民调解法 第三十一条)."""
        return changed(await mediating.report_breach(case_id, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/agreement/confirmation", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def file_confirmation(case_id: UUID, body: FileConfirmation, request: Request) -> Response:
        """Ask the court, both sides together, to confirm the agreement (人民调解法 第三十三条)."""
        return changed(
            await mediating.file_confirmation(case_id, body.court, body.filed_on, body.sides, by=acting(request))
        )

    @app.post("/cases/{case_id}/agreement/ruling", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def record_ruling(case_id: UUID, body: RecordRuling, request: Request) -> Response:
        """Put on file what the court has said (民事诉讼法 第二百零六条)."""
        return changed(
            await mediating.record_ruling(
                case_id, body.ruling_no, body.decided_on, confirmed=body.confirmed, by=acting(request)
            )
        )
