"""第三十五条、第三十六条、第四十条第四款: a paper gives no less time than the clock, whenever the service was entered."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from contracts.accountability import RecommendationServed
from contracts.event import typed_before
from contracts.mediation import (
    OpinionIssued,
    OpinionServed,
    PetitionerServed,
    RemedyServedAgain,
    RemedyServedToPetitioner,
    ReviewOpinionServed,
)
from contracts.vocabulary import DocumentKind, RecommendationKind
from services.intake.domain.saying import said
from tests.law.test_r32_a_paper_says_what_is_so import ACCEPTED, CASE, OPINION, REVIEW, SERVED, facts, happened
from tests.rules import at

ISSUED = happened(OpinionIssued, **OPINION)


def test_opinion_whose_service_is_entered_late_can_be_reviewed_until_thirty_days_from_the_entry():
    late = happened(OpinionServed, "2025-09-15", **SERVED)
    assert "（至2025年10月15日止）" in said(DocumentKind.opinion, facts(*ACCEPTED, ISSUED, late)).remedy


def test_within_three_working_days_it_counts_from_the_service():
    prompt = happened(OpinionServed, "2025-09-04", **SERVED)
    assert "（至2025年10月9日止）" in said(DocumentKind.opinion, facts(*ACCEPTED, ISSUED, prompt)).remedy


def test_further_petitioner_has_no_less():
    second = uuid4()
    told = (*ACCEPTED, ISSUED, happened(OpinionServed, **SERVED))
    whose = facts(*told, happened(PetitionerServed, "2025-09-15", petition=second, **SERVED), petition=second)
    whose.registration.others = (second,)
    assert "（至2025年10月15日止）" in said(DocumentKind.opinion, whose).remedy
    answers = (
        happened(ReviewOpinionServed, by="XZF", recheck_body="SZF", **REVIEW),
        happened(RemedyServedToPetitioner, "2025-09-15", by="XZF", petition=second, recheck=False, **SERVED),
    )
    whose = replace(whose, told=(*told, *answers), unit="XZF")
    assert "（至2025年10月15日止）" in said(DocumentKind.review_opinion, whose).remedy


def test_review_opinion_can_be_rechecked_until_thirty_days_from_the_entry():
    """第三十六条."""
    served = SERVED | {"served_at": at("2025-09-22")}
    answer = happened(ReviewOpinionServed, "2025-10-09", by="XZF", recheck_body="SZF", **REVIEW | served)
    told = (*ACCEPTED, ISSUED, happened(OpinionServed, **SERVED), answer)
    assert "（至2025年11月10日止）" in said(DocumentKind.review_opinion, facts(*told, unit="XZF")).remedy
    again = happened(RemedyServedAgain, "2025-10-20", by="XZF", recheck=False, **served)
    assert "（至2025年11月19日止）" in said(DocumentKind.review_opinion, facts(*told, again, unit="XZF")).remedy


def test_recommendation_is_answered_until_thirty_days_from_the_entry():
    """第四十条第四款."""
    proposal = happened(
        RecommendationServed, "2025-09-15", by="XFJ", case=CASE, recommendation_no="建1号", served_at=at("2025-08-29"),
        kind=RecommendationKind.improve_work, addressee="RSJ", legal_basis=typed_before("某法"), document=uuid4(),
    )  # fmt: skip
    so = said(DocumentKind.improvement_proposal, facts(proposal, unit="XFJ"))
    assert so.items["adoption_reply"] == "请书面反馈采纳情况，至2025年10月15日止。"
