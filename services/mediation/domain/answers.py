"""What no opinion answers: a suggestion has a reply, and a case of another procedure that procedure."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.mediation import (
    ProcedureDocketed,
    ProcedureImported,
    ProcedureRefused,
    RouteDetermined,
    SimplifiedTrackConverted,
    SuggestionReplied,
)
from contracts.vocabulary import ContentCategory, Kind, Route, SuggestionResult, UnitKind
from services.chassis.directory import Directory, Entry, called
from services.chassis.errors import Invalid, Refused
from services.mediation.domain.delivery import Delivery
from services.mediation.domain.guards import AlreadyDecided, must_be_between, must_be_handling, must_be_of, must_be_on
from services.mediation.domain.handling import Handling
from services.mediation.domain.people import must_be_kept_from

IMPORTED: Final = frozenset(
    {
        Route.arbitration,
        Route.party_or_personnel_appeal,
        Route.administrative_procedure,
        Route.statutory_duty,
    }
)
"""The routes that lead into a procedure of their own (第三十一条第二项至第五项)."""


_ADMINISTRATION: Final = {UnitKind.government, UnitKind.department, UnitKind.township}
FIT: Final = {
    Route.arbitration: {UnitKind.department, UnitKind.other},
    Route.party_or_personnel_appeal: {
        UnitKind.party_committee, UnitKind.discipline_organ, UnitKind.other, *_ADMINISTRATION,
    },
    Route.administrative_procedure: _ADMINISTRATION,
    Route.statutory_duty: _ADMINISTRATION,
}  # fmt: skip
"""What kind of body decides in each procedure (第三十一条第二项至第五项); courts do in none of them."""


class NotASuggestion(Refused):
    """A claim is answered by an opinion, against which there are remedies."""

    code = "not_a_suggestion"
    title = "仅建议意见类事项以回复答复"
    article = "信访工作条例 第二十九条"


class NoOtherProcedure(Refused):
    """The case has no other procedure than this one."""

    code = "no_other_procedure"
    title = "该途径没有可以导入的法定程序"
    article = "信访工作条例 第三十一条第二项至第五项"


class BodyDoesNotFit(Refused):
    """Each procedure has bodies that decide in it; as far as the directory knows a body, it is one of them."""

    by_directory = True
    code = "body_does_not_fit"
    title = "该机关、单位不能办理该法定程序"
    article = "信访工作条例 第三十一条第二项至第五项"


class NotTheUnitsToTell(Invalid):
    """Courts and discipline organs are reached through who has handed the case on: that is told apart at the door."""

    code = "not_the_units_to_tell"
    title = "涉法涉诉、检举控告由登记的机关、单位更正分类后转送"
    article = "信访工作条例 第二十二条第二款、第三十条第一款"


class NotAnAppeal(Refused):
    """The ways of 第三十一条 are those of appeals for resolution."""

    code = "not_an_appeal"
    title = "仅申诉求决类事项区分处理途径"
    article = "信访工作条例 第三十一条"


class SameRoute(Refused):
    """The case goes that way already."""

    code = "same_route"
    title = "该事项已适用该处理途径"
    article = "信访工作条例 第三十一条"


class NotImported(Refused):
    """The case has not been brought into another procedure."""

    code = "not_imported"
    title = "尚未导入法定程序"
    article = "信访工作条例 第三十一条第二项至第五项"


class AlreadyDocketed(Refused):
    """The other procedure has the case already."""

    code = "already_docketed"
    title = "法定程序已立案"
    article = "信访工作条例 第三十一条第二项至第五项"


def reply_to_suggestion(
    h: Handling, unit: str, reply_no: str, result: SuggestionResult, document: UUID, delivery: Delivery, *, at: datetime
) -> None:
    """Answer a suggestion that was studied (第二十九条)."""
    must_be_handling(h, unit)
    if h.kind is not Kind.suggestion:
        raise NotASuggestion
    must_be_between(h.undecided_since, delivery.served_at, at)
    h.record(SuggestionReplied, at=at, reply_no=reply_no, result=result, document=document, **delivery._asdict())


def determine_route(h: Handling, unit: str, route: Route, reasons: UUID, *, at: datetime) -> None:
    """Tell apart, as the competent unit, which way of 第三十一条 the case goes; nothing is due later for that.

    What goes another way than this one is not simple (信访事项简易办理办法 第五条第一项).
    """
    must_be_of(h, unit)
    if h.kind not in {None, Kind.appeal_for_resolution}:
        raise NotAnAppeal
    if route not in {*IMPORTED, Route.petition_procedure}:
        raise NotTheUnitsToTell(route.title)
    if h.result is not None:
        raise AlreadyDecided
    if route is h.route:
        raise SameRoute
    h.record(RouteDetermined, at=at, unit=unit, route=route, reasons=reasons)
    leave_simple_way(h, reasons, at=at)


def leave_simple_way(h: Handling, reasons: UUID, *, at: datetime) -> None:
    """Handle a case in the ordinary way from here, that has turned out to go another way than the simple ones."""
    if h.simplified and h.route is not Route.petition_procedure:
        h.record(SimplifiedTrackConverted, at=at, document=reasons)


def import_procedure(
    h: Handling, unit: str, competent_body: str | UUID, notice_no: str, delivery: Delivery, directory: Directory, *,
    at: datetime,
) -> None:  # fmt: skip
    """Bring the case into the procedure that the law has for it, and tell the petitioner (第三十一条).

    What is not in the directory, as an arbitration commission, is told by its name.
    """
    must_be_of(h, unit)
    if h.route not in IMPORTED:
        raise NoOtherProcedure
    if h.result is not None:
        raise AlreadyDecided
    body = None if isinstance(competent_body, UUID) else directory.units.get(competent_body)
    if body is not None and not _fits(body, FIT[h.route]):
        raise BodyDoesNotFit(body.name)
    if body is not None:
        must_be_kept_from(directory, body.code, h)
    must_be_between(h.brought_on, delivery.served_at, at)
    h.record(
        ProcedureImported, at=at, route=h.route, **called("competent_body", "body_words", competent_body),
        notice_no=notice_no, **delivery._asdict(),
    )  # fmt: skip


def _fits(body: Entry, kinds: Container[UnitKind]) -> bool:
    """Return whether a unit is of such a kind, and still there; the police stand in either of two rooms (政法机关)."""
    police = UnitKind.department in kinds and ContentCategory.public_security in body.powers
    return not body.successors and (body.kind is None or body.kind in kinds or police)


def confirm_docketing(h: Handling, unit: str, docket_no: UUID, docketed_on: date, *, at: datetime) -> None:
    """Put on file that the other procedure has the case; until then it stays in sight here."""
    _must_await(h, unit, docketed_on, at)
    h.record(ProcedureDocketed, at=at, docket_no=docket_no, docketed_on=docketed_on)


def record_refusal(h: Handling, unit: str, document: UUID, refused_on: date, *, at: datetime) -> None:
    """Put on file, with what it has written, that the other procedure does not take the case (第三十一条).

    Handling goes on: another procedure or an opinion, within the sixty days that have always run (第三十四条).
    """
    _must_await(h, unit, refused_on, at)
    waits_since = h.begun_at + timedelta(days=h.extended_by) if h.begun_at is not None else None
    h.record(ProcedureRefused, at=at, refused_on=refused_on, document=document, waits_since=waits_since)


def _must_await(h: Handling, unit: str, on: date, at: datetime) -> None:
    """Let what the other procedure has said be entered once, and only where it was asked."""
    must_be_of(h, unit)
    if h.imported_at is None:
        raise NotImported
    if h.docketed_on is not None:
        raise AlreadyDocketed
    must_be_on(h.brought_on, on, at)
