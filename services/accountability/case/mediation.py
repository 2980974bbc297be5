"""What the events of mediation mean to the Case."""

from __future__ import annotations

from datetime import datetime

from contracts.event import Event
from contracts.mediation import (
    AcceptanceNotified,
    AgreementBreached,
    AgreementPerformed,
    CaseClosed,
    CaseReopened,
    CaseTerminated,
    ClaimsAnswered,
    ClassificationLearnt,
    ClosureReportReturned,
    CommitmentKept,
    CommitmentMade,
    ConfirmationRefused,
    ExecutionRefused,
    HandlingAccepted,
    HandlingCarriedOn,
    HandlingExtended,
    HandlingOpened,
    HandlingStopped,
    HearingClosed,
    HearingOpened,
    MediationAgreementSigned,
    MediationFailed,
    MediationOffered,
    MediationRefused,
    MediationStopped,
    OfficerNamed,
    OpinionExecuted,
    OpinionIssued,
    OpinionServed,
    OpinionTakenBack,
    PartingLearnt,
    PetitionersLearnt,
    ProcedureDocketed,
    ProcedureImported,
    ProcedureRefused,
    RecheckOpinionServed,
    RecheckRequested,
    RecusalDecided,
    RecusalDeclared,
    RemedyPassedOn,
    RemedyServedAgain,
    ReviewOpinionServed,
    ReviewRequested,
    RouteDetermined,
    SuggestionReplied,
)
from contracts.vocabulary import CaseState, HearingStage, Result, ReviewResult
from services.accountability.case.assignment import await_a_unit
from services.accountability.case.fold import Case, happened


@happened.register
def _(_: HandlingOpened, case: Case) -> None:
    """A unit begins with nothing done, whatever another one did before it."""
    _undecide(case)
    case.accepted_at = case.case_officer = None
    case.extended_by = case.commitments_open = 0


@happened.register
def _(event: HandlingCarriedOn | OfficerNamed, case: Case) -> None:
    case.case_officer = event.case_officer


@happened.register
def _(event: AcceptanceNotified, case: Case) -> None:
    _accept(case, event.served_at, event.case_officer)


@happened.register
def _(event: HandlingAccepted, case: Case) -> None:
    _accept(case, event.timestamp, event.case_officer)


def _accept(case: Case, accepted_at: datetime, case_officer: str) -> None:
    case.state, case.accepted_at, case.case_officer = CaseState.accepted, accepted_at, case_officer
    case.tell_by = None


@happened.register
def _(event: HandlingExtended, case: Case) -> None:
    case.extended_by = event.days


@happened.register
def _(event: RecusalDeclared, case: Case) -> None:
    case.keep_out(event.officer, recused=True)


@happened.register
def _(event: RecusalDecided, case: Case) -> None:
    case.keep_out(event.officer, recused=event.granted)
    if event.granted and event.officer == case.case_officer:
        case.case_officer = event.successor


@happened.register
def _(event: HearingOpened, case: Case) -> None:
    case.presider = event.presider
    if event.stage is HearingStage.handling:
        case.state = CaseState.hearing


@happened.register
def _(event: HearingClosed, case: Case) -> None:
    if event.stage is HearingStage.handling:
        case.state = CaseState.accepted


@happened.register
def _(event: MediationOffered, case: Case) -> None:
    case.state, case.mediator_unit = CaseState.mediation, event.mediator_unit
    case.mediator = event.mediator


@happened.register(MediationRefused)
@happened.register(MediationStopped)
@happened.register(MediationFailed)
def _(_: Event, case: Case) -> None:
    case.state = CaseState.accepted


@happened.register
def _(_: MediationAgreementSigned, case: Case) -> None:
    case.state, case.result = CaseState.agreement_signed, Result.agreed


@happened.register
def _(_: AgreementPerformed, case: Case) -> None:
    case.state = CaseState.agreement_performed


@happened.register(AgreementBreached)
@happened.register(ConfirmationRefused)
def _(_: Event, case: Case) -> None:
    case.state, case.result = CaseState.accepted, None


@happened.register
def _(event: OpinionIssued, case: Case) -> None:
    case.state, case.result, case.issued_at = CaseState.opinion_issued, event.result, event.timestamp
    case.to_review = event.review_body


@happened.register
def _(event: ClaimsAnswered, case: Case) -> None:
    case.results = event.results


@happened.register
def _(event: OpinionTakenBack, case: Case) -> None:
    _undecide(case)
    case.commitments_open -= len(event.promises)
    case.state = CaseState.accepted


@happened.register
def _(event: OpinionServed, case: Case) -> None:
    case.state, case.served_at = CaseState.opinion_served, event.served_at


@happened.register
def _(event: OpinionExecuted, case: Case) -> None:
    case.executed_on = event.executed_on


@happened.register
def _(_: ExecutionRefused, case: Case) -> None:
    case.executions_refused += 1


@happened.register
def _(_: CommitmentMade, case: Case) -> None:
    case.commitments_open += 1


@happened.register
def _(_: CommitmentKept, case: Case) -> None:
    case.commitments_open -= 1


@happened.register
def _(_: SuggestionReplied, case: Case) -> None:
    case.state, case.result = CaseState.suggestion_replied, Result.replied


@happened.register(RouteDetermined)
@happened.register(ClassificationLearnt)
def _(event: RouteDetermined | ClassificationLearnt, case: Case) -> None:
    """Of what was found, and what was put right at the door meanwhile, the last counts that the handling has heard."""
    case.route = event.route
    case.wait()


@happened.register
def _(_: ProcedureImported, case: Case) -> None:
    case.state, case.result = CaseState.procedure_imported, Result.imported


@happened.register
def _(_: ProcedureRefused, case: Case) -> None:
    handed = CaseState.forwarded if case.due_on is None else CaseState.assigned
    case.state, case.result = CaseState.accepted if case.accepted_at else handed, None


@happened.register
def _(_: ProcedureDocketed, case: Case) -> None:
    case.state = CaseState.procedure_docketed


@happened.register
def _(event: ReviewRequested, case: Case) -> None:
    case.state, case.review_body = CaseState.review_open, event.review_body


@happened.register
def _(event: ReviewOpinionServed, case: Case) -> None:
    case.to_recheck = event.recheck_body
    _look_again(case, event)
    if event.result is not ReviewResult.revoke:
        case.state, case.review_served_at = CaseState.review_served, event.served_at


@happened.register
def _(event: RecheckRequested, case: Case) -> None:
    case.state, case.recheck_body = CaseState.recheck_open, event.recheck_body


@happened.register
def _(event: RemedyPassedOn, case: Case) -> None:
    if event.recheck:
        case.recheck_body = event.unit
    else:
        case.review_body = event.unit


@happened.register
def _(event: RemedyServedAgain, case: Case) -> None:
    if event.recheck:
        case.recheck_served_at = event.served_at
    else:
        case.review_served_at = event.served_at


@happened.register
def _(event: RecheckOpinionServed, case: Case) -> None:
    _look_again(case, event)
    if event.result is not ReviewResult.revoke:
        case.state, case.recheck_served_at = CaseState.recheck_served, event.served_at


@happened.register
def _(event: HandlingStopped, case: Case) -> None:
    case.state = CaseState(str(event.reason))  # type: ignore[call-arg]  # a Term is called with its value


@happened.register
def _(event: CaseClosed, case: Case) -> None:
    case.state, case.closed_at = CaseState.closed, event.timestamp


@happened.register
def _(event: PetitionersLearnt, case: Case) -> None:
    case.others += event.petitions


@happened.register
def _(event: PartingLearnt, case: Case) -> None:
    case.others = tuple(one for one in case.others if one != event.petition)


@happened.register
def _(_: CaseReopened, case: Case) -> None:
    case.closed_at = case.terminated_at = None
    steps = (
        (CaseState.recheck_served, case.recheck_served_at),
        (CaseState.review_served, case.review_served_at),
    )
    case.state = next((state for state, reached in steps if reached), CaseState.opinion_served)
    if case.let_go:
        await_a_unit(case)


@happened.register
def _(event: CaseTerminated, case: Case) -> None:
    case.state, case.terminated_at = CaseState.terminated, event.timestamp


def _look_again(case: Case, event: ReviewOpinionServed | RecheckOpinionServed) -> None:
    """Change what holds; what is revoked is open again."""
    if event.result is ReviewResult.revoke:
        _undecide(case)
        case.state = CaseState.accepted
    elif event.changed_to is not None:
        case.result, case.executed_on = event.changed_to, None


def _undecide(case: Case) -> None:
    case.result = case.issued_at = case.served_at = case.executed_on = None
    case.review_served_at = case.recheck_served_at = None
    case.results = ()


@happened.register
def _(event: ClosureReportReturned, case: Case) -> None:
    case.due_on = event.due_on
