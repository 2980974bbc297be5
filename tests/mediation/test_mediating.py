"""调解: both want it, both sign it, and it is done or handling goes on."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from contracts.event import typed_before
from contracts.mediation import (
    AgreementBreached,
    AgreementPerformed,
    ConfirmationFiled,
    ConfirmationGranted,
    ConfirmationRefused,
    MediationAgreementSigned,
    MediationFailed,
    MediationOffered,
    MediationRefused,
    MediationStopped,
    PerformanceItemDone,
)
from contracts.vocabulary import Kind, Result, Side
from services.mediation.domain import mediating
from services.mediation.domain.ending import NotServed
from services.mediation.domain.guards import AlreadyDecided, ImpossibleDate, NotTheHandlingUnit, NotWithUnit
from services.mediation.domain.handling import Handling
from services.mediation.domain.mediating import (
    AlreadyConsented,
    AlreadyFiled,
    ConfirmationTooLate,
    ItemsNotDone,
    MediationUnderWay,
    MediatorOfASide,
    NoAgreement,
    NoMediation,
    NoSuchItem,
    NotBothConsented,
    NotFiled,
    NotJointly,
    NotMediable,
)
from tests.mediation.cases import (
    BOTH,
    BOTH_SIDES,
    COMMITTEE,
    HEARD,
    OTHER,
    SERVED,
    UNIT,
    accepted,
    after,
    agreed,
    close,
    consent,
    decide,
    mediated,
    offer,
    performed,
    put,
    returned,
    sign,
    the_event,
)
from tests.rules import at, refuses

DUE = date(2025, 9, 10)


def file(handling: Handling, on=date(2025, 9, 1), sides=BOTH_SIDES, now=SERVED) -> None:
    mediating.file_confirmation(handling, UNIT, "county-court", on, sides, at=now)


def ruling(handling: Handling, confirmed: bool) -> None:
    mediating.record_ruling(handling, UNIT, typed_before("R-1"), date(2025, 9, 1), confirmed=confirmed, at=SERVED)


class TestOffer:
    def test_both_sides_are_asked(self):
        """第三十三条."""
        handling = accepted()
        offer(handling)
        the_event(handling, MediationOffered)
        assert handling.state == "mediation"
        with refuses(MediationUnderWay):
            offer(handling)

    def test_mediator_belongs_to_no_side(self):
        """第二十八条第三款, 人民调解法 第三条."""
        with refuses(MediatorOfASide):
            offer(accepted(), other_party=COMMITTEE)

    @pytest.mark.parametrize("kind", [Kind.suggestion, Kind.report_accusation])
    def test_only_a_claim_is_mediated(self, kind: Kind):
        """第三十三条: «在处理申诉求决类事项过程中»."""
        with refuses(NotMediable):
            offer(accepted(kind=kind))


class TestConsent:
    @pytest.mark.parametrize("side", Side)
    def test_either_side_may_refuse(self, side: Side):
        """人民调解法 第十七条."""
        handling = after(accepted(), offer)
        mediating.refuse_mediation(handling, UNIT, side, at=HEARD)
        the_event(handling, MediationRefused)
        assert handling.state == "accepted"

    @pytest.mark.parametrize("side", Side)
    def test_either_side_may_stop_at_any_time(self, side: Side):
        """人民调解法 第二十三条."""
        handling = mediated()
        mediating.refuse_mediation(handling, COMMITTEE, side, at=HEARD)
        the_event(handling, MediationStopped)
        with refuses(NoMediation):
            sign(handling)

    def test_side_consents_once(self):
        with refuses(AlreadyConsented):
            consent(mediated(), Side.petitioner)

    def test_nobody_else_says_what_the_sides_want(self):
        """第三十三条."""
        with refuses(NotTheHandlingUnit):
            mediating.consent_to_mediation(after(accepted(), offer), OTHER, Side.petitioner, at=HEARD)
        with refuses(NotWithUnit):
            consent(returned(), Side.petitioner)


class TestAgreement:
    def test_agreement_takes_the_place_of_an_opinion(self):
        """第三十三条."""
        handling = mediated()
        sign(handling)
        the_event(handling, MediationAgreementSigned)
        assert (handling.state, handling.result) == ("agreement_signed", Result.agreed)
        with refuses(AlreadyDecided):
            decide(handling)

    @pytest.mark.parametrize("side", Side)
    def test_agreement_without_the_consent_of_both_is_refused(self, side: Side):
        """第三十三条: «经争议双方当事人同意»."""
        with refuses(NotBothConsented):
            sign(after(accepted(), offer, lambda h: consent(h, side)))

    def test_agreement_of_before_the_acceptance_or_with_a_day_before_it_is_impossible(self):
        with refuses(ImpossibleDate):
            sign(mediated(), on=date(2025, 8, 26))
        with refuses(ImpossibleDate):
            sign(mediated(), (date(2025, 8, 27),))

    def test_nothing_is_decided_while_it_goes_on_and_then_everything_is(self):
        """人民调解法 第二十六条: the sixty days have run all the while."""
        handling = after(mediated(), *(lambda h, k=k: put(h, k) for k in BOTH))
        with refuses(MediationUnderWay):
            decide(handling)
        mediating.fail_mediation(handling, UNIT, uuid4(), at=HEARD)
        the_event(handling, MediationFailed)
        decide(handling)


class TestPerformance:
    def test_case_is_closed_when_everything_is_done(self):
        """人民调解法 第三十一条: items are done one by one."""
        handling = agreed(DUE, DUE)
        with refuses(NotServed):
            close(handling)
        for item in (2, 1):
            with refuses(ItemsNotDone):
                mediating.perform_agreement(handling, UNIT, uuid4(), at=SERVED)
            mediating.perform_item(handling, UNIT, item, SERVED.date(), uuid4(), at=SERVED)
            the_event(handling, PerformanceItemDone)
        mediating.perform_agreement(handling, UNIT, uuid4(), at=SERVED)
        the_event(handling, AgreementPerformed)
        close(handling)
        assert handling.state == "closed"

    def test_what_was_not_agreed_or_is_done_is_not_done_again(self):
        with refuses(NoSuchItem):
            mediating.perform_item(agreed(DUE), UNIT, 2, SERVED.date(), uuid4(), at=SERVED)
        with refuses(ImpossibleDate):
            mediating.perform_item(agreed(DUE), UNIT, 1, date(2025, 9, 2), uuid4(), at=SERVED)
        for handling in (mediated(), performed()):
            with refuses(NoAgreement):
                mediating.perform_agreement(handling, UNIT, uuid4(), at=SERVED)

    def test_breach_lets_handling_go_on(self):
        """人民调解法 第三十一条."""
        handling = agreed(DUE)
        mediating.report_breach(handling, UNIT, uuid4(), at=SERVED)
        the_event(handling, AgreementBreached)
        assert (handling.state, handling.result) == ("accepted", None)
        for kind in BOTH:
            put(handling, kind)
        decide(handling)


class TestConfirmation:
    @pytest.mark.parametrize("confirmed", [True, False])
    def test_both_ask_the_court_and_it_answers(self, confirmed: bool):
        """人民调解法 第三十三条, 民事诉讼法 第二百零六条."""
        handling = agreed()
        file(handling)
        the_event(handling, ConfirmationFiled)
        with refuses(AlreadyFiled):
            file(handling)
        ruling(handling, confirmed)
        the_event(handling, ConfirmationGranted if confirmed else ConfirmationRefused)
        if not confirmed:
            with refuses(NoAgreement):
                ruling(handling, confirmed)
            return
        with refuses(NotFiled):
            ruling(handling, confirmed)

    def test_one_side_alone_asks_for_nothing(self):
        """民事诉讼法 第二百零五条: «共同向…申请»."""
        with refuses(NotJointly):
            file(agreed(), sides=[Side.petitioner])

    def test_thirty_days_from_the_day_of_effect(self):
        """人民调解法 第三十三条: 28 August and thirty days is Saturday 27 September; Sunday is worked."""
        file(agreed(), on=date(2025, 9, 28), now=at("2025-09-29"))
        with refuses(ConfirmationTooLate):
            file(agreed(), on=date(2025, 9, 29), now=at("2025-09-29"))
