"""The rules of intake: registration is never refused, and each kind of case takes only the routes that it may."""

from __future__ import annotations

from inspect import getsource
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.intake import (
    CaseClassified,
    CaseConcluded,
    CaseRegistered,
    CaseSetApart,
    ContentDisclosed,
    DocumentDeposited,
    PetitionAttached,
    ReceiptIssued,
)
from contracts.vocabulary import Channel, ContentCategory, DocumentKind, Kind, LookPurpose, Role, Route
from services.intake.domain import classification, collective, filing
from services.intake.domain.classification import ROUTES, AlreadyClassified, RouteDoesNotFit
from services.intake.domain.registration import Registration
from services.intake.domain.texts import Disclosure, Document
from tests.rules import at, check_replay, refuses
from tests.units import COUNTY

CASE = UUID("00000000-0000-4000-8000-000000000001")
NOW = at("2025-09-01")


def facts(**more: Any) -> dict[str, Any]:
    return {
        "registration_no": "XF20250901-ABCDEF",
        "petition": uuid4(),
        "channel": Channel.visit,
        "received_at": NOW,
        "receiving_unit": "XFJ",
        "person_count": 1,
        "anonymous": False,
        "content": uuid4(),
        "content_sha256": "0" * 64,
    } | more


def first(**more: Any) -> dict[str, Any]:
    return facts(category=ContentCategory.unpaid_wages, place="P-1", secrecy_requested=False) | more


def registered() -> Registration:
    registration = Registration.blank(CASE)
    filing.register(registration, at=NOW, **first())
    registration.taken()
    return registration


def classified() -> Registration:
    registration = registered()
    classification.classify(
        registration, Kind.appeal_for_resolution, Route.petition_procedure, ContentCategory.unpaid_wages, COUNTY, at=NOW
    )
    registration.taken()
    return registration


class TestRegister:
    @pytest.mark.parametrize("channel", Channel)
    @pytest.mark.parametrize("anonymous", [False, True])
    def test_whatever_comes_in_is_registered(self, channel: Channel, anonymous: bool):
        """第十七条, 第二十二条, 第二十三条第二款: by any channel, also without a name."""
        registration = Registration.blank(CASE)
        filing.register(registration, at=NOW, **first(channel=channel, anonymous=anonymous))
        [event] = registration.taken()
        assert isinstance(event, CaseRegistered)
        assert (event.channel, event.anonymous) == (channel, anonymous)
        assert registration.state == "registered"

    @pytest.mark.parametrize("category", ContentCategory)
    def test_petition_that_fits_no_category_is_registered_as_other(self, category: ContentCategory):
        """第二十二条: there is a category for what fits none, and none of them is refused."""
        registration = Registration.blank(CASE)
        filing.register(registration, at=NOW, **first(category=category))
        assert registration.category is category

    @given(
        person_count=st.integers(1, 10_000),
        secrecy_requested=st.booleans(),
        anonymous=st.booleans(),
        category=st.sampled_from(ContentCategory),
        received_at=st.datetimes(at("1990-01-01").replace(tzinfo=None), at("2100-01-01").replace(tzinfo=None)),
    )
    def test_nothing_about_a_petition_can_refuse_it(self, received_at, **more: Any):
        """第二十二条, 第四十四条第一项: whoever does not register what comes in answers for it."""
        registration = Registration.blank(CASE)
        filing.register(registration, at=NOW, **first(received_at=received_at.replace(tzinfo=NOW.tzinfo), **more))
        assert registration.exists

    def test_nothing_on_the_way_of_a_registration_can_refuse_it(self):
        """第二十二条: whatever else intake may refuse, there is no rule where petitions come in."""
        ways = (filing.register, filing.attach, collective.count_visitors)
        assert not [way for way in ways if "raise" in getsource(way) or "must_" in getsource(way)]


class TestAttach:
    def test_repeat_petition_joins_its_case(self):
        """第二十一条, 第二十二条: kept with its own receipt, never dropped."""
        registration = registered()
        again = facts(registration_no="XF20250902-ABCDEF")
        filing.attach(registration, at=at("2025-09-02"), **again)
        [event] = registration.taken()
        assert isinstance(event, PetitionAttached)
        assert event.registration_no == "XF20250902-ABCDEF"
        assert len(registration.petitions) == 2
        assert registration.registration_no == "XF20250901-ABCDEF"

    def test_repeat_petition_to_a_classified_case_is_registered(self):
        """第二十二条."""
        registration = classified()
        filing.attach(registration, at=NOW, **facts())
        assert (len(registration.petitions), registration.state) == (2, "classified")

    def test_repeat_petition_to_a_closed_case_is_registered(self):
        """第二十二条, 第四十四条第一项: a case may be closed, the door is not."""
        registration = classified()
        filing.conclude(registration, at=at("2025-12-01"))
        filing.attach(registration, at=at("2025-12-02"), **facts(anonymous=True))
        assert (len(registration.petitions), registration.state) == (2, "closed")


class TestClassify:
    @pytest.mark.parametrize("route", Route)
    @pytest.mark.parametrize("kind", Kind)
    def test_each_kind_takes_its_routes_and_no_other(self, kind: Kind, route: Route):
        """第二十九条 (建议意见), 第三十条 (检举控告), 第三十一条 (申诉求决, 六项)."""
        may = {
            Kind.suggestion: {Route.petition_procedure},
            Kind.report_accusation: {Route.discipline_supervision},
            Kind.appeal_for_resolution: {
                Route.judicial,
                Route.arbitration,
                Route.party_or_personnel_appeal,
                Route.administrative_procedure,
                Route.statutory_duty,
                Route.petition_procedure,
            },
        }[kind]
        registration = registered()
        if route not in may:
            with refuses(RouteDoesNotFit):
                classification.classify(registration, kind, route, ContentCategory.other, COUNTY, at=NOW)
            return
        classification.classify(registration, kind, route, ContentCategory.other, COUNTY, at=NOW)
        events = registration.taken()
        [event] = [event for event in events if isinstance(event, CaseClassified)]
        assert (event.kind, event.route, event.category) == (kind, route, ContentCategory.other)
        apart = [CaseSetApart, CaseClassified, ReceiptIssued]
        assert [type(event) for event in events] == (apart if kind is Kind.report_accusation else [CaseClassified])
        assert (registration.state, registration.category) == ("classified", ContentCategory.other)

    def test_every_route_is_taken_by_some_kind(self):
        """第三十一条."""
        assert frozenset().union(*ROUTES.values()) == frozenset(Route)
        assert set(ROUTES) == set(Kind)

    def test_second_classification_is_refused(self):
        """第三十一条."""
        with refuses(AlreadyClassified):
            classification.classify(
                classified(), Kind.suggestion, Route.petition_procedure, ContentCategory.other, COUNTY, at=NOW
            )

    def test_route_that_does_not_fit_is_said_before_anything_else(self):
        """第三十条: a report must not take the way of an ordinary petition, whatever state the case is in."""
        with refuses(RouteDoesNotFit):
            classification.classify(
                classified(), Kind.report_accusation, Route.petition_procedure, ContentCategory.other, COUNTY, at=NOW
            )


class TestConclude:
    def test_closed_case_is_closed_here_too_and_once(self):
        """第二十一条: whoever asks by code is told."""
        registration = classified()
        filing.conclude(registration, at=at("2025-12-01"))
        filing.conclude(registration, at=at("2025-12-02"))
        [event] = registration.taken()
        assert isinstance(event, CaseConcluded)
        assert registration.closed_at == at("2025-12-01")


class TestDeposit:
    def test_document_belongs_to_its_case(self):
        """个人信息保护法 第五十一条: the event has the digest, the vault has the text."""
        document = Document.blank(uuid4())
        document.deposit(CASE, DocumentKind.record, "0" * 64, at=NOW)
        [event] = document.taken()
        assert isinstance(event, DocumentDeposited)
        assert document.case == event.case == CASE


class TestDisclose:
    def test_look_belongs_to_the_case(self):
        """个人信息保护法 第五十四条: who looked, at what, for what purpose."""
        disclosure, content = Disclosure.blank(uuid4()), uuid4()
        disclosure.disclose(CASE, content, LookPurpose.handling, "RSJ", Role.case_officer, at=NOW)
        [event] = disclosure.taken()
        assert isinstance(event, ContentDisclosed)
        assert (disclosure.case, event.content, event.purpose) == (CASE, content, LookPurpose.handling)


COMMANDS = st.lists(
    st.one_of(
        st.builds(lambda n: lambda r: filing.attach(r, at=NOW, **facts(person_count=n)), st.integers(1, 9)),
        st.builds(
            lambda k, r, c: lambda registration: classification.classify(registration, k, r, c, COUNTY, at=NOW),
            st.sampled_from(Kind),
            st.sampled_from(Route),
            st.sampled_from(ContentCategory),
        ),
        st.just(lambda r: filing.conclude(r, at=at("2025-12-01"))),
    ),
    max_size=12,
)


class TestReplay:
    @given(COMMANDS)
    def test_any_prefix_of_history_is_the_state_it_then_was(self, commands):
        check_replay(Registration, CASE, [lambda r: filing.register(r, at=NOW, **first()), *commands])

    def test_document_and_disclosure_too(self):
        check_replay(Document, uuid4(), [lambda d: d.deposit(CASE, DocumentKind.opinion, "1" * 64, at=NOW)])
        check_replay(Disclosure, uuid4(), [lambda d: d.disclose(CASE, uuid4(), "audit", None, None, at=NOW)])
