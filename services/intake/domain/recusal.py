"""回避 of who registers, tells apart or passes on a case: asked for or declared here, decided by the head above them.

Of who handles, reviews or rechecks it, it is decided where that is done (第二十八条第三款).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.event import Event
from contracts.intake import ChallengeDecided, OfficerChallenged, OfficerSteppedAside
from contracts.mediation import (
    HandlingCarriedOn,
    HandlingOpened,
    HandlingReturned,
    RecusalDecided,
    RecusalDeclared,
    RecusalRequested,
)
from contracts.periods.calendar import day
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, Refused
from services.chassis.recusal import AlreadyRecused, NoRecusalPending, OwnRecusal, deciders
from services.intake.domain.guards import must_be_open
from services.intake.domain.registration import Registration

_ARTICLE = "信访工作条例 第二十八条第三款"


class NotDealingWithIt(Forbidden):
    """Who has nothing to do with a case at its door has nothing to step aside from there."""

    by_directory = True
    code = "not_dealing_with_it"
    title = "本单位不是该事项的登记、接收单位"
    article = _ARTICLE


class NotTheDecider(Forbidden):
    """The head of the officer's unit decides; about the head, the head of the body above it."""

    by_directory = True
    code = "not_the_decider"
    title = "应由本机关、单位负责人决定，负责人的回避由上一级决定"
    article = _ARTICLE


class ChallengeOpen(Refused):
    """Nobody of whom it is open whether they keep out says to the petitioner that nothing is done."""

    code = "challenge_open"
    title = "回避申请尚未决定，该工作人员不得作出告知"
    article = _ARTICLE


def seat(r: Registration, officer: str, directory: Directory) -> str | None:
    """Return the unit for which somebody deals with the case here: one that received it, or the organ that has it."""
    own = directory.units_of(officer)
    return next((unit for unit in r.dealing if unit in own), None)


def challenge(r: Registration, officer: str, document: UUID, directory: Directory, *, at: datetime) -> None:
    """Ask, as the petitioner, that somebody keep out; until that is decided their work goes on."""
    must_be_open(r)
    if officer in {*r.challenged, *r.recused}:
        raise AlreadyRecused
    decider = _decider(r, officer, directory, at)
    r.record(OfficerChallenged, at=at, officer=officer, document=document, decider=decider)


def step_aside(r: Registration, unit: str, officer: str, directory: Directory, *, at: datetime) -> None:
    """Keep out at once, as who has an interest; the head decides whether it stays so."""
    must_be_open(r)
    if unit not in r.dealing or not directory.belongs(officer, unit):
        raise NotDealingWithIt(unit)
    if officer in r.recused:
        raise AlreadyRecused
    r.record(OfficerSteppedAside, at=at, officer=officer, decider=_decider(r, officer, directory, at))


def decide(
    r: Registration, unit: str, officer: str, directory: Directory, *, granted: bool, decided_by: str, at: datetime
) -> None:
    """Decide, as the head of the unit that has to, whether somebody keeps out."""
    must_be_open(r)
    if officer not in r.challenged:
        raise NoRecusalPending
    if officer == decided_by:
        raise OwnRecusal
    decider = r.challenged[officer].decider
    if directory.acting_as(unit, decider) != decider or not directory.is_head(decided_by, unit, day(at)):
        raise NotTheDecider(decider)
    r.record(ChallengeDecided, at=at, officer=officer, granted=granted, decided_by=decided_by)


def must_not_be_challenged(r: Registration, officer: str) -> None:
    """Let nobody turn the petitioner away of whom it is open whether they keep out."""
    if officer in r.challenged:
        raise ChallengeOpen(officer)


class Asked(NamedTuple):
    """That somebody was asked to keep out, or has stepped aside, and nobody has decided that yet."""

    officer: str
    decider: str
    asked_at: datetime
    document: UUID | None
    """What the petitioner has said; nothing where the officer has stepped aside."""


def still_asked(r: Registration, handled: Iterable[Event]) -> list[Asked]:
    """Return of whom it is open whether they keep out, at the door or by what has happened in handling.

    A unit that gives the case up, or has it anew, decides of nobody any more whom it had to decide of before.
    """
    unit, there = r.receiving_unit, dict[str, RecusalRequested | RecusalDeclared]()
    for event in handled:
        match event:
            case HandlingOpened() | HandlingCarriedOn():
                unit = event.unit
            case RecusalRequested() | RecusalDeclared():
                there[event.officer] = event
            case RecusalDecided():
                there.pop(event.officer, None)
        if isinstance(event, HandlingOpened) or (isinstance(event, HandlingReturned) and not event.answered):
            there.clear()
    return [
        Asked(
            one.officer, one.decider or unit, getattr(one, "asked_at", None) or one.timestamp,
            getattr(one, "document", None),
        )
        for one in (*r.challenged.values(), *there.values())
    ]  # fmt: skip


def carry_over(r: Registration, asked: Iterable[Asked], *, at: datetime) -> None:
    """Let it be decided for the case that goes on, by the same head and day, what was asked where it has come from.

    Whoever handles it there has not got to it yet, or goes on meanwhile: so it is decided as at the door.
    """
    for one in asked:
        if one.officer in r.challenged:
            continue
        facts = {"officer": one.officer, "decider": one.decider, "asked_at": one.asked_at}
        if one.document is None:
            r.record(OfficerSteppedAside, at=at, **facts)
        elif one.officer not in r.recused:
            r.record(OfficerChallenged, at=at, document=one.document, **facts)


def tell_again(r: Registration, directory: Directory, *, at: datetime, moved: bool = False) -> None:
    """Let it be known under another number, too, of whom it is open whether they keep out, to the same day.

    Nobody decides of whom the case complains by now; of what has `moved` for that reason alone nothing else is new.
    """
    for one in [*r.challenged.values()]:
        decider = _still_decides(r, one, directory, at)
        if moved and decider == one.decider:
            continue
        asked_at = one.asked_at or one.timestamp
        facts = {"officer": one.officer, "decider": decider, "asked_at": asked_at, "moved": moved}
        r.record(type(one), at=at, **facts | ({"document": one.document} if isinstance(one, OfficerChallenged) else {}))


def _still_decides(
    r: Registration, one: OfficerChallenged | OfficerSteppedAside, directory: Directory, at: datetime
) -> str:
    """Return who decides by now: whoever was asked, or who has to that may, or who has the receipt."""
    barred = directory.off_limits(r.accused_units, r.accused_persons)
    if one.decider and one.decider not in barred:
        return one.decider
    other = _decider(r, one.officer, directory, at)
    return r.receipt_for[0] if other in barred and r.receipt_for is not None else other


def _decider(r: Registration, officer: str, directory: Directory, at: datetime) -> str:
    """Return the unit whose head decides: the officer's own, and about its head the one above that may touch it."""
    own = seat(r, officer, directory) or r.receiving_unit
    barred = directory.off_limits(r.accused_units, r.accused_persons)
    return deciders(officer, own, directory, day(at), barred)[0]
