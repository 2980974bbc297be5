"""Opinions, parts of them, execution, promises; suggestions and other procedures."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from contracts.event import typed_before
from contracts.mediation import (
    CommitmentKept,
    CommitmentMade,
    CoUnitOpinionGiven,
    ExecutionOrdered,
    ExecutionRefused,
    OpinionIssued,
    ProcedureDocketed,
    ProcedureImported,
    SuggestionReplied,
)
from contracts.vocabulary import Kind, Result, Route, SuggestionResult
from services.chassis.charge import NotOfTheUnit
from services.chassis.recusal import OthersKeepOut
from services.mediation.domain import answers, ending, inquiry, opinion
from services.mediation.domain.answers import IMPORTED, AlreadyDocketed, NoOtherProcedure, NotASuggestion, NotImported
from services.mediation.domain.ending import CommitmentUnkept
from services.mediation.domain.guards import AlreadyDecided, ImpossibleDate, NotTheHandlingUnit, NotWithUnit
from services.mediation.domain.handling import Handling
from services.mediation.domain.opinion import (
    ApprovedByDrafter,
    NoSuchCommitment,
    NotAnOpinion,
    NotByOpinion,
    NotDecided,
    NothingToExecute,
    PartsMissing,
    SuggestionIsReplied,
    WrongReviewBody,
)
from services.mediation.domain.people import NotTheHead
from tests.mediation.cases import (
    DIRECTORY,
    HEARD,
    OTHER,
    REVIEWER,
    SERVED,
    UNIT,
    accepted,
    after,
    close,
    decide,
    delivered,
    heard,
    opened,
    returned,
    served,
    suggestion,
    the_event,
)
from tests.rules import at, refuses

DUE = date(2025, 9, 10)


def part(handling: Handling, unit: str = OTHER) -> None:
    opinion.give_part(handling, unit, uuid4(), at=HEARD)


def promise(handling: Handling, due_on: date = DUE) -> None:
    opinion.make_commitment(handling, UNIT, due_on, uuid4(), at=SERVED)


def keep(handling: Handling, commitment: int = 1, on: date = DUE) -> None:
    opinion.keep_commitment(handling, UNIT, commitment, on, uuid4(), at=at("2025-09-10"))


def reply(handling: Handling) -> None:
    answers.reply_to_suggestion(
        handling, UNIT, "复1号", SuggestionResult.partly_adopted, uuid4(), delivered(SERVED), at=SERVED
    )


def import_(handling: Handling) -> None:
    answers.import_procedure(handling, UNIT, typed_before("仲裁委"), "导1号", delivered(HEARD), DIRECTORY, at=HEARD)


def docket(handling: Handling, on: date = date(2025, 9, 1)) -> None:
    answers.confirm_docketing(handling, UNIT, typed_before("A-1"), on, at=SERVED)


class TestOpinion:
    @pytest.mark.parametrize("route", sorted(set(Route) - {Route.petition_procedure, Route.statutory_duty}))
    def test_what_another_procedure_decides_is_not_decided_here(self, route: Route):
        """第三十一条第一项至第四项."""
        with refuses(NotByOpinion):
            decide(heard(route=route))

    def test_duty_may_be_done_or_answered(self):
        """第三十一条第五项: «依法履行或者答复»; who is owed the duty need not be heard for it."""
        handling = accepted(route=Route.statutory_duty)
        decide(handling)
        the_event(handling, OpinionIssued)

    def test_opinion_says_one_of_three_things(self):
        """第三十二条第一项至第三项."""
        with refuses(NotAnOpinion):
            decide(heard(), Result.agreed)

    @pytest.mark.parametrize("body", [UNIT, OTHER, "OFFICE", "SZF", "000"])
    def test_opinion_names_who_may_review_it(self, body: str):
        """第三十五条: «原办理机关、单位的上一级机关、单位»; no sister, inner office, two levels up, or unknown code."""
        with refuses(WrongReviewBody):
            decide(heard(), review_body=body)
        for above in (REVIEWER, "SSWJ"):
            decide(heard(), review_body=above)

    @pytest.mark.parametrize("who", ["co-1", "head-2", "nobody"])
    def test_head_of_the_unit_issues_it(self, who: str):
        """第三十二条."""
        with refuses(NotTheHead):
            decide(heard(), approved_by=who, drafted_by="co-2")

    def test_nobody_lets_their_own_draft_pass(self):
        """第三十二条: it takes two."""
        with refuses(ApprovedByDrafter):
            decide(heard(), drafted_by="head-1")

    def test_drafter_is_of_the_unit_and_has_no_interest(self):
        """第二十八条第一款、第三款."""
        with refuses(NotOfTheUnit):
            decide(heard(), drafted_by="presider-1")
        with refuses(OthersKeepOut):
            decide(
                after(heard(), lambda h: inquiry.declare_recusal(h, UNIT, "co-2", DIRECTORY, at=HEARD)),
                drafted_by="co-2",
            )

    def test_lead_unit_answers_when_every_part_is_there(self):
        """第二十四条, 第三十二条."""
        handling = heard(co_units=(OTHER, "ZJJ"))
        part(handling)
        the_event(handling, CoUnitOpinionGiven)
        with refuses(PartsMissing):
            decide(handling)
        part(handling, "ZJJ")
        decide(handling)

    def test_only_a_unit_that_helps_gives_a_part(self):
        """第二十四条."""
        with refuses(NotTheHandlingUnit):
            part(heard())
        with refuses(NotWithUnit):
            part(returned())


class TestExecution:
    def test_executing_unit_is_urged_and_its_refusal_is_put_on_file(self):
        """第三十二条第二款, 第四十二条第四项."""
        handling = served()
        opinion.order_execution(handling, UNIT, OTHER, DUE, uuid4(), at=SERVED)
        the_event(handling, ExecutionOrdered)
        opinion.report_refusal(handling, UNIT, OTHER, uuid4(), at=SERVED)
        the_event(handling, ExecutionRefused)
        assert not handling.executed

    def test_nothing_is_urged_that_was_not_granted_or_before_it_was(self):
        """第三十二条第二款."""
        with refuses(NothingToExecute):
            opinion.order_execution(served(Result.explain), UNIT, OTHER, DUE, uuid4(), at=SERVED)
        with refuses(NothingToExecute):
            opinion.report_refusal(served(Result.explain), UNIT, OTHER, uuid4(), at=SERVED)
        with refuses(ImpossibleDate):
            opinion.order_execution(served(), UNIT, OTHER, date(2025, 8, 27), uuid4(), at=SERVED)


class TestCommitments:
    def test_what_was_promised_is_done_before_the_case_is_closed(self):
        """第二十七条."""
        handling = served(Result.explain)
        promise(handling)
        the_event(handling, CommitmentMade)
        promise(handling)
        handling.taken()
        keep(handling, 2)
        the_event(handling, CommitmentKept)
        with refuses(CommitmentUnkept):
            close(handling)
        keep(handling)
        close(handling)

    def test_promise_is_made_in_a_reply_and_for_a_day_to_come(self):
        with refuses(NotDecided):
            promise(heard())
        with refuses(ImpossibleDate):
            promise(served(), date(2025, 8, 31))

    def test_promise_is_kept_once(self):
        handling = after(served(), promise)
        with refuses(ImpossibleDate):
            keep(handling, on=date(2025, 9, 11))
        keep(handling)
        with refuses(NoSuchCommitment):
            keep(handling)


class TestSuggestion:
    def test_suggestion_is_answered_and_closed(self):
        """第二十九条: there is no remedy to wait for."""
        handling = suggestion()
        reply(handling)
        the_event(handling, SuggestionReplied)
        assert handling.state == "suggestion_replied"
        ending.close(handling, UNIT, at=SERVED)
        assert (handling.state, handling.result) == ("closed", Result.replied)

    def test_claim_is_not_answered_by_a_reply(self):
        """第三十二条, 第三十五条."""
        with refuses(NotASuggestion):
            reply(accepted(kind=Kind.appeal_for_resolution))

    def test_suggestion_gets_a_reply_and_no_opinion(self):
        """第二十九条."""
        with refuses(SuggestionIsReplied):
            decide(accepted(kind=Kind.suggestion))

    def test_second_answer_is_refused(self):
        """第二十九条."""
        with refuses(AlreadyDecided):
            reply(after(suggestion(), reply))


class TestOtherProcedure:
    @pytest.mark.parametrize("route", sorted(IMPORTED))
    def test_case_is_closed_when_the_other_procedure_has_it(self, route: Route):
        """第三十一条第二项至第五项: until it has it, it stays in sight here."""
        handling = opened(route=route)
        import_(handling)
        the_event(handling, ProcedureImported)
        assert handling.state == "procedure_imported"
        docket(handling)
        the_event(handling, ProcedureDocketed)
        ending.close(handling, UNIT, at=SERVED)
        assert handling.result is Result.imported

    @pytest.mark.parametrize("route", sorted(set(Route) - IMPORTED))
    def test_other_routes_lead_nowhere_else(self, route: Route):
        """第三十一条第一项, 第六项."""
        with refuses(NoOtherProcedure):
            import_(opened(route=route))

    def test_it_is_imported_and_docketed_once(self):
        """第三十一条."""
        handling = opened(route=Route.arbitration)
        with refuses(NotImported):
            docket(handling)
        import_(handling)
        with refuses(AlreadyDecided):
            import_(handling)
        with refuses(ImpossibleDate):
            docket(handling, date(2025, 9, 2))
        docket(handling)
        with refuses(AlreadyDocketed):
            docket(handling)
