"""What mediation does when something has happened elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts.accountability import CalendarPublished
from contracts.assignment import (
    CaseAssigned,
    CaseForwarded,
    CaseTaken,
    ClosureReportReturned,
    JurisdictionObjected,
    LeadUnitDesignated,
    ObjectionRejected,
    ObjectionUpheld,
    RoutedToJudicial,
    SixOneCompleted,
    SixOneOpened,
)
from contracts.intake import CaseMerged, CaseWithdrawn, WithdrawalRequested, WithdrawalRevoked
from contracts.vocabulary import StopReason
from services.chassis.reactions import Reactions
from services.chassis.years import kept
from services.mediation.domain.handling import Handling

REACTIONS = Reactions()
REACTIONS.keep(CalendarPublished, kept)


@REACTIONS.on(CaseForwarded, Handling)
def receive_forwarded(handling: Handling, event: CaseForwarded, at: datetime) -> None:
    """A unit has received a case that was forwarded to it."""
    handling.open(at=at, **_handed(event))


@REACTIONS.on(CaseAssigned, Handling)
def receive_assigned(handling: Handling, event: CaseAssigned, at: datetime) -> None:
    """A unit has received a case whose result it must report."""
    handling.open(at=at, due_on=event.due_on, from_above=event.from_above, **_handed(event))


@REACTIONS.on(CaseTaken, Handling)
def keep_own(handling: Handling, event: CaseTaken, at: datetime) -> None:
    """A unit keeps what it received directly."""
    handling.open(at=at, **_handed(event))


@REACTIONS.on(LeadUnitDesignated, Handling)
def hand_to_lead(handling: Handling, event: LeadUnitDesignated, at: datetime) -> None:
    """It is settled who leads: handling begins anew where another unit had the case."""
    handling.hand_to_lead(at=at, co_units=event.co_units, **_handed(event))


@REACTIONS.on(JurisdictionObjected, Handling)
def learn_objection(handling: Handling, event: JurisdictionObjected, at: datetime) -> None:
    """Nothing is decided while the unit says that it is not competent."""
    handling.learn_objection(event.unit, at=at)


@REACTIONS.on(ObjectionRejected, Handling)
def settle_objection(handling: Handling, event: ObjectionRejected, at: datetime) -> None:
    """The unit keeps the case and goes on."""
    handling.settle_objection(event.unit, at=at)


@REACTIONS.on(ObjectionUpheld, Handling)
def give_back(handling: Handling, event: ObjectionUpheld, at: datetime) -> None:
    """The unit gives the case back."""
    handling.give_back(event.unit, at=at)


@REACTIONS.on(RoutedToJudicial, Handling)
def leave_to_courts(handling: Handling, _: RoutedToJudicial, at: datetime) -> None:
    """A case about litigation is no unit's."""
    handling.leave_to_courts(at=at)


@REACTIONS.on(ClosureReportReturned, Handling)
def redo_report(handling: Handling, event: ClosureReportReturned, at: datetime) -> None:
    """The unit owes its report again."""
    handling.redo_report(event.unit, event.due_on, at=at)


@REACTIONS.on(SixOneOpened, Handling)
def come_under_six_one(handling: Handling, event: SixOneOpened, at: datetime) -> None:
    """The case stays open until the scheme's papers exist."""
    handling.come_under_six_one(event.order_no, at=at)


@REACTIONS.on(SixOneCompleted, Handling)
def complete_six_one(handling: Handling, event: SixOneCompleted, at: datetime) -> None:
    """The scheme keeps the case open no longer."""
    handling.complete_six_one(event.order_no, at=at)


@REACTIONS.on(CaseWithdrawn, Handling)
def stop_withdrawn(handling: Handling, _: CaseWithdrawn, at: datetime) -> None:
    """There is nothing left to answer: the petitioner does not ask any more."""
    handling.stop(StopReason.withdrawn, at=at)


@REACTIONS.on(CaseMerged, Handling)
def stop_merged(handling: Handling, _: CaseMerged, at: datetime) -> None:
    """What is answered is answered in the case into which this one has gone."""
    handling.stop(StopReason.merged, at=at)


def _handed(event: CaseForwarded | CaseAssigned | CaseTaken | LeadUnitDesignated) -> dict[str, Any]:
    """Return what every way of handing a case to a unit says."""
    names = ("unit", "unit_name", "registration_no", "route", "kind", "anonymous", "review_bodies")
    return {name: getattr(event, name) for name in names}


@REACTIONS.on(WithdrawalRequested, Handling)
def learn_withdrawal(handling: Handling, _: WithdrawalRequested, at: datetime) -> None:
    """The petitioner thinks of withdrawing; nobody may buy that."""
    handling.learn_withdrawal(pending=True, at=at)


@REACTIONS.on(WithdrawalRevoked, Handling)
def forget_withdrawal(handling: Handling, _: WithdrawalRevoked, at: datetime) -> None:
    """The petitioner has thought again."""
    handling.learn_withdrawal(pending=False, at=at)
