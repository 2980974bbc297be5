"""The unit's own written answer, what it grants, and what it promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from contracts.mediation import (
    ClaimsAnswered,
    CommitmentKept,
    CommitmentMade,
    CoUnitOpinionGiven,
    ExecutionOrdered,
    ExecutionRefused,
    ExecutionReported,
    OpinionExecuted,
    OpinionIssued,
    OpinionServed,
    OpinionTakenBack,
    PetitionerServed,
)
from contracts.periods.calendar import day
from contracts.periods.lateness import began
from contracts.vocabulary import Kind, RecordKind, Result, ReturnedPaper, Route, ServiceMethod
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, Invalid, Refused
from services.mediation.domain.delivery import Delivery
from services.mediation.domain.guards import (
    ImpossibleDate,
    NoSuchPetitioner,
    NotTheHandlingUnit,
    NotWithUnit,
    go_on,
    may_serve,
    must_be_between,
    must_be_handling,
    must_be_of,
    must_be_on,
    must_be_open_to_ask,
)
from services.mediation.domain.handling import Handling
from services.mediation.domain.inquiry import HearingNotClosed
from services.mediation.domain.mediating import MediationUnderWay
from services.mediation.domain.people import barred_from, must_head, must_not_be_challenged, must_work_for, named

OPINION_RESULTS: Final = frozenset({Result.support, Result.explain, Result.not_support})
"""What an opinion may say (第三十二条第一项至第三项)."""
BY_OPINION: Final = frozenset({None, Route.petition_procedure, Route.statutory_duty})
"""The routes on which the unit itself answers; «依法履行或者答复» in 第三十一条第五项."""


class NotByOpinion(Refused):
    """What another procedure decides is not decided here."""

    code = "not_by_opinion"
    title = "应当按照法定程序处理，不得出具信访处理意见书"
    article = "信访工作条例 第三十一条第一项至第四项"


class NotAnOpinion(Invalid):
    """An opinion supports, explains or does not support."""

    code = "not_an_opinion"
    title = "处理意见须为支持、解释说明或者不予支持"
    article = "信访工作条例 第三十二条第一项至第三项"


class ClaimUnanswered(Refused):
    """An opinion answers each claim, be it with a support, an explanation or a refusal."""

    code = "claim_unanswered"
    title = "处理意见应当逐项答复信访人的投诉请求"
    article = "信访工作条例 第三十二条"
    decided_by = "assignment"


class ObjectionPending(Refused):
    """A unit that says it is not competent does not decide."""

    code = "objection_pending"
    title = "管辖异议尚未核实"
    article = "信访工作条例 第二十三条第三款、第二十四条"
    decided_by = "assignment"


class NotHeard(Refused):
    """No opinion before the petitioner was heard and the facts were verified."""

    code = "not_heard"
    title = "尚未听取陈述或调查核实"
    article = "信访工作条例 第三十一条第六项"


class SuggestionIsReplied(Refused):
    """What is no claim gets a reply and no opinion."""

    code = "suggestion_is_replied"
    title = "建议意见类事项以回复答复，不出具处理意见书"
    article = "信访工作条例 第二十九条"


class RefusalNotSimple(Refused):
    """A claim that is refused is refused in the ordinary way."""

    code = "refusal_not_simple"
    title = "拟不予支持的，应当先转为普通办理"
    article = "信访事项简易办理办法 第五条第三项"


class PartsMissing(Refused):
    """The units that help have not all given their part."""

    code = "parts_missing"
    title = "协办单位意见不全"
    article = "信访工作条例 第二十四条、第三十二条"


class WrongReviewBody(Invalid):
    """The opinion names a unit that may not review it."""

    code = "wrong_review_body"
    title = "复查机关须为上一级机关、单位"
    article = "信访工作条例 第三十五条"
    by_directory = True


class ApprovedByDrafter(Refused):
    """Nobody lets their own draft pass."""

    code = "approved_by_drafter"
    title = "拟稿人与签发人不得为同一人"
    article = "信访工作条例 第二十八条第一款、第三十二条"


class SameOpinionAgain(Refused):
    """What was revoked is not said again on the same facts."""

    code = "same_opinion_again"
    title = "撤销后不得以同一事实作出相同意见"
    article = "信访工作条例 第三十五条、第三十六条"


class NotDecided(Refused):
    """There is no opinion yet."""

    code = "not_decided"
    title = "尚未出具处理意见书"
    article = "信访工作条例 第三十二条"


class AlreadyServed(Refused):
    """The opinion was served before; nothing takes days from the time to ask that began then."""

    code = "already_served"
    title = "处理意见书已送达"
    article = "信访工作条例 第三十五条"


class ExecutedAlready(Refused):
    """What was done for the petitioner is not undone by a correction."""

    code = "executed_already"
    title = "处理意见已经执行，不得撤回"
    article = "信访工作条例 第三十二条第二款"


class NothingToExecute(Refused):
    """Only what an opinion granted can be executed, and once."""

    code = "nothing_to_execute"
    title = "没有待执行的处理意见"
    article = "信访工作条例 第三十二条第二款"


class NotUrged(Forbidden):
    """Only who was urged to carry out an opinion reports its part."""

    code = "not_urged"
    title = "未督促该单位执行处理意见"
    article = "信访工作条例 第三十二条第二款"


class NoSuchCommitment(Refused):
    """Nothing of that number was promised, or it is done."""

    code = "no_such_commitment"
    title = "没有该项待兑现的承诺"
    article = "信访工作条例 第二十七条"


# ------------------------------------------------------------------------------ the opinion


def give_part(h: Handling, unit: str, document: UUID, *, at: datetime) -> None:
    """Give, as a unit that helps, the part of the answer that lies within its power (第二十四条)."""
    if h.unit is None:
        raise NotWithUnit
    if unit not in h.co_units:
        raise NotTheHandlingUnit
    must_be_handling(h, h.unit)
    h.record(CoUnitOpinionGiven, at=at, unit=unit, document=document)


class Draft(NamedTuple):
    """What an officer of the unit proposes to answer."""

    results: tuple[Result, ...]
    """What is said to each claim, in their order."""
    legal_basis: UUID
    document: UUID
    drafted_by: str
    review_body: str


def issue_opinion(
    h: Handling, unit: str, opinion_no: str, draft: Draft, approved_by: str, directory: Directory, *, at: datetime
) -> None:
    """Decide in writing, after hearing and verifying (第三十一条第六项, 第三十二条).

    It takes two: an officer of the unit who drafts it, and a head of the unit who says so himself.
    """
    must_be_handling(h, unit)
    if h.kind is Kind.suggestion:
        raise SuggestionIsReplied
    _must_be_ripe(h)
    must_answer_each(draft.results, h.claims)
    if h.simplified and Result.not_support in draft.results:
        raise RefusalNotSimple
    if (draft.results, h.records) == h.revoked:
        raise SameOpinionAgain
    must_head(directory, unit, approved_by, at=at)
    must_work_for(directory, unit, draft.drafted_by, h)
    if draft.drafted_by == approved_by:
        raise ApprovedByDrafter(approved_by)
    must_not_be_challenged(h, {draft.drafted_by, approved_by} | h.handlers)
    if draft.review_body not in (above := directory.bodies_above(unit)):
        raise WrongReviewBody(named(directory, above))
    say_to_each(h, opinion_no, draft.results, at=at)
    h.record(
        OpinionIssued, at=at, opinion_no=opinion_no, result=best(draft.results), legal_basis=draft.legal_basis,
        document=draft.document, approved_by=approved_by, review_body=draft.review_body, decided_by=draft.drafted_by,
    )  # fmt: skip


def must_answer_each(results: Sequence[Result], claims: int) -> None:
    """Let an opinion say something to each claim, and that one of the three things that it may say (第三十二条)."""
    if not OPINION_RESULTS.issuperset(results):
        raise NotAnOpinion
    if len(results) != claims:
        raise ClaimUnanswered(f"诉求 {claims} 项，答复 {len(results)} 项")


def _must_have_answered_each(h: Handling) -> None:
    """Let nobody have an opinion that was issued before further claims came in: it is taken back, and answers all."""
    if h.served_at is None and not h.others_served and not h.executed and len(h.answers) < h.claims:
        raise ClaimUnanswered(f"诉求 {h.claims} 项，答复 {len(h.answers)} 项")


def say_to_each(h: Handling, opinion_no: str, results: tuple[Result, ...], *, at: datetime) -> None:
    """Put on file what an opinion says to each of several claims."""
    if len(results) > 1:
        h.record(ClaimsAnswered, at=at, opinion_no=opinion_no, results=results)


def best(results: Sequence[Result]) -> Result:
    """Return what several answers come to: what one claim is granted is owed, whatever the others are not."""
    return next(result for result in (Result.support, Result.explain, Result.not_support) if result in results)


def _must_be_ripe(h: Handling) -> None:
    """The case may be decided, whatever the decision is."""
    missing = _demanded(h) - h.recorded.keys()
    parts = set(h.co_units) - h.parts
    hindrances = (
        (NotByOpinion, h.route not in BY_OPINION, ""),
        (ObjectionPending, h.objecting, ""),
        (HearingNotClosed, h.hearing is not None, ""),
        (MediationUnderWay, h.mediator is not None, ""),
        (NotHeard, missing, "缺少：" + "、".join(sorted(kind.title for kind in missing))),
        (PartsMissing, parts, "缺少：" + "、".join(sorted(parts))),
    )
    for refusal, applies, detail in hindrances:
        if applies:
            raise refusal(detail)


def _demanded(h: Handling) -> set[RecordKind]:
    """What R31(6) demands; who cannot be found cannot be heard."""
    if h.route is not Route.petition_procedure or h.kind not in {None, Kind.appeal_for_resolution}:
        return set()
    return {RecordKind.facts_verified} | (set() if h.anonymous else {RecordKind.statement_heard})


def _decidable_since(h: Handling) -> date | None:
    """From which day on there could be an opinion, whenever that was typed: all that it rests on was there by then."""
    found = (h.recorded[kind] for kind in _demanded(h) if kind in h.recorded)
    return max((h.undecided_since, *found)) if h.undecided_since else None


def take_back(h: Handling, unit: str, document: UUID, *, at: datetime) -> None:
    """Take back what was issued and nobody has had, because it is wrong; the days to answer run on (第三十四条).

    What was sent and came back was not had either: that it was sent in time has answered nobody.
    """
    must_be_of(h, unit)
    if h.issued_at is None or h.result is None:
        raise NotDecided
    sent = [*([None] if h.served_at is not None else []), *h.others_served]
    if any(h.returned(ReturnedPaper.opinion, whose) is None for whose in sent):
        raise AlreadyServed
    if h.executed:
        raise ExecutedAlready
    promises = tuple(promise for promise in h.commitments if promise > h.promised_before)
    waits_since = h.begun_at + timedelta(days=h.extended_by) if sent and h.begun_at is not None else None
    h.record(
        OpinionTakenBack, at=at, opinion_no=h.opinion_no, result=h.result, document=document, promises=promises,
        waits_since=waits_since,
    )  # fmt: skip


def serve_opinion(
    h: Handling, unit: str, method: ServiceMethod, served_at: datetime, receipt: UUID, *, at: datetime
) -> None:
    """Let the petitioner have the opinion; the thirty days for review begin (第三十五条).

    It may have been handed over before anybody typed that it was issued: the day is bounded by what it rests on.

    What had not come to them is served once more, also in a case that was over because nobody seemed to ask.
    """
    may_serve(h, unit)
    must_be_open_to_ask(h)
    if h.issued_at is None:
        raise NotDecided
    if h.review_requested_at is not None:
        raise AlreadyServed
    _must_have_answered_each(h)
    back = h.returned(ReturnedPaper.opinion, None)
    if h.served_at is not None and h.service_entered_at is not None:
        must_be_served_later((h.served_at, h.service_entered_at), served_at, at, back=back)
    must_not_be_challenged(h, h.handlers)
    must_be_between(_decidable_since(h), served_at, at)
    again = h.served_at is not None
    go_on(h, at=at)
    h.record(
        OpinionServed, at=at, method=method, served_at=served_at, receipt=receipt, again=again, instead_of=back
    )  # fmt: skip


def serve_another(h: Handling, unit: str, petition: UUID, delivery: Delivery, *, at: datetime) -> None:
    """Let a further petitioner have the opinion; their own thirty days begin (第三十五条)."""
    may_serve(h, unit)
    must_be_open_to_ask(h)
    if petition not in h.others:
        raise NoSuchPetitioner
    if h.issued_at is None:
        raise NotDecided
    _must_have_answered_each(h)
    back = h.returned(ReturnedPaper.opinion, petition)
    if before := h.others_served.get(petition):
        must_be_served_later(before, delivery.served_at, at, back=back)
    must_not_be_challenged(h, h.handlers)
    must_be_between(_decidable_since(h), delivery.served_at, at)
    go_on(h, at=at)
    h.record(PetitionerServed, at=at, petition=petition, **delivery._asdict(), instead_of=back)


def must_be_served_later(
    before: tuple[datetime, datetime], served_at: datetime, at: datetime, *, back: int | None = None
) -> None:
    """Let what was served be served again where the time to ask begins later for that, and never sooner.

    That a letter came back is against the unit that has posted it, so its word is enough. Where it is on record that it
    came back no time has begun: it may be handed over the same day.
    """
    if back is not None:
        must_be_between(before[0], served_at, at)
        return
    later = day(served_at) > day(before[0]) and day(began(served_at, at)) > day(began(*before))
    if not later:
        raise AlreadyServed


# ------------------------------------------------------------------------------- execution


def order_execution(h: Handling, unit: str, executing_unit: str, due_on: date, document: UUID, *, at: datetime) -> None:
    """Urge whoever has to do what was granted (第三十二条第二款)."""
    issued_at = _must_be_executable(h, unit)
    if due_on < day(issued_at):
        raise ImpossibleDate("执行期限早于处理意见书")
    h.record(ExecutionOrdered, at=at, unit=executing_unit, due_on=due_on, document=document)


def prove_execution(h: Handling, unit: str, executed_on: date, document: UUID, *, at: datetime) -> None:
    """Show that what was granted has been done (第三十二条第二款), be it while the case was still handled."""
    _must_be_executable(h, unit)
    must_be_on(h.brought_on, executed_on, at)
    h.record(OpinionExecuted, at=at, executed_on=executed_on, document=document)


def report_execution(
    h: Handling, unit: str, executed_on: date, document: UUID, directory: Directory, *, at: datetime
) -> None:
    """Say that whoever was urged has done its part; whether that is all is for the unit that urges to say."""
    _must_have_granted(h)
    part = directory.acting_as(unit, *h.urged, barred=barred_from(h, directory))
    if part not in h.urged:
        raise NotUrged
    must_be_on(h.brought_on, executed_on, at)
    h.record(ExecutionReported, at=at, unit=part, executed_on=executed_on, document=document)


def report_refusal(h: Handling, unit: str, executing_unit: str, document: UUID, *, at: datetime) -> None:
    """Put on file that whoever has to do what was granted refuses (第四十二条第四项)."""
    _must_be_executable(h, unit)
    h.record(ExecutionRefused, at=at, unit=executing_unit, document=document)


def _must_be_executable(h: Handling, unit: str) -> datetime:
    must_be_of(h, unit)
    return _must_have_granted(h)


def _must_have_granted(h: Handling) -> datetime:
    if h.result is not Result.support or h.executed or h.issued_at is None:
        raise NothingToExecute
    return h.issued_at


# ------------------------------------------------------------------------------- promises


def make_commitment(h: Handling, unit: str, due_on: date, document: UUID, *, at: datetime) -> None:
    """Make a task with a date of what a reply promises."""
    must_be_of(h, unit)
    if h.result is None:
        raise NotDecided
    if due_on < day(at):
        raise ImpossibleDate(f"承诺期限 {due_on} 已过")
    h.record(CommitmentMade, at=at, commitment=h.promised + 1, due_on=due_on, document=document)


def keep_commitment(h: Handling, unit: str, commitment: int, kept_on: date, document: UUID, *, at: datetime) -> None:
    """Show that what was promised is done."""
    must_be_of(h, unit)
    if commitment not in h.commitments:
        raise NoSuchCommitment
    must_be_on(h.brought_on, kept_on, at)
    h.record(CommitmentKept, at=at, commitment=commitment, kept_on=kept_on, document=document)
