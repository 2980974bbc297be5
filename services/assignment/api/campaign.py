"""Who leads the work on a case, by which plan, over HTTP."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import Field

from contracts.vocabulary import HandoverReason, Milestone, ReleaseGround, SixOneDuty, SixOnePaper, SponsorDuty
from services.assignment.application.campaign import Campaigning
from services.assignment.domain.campaign import Campaign
from services.assignment.views import CAMPAIGNS
from services.chassis.fields import Body, Code, Day, PublicLine, StateFilter
from services.chassis.http.acting import acting
from services.chassis.http.answers import PROBLEMS, QUESTION_PROBLEMS, Changed, changed
from services.chassis.http.description import ACTS
from services.chassis.pages import FIRST, one, page
from services.chassis.running import Running

UNITS_MAX: Final = 20
OFFICERS_MAX: Final = 50
WORKING_DAYS_BEFORE_MAX: Final = 250
"""How far back a step may lie: a working year."""

WorkingDays = Annotated[int, Field(ge=0, le=WORKING_DAYS_BEFORE_MAX)]


class AppointSponsor(Body):
    """Which leader answers for a case, by which order, with which duties."""

    order_no: PublicLine
    sponsor: Code
    duties: list[SponsorDuty] = Field(min_length=1, max_length=len(SponsorDuty))


class ReplaceSponsor(Body):
    """Who takes a case over, and why; `document` is the record of the handover in the vault."""

    order_no: PublicLine
    sponsor: Code
    reason_code: HandoverReason
    document: UUID


class DoSponsorDuty(Body):
    """Which duty is done; `document` shows how."""

    duty: SponsorDuty
    document: UUID


class ReleaseSponsor(Body):
    """At which end of the case; `document` is the proof of it."""

    ground: ReleaseGround
    document: UUID


class NameTeam(Body):
    """Which unit leads, which help, and the codes of the officers."""

    lead_unit: Code
    units: list[Code] = Field(default_factory=list, max_length=UNITS_MAX)
    officers: list[Code] = Field(min_length=1, max_length=OFFICERS_MAX)


class FilePlan(Body):
    """The plan, its last day, and how many working days before it each step is due."""

    document: UUID
    due_on: Day
    steps: dict[Milestone, WorkingDays] = Field(min_length=1, max_length=len(Milestone))


class ReachMilestone(Body):
    """Which step is done; `document` shows it."""

    milestone: Milestone
    document: UUID


class OpenSixOne(Body):
    """By which order the case is under the scheme."""

    order_no: PublicLine


class FileSixOnePaper(Body):
    """A paper that others hold, by its number."""

    paper: SixOnePaper
    reference: PublicLine


class DoSixOneDuty(Body):
    """Which duty of the scheme is done; `document` shows how."""

    duty: SixOneDuty
    document: UUID


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the commands and questions about sponsors, plans and the six-and-three scheme."""
    campaigning = Campaigning(running.store)

    @app.post("/cases/{case_id}/sponsor", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def appoint(case_id: UUID, body: AppointSponsor, request: Request) -> Response:
        """Let one leader answer for a case (第十八条第二款)."""
        done = await campaigning.appoint(case_id, body.order_no, body.sponsor, body.duties, by=acting(request))
        return changed(done)

    @app.post("/cases/{case_id}/sponsor/handover", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def replace(case_id: UUID, body: ReplaceSponsor, request: Request) -> Response:
        """Hand a case over to another leader (第十八条第二款)."""
        done = await campaigning.replace(
            case_id, body.order_no, body.sponsor, body.reason_code, body.document, by=acting(request)
        )
        return changed(done)

    @app.post("/cases/{case_id}/sponsor/duties", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def do_duty(case_id: UUID, body: DoSponsorDuty, request: Request) -> Response:
        """Tick a duty of the sponsor off (第十八条第二款)."""
        return changed(await campaigning.do_duty(case_id, body.duty, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/sponsor/release", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def release(case_id: UUID, body: ReleaseSponsor, request: Request) -> Response:
        """Let the sponsor go at the end of a case (第十八条第二款)."""
        return changed(await campaigning.release(case_id, body.ground, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/team", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def name_team(case_id: UUID, body: NameTeam, request: Request) -> Response:
        """Settle who works on a case (第十八条第二款)."""
        done = await campaigning.name_team(case_id, body.lead_unit, body.units, body.officers, by=acting(request))
        return changed(done)

    @app.post("/cases/{case_id}/plan", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def file_plan(case_id: UUID, body: FilePlan, request: Request) -> Response:
        """File the plan of a case, its steps counted back from the last day (第二十八条第一款)."""
        return changed(await campaigning.file_plan(case_id, body.document, body.due_on, body.steps, by=acting(request)))

    @app.post("/cases/{case_id}/campaign", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def begin(case_id: UUID, request: Request) -> Response:
        """Begin the work by leader, team and plan (第十八条第二款)."""
        return changed(await campaigning.begin(case_id, by=acting(request)))

    @app.post("/cases/{case_id}/milestones", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def reach(case_id: UUID, body: ReachMilestone, request: Request) -> Response:
        """Note that a step of the plan is done (第二十八条第一款)."""
        return changed(await campaigning.reach(case_id, body.milestone, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/milestones/missed", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def miss(case_id: UUID, request: Request) -> Response:
        """Put the steps on record whose day has passed (第二十八条第一款)."""
        return changed(await campaigning.miss(case_id, by=acting(request)))

    @app.post("/cases/{case_id}/six-one", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def open_six_one(case_id: UUID, body: OpenSixOne, request: Request) -> Response:
        """Put a case under the six-and-three scheme (第十八条第二款)."""
        return changed(await campaigning.open_six_one(case_id, body.order_no, by=acting(request)))

    @app.post("/cases/{case_id}/six-one/papers", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def file_paper(case_id: UUID, body: FileSixOnePaper, request: Request) -> Response:
        """Name a paper of the scheme by its number (第十八条第二款)."""
        return changed(await campaigning.file_paper(case_id, body.paper, body.reference, by=acting(request)))

    @app.post("/cases/{case_id}/six-one/duties", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def do_six_one_duty(case_id: UUID, body: DoSixOneDuty, request: Request) -> Response:
        """Tick a duty of the scheme off (第十八条第二款)."""
        return changed(await campaigning.do_six_one_duty(case_id, body.duty, body.document, by=acting(request)))

    @app.post("/cases/{case_id}/six-one/completion", response_model=Changed, responses=PROBLEMS, openapi_extra=ACTS)
    async def complete_six_one(case_id: UUID, request: Request) -> Response:
        """Find that nothing of the scheme is missing (第十八条第二款)."""
        return changed(await campaigning.complete_six_one(case_id, by=acting(request)))

    @app.get("/cases/{case_id}/sponsorship", responses=QUESTION_PROBLEMS)
    async def sponsorship(case_id: UUID) -> Response:
        """Show who leads the work on a case, and how far it is."""
        return await one(running.store, CAMPAIGNS, Campaign.stream(case_id))

    @app.get("/sponsorships", responses=QUESTION_PROBLEMS)
    async def sponsorships(after: UUID = FIRST, limit: int = 50, state: StateFilter = None) -> Response:
        """List who leads the work on which case."""
        return await page(running.store, CAMPAIGNS, after=after, limit=limit, state=state)
