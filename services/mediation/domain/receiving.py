"""What is learnt from elsewhere: which unit has the case, what hinders it, and what keeps it open.

None of this refuses: what is known already is not learnt again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.mediation import (
    AccusedLearnt,
    ChallengeLearnt,
    ClaimsLearnt,
    ClassificationLearnt,
    CoUnitsNamed,
    HandlingCarriedOn,
    HandlingOpened,
    HandlingReturned,
    HandlingStopped,
    ObjectionLearnt,
    ObjectionSettled,
    PartingLearnt,
    PetitionersLearnt,
    RecusalLearnt,
    SettingApartLearnt,
    SixOneDischarged,
    SixOneLearnt,
    WithdrawalLearnt,
)
from contracts.vocabulary import Kind, Route, StopReason
from services.chassis.directory import Directory
from services.mediation.domain.answers import leave_simple_way
from services.mediation.domain.handling import Handling
from services.mediation.domain.people import barred_from
from services.mediation.domain.remedy import pass_on


def receive(h: Handling, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
    """Receive the case as the competent unit."""
    if (h.unit is None or h.let_go) and not h.stopped:
        _begin(h, at=at, **facts)


def _begin(h: Handling, *, unit: str, unit_name: str, due_on: date | None = None, at: datetime, **facts: Any) -> None:  # noqa: ANN401
    """Begin anew; where the petitioner has an opinion that one stands, and the unit goes on from there."""
    if h.served_at is not None:
        h.record(HandlingCarriedOn, at=at, unit=unit, unit_name=unit_name, due_on=due_on)
    else:
        h.record(HandlingOpened, at=at, unit=unit, unit_name=unit_name, due_on=due_on, **facts)


def hand_to_lead(h: Handling, unit: str, co_units: tuple[str, ...], *, at: datetime, **facts: Any) -> None:  # noqa: ANN401
    """Begin anew for the unit that was designated (第二十四条), unless it has the case and what it owes already."""
    if h.over and not h.let_go:
        return
    if h.unit != unit or h.let_go:
        _begin(h, at=at, unit=unit, co_units=co_units, **facts)
    elif h.objecting or h.co_units != co_units:
        h.record(CoUnitsNamed, at=at, co_units=co_units)


def give_back(h: Handling, unit: str, *, at: datetime) -> None:
    """Give the case back: an objection was upheld, or the unit may not touch it.

    A late accusation takes the case from the unit, and nothing from the petitioner: an opinion that is served stands.
    What is over stays as it is, and is with nobody where it goes on: only what was served can do that.
    """
    served = h.served_at is not None
    if h.unit == unit and not h.let_go and (not h.over or (served and not h.stopped)):
        h.record(HandlingReturned, at=at, unit=unit, answered=served)


def carry_on(
    h: Handling, unit: str, unit_name: str, from_unit: str, directory: Directory, *, at: datetime
) -> None:  # fmt: skip
    """Go on, as who carries on for a unit that is no more, where that one stood (第二十四条第二款)."""
    if h.unit == from_unit and unit != from_unit:
        officer = h.case_officer if h.case_officer and directory.belongs(h.case_officer, unit) else None
        h.record(
            HandlingCarriedOn, at=at, unit=unit, unit_name=unit_name, from_unit=from_unit, due_on=h.due_on,
            case_officer=officer,
        )  # fmt: skip


def learn_classification(h: Handling, kind: Kind, route: Route, reasons: UUID, *, at: datetime) -> None:
    """Learn that the case was told apart wrongly at the door; what is answered stays what it was answered as."""
    if h.route is None or h.result is not None or h.over or (kind, route) == (h.kind, h.route):
        return
    h.record(ClassificationLearnt, at=at, kind=kind, route=route)
    leave_simple_way(h, reasons, at=at)


def learn_apart(h: Handling, *, apart: bool, at: datetime) -> None:
    """Learn whether the case lies apart, so that nobody here may know of it (第三十条第三款)."""
    if h.exists and apart != h.set_apart:
        h.record(SettingApartLearnt, at=at, apart=apart)


def learn_accused(
    h: Handling, units: tuple[str, ...], persons: tuple[str, ...], directory: Directory, *, at: datetime
) -> None:
    """Learn whom else the case complains of.

    Units that help and may not touch it any more help no longer, and whoever was asked to look again passes that on.
    """
    new_units, new_persons = {*units} - h.accused_units, {*persons} - h.accused_persons
    if h.received_on is None or not (new_units or new_persons):
        return
    h.record(AccusedLearnt, at=at, units=tuple(sorted(new_units)), persons=tuple(sorted(new_persons)))
    barred = barred_from(h, directory)
    if (left := tuple(unit for unit in h.co_units if unit not in barred)) != h.co_units:
        h.record(CoUnitsNamed, at=at, co_units=left)
    pass_on(h, directory, at=at)


def leave_to_courts(h: Handling, *, at: datetime) -> None:
    """Let go of a case about litigation (第二十八条第二款)."""
    if h.unit is not None and not h.over:
        h.record(HandlingReturned, at=at, unit=h.unit)


def stop(h: Handling, reason: StopReason, *, at: datetime) -> None:
    """Stop, because there is nothing left to answer here; what was closed before stays closed."""
    if not h.over:
        h.record(HandlingStopped, at=at, unit=h.unit, reason=reason)


def learn_objection(h: Handling, unit: str, *, at: datetime) -> None:
    """Decide nothing while it is open who is competent."""
    if h.unit == unit and not h.objecting and not h.over:
        h.record(ObjectionLearnt, at=at, unit=unit)


def settle_objection(h: Handling, unit: str, *, at: datetime) -> None:
    """Go on: the case stays here."""
    if h.unit == unit and h.objecting:
        h.record(ObjectionSettled, at=at, unit=unit)


def learn_petitioners(
    h: Handling, petitions: tuple[UUID, ...], *, at: datetime, anonymous: bool = True, unclear: bool = True
) -> None:
    """Note who else has petitioned, and that the first ones can be told now: each is told and served (第二十三条)."""
    new = tuple(petition for petition in petitions if petition not in h.others)
    if new or (h.anonymous and not anonymous) or (h.unclear and not unclear):
        h.record(PetitionersLearnt, at=at, petitions=new, anonymous=anonymous, unclear=unclear)


def learn_claims(h: Handling, count: int, *, at: datetime) -> None:
    """Note how many claims the case holds: an opinion answers each of them (第三十二条)."""
    if count != h.claims:
        h.record(ClaimsLearnt, at=at, count=count)


def learn_parting(h: Handling, petition: UUID, *, anonymous: bool, unclear: bool, at: datetime) -> None:
    """Note that somebody had joined the wrong case: nothing more is owed to them here."""
    if petition in h.others or (anonymous and not h.anonymous) or (unclear and not h.unclear):
        back = tuple(entry for entry, sent in h.came_back.items() if sent.petition == petition)
        h.record(PartingLearnt, at=at, petition=petition, anonymous=anonymous, unclear=unclear, came_back=back)


def learn_withdrawal(h: Handling, *, pending: bool, at: datetime) -> None:
    """Note that the petitioner wishes to withdraw, or has thought again."""
    if pending != h.withdrawal_pending:
        h.record(WithdrawalLearnt, at=at, pending=pending)


def learn_recusal(h: Handling, officer: str, *, recused: bool, at: datetime) -> None:
    """Learn that an officer keeps out, or does so no more; of whom it was asked here, it is decided here."""
    if officer not in h.challenged and (officer in h.recused) is not recused:
        h.record(RecusalLearnt, at=at, officer=officer, recused=recused)


def learn_challenge(h: Handling, officer: str, *, pending: bool, at: datetime) -> None:
    """Learn that it is open at the door whether an officer keeps out of the case, or so no more."""
    if (officer in h.asked_at_the_door) is not pending:
        h.record(ChallengeLearnt, at=at, officer=officer, pending=pending)


def come_under_six_one(h: Handling, order_no: UUID, *, at: datetime) -> None:
    """Stay open until the six papers exist (第十八条第二款)."""
    if order_no not in h.six_one:
        h.record(SixOneLearnt, at=at, order_no=order_no)


def complete_six_one(h: Handling, order_no: UUID, *, at: datetime) -> None:
    """Stay open no longer for the scheme's sake."""
    if order_no in h.six_one:
        h.record(SixOneDischarged, at=at, order_no=order_no)
