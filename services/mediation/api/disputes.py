"""Disputes, sweeps, the special fund and self-correction over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field

from contracts.vocabulary import ContentCategory, DisputeClass, Hardship, SupervisionReason
from services.chassis.fields import Body, Code, Day
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.register import add_list
from services.chassis.running import Running
from services.mediation.application.registers import Registers
from services.mediation.views import DISPUTES, FUNDS, SELF_CORRECTIONS, SWEEPS

COUNT_MAX = 100_000
UNITS_MAX = 500
FEN_MAX = 100_000_000_00


class RecordDispute(Body):
    """What the dispute is about and where; the words lie in the vault."""

    place: Code
    dispute_class: DisputeClass
    category: ContentCategory
    document: UUID
    against_unit: Code | None = None


class NameTeam(Body):
    """Who leads, who mediates, until when: all three, or it is refused."""

    mediator_unit: Code
    leader: Code | None = None
    mediator: Code | None = None
    due_on: Day | None = None


class SettleDispute(Body):
    """When it was settled, and the paper that says how."""

    document: UUID
    settled_on: Day | None = None


class OrderSweep(Body):
    """Which units look for disputes, and until when they report."""

    units: list[Code] = Field(min_length=1, max_length=UNITS_MAX)
    due_on: Day


class ReportSweep(Body):
    """How many disputes there were; none is an answer."""

    count: int = Field(ge=0, le=COUNT_MAX)
    document: UUID | None = None


class LookForSilence(Body):
    """Nothing more is said."""


class RequestFund(Body):
    """Why the petitioner cannot live without help, and how much is asked for."""

    hardship: Hardship
    document: UUID
    amount_fen: int = Field(ge=1, le=FEN_MAX)
    tied_to_withdrawal: bool


class ApproveFund(Body):
    """Nothing more is said."""


class PayFund(Body):
    """When it was paid, and the voucher."""

    document: UUID
    paid_on: Day | None = None


class AuditFund(Body):
    """Whether the payment was in order."""

    in_order: bool
    document: UUID


class SelfCorrect(Body):
    """What was wrong, and the paper that shows that it is right now."""

    reason_code: SupervisionReason
    document: UUID
    corrected_on: Day | None = None


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands and questions about disputes, sweeps, the fund and self-correction."""
    registers = Registers(running.store)

    @app.post("/disputes", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def record_dispute(body: RecordDispute, request: Request) -> Response:
        """Put a dispute into the ledger of a village (第三十七条第一款)."""
        done = await registers.record_dispute(
            body.place, body.dispute_class, body.category, body.document, body.against_unit, by=acting(request)
        )
        return changed(done, 201)

    @app.post("/disputes/{dispute_id}/mediation-team", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def name_team(dispute_id: UUID, body: NameTeam, request: Request) -> Response:
        """Say who leads, who mediates, and until when (第三十七条第一款)."""
        done = await registers.name_team(
            dispute_id, body.leader, body.mediator, body.mediator_unit, body.due_on, by=acting(request)
        )
        return changed(done)

    @app.post("/disputes/{dispute_id}/settlement", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def settle(dispute_id: UUID, body: SettleDispute, request: Request) -> Response:
        """Say how a dispute was settled."""
        return changed(await registers.settle(dispute_id, body.settled_on, body.document, by=acting(request)))

    @app.post("/sweeps", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def order_sweep(body: OrderSweep, request: Request) -> Response:
        """Tell units to look for disputes (第十条)."""
        return changed(await registers.order_sweep(tuple(body.units), body.due_on, by=acting(request)), 201)

    @app.post("/sweeps/{sweep_id}/reports", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def report_sweep(sweep_id: UUID, body: ReportSweep, request: Request) -> Response:
        """Say how many disputes one's unit has found (第十条)."""
        return changed(await registers.report_sweep(sweep_id, body.count, body.document, by=acting(request)))

    @app.post("/sweeps/{sweep_id}/missed-units", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def missed_units(sweep_id: UUID, body: LookForSilence, request: Request) -> Response:  # noqa: ARG001
        """Put the units that have said nothing by the day on record, each once (第四十五条)."""
        return changed(await registers.look_for_silence(sweep_id, by=acting(request)))

    @app.post("/cases/{case_id}/funds", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def request_fund(case_id: UUID, body: RequestFund, request: Request) -> Response:
        """Ask for money because of hardship, never for a withdrawal (第三十七条第二款)."""
        done = await registers.request_fund(
            case_id, body.hardship, body.document, body.amount_fen, tied_to_withdrawal=body.tied_to_withdrawal,
            by=acting(request),
        )  # fmt: skip
        return changed(done, 201)

    @app.post("/funds/{fund_id}/approvals", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def approve_fund(fund_id: UUID, body: ApproveFund, request: Request) -> Response:  # noqa: ARG001
        """Agree: the head of the unit first, then the bureau (第三十七条第二款)."""
        return changed(await registers.approve_fund(fund_id, by=acting(request)))

    @app.post("/funds/{fund_id}/payment", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def pay_fund(fund_id: UUID, body: PayFund, request: Request) -> Response:
        """Show that the money is with the petitioner (第三十七条第二款)."""
        return changed(await registers.pay_fund(fund_id, body.paid_on, body.document, by=acting(request)))

    @app.post("/funds/{fund_id}/audit", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def audit_fund(fund_id: UUID, body: AuditFund, request: Request) -> Response:
        """Say whether the payment was in order (审计法 第二条)."""
        return changed(await registers.audit_fund(fund_id, body.document, in_order=body.in_order, by=acting(request)))

    @app.post("/self-corrections", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def self_correct(body: SelfCorrect, request: Request) -> Response:
        """Say what one's own unit has put right before anybody complained (第二十八条第一款)."""
        done = await registers.self_correct(body.reason_code, body.corrected_on, body.document, by=acting(request))
        return changed(done, 201)

    for path, view in (
        ("/disputes", DISPUTES), ("/sweeps", SWEEPS), ("/funds", FUNDS), ("/self-corrections", SELF_CORRECTIONS),
    ):  # fmt: skip
        add_list(app, running.store, path, view)
