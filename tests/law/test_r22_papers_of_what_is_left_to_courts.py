"""第二十二条第二款、第二十三条: letters about litigation are forwarded, and the petitioner is told where the matter belongs."""

from __future__ import annotations

import pytest

from contracts.assignment import RoutedToJudicial
from contracts.vocabulary import DocumentKind, JudicialManner
from services.intake.domain.saying import NotSo, OfAnotherUnit, said
from services.intake.papers.kinds import KINDS
from tests.law.test_r32_a_paper_says_what_is_so import facts, happened
from tests.rules import at, refuses

FORWARDED = happened(RoutedToJudicial, by="XFJ", organ="SZF", manner=JudicialManner.forwarded)
EXPLAINED = happened(RoutedToJudicial, by="XFJ", organ="SZF", manner=JudicialManner.explained)


def test_letter_goes_to_the_political_legal_organ_with_a_letter():
    """第二十二条第二款: 对涉法涉诉信访事项…转送同级政法部门."""
    so = said(DocumentKind.forwarding_letter, facts(FORWARDED, unit="XFJ"))
    assert (so.addressee, so.at) == ("临江市人民政府", at("2025-09-01"))


@pytest.mark.parametrize("told", [FORWARDED, EXPLAINED])
def test_petitioner_is_told_by_which_way_and_where(told):
    """第二十三条、第三十一条第一项: under a number of its own, for nothing else on record has one."""
    so = said(DocumentKind.route_notice, facts(told, unit="XFJ"))
    assert so.items == {"route": "涉法涉诉", "route_body": "临江市人民政府"}
    assert so.number is None
    assert KINDS[DocumentKind.route_notice].mark


def test_visitor_who_was_told_the_way_has_no_letter_forwarded():
    """第二十二条第二款: 对走访反映的涉诉问题，应当释法明理，引导信访人向有关政法部门反映."""
    with refuses(NotSo):
        said(DocumentKind.forwarding_letter, facts(EXPLAINED, unit="XFJ"))


@pytest.mark.parametrize("kind", [DocumentKind.forwarding_letter, DocumentKind.route_notice])
def test_who_has_not_left_it_to_them_says_nothing(kind: DocumentKind):
    with refuses(OfAnotherUnit):
        said(kind, facts(FORWARDED, unit="RSJ"))
