"""第三十三条: «鼓励和支持当事人之间自愿和解»: without a mediator, and with their text on file; the court confirms mediation alone."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from contracts.mediation import MediationAgreementSigned
from contracts.vocabulary import DocumentKind, Kind, Result
from services.intake.domain.saying import NotSo, said
from services.mediation.domain import mediating
from services.mediation.domain.guards import AlreadyDecided, ImpossibleDate, NotNotified, NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from services.mediation.domain.mediating import NoMediation, NotBothConsented, NotMediable, NotMediated
from tests.law.ledger import Ledger
from tests.law.test_r32_a_paper_says_what_is_so import facts, happened
from tests.mediation.cases import (
    BOTH_SIDES,
    HEARD,
    OTHER,
    SERVED,
    UNIT,
    accepted,
    after,
    decide,
    offer,
    opened,
    the_event,
)
from tests.rules import refuses

ON = date(2025, 8, 28)
AGREED = {"agreement_no": "和1号", "effective_on": ON, "document": uuid4(), "performance_due": ()}


def settle(handling: Handling, *due: date, unit: str = UNIT, on: date = ON) -> None:
    mediating.sign_agreement(handling, unit, "和1号", on, uuid4(), due, settlement=True, at=HEARD)


def test_two_sides_settle_without_a_mediator():
    handling = accepted()
    settle(handling)
    assert not the_event(handling, MediationAgreementSigned).mediated
    assert (handling.state, handling.result) == ("agreement_signed", Result.agreed)
    with refuses(AlreadyDecided):
        decide(handling)


def test_what_was_settled_is_performed_as_what_was_mediated():
    """人民调解法 第三十一条: 当事人应当按照约定履行."""
    handling = accepted()
    settle(handling, date(2025, 9, 10))
    mediating.perform_item(handling, UNIT, 1, date(2025, 9, 1), uuid4(), at=SERVED)
    mediating.perform_agreement(handling, UNIT, uuid4(), at=SERVED)
    assert handling.performed


def test_settlement_within_a_mediation_is_mediated_and_wants_both():
    handling = after(accepted(), offer)
    with refuses(NotBothConsented):
        settle(handling)


def test_agreement_of_a_mediation_that_never_was_is_none():
    with refuses(NoMediation):
        mediating.sign_agreement(accepted(), UNIT, "调1号", ON, uuid4(), (), at=HEARD)


@pytest.mark.parametrize("kind", [Kind.suggestion, Kind.report_accusation])
def test_only_a_claim_is_settled(kind: Kind):
    """第三十三条: «在处理申诉求决类事项过程中»."""
    with refuses(NotMediable):
        settle(accepted(kind=kind))


def test_unit_that_has_accepted_the_case_puts_it_on_file_from_the_day_it_had_it():
    with refuses(NotTheHandlingUnit):
        settle(accepted(), unit=OTHER)
    with refuses(NotNotified):
        settle(opened())
    with refuses(ImpossibleDate):
        settle(accepted(), on=date(2025, 1, 1))


def test_court_does_not_confirm_what_nobody_mediated():
    """人民调解法 第三十三条、民事诉讼法 第二百零五条: 经调解组织调解达成的调解协议; nor does the right to ask run."""
    handling = accepted()
    settle(handling)
    with refuses(NotMediated):
        mediating.file_confirmation(handling, UNIT, "county-court", date(2025, 9, 1), BOTH_SIDES, at=SERVED)
    for mediated in (True, False):
        ledger = Ledger()
        ledger.tell(MediationAgreementSigned, mediated=mediated, **AGREED)
        assert any(clock.code == "C13" for clock in ledger.all()) is mediated


def test_agreement_of_a_mediation_does_not_say_a_settlement():
    """第三十二条: there is a paper for each."""
    with refuses(NotSo):
        said(
            DocumentKind.mediation_agreement, facts(happened(MediationAgreementSigned, **AGREED | {"mediated": False}))
        )
    said(DocumentKind.mediation_agreement, facts(happened(MediationAgreementSigned, **AGREED)))
