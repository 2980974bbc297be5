"""第二十八条第一款 (做到件件有结果): each lawful end of a period ends it, and nobody is late who has done what is owed.

By 第二十三条, 第三十一条, 第三十二条, 第三十三条 and 信访事项简易办理办法 第四条 a case comes to its answer on several ways.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.event import Event, typed_before
from contracts.intake import CaseClassified, CaseRegistered
from contracts.mediation import (
    AcceptanceNotified,
    AgreementBreached,
    AidReferred,
    CaseTerminated,
    HandlingAccepted,
    MediationAgreementSigned,
    OpinionExecuted,
    OpinionIssued,
    OpinionServed,
    PetitionersLearnt,
    ProcedureImported,
    ReviewOpinionServed,
    ReviewRequested,
    SimplifiedTrackChosen,
    SuggestionReplied,
)
from contracts.vocabulary import (
    AidKind,
    Channel,
    ClockOutcome,
    Kind,
    Result,
    ReviewResult,
    Route,
    SimplifiedGround,
    SuggestionResult,
    TerminationGround,
)
from tests.law.test_r34_waiting import HOUSING, SERVED, World, handed
from tests.rules import at

SIGNED = {"agreement_no": "1", "document": uuid4(), "performance_due": ()}
CLEAR: dict[str, Any] = {"ground": SimplifiedGround.clear_facts}


def with_unit(kind: Kind = Kind.appeal_for_resolution, route: Route = Route.petition_procedure) -> tuple[World, UUID]:
    world, case = World(), uuid4()
    world.happens(
        case, CaseRegistered, at("2026-03-02"), registration_no="XF1", petition=uuid4(), channel=Channel.letter,
        received_at=at("2026-03-02"), category=HOUSING, place="village", receiving_unit="bureau", person_count=1,
        anonymous=False, secrecy_requested=False, content=uuid4(), content_sha256="a",
    )  # fmt: skip
    world.happens(
        case, CaseClassified, at("2026-03-02"), registration_no="XF1", kind=kind, route=route, category=HOUSING,
        place="village",
    )  # fmt: skip
    world.forwards(case, at("2026-03-03"))
    assert handed("dept")["unit"] == "dept"
    return world, case


def accepted(**what: Any) -> tuple[World, UUID]:
    world, case = with_unit(**what)
    world.accepts(case, at("2026-03-04"))
    return world, case


def issued(world: World, case: UUID, on: datetime, result: Result = Result.support) -> None:
    world.happens(
        case, OpinionIssued, on, by="dept", opinion_no="1", result=result, legal_basis=typed_before("某法"), document=uuid4(),
        approved_by="h", review_body="gov", decided_by="o",
    )  # fmt: skip


def had(world: World, case: UUID, on: datetime) -> None:
    world.happens(case, OpinionServed, on, by="dept", served_at=on, **SERVED)


def executed(world: World, case: UUID, on: datetime, entered: datetime | None = None) -> None:
    world.happens(case, OpinionExecuted, entered or on, by="dept", executed_on=on.date(), document=uuid4())


class TestSimply:
    """信访事项简易办理办法 第四条、第五条: answered within ten working days, in whatever way."""

    @pytest.mark.parametrize(
        ("kind", "answer", "said"),
        [
            (Kind.suggestion, SuggestionReplied, {"reply_no": "1", "result": SuggestionResult.adopted} | SERVED),
            (Kind.appeal_for_resolution, MediationAgreementSigned, SIGNED),
            (Kind.appeal_for_resolution, OpinionServed, SERVED),
        ],
    )
    def test_whatever_answers_it_answers_it(self, kind: Kind, answer: type[Event], said: dict[str, Any]):
        world, case = accepted(kind=kind)
        world.happens(case, SimplifiedTrackChosen, at("2026-03-05"), by="dept", **CLEAR)
        on = at("2026-03-10")
        days = {"effective_on": on.date()} if answer is MediationAgreementSigned else {"served_at": on}
        if answer is SuggestionReplied:
            days |= {"document": uuid4()}
        world.happens(case, answer, on, by="dept", **said | days)
        assert world.the(case, "C7").outcome is ClockOutcome.met
        world.passes(at("2026-05-01"))
        assert "C7" not in [breach.code for breach in world.cases[case].breaches]


class TestTold:
    """第二十三条第二款、第三款: told whether it is accepted, or by which procedure it is decided."""

    def test_who_need_not_be_told_is_not_told_late(self):
        world, case = with_unit()
        world.happens(case, HandlingAccepted, at("2026-03-05"), by="dept", case_officer="o")
        assert world.the(case, "C3").outcome is ClockOutcome.met

    def test_who_is_brought_into_another_procedure_at_once_is_told(self):
        world, case = with_unit(route=Route.arbitration)
        world.happens(
            case, ProcedureImported, at("2026-03-05"), by="dept", route=Route.arbitration, competent_body="仲裁委",
            notice_no="1", served_at=at("2026-03-05"), **SERVED,
        )  # fmt: skip
        assert world.the(case, "C3").outcome is ClockOutcome.met
        world.passes(at("2026-03-31"))
        assert not world.cases[case].breaches


class TestAgreed:
    """第三十三条: what both sides agree upon answers the case, whatever procedure it would have gone into."""

    def test_nothing_is_left_to_bring_into_another_procedure(self):
        world, case = accepted(route=Route.arbitration)
        world.happens(
            case, MediationAgreementSigned, at("2026-03-10"), by="dept", effective_on=at("2026-03-10").date(), **SIGNED
        )
        assert world.the(case, "D6").outcome is ClockOutcome.met

    def test_what_is_not_kept_goes_on_where_it_was(self):
        for route, code in ((Route.arbitration, "D6"), (Route.petition_procedure, "C5")):
            world, case = accepted(route=route)
            world.happens(
                case, MediationAgreementSigned, at("2026-03-10"), by="dept", effective_on=at("2026-03-10").date(),
                **SIGNED,
            )  # fmt: skip
            world.happens(case, AgreementBreached, at("2026-04-10"), by="dept", document=uuid4())
            assert {clock.code for clock in world.of(case) if clock.open} & {"C5", "D6"} == {code}


class TestExecuted:
    """第三十二条第二款."""

    def test_before_the_opinion_is_served_nothing_is_left_to_do(self):
        world, case = accepted()
        issued(world, case, at("2026-03-10"))
        executed(world, case, at("2026-03-11"))
        had(world, case, at("2026-03-12"))
        assert "D3" not in [clock.code for clock in world.of(case)]

    def test_before_the_opinion_was_issued_and_entered_afterwards_it_is_done(self):
        world, case = accepted()
        issued(world, case, at("2026-03-10"))
        had(world, case, at("2026-03-10"))
        executed(world, case, at("2026-03-09"), entered=at("2026-03-11"))
        assert world.the(case, "D3").outcome is ClockOutcome.met

    def test_what_a_review_grants_is_to_be_done_whatever_was_done_before(self):
        world, case = accepted()
        issued(world, case, at("2026-03-10"))
        executed(world, case, at("2026-03-11"))
        had(world, case, at("2026-03-12"))
        asked(world, case)
        looked_again(world, case, ReviewResult.change, Result.support)
        assert world.the(case, "D3").open


def asked(world: World, case: UUID) -> None:
    world.happens(
        case, ReviewRequested, at("2026-03-16"), by="gov", review_body="gov", received_at=at("2026-03-16"),
        document=uuid4(),
    )  # fmt: skip


def looked_again(world: World, case: UUID, result: ReviewResult, changed_to: Result | None = None) -> None:
    world.happens(
        case, ReviewOpinionServed, at("2026-03-17"), by="gov", opinion_no="1", result=result, document=uuid4(),
        served_at=at("2026-03-17"), recheck_body="city", decided_by="r", changed_to=changed_to, **SERVED,
    )  # fmt: skip


def test_what_was_revoked_is_served_on_nobody_else():
    """第三十五条: who has not had it yet gets the new one."""
    world, case = accepted()
    world.happens(case, PetitionersLearnt, at("2026-03-05"), by="dept", petitions=(uuid4(),))
    issued(world, case, at("2026-03-12"), Result.explain)
    had(world, case, at("2026-03-13"))
    assert world.the(case, "C5o").open
    asked(world, case)
    looked_again(world, case, ReviewResult.revoke)
    assert world.the(case, "C5o").outcome is ClockOutcome.void


def test_help_after_the_end_is_what_is_owed_after_the_end():
    """第三十七条第三款: «疏导教育、矛盾化解、帮扶救助»."""
    world, case = accepted()
    issued(world, case, at("2026-03-10"), Result.explain)
    had(world, case, at("2026-03-10"))
    asked(world, case)
    looked_again(world, case, ReviewResult.uphold)
    world.happens(case, CaseTerminated, at("2026-04-20"), by="bureau", ground=TerminationGround.rechecked)
    assert world.the(case, "D47").open
    world.happens(case, AidReferred, at("2026-04-21"), by="dept", kind=AidKind.social_assistance, agency="民政局")
    assert world.the(case, "D47").outcome is ClockOutcome.met


def test_notice_is_one_of_the_ends_and_no_other():
    """第二十三条第三款."""
    world, case = with_unit()
    assert world.the(case, "C3").open
    world.happens(
        case, AcceptanceNotified, at("2026-03-05"), by="dept", notice_no="1", served_at=at("2026-03-05"),
        case_officer="o", **SERVED,
    )  # fmt: skip
    assert world.the(case, "C3").outcome is ClockOutcome.met
