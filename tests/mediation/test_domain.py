"""The rules by which a unit handles a case: told first, heard first, decided in writing, closed last."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.mediation import (
    AcceptanceNotified,
    CaseClosed,
    HandlingOpened,
    HandlingRecorded,
    HandlingReturned,
    OpinionExecuted,
    OpinionIssued,
    OpinionServed,
)
from contracts.vocabulary import RecordKind, Result
from services.mediation.domain import receiving, remedy
from services.mediation.domain.acceptance import AlreadyNotified
from services.mediation.domain.ending import NotExecuted, NotServed, ReviewStillOpen
from services.mediation.domain.guards import (
    AlreadyClosed,
    AlreadyDecided,
    ImpossibleDate,
    NotNotified,
    NotTheHandlingUnit,
    NotWithUnit,
)
from services.mediation.domain.handling import Handling
from services.mediation.domain.opinion import OPINION_RESULTS, AlreadyServed, NotDecided, NotHeard, NothingToExecute
from tests.mediation.cases import (
    BOTH,
    CASE,
    HEARD,
    NOTIFIED,
    OTHER,
    SERVED,
    UNIT,
    accepted,
    after,
    close,
    closed,
    decide,
    decided,
    execute,
    heard,
    notify,
    open_,
    opened,
    put,
    returned,
    serve,
    served,
    the_event,
)
from tests.rules import at, check_replay, days, refuses

ACTS = {
    "notify": notify,
    "put": lambda h, code=UNIT: put(h, RecordKind.site_visit, code),
    "decide": lambda h, code=UNIT: decide(h, code=code),
    "serve": serve,
    "execute": lambda h, code=UNIT: execute(h, date(2025, 9, 1), code),
    "close": close,
}


class TestWhoMayAct:
    @pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
    def test_other_unit_may_do_nothing(self, act):
        """第二十二条, 第二十三条: only the unit that has the case."""
        for handling in (opened(), heard(), served()):
            with refuses(NotTheHandlingUnit):
                act(handling, OTHER)

    @pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
    def test_nobody_acts_in_a_case_that_was_given_back(self, act):
        """第二十三条第三款."""
        with refuses(NotWithUnit):
            act(returned(), UNIT)

    @pytest.mark.parametrize("act", [act for name, act in ACTS.items() if name != "serve"])
    def test_nothing_more_happens_in_a_closed_case(self, act):
        """第三十四条."""
        with refuses(AlreadyClosed):
            act(closed(), UNIT)


class TestOpen:
    def test_unit_receives_the_case_once(self):
        """第二十三条第三款."""
        handling = Handling.blank(CASE)
        open_(handling)
        open_(handling, OTHER)
        the_event(handling, HandlingOpened)
        assert (handling.unit, handling.state) == (UNIT, "with_unit")


class TestGiveBack:
    def test_case_is_given_back_by_who_has_it_only(self):
        """第二十三条第三款: «交还相关材料»."""
        handling = heard()
        receiving.give_back(handling, OTHER, at=HEARD)
        assert not handling.taken()
        receiving.give_back(handling, UNIT, at=HEARD)
        the_event(handling, HandlingReturned)
        assert (handling.unit, handling.state) == (None, "returned")

    def test_closed_case_stays_closed(self):
        """第三十四条: an objection that is decided late takes back no answer that the petitioner has."""
        handling = closed()
        receiving.give_back(handling, UNIT, at=at("2026-01-02"))
        assert (handling.state, handling.unit) == ("closed", UNIT)
        assert (handling.unit, handling.state) == (UNIT, "closed")

    def test_second_unit_starts_with_nothing_done(self):
        """第二十三条, 第三十一条第六项: it tells, hears and verifies for itself."""
        handling = returned()
        open_(handling, OTHER, at("2025-09-10"))
        handling.taken()
        assert (handling.state, handling.recorded, handling.case_officer) == ("with_unit", {}, None)
        with refuses(NotTheHandlingUnit):
            notify(handling, UNIT, at("2025-09-11"))
        with refuses(NotNotified):
            decide(handling, code=OTHER, now=at("2025-09-11"))
        notify(handling, OTHER, at("2025-09-11"))
        with refuses(NotHeard):
            decide(handling, code=OTHER, now=at("2025-09-12"))

    def test_opinion_of_the_first_unit_does_not_bind_the_second(self):
        """第三十二条: the opinion is the unit's own, until it is served."""
        handling = after(
            decided(), lambda h: receiving.give_back(h, UNIT, at=SERVED), lambda h: open_(h, OTHER, SERVED)
        )
        assert (handling.result, handling.served_at, remedy.review_until(handling)) == (None, None, None)
        with refuses(NotDecided):
            serve(handling, OTHER)
        with refuses(NothingToExecute):
            execute(handling, date(2025, 9, 1), OTHER)


class TestNotifyAcceptance:
    def test_petitioner_is_told_and_sixty_days_begin(self):
        """第二十三条, 第三十四条: they begin when the notice was served."""
        handling = opened()
        notify(handling, now=at("2025-08-29"), served_at=NOTIFIED)
        event = the_event(handling, AcceptanceNotified)
        assert handling.accepted_at == event.served_at == NOTIFIED
        assert (handling.case_officer, handling.state) == ("co-1", "accepted")

    def test_second_notice_is_refused(self):
        """第二十三条: a later one would move the beginning of the sixty days."""
        with refuses(AlreadyNotified):
            notify(accepted())

    @pytest.mark.parametrize("served_at", [at("2025-08-25", "23:59"), at("2025-08-28", "00:00")])
    def test_notice_before_receipt_or_after_today_is_impossible(self, served_at):
        """第二十三条."""
        with refuses(ImpossibleDate):
            notify(opened(), served_at=served_at)

    @pytest.mark.parametrize("served_at", [at("2025-08-26", "00:00"), at("2025-08-27", "23:59")])
    def test_papers_show_days_and_not_minutes(self, served_at):
        """第二十三条: the first day and today both count whole."""
        handling = opened()
        notify(handling, served_at=served_at)
        assert the_event(handling, AcceptanceNotified).served_at == served_at


class TestPutOnRecord:
    @pytest.mark.parametrize("kind", RecordKind)
    def test_what_was_heard_or_verified_is_on_file(self, kind: RecordKind):
        """第三十一条第六项."""
        handling = accepted()
        put(handling, kind)
        assert the_event(handling, HandlingRecorded).kind is kind

    def test_nothing_is_handled_before_the_petitioner_was_told(self):
        """第二十三条, 第四十四条第三项."""
        with refuses(NotNotified):
            put(opened(), RecordKind.statement_heard)

    @pytest.mark.parametrize("held_at", [at("2025-08-25"), at("2025-08-29")])
    def test_record_from_before_receipt_or_of_tomorrow_is_impossible(self, held_at):
        """第三十一条第六项."""
        with refuses(ImpossibleDate):
            put(accepted(), RecordKind.facts_verified, held_at=held_at)


class TestIssueOpinion:
    @pytest.mark.parametrize("result", sorted(OPINION_RESULTS))
    def test_unit_decides_after_hearing_and_verifying(self, result: Result):
        """第三十二条第一项至第三项."""
        handling = heard()
        decide(handling, result)
        assert the_event(handling, OpinionIssued).result is result
        assert handling.state == "opinion_issued"

    def test_opinion_before_notice_is_refused(self):
        """第二十三条, 第四十四条第三项."""
        with refuses(NotNotified):
            decide(opened())

    @pytest.mark.parametrize("there", [(), (BOTH[0],), (BOTH[1],), (RecordKind.site_visit,)])
    def test_opinion_before_hearing_and_verifying_is_refused(self, there):
        """第三十一条第六项: «应当听取信访人陈述事实和理由，并调查核实»; one without the other is not enough."""
        handling = after(accepted(), *(lambda h, kind=kind: put(h, kind) for kind in there))
        with refuses(NotHeard):
            decide(handling)

    def test_second_opinion_is_refused(self):
        """第三十五条: what is changed is changed by review."""
        for handling in (decided(), served()):
            with refuses(AlreadyDecided):
                decide(handling, Result.not_support)


class TestServeOpinion:
    def test_petitioner_has_the_opinion_and_thirty_days_begin(self):
        """第三十五条: «自收到书面答复之日起30日内»; the day itself is not counted."""
        handling = decided()
        serve(handling, now=at("2025-09-05"), served_at=SERVED)
        the_event(handling, OpinionServed)
        assert handling.served_at == SERVED
        assert remedy.review_until(handling) == date(2025, 10, 9)

    def test_there_must_be_an_opinion(self):
        """第三十二条."""
        for handling in (opened(), accepted(), heard()):
            with refuses(NotDecided):
                serve(handling)

    def test_second_service_is_refused(self):
        """第三十五条: one of the same day gives nobody anything."""
        with refuses(AlreadyServed):
            serve(served())

    @pytest.mark.parametrize("served_at", [at("2025-08-27"), at("2025-09-02")])
    def test_service_before_it_could_be_decided_or_tomorrow_is_impossible(self, served_at):
        """第三十五条."""
        with refuses(ImpossibleDate):
            serve(decided(), served_at=served_at)


class TestProveExecution:
    def test_what_was_granted_is_done(self):
        """第三十二条第二款: «应当督促有关机关、单位执行»."""
        handling = served()
        execute(handling, date(2025, 9, 1))
        the_event(handling, OpinionExecuted)
        assert handling.executed

    def test_it_may_be_done_before_the_opinion_is_served(self):
        """第三十二条第二款."""
        handling = decided()
        execute(handling, date(2025, 8, 28))
        the_event(handling, OpinionExecuted)

    @pytest.mark.parametrize("result", [Result.explain, Result.not_support])
    def test_only_what_was_granted_can_be_executed(self, result: Result):
        """第三十二条第二款."""
        with refuses(NothingToExecute):
            execute(served(result), date(2025, 9, 1))

    def test_nothing_is_executed_without_an_opinion(self):
        """第三十二条第二款."""
        with refuses(NothingToExecute):
            execute(heard(), date(2025, 9, 1))

    def test_it_is_executed_once(self):
        """第三十二条第二款."""
        handling = after(served(), lambda h: execute(h, date(2025, 9, 1)))
        with refuses(NothingToExecute):
            execute(handling, date(2025, 9, 1))

    @pytest.mark.parametrize("on", [date(2025, 8, 25), date(2025, 9, 2)])
    def test_execution_before_the_receipt_or_tomorrow_is_impossible(self, on: date):
        """第三十二条第二款."""
        with refuses(ImpossibleDate):
            execute(served(), on)


class TestClose:
    @pytest.mark.parametrize("result", [Result.explain, Result.not_support])
    def test_answered_case_is_closed_after_thirty_days(self, result: Result):
        """第三十四条, 第三十五条."""
        handling = served(result)
        close(handling)
        assert the_event(handling, CaseClosed).result is result
        assert handling.state == "closed"

    @pytest.mark.parametrize(
        ("served_on", "last"),
        [
            ("2025-10-13", "2025-11-12"),  # thirty days, an ordinary Wednesday
            ("2025-09-01", "2025-10-09"),  # day 30 is 1 October, National Day
            ("2025-09-08", "2025-10-09"),  # day 30 is 8 October, the last day off
            ("2025-09-11", "2025-10-11"),  # day 30 is a Saturday that is worked
            ("2025-11-20", "2025-12-22"),  # day 30 is an ordinary Saturday
            ("2026-01-16", "2026-02-24"),  # day 30 is 15 February, Spring Festival until the 23rd
            ("2026-01-29", "2026-02-28"),  # day 30 is a Saturday that is worked
        ],
    )
    def test_case_stays_open_while_review_may_be_asked_for(self, served_on: str, last: str):
        """第三十五条: thirty days; a last day off is put off to the next working day (民法典 第二百零三条)."""
        handling = served(Result.explain, at(served_on))
        assert str(remedy.review_until(handling)) == last
        for now in (at(served_on), at(last, "00:00"), at(last, "23:59")):
            with refuses(ReviewStillOpen):
                close(handling, now=now)
        [_, day_after] = days(last, 2)
        close(handling, now=at(str(day_after), "00:00"))

    def test_opinion_that_nobody_has_closes_nothing(self):
        """第三十二条, 第三十五条."""
        for handling in (opened(), accepted(), heard(), decided()):
            with refuses(NotServed):
                close(handling)

    def test_granted_claim_is_not_closed_before_it_is_done(self):
        """第三十二条第二款: however long the thirty days are over."""
        handling = served(Result.support)
        with refuses(NotExecuted):
            close(handling)
        execute(handling, date(2025, 12, 1), now=at("2025-12-02"))
        close(handling)
        assert handling.state == "closed"

    def test_done_claim_still_waits_for_the_thirty_days(self):
        """第三十五条: the petitioner may find it too little."""
        handling = after(served(), lambda h: execute(h, date(2025, 9, 1)))
        with refuses(ReviewStillOpen):
            close(handling, now=at("2025-10-09"))


CODES = st.sampled_from([UNIT, UNIT, UNIT, OTHER])
MOMENTS = st.sampled_from([at(str(day)) for day in days("2025-08-26", 90)[::6]])
RESULTS = st.sampled_from(Result)
COMMANDS = st.lists(
    st.one_of(
        st.builds(lambda c, n: lambda h: open_(h, c, n), CODES, MOMENTS),
        st.builds(lambda c, n: lambda h: receiving.give_back(h, c, at=n), CODES, MOMENTS),
        st.builds(lambda c, n: lambda h: notify(h, c, n), CODES, MOMENTS),
        st.builds(lambda k, c, n: lambda h: put(h, k, c, n), st.sampled_from(BOTH), CODES, MOMENTS),
        st.builds(lambda r, c, n: lambda h: decide(h, r, c, n), RESULTS, CODES, MOMENTS),
        st.builds(lambda c, n: lambda h: serve(h, c, n), CODES, MOMENTS),
        st.builds(lambda c, n: lambda h: execute(h, n.date(), c, n), CODES, MOMENTS),
        st.builds(lambda c: lambda h: close(h, c), CODES),
    ),
    max_size=25,
)


class TestReplay:
    @given(COMMANDS)
    def test_any_prefix_of_history_is_the_state_it_then_was(self, commands):
        check_replay(Handling, CASE, [open_, *commands])

    @given(st.permutations([notify, *(lambda h, k=k: put(h, k) for k in BOTH), decide, serve, execute, close]))
    def test_no_order_of_steps_breaks_a_rule(self, steps):
        """第三十一条第六项, 第三十二条, 第三十五条: whatever is tried first, history is in the order of the law."""
        acts = [lambda h, s=s: s(h, date(2025, 9, 1)) if s is execute else s(h) for s in steps]
        events = check_replay(Handling, CASE, [open_, *acts, *acts, *acts])
        order = [HandlingOpened, AcceptanceNotified, HandlingRecorded, OpinionIssued, OpinionServed, CaseClosed]
        ranks = [order.index(type(event)) for event in events if type(event) in order]
        ranks = [rank for rank in ranks if rank != order.index(HandlingRecorded)]
        assert ranks == sorted(set(ranks))
