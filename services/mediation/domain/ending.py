"""How a case ends: reported, closed or terminated, and never before what was granted and promised is done."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.mediation import (
    AidReferred,
    CaseClosed,
    CaseTerminated,
    ClosureReportReturned,
    ClosureReportSubmitted,
    OutcomeAssessed,
    PostTerminationCareRecorded,
)
from contracts.periods.calendar import day
from contracts.vocabulary import AidKind, CareKind, OutcomeAxis, Result, TerminationGround, UnitKind
from services.chassis.directory import Directory
from services.chassis.errors import Invalid, Refused
from services.mediation.domain.guards import (
    AlreadyTerminated,
    HasStopped,
    ImpossibleDate,
    NotWithUnit,
    must_be_of,
    must_have,
)
from services.mediation.domain.handling import Handling
from services.mediation.domain.people import must_be_kept_from
from services.mediation.domain.remedy import recheck_until, review_until


class NotServed(Refused):
    """An answer that nobody got is no answer."""

    code = "not_served"
    title = "信访人尚未得到答复"
    article = "信访工作条例 第三十二条、第三十五条"


class NotServedToAll(Refused):
    """Everybody who has petitioned is answered before the case is closed, or the procedure ended."""

    decided_by = "assignment"
    code = "not_served_to_all"
    title = "尚有信访人未收到处理意见书"
    article = "信访工作条例 第三十二条"


class CameBack(Refused):
    """An answer that came back was not had: it is served again before the case is closed."""

    code = "came_back"
    title = "送达被退回，尚未再次送达"
    article = "信访工作条例 第三十二条、第三十五条、第三十六条"


class RemedyPending(Refused):
    """The petitioner has asked for review or recheck and waits for it."""

    code = "remedy_pending"
    title = "复查、复核尚未答复"
    article = "信访工作条例 第三十五条、第三十六条"


class ReviewStillOpen(Refused):
    """The petitioner may still ask for review."""

    code = "review_still_open"
    title = "申请复查的期限未满"
    article = "信访工作条例 第三十五条"


class RecheckStillOpen(Refused):
    """The petitioner may still ask for recheck."""

    code = "recheck_still_open"
    title = "申请复核的期限未满"
    article = "信访工作条例 第三十六条"


class NotExecuted(Refused):
    """What was granted is not done, so the case is not closed."""

    code = "not_executed"
    title = "支持的请求尚未执行"
    article = "信访工作条例 第三十二条第二款"


class CommitmentUnkept(Refused):
    """What was promised is not done, so the case is not closed."""

    code = "commitment_unkept"
    title = "承诺事项尚未兑现"
    article = "信访工作条例 第二十七条、第三十二条"


class SixOneIncomplete(Refused):
    """The six papers of the scheme do not all exist, so the case is not closed."""

    code = "six_one_incomplete"
    title = "六一三包尚未完成"
    article = "信访工作条例 第十八条第二款"
    decided_by = "assignment"


class ReportMissing(Refused):
    """Whoever has assigned the case gets the report of its result before it is closed."""

    code = "report_missing"
    title = "交办事项尚未提交办结报告"
    article = "信访工作条例 第二十二条第三项"


class NoReport(Refused):
    """There is no report that could be given back."""

    code = "no_closure_report"
    title = "尚未提交办结报告"
    article = "信访工作条例 第二十二条第三项"


class NoReportOwed(Refused):
    """Nobody has asked for a report of the result, or it is with the sender."""

    code = "no_report_owed"
    title = "没有应当提交的办结报告"
    article = "信访工作条例 第二十二条第三项"
    decided_by = "assignment"


class GroundNotGiven(Refused):
    """The case does not end for that reason, or not yet."""

    code = "ground_not_given"
    title = "终结事由不成立"
    article = "信访工作条例 第三十六条第三款"


class OthersGoOn(Refused):
    """Where one petitioner is gone and has no successor, what the others have petitioned for goes on."""

    decided_by = "assignment"
    code = "others_go_on"
    title = "尚有其他信访人，不因一人无承继人而终结"
    article = "信访工作条例 第三十二条、第三十六条第三款"


class NotTerminated(Refused):
    """Care after the end is for cases that have ended."""

    code = "not_terminated"
    title = "该事项尚未终结"
    article = "信访工作条例 第三十七条第三款"


class NotForJudicialAid(Invalid):
    """Judicial aid is given by the political-legal organs: courts, procuratorates, the police and the like."""

    by_directory = True
    code = "not_for_judicial_aid"
    title = "司法救助由有关政法部门给予"
    article = "信访工作条例 第三十七条第二款"


def submit_report(h: Handling, unit: str, document: UUID, *, at: datetime) -> None:
    """Report the result to whoever assigned the case (第二十二条第三项)."""
    must_have(h, unit)
    if not h.report_owed:
        raise NoReportOwed
    if not h.answered:
        raise NotServed
    h.record(ClosureReportSubmitted, at=at, document=document)


def return_report(h: Handling, due_on: date, *, at: datetime) -> None:
    """Give the report back to the unit, to be done again (第二十二条第三项)."""
    if not h.report_submitted:
        raise NoReport
    if h.unit is None:
        raise NotWithUnit
    if due_on <= day(at):
        raise ImpossibleDate(f"{due_on} 不晚于今日")
    h.record(ClosureReportReturned, at=at, unit=h.unit, due_on=due_on)


def assess_outcome(h: Handling, unit: str, axis: OutcomeAxis, document: UUID, *, achieved: bool, at: datetime) -> None:
    """Say whether the work on the case has reached what it should (第二十七条)."""
    must_be_of(h, unit)
    if not h.answered:
        raise NotServed
    h.record(OutcomeAssessed, at=at, axis=axis, achieved=achieved, document=document)


def close(h: Handling, unit: str, *, at: datetime) -> None:
    """Close the case: answered, done, and no remedy open."""
    must_be_of(h, unit)
    if not h.answered:
        raise NotServed
    _must_be_with_everybody(h)
    _must_be_past_remedy(h, at)
    _must_be_done(h)
    if h.six_one:
        raise SixOneIncomplete
    if h.report_owed:
        raise ReportMissing(f"反馈期限为 {h.due_on}")
    h.record(CaseClosed, at=at, result=h.result)


def terminate(h: Handling, ground: TerminationGround, document: UUID | None, *, at: datetime) -> None:
    """End the petition procedure, as the bureau that has looked whether it may end (第三十六条第三款).

    It ends over nobody who has not had the last word, and not for the others because one of them is gone.
    """
    if h.unit is None:
        raise NotWithUnit
    if h.terminated_at is not None:
        raise AlreadyTerminated
    if h.stopped is not None:
        raise HasStopped
    if h.remedy_pending:
        raise RemedyPending
    given = {
        TerminationGround.rechecked: h.recheck_served_at is not None,
        TerminationGround.remedy_lapsed: h.served_at is not None and h.recheck_served_at is None,
        TerminationGround.agreement_performed: h.performed,
        TerminationGround.no_successor: document is not None,
    }
    if not given[ground]:
        raise GroundNotGiven
    if ground in {TerminationGround.rechecked, TerminationGround.remedy_lapsed}:
        _must_be_with_everybody(h)
    if ground is TerminationGround.no_successor and h.others:
        raise OthersGoOn(f"尚有 {len(h.others)} 名信访人")
    if ground is TerminationGround.remedy_lapsed:
        _must_be_past_remedy(h, at)
    _must_be_done(h)
    h.record(CaseTerminated, at=at, ground=ground, document=document)


def refer_aid(h: Handling, unit: str, kind: AidKind, agency: str, directory: Directory, *, at: datetime) -> None:
    """Tell somebody in hardship of help, in whatever state the case is (第三十七条第二款)."""
    must_have(h, unit)
    known = directory.units.get(agency)
    if kind is AidKind.judicial_aid and (known is None or known.kind is not UnitKind.political_legal_organ):
        raise NotForJudicialAid(agency)
    must_be_kept_from(directory, agency, h)
    h.record(AidReferred, at=at, kind=kind, agency=agency)


def record_care(h: Handling, unit: str, kind: CareKind, document: UUID, *, at: datetime) -> None:
    """Put on file, as any unit that owes it, what is done after the end (第三十七条第三款)."""
    if h.terminated_at is None:
        raise NotTerminated
    h.record(PostTerminationCareRecorded, at=at, unit=unit, kind=kind, document=document)


def _must_be_with_everybody(h: Handling) -> None:
    """Each petitioner has what the case was answered with, and what was said when it was looked at again."""
    if h.unreached:
        raise CameBack
    if h.unserved:
        raise NotServedToAll(f"尚有 {len(h.unserved)} 名信访人")


def _must_be_past_remedy(h: Handling, at: datetime) -> None:
    if h.remedy_pending:
        raise RemedyPending
    if h.recheck_served_at is not None:
        return
    if (last := recheck_until(h)) is not None:
        if day(at) <= last:
            raise RecheckStillOpen(f"可申请复核至 {last}")
    elif (last := review_until(h)) is not None and day(at) <= last:
        raise ReviewStillOpen(f"可申请复查至 {last}")


def _must_be_done(h: Handling) -> None:
    """What was granted and what was promised has been done (第三十二条第二款)."""
    if h.result is Result.support and not h.executed:
        raise NotExecuted
    if h.commitments:
        raise CommitmentUnkept("未兑现：第 " + "、".join(map(str, sorted(h.commitments))) + " 项")
