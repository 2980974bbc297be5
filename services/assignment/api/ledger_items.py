"""The ledgers over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, Request, Response

from contracts.vocabulary import LedgerKind
from services.assignment.application.ledger_items import LedgerKeeping
from services.assignment.views import LEDGER_ITEMS
from services.chassis.fields import Body, Code, Day, StateFilter
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.pages import FIRST, one, page
from services.chassis.running import Running


class OpenLedgerItem(Body):
    """A problem, described in the vault; without unit, officer and day it is refused."""

    kind: LedgerKind
    document: UUID
    unit: Code | None = None
    officer: Code | None = None
    due_on: Day | None = None
    case_id: UUID | None = None


class UpdateLedgerItem(Body):
    """What was done so far."""

    document: UUID


class CloseLedgerItem(Body):
    """The proof, and what the beneficiary has confirmed."""

    proof: UUID | None = None
    confirmation: UUID | None = None


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands and questions about ledgers."""
    keeping = LedgerKeeping(running.store)

    @app.post("/ledger-items", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def open_(body: OpenLedgerItem, request: Request) -> Response:
        """Put a problem into a ledger (第十条, 第二十八条第一款)."""
        done = await keeping.open(
            body.case_id, body.kind, body.unit, body.officer, body.due_on, body.document, by=acting(request)
        )
        return changed(done, 201)

    @app.post("/ledger-items/{item_id}/updates", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def update(item_id: UUID, body: UpdateLedgerItem, request: Request) -> Response:
        """Put on file what was done so far (第二十八条第一款)."""
        return changed(await keeping.update(item_id, body.document, by=acting(request)))

    @app.post("/ledger-items/{item_id}/closure", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def close(item_id: UUID, body: CloseLedgerItem, request: Request) -> Response:
        """Strike a row off (销号), with proof (第二十八条第一款)."""
        return changed(await keeping.close(item_id, body.proof, body.confirmation, by=acting(request)))

    @app.get("/ledger-items/{item_id}", responses=QUESTION_PROBLEMS)
    async def item(item_id: UUID) -> Response:
        """Show a row of a ledger."""
        return await one(running.store, LEDGER_ITEMS, item_id)

    @app.get("/ledger-items", responses=QUESTION_PROBLEMS)
    async def items(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List rows of all ledgers."""
        return await page(running.store, LEDGER_ITEMS, after=after, limit=limit, state=state)
