"""What the Case makes of everything that mediation says, from acceptance to the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest

from contracts.assignment import LeadUnitDesignated
from contracts.event import Event, typed_before
from contracts.mediation import (
    AgreementBreached,
    AgreementPerformed,
    CaseTerminated,
    CommitmentKept,
    CommitmentMade,
    ExecutionRefused,
    HandlingAccepted,
    HandlingExtended,
    HandlingOpened,
    HandlingStopped,
    HearingClosed,
    HearingOpened,
    MediationAgreementSigned,
    MediationFailed,
    MediationOffered,
    OpinionIssued,
    OpinionServed,
    ProcedureDocketed,
    ProcedureImported,
    RecheckOpinionServed,
    RecheckRequested,
    RecusalDecided,
    ReviewOpinionServed,
    ReviewRequested,
    SuggestionReplied,
)
from contracts.vocabulary import (
    HearingStage,
    Result,
    ReviewResult,
    Route,
    ServiceMethod,
    StopReason,
    SuggestionResult,
    TerminationGround,
)
from services.accountability.case import Case
from tests.rules import at

CASE = uuid4()
NOW, DAY = at("2025-09-01"), date(2025, 9, 1)
SERVED = {"method": ServiceMethod.post, "served_at": NOW, "receipt": typed_before("EMS-1")}
PAPER = {"document": uuid4()}
ISSUED = {
    "opinion_no": "意1号",
    "result": Result.explain,
    "legal_basis": typed_before("某法 第三条"),
    "approved_by": "head-1",
}
LEAD = {"unit": "RSJ", "unit_name": "人社局", "registration_no": "XF1", "route": Route.petition_procedure}


def of(kind: type[Event], **fields: object) -> Event:
    return kind(originator_id=CASE, originator_version=1, timestamp=NOW, **fields)


def folded(*events: Event) -> Case:
    case = Case(CASE)
    for seq, event in enumerate(events, start=1):
        case.take(seq, event)
    return case


ACCEPTED = of(HandlingAccepted, case_officer="co-1")
ANSWERED = (ACCEPTED, of(OpinionIssued, review_body="gov", **ISSUED, **PAPER), of(OpinionServed, **SERVED))
OFFERED = of(MediationOffered, mediator="m-1", mediator_unit="COMMITTEE")
AGREED = of(MediationAgreementSigned, agreement_no="调1号", effective_on=DAY, **PAPER)
ASKED = of(ReviewRequested, review_body="gov", received_at=NOW, **PAPER)
LAST_ASKED = of(RecheckRequested, recheck_body="city", received_at=NOW, **PAPER)


def looked(kind: type[Event], result: ReviewResult, changed_to: Result | None = None) -> Event:
    return of(kind, opinion_no="查1号", result=result, changed_to=changed_to, **SERVED, **PAPER)


UPHELD = looked(ReviewOpinionServed, ReviewResult.uphold)
IMPORTED = of(ProcedureImported, route=Route.arbitration, competent_body="board", notice_no="导1号", **SERVED)
HEARING = of(HearingOpened, stage=HearingStage.handling, opened_on=DAY, presider="p-1", public=True)

STATES: dict[str, tuple[Event, ...]] = {
    "accepted": (ACCEPTED,),
    "hearing": (ACCEPTED, HEARING),
    "mediation": (ACCEPTED, OFFERED),
    "agreement_signed": (ACCEPTED, OFFERED, AGREED),
    "agreement_performed": (ACCEPTED, OFFERED, AGREED, of(AgreementPerformed, **PAPER)),
    "opinion_served": ANSWERED,
    "suggestion_replied": (
        ACCEPTED,
        of(SuggestionReplied, reply_no="复1号", result=SuggestionResult.adopted, **PAPER, **SERVED),
    ),
    "procedure_imported": (IMPORTED,),
    "procedure_docketed": (IMPORTED, of(ProcedureDocketed, docket_no=typed_before("A-1"), docketed_on=DAY)),
    "review_open": (*ANSWERED, ASKED),
    "review_served": (*ANSWERED, ASKED, UPHELD),
    "recheck_open": (*ANSWERED, ASKED, UPHELD, LAST_ASKED),
    "recheck_served": (*ANSWERED, LAST_ASKED, looked(RecheckOpinionServed, ReviewResult.uphold)),
    "terminated": (*ANSWERED, of(CaseTerminated, ground=TerminationGround.remedy_lapsed)),
    "withdrawn": (ACCEPTED, of(HandlingStopped, unit="RSJ", reason=StopReason.withdrawn)),
    "merged": (ACCEPTED, of(HandlingStopped, unit="RSJ", reason=StopReason.merged)),
}


@pytest.mark.parametrize("state", STATES)
def test_case_is_in_the_state_to_which_its_events_amount(state: str):
    assert folded(*STATES[state]).state == state


def test_case_that_has_ended_has_ended_whoever_is_to_lead():
    ended = (*ANSWERED, of(CaseTerminated, ground=TerminationGround.remedy_lapsed))
    case = folded(*ended, of(LeadUnitDesignated, **LEAD | {"unit": "MZJ"}, decided_by="gov"))
    assert (case.state, case.unit) == ("terminated", folded(*ended).unit)


BACK: dict[str, tuple[Event, ...]] = {
    "hearing closed": (ACCEPTED, HEARING, of(HearingClosed, stage=HearingStage.handling, closed_on=DAY, **PAPER)),
    "mediation failed": (ACCEPTED, OFFERED, of(MediationFailed)),
    "agreement breached": (ACCEPTED, OFFERED, AGREED, of(AgreementBreached, **PAPER)),
    "opinion revoked": (*ANSWERED, ASKED, looked(ReviewOpinionServed, ReviewResult.revoke)),
    "opinion revoked in the recheck": (*ANSWERED, LAST_ASKED, looked(RecheckOpinionServed, ReviewResult.revoke)),
}


@pytest.mark.parametrize("why", BACK)
def test_handling_goes_on(why: str):
    case = folded(*BACK[why])
    assert (case.state, case.result, case.served_at) == ("accepted", None, None)


def test_what_a_review_changes_is_what_holds():
    case = folded(*ANSWERED, ASKED, looked(ReviewOpinionServed, ReviewResult.change, Result.support))
    assert (case.state, case.result) == ("review_served", Result.support)


FIGURES: tuple[tuple[Event, Callable[[Case], object], object], ...] = (
    (of(CommitmentMade, commitment=1, due_on=DAY, **PAPER), lambda c: c.commitments_open, 1),
    (of(CommitmentKept, commitment=1, kept_on=DAY, **PAPER), lambda c: c.commitments_open, -1),
    (of(ExecutionRefused, unit="JYJ", **PAPER), lambda c: c.executions_refused, 1),
    (of(HandlingExtended, days=30, approved_by="h", reasons=uuid4(), notice_no="延1号", **SERVED),
     lambda c: c.extended_by, 30),
    (of(RecusalDecided, officer="co-1", granted=True, decided_by="h", successor="co-2"),
     lambda c: c.case_officer, "co-2"),
    (of(HandlingOpened, **LEAD), lambda c: (c.accepted_at, c.case_officer, c.result), (None, None, None)),
)  # fmt: skip


@pytest.mark.parametrize(("event", "figure", "expected"), FIGURES, ids=lambda x: type(x).__name__)
def test_figure_follows_the_event(event: Event, figure: Callable[[Case], object], expected: object):
    assert figure(folded(*ANSWERED, event)) == expected
