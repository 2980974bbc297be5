"""The commands by which a leader, a team and a plan are put around a case."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.vocabulary import (
    CampaignState,
    HandoverReason,
    Milestone,
    ReleaseGround,
    Role,
    SixOneDuty,
    SixOnePaper,
    SponsorDuty,
)
from services.assignment.commands.acting import LED, ORGANISERS, KnownCase, Organising
from services.assignment.domain import planning, six_one, sponsorship
from services.assignment.domain.campaign import Campaign
from services.chassis.commands import Command, Reply
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.references import KnownOfficer, KnownUnit
from services.chassis.running import Running
from services.chassis.texts import CaseText
from services.chassis.words import Words

UNITS_MAX: Final = 20
OFFICERS_MAX: Final = 50
WORKING_DAYS_BEFORE_MAX: Final = 250
"""How far back a step may lie: a working year."""

WorkingDays = Annotated[int, Field(ge=0, le=WORKING_DAYS_BEFORE_MAX)]


class Organised(Reply):
    """How far the work by leader, team and plan is."""

    case_id: UUID
    state: CampaignState


class Organise(Organising, Command[Campaign], reply=Organised):
    """A command about what is organised around a case; it may be the first."""

    may_open = True

    case_id: KnownCase

    def stream(self, by: By) -> UUID:  # noqa: ARG002  # whoever acts
        """Return the stream of what is organised around the case."""
        return Campaign.stream(self.case_id)

    def taking_part(self, c: Campaign, by: By) -> list[str]:
        """Return whose people work on it: those of the team, and the leader's own unit."""
        team = [c.lead_unit, *c.units, by.unit if by.actor == c.sponsor else None]
        return [unit for unit in team if unit is not None]


class AppointSponsor(Organise, path="/cases/{case_id}/sponsor", by=ORGANISERS, called="领导包案"):
    """Let one leader answer for a case, by an order, with duties (第十八条第二款)."""

    order_no: Words
    sponsor: KnownOfficer
    duties: list[SponsorDuty] = Field(min_length=1, max_length=len(SponsorDuty))

    def act(self, c: Campaign, by: By) -> None:
        sponsorship.appoint(c, self.case_id, self.order_no, self.sponsor, self.duties, at=by.at, organiser=by.unit)


class ReplaceSponsor(Organise, path="/cases/{case_id}/sponsor/handover", by=ORGANISERS, called="移交包案"):
    """Hand a case over to another leader, with a record of it in the vault (第十八条第二款)."""

    order_no: Words
    sponsor: KnownOfficer
    reason_code: HandoverReason
    document: CaseText

    def act(self, c: Campaign, by: By) -> None:
        sponsorship.replace(
            c, self.order_no, self.sponsor, self.reason_code, self.document, at=by.at, organiser=by.unit
        )


class DoSponsorDuty(Organise, path="/cases/{case_id}/sponsor/duties", by=(Role.sponsor_leader,), called="落实包案职责"):
    """Tick a duty of the sponsor off (第十八条第二款)."""

    duty: SponsorDuty
    document: CaseText

    def act(self, c: Campaign, by: By) -> None:
        sponsorship.do_duty(c, by.actor, self.duty, self.document, at=by.at)


class ReleaseSponsor(Organise, path="/cases/{case_id}/sponsor/release", by=ORGANISERS, called="解除包案"):
    """Let the sponsor go at the end of a case, when what was granted is done (第十八条第二款、第三十二条第二款)."""

    ground: ReleaseGround
    document: CaseText

    async def look_up(self, running: Running, by: By) -> None:
        """Ask the handling service how far the case is: here is only known who has it."""
        await super().look_up(running, by)
        handling = await running.sources.case("mediation", self.case_id)
        self.referred["reached"] = sponsorship.ends(handling, left=self.referred["case_id"].left is not None)

    def act(self, c: Campaign, by: By) -> None:
        sponsorship.release(c, self.ground, self.document, self.referred["reached"], at=by.at)


class NameWorkTeam(Organise, path="/cases/{case_id}/team", by=LED, called="组建专班"):
    """Settle which unit leads, which help, and who works on a case (第十八条第二款)."""

    lead_unit: KnownUnit
    units: list[KnownUnit] = Field(default_factory=list, max_length=UNITS_MAX)
    officers: list[KnownOfficer] = Field(min_length=1, max_length=OFFICERS_MAX)

    def act(self, c: Campaign, by: By) -> None:
        planning.name_team(c, self.lead_unit, self.units, self.officers, at=by.at)


class FilePlan(Organise, path="/cases/{case_id}/plan", by=LED, called="制定方案"):
    """File the plan of a case, its steps counted back from the last day in working days (第二十八条第一款)."""

    document: CaseText
    due_on: Day
    steps: dict[Milestone, WorkingDays] = Field(min_length=1, max_length=len(Milestone))

    def act(self, c: Campaign, by: By) -> None:
        planning.file_plan(c, self.document, self.due_on, self.steps, at=by.at)


class StartCampaign(Organise, path="/cases/{case_id}/campaign", by=LED, called="启动攻坚"):
    """Begin the work by leader, team and plan (第十八条第二款)."""

    def act(self, c: Campaign, by: By) -> None:
        planning.begin(c, at=by.at)


class ReachMilestone(Organise, path="/cases/{case_id}/milestones", by=(Role.case_officer, *LED), called="完成节点"):
    """Note that a step of the plan is done (第二十八条第一款)."""

    milestone: Milestone
    document: CaseText

    def act(self, c: Campaign, by: By) -> None:
        planning.reach(c, self.milestone, self.document, at=by.at)


class OpenSixOne(Organise, path="/cases/{case_id}/six-one", by=ORGANISERS, called="六一三包案"):
    """Put a case under the six-and-three scheme (第十八条第二款)."""

    order_no: Words

    def act(self, c: Campaign, by: By) -> None:
        six_one.open_six_one(c, self.case_id, self.order_no, at=by.at)


class FileSixOnePaper(Organise, path="/cases/{case_id}/six-one/papers", by=LED, called="归集材料"):
    """Name a paper of the scheme, which others hold, by its number (第十八条第二款)."""

    paper: SixOnePaper
    reference: Words

    def act(self, c: Campaign, by: By) -> None:
        six_one.file_paper(c, self.paper, self.reference, at=by.at)


class DoSixOneDuty(Organise, path="/cases/{case_id}/six-one/duties", by=LED, called="落实六一三职责"):
    """Tick a duty of the scheme off (第十八条第二款)."""

    duty: SixOneDuty
    document: CaseText

    def act(self, c: Campaign, by: By) -> None:
        six_one.do_six_one_duty(c, self.duty, self.document, at=by.at)


class CompleteSixOne(Organise, path="/cases/{case_id}/six-one/completion", by=ORGANISERS, called="六一三结案"):
    """Find that nothing of the scheme is missing (第十八条第二款)."""

    def act(self, c: Campaign, by: By) -> None:
        six_one.complete_six_one(c, at=by.at)
