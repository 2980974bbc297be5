"""办理: what a unit's handling of a case amounts to: its whole state, and what each event means to it.

What may be done with a case, and why it is refused, stands in the chapters beside this file, as functions over it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from contracts.mediation import (
    AcceptanceNotified,
    AccusedLearnt,
    AgreementBreached,
    AgreementPerformed,
    AidReferred,
    CaseClosed,
    CaseReopened,
    CaseTerminated,
    ChallengeLearnt,
    ClaimsAnswered,
    ClaimsLearnt,
    ClassificationLearnt,
    ClosureReportReturned,
    ClosureReportSubmitted,
    CommitmentKept,
    CommitmentMade,
    ConfirmationFiled,
    ConfirmationGranted,
    ConfirmationRefused,
    CoUnitOpinionGiven,
    CoUnitsNamed,
    DeliveryReturned,
    DiscretionDetermined,
    EscalationFeared,
    EscalationReported,
    ExecutionOrdered,
    ExecutionRefused,
    ExecutionReported,
    GuestInvited,
    HandlingAccepted,
    HandlingCarriedOn,
    HandlingExtended,
    HandlingOpened,
    HandlingRecorded,
    HandlingReturned,
    HandlingStopped,
    HearingClosed,
    HearingOpened,
    MediationAgreementSigned,
    MediationConsented,
    MediationFailed,
    MediationHeld,
    MediationOffered,
    MediationRefused,
    MediationStopped,
    NoticeServedAgain,
    ObjectionLearnt,
    ObjectionSettled,
    OfficerNamed,
    OpinionExecuted,
    OpinionIssued,
    OpinionServed,
    OpinionTakenBack,
    OtherWaysTold,
    OutcomeAssessed,
    PartingLearnt,
    PerformanceItemDone,
    PetitionerNotified,
    PetitionerServed,
    PetitionersLearnt,
    PostTerminationCareRecorded,
    ProcedureDocketed,
    ProcedureImported,
    ProcedureRefused,
    ReceiptCorrected,
    RecheckOpinionServed,
    RecheckRequested,
    RecusalDecided,
    RecusalDeclared,
    RecusalLearnt,
    RecusalRequested,
    RemedyPassedOn,
    RemedyServedAgain,
    RemedyServedToPetitioner,
    ReviewJoined,
    ReviewOpinionServed,
    ReviewRequested,
    RouteDetermined,
    SettingApartLearnt,
    SimplifiedTrackChosen,
    SimplifiedTrackConverted,
    SixOneDischarged,
    SixOneLearnt,
    SuggestionReplied,
    WithdrawalLearnt,
)
from contracts.periods import period
from contracts.periods.book import midnight
from contracts.periods.calendar import day
from contracts.vocabulary import (
    HandlingState,
    HearingStage,
    Kind,
    RecordKind,
    Result,
    ReturnedPaper,
    ReviewResult,
    Route,
    Side,
    StopReason,
    TerminationGround,
)
from services.chassis.aggregate import Aggregate, when
from services.chassis.sent import Sent


class Handling(Aggregate):
    """A case from a unit's receipt of it to its end."""

    decided_from: ClassVar[str | None] = "assignment"

    def start(self) -> None:
        """No unit has the case yet, as far as is known here."""
        self.unit: str | None = None
        self.unit_name: str | None = None
        self.let_go = False
        """Whether the unit has it no longer once it goes on: what is over stays with whom it was."""
        self.registration_no = ""
        self.route: Route | None = None
        """Which way it goes: what the units that had it have found stands, until one finds otherwise."""
        self.kind: Kind | None = None
        self.set_apart = False
        """Whether it is dealt with elsewhere, and nobody here may know of it any more."""
        self.anonymous = False
        self.unclear = False
        """Whether nobody need be told, because name or address is unclear (第二十三条第二款)."""
        self.co_units: tuple[str, ...] = ()
        self.accused_units: frozenset[str] = frozenset()
        self.accused_persons: frozenset[str] = frozenset()
        """Whom the case complains of; these only grow."""
        self.recused: set[str] = set()
        """Who keeps out of it, whichever unit has it."""
        self.asked_at_the_door: set[str] = set()
        """Of whom it is open whether they keep out, and decided at the door, whichever unit has the case."""
        self.challenged: set[str] = set()
        """Of whom it was asked here, at any time, whether they keep out."""
        self.from_above = False
        self.due_on: date | None = None
        self.six_one: set[UUID] = set()
        self.withdrawal_pending = False
        self.others: tuple[UUID, ...] = ()
        """The petitions of further petitioners, each of whom is told and served."""
        self.claims = 1
        """How many claims it holds, each of which is answered."""
        self.stopped: StopReason | None = None
        self.waits_since: datetime | None = None
        """From when the sixty days run at the latest, by what other units had to do before."""
        self.extended_by = 0
        self.unwilling = False
        """Whether a side has refused mediation and has not asked for it since; it has refused whatever unit asks."""
        self.receipts: dict[int, UUID] = {}
        """What the number of a receipt is that was typed wrong, by the version of the event that has it."""
        self.within_discretion = True
        """Whether it is the unit's to settle, and so may be mediated."""
        self.feared_by: str | None = None
        """Who has found that it may grow into something for the police, and has not reported that yet."""
        self.ways_untold_by: str | None = None
        """Who has mediated in vain and has not told the sides of the other ways yet."""
        self._begin()

    def _begin(self) -> None:
        """A unit begins with nothing done."""
        self.opened_at: datetime | None = None
        self.begun_anew: datetime | None = None
        """From when the sixty days run that began once more, because an opinion was revoked or an agreement broken."""
        self.received_on: date | None = None
        """The day on which the unit has received it, whenever that was entered: it has to tell of it from then on."""
        self.brought_on: date | None = None
        """The day on which it came in: nothing is done in it before; who sits in a joint hall may tell on the spot."""
        self.accepted_at: datetime | None = None
        self.undecided_since: date | None = None
        """From which day on it may be answered: since it was accepted, or the answer before was taken back."""
        self.case_officer: str | None = None
        self.objecting = False
        self.others_told: set[UUID] = set()
        self.handlers: set[str] = set()
        """Who has taken part in handling, and so neither reviews nor rechecks it."""
        self.reviewers: set[str] = set()
        """Who has reviewed, and so does not recheck."""
        self.simplified = False
        self.recorded: dict[RecordKind, date] = {}
        """On which day something of each kind was on hand first: what was heard, what was verified."""
        self.records = 0
        self.recusals: set[str] = set()
        """Whose recusal is asked for and not decided."""
        self.hearing: HearingStage | None = None
        self.presider: str | None = None
        """Who holds it."""
        self.parts: set[str] = set()
        """The units that help and have given their part."""
        self.revoked: tuple[tuple[Result | None, ...], int] | None = None
        """What a review has revoked, and how many records there were then: the same is not said on the same facts."""
        self.promised = self.promised_before = 0
        """How much was promised, and how much of that before the opinion that was issued last."""
        self.commitments: dict[int, date] = {}
        """What was promised and is not done, with its day."""
        self.replied_at: datetime | None = None
        self.imported_at: datetime | None = None
        self.docketed_on: date | None = None
        self.came_back: dict[int, Sent] = {}
        """What was sent and not had, by the version of the event that had served it, until it is served again."""
        self.report_submitted = False
        self.closed_at: datetime | None = None
        self.terminated_at: datetime | None = None
        self.terminated_for: TerminationGround | None = None
        self._end_mediation()
        self._lapse_agreement()
        self._undecide()

    def _end_mediation(self) -> None:
        self.mediator: str | None = None
        self.mediator_unit: str | None = None
        self.other_party: str | None = None
        """The unit on the other side, where it is one."""
        self.consents: set[Side | UUID] = set()
        """Who is willing: the other party, the first petitioner, and each further one by their petition."""
        self.public: set[Side | UUID] = set()
        """Who of them wants everybody to listen who will."""

    def _lapse_agreement(self) -> None:
        self.agreement_on: date | None = None
        self.items: dict[int, date] = {}
        """What was agreed and is not done, with its day."""
        self.mediated = True
        """Whether somebody mediated what was agreed."""
        self.confirmation: str | None = None
        self.filed_on: date | None = None
        self.performed = False

    def _undecide(self) -> None:
        self._had(ReturnedPaper.opinion, ReturnedPaper.review, ReturnedPaper.recheck)
        self.result: Result | None = None
        """What the case was answered with; the petitioner need not have it yet."""
        self.each: tuple[Result, ...] = ()
        """What each claim was answered with, where there are several: the case with the best of it."""
        self.opinion_no = ""
        self.issuer: str | None = None
        """The unit whose opinion it is: others look again at that, whoever has the case later."""
        self.issued_at: datetime | None = None
        self.served_at: datetime | None = None
        self.service_entered_at: datetime | None = None
        self.others_served: dict[UUID, tuple[datetime, datetime]] = {}
        """When each of them got the opinion, and when that was entered."""
        self.executed = False
        self.urged: set[str] = set()
        """Who was urged to do what was granted, and has not said that its part is done."""
        self.review_body: str | None = None
        self.review_requested_at: datetime | None = None
        self.review_served_at: datetime | None = None
        self.review_entered_at: datetime | None = None
        self.recheck_body: str | None = None
        self.recheck_requested_at: datetime | None = None
        self.recheck_served_at: datetime | None = None
        self.recheck_entered_at: datetime | None = None
        self.others_answered: dict[tuple[bool, UUID], tuple[datetime, datetime]] = {}
        """When each of the others got what the review said, under True the recheck, and when that was entered."""

    # ------------------------------------------------------------------------ what it amounts to

    @property
    def state(self) -> HandlingState:
        """The farthest that the case has got."""
        steps = (
            (HandlingState.terminated, self.terminated_at),
            (HandlingState.closed, self.closed_at),
            (HandlingState.merged, self.stopped is StopReason.merged),
            (HandlingState.withdrawn, self.stopped),
            (HandlingState.recheck_served, self.recheck_served_at),
            (HandlingState.recheck_open, self.recheck_requested_at),
            (HandlingState.review_served, self.review_served_at),
            (HandlingState.review_open, self.review_requested_at),
            (HandlingState.opinion_served, self.served_at),
            (HandlingState.opinion_issued, self.issued_at),
            (HandlingState.agreement_performed, self.performed),
            (HandlingState.agreement_signed, self.agreement_on),
            (HandlingState.suggestion_replied, self.replied_at),
            (HandlingState.procedure_docketed, self.docketed_on),
            (HandlingState.procedure_imported, self.imported_at),
            (HandlingState.mediation, self.mediator),
            (HandlingState.hearing, self.hearing),
            (HandlingState.accepted, self.accepted_at),
            (HandlingState.with_unit, self.unit),
        )
        return next((state for state, reached in steps if reached), HandlingState.returned)

    @property
    def over(self) -> bool:
        """Whether nothing changes the answer any more."""
        return bool(self.closed_at or self.terminated_at or self.stopped)

    @property
    def answers(self) -> tuple[Result | None, ...]:
        """What each claim was answered with."""
        return self.each or (self.result,)

    @property
    def answered(self) -> bool:
        """Whether the petitioner has an answer of whatever kind the case calls for."""
        return bool(self.served_at or self.performed or self.replied_at or self.docketed_on)

    @property
    def unserved(self) -> tuple[UUID, ...]:
        """The further petitioners who do not have the opinion yet, or what was said when it was looked at again."""
        return tuple(one for one in self.others if not self._has_all(one))

    def _has_all(self, other: UUID) -> bool:
        steps = (
            (self.issued_at, other in self.others_served),
            (self.review_served_at, (False, other) in self.others_answered),
            (self.recheck_served_at, (True, other) in self.others_answered),
        )
        return all(has for since, has in steps if since is not None)

    @property
    def unreached(self) -> bool:
        """Whether somebody has not had an answer that was sent to them."""
        return any(back.paper is not ReturnedPaper.notice for back in self.came_back.values())

    def returned(self, paper: ReturnedPaper, petition: UUID | None) -> int | None:
        """Return which event had served what came back of that kind to one petitioner, if it did."""
        return next((entry for entry, back in self.came_back.items() if back == (paper, petition)), None)

    def _had(self, *papers: ReturnedPaper) -> None:
        """Let nothing of some kinds be awaited any more, whoever it was for."""
        self.came_back = {entry: back for entry, back in self.came_back.items() if back.paper not in papers}

    @property
    def everybody(self) -> set[Side | UUID]:
        """Who has to be willing for the case to be mediated: the other party, and each petitioner (第三十三条)."""
        return {*Side, *self.others}

    @property
    def report_owed(self) -> bool:
        """Whether who has assigned the case waits for the report of its result (第二十二条第三项)."""
        return self.due_on is not None and not self.report_submitted

    @property
    def remedy_pending(self) -> bool:
        """Whether the petitioner has asked for review or recheck and has no answer."""
        review = self.review_requested_at is not None and self.review_served_at is None
        return review or (self.recheck_requested_at is not None and self.recheck_served_at is None)

    # ------------------------------------------------------------------------ with whom it is

    @property
    def begun_at(self) -> datetime | None:
        """From when the answer is due (第三十四条): the acceptance, or the day by which a unit had to tell of it."""
        if self.begun_anew is not None:
            return self.begun_anew
        tell_by = midnight(period("C3").last_day(self.received_on)) if self.received_on else None
        return min((since for since in (self.waits_since, tell_by, self.accepted_at) if since), default=None)

    @when
    def _(self, event: HandlingOpened) -> None:
        self.waits_since = self.begun_at
        self._begin()
        self.unit, self.unit_name, self.route = event.unit, event.unit_name, self.route or event.route
        self.registration_no, self.due_on, self.opened_at = event.registration_no, event.due_on, event.timestamp
        self.received_on = event.received_on or day(event.timestamp)
        self.brought_on = event.brought_on or self.received_on
        self.kind, self.anonymous, self.from_above = event.kind, event.anonymous, event.from_above
        self.unclear = event.unclear or event.anonymous
        self.co_units = event.co_units
        self.accused_units |= {*event.accused_units}
        self.accused_persons |= {*event.accused_persons}

    @when
    def _(self, event: AccusedLearnt) -> None:
        self.accused_units |= {*event.units}
        self.accused_persons |= {*event.persons}

    @when
    def _(self, event: CoUnitsNamed) -> None:
        self.co_units, self.objecting = event.co_units, False
        self.simplified = self.simplified and not event.co_units

    @when
    def _(self, event: HandlingReturned) -> None:
        if self.over:
            self.let_go = True
            return
        self._without_unit()
        if not event.answered:
            self.waits_since = self.begun_at
            self._begin()

    def _without_unit(self) -> None:
        self.unit = self.unit_name = self.due_on = self.case_officer = None
        self.let_go = False

    @when
    def _(self, event: HandlingCarriedOn) -> None:
        self.unit, self.unit_name, self.case_officer = event.unit, event.unit_name, event.case_officer
        self.let_go = False
        self.due_on, self.report_submitted = event.due_on, False
        if event.case_officer is not None:
            self.handlers.add(event.case_officer)

    @when
    def _(self, event: PetitionersLearnt) -> None:
        self.others += event.petitions
        self.anonymous = self.anonymous and event.anonymous
        self.unclear = self.unclear and event.unclear

    @when
    def _(self, event: ClaimsLearnt) -> None:
        self.claims = event.count

    @when
    def _(self, event: PartingLearnt) -> None:
        gone = event.petition
        self.others = tuple(one for one in self.others if one != gone)
        self.others_told.discard(gone)
        self.others_served.pop(gone, None)
        for recheck in (False, True):
            self.others_answered.pop((recheck, gone), None)
        for entry in event.came_back:
            self.came_back.pop(entry, None)
        self.anonymous = self.anonymous or event.anonymous
        self.unclear = self.unclear or event.unclear

    @when
    def _(self, event: PetitionerNotified) -> None:
        self.others_told.add(event.petition)

    @when
    def _(self, event: PetitionerServed) -> None:
        self.others_served[event.petition] = (event.served_at, event.timestamp)
        self._served(event)

    @when
    def _(self, event: WithdrawalLearnt) -> None:
        self.withdrawal_pending = event.pending

    @when
    def _(self, event: HandlingStopped) -> None:
        self.stopped = event.reason

    @when
    def _(self, _: ObjectionLearnt) -> None:
        self.objecting = True

    @when
    def _(self, _: ObjectionSettled) -> None:
        self.objecting = False

    @when
    def _(self, event: SixOneLearnt) -> None:
        self.six_one.add(event.order_no)

    @when
    def _(self, event: SixOneDischarged) -> None:
        self.six_one.discard(event.order_no)

    # ------------------------------------------------------------------------ acceptance and time

    @when
    def _(self, event: AcceptanceNotified) -> None:
        self.accepted_at, self.case_officer = event.served_at, event.case_officer
        self.undecided_since = day(event.served_at)
        self.handlers.add(event.case_officer)

    @when
    def _(self, event: OfficerNamed) -> None:
        self.case_officer = event.case_officer
        self.handlers.add(event.case_officer)

    @when
    def _(self, event: HandlingAccepted) -> None:
        self.accepted_at, self.case_officer = event.timestamp, event.case_officer
        self.undecided_since = self.brought_on
        self.handlers.add(event.case_officer)

    @when
    def _(self, _: SimplifiedTrackChosen) -> None:
        self.simplified = True

    @when
    def _(self, _: SimplifiedTrackConverted) -> None:
        self.simplified = False

    @when
    def _(self, event: HandlingExtended) -> None:
        self.extended_by = event.days

    # ------------------------------------------------------------------------ inquiry

    @when
    def _(self, event: HandlingRecorded) -> None:
        on = day(event.held_at)
        self.recorded[event.kind] = min(on, self.recorded.get(event.kind, on))
        self.records += 1
        if event.recorded_by is not None:
            self.handlers.add(event.recorded_by)

    @when
    def _(self, event: RecusalRequested) -> None:
        self._challenged(event.officer)

    def _challenged(self, officer: str) -> None:
        self.recusals.add(officer)
        self.challenged.add(officer)

    @when
    def _(self, event: ChallengeLearnt) -> None:
        (self.asked_at_the_door.add if event.pending else self.asked_at_the_door.discard)(event.officer)

    @when
    def _(self, event: RecusalLearnt) -> None:
        (self.recused.add if event.recused else self.recused.discard)(event.officer)

    @when
    def _(self, event: RecusalDeclared) -> None:
        self._challenged(event.officer)
        self.recused.add(event.officer)

    @when
    def _(self, event: RecusalDecided) -> None:
        self.recusals.discard(event.officer)
        (self.recused.add if event.granted else self.recused.discard)(event.officer)
        if event.granted and event.officer == self.case_officer and event.successor is not None:
            self.case_officer = event.successor
            self.handlers.add(event.successor)

    @when
    def _(self, event: HearingOpened) -> None:
        self.hearing, self.presider = event.stage, event.presider

    @when
    def _(self, _: HearingClosed) -> None:
        self.hearing = self.presider = None

    # ------------------------------------------------------------------------ mediation

    @when
    def _(self, event: MediationOffered) -> None:
        self.mediator, self.mediator_unit = event.mediator, event.mediator_unit
        self.other_party, self.consents, self.public = event.other_party, set(), set()
        self.unwilling, self.ways_untold_by = False, None
        self.handlers.add(event.mediator)

    @when
    def _(self, event: MediationConsented) -> None:
        who = event.petition or event.side
        self.consents.add(who)
        (self.public.add if event.public else self.public.discard)(who)

    @when
    def _(self, event: DiscretionDetermined) -> None:
        self.within_discretion = event.within

    @when
    def _(self, _: EscalationFeared) -> None:
        self.feared_by = self.mediator_unit

    @when
    def _(self, _: EscalationReported) -> None:
        self.feared_by = None

    @when
    def _(self, _: GuestInvited | MediationHeld) -> None:
        """What is on file of the talks decides nothing here."""

    @when
    def _(self, _: MediationRefused | MediationStopped) -> None:
        self.ways_untold_by = self.mediator_unit
        self._end_mediation()
        self.unwilling = True

    @when
    def _(self, event: MediationFailed) -> None:
        self.ways_untold_by = self.mediator_unit if event.document is None else None
        self._end_mediation()

    @when
    def _(self, _: OtherWaysTold) -> None:
        self.ways_untold_by = None

    @when
    def _(self, event: MediationAgreementSigned) -> None:
        self._end_mediation()
        self.agreement_on, self.result = event.effective_on, Result.agreed
        self.mediated = event.mediated
        self.items = dict(enumerate(event.performance_due, start=1))

    @when
    def _(self, event: PerformanceItemDone) -> None:
        del self.items[event.item]

    @when
    def _(self, _: AgreementPerformed) -> None:
        self.performed = True

    @when
    def _(self, event: AgreementBreached) -> None:
        self._lapse()
        self.begun_anew = event.timestamp

    def _lapse(self) -> None:
        """Let the case be open again, as what was agreed holds no more."""
        self.undecided_since, self.result = self.agreement_on, None
        self._lapse_agreement()

    @when
    def _(self, event: ConfirmationFiled) -> None:
        self.confirmation, self.filed_on = "filed", event.filed_on

    @when
    def _(self, _: ConfirmationGranted) -> None:
        self.confirmation = "granted"

    @when
    def _(self, _: ConfirmationRefused) -> None:
        self._lapse()

    # ------------------------------------------------------------------------ answers

    @when
    def _(self, event: CoUnitOpinionGiven) -> None:
        self.parts.add(event.unit)

    @when
    def _(self, event: OpinionIssued) -> None:
        self.result, self.issued_at, self.review_body = event.result, event.timestamp, event.review_body
        self.opinion_no, self.issuer, self.promised_before = event.opinion_no, self.unit, self.promised
        self.handlers |= {event.approved_by, event.decided_by or event.approved_by}

    @when
    def _(self, event: ClaimsAnswered) -> None:
        self.each = event.results

    @when
    def _(self, event: OpinionTakenBack) -> None:
        self._undecide()
        for promise in event.promises:
            self.commitments.pop(promise, None)

    @when
    def _(self, event: OpinionServed) -> None:
        self.served_at, self.service_entered_at = event.served_at, event.timestamp
        self._served(event)

    @when
    def _(self, event: DeliveryReturned) -> None:
        self.came_back[event.entry] = Sent(event.paper, event.petition)

    @when
    def _(self, event: NoticeServedAgain) -> None:
        self.came_back.pop(event.entry, None)

    def _served(
        self, event: OpinionServed | PetitionerServed | RemedyServedAgain | RemedyServedToPetitioner
    ) -> None:  # fmt: skip
        if event.instead_of is not None:
            self.came_back.pop(event.instead_of, None)

    @when
    def _(self, event: ReceiptCorrected) -> None:
        self.receipts[event.entry] = event.after

    @when
    def _(self, _: OpinionExecuted) -> None:
        self.executed = True

    @when
    def _(self, event: ExecutionOrdered) -> None:
        self.urged.add(event.unit)

    @when
    def _(self, event: ExecutionReported) -> None:
        self.urged.discard(event.unit)

    @when
    def _(self, event: CommitmentMade) -> None:
        self.promised = event.commitment
        self.commitments[event.commitment] = event.due_on

    @when
    def _(self, event: CommitmentKept) -> None:
        del self.commitments[event.commitment]

    @when
    def _(self, event: SuggestionReplied) -> None:
        self.result, self.replied_at = Result.replied, event.served_at

    @when
    def _(self, event: SettingApartLearnt) -> None:
        self.set_apart = event.apart

    @when
    def _(self, event: ClassificationLearnt) -> None:
        self.kind, self.route = event.kind, event.route

    @when
    def _(self, event: RouteDetermined) -> None:
        self.route = event.route

    @when
    def _(self, event: ProcedureImported) -> None:
        self.result, self.imported_at = Result.imported, event.timestamp

    @when
    def _(self, _: ProcedureRefused) -> None:
        self.result = self.imported_at = None

    @when
    def _(self, event: ProcedureDocketed) -> None:
        self.docketed_on = event.docketed_on

    # ------------------------------------------------------------------------ remedies

    @when
    def _(self, event: ReviewRequested) -> None:
        self.review_requested_at, self.review_body = event.received_at, event.review_body
        self._had(ReturnedPaper.opinion)

    @when
    def _(self, event: ReviewOpinionServed) -> None:
        if event.decided_by is not None:
            self.reviewers.add(event.decided_by)
        self._look_again(event)
        if event.result is not ReviewResult.revoke:
            self.review_served_at, self.recheck_body = event.served_at, event.recheck_body
            self.review_entered_at = event.timestamp

    @when
    def _(self, event: RecheckRequested) -> None:
        self.recheck_requested_at, self.recheck_body = event.received_at, event.recheck_body
        self._had(ReturnedPaper.review)

    @when
    def _(self, event: RemedyPassedOn) -> None:
        if event.recheck:
            self.recheck_body = event.unit
        else:
            self.review_body = event.unit

    @when
    def _(self, event: RemedyServedToPetitioner) -> None:
        self.others_answered[event.recheck, event.petition] = (event.served_at, event.timestamp)
        self._served(event)

    @when
    def _(self, event: RemedyServedAgain) -> None:
        self._served(event)
        if event.recheck:
            self.recheck_served_at, self.recheck_entered_at = event.served_at, event.timestamp
        else:
            self.review_served_at, self.review_entered_at = event.served_at, event.timestamp

    @when
    def _(self, _: ReviewJoined) -> None:
        """One review answers whoever has asked."""

    @when
    def _(self, event: RecheckOpinionServed) -> None:
        self._look_again(event)
        if event.result is not ReviewResult.revoke:
            self.recheck_served_at, self.recheck_entered_at = event.served_at, event.timestamp

    def _look_again(self, event: ReviewOpinionServed | RecheckOpinionServed) -> None:
        """Change what holds; what is revoked is open again, with everything on file that was."""
        if event.result is ReviewResult.revoke:
            self.revoked, self.begun_anew = (self.answers, self.records), event.served_at
            self.undecided_since = day(event.served_at)
            self._undecide()
        elif event.changed_to is not None:
            self.result, self.executed = event.changed_to, False

    # ------------------------------------------------------------------------ the end

    @when
    def _(self, _: ClosureReportSubmitted) -> None:
        self.report_submitted = True

    @when
    def _(self, event: ClosureReportReturned) -> None:
        self.report_submitted, self.due_on = False, event.due_on

    @when
    def _(self, event: CaseClosed) -> None:
        self.closed_at = event.timestamp

    @when
    def _(self, event: CaseTerminated) -> None:
        self.terminated_at, self.terminated_for = event.timestamp, event.ground

    @when
    def _(self, _: CaseReopened) -> None:
        self.closed_at = self.terminated_at = self.terminated_for = None
        if self.let_go:
            self._without_unit()

    @when
    def _(self, _: ExecutionRefused | OutcomeAssessed | AidReferred | PostTerminationCareRecorded) -> None:
        """What is on file and decides nothing here."""
