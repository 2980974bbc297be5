"""Villages' votes over HTTP."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field

from contracts.vocabulary import VotingBody
from services.assignment.application.proposals import Voting
from services.assignment.views import PROPOSALS
from services.chassis.fields import Body, Code, StateFilter
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.pages import FIRST, page
from services.chassis.running import Running

VOTES_MAX: Final = 100_000
"""More than the largest village has people."""

Votes = Annotated[int, Field(ge=0, le=VOTES_MAX)]


class VoteOnProposal(Body):
    """How many may vote, were there, and were in favour; `document` is the minutes with the proposal."""

    village: Code
    electorate: VotingBody
    entitled: Annotated[int, Field(ge=1, le=VOTES_MAX)]
    attended: Votes
    in_favour: Votes
    document: UUID


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the command and the question about votes."""
    voting = Voting(running.store)

    @app.post("/proposals", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def vote(body: VoteOnProposal, request: Request) -> Response:
        """Record a village's vote (村民委员会组织法 第二十二条)."""
        done = await voting.vote(
            body.village, body.electorate, body.entitled, body.attended, body.in_favour, body.document,
            by=acting(request),
        )  # fmt: skip
        return changed(done, 201)

    @app.get("/proposals", responses=QUESTION_PROBLEMS)
    async def proposals(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List votes."""
        return await page(running.store, PROPOSALS, after=after, limit=limit, state=state)
