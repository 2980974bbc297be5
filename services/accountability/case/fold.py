"""The Case: everything that happened to it, in all four services, folded together.

A pure fold over ledger entries. Nothing is guessed about order: the ledger puts no entry before its cause. An event
that means nothing here is counted all the same, so the version of a Case is the number of its entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import singledispatch
from typing import Final
from uuid import UUID

import msgspec

from contracts.event import Event
from contracts.intake import NonAcceptanceRevoked
from contracts.periods import period
from contracts.periods.book import midnight
from contracts.vocabulary import CaseState, ClockNature, ContentCategory, Kind, Level, Result, Route
from services.chassis.rights.admission import Admission
from services.chassis.rights.table import Relation, parties

ENDED: Final = frozenset(
    {
        CaseState.closed, CaseState.terminated, CaseState.withdrawn, CaseState.merged, CaseState.split,
        CaseState.not_accepted, CaseState.no_longer_accepted, CaseState.routed_out, CaseState.discipline_track,
        CaseState.set_apart,
    }
)  # fmt: skip
"""States in which nobody has to act any more within the petition procedure."""

GONE: Final[Mapping[CaseState, tuple[type[Event], ...]]] = {
    CaseState.merged: (), CaseState.split: (), CaseState.withdrawn: (), CaseState.not_accepted: (NonAcceptanceRevoked,),
}  # fmt: skip
"""States in which a case has ended at the door, and what alone it leaves them by, whatever of before comes in later."""

ANSWERED: Final = frozenset(
    {
        CaseState.opinion_served, CaseState.review_served, CaseState.recheck_served, CaseState.suggestion_replied,
        CaseState.procedure_docketed, CaseState.agreement_signed, CaseState.agreement_performed,
    }
)  # fmt: skip
"""States in which the petitioner has an answer."""


class Duty(msgspec.Struct, frozen=True):
    """A clock that runs in the case: who must act, or may, and until when."""

    code: str
    nature: ClockNature
    holder: str | None
    due_on: date
    due_at: datetime
    breached: bool = False
    officer: str | None = None
    item: str | None = None
    """Which of several it is about, such as one petitioner of many."""


class Breach(msgspec.Struct, frozen=True):
    """That somebody did not act in time; it stays."""

    code: str
    holder: str | None
    due_on: date
    corrected: bool = False
    """Whether it has turned out to be in time; the breach stays on record all the same."""
    clock: str | None = None
    """Of which clock it is: several may have been due by one rule on one day."""
    due_at: datetime | None = None


class Case(msgspec.Struct, omit_defaults=True):
    """What the entries of a case amount to. What its fields hold never changes, so a shallow copy stays as it is.

    It is stored again with every entry, and so without what says nothing.
    """

    case_id: UUID
    version: int = 0
    seq: int = 0
    state: CaseState = CaseState.registered
    registration_no: str = ""
    category: ContentCategory | None = None
    place: str = ""
    kind: Kind | None = None
    route: Route | None = None
    petitions: int = 0
    received_at: datetime | None = None
    unit: str | None = None
    unit_name: str | None = None
    with_unit_since: datetime | None = None
    let_go: bool = False
    """Whether the unit has it no longer once it goes on: what has ended stays with whom it was."""
    tell_by: date | None = None
    """By when the petitioner would have been told, had it stayed with the unit that had it first; nobody has yet."""
    given_up: UUID | None = None
    """The case itself, once a unit has had it that has it no longer: what it owed may be owed again."""
    waits_since: datetime | None = None
    """From when the answer is due, where it turned out late what kind of case that is, and no sixty days ran yet."""
    waits_already: datetime | None = None
    """From when at the latest the answer is due to who had joined another case by mistake, where a unit had that."""
    due_on: date | None = None
    objections: int = 0
    case_officer: str | None = None
    accepted_at: datetime | None = None
    result: Result | None = None
    results: tuple[Result, ...] = ()
    """What each claim was answered with, where there are several."""
    issued_at: datetime | None = None
    served_at: datetime | None = None
    executed_on: date | None = None
    closed_at: datetime | None = None
    supervisions_open: int = 0
    last_at: datetime | None = None
    anonymous: bool = False
    unreachable: bool = False
    """Whether somebody is named whom nobody can write to or call, as was known when a unit got it."""
    direct: bool = False
    came_from: Level | None = None
    """From which level it was sent down."""
    receiving_unit: str | None = None
    receivers: tuple[str, ...] = ()
    """Who has received a petition that belongs to it."""
    helpers: tuple[str, ...] = ()
    """Which units help the one that has it."""
    presider: str | None = None
    """Who holds its hearing, or has held it."""
    mediator: str | None = None
    review_body: str | None = None
    recheck_body: str | None = None
    to_review: str | None = None
    to_recheck: str | None = None
    """Whom the petitioner was told that they may ask to look at it again: what they are asked comes to these first."""
    mediator_unit: str | None = None
    """For whom somebody mediates, or did last."""
    clocks: dict[str, Duty] = msgspec.field(default_factory=dict)
    """Open clocks, by the stream of each."""
    breaches: tuple[Breach, ...] = ()
    next_duty: Duty | None = None
    """Who must act next, and until when (件件有着落)."""
    written_to: tuple[str, ...] = ()
    """Who was sent a card or a recommendation about it, and answers for that."""
    sponsor: str | None = None
    lead_unit: str | None = None
    """Which unit leads the team that a sponsored case has."""
    six_one: str | None = None
    merged_into: UUID | None = None
    kin: dict[UUID, int] = msgspec.field(default_factory=dict)
    """The cases with which it was joined, or from or into which it was divided, each with the entry that says so."""
    joined_at: datetime | None = None
    """When it last took over the petitions of another one."""
    corrected_at: datetime | None = None
    """When it last turned out to have been told apart wrongly."""
    others: tuple[UUID, ...] = ()
    """The petitions of further petitioners, each of whom is told and served."""
    withdrawal_on: date | None = None
    urgent_since: datetime | None = None
    extended_by: int = 0
    executions_refused: int = 0
    commitments_open: int = 0
    review_served_at: datetime | None = None
    recheck_served_at: datetime | None = None
    terminated_at: datetime | None = None
    orphaned_since: datetime | None = None
    """Since when nobody has had to act, where that was noticed."""
    accused_units: tuple[str, ...] = ()
    accused_persons: tuple[str, ...] = ()
    """Whom it complains of; nothing of it comes to them."""
    recused: tuple[str, ...] = ()
    """Which officers keep out of it."""
    admitted: dict[UUID, Admission] = msgspec.field(default_factory=dict)
    """Which officers may read it in an emergency, each until when."""
    organ: str | None = None
    """The discipline organ that has it, sealed."""
    set_apart: bool = False
    """Whether it is dealt with elsewhere, under another number, and nobody learns anything of it here."""
    answer_by: date | None = None
    """By when it was to be answered when it was set apart; so it is if it comes back."""
    beneath: CaseState | None = None
    """What it would be, were it not set apart: so it goes on if it comes back."""
    came_back: bool = False
    """Whether it goes on after it had ended at the door; some may not have heard of either yet."""
    receipt: bool = False
    """Whether this is the number of something of which nothing else is known here."""

    @property
    def answered(self) -> bool:
        """Whether an answer is served, about which the petitioner may still say something."""
        return any(duty.nature is ClockNature.right for duty in self.clocks.values()) and self.state in ANSWERED

    @property
    def ended(self) -> bool:
        """Whether nobody has to act any more."""
        return self.state in ENDED

    @property
    def sealed(self) -> bool:
        """Whether it is a report about an official, of which nobody but the discipline organ learns anything."""
        return self.set_apart or self.receipt or self.kind is Kind.report_accusation

    @property
    def untaken(self) -> CaseState:
        """What a case is that no unit has: a report goes to the discipline organ, and to nobody else."""
        return CaseState.discipline_track if self.sealed else CaseState.classified

    @property
    def kept_for(self) -> tuple[str, ...]:
        """Which units alone know of it, where it is such a report: the organ that has it, and who has received it."""
        if self.set_apart:
            return ()
        return tuple(unit for unit in (self.organ, self.receiving_unit) if unit)

    @property
    def parties(self) -> list[str]:
        """Who is what to it, as the table of rights asks for it; of a sealed one nobody is but by its track."""
        open_clocks = self.clocks.values()
        if self.set_apart:
            return []
        if self.sealed:
            return parties({Relation.receives: [self.receiving_unit], Relation.examines: [self.organ]})
        known = parties(
            {
                Relation.receives: self.receivers, Relation.handles: [self.unit], Relation.helps: self.helpers,
                Relation.leads: [self.lead_unit], Relation.mediates: [self.mediator_unit],
                Relation.reviews: [self.review_body, self.to_review],
                Relation.rechecks: [self.recheck_body, self.to_recheck],
                Relation.owes: [*self.written_to, *(duty.holder for duty in open_clocks)],
            },
            {
                Relation.sponsors: [self.sponsor], Relation.mediates: [self.mediator],
                Relation.presides: [self.presider], Relation.owes: [duty.officer for duty in open_clocks],
            },
        )  # fmt: skip
        return [*sorted(one.tag for one in self.admitted.values()), *known]

    def missed_since(self, moment: datetime) -> bool:
        """Return whether something was found to be missed that was not over yet at a moment."""
        return any(not one.corrected and one.due_at is not None and moment < one.due_at for one in self.breaches)

    def keep_out(self, officer: str, *, recused: bool) -> None:
        """Let an officer keep out of it, or do so no more."""
        self.recused = tuple(sorted({*self.recused, officer} if recused else {*self.recused} - {officer}))

    def wait(self) -> None:
        """Find out since when the petitioner waits, where it was told apart wrongly until now (第三十四条).

        The sixty days that run already run on; those that do not began when they would have.
        """
        runs = any(duty.code == "C5" for duty in self.clocks.values())
        self.waits_since = None if runs else self.waited_for()

    def waited_for(self) -> datetime | None:
        """Return when the sixty days began: with the acceptance, or the day by which somebody had to tell of it.

        Where it was set apart while they ran, they end as they would have, with what they were extended by.
        """
        if self.answer_by is not None:
            return midnight(self.answer_by - timedelta(days=period("C5").limit))
        missed = [midnight(b.due_on) for b in self.breaches if b.code in {"C2", "C3", "D60"} and not b.corrected]
        untold = midnight(self.tell_by) if self.tell_by else None
        began = (self.accepted_at, untold, self.waits_already, self.with_unit_since if self.anonymous else None)
        return min((*missed, *(since for since in began if since)), default=None)

    def take(self, seq: int, event: Event) -> None:
        """Fold in the next entry."""
        before = self.state = self.beneath or self.state
        self.seq = seq
        happened(event, self)
        if before in GONE and not isinstance(event, GONE[before]):
            self.state = before
        self.beneath = self.state if self.set_apart else None
        self.state = CaseState.set_apart if self.set_apart else self.state
        self.version += 1
        self.last_at = event.timestamp


read_case = msgspec.json.Decoder(Case).decode
"""Read a Case as it was stored."""


@singledispatch
def happened(event: Event, case: Case) -> None:
    """Change the case by an event; one that is not registered changes nothing."""
