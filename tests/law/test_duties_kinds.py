"""Every kind of duty with a day: who owes it, until when, under which article, since which entry; met, late, missed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
import pytest

from contracts.accountability import SupervisionOrdered, SupervisionReplied
from contracts.assignment import (
    ConferenceDecided,
    ConferenceItemDone,
    HallCallAnswered,
    InstructionAnswered,
    InstructionRedirected,
    LeaderInstructed,
    LedgerItemClosed,
    LedgerItemOpened,
    MilestonePlanned,
    MilestoneReached,
    PlanFiled,
    ReceptionFollowedUp,
    ReceptionHeld,
    ReceptionMissed,
    ReceptionRostered,
    SixOneCompleted,
    SixOneOpened,
    SponsorReleased,
    SponsorReplaced,
    TeamNamed,
    UnitCalledToHall,
)
from contracts.envelope import Record
from contracts.event import Event, typed_before
from contracts.intake import (
    BoxOpened,
    BoxRegistered,
    CaseWithdrawn,
    ConfidentialTrackOpened,
    CorrectionOrdered,
    CorrectionReported,
    FieldVisitLogged,
    FollowUpDone,
    HelpPlanDone,
    HelpPlanFiled,
    InformantNotified,
    PersonnelDepartmentTold,
    PersonnelNoticeDue,
    RegistrationGapClosed,
    ReportConcluded,
    UnregisteredVisitDetected,
    WithdrawalRequested,
)
from contracts.mediation import (
    AgreementPerformed,
    AidReferred,
    CaseClosed,
    CaseTerminated,
    CommitmentKept,
    CommitmentMade,
    CommitteeReelected,
    CommitteeRegistered,
    DisputeSettled,
    ExecutionOrdered,
    ExecutionRefused,
    FundAudited,
    FundPaid,
    MediationAgreementSigned,
    MediationFailed,
    MediationOffered,
    MediationTeamNamed,
    MediatorRemoved,
    OpinionExecuted,
    OtherWaysTold,
    OutcomeAssessed,
    PerformanceItemDone,
    PostTerminationCareRecorded,
    RecusalDecided,
    SweepOrdered,
    SweepReported,
)
from contracts.vocabulary import (
    AidKind,
    CareKind,
    Channel,
    ClockOutcome,
    CommitteeSetting,
    ContentCategory,
    DocumentKind,
    HandoverReason,
    InformantNotice,
    LedgerKind,
    Milestone,
    OutcomeAxis,
    ReceptionMissReason,
    ReleaseGround,
    RemovalGround,
    Result,
    ServiceMethod,
    SupervisionReason,
    TerminationGround,
)
from services.accountability.clocks import effects
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.firing import Firing
from services.accountability.clocks.rules import Act
from tests.law.ledger import BUREAU, NOW, Ledger
from tests.rules import at

DUE: Final = date(2025, 3, 14)
PAPER: Final = {"document": uuid4()}
CASE: Final = object()
"""Stands for the case of the ledger."""


@dataclass(frozen=True)
class Kind:
    """One kind of duty: what makes it, what fulfils it, and what it must say of itself."""

    code: str
    article: str
    made_by: type[Event]
    said: dict[str, Any]
    met_by: type[Event]
    done: dict[str, Any] = field(default_factory=dict)
    holder: str = "county-hr"
    officer: str | None = None
    due: date = DUE
    of_case: bool = True
    alone: bool = True
    """Whether the same event makes no other duty that is due before."""
    recurs: bool = False
    """Whether what fulfils it makes the next one."""

    def begin(self, ledger: Ledger, stream: UUID) -> UUID:
        return self._tell(ledger, self.made_by, self.said, stream, "2025-03-03").id

    def fulfil(self, ledger: Ledger, stream: UUID, on: str) -> None:
        self._tell(ledger, self.met_by, self.done, stream, on)

    def _tell(self, ledger: Ledger, event: type[Event], said: dict[str, Any], stream: UUID, on: str) -> Record:
        case = ledger.case.case_id
        told = {name: case if value is CASE else value for name, value in said.items()}
        told |= {name: (case,) for name, value in said.items() if value == (CASE,)}
        told |= {name: date.fromisoformat(on) for name in told.keys() & DAYS if told[name] is None}
        told |= {name: at(on) for name in told.keys() & MOMENTS}
        return ledger.tell(event, stream=stream, on=on, **told)


DAYS: Final = {"executed_on", "done_on", "kept_on", "settled_on", "paid_on", "concluded_on"}
"""When something was done, as the event says it: on the day on which it is told, if nothing else is said."""
MOMENTS: Final = {"served_at", "told_at"}
SERVED: Final = {"method": ServiceMethod.post, "served_at": at("2025-03-14"), "receipt": typed_before("EMS-1")}
AGREED: Final = {"agreement_no": "调1号", "effective_on": date(2025, 3, 3), **PAPER}
ELECTED: Final = {"member_count": 5, "chair": "chair-1", "has_woman": True, "elected_on": date(2022, 3, 14), **PAPER}
TEAM: Final = {"leader": "leader-1", "mediator": "mediator-1", "mediator_unit": "county-hr"}
OFFICER: Final = "officer-9"
CARD: Final = {"case": CASE, "card_no": "督1号", "reason_code": SupervisionReason.no_feedback, "document": None}
ITEM: Final = {"case": CASE, "item_no": "账1号", "kind": LedgerKind.dispute, "officer": OFFICER, **PAPER}
BOX: Final = {"box_no": "B-1", "place": "P-1", "unit": "county-hr"}
VISIT: Final = {"unit": "county-hr", "officer": OFFICER, "place": "P-1", "category": ContentCategory.agriculture}

KINDS: Final = {
    "r40_card": Kind(
        "D11", "第四十条第一款", SupervisionOrdered, {**CARD, "unit": "county-hr", "due_on": DUE},
        SupervisionReplied, {"case": CASE, **PAPER},
    ),
    "r18_instruction": Kind(
        "D12", "第十八条第二款", LeaderInstructed,
        {"case": CASE, "leader": "leader-1", "unit": "county-hr", "due_on": DUE, **PAPER}, InstructionAnswered, PAPER,
    ),
    "r18_plan": Kind(
        "D13", "第十八条第二款", PlanFiled, {"due_on": DUE, **PAPER}, SponsorReleased,
        {"sponsor": "leader-1", "ground": ReleaseGround.executed, **PAPER}, officer="leader-1",
    ),
    "r28_milestone": Kind(
        "D14", "第二十八条第一款", MilestonePlanned,
        {"milestone": Milestone.facts_verified, "working_days_before": 5, "due_on": DUE},
        MilestoneReached, {"milestone": Milestone.facts_verified, **PAPER}, officer="leader-1",
    ),
    "r32_execution_order": Kind(
        "D15", "第三十二条第二款", ExecutionOrdered, {"unit": "county-water", "due_on": DUE, **PAPER},
        OpinionExecuted, {"executed_on": None, **PAPER}, holder="county-water",
    ),
    "r33_agreement_item": Kind(
        "D16", "第三十一条", MediationAgreementSigned, {"performance_due": (DUE,), **AGREED},
        PerformanceItemDone, {"item": 1, "done_on": None, **PAPER}, officer=OFFICER,
    ),
    "r33_agreement_confirmed": Kind(
        "D17", "第三十一条", MediationAgreementSigned, {"performance_due": (date(2025, 3, 10), DUE), **AGREED},
        AgreementPerformed, PAPER, officer=OFFICER, due=date(2025, 3, 31), alone=False,
    ),
    "r27_commitment": Kind(
        "D18", "第二十七条", CommitmentMade, {"commitment": 1, "due_on": DUE, **PAPER},
        CommitmentKept, {"commitment": 1, "kept_on": None, **PAPER}, officer=OFFICER,
    ),
    "r13_conference_decision": Kind(
        "D19", "第十三条", ConferenceDecided,
        {"item": 1, "owner": "county-hr", "due_on": DUE, "matter": CASE, **PAPER},
        ConferenceItemDone, {"item": 1, "proof": PAPER["document"]},
    ),
    "r13_conference_decision_of_no_case": Kind(
        "D19", "第十三条", ConferenceDecided, {"item": 1, "owner": "county-hr", "due_on": DUE, **PAPER},
        ConferenceItemDone, {"item": 1, "proof": PAPER["document"]}, of_case=False,
    ),
    "r18_reception": Kind(
        "D20", "第十八条第一款", ReceptionRostered, {"leader": "leader-1", "place": "P-1", "received_on": DUE},
        ReceptionHeld, {"cases": (), "follow_up_due": date(2025, 4, 14), "leader": "leader-1"},
        holder=BUREAU, officer="leader-1", of_case=False,
    ),
    "r18_reception_follow_up": Kind(
        "D21", "第十八条第二款", ReceptionHeld, {"cases": (CASE,), "follow_up_due": DUE, "leader": "leader-1"},
        ReceptionFollowedUp, PAPER, holder=BUREAU, officer="leader-1",
    ),
    "r28_ledger_item": Kind(
        "D22", "第二十八条第一款", LedgerItemOpened, {**ITEM, "unit": "county-hr", "due_on": DUE},
        LedgerItemClosed, {"proof": uuid4(), "confirmation": None}, officer=OFFICER,
    ),
    "r10_ledger_item_of_no_case": Kind(
        "D22", "第十条", LedgerItemOpened, {**ITEM, "case": None, "unit": "county-hr", "due_on": DUE},
        LedgerItemClosed, {"proof": uuid4(), "confirmation": None}, officer=OFFICER, of_case=False,
    ),
    "r18_field_visit": Kind(
        "D23", "第十八条第二款", FieldVisitLogged, {**VISIT, "visited_on": date(2025, 3, 3), "follow_up_on": DUE},
        FollowUpDone, PAPER, officer=OFFICER, of_case=False,
    ),
    "r22_box": Kind(
        "D24", "第二十二条", BoxRegistered, BOX, BoxOpened,
        {"openers": ("a", "b"), "item_count": 0, "unit": "county-hr"}, due=date(2025, 3, 4), of_case=False,
        recurs=True,
    ),
    "r37_sweep": Kind(
        "D25", "第三十七条第一款", SweepOrdered, {"units": ("county-hr",), "due_on": DUE},
        SweepReported, {"unit": "county-hr", "count": 0}, of_case=False,
    ),
    "r37_dispute": Kind(
        "D26", "第三十七条第一款", MediationTeamNamed, {**TEAM, "due_on": DUE},
        DisputeSettled, {"settled_on": None, **PAPER}, officer="mediator-1", of_case=False,
    ),
    "r37_fund_audit": Kind(
        "D27", "第三十七条第二款", FundPaid, {"case": CASE, "paid_on": None, **PAPER},
        FundAudited, {"case": CASE, "in_order": True, **PAPER}, holder=BUREAU, due=date(2025, 6, 3),
    ),
    "r18_six_one": Kind(
        "D28", "第十八条第二款", SixOneOpened, {"case": CASE, "order_no": typed_before("1号")},
        SixOneCompleted, {"order_no": typed_before("1号")}, officer="leader-1", due=date(2025, 5, 6),
    ),
    "r18_hall_call": Kind(
        "D43", "第十四条第二项", UnitCalledToHall, {"case": CASE, "unit": "county-hr", "due_on": DUE},
        HallCallAnswered, {"officer": OFFICER, "came": True, **PAPER},
    ),
    "r22_registration_gap": Kind(
        "D41", "第二十二条", UnregisteredVisitDetected,
        {"unit": "county-hr", "day": date(2025, 3, 2), "channel": Channel.visit, "counted": 3, "registered": 1},
        RegistrationGapClosed, {"channel": Channel.visit, "registered": 3}, of_case=False, due=date(2025, 3, 4),
    ),
    "r37_help_plan": Kind(
        "D42", "第三十七条第二款", HelpPlanFiled,
        {"case": CASE, "unit": "county-hr", "officer": OFFICER, "due_on": DUE, **PAPER},
        HelpPlanDone, {"proof": uuid4()}, officer=OFFICER,
    ),
    "r44_correction": Kind(
        "D45", "第四十三条至第四十六条", CorrectionOrdered,
        {"case": CASE, "document_no": "责改1号", "unit": "county-hr", "due_on": DUE},
        CorrectionReported, {"case": CASE, **PAPER},
    ),
    "r17_withdrawal": Kind(
        "D46", "第十七条", WithdrawalRequested, {"effective_on": date(2025, 3, 18), "confirmer": "bureau-2", **PAPER},
        CaseWithdrawn, PAPER, holder="bureau-2", due=date(2025, 3, 25),
    ),
    "r37_care": Kind(
        "D47", "第三十七条第三款", CaseTerminated, {"ground": TerminationGround.rechecked, "document": None},
        PostTerminationCareRecorded, {"unit": "county-hr", "kind": CareKind.guidance, **PAPER},
        due=date(2025, 4, 2),
    ),
    "pml26_other_ways": Kind(
        "D51", "第二十六条", MediationFailed, {"document": None}, OtherWaysTold, PAPER, due=date(2025, 3, 10),
    ),
    "pml15_another_mediator": Kind(
        "D52", "第十五条", MediatorRemoved,
        {"ground": RemovalGround.leak, "unit": "town", "cases": (CASE,), **PAPER},
        MediationOffered, {"mediator": "mediator-2", "mediator_unit": "town"}, holder="town", due=date(2025, 3, 10),
    ),
    "r37_hardship": Kind(
        "D53", "第三十七条第二款", OutcomeAssessed,
        {"axis": OutcomeAxis.hardship_helped, "achieved": False, **PAPER},
        AidReferred, {"kind": AidKind.social_assistance, "agency": "civil-affairs"}, officer=OFFICER,
        due=date(2025, 3, 10),
    ),
    "r30_personnel": Kind(
        "D56", "第三十条第二款", PersonnelNoticeDue, {"persons": ("officer-7",)},
        PersonnelDepartmentTold,
        {"organ": "personnel", "persons": ("officer-7",), "letter_no": typed_before("信通1号"), "told_at": None},
        holder="discipline", due=date(2025, 3, 10),
    ),
    "r39_rectification": Kind(
        "D50", "第三十九条第三款", CorrectionOrdered,
        {"case": CASE, "document_no": "限改1号", "unit": "county-hr", "due_on": DUE,
         "kind": DocumentKind.rectification_notice},
        CorrectionReported, {"case": CASE, **PAPER},
    ),
    "r40_supervision": Kind(
        "D49", "第四十条第一款", ExecutionRefused, {"unit": "county-hr", **PAPER},
        SupervisionOrdered, {**CARD, "unit": "county-hr", "due_on": date(2025, 4, 30)},
        holder=BUREAU, due=date(2025, 3, 10),
    ),
    "pml8_committee_term": Kind(
        "D29", "第八条", CommitteeRegistered,
        {"unit": "county-hr", "setting": CommitteeSetting.village, "term_until": DUE, **ELECTED},
        CommitteeReelected, {"term_until": date(2028, 3, 14), **ELECTED}, of_case=False, recurs=True,
    ),
    "r30_report": Kind(
        "D30", "第三十条第一款", ConfidentialTrackOpened, {"organ": "discipline", "receipt_no": "密1号"},
        ReportConcluded, {"organ": "discipline", "concluded_on": None}, holder="discipline", due=date(2025, 6, 3),
        alone=False,
    ),
    "r30_report_result": Kind(
        "C14r", "第三十条", ReportConcluded, {"organ": "discipline", "concluded_on": date(2025, 3, 3)},
        InformantNotified, {"notice": InformantNotice.result, **SERVED}, holder="discipline", due=date(2025, 3, 24),
    ),
}  # fmt: skip
every = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def begun(kind: Kind) -> tuple[Ledger, UUID, Clock]:
    """Return a ledger in which the duty has begun, the stream of what it is about, and the duty."""
    ledger, stream = Ledger(case_officer=OFFICER, sponsor="leader-1", organ="discipline", review_served_at=NOW), uuid4()
    entry = kind.begin(ledger, stream)
    duty = ledger.duty(kind.code)
    assert duty.started_by == entry
    return ledger, stream, duty


def after(kind: Kind, days: int = 0) -> str:
    return (kind.due + timedelta(days)).isoformat()


@every
def test_duty_names_holder_officer_day_and_article(kind: Kind):
    ledger, _, duty = begun(kind)
    assert (duty.holder, duty.officer, duty.due_on) == (kind.holder, kind.officer, kind.due)
    assert duty.due_at == at(after(kind, 1), "00:00")
    assert kind.article in ledger.keeper.book.rule(duty.code).article
    assert duty.of == (ledger.case.case_id if kind.of_case else None)
    if kind.of_case and kind.alone:
        assert ledger.case.next_duty is not None
        assert (ledger.case.next_duty.code, ledger.case.next_duty.holder) == (kind.code, kind.holder)


@every
def test_duty_that_is_done_in_time_is_met(kind: Kind):
    ledger, stream, duty = begun(kind)
    kind.fulfil(ledger, stream, after(kind))
    assert duty.outcome is ClockOutcome.met
    ledger.passes(after(kind, 1))
    assert kind.code not in ledger.breaches()
    assert len(ledger.duties(kind.code)) == kind.recurs


@every
def test_duty_that_is_missed_goes_on_record_without_anybody_asking(kind: Kind):
    ledger, _, _ = begun(kind)
    ledger.passes(after(kind))
    assert kind.code not in ledger.breaches()
    ledger.passes(after(kind, 1))
    assert ledger.breaches().count(kind.code) == 1
    assert ledger.duty(kind.code).state == "breached"
    if kind.of_case:
        assert (ledger.case.breaches[-1].code, ledger.case.breaches[-1].holder) == (kind.code, kind.holder)


@every
def test_duty_that_is_done_afterwards_is_on_record_as_late(kind: Kind):
    ledger, stream, duty = begun(kind)
    ledger.passes(after(kind, 1))
    kind.fulfil(ledger, stream, after(kind, 3))
    assert duty.outcome is ClockOutcome.late
    assert ledger.breaches().count(kind.code) == 1


@pytest.mark.parametrize(
    "name",
    ["r40_card", "r18_instruction", "r13_conference_decision", "r28_ledger_item", "r18_reception_follow_up",
     "r37_fund_audit"],
)  # fmt: skip
def test_duty_outlives_a_withdrawal(name: str):
    """第四十条第一款: a case that is withdrawn is not resolved, and the card is still to be answered."""
    kind = KINDS[name]
    ledger, stream, _ = begun(kind)
    ledger.tell(CaseWithdrawn, on="2025-03-10", **PAPER)
    assert ledger.case.ended
    assert ledger.case.next_duty is not None
    assert ledger.case.next_duty.code == kind.code
    kind.fulfil(ledger, stream, after(kind))
    assert ledger.ended(kind.code).outcome is ClockOutcome.met
    assert ledger.case.next_duty is None


def test_r40_every_card_is_a_duty_of_its_own():
    kind = KINDS["r40_card"]
    ledger, first, _ = begun(kind)
    kind.begin(ledger, uuid4())
    assert len(ledger.duties("D11")) == 2
    kind.fulfil(ledger, first, "2025-03-10")
    assert ledger.duty("D11").subject != first


def test_r18_instruction_that_goes_to_another_unit_is_owed_by_that_one():
    ledger, stream, _ = begun(KINDS["r18_instruction"])
    ledger.tell(
        InstructionRedirected, stream=stream, unit="county-water", due_on=date(2025, 4, 1),
        **PAPER,
    )  # fmt: skip
    duty = ledger.duty("D12")
    assert (duty.holder, duty.due_on) == ("county-water", date(2025, 4, 1))


def test_r18_instruction_given_again_to_the_same_unit_moves_no_day():
    ledger, stream, _ = begun(KINDS["r18_instruction"])
    ledger.tell(
        InstructionRedirected, stream=stream, unit="county-hr", due_on=date(2025, 4, 1),
        **PAPER,
    )  # fmt: skip
    assert ledger.duty("D12").due_on == DUE


def test_r33_every_item_of_an_agreement_is_due_on_its_own_day():
    """第三十三条; 人民调解法 第三十一条: the committee watches what was agreed being done."""
    ledger = Ledger()
    days = (date(2025, 3, 10), date(2025, 3, 20), date(2025, 4, 1))
    ledger.tell(MediationAgreementSigned, performance_due=days, **AGREED)
    assert [(duty.item, duty.due_on) for duty in ledger.duties("D16")] == [
        ("1", days[0]), ("2", days[1]), ("3", days[2]),
    ]  # fmt: skip
    assert ledger.duty("D17").due_on == date(2025, 4, 16)
    assert ledger.duties("D8") == []
    ledger.tell(PerformanceItemDone, on="2025-03-09", item=2, done_on=date(2025, 3, 9), **PAPER)
    assert [duty.item for duty in ledger.duties("D16")] == ["1", "3"]
    ledger.passes("2025-03-21")
    assert ledger.breaches() == ["D16"]
    ledger.tell(AgreementPerformed, on="2025-03-30", **PAPER)
    assert [duty.code for duty in ledger.duties()] == ["D4"]
    assert sorted(str(clock.outcome) for clock in ledger.all() if clock.code == "D16") == ["late", "met", "met"]


def test_r33_agreement_without_days_is_due_as_a_whole():
    ledger = Ledger()
    ledger.tell(MediationAgreementSigned, performance_due=(), **AGREED)
    assert ledger.duty("D8").due_on == date(2025, 6, 3)
    assert ledger.duties("D16") + ledger.duties("D17") == []


def test_r28_every_step_of_a_plan_is_a_duty_of_the_team():
    """第二十八条第一款: each step its own day, and the unit that leads the team owes it."""
    ledger = Ledger(sponsor="leader-1")
    ledger.tell(TeamNamed, lead_unit="county-water", units=("county-hr",), officers=("officer-1",))
    ledger.tell(PlanFiled, due_on=DUE, **PAPER)
    for step, due_on in ((Milestone.met_petitioner, date(2025, 3, 5)), (Milestone.answered, date(2025, 3, 12))):
        ledger.tell(MilestonePlanned, milestone=step, working_days_before=2, due_on=due_on)
    ledger.tell(MilestoneReached, on="2025-03-04", milestone=Milestone.answered, **PAPER)
    duty = ledger.duty("D14")
    assert (duty.item, duty.holder, duty.officer) == ("met_petitioner", "county-water", "leader-1")
    ledger.tell(
        SponsorReplaced, order_no=typed_before("2号"), sponsor="leader-2", former="leader-1", reason_code=HandoverReason.office_changed,
        **PAPER,
    )  # fmt: skip
    assert ledger.duty("D14").officer == "leader-2"
    ledger.passes("2025-03-06")
    assert ledger.breaches() == ["D14"]


def test_r37_every_unit_owes_a_sweep_its_own_report():
    """第三十七条第一款: none found is an answer, and silence is not."""
    ledger, sweep = Ledger(), uuid4()
    ledger.tell(SweepOrdered, stream=sweep, units=("V-1", "V-2", "V-3"), due_on=DUE)
    assert [duty.holder for duty in ledger.duties("D25")] == ["V-1", "V-2", "V-3"]
    ledger.tell(SweepReported, stream=sweep, on="2025-03-10", unit="V-2", count=0)
    ledger.passes("2025-03-15")
    assert ledger.breaches() == ["D25", "D25"]
    assert [duty.holder for duty in ledger.duties("D25")] == ["V-1", "V-3"]


def test_r13_items_of_a_conference_are_owed_by_their_owners():
    """第十三条: a matter's item shows in the Case, the other in none."""
    ledger, conference = Ledger(), uuid4()
    for item, (owner, matter) in enumerate((("county-hr", ledger.case.case_id), ("county-water", None)), 1):
        ledger.tell(ConferenceDecided, stream=conference, item=item, owner=owner, due_on=DUE, matter=matter, **PAPER)
    assert [(duty.holder, duty.of) for duty in ledger.duties("D19")] == [
        ("county-hr", ledger.case.case_id), ("county-water", None),
    ]  # fmt: skip
    ledger.tell(ConferenceItemDone, stream=conference, on="2025-03-10", item=2, proof=uuid4())
    ledger.passes("2025-03-15")
    assert [(breach.code, breach.holder) for breach in ledger.case.breaches] == [("D19", "county-hr")]


def test_r18_each_case_of_a_reception_is_followed_up():
    """第十八条第二款: what was promised shows in every case that the leader received."""
    ledger, reception, other = Ledger(), uuid4(), uuid4()
    cases = (ledger.case.case_id, other)
    ledger.tell(ReceptionHeld, stream=reception, cases=cases, follow_up_due=DUE, leader="leader-1")
    assert {ledger.cases[case].next_duty and ledger.cases[case].next_duty.due_on for case in cases} == {DUE}
    ledger.tell(ReceptionFollowedUp, stream=reception, on="2025-03-10", **PAPER)
    assert ledger.duties() == []


def test_r18_reception_that_was_not_held_is_missed_and_has_a_reason_later():
    ledger, stream, duty = begun(KINDS["r18_reception"])
    ledger.passes("2025-03-15")
    assert ledger.breaches() == ["D20"]
    ledger.tell(ReceptionMissed, stream=stream, on="2025-03-17", reason_code=ReceptionMissReason.illness)
    assert duty.outcome is ClockOutcome.late


def test_r22_box_is_to_be_opened_again_on_the_next_working_day():
    """第二十二条: what lies in a box is a petition; a neglected box is one duty, until somebody opens it."""
    ledger, box = Ledger(), uuid4()
    ledger.tell(BoxRegistered, stream=box, **BOX)
    opened = {"openers": ("a", "b"), "item_count": 1, "unit": "county-hr"}
    ledger.tell(BoxOpened, stream=box, on="2025-03-04", **opened)
    assert ledger.duty("D24").due_on == date(2025, 3, 5)
    ledger.passes("2025-03-10")
    assert ledger.breaches() == ["D24"]
    ledger.tell(BoxOpened, stream=box, on="2025-03-14", **opened)
    assert ledger.duty("D24").due_on == date(2025, 3, 17)


def test_r37_dispute_moves_no_day_by_naming_the_same_unit_again():
    ledger, stream, _ = begun(KINDS["r37_dispute"])
    ledger.tell(MediationTeamNamed, stream=stream, **TEAM, due_on=date(2025, 5, 1))
    assert ledger.duty("D26").due_on == DUE
    ledger.tell(MediationTeamNamed, stream=stream, **TEAM | {"mediator_unit": "town-1"}, due_on=date(2025, 5, 1))
    assert (ledger.duty("D26").holder, ledger.duty("D26").due_on) == ("town-1", date(2025, 5, 1))


def test_r30_informant_is_owed_the_result_when_the_organs_case_has_ended():
    """第三十条第一款, 第二十三条第四款: the organ owes a handling, and then the informant its result."""
    ledger = Ledger(anonymous=False)
    ledger.tell(ConfidentialTrackOpened, organ="discipline", receipt_no="密1号")
    assert {duty.code for duty in ledger.duties()} == {"C14", "D30"}
    ledger.tell(ReportConcluded, on="2025-04-01", organ="discipline", concluded_on=date(2025, 4, 1))
    assert ledger.ended("D30").outcome is ClockOutcome.met
    assert ledger.duty("C14r").due_on == date(2025, 4, 23)


def test_r30_nobody_is_owed_the_result_of_an_anonymous_report():
    ledger = Ledger(anonymous=True)
    ledger.tell(ConfidentialTrackOpened, organ="discipline", receipt_no="密1号")
    ledger.tell(ReportConcluded, organ="discipline", concluded_on=date(2025, 3, 3))
    assert ledger.duties() == []


def test_r28_closing_a_case_ends_its_plan_and_leaves_a_card_open():
    """第二十八条第一款, 第四十条第一款: a duty survives what does not end it."""
    ledger, _, _ = begun(KINDS["r40_card"])
    ledger.tell(MilestonePlanned, milestone=Milestone.answered, working_days_before=2, due_on=DUE)
    ledger.tell(PlanFiled, due_on=DUE, **PAPER)
    ledger.tell(CaseClosed, on="2025-03-10", result=Result.explain)
    assert [duty.code for duty in ledger.duties()] == ["D11"]
    assert ledger.ended("D13").outcome is ClockOutcome.met
    assert ledger.ended("D14").outcome is ClockOutcome.void


def test_r28_what_a_recused_officer_had_to_do_is_the_successors():
    """第二十八条第三款: whoever steps aside does nothing more about the case, and its days stay."""
    ledger = Ledger(case_officer=OFFICER)
    ledger.tell(CommitmentMade, commitment=1, due_on=DUE, **PAPER)
    ledger.tell(RecusalDecided, officer=OFFICER, granted=True, decided_by="head-1", successor="officer-2")
    duty = ledger.duty("D18")
    assert (duty.officer, duty.due_on) == ("officer-2", DUE)
    assert ledger.case.next_duty is not None
    assert ledger.case.next_duty.officer == "officer-2"


def test_checker_sees_a_kind_that_makes_no_duty(monkeypatch: pytest.MonkeyPatch):
    """Mutant: a rule starts nothing."""
    monkeypatch.setitem(effects._ACTS, Act.start, lambda *_: None)
    for kind in KINDS.values():
        with pytest.raises(ValueError, match="not enough values"):
            test_duty_names_holder_officer_day_and_article(kind)


def test_checker_sees_items_that_end_together(monkeypatch: pytest.MonkeyPatch):
    """Mutant: whatever fulfils one item ends all."""
    real = effects._stop
    monkeypatch.setitem(
        effects._ACTS, Act.stop, lambda firing, *more: real(msgspec.structs.replace(firing, item=None), *more)
    )
    for test in (
        test_r33_every_item_of_an_agreement_is_due_on_its_own_day,
        test_r37_every_unit_owes_a_sweep_its_own_report,
        test_r13_items_of_a_conference_are_owed_by_their_owners,
    ):
        with pytest.raises(AssertionError):
            test()


def test_checker_sees_a_duty_that_is_looked_for_by_its_case(monkeypatch: pytest.MonkeyPatch):
    """Mutant: what a stream is about is forgotten, so that only a case tells duties apart."""
    monkeypatch.setattr(Firing, "about", property(lambda firing: firing.case))
    with pytest.raises((AssertionError, ValueError)):
        test_duty_that_is_done_in_time_is_met(KINDS["r40_card"])
