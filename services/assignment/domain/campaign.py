"""What is organised around one case, beside its handling: its whole state, and what each event means to it.

What may be done about it, and why it is refused, stands in the chapters beside this file, as functions over it: its
leader (``sponsorship``), team and plan (``planning``), and the six-and-three scheme (``six_one``).
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.assignment import (
    CampaignStarted,
    MilestoneMissed,
    MilestonePlanned,
    MilestoneReached,
    PlanFiled,
    SixOneCompleted,
    SixOneDutyDone,
    SixOneOpened,
    SixOnePaperFiled,
    SponsorAppointed,
    SponsorDutyDone,
    SponsorKeptOut,
    SponsorReleased,
    SponsorReplaced,
    TeamNamed,
)
from contracts.ids import derived
from contracts.vocabulary import CampaignState, Milestone, SixOneDuty, SixOnePaper, SponsorDuty
from services.chassis.aggregate import Aggregate, when


class Campaign(Aggregate):
    """Everything organised around a case; it begins with a sponsor or with the scheme."""

    def start(self) -> None:
        """Nothing is organised yet."""
        self.of: UUID | None = None
        self.order_no: UUID | None = None
        self.sponsor: str | None = None
        self.organiser: str | None = None
        """Which unit has named the sponsor."""
        self.duties: list[SponsorDuty] = []
        self.duties_done: list[SponsorDuty] = []
        self.released = False
        self.lead_unit: str | None = None
        self.units: list[str] = []
        self.officers: list[str] = []
        self.plan_due_on: date | None = None
        self.milestones: dict[Milestone, date] = {}
        self.reached: list[Milestone] = []
        self.started = False
        self.six_one: str | None = None
        self.six_one_order: UUID | None = None
        self.papers: dict[SixOnePaper, UUID] = {}
        """The papers of the scheme that others hold, by what these call them."""
        self.six_one_duties: list[SixOneDuty] = []

    @staticmethod
    def stream(case: UUID) -> UUID:
        """Return the stream of what is organised around a case."""
        return derived(case, "campaign")

    @property
    def case(self) -> UUID | None:
        """The case around which it is organised."""
        return self.of

    @property
    def state(self) -> CampaignState:
        """What a list shows."""
        if self.sponsor is None:
            return CampaignState.released if self.released else CampaignState.awaiting_sponsor
        return CampaignState.started if self.started else CampaignState.sponsored

    @property
    def next_due_on(self) -> date | None:
        """The next day on which a step is due."""
        return min((due for step, due in self.milestones.items() if step not in self.reached), default=None)

    @property
    def settled(self) -> dict[SixOnePaper, bool]:
        """Which of leader, team and plan there are."""
        return {
            SixOnePaper.leader: self.sponsor is not None,
            SixOnePaper.team: self.lead_unit is not None,
            SixOnePaper.plan: self.plan_due_on is not None,
        }

    # ------------------------------------------------------------------------ the leader

    @when
    def _(self, event: SponsorAppointed) -> None:
        self.of, self.order_no, self.sponsor = event.case, event.order_no, event.sponsor
        self.duties, self.duties_done, self.released = list(event.duties), [], False
        self.organiser = event.organiser

    @when
    def _(self, event: SponsorReplaced) -> None:
        self.order_no, self.sponsor = event.order_no, event.sponsor
        self.organiser = event.organiser or self.organiser

    @when
    def _(self, _: SponsorKeptOut) -> None:
        self.sponsor = None

    @when
    def _(self, event: SponsorDutyDone) -> None:
        self.duties_done.append(event.duty)

    @when
    def _(self, _: SponsorReleased) -> None:
        self.sponsor, self.released = None, True

    # ------------------------------------------------------------------------ team and plan

    @when
    def _(self, event: TeamNamed) -> None:
        self.lead_unit, self.units, self.officers = event.lead_unit, list(event.units), list(event.officers)

    @when
    def _(self, event: PlanFiled) -> None:
        self.plan_due_on = event.due_on

    @when
    def _(self, event: MilestonePlanned) -> None:
        self.milestones[event.milestone] = event.due_on

    @when
    def _(self, _: CampaignStarted) -> None:
        self.started = True

    @when
    def _(self, event: MilestoneReached) -> None:
        self.reached.append(event.milestone)

    @when
    def _(self, _: MilestoneMissed) -> None:
        """Who had to look once put it on record here; the watch of the duties does so now."""

    # ------------------------------------------------------------------------ the scheme

    @when
    def _(self, event: SixOneOpened) -> None:
        self.of, self.six_one, self.six_one_order = event.case, "open", event.order_no

    @when
    def _(self, event: SixOnePaperFiled) -> None:
        self.papers[event.paper] = event.reference

    @when
    def _(self, event: SixOneDutyDone) -> None:
        self.six_one_duties.append(event.duty)

    @when
    def _(self, _: SixOneCompleted) -> None:
        self.six_one = "completed"
