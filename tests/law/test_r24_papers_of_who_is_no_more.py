"""第二十四条第二款: what a unit has said that is no more is said by who carries on its powers, and by nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts.assignment import CaseCarriedOn, CaseForwarded
from contracts.mediation import HearingOpened, OpinionIssued, OpinionServed, ProcedureImported, ReviewOpinionServed
from contracts.vocabulary import DocumentKind, HearingStage, Route
from services.chassis.directory import Directory
from services.intake.domain.saying import Facts, OfAnotherUnit, said
from tests.law.test_r32_a_paper_says_what_is_so import ACCEPTED, OPENED, OPINION, REVIEW, SERVED, facts, happened
from tests.law.test_r44_correction import order, turned_away
from tests.rules import refuses
from tests.units import county, entry

DIRECTORY = county(
    *(entry(old, successors=(new,)) for old, new in (("RSJ", "N1"), ("JYJ", "N2"), ("XZF", "N3"))),
    *map(entry, ("N1", "N2", "N3")),
)
ISSUED = happened(OpinionIssued, **OPINION)
SAYS: dict[DocumentKind, tuple[Any, ...]] = {
    DocumentKind.acceptance_notice: ACCEPTED,
    DocumentKind.opinion: (*ACCEPTED, ISSUED, happened(OpinionServed, **SERVED)),
    DocumentKind.route_notice: (
        happened(
            ProcedureImported, route=Route.administrative_procedure, competent_body="XZF", notice_no="导1号", **SERVED
        ),
    ),
    DocumentKind.hearing_notice: (
        happened(HearingOpened, stage=HearingStage.handling, opened_on=None, presider="p-1", public=True),
    ),
    DocumentKind.rectification_report: (happened(CaseForwarded, by="XZF", **OPENED),),
}


def by(unit: str, *told: Any, directory: Directory = DIRECTORY) -> Facts:
    return replace(facts(*told, unit=unit), directory=directory)


@pytest.mark.parametrize("kind", SAYS, ids=str)
def test_successor_says_what_the_old_unit_had_done(kind: DocumentKind):
    """由继续行使其职权的机关、单位受理: also the notice and the opinion that were on record before."""
    before = said(kind, by("RSJ", *SAYS[kind]))
    so = said(kind, by("N1", *SAYS[kind]))
    assert (so.number, so.service) == (before.number, before.service), "it is the same paper, under its number"


@pytest.mark.parametrize("kind", [kind for kind in SAYS if kind is not DocumentKind.rectification_report], ids=str)
def test_no_other_unit_says_it(kind: DocumentKind):
    """第三十二条: what a unit has done it says itself, as long as it is there."""
    with refuses(OfAnotherUnit):
        said(kind, by("N2", *SAYS[kind]))
    with refuses(OfAnotherUnit):
        said(kind, by("N1", *SAYS[kind], directory=county(entry("RSJ"), entry("N1"))))


def test_successor_of_the_body_that_reviewed_says_the_review():
    """第三十五条."""
    told = (ISSUED, happened(ReviewOpinionServed, by="XZF", recheck_body="SZF", **REVIEW))
    assert said(DocumentKind.review_opinion, by("N3", *told)).number == REVIEW["opinion_no"]
    with refuses(OfAnotherUnit):
        said(DocumentKind.review_opinion, by("N1", *told))


def test_who_carries_a_case_on_has_it_for_the_joint_conference():
    """第三十九条第三款: 约谈、通报 are about whoever has the case."""
    carried = happened(CaseCarriedOn, unit="N1", unit_name="N1", from_unit="RSJ")
    told = (happened(CaseForwarded, by="XZF", **OPENED), carried)
    assert said(DocumentKind.circular, replace(by("XZF", *told), addressee="N1")).addressee


def test_order_to_the_successor_undoes_what_the_old_unit_had_turned_away():
    """第四十四条第二项: whoever carries on its powers owes what it has wrongly refused."""
    case = turned_away("JYJ")
    assert order(case, "N2", by="N3", directory=DIRECTORY).undoes == "JYJ"
    assert not order(case, "N1", by="N3", directory=DIRECTORY).undoes
