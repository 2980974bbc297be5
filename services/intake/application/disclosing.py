"""What a petitioner is told of their case: each step with its day, who has it, and until when (第二十一条、第二十三条).

Intake does not follow what happens elsewhere: whoever asks is told from the Case, at the moment of the question, so
that the way of a case costs nothing more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.assignment import (
    CaseAssigned,
    CaseCarriedOn,
    CaseForwarded,
    CaseRecalled,
    CaseTaken,
    JurisdictionDisputeReferred,
    LeadUnitDesignated,
    RoutedToJudicial,
)
from contracts.event import Event
from contracts.intake import (
    CaseDetached,
    CaseMerged,
    CaseRegistered,
    CaseSplit,
    CaseWithdrawn,
    ChallengeDecided,
    ClaimsCorrected,
    ClaimsListed,
    ClassificationCorrected,
    EmergencyAccessGranted,
    EmergencyAccessReviewed,
    NoLongerAccepted,
    NonAcceptanceRevoked,
    NotAcceptedNotified,
    NoticeReturned,
    OfficerChallenged,
    PetitionAttached,
    PetitionWithdrawn,
    QueryCodeReplaced,
    RepeatAnswered,
    ToldAgain,
    WithdrawalRequested,
    WithdrawalRevoked,
)
from contracts.mediation import (
    AcceptanceNotified,
    AgreementBreached,
    AgreementPerformed,
    CaseClosed,
    CaseReopened,
    CaseTerminated,
    ConfirmationRefused,
    DeliveryReturned,
    ExecutionOrdered,
    ExecutionReported,
    HandlingAccepted,
    HandlingExtended,
    HandlingReturned,
    HearingClosed,
    HearingOpened,
    MediationAgreementSigned,
    MediationConsented,
    MediationFailed,
    MediationOffered,
    MediationRefused,
    MediationStopped,
    NoticeServedAgain,
    OpinionExecuted,
    OpinionIssued,
    OpinionServed,
    OpinionTakenBack,
    OtherWaysTold,
    PetitionerNotified,
    PetitionerServed,
    ProcedureDocketed,
    ProcedureImported,
    ProcedureRefused,
    RecheckOpinionServed,
    RecheckRequested,
    RecusalDecided,
    RecusalRequested,
    RemedyPassedOn,
    RemedyServedAgain,
    RemedyServedToPetitioner,
    ReviewOpinionServed,
    ReviewRequested,
    RouteDetermined,
    SuggestionReplied,
)
from contracts.periods import period
from contracts.vocabulary import AssignmentState, ClockNature, HandlingState, LookPurpose, Role, Term
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import Erased, NotFound, SourceAway
from services.chassis.running import Running
from services.chassis.source import once
from services.intake.application.doors import doors
from services.intake.application.looking import look, whose
from services.intake.application.whereabouts import happened
from services.intake.domain.registration import Registration
from services.intake.domain.saying import NOT_ACCEPTED

TOLD: Final[Mapping[type[Event], tuple[str, ...]]] = {
    CaseRegistered: ("registration_no", "received_at"),
    CaseDetached: (),
    PetitionAttached: ("registration_no", "received_at"),
    QueryCodeReplaced: (),
    CaseMerged: (),
    CaseSplit: (),
    NonAcceptanceRevoked: ("unit",),
    NotAcceptedNotified: ("ground", "competent_body", "body_words", "answer_by", "notice_no", "served_at"),
    NoLongerAccepted: ("notice_no", "served_at"),
    RepeatAnswered: ("notice_no", "served_at"),
    WithdrawalRequested: ("effective_on",),
    WithdrawalRevoked: (),
    PetitionWithdrawn: (),
    CaseWithdrawn: (),
    EmergencyAccessGranted: ("ground", "until"),
    EmergencyAccessReviewed: ("justified",),
    CaseForwarded: ("unit", "unit_name"),
    CaseAssigned: ("unit", "unit_name"),
    CaseTaken: ("unit", "unit_name"),
    CaseCarriedOn: ("unit", "unit_name"),
    LeadUnitDesignated: ("unit", "unit_name"),
    JurisdictionDisputeReferred: ("arbiter",),
    RoutedToJudicial: ("organ", "manner"),
    HandlingReturned: ("unit",),
    CaseRecalled: ("unit",),
    AcceptanceNotified: ("notice_no", "served_at"),
    PetitionerNotified: ("notice_no", "served_at"),
    HandlingAccepted: (),
    HandlingExtended: ("days", "notice_no", "served_at"),
    HearingOpened: ("opened_on",),
    HearingClosed: (),
    OfficerChallenged: ("officer",),
    ChallengeDecided: ("officer", "granted"),
    RecusalRequested: ("officer",),
    RecusalDecided: ("officer", "granted"),
    MediationOffered: ("mediator",),
    MediationConsented: ("side",),
    MediationRefused: ("side",),
    MediationStopped: ("side",),
    MediationFailed: (),
    OtherWaysTold: (),
    MediationAgreementSigned: ("agreement_no", "effective_on"),
    SuggestionReplied: ("reply_no", "result", "served_at"),
    ClassificationCorrected: ("kind", "route"),
    RouteDetermined: ("route",),
    ProcedureImported: ("competent_body", "body_words", "notice_no", "served_at"),
    ProcedureRefused: ("refused_on",),
    ProcedureDocketed: ("docket_no", "docketed_on"),
    AgreementPerformed: (),
    AgreementBreached: (),
    ConfirmationRefused: ("ruling_no", "decided_on"),
    ClaimsListed: ("count",),
    ClaimsCorrected: ("count",),
    OpinionIssued: ("opinion_no",),
    OpinionTakenBack: ("opinion_no",),
    OpinionServed: ("served_at",),
    PetitionerServed: ("served_at",),
    DeliveryReturned: ("paper", "returned_on"),
    NoticeServedAgain: ("paper", "served_at"),
    NoticeReturned: ("returned_on",),
    ToldAgain: ("served_at",),
    ExecutionOrdered: ("unit", "due_on"),
    ExecutionReported: ("unit", "executed_on"),
    OpinionExecuted: ("executed_on",),
    ReviewRequested: ("review_body", "received_at"),
    ReviewOpinionServed: ("opinion_no", "result", "served_at"),
    RecheckRequested: ("recheck_body", "received_at"),
    RemedyServedAgain: ("served_at", "recheck"),
    RemedyServedToPetitioner: ("served_at", "recheck"),
    RemedyPassedOn: ("unit", "recheck"),
    RecheckOpinionServed: ("opinion_no", "result", "served_at"),
    CaseClosed: (),
    CaseReopened: (),
    CaseTerminated: (),
}
"""Which steps a petitioner is told of, and what of each. How the unit works between them is its own business."""
LEFT_AT: Final = frozenset({
    HandlingState.opinion_served, HandlingState.review_served, HandlingState.recheck_served, HandlingState.closed,
    HandlingState.terminated, HandlingState.suggestion_replied,
})  # fmt: skip
"""How far a case is that has its answer. What is written while another body looks at that belongs to its look."""
UNITS: Final = frozenset({"unit", "competent_body", "arbiter", "organ", "review_body", "recheck_body"})
"""What of these is a body: one of the directory by its code, any other by its name."""
IN_VAIN: Final = (MediationRefused, MediationStopped, MediationFailed)
OTHER_WAYS: Final = (
    "可以依法通过仲裁、行政、司法等途径维护自己的权利（人民调解法 第二十六条）；本事项继续办理，办理期限不因调解中止。"
)
"""What a petitioner is told with each of them, whoever tells it else."""


OF_THE_FIRST: Final = frozenset({"C8", "C10"})
"""What the first petitioner alone may do by a clock; each further one has days of their own (C8o, C10o)."""


class _Duty(msgspec.Struct):
    code: str
    nature: ClockNature
    due_on: date
    holder: str | None = None
    breached: bool = False
    item: str | None = None


class _Case(msgspec.Struct):
    state: str | None = None
    unit: str | None = None
    unit_name: str | None = None
    case_officer: str | None = None
    arbiter: str | None = None
    lead_unit: str | None = None
    review_body: str | None = None
    recheck_body: str | None = None
    clocks: dict[str, _Duty] = {}
    next_duty: _Duty | None = None


async def disclosed(running: Running, by: By, own: UUID, answering: UUID, petition: UUID) -> dict[str, Any]:
    """Return what the petitioner is told beside how far the case is; as far as the others can be asked now."""
    return await _now(partial(_disclosed, running, by, own, answering, petition))


async def _disclosed(running: Running, by: By, own: UUID, answering: UUID, petition: UUID) -> dict[str, Any]:
    steps = await _steps(running, own, answering, petition, by)
    if gone := [n for n, step in enumerate(steps, 1) if step["event"] == PetitionWithdrawn.wire_name]:
        return {"steps": steps[: gone[0]], "complete": True}
    return {**await _handling(running, answering, petition), "steps": steps}


async def owed(running: Running, case: UUID, petition: UUID) -> dict[str, Any]:
    """Return who has a part of what was divided, and until when they must act; as far as they can be asked now."""
    return await _now(partial(_handling, running, case, petition))


async def _now(told: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """Return what others tell, if they can be asked now."""
    try:
        return await once(told)
    except SourceAway:
        return {"complete": False}


async def handling_unit(running: Running, case: UUID) -> str | None:
    """Return which unit has the case, if one has. Raises ``SourceAway``."""
    return (await _case(running, case)).unit


async def has_it(running: Running, case: UUID) -> str | None:
    """Return which unit a case is with, as assignment has it at this moment. Raises ``SourceAway``."""
    return (await _case(running, case, "assignment")).unit


async def handlers(running: Running, case: UUID) -> set[str]:
    """Return which units have a case to handle, review or recheck it. Raises ``SourceAway``."""
    assigned, found = await _case(running, case, "assignment"), await _case(running, case)
    return {unit for unit in (assigned.unit, found.unit, found.review_body, found.recheck_body) if unit}


async def handed_on(running: Running, case: UUID) -> bool:
    """Return whether a case has gone to anybody, or is in dispute, as assignment has it. Raises ``SourceAway``."""
    return (await _case(running, case, "assignment")).state not in {None, AssignmentState.awaiting_unit}


async def is_settled(running: Running, case: UUID) -> bool:
    """Return whether a case is answered, or left to the courts, as others have it. Raises ``SourceAway``."""
    assigned = await _case(running, case, "assignment")
    handled = await running.sources.case("mediation", case) if assigned.unit else None
    return assigned.state == AssignmentState.routed_out or bool(handled and handled["result"])


async def is_left_at_that(running: Running, case: UUID) -> bool:
    """Return whether a case is answered, and nobody has asked for another look. Raises ``SourceAway``."""
    handled = await running.sources.case("mediation", case)
    return handled is not None and bool(handled["result"]) and handled["state"] in LEFT_AT


async def is_owed(running: Running, case: UUID) -> bool:
    """Return whether anybody still has to do something in a case. Raises ``SourceAway``."""
    return any(duty.nature is ClockNature.duty for duty in (await _case(running, case)).clocks.values())


async def _case(running: Running, case: UUID, source: str = "accountability") -> _Case:
    return msgspec.convert(await running.sources.case(source, case) or {}, _Case, strict=False)


async def _handling(running: Running, case: UUID, petition: UUID) -> dict[str, Any]:
    """Return who has the case, and until when somebody must act or may; what another petitioner alone may is theirs."""
    registration = await running.store.known(Registration, case)
    who = await whose(running, registration, petition)
    others = {str(one) for one in registration.others}
    found = await _case(running, case)
    directory = await running.store.directories.at_hand()

    def name(code: str | None) -> str | None:
        return None if code is None or code not in directory.units else directory.units[code].name

    def told(duty: _Duty) -> dict[str, Any]:
        law, holder = period(duty.code), duty.holder
        return {
            "title": law.title, "article": law.article, "nature": duty.nature, "last_day": duty.due_on,
            "holder": holder, "holder_name": name(holder),
        }  # fmt: skip

    def theirs(duty: _Duty) -> bool:
        return duty.item == str(who) if duty.item in others else not (duty.code in OF_THE_FIRST and str(who) in others)

    running_now = sorted(filter(theirs, found.clocks.values()), key=lambda duty: duty.due_on)
    following = found.next_duty
    if following and not theirs(following):
        following = next((duty for duty in running_now if duty.nature is ClockNature.duty), None)
    return {
        "unit": found.unit,
        "unit_name": found.unit_name or name(found.unit),
        **(await _people(running, found.unit, found.case_officer) if found.unit else {}),
        "next": told(following) if following else None,
        "running": [told(duty) for duty in running_now],
        "overdue": [told(duty) for duty in running_now if duty.breached],
        "complete": True,
    }


async def _people(running: Running, unit: str, officer: str | None) -> dict[str, Any]:
    """Return what stands on the officer's door, and at which number those answer who receive for the unit."""
    found = await doors(running, unit)
    plate = next((one for one in found if one.officer == officer), None)
    shown = plate and {"officer": plate.officer, "post": plate.post, "name": plate.name, "phone": plate.phone}
    on_duty = (one.phone for one in found if one.phone and Role.unit_receiver in one.roles)
    return {"officer": shown, "duty_phone": next(on_duty, None)}


async def _steps(running: Running, own: UUID, answering: UUID, petition: UUID, by: By) -> list[dict[str, Any]]:
    """Return the steps of each case in which the petition is or was, in their order."""
    told = [event for event in await happened(running, own, answering, petition) if type(event) in TOLD]
    directory = running.store.directories.current
    told = [event for n, event in enumerate(told) if not _said_before(event, told[:n])]
    return [_step(event, directory, await _typed(running, event, by)) for event in told]


async def _typed(running: Running, event: Event, by: By) -> dict[str, str | None]:
    """Return what somebody has typed of that of which a petitioner is told, by its field; none where it was erased."""
    found: dict[str, str | None] = {}
    for field in event.body.words.intersection(TOLD[type(event)]):
        if (key := getattr(event, field)) is None:
            continue
        found[field] = event.in_clear.get(key)
        if found[field] is None:
            with suppress(Erased, NotFound):
                lying = await look(running, event.originator_id, key, LookPurpose.own_progress, by)
                found[field] = lying and lying["text"]
    return found


def _said_before(event: Event, before: Iterable[Event]) -> bool:
    """Return whether it says once more, where the case goes on, what was asked, or no more claims than were known."""
    if (asked := getattr(event, "asked_at", None)) is not None:
        return any(
            asked in {one.timestamp, getattr(one, "asked_at", None)} for one in before if type(one) is type(event)
        )
    known = 0
    for one in before:
        if isinstance(one, ClaimsListed | ClaimsCorrected):
            known = one.count if isinstance(one, ClaimsCorrected) else max(known, one.count)
    return isinstance(event, ClaimsListed) and known >= event.count


def _step(event: Event, directory: Directory, typed: Mapping[str, str | None]) -> dict[str, Any]:
    """Return what has happened as a petitioner is told of it: what stands there as a code, in words beside it."""
    said = {field: typed.get(field, getattr(event, field)) for field in TOLD[type(event)]}
    if (called := said.pop("body_words", None)) is not None:
        said["competent_body"] = called
    details = {field: value for field, value in said.items() if value is not None}
    words = {f"{field}_title": value.title for field, value in details.items() if isinstance(value, Term)}
    for field in UNITS & details.keys():
        if (unit := directory.units.get(details[field])) is not None:
            words[f"{field}_name"] = unit.name
    if isinstance(event, IN_VAIN):
        words["other_ways"] = OTHER_WAYS
    basis = "、".join(NOT_ACCEPTED[event.ground]) if isinstance(event, NotAcceptedNotified) else event.basis
    about = {"title": event.title, "article": basis, "details": words | details}
    return {"at": event.timestamp, "event": event.wire_name, **about}
