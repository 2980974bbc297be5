"""第三十五条 收到: a letter that came back was not had; who has sent it sends it again, and nobody loses a day by that."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from contracts.event import typed_before
from contracts.intake import AccusedNamed, CaseMerged, CaseSplit, NonAcceptanceRevoked, NoticeReturned, ToldAgain
from contracts.mediation import (
    AcceptanceNotified,
    CaseReopened,
    DeliveryReturned,
    NoticeServedAgain,
    OpinionIssued,
    OpinionServed,
    PetitionerServed,
    PetitionersLearnt,
    RemedyServedAgain,
    ReviewOpinionServed,
    ReviewRequested,
    SuggestionReplied,
)
from contracts.vocabulary import (
    ClockOutcome,
    Kind,
    Result,
    ReturnedPaper,
    ReturnReason,
    ReviewResult,
    Route,
    ServiceMethod,
    StopReason,
    SuggestionResult,
    TerminationGround,
)
from services.accountability.clocks import effects
from services.accountability.clocks.rules import Act
from services.mediation.domain import answers, ending, opinion, receiving, remedy, returning
from services.mediation.domain.ending import CameBack
from services.mediation.domain.guards import HasStopped, ImpossibleDate
from services.mediation.domain.handling import Handling
from services.mediation.domain.opinion import AlreadyServed, NotDecided
from tests.intake.filed import NOW, registered
from tests.law.ledger import Ledger
from tests.mediation.cases import (
    DIRECTORY,
    RECHECKER,
    REVIEWER,
    SERVED,
    UNIT,
    accepted,
    after,
    ask_recheck,
    ask_review,
    close,
    closed,
    delivered,
    rechecked,
    reviewed,
    serve,
    served,
    suggestion,
    the_event,
)
from tests.rules import at, refuses

BACK, AGAIN, MUCH_LATER = at("2025-09-15"), at("2025-09-18"), at("2026-03-02")
SECOND = uuid4()
POST = {"method": ServiceMethod.post, "receipt": typed_before("EMS-1")}
OPINION, REVIEW, RECHECK = ReturnedPaper.opinion, ReturnedPaper.review, ReturnedPaper.recheck
REPLY, NOTICE = ReturnedPaper.reply, ReturnedPaper.notice


def comes_back(h: Handling, paper: ReturnedPaper, petition: Any = None, entry: int | None = None, now=BACK) -> None:
    """Let what was entered last come back, or the entry that is said."""
    note = {"returned_on": now.date(), "receipt": typed_before("T-1"), "reason": ReturnReason.moved}
    returning.record_return(h, {"entry": entry or h.version, "paper": paper, "petition": petition, **note}, at=now)


def came_back(h: Handling, paper: ReturnedPaper, **more: Any) -> Handling:
    return after(h, lambda one: comes_back(one, paper, **more))


def ask(h: Handling, now) -> None:
    ask_review(h, received_at=now)


def replied() -> Handling:
    return after(suggestion(), lambda h: answers.reply_to_suggestion(
        h, UNIT, "复1号", SuggestionResult.adopted, uuid4(), delivered(SERVED), at=SERVED))  # fmt: skip


def notice_again(h: Handling, entry: int, paper: ReturnedPaper, now=AGAIN) -> None:
    had = {"entry": entry, "paper": paper, "petition": None, **delivered(now)._asdict()}
    returning.serve_notice_again(h, had, at=now)


class TestOpinion:
    def test_time_to_ask_has_not_begun_and_the_case_is_not_closed(self):
        handling = came_back(served(Result.explain), OPINION)
        with refuses(CameBack):
            close(handling)
        with refuses(CameBack):
            ending.terminate(handling, TerminationGround.remedy_lapsed, None, at=MUCH_LATER)
        ask(handling, MUCH_LATER)
        assert handling.review_requested_at == MUCH_LATER

    def test_it_begins_with_the_later_service(self):
        handling = served(Result.explain)
        sent = handling.version
        came_back(handling, OPINION)
        serve(handling, now=AGAIN)
        event = the_event(handling, OpinionServed)
        assert (event.again, event.instead_of) == (True, sent)
        assert remedy.review_until(handling) == date(2025, 10, 20)
        close(handling)

    def test_what_is_on_record_as_returned_is_handed_over_the_same_day_and_no_sooner(self):
        handling = came_back(served(Result.explain), OPINION, now=SERVED)
        with refuses(ImpossibleDate):
            serve(handling, now=SERVED, served_at=at("2025-08-29"))
        serve(handling, now=SERVED)
        assert the_event(handling, OpinionServed).again

    def test_case_that_was_closed_because_nobody_asked_goes_on(self):
        handling = closed()
        comes_back(handling, OPINION, now=MUCH_LATER)
        assert [type(event) for event in handling.taken()] == [CaseReopened, DeliveryReturned]
        assert (handling.state, handling.unreached) == ("opinion_served", True)

    def test_who_has_asked_has_had_it(self):
        handling = after(served(Result.explain), ask_review)
        with refuses(AlreadyServed):
            comes_back(handling, OPINION)
        handling = came_back(served(Result.explain), OPINION)
        ask(handling, AGAIN)
        assert not handling.unreached

    def test_revoked_opinion_is_not_sent_again(self):
        handling = reviewed(ReviewResult.revoke)
        with refuses(NotDecided):
            comes_back(handling, OPINION)

    def test_further_petitioner_has_their_own(self):
        handling = after(
            served(Result.explain),
            lambda h: receiving.learn_petitioners(h, (SECOND,), at=SERVED),
            lambda h: opinion.serve_another(h, UNIT, SECOND, delivered(SERVED), at=SERVED),
        )
        theirs = handling.version
        came_back(handling, OPINION, petition=SECOND)
        serve(handling, now=BACK)
        assert the_event(handling, OpinionServed).instead_of is None
        with refuses(CameBack):
            close(handling)
        opinion.serve_another(handling, UNIT, SECOND, delivered(AGAIN), at=AGAIN)
        assert the_event(handling, PetitionerServed).instead_of == theirs
        assert remedy.review_until(handling) == date(2025, 10, 20)

    def test_whose_opinion_it_is_sends_it_again_whoever_has_the_case(self):
        handling = came_back(served(Result.explain), OPINION)
        receiving.give_back(handling, UNIT, at=BACK)
        handling.taken()
        serve(handling, now=AGAIN)
        assert not handling.unreached

    def test_not_where_the_petitioner_has_withdrawn(self):
        handling = served(Result.explain)
        receiving.stop(handling, receiving.StopReason.withdrawn, at=SERVED)
        with refuses(HasStopped):
            comes_back(handling, OPINION)


class TestOtherAnswers:
    def test_review_that_came_back_is_asked_about_when_it_is_had(self):
        handling = reviewed()
        sent = handling.version
        came_back(handling, REVIEW, now=at("2025-09-26"))
        with refuses(CameBack):
            close(handling)
        remedy.serve_again(handling, REVIEWER, delivered(at("2025-09-29")), recheck=False, at=at("2025-09-29"))
        assert the_event(handling, RemedyServedAgain).instead_of == sent
        assert remedy.recheck_until(handling) == date(2025, 10, 29)
        came_back(handling, REVIEW, now=at("2025-10-09"))
        ask_recheck(handling, received_at=MUCH_LATER)
        with refuses(AlreadyServed):
            comes_back(handling, REVIEW, now=MUCH_LATER)

    def test_last_word_is_had_before_the_case_ends(self):
        handling = came_back(rechecked(), RECHECK, now=at("2025-10-20"))
        for end in (close, lambda h: ending.terminate(h, TerminationGround.rechecked, None, at=MUCH_LATER)):
            with refuses(CameBack):
                end(handling)
        remedy.serve_again(handling, RECHECKER, delivered(MUCH_LATER), recheck=True, at=MUCH_LATER)
        close(handling, now=MUCH_LATER)

    def test_reply_is_had_before_the_case_ends(self):
        """第二十九条."""
        handling = replied()
        sent = handling.version
        came_back(handling, REPLY)
        with refuses(CameBack):
            close(handling)
        notice_again(handling, sent, REPLY)
        close(handling)

    def test_notice_that_came_back_hinders_nothing_and_moves_no_day(self):
        """第三十四条: the sixty days run."""
        handling = accepted()
        begun, sent = handling.begun_at, handling.version
        came_back(handling, NOTICE, now=at("2025-08-28"))
        assert (handling.begun_at, handling.unreached, [*handling.came_back]) == (begun, False, [sent])
        notice_again(handling, sent, NOTICE)
        assert handling.came_back == {}

    @pytest.mark.parametrize(("result", "paper"), [(ReviewResult.uphold, REVIEW), (ReviewResult.revoke, NOTICE)])
    def test_what_revokes_an_opinion_is_a_notice(self, result: ReviewResult, paper: ReturnedPaper):
        """The case is decided again, and there is nothing to ask about."""
        event = ReviewOpinionServed(
            originator_id=uuid4(), originator_version=1, timestamp=SERVED, opinion_no="1", document=uuid4(),
            result=result, served_at=SERVED, **POST,
        )  # fmt: skip
        assert returning.sent(event) == (paper, None)


# ------------------------------------------------------------------------------ and its clocks

SENT, BY_HAND = 2, 9
"""Versions of the entries that had served the opinion, on the first and on the second petitioner."""


def sent_on(on: str) -> Ledger:
    ledger = Ledger(kind=Kind.appeal_for_resolution, route=Route.petition_procedure, result=Result.support)
    ledger.tell(PetitionersLearnt, petitions=(SECOND,))
    ledger.tell(AcceptanceNotified, notice_no="1", case_officer="co-1", served_at=NOW, **POST)
    ledger.tell(
        OpinionIssued, opinion_no="意1号", result=Result.support, legal_basis=typed_before("某法 第三条"), approved_by="head-1",
        review_body="gov", decided_by="co-1", document=uuid4(),
    )  # fmt: skip
    serves(ledger, on)
    return ledger


def serves(ledger: Ledger, on: str, **more: Any) -> None:
    ledger.tell(OpinionServed, on=on, by="county-hr", served_at=at(on), **POST, **more)


def returned(ledger: Ledger, on: str, paper: ReturnedPaper = OPINION, petition: Any = None, entry: int = SENT) -> None:
    ledger.tell(
        DeliveryReturned, on=on, by="county-hr", entry=entry, paper=paper, petition=petition, receipt=typed_before("T-1"),
        returned_on=date.fromisoformat(on), reason=ReturnReason.moved,
    )  # fmt: skip


def the(ledger: Ledger, code: str) -> list[tuple[Any, date | None]]:
    return [(clock.outcome, clock.due_on) for clock in ledger.all() if clock.code == code]


def test_r35_time_to_ask_begins_when_it_is_had_and_no_other_day_moves():
    ledger = sent_on("2025-03-03")
    days = {clock.code: clock.due_on for clock in ledger.all() if clock.code not in {"C8", "C17"}}
    returned(ledger, "2025-03-10")
    assert [one for one, _ in (*the(ledger, "C8"), *the(ledger, "C17"))] == [ClockOutcome.void, ClockOutcome.void]
    duty = ledger.duty("D57")
    assert (duty.holder, duty.due_on) == ("county-hr", date(2025, 3, 17))
    serves(ledger, "2025-03-14", again=True, instead_of=SENT)
    assert (the(ledger, "C8")[1:], the(ledger, "D57")) == (
        [(None, date(2025, 4, 14))], [(ClockOutcome.met, date(2025, 3, 17))],
    )  # fmt: skip
    assert {c.code: c.due_on for c in ledger.all() if c.code in days} == days
    assert "C5" not in {duty.code for duty in ledger.duties()}, "that it was answered in time stays so"


def test_r35_who_sends_it_again_too_late_has_missed_that_and_nothing_else():
    ledger = sent_on("2025-03-03")
    returned(ledger, "2025-03-10")
    ledger.passes("2025-03-18")
    assert ledger.breaches() == ["C5o", "D57"]
    ledger.passes("2025-06-30")
    assert not ledger.duties("D4"), "nobody is to close what was not had"
    serves(ledger, "2025-07-01", again=True, instead_of=SENT)
    assert the(ledger, "D57")[0][0] is ClockOutcome.late
    ledger.passes("2025-08-02")
    assert ledger.duties("D4")


def test_r35_case_that_was_to_be_closed_is_so_no_longer():
    ledger = sent_on("2025-03-03")
    ledger.passes("2025-04-03")
    assert ledger.duties("D4")
    returned(ledger, "2025-04-07")
    assert not ledger.duties("D4")


def test_r35_each_petitioner_has_their_own():
    ledger = sent_on("2025-03-03")
    ledger.tell(PetitionerServed, on="2025-03-04", by="county-hr", petition=SECOND, served_at=at("2025-03-04"), **POST)
    returned(ledger, "2025-03-10", petition=SECOND, entry=BY_HAND)
    assert (the(ledger, "C8")[0][0], the(ledger, "C8o")[0][0]) == (None, ClockOutcome.void)
    returned(ledger, "2025-03-11")
    serves(ledger, "2025-03-12", again=True, instead_of=SENT)
    assert [duty.item for duty in ledger.duties("D57")] == [str(BY_HAND)]
    theirs = {"petition": SECOND, "served_at": at("2025-03-13"), "instead_of": BY_HAND}
    ledger.tell(PetitionerServed, on="2025-03-13", by="county-hr", **theirs, **POST)
    assert not ledger.duties("D57")
    assert the(ledger, "C8o")[-1] == (None, date(2025, 4, 14))


def test_r35_who_has_asked_needs_it_no_more():
    ledger = sent_on("2025-03-03")
    returned(ledger, "2025-03-10")
    ledger.tell(ReviewRequested, on="2025-03-11", review_body="gov", received_at=at("2025-03-11"), document=uuid4())
    assert not ledger.duties("D57")


def test_r29_reply_that_came_back():
    ledger = Ledger(kind=Kind.suggestion, route=Route.petition_procedure)
    reply = {"reply_no": "1", "result": SuggestionResult.adopted, "document": uuid4()}
    ledger.tell(SuggestionReplied, on="2025-03-03", by="county-hr", served_at=at("2025-03-03"), **reply, **POST)
    returned(ledger, "2025-03-10", REPLY)
    assert [duty.code for duty in ledger.duties()] == ["D57"]
    again = {"entry": SENT, "paper": REPLY, "served_at": at("2025-03-12")}
    ledger.tell(NoticeServedAgain, on="2025-03-12", by="county-hr", **again, **POST)
    assert [(duty.code, duty.due_on) for duty in ledger.duties()] == [("D4", date(2025, 3, 27))]
    assert the(ledger, "C17")[-1] == (None, date(2025, 4, 11))


def test_r23_notice_is_told_again_and_the_sixty_days_run():
    ledger = Ledger(kind=Kind.appeal_for_resolution, route=Route.petition_procedure)
    ledger.tell(AcceptanceNotified, notice_no="1", case_officer="co-1", served_at=NOW, **POST)
    due = ledger.duty("C5").due_on
    returned(ledger, "2025-03-10", NOTICE)
    assert ledger.duty("C5").due_on == due
    assert (ledger.duty("D57a").holder, ledger.duty("D57a").due_on) == ("county-hr", date(2025, 3, 17))
    serves(ledger, "2025-03-12")
    assert not ledger.duties("D57a"), "who has the answer need not be told that it is worked on"


@pytest.mark.parametrize("how", ["told", "revoked"])
def test_r23_what_intake_has_told_is_told_again(how: str):
    ledger = Ledger()
    note = {"entry": SENT, "paper": NOTICE, "receipt": typed_before("T-1"), "reason": ReturnReason.not_known_there}
    ledger.tell(NoticeReturned, on="2025-03-10", returned_on=date(2025, 3, 10), **note)
    assert (ledger.duty("D57b").holder, ledger.duty("D57b").due_on) == ("bureau", date(2025, 3, 17))
    if how == "told":
        again = {"entry": SENT, "paper": NOTICE, "served_at": at("2025-03-12")}
        ledger.tell(ToldAgain, on="2025-03-12", **again, **POST)
    else:
        ledger.tell(NonAcceptanceRevoked, on="2025-03-12", unit="bureau", document=uuid4())
    assert not ledger.duties("D57b")


def test_r28_who_stands_above_owes_it_where_the_unit_may_not():
    """第二十八条第三款: on the same day, by whoever may act for that unit."""
    ledger = Ledger(DIRECTORY)
    ledger.tell(OpinionServed, on="2025-03-03", by=UNIT, served_at=at("2025-03-03"), **POST)
    note = {"entry": SENT, "paper": OPINION, "receipt": typed_before("T-1"), "reason": ReturnReason.refused}
    ledger.tell(DeliveryReturned, on="2025-03-10", by=UNIT, returned_on=date(2025, 3, 10), **note)
    ledger.tell(AccusedNamed, on="2025-03-11", units=(UNIT,), persons=())
    duty = ledger.duty("D57")
    above = duty.holder
    assert (above, duty.due_on) == (DIRECTORY.carrier(UNIT, barred=DIRECTORY.off_limits([UNIT])), date(2025, 3, 17))
    assert DIRECTORY.acting_as(above or "", UNIT, barred=DIRECTORY.off_limits([UNIT])) == UNIT


class TestMutants:
    """The clocks' tests see what they are there to see."""

    def test_time_that_runs_on_though_nobody_had_it(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setitem(effects._ACTS, Act.void, lambda *_: None)
        with pytest.raises(AssertionError):
            test_r35_time_to_ask_begins_when_it_is_had_and_no_other_day_moves()

    def test_one_service_that_ends_what_is_owed_to_all(self, monkeypatch: pytest.MonkeyPatch):
        real = effects._stop
        monkeypatch.setitem(effects._ACTS, Act.stop, lambda firing, *more: real(replace(firing, item=None), *more))
        with pytest.raises(AssertionError):
            test_r35_each_petitioner_has_their_own()


def test_registration_remembers_what_came_back():
    """第二十三条."""
    r = registered()
    note = {
        "entry": 1,
        "paper": NOTICE,
        "receipt": typed_before("T-1"),
        "reason": ReturnReason.moved,
        "returned_on": NOW.date(),
    }
    r.record(NoticeReturned, at=NOW, **note)
    assert [*r.came_back] == [1]
    r.record(ToldAgain, at=NOW, entry=1, paper=NOTICE, served_at=NOW, **POST)
    assert r.came_back == {}


def test_r23_whose_case_has_gone_into_another_one_is_told_again():
    """What came back was not had, whatever case answers now; a division has them told anew in each part."""
    for event, more, owed in ((CaseMerged, {"into": uuid4()}, True), (CaseSplit, {"children": (uuid4(),)}, False)):
        ledger = Ledger()
        ledger.tell(AcceptanceNotified, notice_no="1", case_officer="co-1", served_at=NOW, **POST)
        returned(ledger, "2025-03-10", NOTICE)
        ledger.tell(event, on="2025-03-11", **more)
        assert [duty.due_on for duty in ledger.duties("D57a")] == [date(2025, 3, 17)] * owed


def test_r23_notice_that_comes_back_after_the_merger_is_entered_and_served_again():
    h = after(accepted(), lambda one: receiving.stop(one, StopReason.merged, at=NOW))
    comes_back(h, NOTICE, entry=2)
    notice_again(h, 2, NOTICE)
    assert h.came_back == {}
    for reason, paper in ((StopReason.withdrawn, NOTICE), (StopReason.merged, OPINION)):
        with refuses(HasStopped):
            comes_back(after(accepted(), lambda one, why=reason: receiving.stop(one, why, at=NOW)), paper)
