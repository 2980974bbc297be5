"""The sealed track for reports about officials: out of the ordinary store's sight, known by a receipt alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.intake import (
    CaseSetApart,
    ConfidentialTrackOpened,
    InformantNotified,
    ReceiptIssued,
    ReceiptReturned,
    ReportConcluded,
    UnsealingApproved,
    UnsealingRequested,
)
from contracts.periods.book import midnight
from contracts.periods.calendar import day
from contracts.vocabulary import InformantNotice, Kind, Role, ServiceMethod, UnsealingPurpose
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, NotFound, Refused
from services.chassis.recusal import MustKeepOut, OthersKeepOut, keeps_out
from services.intake.domain.guards import must_be_open, must_have_happened
from services.intake.domain.personnel import owe
from services.intake.domain.registration import Registration

NOBODY: Final = ""
"""Who passes on what nobody may touch who could."""
UNSEALED_HOURS: Final = 24
"""How long whoever has been allowed to reads what lies under seal."""
UNITS_ROLES: Final = frozenset({Role.unit_receiver, Role.case_officer, Role.unit_head})
"""In which roles somebody acts for a unit that handles cases."""


class NotAReport(Refused):
    """Only what was told apart as a report about an official takes the sealed track."""

    code = "not_a_report"
    title = "该事项未甄别为检举控告类"
    article = "信访工作条例 第三十条第一款"


class TrackAlreadyOpen(Refused):
    """The report is with the discipline organ already."""

    code = "track_already_open"
    title = "该事项已转密件办理"
    article = "信访工作条例 第三十条第一款"


class NotTheOrgan(Refused):
    """A report goes to a discipline organ that manages the cadres whom it is about, by level."""

    by_directory = True
    code = "not_the_organ"
    title = "该单位不是有管理权限的纪检监察机关"
    article = "信访工作条例 第二十二条第二款、第三十条第一款"


class ContentIsConfidential(Forbidden):
    """What a report about an official says is read by the discipline organ and by nobody else."""

    code = "content_is_confidential"
    title = "检举控告材料仅限纪检监察机关查阅"
    article = "信访工作条例 第三十条第三款"


class NotOnTheTrack(Refused):
    """Informants are notified in reports about officials."""

    code = "not_on_the_track"
    title = "该事项未转密件办理"
    article = "信访工作条例 第二十三条第四款、第三十条第一款"


class InformantUnknown(Refused):
    """Whoever gave no name cannot be told."""

    code = "informant_unknown"
    title = "非实名检举控告，无从告知"
    article = "信访工作条例 第二十三条第二款、第四款"


class InformantNoticeOutOfTurn(Refused):
    """An informant is told of acceptance, then of the result, each once."""

    code = "informant_notice_out_of_turn"
    title = "告知次序有误：先受理告知，后结果反馈，各一次"
    article = "信访工作条例 第二十三条第四款、第三十条第一款"


class StillSealed(Forbidden):
    """What lies under seal is read by who has asked for it, once a second person of the organ has agreed."""

    code = "still_sealed"
    title = "密件未启封：须经本机关另一人同意，且在启封时限之内"
    article = "信访工作条例 第三十条第三款"


class UnsealingNotAsked(Refused):
    """Nobody agrees to what nobody has asked for."""

    code = "unsealing_not_asked"
    title = "该人员没有待同意的启封申请"
    article = "信访工作条例 第三十条第三款"


class OwnUnsealing(Forbidden):
    """Nobody opens what lies under seal alone."""

    code = "own_unsealing"
    title = "不得同意本人的启封申请"
    article = "信访工作条例 第三十条第三款"


class NotThatOrgan(Forbidden):
    """The organ that has the report says what has become of it, and no other."""

    code = "not_that_organ"
    title = "该检举控告不由本机关办理"
    article = "信访工作条例 第三十条第一款"


class NotAtTheDoor(Forbidden):
    """At the door a unit acts in what came to it, and a petition bureau in what came to its territory or below."""

    by_directory = True
    code = "not_at_the_door"
    title = "该事项不是本单位收到的，也不在本单位的地域和层级之内"
    article = "信访工作条例 第十四条、第二十二条、第二十三条第一款"


class ConcludedAlready(Refused):
    """The organ's case about a report ends once."""

    code = "report_concluded_already"
    title = "该检举控告已登记办结"
    article = "信访工作条例 第三十条第一款"


def open_track(r: Registration, organ: str, receipt_no: str, directory: Directory, *, at: datetime) -> None:
    """Hand the report to the discipline organ, sealed; again only where that organ is complained of itself by now."""
    if r.kind is not Kind.report_accusation:
        raise NotAReport
    barred = directory.off_limits(r.accused_units, r.accused_persons)
    if r.organ is not None and r.organ not in barred:
        raise TrackAlreadyOpen
    if organ in barred:
        raise OthersKeepOut
    if not directory.examines(organ, r.accused_units, r.accused_persons):
        raise NotTheOrgan(organ)
    must_be_open(r)
    r.record(ConfidentialTrackOpened, at=at, organ=organ, receipt_no=receipt_no)
    owe(r, at=at)


def set_apart(r: Registration, *, at: datetime) -> None:
    """Let what happens from here lie apart, where nobody but the organ and who has received it finds anything."""
    if not r.set_apart:
        r.record(CaseSetApart, at=at)


def keep_receipt(r: Registration, directory: Directory, *, at: datetime) -> None:
    """Let the others know who has to pass on something of which they know nothing else, and which organ has it.

    That is who received it, or goes up, where that one may not touch it: to a bureau, else to the discipline organ. Of
    when it came in the day is enough to count from. What is over is passed on by nobody, and not found either by who is
    complained of.
    """
    if not r.set_apart:
        return
    barred = directory.off_limits(r.accused_units, r.accused_persons)
    unit, organ = r.receiving_unit, None if r.organ in barred else r.organ
    if unit in barred:
        above = directory.receives_for(unit, barred)
        unit = above or directory.organ_over(unit, r.accused_units, r.accused_persons) or NOBODY
    if (unit, organ) != r.receipt_for:
        over = not r.open or r.report_concluded_on is not None
        assert r.received_at is not None
        r.record(
            ReceiptIssued, at=at, receiving_unit=unit, received_at=midnight(day(r.received_at)),
            anonymous=r.anonymous, organ=organ,
            again=not over and organ is None and r.receipt_for is not None and r.receipt_for[1] is not None, over=over,
        )  # fmt: skip


def take_back(r: Registration, *, at: datetime) -> None:
    """Let the others know that nothing lies apart under that number any more."""
    if r.set_apart:
        r.record(ReceiptReturned, at=at)


def conclude_report(r: Registration, organ: str, concluded_on: date, *, at: datetime) -> None:
    """Say that the organ's case has ended: from here the informant is owed the result."""
    if r.organ is None:
        raise NotOnTheTrack
    if organ != r.organ:
        raise NotThatOrgan
    if r.report_concluded_on is not None:
        raise ConcludedAlready
    must_have_happened(midnight(concluded_on), at, since=r.received_at)
    r.record(ReportConcluded, at=at, organ=organ, concluded_on=concluded_on)


def reads(r: Registration, unit: str, directory: Directory) -> bool:
    """Return whether a unit may read a report: the organ that has it, as long as it is not complained of itself."""
    return directory.acting_as(unit, r.organ) == r.organ and not directory.is_off_limits(
        unit, r.accused_units, r.accused_persons
    )


def ask_unsealing(
    r: Registration, unit: str, officer: str, purpose: UnsealingPurpose, directory: Directory, *, at: datetime
) -> None:
    """Ask, as somebody of the organ that has a report, to read what lies under seal."""
    _must_have_it(r, unit, directory)
    if r.unsealing.get(officer) is not purpose:
        r.record(UnsealingRequested, at=at, officer=officer, purpose=purpose)


def approve_unsealing(
    r: Registration, unit: str, officer: str, directory: Directory, *, approved_by: str, at: datetime
) -> None:
    """Agree, as a second person of the organ, that somebody reads what lies under seal for a while."""
    _must_have_it(r, unit, directory)
    if officer not in r.unsealing:
        raise UnsealingNotAsked(officer)
    if officer == approved_by:
        raise OwnUnsealing
    until = at + timedelta(hours=UNSEALED_HOURS)
    r.record(UnsealingApproved, at=at, officer=officer, approved_by=approved_by, until=until)


def must_be_unsealed(r: Registration, officer: str, *, at: datetime) -> None:
    """Let nobody read alone what lies under seal."""
    until = r.unsealed.get(officer)
    if until is None or at >= until:
        raise StillSealed


def _must_have_it(r: Registration, unit: str, directory: Directory) -> None:
    if r.organ is None:
        raise NotOnTheTrack
    if not reads(r, unit, directory):
        raise NotFound(str(r.id))


def knows_of(r: Registration, by: By, directory: Directory) -> bool:
    """Return whether somebody may know that there is a case.

    Of a report these are who received it, the organ that has it, and who decides whether somebody there keeps out.
    """
    if not r.confidential or by.role is Role.system:
        return True
    unit = directory.acting_as(by.unit, r.receiving_unit, r.organ)
    deciders = {one.decider for one in r.challenged.values()}
    return unit in {r.receiving_unit, r.organ, *deciders} and not keeps_out_of(r, by, directory)


def keeps_out_of(r: Registration, by: By, directory: Directory) -> bool:
    """Return whether somebody takes no part in a case."""
    return keeps_out(by, directory, r.accused_units, r.accused_persons, recused=r.recused, received_by=r.receiving_unit)


def must_know_of(r: Registration, by: By, directory: Directory) -> None:
    """Let no unit learn that there is a report, but the one that received it and the organ that has it."""
    if by.role in UNITS_ROLES and not knows_of(r, by, directory):
        raise NotFound(str(r.id))


def is_at_the_door(r: Registration, unit: str, directory: Directory, having: Collection[str] = ()) -> bool:
    """Return whether a unit received a petition of the case, has it to handle, or is a bureau over one of these."""
    own = {*r.dealing, *having}
    return directory.acting_as(unit, *own) in own or directory.bureau_for(unit, own)


def must_be_at_the_door(r: Registration, unit: str, directory: Directory, having: Collection[str] = ()) -> None:
    """Let nobody else act in a case here."""
    if not is_at_the_door(r, unit, directory, having):
        raise NotAtTheDoor(unit)


def must_be_among_who_know(r: Registration, by: By, directory: Directory) -> None:
    """Let nobody open a report again who may not know of it, whatever their role; a bureau has its own ones alone."""
    if not knows_of(r, by, directory):
        raise NotFound(str(r.id))


def must_take_part(r: Registration, by: By, directory: Directory) -> None:
    """Let nobody act in a case who keeps out of it, nor learn of a report."""
    must_know_of(r, by, directory)
    if keeps_out_of(r, by, directory):
        raise MustKeepOut


def notify_informant(
    r: Registration, notice: InformantNotice, method: ServiceMethod, served_at: datetime, receipt: UUID,
    unit: str, directory: Directory, *, at: datetime,
) -> None:  # fmt: skip
    """Tell whoever reported under their own name."""
    if r.organ is None:
        raise NotOnTheTrack
    if not reads(r, unit, directory):
        raise NotFound(str(r.id))
    if r.anonymous:
        raise InformantUnknown
    if (*r.informed, notice) != tuple(InformantNotice)[: len(r.informed) + 1]:
        raise InformantNoticeOutOfTurn
    ended = r.report_concluded_on if notice is InformantNotice.result else None
    must_have_happened(served_at, at, since=midnight(ended) if ended else r.received_at)
    r.record(InformantNotified, at=at, notice=notice, method=method, served_at=served_at, receipt=receipt)
