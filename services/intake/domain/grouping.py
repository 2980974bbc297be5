"""Which petitions make up one case: duplicates are linked, same matters merged, several claims split.

Nothing is dropped by any of it: every petition keeps its receipt, its query code and its notices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from contracts.intake import (
    CaseMerged,
    CaseRegistered,
    CaseSplit,
    DuplicateDetected,
    DuplicateDismissed,
    PetitionsTakenOver,
)
from contracts.vocabulary import DuplicateReason, RegistrationState
from services.chassis.errors import Invalid, NotFound, Refused
from services.intake.domain import personnel, recusal, urgency, withdrawal
from services.intake.domain.claims import ClaimsAnsweredAlready, hold
from services.intake.domain.classification import accuse
from services.intake.domain.filing import tell_recused
from services.intake.domain.recusal import Asked
from services.intake.domain.registration import Registration

BEFORE_AN_ANSWER: Final = frozenset({RegistrationState.registered, RegistrationState.classified})
"""In which states a case can still go into another, or into several."""


class SameCase(Invalid):
    """A case is no duplicate of itself and does not go into itself."""

    code = "same_case"
    title = "不能与自身并案或互为重复"


class AlreadyCompared(Refused):
    """Somebody has found just that before; or one has gone into the other, which answers for both."""

    code = "already_compared"
    title = "该两件事项已经比对确认"
    article = "信访工作条例 第二十二条"


class NotMergeable(Refused):
    """Only a case without an answer goes into another, and only into one that is open."""

    code = "not_mergeable"
    title = "事项状态不允许并案"
    article = "信访工作条例 第二十二条"


class NotSplittable(Refused):
    """Only a case without an answer is split."""

    code = "not_splittable"
    title = "事项状态不允许分案"
    article = "信访工作条例 第二十二条、第二十四条"


class ClaimLeftOut(Refused):
    """Who divides a case gives each of its claims a place in one of the parts."""

    code = "claim_left_out"
    title = "分案不得遗漏已登记的诉求"
    article = "信访工作条例 第二十二条、第三十二条"


class ConfidentialStaysApart(Refused):
    """A report about an official never meets an ordinary case: whoever reads that one could read the report."""

    code = "confidential_stays_apart"
    title = "检举控告密件不得并案、分案或比对"
    article = "信访工作条例 第三十条第三款"


def confirm_duplicate(
    r: Registration, other: Registration, reasons: Sequence[DuplicateReason], *, at: datetime
) -> None:
    """Link a case that somebody has found to be about the same matter, whatever was found by a slip before."""
    _must_be_comparable(r, other, same=True)
    r.record(DuplicateDetected, at=at, other=other.id, reasons=tuple(dict.fromkeys(reasons)))


def dismiss_duplicate(r: Registration, other: Registration, *, at: datetime) -> None:
    """Put on record that a case is about something else, also where they were linked by a slip."""
    _must_be_comparable(r, other, same=False)
    r.record(DuplicateDismissed, at=at, other=other.id)
    if r.id in other.duplicates:
        other.record(DuplicateDismissed, at=at, other=r.id)


def _must_be_comparable(r: Registration, other: Registration, *, same: bool) -> None:
    if r.id == other.id:
        raise SameCase
    if not other.exists:
        raise NotFound(str(other.id))
    if r.confidential or other.confidential:
        raise ConfidentialStaysApart
    found = other.id in r.compared and (other.id in r.duplicates) is same
    if found or r.merged_into == other.id or other.merged_into == r.id:
        raise AlreadyCompared


def merge_into(
    r: Registration, other: Registration, *, at: datetime, same_petitioner: bool = False, settled: bool = False,
    asked: Sequence[Asked] = (),
) -> None:  # fmt: skip
    """Let this case go into another one, which takes its petitions over, and who was `asked` to keep out.

    What is answered already answers no more claims than it held, and none of them is passed over (第三十二条).
    """
    if r.id == other.id:
        raise SameCase
    if r.confidential or other.confidential:
        raise ConfidentialStaysApart
    if r.state not in BEFORE_AN_ANSWER:
        raise NotMergeable(r.state)
    if not other.exists:
        raise NotFound(str(other.id))
    if not other.open:
        raise NotMergeable(other.state)
    if settled and r.claims > other.claims:
        raise ClaimsAnsweredAlready
    wishes = {**r.withdrawals}
    r.record(CaseMerged, at=at, into=other.id)
    take_over(other, r, at=at, same_petitioner=same_petitioner)
    recusal.carry_over(other, asked, at=at)
    firsts = tuple(r.petitions)[:1]
    whose = {own: wish for petition, wish in wishes.items() for own in ((petition,) if petition else firsts)}
    # Of one who has come twice, the letter that stays was never to be withdrawn.
    withdrawal.carry_over(other, {own: wish for own, wish in whose.items() if own in other.others}, at=at)


def accuse_parts(r: Registration, parts: Iterable[Registration], *, at: datetime) -> None:
    """Let what a case is made of, or was split off, complain of whom that does: it is kept from these, too."""
    for part in parts:
        accuse(part, r.accused_units, r.accused_persons, at=at)


def take_over(r: Registration, other: Registration, *, at: datetime, same_petitioner: bool = False) -> None:
    """Answer for the petitions of a case that has gone into this one: since when, about whom, and to whom."""
    leaders = personnel.leaders_know(r, other)
    received = [moment for moment in (r.received_at, other.received_at) if moment is not None]
    same = same_petitioner or r.id in other.of_same_person or other.id in r.of_same_person
    own = () if same or other.unclear else tuple(other.petitions)[:1]
    r.record(
        PetitionsTakenOver, at=at, from_case=other.id, petitions=other.every_petition, received_at=min(received),
        others=(*own, *other.others), firsts=tuple(one for one in other.taken_over if one in other.firsts),
    )  # fmt: skip
    withdrawal.go_on_for_others(r, at=at)
    hold(r, other.claims, at=at)
    accuse(r, other.accused_units, other.accused_persons, at=at)
    tell_recused(r, other.recused - r.recused, at=at)
    urgency.carry_over(r, other, at=at)
    personnel.carry_over(r, other, leaders=leaders, at=at)


def split_into(
    r: Registration, children: Sequence[tuple[Registration, Mapping[str, Any]]], *, at: datetime,
    asked: Sequence[Asked] = (),
) -> None:  # fmt: skip
    """Give each claim a case of its own, received when the letter was, by the same unit, and about the same people.

    Visitors who came together are on file with the case that is split, and are not counted again in each part.
    """
    must_be_dividable(r)
    held = [own.get("claims", 1) for _, own in children]
    if sum(held) < r.claims:
        raise ClaimLeftOut(f"已登记 {r.claims} 项，分案仅 {sum(held)} 项")
    shared = {
        "channel": r.channel,
        "received_at": r.received_at,
        "receiving_unit": r.receiving_unit,
        "person_count": r.person_count,
        "anonymous": r.anonymous,
        "unclear": r.unclear,
        "unreachable": r.unreachable,
        "secrecy_requested": r.secrecy_requested,
        "direct": r.direct,
        "came_from": r.came_from,
        "split_from": r.id,
        "others": r.others,
    }
    wishes = {**r.withdrawals}
    r.record(CaseSplit, at=at, children=tuple(child.id for child, _ in children))
    for (child, own), claims in zip(children, held, strict=True):
        child.record(CaseRegistered, at=at, **shared, **{name: own[name] for name in own if name != "claims"})
        hold(child, claims, at=at)
        accuse(child, r.accused_units, r.accused_persons, at=at)
        tell_recused(child, r.recused, at=at)
        urgency.carry_over(child, r, at=at)
        personnel.carry_over(child, r, leaders=r.leaders_told, at=at)
        recusal.carry_over(child, asked, at=at)
        withdrawal.carry_over(child, wishes, at=at)


def must_be_dividable(r: Registration) -> None:
    """Let only a case be split that is no report, and has no answer."""
    if r.confidential:
        raise ConfidentialStaysApart
    if r.state not in BEFORE_AN_ANSWER:
        raise NotSplittable(r.state)
