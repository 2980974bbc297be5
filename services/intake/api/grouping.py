"""Visits of many, duplicates, merging and splitting, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, Field

from contracts.vocabulary import ContentCategory, DuplicateReason
from services.chassis.fields import Body, Code
from services.chassis.http.acting import acting, asking
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed, shown
from services.chassis.http.description import ACTS
from services.chassis.running import Running
from services.chassis.writer import Done
from services.intake.api.cases import Content, Petitioner, Text
from services.intake.application.grouping import Grouping, Part, Representative
from services.intake.vault import Vault

NAMED_MAX = 20
PARTS_MAX = 20


class NamedRepresentative(Petitioner):
    """Somebody who speaks for others, and whether they agree to."""

    consents: bool


class NameRepresentatives(Body):
    """Who speaks for a collective visit; the roster says who else came, and goes into the vault too."""

    petition_id: UUID
    representatives: Annotated[list[NamedRepresentative], Field(min_length=1, max_length=NAMED_MAX)]
    roster: Text | None = None


class ConfirmDuplicate(Body):
    """Another case about the same matter, and what makes it so."""

    other: UUID
    reasons: Annotated[list[DuplicateReason], Field(min_length=1, max_length=len(DuplicateReason))]


class DismissDuplicate(Body):
    """Another case that is about something else."""

    other: UUID


class MergeCase(Body):
    """The case that answers for both from now on."""

    into: UUID


class ClaimPart(Body):
    """One of several claims."""

    category: ContentCategory
    place: Code
    content: Content


class SplitCase(Body):
    """The claims of a letter, each of which becomes a case."""

    parts: Annotated[list[ClaimPart], Field(min_length=2, max_length=PARTS_MAX)]


class ShownSuggestion(BaseModel):
    """A case that may be about the same matter, and why."""

    case_id: UUID
    registration_no: str
    state: str
    received_at: datetime
    reasons: list[DuplicateReason]


class Suggestions(BaseModel):
    """Cases to compare; a person decides, and nothing happens by itself."""

    items: list[ShownSuggestion]


def add_routes(app: FastAPI, running: Running) -> None:
    """Add what groups petitions into cases."""
    vault = Vault(running.settings.vault_key_file)
    grouping = Grouping(running.store, vault)

    @app.post("/cases/{case_id}/representatives", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def name_representatives(case_id: UUID, body: NameRepresentatives, request: Request) -> Response:
        """Put on file who speaks for a collective visit, five at most (第二十条第三款)."""
        people = [
            Representative({k: v for k, v in vars(one).items() if k != "consents"}, one.consents)
            for one in body.representatives
        ]
        done = await grouping.name_representatives(case_id, body.petition_id, people, body.roster, by=acting(request))
        return changed(done)

    @app.get(
        "/cases/{case_id}/duplicate-suggestions",
        response_model=Suggestions,
        responses=QUESTION_PROBLEMS,
        openapi_extra=ACTS,
    )
    async def suggestions(case_id: UUID, request: Request) -> Response:
        """Show which cases may be about the same matter, and why; a person decides."""
        return shown({"items": await grouping.suggestions(case_id, by=asking(request))})

    @app.post("/cases/{case_id}/duplicates", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def confirm_duplicate(case_id: UUID, body: ConfirmDuplicate, request: Request) -> Response:
        """Link another case about the same matter; neither is dropped (第二十二条)."""
        return changed(await grouping.confirm_duplicate(case_id, body.other, body.reasons, by=acting(request)))

    @app.post("/cases/{case_id}/duplicates/dismissal", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def dismiss_duplicate(case_id: UUID, body: DismissDuplicate, request: Request) -> Response:
        """Say that another case is about something else; it is not suggested again."""
        return changed(await grouping.dismiss_duplicate(case_id, body.other, by=acting(request)))

    @app.post("/cases/{case_id}/merger", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def merge(case_id: UUID, body: MergeCase, request: Request) -> Response:
        """Let the case go into another one; every petition keeps its receipt and query code (第二十二条)."""
        return changed(await grouping.merge(case_id, body.into, by=acting(request)))

    @app.post("/cases/{case_id}/split", status_code=201, response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def split(case_id: UUID, body: SplitCase, request: Request) -> Response:
        """Give each of several claims a case of its own, with the same day of receipt (第二十二条, 第二十四条)."""
        parts = [Part(part.category, part.place, vars(part.content)) for part in body.parts]
        codes, done = await grouping.split(case_id, parts, by=acting(request))
        reply = b'%s,"query_codes":%s}' % (done.reply[:-1], msgspec.json.encode(codes))
        return changed(Done(done.version, reply), 201)
