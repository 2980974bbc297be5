"""How a unit finds out: it hears, verifies, holds hearings, and lets nobody act who has an interest in the matter."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.mediation import (
    HandlingRecorded,
    HearingClosed,
    HearingOpened,
    RecusalDecided,
    RecusalDeclared,
    RecusalRequested,
)
from contracts.periods.calendar import day
from contracts.vocabulary import HearingStage, RecordKind, Route
from services.chassis.directory import Directory
from services.chassis.errors import Invalid, Refused
from services.chassis.recusal import AlreadyRecused, NoRecusalPending, OwnRecusal, deciders
from services.mediation.domain.guards import (
    NotNotified,
    must_be_between,
    must_be_handling,
    must_be_of,
    must_go_on,
    must_have,
    must_take_part,
)
from services.mediation.domain.handling import Handling
from services.mediation.domain.people import must_act_for_somebody, must_head, must_work_for


class SuccessorUnnamed(Invalid):
    """A case whose officer keeps out needs another one, at once."""

    code = "successor_unnamed"
    title = "承办人回避的，须指定其他承办人"
    article = "信访工作条例 第二十八条第一款、第三款"


class NoHearingOnThisRoute(Refused):
    """What courts, arbitrators and reconsideration organs decide is not for a hearing here."""

    code = "no_hearing_on_this_route"
    title = "该途径的事项不适用信访听证"
    article = "信访工作条例 第三十一条第一项至第六项"


class HearingNotClosed(Refused):
    """A hearing is going on; nothing is decided before it is over."""

    code = "hearing_not_closed"
    title = "听证尚未结束"
    article = "信访工作条例 第三十一条第六项"


class NoHearing(Refused):
    """There is no hearing that could be closed."""

    code = "no_hearing"
    title = "没有进行中的听证"
    article = "信访工作条例 第三十一条第六项"


class PresiderHandles(Invalid):
    """Whoever handles the case or has reviewed it does not preside over its hearing."""

    code = "presider_handles"
    title = "参与过办理或者复查的人员不得主持听证"
    article = "信访工作条例 第二十八条第三款、第三十一条第六项"


def put_on_record(
    h: Handling, unit: str, kind: RecordKind, held_at: datetime, document: UUID, *, at: datetime,
    recorded_by: str | None = None,
) -> None:  # fmt: skip
    """Put on file what was heard or verified (第三十一条第六项), be it by a unit that helps."""
    must_take_part(h, unit)
    if h.accepted_at is None:
        raise NotNotified
    must_be_between(h.brought_on, held_at, at)
    h.record(HandlingRecorded, at=at, kind=kind, held_at=held_at, document=document, recorded_by=recorded_by)


# --------------------------------------------------------------------------------- recusal


def request_recusal(h: Handling, officer: str, document: UUID, directory: Directory, *, at: datetime) -> None:
    """Ask, as the petitioner, that somebody keep out."""
    must_go_on(h)
    if officer in h.recusals | h.recused:
        raise AlreadyRecused
    h.record(RecusalRequested, at=at, officer=officer, document=document, decider=_decider(h, officer, directory, at))


def declare_recusal(h: Handling, unit: str, officer: str, directory: Directory, *, at: datetime) -> None:
    """Step aside at once; the head of the unit decides whether it stays so."""
    must_be_of(h, unit)
    if officer in h.recused:
        raise AlreadyRecused
    h.record(RecusalDeclared, at=at, officer=officer, decider=_decider(h, officer, directory, at))


def _decider(h: Handling, officer: str, directory: Directory, at: datetime) -> str | None:
    """Return the unit whose head decides."""
    return next(iter(_deciders(h, officer, directory, at)), None)


def _deciders(h: Handling, officer: str, directory: Directory, at: datetime) -> tuple[str, ...]:
    if (seat := _seat(h, officer, directory)) is None:
        return ()
    barred = directory.off_limits(h.accused_units, h.accused_persons)
    return deciders(officer, seat, directory, day(at), barred)


def _seat(h: Handling, officer: str, directory: Directory) -> str | None:
    """Return the unit for which somebody acts in the case: it handles, reviews or rechecks."""
    acting = (unit for unit in (h.unit, h.review_body, h.recheck_body) if unit and directory.belongs(officer, unit))
    return next(acting, h.unit)


def decide_recusal(
    h: Handling, unit: str, officer: str, directory: Directory, *, granted: bool, decided_by: str,
    successor: str | None, at: datetime,
) -> None:  # fmt: skip
    """Decide, as the head of the officer's unit, whether they keep out; as a head above it, whether its head does."""
    seat = _seat(h, officer, directory)
    if unit not in {seat, *_deciders(h, officer, directory, at)}:
        must_have(h, unit)
    must_go_on(h)
    must_head(directory, unit, decided_by, at=at)
    if officer not in h.recusals:
        raise NoRecusalPending
    if officer == decided_by:
        raise OwnRecusal
    if granted and officer == h.case_officer and successor in {None, officer, *h.recused}:
        raise SuccessorUnnamed
    if successor is not None:
        must_work_for(directory, seat or "", successor, h)
    h.record(RecusalDecided, at=at, officer=officer, granted=granted, decided_by=decided_by, successor=successor)


# -------------------------------------------------------------------------------- hearings


def open_hearing(h: Handling, unit: str, presider: str, directory: Directory, *, public: bool, at: datetime) -> None:
    """Hear a major, complex or difficult case (第三十一条第六项); the sixty days run on."""
    must_be_handling(h, unit)
    if h.route is not Route.petition_procedure:
        raise NoHearingOnThisRoute
    begin_hearing(h, HearingStage.handling, presider, directory, public=public, at=at)


def close_hearing(h: Handling, unit: str, document: UUID, *, at: datetime) -> None:
    """End the hearing with its report."""
    must_be_of(h, unit)
    end_hearing(h, HearingStage.handling, document, at=at)


def begin_hearing(
    h: Handling, stage: HearingStage, presider: str, directory: Directory, *, public: bool, at: datetime
) -> None:
    """Begin a hearing before somebody who has no part in the case and no interest in it."""
    if h.hearing is not None:
        raise HearingNotClosed
    if presider in h.handlers | h.reviewers:
        raise PresiderHandles
    must_act_for_somebody(directory, presider, h)
    h.record(HearingOpened, at=at, stage=stage, opened_on=day(at), presider=presider, public=public)


def end_hearing(h: Handling, stage: HearingStage, document: UUID, *, at: datetime) -> None:
    """End the hearing of a stage with its report."""
    if h.hearing is not stage:
        raise NoHearing
    h.record(HearingClosed, at=at, stage=stage, closed_on=day(at), document=document)


def reporting_for(h: Handling, holding: str | None, unit: str, officer: str) -> str:
    """Return for which unit somebody reports a hearing: for their own; who presides for the one that holds it.

    Of whichever unit they are: nobody presides who has a part in the case (第二十八条第三款).
    """
    return holding if holding is not None and officer == h.presider else unit
