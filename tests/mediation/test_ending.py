"""How a case ends, and what goes on after it."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from contracts.event import typed_before
from contracts.mediation import (
    AidReferred,
    CaseClosed,
    CaseTerminated,
    ClosureReportReturned,
    ClosureReportSubmitted,
    OutcomeAssessed,
    PostTerminationCareRecorded,
)
from contracts.vocabulary import AidKind, CareKind, OutcomeAxis, Result, ReviewResult, StopReason, TerminationGround
from services.mediation.domain import ending, receiving
from services.mediation.domain.ending import (
    GroundNotGiven,
    NoReport,
    NoReportOwed,
    NotExecuted,
    NotServed,
    NotTerminated,
    RecheckStillOpen,
    RemedyPending,
    ReviewStillOpen,
    SixOneIncomplete,
)
from services.mediation.domain.guards import AlreadyTerminated, HasStopped, NotWithUnit
from services.mediation.domain.handling import Handling
from tests.mediation.cases import (
    DIRECTORY,
    HEARD,
    OTHER,
    RECHECKED,
    SERVED,
    UNIT,
    after,
    ask_recheck,
    ask_review,
    close,
    closed,
    decided,
    execute,
    heard,
    notify,
    performed,
    rechecked,
    returned,
    reviewed,
    served,
    the_event,
)
from tests.rules import at, refuses

LATER = at("2026-01-01")
DUE = date(2025, 9, 30)


def terminate(handling: Handling, ground: TerminationGround, document=None, now=LATER) -> None:
    ending.terminate(handling, ground, document, at=now)


def terminated() -> Handling:
    return after(rechecked(), lambda h: terminate(h, TerminationGround.rechecked))


def report(handling: Handling) -> None:
    ending.submit_report(handling, UNIT, uuid4(), at=SERVED)


class TestClose:
    def test_case_stays_open_while_the_petitioner_waits(self):
        """第三十五条, 第三十六条."""
        for handling in (after(served(), ask_review), after(reviewed(), ask_recheck)):
            with refuses(RemedyPending):
                close(handling)

    def test_case_stays_open_while_recheck_may_be_asked_for(self):
        """第三十六条."""
        with refuses(RecheckStillOpen):
            close(reviewed(), now=at("2025-10-20", "23:59"))
        close(reviewed(), now=at("2025-10-21", "00:00"))

    def test_case_is_closed_after_the_last_word(self):
        """第三十六条."""
        handling = rechecked()
        close(handling, now=RECHECKED)
        the_event(handling, CaseClosed)

    def test_what_a_review_granted_is_done_first(self):
        """第三十二条第二款."""
        with refuses(NotExecuted):
            close(reviewed(ReviewResult.change, changed_to=(Result.support,)))

    def test_six_papers_exist_first(self):
        """第十八条第二款."""
        handling = after(
            served(Result.explain), lambda h: receiving.come_under_six_one(h, typed_before("令1号"), at=SERVED)
        )
        with refuses(SixOneIncomplete):
            close(handling)
        receiving.complete_six_one(handling, typed_before("令1号"), at=SERVED)
        close(handling)


class TestTerminate:
    def test_there_is_nothing_after_the_last_word(self):
        """第三十六条第三款."""
        handling = rechecked()
        terminate(handling, TerminationGround.rechecked)
        the_event(handling, CaseTerminated)
        assert handling.state == "terminated"
        with refuses(AlreadyTerminated):
            terminate(handling, TerminationGround.rechecked)
        with refuses(AlreadyTerminated):
            notify(handling)

    @pytest.mark.parametrize("make", [lambda: served(Result.explain), reviewed, closed])
    def test_who_does_not_ask_in_time_has_had_the_last_word(self, make):
        """第三十六条第三款."""
        handling = make()
        terminate(handling, TerminationGround.remedy_lapsed)
        assert the_event(handling, CaseTerminated).ground is TerminationGround.remedy_lapsed

    def test_remedy_that_is_open_has_not_lapsed(self):
        """第三十五条, 第三十六条."""
        with refuses(ReviewStillOpen):
            terminate(served(Result.explain), TerminationGround.remedy_lapsed, now=at("2025-10-09"))
        with refuses(RecheckStillOpen):
            terminate(reviewed(), TerminationGround.remedy_lapsed, now=at("2025-10-20"))
        with refuses(RemedyPending):
            terminate(after(reviewed(), ask_recheck), TerminationGround.remedy_lapsed)

    def test_agreement_ends_the_case_when_it_is_performed(self):
        """第三十三条."""
        handling = performed()
        terminate(handling, TerminationGround.agreement_performed)
        assert the_event(handling, CaseTerminated).ground is TerminationGround.agreement_performed

    def test_death_without_a_successor_is_proved(self):
        with refuses(GroundNotGiven):
            terminate(heard(), TerminationGround.no_successor)
        terminate(heard(), TerminationGround.no_successor, uuid4())

    @pytest.mark.parametrize(
        ("make", "ground"),
        [
            (reviewed, TerminationGround.rechecked),
            (decided, TerminationGround.remedy_lapsed),
            (rechecked, TerminationGround.remedy_lapsed),
            (served, TerminationGround.agreement_performed),
        ],
    )
    def test_case_does_not_end_for_a_reason_that_is_not_there(self, make, ground: TerminationGround):
        """第三十六条第三款."""
        with refuses(GroundNotGiven):
            terminate(make(), ground)

    def test_nothing_ends_before_what_was_granted_is_done(self):
        """第三十二条第二款."""
        handling = rechecked(opinion=Result.support)
        with refuses(NotExecuted):
            terminate(handling, TerminationGround.rechecked)
        execute(handling, date(2025, 10, 15), now=RECHECKED)
        terminate(handling, TerminationGround.rechecked)

    def test_case_of_no_unit_or_that_stopped_does_not_end_so(self):
        with refuses(NotWithUnit):
            terminate(returned(), TerminationGround.no_successor, uuid4())
        with refuses(HasStopped):
            stopped = after(heard(), lambda h: receiving.stop(h, StopReason.merged, at=HEARD))
            terminate(stopped, TerminationGround.no_successor, uuid4())


class TestReport:
    def test_result_is_reported_to_who_assigned_the_case(self):
        """第二十二条第三项: also when it is closed."""
        handling = served(due_on=DUE)
        report(handling)
        the_event(handling, ClosureReportSubmitted)
        with refuses(NoReportOwed):
            report(handling)

    def test_report_that_is_returned_is_owed_again(self):
        """第二十二条第三项."""
        handling = after(served(due_on=DUE), report)
        ending.return_report(handling, date(2025, 10, 15), at=SERVED)
        the_event(handling, ClosureReportReturned)
        with refuses(NoReport):
            ending.return_report(handling, date(2025, 10, 15), at=SERVED)
        assert handling.due_on == date(2025, 10, 15)
        report(handling)

    def test_nobody_reports_what_is_not_owed_or_not_answered(self):
        """第二十二条第三项."""
        with refuses(NoReportOwed):
            report(served())
        with refuses(NotServed):
            report(decided(due_on=DUE))


class TestCare:
    def test_care_goes_on_after_the_end_by_any_unit_that_owes_it(self):
        """第三十七条第三款."""
        handling = terminated()
        ending.record_care(handling, OTHER, CareKind.help, uuid4(), at=LATER)
        the_event(handling, PostTerminationCareRecorded)

    def test_care_after_the_end_is_not_before_it(self):
        """第三十七条第三款."""
        with refuses(NotTerminated):
            ending.record_care(closed(), UNIT, CareKind.help, uuid4(), at=LATER)

    @pytest.mark.parametrize("make", [heard, served, closed, terminated])
    def test_aid_is_told_of_in_any_state(self, make):
        """第三十七条第二款."""
        handling = make()
        ending.refer_aid(handling, UNIT, AidKind.social_assistance, "civil-affairs", DIRECTORY, at=LATER)
        the_event(handling, AidReferred)

    def test_outcome_is_assessed_when_there_is_one(self):
        """第二十七条."""
        with refuses(NotServed):
            ending.assess_outcome(decided(), UNIT, OutcomeAxis.claim_resolved, uuid4(), achieved=True, at=SERVED)
        handling = served()
        ending.assess_outcome(handling, UNIT, OutcomeAxis.claim_resolved, uuid4(), achieved=False, at=SERVED)
        the_event(handling, OutcomeAssessed)
