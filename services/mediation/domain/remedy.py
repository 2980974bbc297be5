"""复查、复核: others look again, one level up each time, and the last one ends the petition procedure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from contracts.mediation import (
    RecheckOpinionServed,
    RecheckRequested,
    RemedyPassedOn,
    RemedyServedAgain,
    RemedyServedToPetitioner,
    ReviewJoined,
    ReviewOpinionServed,
    ReviewRequested,
)
from contracts.periods import period
from contracts.periods.calendar import day
from contracts.periods.lateness import began
from contracts.vocabulary import HearingStage, Result, ReturnedPaper, ReviewResult
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, Invalid, Refused
from services.mediation.domain.delivery import Delivery
from services.mediation.domain.guards import (
    NoSuchPetitioner,
    go_on,
    must_be_between,
    must_be_open_to_ask,
    must_go_on,
)
from services.mediation.domain.handling import Handling
from services.mediation.domain.inquiry import HearingNotClosed, begin_hearing, end_hearing
from services.mediation.domain.opinion import (
    AlreadyServed,
    NotDecided,
    best,
    must_answer_each,
    must_be_served_later,
    say_to_each,
)
from services.mediation.domain.people import barred_from, must_not_be_challenged, named


class NothingToReview(Refused):
    """Only an opinion that the petitioner has can be reviewed, and once."""

    code = "nothing_to_review"
    title = "没有可以复查的处理意见"
    article = "信访工作条例 第三十五条"


class ReviewTooLate(Refused):
    """The thirty days to ask for review are over."""

    code = "review_too_late"
    title = "申请复查的期限已过"
    article = "信访工作条例 第三十五条"


class NotTheReviewBody(Forbidden):
    """Only the unit above the handling one reviews."""

    code = "not_the_review_body"
    title = "本单位不是复查机关"
    article = "信访工作条例 第三十五条"
    by_directory = True


class NoReviewPending(Refused):
    """Nobody has asked for review, or it was answered."""

    code = "no_review_pending"
    title = "没有待答复的复查申请"
    article = "信访工作条例 第三十五条"


class NothingToRecheck(Refused):
    """Only a review opinion that the petitioner has can be rechecked, and once."""

    code = "nothing_to_recheck"
    title = "没有可以复核的复查意见"
    article = "信访工作条例 第三十六条"


class RecheckTooLate(Refused):
    """The thirty days to ask for recheck are over."""

    code = "recheck_too_late"
    title = "申请复核的期限已过"
    article = "信访工作条例 第三十六条"


class NotTheRecheckBody(Forbidden):
    """Only the unit above the reviewing one rechecks."""

    code = "not_the_recheck_body"
    title = "本单位不是复核机关"
    article = "信访工作条例 第三十六条"
    by_directory = True


class NoRecheckPending(Refused):
    """Nobody has asked for recheck, or it was answered."""

    code = "no_recheck_pending"
    title = "没有待答复的复核申请"
    article = "信访工作条例 第三十六条"


class SamePeople(Forbidden):
    """Nobody looks again at their own work."""

    code = "same_people"
    title = "参与过办理或者复查的人员不得再行复查、复核"
    article = "信访工作条例 第二十八条第三款、第三十五条、第三十六条"


class WrongRecheckBody(Invalid):
    """The review opinion names no unit above its own to which the petitioner may turn."""

    code = "wrong_recheck_body"
    title = "复核机关须为复查机关的上一级机关、单位"
    article = "信访工作条例 第三十六条"
    by_directory = True


class ChangeUnnamed(Invalid):
    """Who changes an opinion says what holds instead, and who does not change it says nothing of that."""

    code = "change_unnamed"
    title = "变更的须写明变更后的意见，未变更的不得写明"
    article = "信访工作条例 第三十二条、第三十五条、第三十六条"


def review_until(h: Handling, *of: UUID) -> date | None:
    """The last day on which the petitioners may ask for review (第三十五条), or one of them by their own petition.

    There is none yet for whom the opinion has not reached.
    """
    first = (h.served_at, h.service_entered_at)
    return _until(h, "C8", ReturnedPaper.opinion, first, h.others_served, of)


def recheck_until(h: Handling, *of: UUID) -> date | None:
    """The last day on which the petitioners may ask for recheck (第三十六条), or one of them by their own petition.

    There is none yet for whom the review opinion has not reached.
    """
    others = {petition: services for (recheck, petition), services in h.others_answered.items() if not recheck}
    return _until(h, "C10", ReturnedPaper.review, (h.review_served_at, h.review_entered_at), others, of)


_Had = tuple[datetime | None, datetime | None]
"""When somebody was served, and when that was entered."""


def _until(
    h: Handling, code: str, paper: ReturnedPaper, first: _Had, others: Mapping[UUID, _Had], of: Sequence[UUID]
) -> date | None:  # fmt: skip
    """Return until when any petitioner may ask about a paper that was served, or one of them; each has their own days.

    Time has not begun for whom it has not reached yet, or from whom it came back.
    """
    each: dict[UUID | None, _Had] = {None: first}
    each.update(others.items())
    whose = {petition if petition in h.others else None for petition in of}
    back = {sent.petition for sent in h.came_back.values() if sent.paper is paper}
    if back and (not whose or whose & back):
        return date.max
    if first[0] is None:
        return None
    if whose - each.keys():
        return date.max
    return max((last for petition in whose or each if (last := _last_day(code, *each[petition]))), default=None)


def _must_be_possible(served_at: datetime | None, request: Request, at: datetime) -> None:
    """It was asked after the opinion was there, came in after it was posted, and is in by now."""
    must_be_between(served_at, request.asked_at, at)
    must_be_between(request.asked_at, request.received_at, at)


def _first_served(served_at: datetime | None, others: Iterable[tuple[datetime, datetime]]) -> datetime | None:
    """Return since when any of the petitioners has had what they can ask about."""
    return min((served_at, *(moment for moment, _ in others))) if served_at else None


def _last_day(code: str, served_at: datetime | None, entered_at: datetime | None) -> date | None:
    """Return until when may be asked; a service that was entered late gives no less time than its entry."""
    return period(code).last_day(began(served_at, entered_at)) if served_at and entered_at else None


# --------------------------------------------------------------------------------- review


class Request(NamedTuple):
    """When a request came in, what it says, and when it was posted, if it was."""

    received_at: datetime
    document: UUID
    posted_at: datetime | None = None

    @property
    def asked_at(self) -> datetime:
        """What decides whether it was asked in time; whoever answers has time from the receipt on."""
        return self.posted_at or self.received_at


def request_review(
    h: Handling, body: str | None, request: Request, directory: Directory, *of: UUID, at: datetime
) -> None:  # fmt: skip
    """Take in that the petitioner asks the unit above to look again (第三十五条).

    Where nobody is asked by name it is the one that the opinion names, or who answers in its place. Of several
    petitioners one may ask while another's request is open: both have the same answer, by the day of the first. Who
    asks is in time by their own days, where it is said by which petition they do.
    """
    must_be_open_to_ask(h)
    last = review_until(h, *of)
    joins = h.review_requested_at is not None and h.remedy_pending and bool(h.others)
    if last is None or (h.review_requested_at is not None and not joins):
        raise NothingToReview
    above = directory.bodies_to_look_again(h.issuer or "", barred_from(h, directory))
    if (body := body or _first(h.review_body, above)) not in above:
        raise NotTheReviewBody(named(directory, above))
    _must_be_possible(_first_served(h.served_at, h.others_served.values()), request, at)
    if day(request.asked_at) > last:
        raise ReviewTooLate(f"可申请复查至 {last}")
    if joins:
        h.record(ReviewJoined, at=at, **request._asdict())
        return
    go_on(h, at=at)
    h.record(ReviewRequested, at=at, review_body=body, **request._asdict())


def _first(named: str | None, above: Sequence[str]) -> str | None:
    """Return the body that was named, where it may look again, and else the first that may."""
    return named if named in above or not above else above[0]


def pass_on(h: Handling, directory: Directory, *, at: datetime) -> None:
    """Let somebody else answer, where whoever was asked to look again may not touch the case any more."""
    barred = barred_from(h, directory)
    recheck = h.recheck_requested_at is not None
    body, below = (h.recheck_body, h.review_body) if recheck else (h.review_body, h.issuer)
    above = directory.bodies_to_look_again(below or "", barred)
    if h.remedy_pending and body in barred and above:
        h.record(RemedyPassedOn, at=at, from_unit=body, unit=above[0], recheck=recheck)


class Verdict(NamedTuple):
    """What becomes of the opinion before, who has decided that, and what holds instead where it is changed."""

    result: ReviewResult
    document: UUID
    decided_by: str
    changed_to: tuple[Result, ...] = ()
    """What each claim gets now, in their order."""


def serve_review(
    h: Handling, body: str, opinion_no: str, verdict: Verdict, delivery: Delivery, recheck_body: str,
    directory: Directory, *, at: datetime,
) -> None:  # fmt: skip
    """Answer in writing, as the reviewing unit; what is revoked is handled anew (第三十五条)."""
    must_go_on(h)
    if h.review_requested_at is None or h.review_served_at is not None:
        raise NoReviewPending
    if body != h.review_body:
        raise NotTheReviewBody
    _must_be_none_of(h.handlers, verdict.decided_by)
    must_not_be_challenged(h, {verdict.decided_by})
    _must_name_the_change(h, verdict)
    if recheck_body not in (above := directory.bodies_to_look_again(body, barred_from(h, directory))):
        raise WrongRecheckBody(named(directory, above))
    must_be_between(h.review_requested_at, delivery.served_at, at)
    facts = _said(h, opinion_no, verdict, at=at)
    h.record(ReviewOpinionServed, at=at, recheck_body=recheck_body, **facts, **delivery._asdict())


# -------------------------------------------------------------------------------- recheck


def request_recheck(
    h: Handling, body: str | None, request: Request, directory: Directory, *of: UUID, at: datetime
) -> None:  # fmt: skip
    """Take in that the petitioner asks for the last time (第三十六条)."""
    must_be_open_to_ask(h)
    last = recheck_until(h, *of)
    if last is None or h.recheck_requested_at is not None:
        raise NothingToRecheck
    asked = _first(h.recheck_body, directory.bodies_to_look_again(h.review_body or "", barred_from(h, directory)))
    if body not in {None, asked}:
        raise NotTheRecheckBody
    others = (services for (recheck, _), services in h.others_answered.items() if not recheck)
    _must_be_possible(_first_served(h.review_served_at, others), request, at)
    if day(request.asked_at) > last:
        raise RecheckTooLate(f"可申请复核至 {last}")
    go_on(h, at=at)
    h.record(RecheckRequested, at=at, recheck_body=asked, **request._asdict())


def open_recheck_hearing(
    h: Handling, body: str, presider: str, directory: Directory, *, public: bool, at: datetime
) -> None:
    """Hear the case once more; the time of it is not counted (第三十六条第二款)."""
    _must_be_rechecking(h, body)
    begin_hearing(h, HearingStage.recheck, presider, directory, public=public, at=at)


def close_recheck_hearing(h: Handling, body: str, document: UUID, *, at: datetime) -> None:
    """End the hearing with its report; the thirty days go on."""
    _must_be_rechecking(h, body)
    end_hearing(h, HearingStage.recheck, document, at=at)


def serve_recheck(
    h: Handling, body: str, opinion_no: str, verdict: Verdict, delivery: Delivery, *, at: datetime
) -> None:
    """Say the last word of the petition procedure in writing (第三十六条)."""
    requested_at = _must_be_rechecking(h, body)
    if h.hearing is not None:
        raise HearingNotClosed
    _must_be_none_of(h.handlers | h.reviewers, verdict.decided_by)
    must_not_be_challenged(h, {verdict.decided_by})
    _must_name_the_change(h, verdict)
    must_be_between(requested_at, delivery.served_at, at)
    h.record(RecheckOpinionServed, at=at, **_said(h, opinion_no, verdict, at=at), **delivery._asdict())


def serve_on_another(
    h: Handling, body: str, petition: UUID, delivery: Delivery, *, recheck: bool, at: datetime
) -> None:
    """Let a further petitioner have what was said when it was looked at again (第三十五条、第三十六条)."""
    if petition not in h.others:
        raise NoSuchPetitioner
    _must_have_answered(h, body, recheck=recheck)
    back = h.returned(_paper(recheck=recheck), petition)
    if before := h.others_answered.get((recheck, petition)):
        must_be_served_later(before, delivery.served_at, at, back=back)
    must_be_between(h.recheck_requested_at if recheck else h.review_requested_at, delivery.served_at, at)
    _let_ask_on(h, recheck=recheck, at=at)
    h.record(
        RemedyServedToPetitioner, at=at, petition=petition, recheck=recheck, **delivery._asdict(), instead_of=back
    )  # fmt: skip


def serve_again(h: Handling, body: str, delivery: Delivery, *, recheck: bool, at: datetime) -> None:
    """Let who had asked have what had come back; after a review their thirty days begin then (第三十六条 收到)."""
    before = _must_have_answered(h, body, recheck=recheck)
    if h.recheck_requested_at is not None and not recheck:
        raise AlreadyServed
    back = h.returned(_paper(recheck=recheck), None)
    must_be_served_later(before, delivery.served_at, at, back=back)
    must_be_between(before[0], delivery.served_at, at)
    _let_ask_on(h, recheck=recheck, at=at)
    h.record(RemedyServedAgain, at=at, recheck=recheck, **delivery._asdict(), instead_of=back)


def _paper(*, recheck: bool) -> ReturnedPaper:
    return ReturnedPaper.recheck if recheck else ReturnedPaper.review


def _must_have_answered(h: Handling, body: str, *, recheck: bool) -> tuple[datetime, datetime]:
    """Return when who looked again has had its opinion served, and when that was entered."""
    served_at, entered_at = (
        (h.recheck_served_at, h.recheck_entered_at) if recheck else (h.review_served_at, h.review_entered_at)
    )
    if served_at is None or entered_at is None:
        raise NotDecided
    if body != (h.recheck_body if recheck else h.review_body):
        raise NotTheRecheckBody if recheck else NotTheReviewBody
    return served_at, entered_at


def _let_ask_on(h: Handling, *, recheck: bool, at: datetime) -> None:
    """Let a case go on in which somebody may ask for recheck from now on, until when it was over before."""
    if not recheck and h.recheck_requested_at is None:
        must_be_open_to_ask(h)
        go_on(h, at=at)


def _must_be_rechecking(h: Handling, body: str) -> datetime:
    must_go_on(h)
    if h.recheck_requested_at is None or h.recheck_served_at is not None:
        raise NoRecheckPending
    if body != h.recheck_body:
        raise NotTheRecheckBody
    return h.recheck_requested_at


def _must_be_none_of(before: set[str], actor: str) -> None:
    if actor in before:
        raise SamePeople


def _must_name_the_change(h: Handling, verdict: Verdict) -> None:
    if bool(verdict.changed_to) is not (verdict.result is ReviewResult.change):
        raise ChangeUnnamed
    if verdict.changed_to:
        must_answer_each(verdict.changed_to, len(h.answers))


def _said(h: Handling, opinion_no: str, verdict: Verdict, *, at: datetime) -> dict[str, Any]:
    """Return what whoever looked again has said; what becomes of each of several claims goes on file before it."""
    facts = verdict._asdict() | {"opinion_no": opinion_no, "changed_to": _whole_change(h, verdict.changed_to)}
    say_to_each(h, opinion_no, verdict.changed_to, at=at)
    return facts


def _whole_change(h: Handling, now: tuple[Result, ...]) -> Result | None:
    """Return what the case as a whole gets now, if that changes: what was granted before and still is was owed before.

    What is granted only now is to be executed from now on, also where something else was (第三十二条第二款).
    """
    if len(now) > 1:
        granted = any(new is Result.support is not old for old, new in zip(h.answers, now, strict=True))
        return best(now) if granted or best(now) is not h.result else None
    return best(now) if now else None
