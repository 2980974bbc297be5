"""甄别分类: what kind of case it is and which legal way it goes: said once, and put right where it was said wrongly."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from contracts.intake import (
    AccusedNamed,
    CaseBroughtBack,
    CaseClassified,
    ClassificationCorrected,
    ReceiverRelieved,
    RouteLearnt,
)
from contracts.periods.calendar import day
from contracts.vocabulary import ContentCategory, Kind, RegistrationState, Route
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, Invalid, Refused
from services.intake.domain import recusal, track, urgency, withdrawal
from services.intake.domain.claims import tell_claims
from services.intake.domain.filing import tell_recused
from services.intake.domain.guards import NotOpen, must_be_open
from services.intake.domain.personnel import owe
from services.intake.domain.registration import Registration

ROUTES: Final[dict[Kind, frozenset[Route]]] = {
    Kind.suggestion: frozenset({Route.petition_procedure}),
    Kind.report_accusation: frozenset({Route.discipline_supervision}),
    Kind.appeal_for_resolution: frozenset(Route) - {Route.discipline_supervision},
}
"""Which legal routes a kind of case may take (信访工作条例 第二十九条, 第三十条, 第三十一条)."""


class AlreadyClassified(Refused):
    """A case is told apart once; what was told apart wrongly is put right, with the reasons."""

    code = "already_classified"
    title = "该事项已分类"
    article = "信访工作条例 第三十一条"


class NotToBeCorrected(Refused):
    """What has an answer, has left or is sealed with the discipline organ stays what it is."""

    code = "not_to_be_corrected"
    title = "尚未分类，或者已作出处理、已转出、已结束的事项，不再更正分类"
    article = "信访工作条例 第二十二条、第三十条第三款、第三十一条"


class SameClassification(Refused):
    """Nothing is put right by saying it again."""

    code = "same_classification"
    title = "与现有分类相同"
    article = "信访工作条例 第三十一条"


class BureauPutsRight(Forbidden):
    """No unit makes a suggestion of an appeal that it handles: who appeals has a review, and who suggests has none."""

    code = "bureau_puts_right"
    title = "申诉求决类事项改为建议意见的，由信访部门更正"
    article = "信访工作条例 第三十一条、第三十五条"


class RouteDoesNotFit(Invalid):
    """The route is none that the regulation knows for this kind of case."""

    code = "route_does_not_fit"
    title = "处理途径与事项类别不符"
    article = "信访工作条例 第二十九条至第三十一条"


class NotReceivedHere(Forbidden):
    """A unit tells apart what it received directly; everything else is the bureau's to tell apart."""

    code = "not_received_here"
    title = "该事项不是本单位直接收到的"
    article = "信访工作条例 第二十二条、第二十三条第一款"


class UnitIsAccused(Forbidden):
    """Nobody decides about a complaint against their own unit."""

    code = "own_unit_is_accused"
    title = "被反映单位的工作人员应当回避"
    article = "信访工作条例 第二十八条第三款"


def classify(
    r: Registration, kind: Kind, route: Route, category: ContentCategory, directory: Directory, *, at: datetime,
    unit: str = "", as_receiver: bool = False, accused_units: Sequence[str] = (), accused_persons: Sequence[str] = (),
) -> None:  # fmt: skip
    """Tell the case apart, once; a receiver does so for what their own unit received directly.

    A report about an official is sealed from this moment on.
    """
    units = tuple(dict.fromkeys((*r.accused_units, *accused_units)))
    persons = tuple(dict.fromkeys((*r.accused_persons, *accused_persons)))
    _must_be_for(unit, r, kind, route, units, persons, directory, as_receiver=as_receiver)
    if r.kind is not None:
        raise AlreadyClassified
    must_be_open(r)
    facts = _told_apart(r, kind, route, category, at)
    if kind is Kind.report_accusation:
        track.set_apart(r, at=at)
    r.record(CaseClassified, at=at, **facts | {"accused_units": units, "accused_persons": persons})
    tell_recused(r, r.recused, at=at)
    tell_claims(r, at=at)
    relieve(r, directory, at=at)
    _tell_under_receipt(r, directory, at=at)
    owe(r, at=at)


def take_for_report(r: Registration, directory: Directory, *, at: datetime) -> None:
    """Take what has just come in for a report about an official, as whoever brings or receives it says."""
    assert r.category is not None
    classify(
        r, Kind.report_accusation, Route.discipline_supervision, r.category, directory, at=at, unit=r.receiving_unit
    )


def correct(  # noqa: PLR0913  # what is known elsewhere
    r: Registration, kind: Kind, route: Route, category: ContentCategory, reasons: UUID, directory: Directory, *,
    at: datetime, unit: str = "", as_receiver: bool = False, settled: bool = False, having: Collection[str] = (),
) -> None:  # fmt: skip
    """Put right how the case was told apart, before anybody has answered it or it has left; nothing is due later.

    Whom it complains of stays on record. It becomes a report at any time, and is sealed; what the organ has stays so.
    """
    accused = (r.accused_units, r.accused_persons)
    _must_be_for(unit, r, kind, route, *accused, directory, as_receiver=as_receiver, having=having)
    if settled or r.state is not RegistrationState.classified:
        raise NotToBeCorrected
    if (kind, route, category) == (r.kind, r.route, r.category):
        raise SameClassification
    if as_receiver and (r.kind, kind) == (Kind.appeal_for_resolution, Kind.suggestion):
        raise BureauPutsRight
    was_report = r.confidential
    if was_report and r.never_told:
        raise NotToBeCorrected
    if kind is Kind.report_accusation:
        track.set_apart(r, at=at)
    else:
        track.take_back(r, at=at)
    r.record(ClassificationCorrected, at=at, reasons=reasons, **_told_apart(r, kind, route, category, at))
    if was_report or r.set_apart:  # nobody behind the door has heard of it before, or under that number
        tell_recused(r, r.recused, at=at)
    if was_report and not r.confidential:
        tell_claims(r, at=at)
        _tell_what_lay_apart(r, directory, at=at)
    _tell_under_receipt(r, directory, at=at)
    owe(r, at=at)


def _tell_what_lay_apart(r: Registration, directory: Directory, *, at: datetime) -> None:
    """Let the others know what has come up while they heard nothing of the case, and that somebody has to act again."""
    if r.apart_from is None:
        return
    r.record(CaseBroughtBack, at=at)
    if r.receiving_unit != r.received_by_then:
        r.record(ReceiverRelieved, at=at, relieved=r.received_by_then, receiving_unit=r.receiving_unit)
    if r.accused_units or r.accused_persons:
        r.record(AccusedNamed, at=at, units=r.accused_units, persons=r.accused_persons)
    withdrawal.tell_who_withdrew(r, at=at)
    _tell_what_is_open(r, directory, at=at)


def _tell_under_receipt(r: Registration, directory: Directory, *, at: datetime) -> None:
    """Let the others know, of what lies apart from now on, who owes what under its number; the days go on."""
    if r.set_apart:
        first = r.receipt_for is None
        track.keep_receipt(r, directory, at=at)
        if first:
            _tell_what_is_open(r, directory, at=at)


def _tell_what_is_open(r: Registration, directory: Directory, *, at: datetime) -> None:
    recusal.tell_again(r, directory, at=at)
    urgency.tell_again(r, at=at)
    withdrawal.tell_again(r, directory, at=at)


def _must_be_for(
    unit: str, r: Registration, kind: Kind, route: Route, units: Collection[str], persons: Collection[str],
    directory: Directory, *, as_receiver: bool, having: Collection[str] = (),
) -> None:  # fmt: skip
    """Let the bureau tell a case apart, and the unit to which it came; nobody does so with a complaint about theirs."""
    if route not in ROUTES[kind]:
        raise RouteDoesNotFit(f"{kind.title}不适用“{route.title}”")
    if as_receiver and not (r.direct and r.receiving_unit == unit):
        raise NotReceivedHere
    if not as_receiver:
        track.must_be_at_the_door(r, unit, directory, having)
    if unit in directory.one_organ(units) or (as_receiver and directory.is_off_limits(unit, units, persons)):
        raise UnitIsAccused


def _told_apart(r: Registration, kind: Kind, route: Route, category: ContentCategory, at: datetime) -> dict[str, Any]:
    """Return all that those behind the door have to know of a case."""
    return {
        "registration_no": r.registration_no,
        "kind": kind,
        "route": route,
        "category": category,
        "place": r.place,
        "direct": r.direct,
        "receiving_unit": r.receiving_unit,
        "anonymous": r.anonymous,
        "unclear": r.unclear,
        "accused_units": r.accused_units,
        "accused_persons": r.accused_persons,
        "channel": r.channel,
        "others": r.others,
        "received_on": _received_before(r, at),
        "challenged": tuple(sorted(r.challenged)),
    }


def _received_before(r: Registration, at: datetime) -> date | None:
    """Return on which day it was received, where that was before today: nothing is done in it sooner."""
    came_on = day(r.received_at) if r.received_at is not None else day(at)
    return came_on if came_on < day(at) else None


def learn_route(r: Registration, route: Route, *, at: datetime) -> None:
    """Learn which way the case goes, as the competent unit has found; what was put right meanwhile may not go it."""
    if r.route is not route and r.kind is not None and route in ROUTES[r.kind]:
        r.record(RouteLearnt, at=at, route=route)


def name_accused(
    r: Registration, units: Sequence[str], persons: Sequence[str], directory: Directory, *, at: datetime, unit: str = ""
) -> None:
    """Put on record whom else the case complains of; who is complained of once is so for good.

    Who received it says so of themselves too, for that is how they pass it on; nobody sheds by that what they were
    given.
    """
    if r.ended is not None:
        raise NotOpen
    if unit in units:
        received = directory.acting_as(unit, r.receiving_unit) == r.receiving_unit
        if not received or _passed_to(r, directory, {*r.accused_units, *units}, {*r.accused_persons, *persons}) is None:
            raise UnitIsAccused
    complain_of(r, units, persons, directory, at=at)


def complain_of(
    r: Registration, units: Sequence[str], persons: Sequence[str], directory: Directory, *, at: datetime
) -> None:
    """Let the case complain of these too, and all that follows from that."""
    accuse(r, units, persons, at=at)
    relieve(r, directory, at=at)
    owe(r, at=at)


def accuse(r: Registration, units: Sequence[str], persons: Sequence[str], *, at: datetime) -> None:
    """Let the case complain of these too; nothing happens where it does."""
    new_units = tuple(dict.fromkeys(unit for unit in units if unit not in r.accused_units))
    new_persons = tuple(dict.fromkeys(person for person in persons if person not in r.accused_persons))
    if new_units or new_persons:
        r.record(AccusedNamed, at=at, units=new_units, persons=new_persons)


def relieve(r: Registration, directory: Directory, *, at: datetime) -> None:
    """Let a bureau pass on what the one that received it may not touch any more (第二十八条第三款)."""
    if (other := _passed_to(r, directory, r.accused_units, r.accused_persons)) is not None:
        r.record(ReceiverRelieved, at=at, relieved=r.receiving_unit, receiving_unit=other)
    if r.receipt_for is not None:
        track.keep_receipt(r, directory, at=at)
        if r.open:
            recusal.tell_again(r, directory, at=at, moved=True)
            withdrawal.tell_again(r, directory, at=at, moved=True)


def _passed_to(r: Registration, directory: Directory, units: Collection[str], persons: Collection[str]) -> str | None:
    """Return which bureau passes on what complains of these, where the one that received it keeps out of that."""
    unit = r.receiving_unit
    if not (units or persons) or not r.open or not directory.keeps_out("", unit, units, persons, unit):
        return None
    return directory.receives_for(unit, directory.off_limits(units, persons))
