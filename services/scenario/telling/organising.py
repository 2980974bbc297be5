"""Leaders, teams, plans and the six-and-three scheme (包案, 五个一, 六一三包)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, Self

from contracts.vocabulary import (
    DocumentKind,
    HandoverReason,
    Milestone,
    ReleaseGround,
    Role,
    SixOneDuty,
    SixOnePaper,
    SponsorDuty,
)
from services.assignment.commands.campaign import (
    AppointSponsor,
    CompleteSixOne,
    DoSixOneDuty,
    DoSponsorDuty,
    FilePlan,
    FileSixOnePaper,
    NameWorkTeam,
    OpenSixOne,
    ReachMilestone,
    ReleaseSponsor,
    ReplaceSponsor,
    StartCampaign,
)
from services.assignment.commands.instructions import AnswerInstruction, RecordInstruction, RedirectInstruction
from services.chassis.operations import Declared
from services.scenario.county import Unit
from services.scenario.step import Who
from services.scenario.telling.handling import Handling

PLAN_DAYS: Final = 75
_STEPS: Final = {Milestone.met_petitioner: 35, Milestone.facts_verified: 25, Milestone.answered: 10}
"""How many working days before the last one each step of a plan is due."""
_FILED: Final = {SixOnePaper.issue: "WT", SixOnePaper.supervision_card: "DB", SixOnePaper.written_reply: "DF"}
"""The papers that others hold, and how their numbers begin."""


class Organising(Handling):
    """How the work on a case is led."""

    def sponsor(self) -> Self:
        """One leader answers for the case, with a team and a plan, under the scheme."""
        self.be_led_by(self.anybody(Role.sponsor_leader))
        order = self._order()
        body: dict[str, Any] = {"lead_unit": self.holder.code, "officers": [self.handler.actor]}
        self.after(0, 1)
        self._organise("name_team", NameWorkTeam, body)
        document = self._paper("plan", self.secretary)
        due_on = self.now.date() + timedelta(PLAN_DAYS)
        body = {"document": document, "due_on": due_on, "steps": {s.value: days for s, days in _STEPS.items()}}
        self._organise("file_plan", FilePlan, body)
        self.after(0)
        self._organise("begin_campaign", StartCampaign, {})
        self.after(0)
        return self._organise("open_six_one", OpenSixOne, {"order_no": order})

    def be_led_by(self, leader: Who) -> Self:
        """A leader answers for the case."""
        self.secretary, self.leader = self.anybody(Role.conference_secretary), leader
        duties = [SponsorDuty.investigate, SponsorDuty.resolve]
        body: dict[str, Any] = {"order_no": self._order(), "sponsor": leader.actor, "duties": duties}
        return self._organise("sponsor", AppointSponsor, body)

    def hand_over_sponsorship(self) -> Self:
        """The leader has other work from now on, and another one answers for the case (包案移交)."""
        others = [one for one in self.county.all_staff(Role.sponsor_leader) if one.officer != self.leader.actor]
        other = self.rng.choice(others)
        self.leader = Who(other.officer, other.unit, Role.sponsor_leader)
        body: dict[str, Any] = {
            "order_no": self._order(),
            "sponsor": self.leader.actor,
            "reason_code": HandoverReason.work_redivided,
            "document": self._paper("handover", self.secretary),
        }
        return self._organise("hand_over_sponsorship", ReplaceSponsor, body)

    def reach(self, milestone: Milestone) -> Self:
        """A step of the plan is done."""
        body = {"milestone": milestone, "document": self._paper("milestone", self.handler)}
        return self._do("reach", ReachMilestone, body, self.handler)

    def complete_six_one(self) -> Self:
        """The papers are named by their numbers, the duties are done, and nothing is missing."""
        for paper, prefix in _FILED.items():
            body: dict[str, Any] = {"paper": paper, "reference": f"{prefix}-{self.rng.randint(1, 999):04}"}
            self._organise("file_paper", FileSixOnePaper, body).after(0)
        for duty in SixOneDuty:
            body = {"duty": duty, "document": self._paper("duty", self.leader)}
            self._do("do_six_one_duty", DoSixOneDuty, body, self.leader).after(0)
        return self._organise("complete_six_one", CompleteSixOne, {})

    def release_early(self) -> Self:
        """The leader would like to be free before the case is at its end, and is not (一包到底)."""
        document = self._paper("closed", self.secretary, DocumentKind.execution_proof)
        body = {"ground": ReleaseGround.closed, "document": document}
        return self._do("release", ReleaseSponsor, body, self.secretary, code="not_at_its_end")

    def release(self) -> Self:
        """The leader has done what was owed and is free (一包到底)."""
        for duty in (SponsorDuty.investigate, SponsorDuty.resolve):
            body: dict[str, Any] = {"duty": duty, "document": self._paper("duty", self.leader)}
            self._do("do_duty", DoSponsorDuty, body, self.leader).after(0)
        document = self._paper("closed", self.secretary, DocumentKind.execution_proof)
        return self._organise("release", ReleaseSponsor, {"ground": ReleaseGround.closed, "document": document})

    def instruct(self, unit: Unit) -> Self:
        """A leader writes on a letter what a unit has to do until when."""
        self.leader = self.anybody(Role.sponsor_leader)
        body = self._instruction(unit) | {"leader": self.leader.actor}
        captures = {"instruction_id": "instruction_id"}
        return self._do("instruct", RecordInstruction, body, self.leader, captures)

    def redirect(self) -> Self:
        """The leader gives it to the unit that has the case."""
        return self._do("redirect", RedirectInstruction, self._instruction(self.holder), self.leader)

    def _instruction(self, unit: Unit) -> dict[str, Any]:
        return {"unit": unit.code, "document": self._paper("instruction", self.leader), "due_on": self.in_days(45)}

    def answer_instruction(self) -> Self:
        """The unit reports to the leader."""
        body = {"document": self._paper("instruction_answer", self.head)}
        return self._do("answer_instruction", AnswerInstruction, body, self.head)

    def _order(self) -> str:
        return f"青信联办〔{self.now.year}〕{self.rng.randint(1, 99)}号"

    def _organise(self, name: str, command: type[Declared], body: dict[str, Any]) -> Self:
        return self._do(name, command, body, self.secretary)
