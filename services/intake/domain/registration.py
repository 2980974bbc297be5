"""登记: what intake knows of a case: its whole state, and what each event means to it.

What may be done with a case, and why it is refused, stands in the chapters beside this file, as functions over it.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.envelope import VERSION_MAX
from contracts.event import Event
from contracts.intake import (
    AccusedNamed,
    AnswerLearnt,
    AnswerUndone,
    CaseBroughtBack,
    CaseClassified,
    CaseConcluded,
    CaseDetached,
    CaseMerged,
    CaseRegistered,
    CaseSetApart,
    CaseSplit,
    CaseWithdrawn,
    ChallengeDecided,
    ClaimsCorrected,
    ClaimsListed,
    ClassificationCorrected,
    CollectiveVisitRecorded,
    ConfidentialTrackOpened,
    DuplicateDetected,
    DuplicateDismissed,
    InformantNotified,
    NoLongerAccepted,
    NonAcceptanceRevoked,
    NotAcceptedNotified,
    NoticeReturned,
    OfficerChallenged,
    OfficerSteppedAside,
    PersonnelDepartmentTold,
    PersonnelNoticeDue,
    PetitionAttached,
    PetitionDetached,
    PetitionsTakenOver,
    PetitionWithdrawn,
    QueryCodeReplaced,
    ReceiptCorrected,
    ReceiptIssued,
    ReceiptReturned,
    ReceiverRelieved,
    RecusalLearnt,
    RemediesExhausted,
    ReopeningLearnt,
    RepeatAnswered,
    ReportConcluded,
    RepresentativesNamed,
    RouteLearnt,
    SatisfactionRecorded,
    ToldAgain,
    UnsealingApproved,
    UnsealingRequested,
    UrgentMatterNoted,
    UrgentMatterReported,
    WithdrawalRequested,
    WithdrawalRevoked,
)
from contracts.periods.calendar import day
from contracts.vocabulary import (
    Channel,
    ContentCategory,
    DuplicateReason,
    InformantNotice,
    Kind,
    Level,
    NotAcceptedGround,
    RegistrationState,
    Route,
    UnsealingPurpose,
)
from services.chassis.aggregate import Aggregate, when
from services.chassis.sent import Sent


def arrival(on: date, unit: str, channel: Channel) -> str:
    """Return what the petitions have in common that came in on a day, for a unit, through a channel."""
    return f"{on} {unit} {channel}"


def _arrival(event: CaseRegistered | PetitionAttached) -> str:
    return arrival(day(event.received_at), event.receiving_unit, event.channel)


class Registration(Aggregate):
    """One case and the petitions that belong to it, from the first of them on."""

    def start(self) -> None:  # noqa: PLR0915  # a field a line
        """Nothing has come in yet."""
        self.registration_no = self.receiving_unit = self.place = ""
        self.channel: Channel | None = None
        self.received_at: datetime | None = None
        self.person_count = 0
        self.claims = 1
        """How many claims it holds; what a letter says is none too many."""
        self.secrecy_requested = self.direct = False
        self.came_from: Level | None = None
        self.petitions: dict[UUID, CaseRegistered | PetitionAttached] = {}
        """What came in on this case itself, each as it was registered."""
        self.whose: dict[UUID, tuple[bool, bool]] = {}
        """Of each of them whether nobody is named, and whether name or address is unclear."""
        self.repeats: dict[UUID, datetime] = {}
        """When each petition after the first was received."""
        self.joined: dict[UUID, datetime] = {}
        """When each petition after the first belonged to the case."""
        self.representatives: dict[UUID, tuple[UUID, ...]] = {}
        """Who speaks for the visitors, by the petition with which many came."""
        self.category: ContentCategory | None = None
        self.kind: Kind | None = None
        self.route: Route | None = None
        self.accused_units: tuple[str, ...] = ()
        self.accused_persons: tuple[str, ...] = ()
        """Whom the case complains of; these only grow."""
        self.recused: set[str] = set()
        """Which officers keep out of it, as far as that is known here."""
        self.challenged: dict[str, OfficerChallenged | OfficerSteppedAside] = {}
        """Of which officers at the door it is open whether they keep out, and who decides that, as it was asked."""
        self.confidential = False
        """Whether it is a report about an official: sealed for the discipline organ as soon as that is known."""
        self.set_apart: bool | None = None
        """Whether what happens in it lies apart; None where that never was so."""
        self.never_told = False
        """Whether the others have never heard of it: it lies apart from its first moment."""
        self.receipt_for: tuple[str, str | None] | None = None
        """Who has to pass on what lies apart, and which organ has it, as the others were told."""
        self.received_by_then = ""
        """Who had received it when it was set apart."""
        self.apart_from: int | None = None
        """From which version on what happens in it lies apart."""
        self.apart_until = VERSION_MAX
        """From which on it does so no more."""
        self.told_apart: list[int] = []
        """Of which of it others are told under its receipt."""
        self.organ: str | None = None
        """The discipline organ that has the report."""
        self.report_concluded_on: date | None = None
        self.informed: tuple[InformantNotice, ...] = ()
        self.unsealing: dict[str, UnsealingPurpose] = {}
        """Who asks to read what lies under seal, and what for, as long as nobody has agreed."""
        self.unsealed: dict[str, datetime] = {}
        """Until when each reads it for whom somebody has agreed."""
        self.cadres_noted: set[str] = set()
        """Of which accused persons it is on record that the personnel department has to be told of them."""
        self.cadres_told: set[str] = set()
        """Of which of them it was told."""
        self.leaders_told = False
        """Whether the leaders of the party committee were told as well, here or where it has come from."""
        self.compared: set[UUID] = set()
        """The cases about which somebody has decided whether they are the same matter."""
        self.duplicates: set[UUID] = set()
        self.of_same_person: set[UUID] = set()
        """The cases that somebody has found to be the same person's."""
        self.merged_into: UUID | None = None
        self.split_from: UUID | None = None
        self.parts: tuple[UUID, ...] = ()
        """The cases into which it was divided."""
        self.taken_over: tuple[UUID, ...] = ()
        self.others: tuple[UUID, ...] = ()
        """The petitions of further petitioners, each of whom is told and answered."""
        self.firsts: set[UUID] = set()
        """The first petition of each case that has gone into this one: it keeps its voice."""
        self.not_accepted_by = ""
        self.not_accepted_for: NotAcceptedGround | None = None
        self.grounds_revoked: set[NotAcceptedGround] = set()
        """On what it was not accepted, until who stands above ordered to put that right."""
        self.urgent_since: datetime | None = None
        self.urgent_told_at: dict[str, datetime] = {}
        """When each of those was told that know of it: the first time."""
        self.urgent_reported = False
        """Whether all that have to know of it were told."""
        self.withdrawals: dict[UUID | None, WithdrawalRequested] = {}
        """What a petitioner thinks of withdrawing, while they may think again: their petition, or all."""
        self.withdrawn: set[UUID] = set()
        """The petitions of those of several who have withdrawn theirs."""
        self.withdrawn_apart: tuple[PetitionWithdrawn, ...] = ()
        """Of which of them the others have not heard, because it lay apart."""
        self.answered_at: datetime | None = None
        self.answer_learnt_at: datetime | None = None
        self.rate_until: date | None = None
        self.arrivals: list[str] = []
        """On which day, for which unit and through which channel each petition came in, to be counted."""
        self.rated: set[UUID] = set()
        self.exhausted_at: datetime | None = None
        """When the recheck opinion was served that has settled the matter."""
        self.no_longer_accepted: tuple[UUID, ...] = ()
        self.repeats_answered: tuple[UUID, ...] = ()
        """Petitions that came after the end and were answered by how it ended."""
        self.receipts: dict[int, UUID] = {}
        """What the number of a receipt is that was typed wrong, by the version of the event that has it."""
        self.came_back: dict[int, Sent] = {}
        """What was told and not had, by the version of the event that had told it, until it is told again."""
        self.closed_at: datetime | None = None
        self.ended: RegistrationState | None = None
        """How it ended here, if it did without being closed."""

    # ------------------------------------------------------------------------ what it amounts to

    @property
    def state(self) -> RegistrationState:
        """What a list shows."""
        reached = (
            (self.ended, self.ended),
            (self.closed_at, RegistrationState.closed),
            (self.organ, RegistrationState.discipline_track),
            (self.answered_at, RegistrationState.answered),
            (self.kind, RegistrationState.classified),
        )
        return next((state for fact, state in reached if fact and state), RegistrationState.registered)

    @classmethod
    def opening(cls) -> frozenset[str]:
        """Return what a case begins with: a receipt for one is no case here."""
        return frozenset(name for name in cls.events() if name.startswith(CaseRegistered.wire_name.rpartition(".")[0]))

    def pass_on(self, event: Event) -> None:
        """Count what others are told under the receipt: they miss nothing there."""
        if self.lies_apart(event.originator_version) and event.told_outside(self.id) is not None:
            self.told_apart.append(event.originator_version)

    def told_as(self, version: int) -> int:
        """Return as which of these others are told of an event."""
        return self.told_apart.index(version) + 1

    @property
    def apart(self) -> bool | None:
        """Whether its case lies apart now."""
        return self.set_apart

    def lies_apart(self, version: int) -> bool:
        """Return whether an event lies apart; what sets apart a case that was told of, or ends that, does not."""
        return self.apart_from is not None and self.apart_from <= version < self.apart_until

    @property
    def open(self) -> bool:
        """Whether anything is still to be expected of the case."""
        return self.ended is None and self.closed_at is None

    @property
    def withdrawal_on(self) -> date | None:
        """Until when the petitioner may think again who wishes to withdraw the whole case."""
        wish = self.withdrawals.get(None)
        return wish.effective_on if wish else None

    @property
    def urgent_told(self) -> set[str]:
        """Who was told of an urgent matter."""
        return {*self.urgent_told_at}

    @property
    def direct_since(self) -> datetime | None:
        """When the petitioner came to the unit itself, where they did: it had the case from then on."""
        return self.received_at if self.direct else None

    def turned_away_by(self, unit: str) -> bool:
        """Return whether a unit has not accepted it, and that still holds."""
        return self.ended is RegistrationState.not_accepted and self.not_accepted_by == unit

    @property
    def anonymous(self) -> bool:
        """Whether nobody is named."""
        return all(anonymous for anonymous, _ in self.whose.values())

    @property
    def unclear(self) -> bool:
        """Whether nobody's name and address are clear."""
        return all(unclear for _, unclear in self.whose.values())

    @property
    def unreachable(self) -> bool:
        """Whether somebody is named, and nobody can be written to or called."""
        each = self.petitions.values()
        return not self.anonymous and self.unclear and all(one.anonymous or one.unreachable for one in each)

    def came_by(self, channel: Channel) -> int:
        """Return how many petitions of the case came in through a channel."""
        return sum(one.split()[2] == channel for one in self.arrivals)

    @property
    def receivers(self) -> set[str]:
        """Who has received a petition of the case."""
        return {self.receiving_unit, *(one.split()[1] for one in self.arrivals)}

    @property
    def dealing(self) -> tuple[str, ...]:
        """For whom somebody deals with it here: who received it, and the organ that has the report."""
        return (self.receiving_unit, *sorted(self.receivers - {self.receiving_unit}), *filter(None, (self.organ,)))

    @property
    def every_petition(self) -> tuple[UUID, ...]:
        """All petitions, those of merged cases behind its own."""
        return (*self.petitions, *self.taken_over)

    @property
    def answered_each(self) -> tuple[UUID, ...]:
        """The petitions by which each petitioner is told and answered: the first, and those of further ones."""
        return (*tuple(self.petitions)[:1], *self.others)

    @property
    def parties(self) -> tuple[UUID, ...]:
        """The petitions that a recheck has settled, where one has; else all."""
        until = self.exhausted_at
        return tuple(
            p for p in self.every_petition if until is None or p not in self.repeats or self.repeats[p] < until
        )

    @property
    def spoken_for(self) -> tuple[UUID, ...]:
        """All who speak for visitors who came together."""
        return tuple(one for some in self.representatives.values() for one in some)

    # ------------------------------------------------------------------------ what came in

    @when
    def _(self, event: CaseRegistered) -> None:
        self.registration_no = event.registration_no
        self.channel = event.channel
        self.received_at = event.received_at
        self.receiving_unit = event.receiving_unit
        self.person_count = event.person_count
        self.place = event.place
        self.category = event.category
        self.secrecy_requested = event.secrecy_requested
        self.direct, self.came_from, self.split_from = event.direct, event.came_from, event.split_from
        self._came(event)
        self.others = self.taken_over = event.others
        if event.split_from is None:
            self._arrived(event)

    def _came(self, event: CaseRegistered | PetitionAttached) -> None:
        self.petitions[event.petition] = event
        self.whose[event.petition] = event.anonymous, event.unclear or event.anonymous

    def _arrived(self, event: CaseRegistered | PetitionAttached) -> None:
        self.arrivals.append(_arrival(event))

    @when
    def _(self, event: PetitionAttached) -> None:
        self._arrived(event)
        self._came(event)
        self.repeats[event.petition], self.joined[event.petition] = event.received_at, event.timestamp
        if event.further:
            self.others += (event.petition,)

    @when
    def _(self, event: PetitionDetached) -> None:
        gone = event.petition
        if (came := self.petitions.pop(gone, None)) is not None and _arrival(came) in self.arrivals:
            self.arrivals.remove(_arrival(came))
        self.taken_over = tuple(one for one in self.taken_over if one != gone)
        self.others = tuple(one for one in self.others if one != gone)
        self.firsts.discard(gone)
        for entry in event.came_back:
            self.came_back.pop(entry, None)
        for about in (self.whose, self.repeats, self.joined, self.representatives):
            about.pop(gone, None)  # type: ignore[attr-defined]  # each by petition

    @when
    def _(self, event: CaseDetached) -> None:
        self.compared.add(event.from_case)

    @when
    def _(self, event: ClaimsListed | ClaimsCorrected) -> None:
        self.claims = event.count

    @when
    def _(self, _: QueryCodeReplaced) -> None:
        """What the code is lies in the vault alone."""

    @when
    def _(self, event: CollectiveVisitRecorded) -> None:
        self.representatives[event.petition] = ()

    @when
    def _(self, event: RepresentativesNamed) -> None:
        self.representatives[event.petition] += event.representatives
        if event.further:
            self.others += (event.petition,)
        anonymous, unclear = self.whose[event.petition]
        self.whose[event.petition] = anonymous and event.anonymous, unclear and event.unclear

    # ------------------------------------------------------------------------ what kind it is

    @when
    def _(self, event: CaseSetApart) -> None:
        self.set_apart, self.never_told = True, event.originator_version == 1
        self.received_by_then = self.receiving_unit
        self.apart_from, self.apart_until = event.originator_version + (not self.never_told), VERSION_MAX

    @when
    def _(self, _: CaseBroughtBack) -> None:
        """What is owed is owed again; everything else is as it was."""

    @when
    def _(self, event: ReceiptIssued) -> None:
        self.receipt_for = event.receiving_unit, event.organ

    @when
    def _(self, _: ReceiptReturned) -> None:
        self.receipt_for = None

    @when
    def _(self, event: CaseClassified | ClassificationCorrected) -> None:
        if self.set_apart and event.kind is not Kind.report_accusation:
            self.set_apart, self.apart_until = False, event.originator_version
        self.kind, self.route, self.category = event.kind, event.route, event.category
        self.confidential = event.kind is Kind.report_accusation
        if self.confidential:  # by another one than before, if not done yet
            self.cadres_noted &= self.cadres_told
        self._accuse(event.accused_units, event.accused_persons)

    @when
    def _(self, event: RouteLearnt) -> None:
        self.route = event.route

    @when
    def _(self, event: ReceiverRelieved) -> None:
        self.receiving_unit, self.direct = event.receiving_unit, False

    @when
    def _(self, event: RecusalLearnt) -> None:
        (self.recused.add if event.recused else self.recused.discard)(event.officer)

    @when
    def _(self, event: OfficerChallenged) -> None:
        self.challenged[event.officer] = event

    @when
    def _(self, event: OfficerSteppedAside) -> None:
        self.challenged[event.officer] = event
        self.recused.add(event.officer)

    @when
    def _(self, event: ChallengeDecided) -> None:
        self.challenged.pop(event.officer, None)
        (self.recused.add if event.granted else self.recused.discard)(event.officer)

    @when
    def _(self, event: AccusedNamed) -> None:
        self._accuse(event.units, event.persons)

    def _accuse(self, units: tuple[str, ...], persons: tuple[str, ...]) -> None:
        self.accused_units = tuple(dict.fromkeys((*self.accused_units, *units)))
        self.accused_persons = tuple(dict.fromkeys((*self.accused_persons, *persons)))

    @when
    def _(self, event: ConfidentialTrackOpened) -> None:
        """Whatever another organ has told and found before, this one tells and finds for itself."""
        self.organ, self.informed, self.report_concluded_on = event.organ, (), None
        if self.receipt_for is not None:
            self.receipt_for = self.receipt_for[0], event.organ

    @when
    def _(self, event: ReportConcluded) -> None:
        self.report_concluded_on = event.concluded_on

    @when
    def _(self, event: InformantNotified) -> None:
        self.informed += (event.notice,)

    @when
    def _(self, event: UnsealingRequested) -> None:
        self.unsealing[event.officer] = event.purpose

    @when
    def _(self, event: UnsealingApproved) -> None:
        self.unsealing.pop(event.officer)
        self.unsealed[event.officer] = event.until

    @when
    def _(self, event: PersonnelNoticeDue) -> None:
        self.cadres_noted |= {*event.persons, *event.told}
        self.cadres_told = (self.cadres_told | {*event.told}) - {*event.persons}
        if event.leaders is not None:
            self.leaders_told = event.leaders

    @when
    def _(self, event: PersonnelDepartmentTold) -> None:
        self.cadres_told |= {*event.persons}
        self.leaders_told = self.leaders_told or (event.committee or event.committee_words) is not None

    # ------------------------------------------------------------------------ how it stands to others

    @when
    def _(self, event: DuplicateDetected) -> None:
        self.compared.add(event.other)
        self.duplicates.add(event.other)
        self.of_same_person.discard(event.other)
        if DuplicateReason.same_person in event.reasons:
            self.of_same_person.add(event.other)

    @when
    def _(self, event: DuplicateDismissed) -> None:
        self.compared.add(event.other)
        self.duplicates.discard(event.other)
        self.of_same_person.discard(event.other)

    @when
    def _(self, event: CaseMerged) -> None:
        self.merged_into, self.ended, self.withdrawals = event.into, RegistrationState.merged, {}

    @when
    def _(self, event: PetitionsTakenOver) -> None:
        self.taken_over = tuple(dict.fromkeys((*self.taken_over, *event.petitions)))
        self.others = tuple(dict.fromkeys((*self.others, *event.others)))
        self.firsts |= {event.petitions[0], *event.firsts}
        self.joined |= dict.fromkeys(event.petitions, event.timestamp)
        self.received_at = event.received_at

    @when
    def _(self, event: CaseSplit) -> None:
        self.ended, self.parts, self.withdrawals = RegistrationState.split, event.children, {}

    # ------------------------------------------------------------------------ what may follow

    @when
    def _(self, event: UrgentMatterNoted) -> None:
        self.urgent_since = event.known_at
        hours = event.told_at or [event.known_at] * len(event.told)
        self.urgent_told_at, self.urgent_reported = dict(zip(event.told, hours, strict=True)), event.reported

    @when
    def _(self, event: UrgentMatterReported) -> None:
        for one in event.recipients:
            self.urgent_told_at[one] = min(event.reported_at, self.urgent_told_at.get(one, event.reported_at))
        self.urgent_reported = self.urgent_reported or event.complete

    @when
    def _(self, event: WithdrawalRequested) -> None:
        self.withdrawals[event.petition] = event

    @when
    def _(self, event: WithdrawalRevoked) -> None:
        self.withdrawals.pop(event.petition, None)

    @when
    def _(self, event: PetitionWithdrawn) -> None:
        gone = event.petition
        self.withdrawals.pop(gone, None)
        self.withdrawn.add(gone)
        unheard = (event,) if self.lies_apart(event.originator_version) else ()
        self.withdrawn_apart = (*(one for one in self.withdrawn_apart if one.petition != gone), *unheard)
        self.others = tuple(one for one in self.others if one != gone)
        for entry in event.came_back:
            self.came_back.pop(entry, None)

    @when
    def _(self, _: CaseWithdrawn) -> None:
        self.withdrawals, self.ended = {}, RegistrationState.withdrawn

    @when
    def _(self, event: NotAcceptedNotified) -> None:
        self.ended, self.not_accepted_by = RegistrationState.not_accepted, event.unit
        self.not_accepted_for = event.ground

    @when
    def _(self, _: NonAcceptanceRevoked) -> None:
        self.ended = None
        if self.not_accepted_for is not None:
            self.grounds_revoked.add(self.not_accepted_for)

    @when
    def _(self, event: ReceiptCorrected) -> None:
        self.receipts[event.entry] = event.after

    @when
    def _(self, event: NoticeReturned) -> None:
        self.came_back[event.entry] = Sent(event.paper, event.petition)

    @when
    def _(self, event: ToldAgain) -> None:
        self.came_back.pop(event.entry, None)

    # ------------------------------------------------------------------------ the answer, and the end

    @when
    def _(self, event: AnswerLearnt) -> None:
        self.answered_at, self.answer_learnt_at = event.served_at, event.timestamp
        self.rate_until = event.rate_until

    @when
    def _(self, _: AnswerUndone) -> None:
        self.answered_at = self.answer_learnt_at = self.rate_until = None

    @when
    def _(self, event: SatisfactionRecorded) -> None:
        self.rated.add(event.petition)

    @when
    def _(self, event: RemediesExhausted) -> None:
        self.exhausted_at = event.served_at

    @when
    def _(self, event: NoLongerAccepted) -> None:
        self.no_longer_accepted += (event.petition,)

    @when
    def _(self, event: RepeatAnswered) -> None:
        self.repeats_answered += (event.petition,)

    @when
    def _(self, event: CaseConcluded) -> None:
        self.closed_at = event.closed_at

    @when
    def _(self, _: ReopeningLearnt) -> None:
        self.closed_at = None
