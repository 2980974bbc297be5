"""What may follow on a registration: the sealed track, no acceptance, an alarm, a withdrawal, a rating."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.event import typed_before
from contracts.intake import (
    AnswerLearnt,
    CaseClassified,
    CaseWithdrawn,
    ConfidentialTrackOpened,
    InformantNotified,
    NoLongerAccepted,
    NotAcceptedNotified,
    RemediesExhausted,
    ReportConcluded,
    SatisfactionRecorded,
    UrgentMatterNoted,
    UrgentMatterReported,
    WithdrawalRequested,
    WithdrawalRevoked,
)
from contracts.mediation import (
    CaseClosed,
    CaseTerminated,
    OpinionServed,
    OpinionTakenBack,
    RecheckOpinionServed,
    SuggestionReplied,
)
from contracts.vocabulary import (
    Channel,
    ContentCategory,
    InformantNotice,
    Kind,
    Level,
    NotAcceptedGround,
    RegistrationState,
    Result,
    ReviewResult,
    Route,
    Satisfaction,
    ServiceMethod,
    SuggestionResult,
    TerminationGround,
    UnitKind,
    UrgentStage,
)
from services.chassis.recusal import OthersKeepOut
from services.intake.domain import acceptance, classification, filing, grouping, rating, track, urgency, withdrawal
from services.intake.domain.acceptance import (
    NewFactsStated,
    NoParty,
    NotARepeat,
    NotAVisit,
    NotExhausted,
    NothingPending,
    ToldBefore,
    TooLateNotToAccept,
)
from services.intake.domain.classification import NotReceivedHere, UnitIsAccused
from services.intake.domain.guards import NotHappenedYet, NotOpen
from services.intake.domain.rating import (
    AlreadyRated,
    NotAnswered,
    NotRateable,
    NotTheFirstPetition,
    RatingClosed,
)
from services.intake.domain.registration import Registration
from services.intake.domain.track import (
    ConcludedAlready,
    InformantNoticeOutOfTurn,
    InformantUnknown,
    NotAReport,
    NotOnTheTrack,
    NotThatOrgan,
    TrackAlreadyOpen,
)
from services.intake.domain.urgency import UrgencyAlreadyNoted, UrgencyNotNoted, UrgentReportOutOfTurn
from services.intake.domain.withdrawal import (
    ConfirmedByHandler,
    CoolingOff,
    NoWithdrawalPending,
    WithdrawalPending,
)
from services.intake.reactions import (
    conclude,
    conclude_for_good,
    learn_opinion,
    learn_recheck,
    learn_reply,
    unlearn_opinion,
)
from tests.intake.filed import NOTICE, NOW, answered, classified, closed, facts, first, registered, reported, sealed
from tests.rules import at, called, check_replay, refuses
from tests.units import COUNTY, county, entry

PAPER = uuid4()
APPEAL = (Kind.appeal_for_resolution, Route.petition_procedure, ContentCategory.unpaid_wages)


class TestClassify:
    """第二十三条第一款, 第二十八条第三款."""

    def test_classification_says_what_others_need_to_route_the_case(self):
        registration = registered(direct=True, receiving_unit="RSJ", anonymous=True)
        classification.classify(
            registration, *APPEAL, COUNTY, at=NOW, unit="RSJ", as_receiver=True, accused_units=["LYJ", "LYJ"]
        )
        [event] = registration.taken()
        assert isinstance(event, CaseClassified)
        assert (event.direct, event.receiving_unit, event.anonymous) == (True, "RSJ", True)
        assert event.accused_units == ("LYJ",)

    @pytest.mark.parametrize("more", [{"direct": False, "receiving_unit": "RSJ"}, {"direct": True}])
    def test_unit_tells_apart_only_what_it_received_directly(self, more: dict[str, Any]):
        with refuses(NotReceivedHere):
            classification.classify(registered(**more), *APPEAL, COUNTY, at=NOW, unit="RSJ", as_receiver=True)

    def test_officer_of_an_accused_unit_withdraws(self):
        with refuses(UnitIsAccused):
            classification.classify(registered(), *APPEAL, COUNTY, at=NOW, unit="XFJ", accused_units=["XFJ"])


class TestConfidentialTrack:
    """第三十条."""

    def test_report_goes_to_the_discipline_organ_and_a_receipt_remains(self):
        registration = reported()
        track.open_track(registration, "JW", "密〔2025〕1号", COUNTY, at=NOW)
        [event] = registration.taken()
        assert isinstance(event, ConfidentialTrackOpened)
        assert (event.organ, event.receipt_no) == ("JW", "密〔2025〕1号")
        assert (registration.confidential, registration.state) == (True, "discipline_track")

    def test_report_is_sealed_as_soon_as_it_is_told_apart(self):
        """第三十条第三款: 不得将信访人的检举、揭发材料以及有关情况透露或者转给被检举、揭发的人员或者单位。"""
        assert reported().confidential

    @pytest.mark.parametrize("state", [registered, classified])
    def test_nothing_but_a_report_takes_the_track(self, state: Callable[[], Registration]):
        with refuses(NotAReport):
            track.open_track(state(), "JW", "1", COUNTY, at=NOW)

    def test_track_is_opened_once(self):
        with refuses(TrackAlreadyOpen):
            track.open_track(sealed(), "JW", "2", COUNTY, at=NOW)

    def test_report_does_not_reach_whom_it_is_about(self):
        """第三十条第三款."""
        registration = registered()
        kind, route = Kind.report_accusation, Route.discipline_supervision
        classification.classify(registration, kind, route, ContentCategory.other, COUNTY, at=NOW, accused_units=["JW"])
        with refuses(OthersKeepOut):
            track.open_track(registration, "JW", "1", COUNTY, at=NOW)

    def test_withdrawn_report_is_handed_to_nobody(self):
        registration = reported()
        withdrawal.request_withdrawal(registration, PAPER, COUNTY, at=NOW)
        withdrawal.confirm_withdrawal(registration, "XFJ", PAPER, COUNTY, handler=None, at=at("2025-10-09"))
        with refuses(NotOpen):
            track.open_track(registration, "JW", "1", COUNTY, at=NOW)


def inform(registration: Registration, notice: InformantNotice) -> None:
    track.notify_informant(registration, notice, ServiceMethod.post, NOW, typed_before("EMS-1"), "JW", COUNTY, at=NOW)


class TestConclusion:
    """第二十三条第四款, 第三十条第一款: from here the informant is owed the result."""

    def test_organ_says_once_that_its_case_has_ended(self):
        registration = sealed()
        track.conclude_report(registration, "JW", NOW.date(), at=NOW)
        [event] = registration.taken()
        assert isinstance(event, ReportConcluded)
        assert (event.organ, event.concluded_on) == ("JW", NOW.date())
        with refuses(ConcludedAlready):
            track.conclude_report(registration, "JW", NOW.date(), at=NOW)

    def test_only_the_organ_that_has_the_report_says_so(self):
        with refuses(NotThatOrgan):
            track.conclude_report(sealed(), "OTHER", NOW.date(), at=NOW)
        with refuses(NotOnTheTrack):
            track.conclude_report(reported(), "JW", NOW.date(), at=NOW)

    def test_nothing_ends_in_the_future(self):
        with refuses(NotHappenedYet):
            track.conclude_report(sealed(), "JW", NOW.date() + timedelta(days=1), at=NOW)


class TestInformant:
    """第二十三条第四款."""

    def test_informant_is_told_of_acceptance_and_then_of_the_result(self):
        registration = sealed()
        for notice in InformantNotice:
            inform(registration, notice)
        events = registration.taken()
        assert [event.notice for event in events] == list(InformantNotice)
        assert all(isinstance(event, InformantNotified) for event in events)

    def test_there_is_nobody_to_tell_outside_the_track(self):
        with refuses(NotOnTheTrack):
            inform(reported(), InformantNotice.acceptance)

    def test_informant_without_a_name_cannot_be_told(self):
        with refuses(InformantUnknown):
            inform(sealed(anonymous=True), InformantNotice.acceptance)

    @pytest.mark.parametrize("before", [[], list(InformantNotice)])
    def test_result_comes_after_acceptance_and_each_once(self, before: list[InformantNotice]):
        registration = sealed()
        for notice in before:
            inform(registration, notice)
        with refuses(InformantNoticeOutOfTurn):
            inform(registration, InformantNotice.result)


URGENT = county(
    entry("SXFJ", Level.city, None, kind=UnitKind.petition_bureau, competent=False),
    entry("GJXFJ", Level.national, None, kind=UnitKind.petition_bureau, competent=False),
)
EVERYBODY = ["XW", "XZF", "LXH", "RSJ", "SXFJ", "GJXFJ"]
HANDLING = acceptance.InHandling("RSJ", date(2025, 11, 3))
PROVINCE = county(entry("SXF", Level.province, None, kind=UnitKind.petition_bureau, competent=False))


def not_accept(
    registration: Registration,
    ground: NotAcceptedGround = NotAcceptedGround.not_within_power,
    pending: Registration | None = None,
    unit: str = "SXF",
    *,
    handed_on: bool = False,
    body: str = "市人社局",
) -> None:
    acceptance.not_accept(
        registration,
        ground,
        unit,
        PROVINCE,
        pending=pending,
        handling=HANDLING,
        same_person=True,
        handed_on=handed_on,
        at=NOW,
        competent_body=called(body, COUNTY),
        notice_no="不受1",
        **NOTICE,
    )


class TestNotAccepted:
    """第十九条第三款, 第二十条, 第二十三条: on file, told why, told where to."""

    @pytest.mark.parametrize("ground", NotAcceptedGround)
    def test_petitioner_is_told_why_and_who_is_competent(self, ground: NotAcceptedGround):
        registration = registered(channel=Channel.visit)
        body = "县人社局" if ground is NotAcceptedGround.visit_above_level else "市人社局"
        not_accept(registration, ground, pending=classified(), body=body)
        [event] = registration.taken()
        assert isinstance(event, NotAcceptedNotified)
        assert (event.ground, event.competent_body or event.body_words) == (ground, called(body, COUNTY))
        assert registration.state == "not_accepted"

    @pytest.mark.parametrize("pending", [None, Registration.blank(uuid4()), closed()])
    def test_nobody_is_turned_away_for_a_matter_that_is_pending_nowhere(self, pending: Registration | None):
        """第十九条第三款."""
        with refuses(NothingPending):
            not_accept(registered(), NotAcceptedGround.pending_below, pending)

    def test_matter_is_not_pending_in_itself(self):
        registration = registered()
        with refuses(NothingPending):
            not_accept(registration, NotAcceptedGround.pending_below, registration)

    @pytest.mark.parametrize("channel", sorted(set(Channel) - {Channel.visit}))
    def test_letters_and_calls_know_no_levels(self, channel: Channel):
        """第二十条第一款."""
        with refuses(NotAVisit):
            not_accept(registered(channel=channel), NotAcceptedGround.visit_above_level)

    @pytest.mark.parametrize("state", [classified, answered, closed, sealed])
    def test_it_is_too_late_once_the_case_goes_its_way(self, state: Callable[[], Registration]):
        """第二十三条第三款: from there the unit objects."""
        with refuses(TooLateNotToAccept):
            not_accept(state(), unit="XFJ", handed_on=True)


def rechecked() -> Registration:
    registration = classified()
    acceptance.exhaust(registration, at("2025-09-10"), at=at("2025-09-10"))
    acceptance.exhaust(registration, at("2025-09-11"), at=at("2025-09-11"))
    registration.taken()
    return registration


def repeat(registration: Registration, received: str) -> UUID:
    filing.attach(registration, at=at(received), **facts(petition=(petition := uuid4()), received_at=at(received)))
    registration.taken()
    return petition


def no_longer_accept(registration: Registration, petition: UUID, *, new_facts: bool = False, same: bool = True) -> None:
    told = NOTICE | {"served_at": at("2025-09-22")}
    acceptance.no_longer_accept(
        registration, petition, same_person=same, new_facts=new_facts, at=at("2025-09-22"), notice_no="不再1", **told
    )


class TestNoLongerAccepted:
    """第三十六条第三款."""

    def test_repeat_of_what_a_recheck_has_settled_is_on_file_and_not_accepted(self):
        registration = rechecked()
        petition = repeat(registration, "2025-09-20")
        no_longer_accept(registration, petition)
        [event] = registration.taken()
        assert isinstance(event, NoLongerAccepted)
        assert registration.no_longer_accepted == (petition,)
        assert registration.state == "classified"

    def test_new_facts_are_never_turned_away(self):
        registration = rechecked()
        with refuses(NewFactsStated):
            no_longer_accept(registration, repeat(registration, "2025-09-20"), new_facts=True)

    def test_before_a_recheck_every_repeat_belongs_to_the_case(self):
        registration = classified()
        with refuses(NotExhausted):
            no_longer_accept(registration, repeat(registration, "2025-09-20"))

    def test_only_what_came_after_the_recheck_is_a_repeat_of_it(self):
        registration = rechecked()
        for petition in (uuid4(), next(iter(registration.petitions)), repeat(registration, "2025-09-09")):
            with refuses(NotARepeat):
                no_longer_accept(registration, petition)

    def test_who_took_no_part_in_the_recheck_is_not_turned_away_by_it(self):
        registration = rechecked()
        with refuses(NoParty):
            no_longer_accept(registration, repeat(registration, "2025-09-20"), same=False)

    def test_whoever_joined_before_the_recheck_was_a_party_to_it(self):
        registration = classified()
        taken = classified()
        grouping.merge_into(taken, registration, at=NOW)
        joined = repeat(registration, "2025-09-05")
        acceptance.exhaust(registration, at("2025-09-10"), at=at("2025-09-10"))
        repeat(registration, "2025-09-20")
        assert {*registration.parties} == {*registration.every_petition[:1], joined, *taken.petitions}

    def test_petitioner_is_told_once(self):
        registration = rechecked()
        petition = repeat(registration, "2025-09-20")
        no_longer_accept(registration, petition)
        with refuses(ToldBefore):
            no_longer_accept(registration, petition)


class TestWithdrawal:
    """Ours, in the petitioner's favour: own words, fifteen days, no hand of the handling unit."""

    def test_wish_changes_nothing_for_fifteen_days(self):
        registration = classified()
        withdrawal.request_withdrawal(registration, PAPER, COUNTY, at=at("2025-09-01"))
        [event] = registration.taken()
        assert isinstance(event, WithdrawalRequested)
        assert event.effective_on == at("2025-09-16").date()
        assert registration.state == "classified"

    def test_petitioner_may_think_again_at_any_time_before(self):
        registration = classified()
        withdrawal.request_withdrawal(registration, PAPER, COUNTY, at=NOW)
        withdrawal.revoke_withdrawal(registration, None, at=at("2025-12-01"))
        assert isinstance(registration.taken()[-1], WithdrawalRevoked)
        withdrawal.request_withdrawal(registration, PAPER, COUNTY, at=NOW)

    def test_withdrawn_case_leaves_the_door_open(self):
        registration = classified()
        withdrawal.request_withdrawal(registration, PAPER, COUNTY, at=at("2025-09-01"))
        withdrawal.confirm_withdrawal(registration, "XFJ", PAPER, COUNTY, handler=None, at=at("2025-09-17", "00:00"))
        assert isinstance(registration.taken()[-1], CaseWithdrawn)
        assert registration.state == "withdrawn"
        filing.attach(registration, at=NOW, **facts())
        assert len(registration.petitions) == 2

    def test_last_day_of_the_cooling_off_counts_whole(self):
        registration = classified()
        withdrawal.request_withdrawal(registration, PAPER, COUNTY, at=at("2025-09-01"))
        with refuses(CoolingOff):
            withdrawal.confirm_withdrawal(
                registration, "XFJ", PAPER, COUNTY, handler=None, at=at("2025-09-16", "23:59")
            )

    def test_unit_that_handles_what_it_received_does_not_confirm(self):
        """第二十八条第三款."""
        registration = registered(direct=True, receiving_unit="RSJ")
        withdrawal.request_withdrawal(registration, PAPER, COUNTY, at=NOW)
        with refuses(ConfirmedByHandler):
            withdrawal.confirm_withdrawal(registration, "RSJ", PAPER, COUNTY, handler=None, at=at("2025-10-09"))

    @pytest.mark.parametrize("unit", ["RSJ", "OFFICE"])
    def test_unit_that_has_the_case_does_not_confirm_nor_who_stands_under_it(self, unit: str):
        """第二十八条第三款: 直接利害关系."""
        registration = classified()
        withdrawal.request_withdrawal(registration, PAPER, COUNTY, at=NOW)
        with refuses(ConfirmedByHandler):
            withdrawal.confirm_withdrawal(registration, unit, PAPER, COUNTY, handler="RSJ", at=at("2025-10-09"))
        withdrawal.confirm_withdrawal(registration, "XFJ", PAPER, COUNTY, handler="RSJ", at=at("2025-10-09"))

    def test_second_wish_is_refused_while_one_is_pending(self):
        registration = classified()
        withdrawal.request_withdrawal(registration, PAPER, COUNTY, at=NOW)
        with refuses(WithdrawalPending):
            withdrawal.request_withdrawal(registration, PAPER, COUNTY, at=NOW)

    def test_nothing_is_confirmed_or_revoked_that_nobody_asked_for(self):
        with refuses(NoWithdrawalPending):
            withdrawal.revoke_withdrawal(classified(), None, at=NOW)
        with refuses(NoWithdrawalPending):
            withdrawal.confirm_withdrawal(classified(), "XFJ", PAPER, COUNTY, handler=None, at=NOW)

    def test_closed_case_is_not_withdrawn(self):
        with refuses(NotOpen):
            withdrawal.request_withdrawal(closed(), PAPER, COUNTY, at=NOW)


def rate(registration: Registration, petition: UUID | None = None, on: str = "2025-09-02") -> None:
    petition = petition or next(iter(registration.petitions))
    rating.rate(registration, petition, Satisfaction.satisfied, Satisfaction.not_satisfied, at=at(on))


class TestRating:
    """第二十一条第二款."""

    def test_petitioner_rates_bureau_and_unit_apart(self):
        registration = answered()
        rate(registration)
        [event] = registration.taken()
        assert isinstance(event, SatisfactionRecorded)
        assert (event.bureau, event.handler) == (Satisfaction.satisfied, Satisfaction.not_satisfied)
        assert registration.state == "answered"

    def test_first_petition_of_a_merged_case_has_its_own_voice(self):
        one, into = registered(), classified()
        again = repeat(one, "2025-09-01")
        grouping.merge_into(one, into, at=NOW)
        rating.learn_answer(into, NOW, at=NOW)
        rate(into, next(iter(one.petitions)))
        rate(into)
        with refuses(NotTheFirstPetition):
            rate(into, again)

    def test_it_keeps_it_where_that_case_goes_into_a_third_one(self):
        one, between, into = registered(), registered(), classified()
        again = repeat(one, "2025-09-01")
        grouping.merge_into(one, between, at=NOW)
        grouping.merge_into(between, into, at=NOW)
        rating.learn_answer(into, NOW, at=NOW)
        for case in (one, between, into):
            rate(into, next(iter(case.petitions)))
        with refuses(NotTheFirstPetition):
            rate(into, again)

    def test_nobody_rates_before_there_is_an_answer(self):
        with refuses(NotAnswered):
            rate(classified())

    def test_petition_is_rated_once(self):
        registration = answered()
        rate(registration)
        with refuses(AlreadyRated):
            rate(registration)

    def test_repeat_petition_adds_no_second_voice(self):
        registration = answered()
        with refuses(NotTheFirstPetition):
            rate(registration, repeat(registration, "2025-09-02"))

    def test_thirty_days_end_on_a_working_day(self):
        """2025-10-01 to 10-08 are holidays."""
        rate(answered(), on="2025-10-09")
        with refuses(RatingClosed):
            rate(answered(), on="2025-10-10")

    @pytest.mark.parametrize("route", sorted(set(Route) - {Route.petition_procedure, Route.discipline_supervision}))
    def test_other_legal_ways_are_not_rated_here(self, route: Route):
        registration = classified(Kind.appeal_for_resolution, route)
        rating.learn_answer(registration, NOW, at=NOW)
        with refuses(NotRateable):
            rate(registration)

    def test_report_about_an_official_is_not_rated(self):
        with refuses(NotRateable):
            rate(sealed())


class TestUrgency:
    """第二十五条."""

    def test_matter_is_noted_when_known_and_reported_and_followed_up(self):
        registration = registered()
        urgency.note_urgency(registration, NOW, at=NOW + timedelta(minutes=5))
        for stage in (UrgentStage.first, UrgentStage.follow_up, UrgentStage.follow_up):
            urgency.report_urgency(registration, stage, NOW, EVERYBODY, PAPER, "XFJ", URGENT, at=NOW)
        noted, report, *_ = registration.taken()
        assert isinstance(noted, UrgentMatterNoted)
        assert noted.known_at == NOW
        assert isinstance(report, UrgentMatterReported)
        assert (report.recipients, report.complete) == (tuple(EVERYBODY), True)

    def test_hour_at_which_it_was_known_cannot_be_moved(self):
        registration = registered()
        urgency.note_urgency(registration, NOW, at=NOW)
        with refuses(UrgencyAlreadyNoted):
            urgency.note_urgency(registration, NOW, at=NOW)

    def test_report_needs_the_hour_from_which_its_time_counts(self):
        with refuses(UrgencyNotNoted):
            urgency.report_urgency(registered(), UrgentStage.first, NOW, EVERYBODY, PAPER, "XFJ", URGENT, at=NOW)

    @pytest.mark.parametrize("stages", [["follow_up"], ["first", "first"]])
    def test_one_first_report_and_follow_ups_after_it(self, stages: list[str]):
        registration = registered()
        urgency.note_urgency(registration, NOW, at=NOW)
        *before, last = map(UrgentStage, stages)
        for stage in before:
            urgency.report_urgency(registration, stage, NOW, EVERYBODY, PAPER, "XFJ", URGENT, at=NOW)
        with refuses(UrgentReportOutOfTurn):
            urgency.report_urgency(registration, last, NOW, EVERYBODY, PAPER, "XFJ", URGENT, at=NOW)


class TestMoments:
    def test_nothing_has_happened_at_a_time_that_has_not_come(self):
        before = NOW - timedelta(seconds=1)
        registration = registered()
        with refuses(NotHappenedYet):
            urgency.note_urgency(registration, NOW, at=before)
        urgency.note_urgency(registration, NOW, at=NOW)
        with refuses(NotHappenedYet):
            urgency.report_urgency(registration, UrgentStage.first, NOW, EVERYBODY, PAPER, "XFJ", URGENT, at=before)
        with refuses(NotHappenedYet):
            track.notify_informant(
                sealed(),
                InformantNotice.acceptance,
                ServiceMethod.post,
                NOW,
                typed_before("EMS-1"),
                "JW",
                COUNTY,
                at=before,
            )
        more = {"unit": "XFJ", "competent_body": typed_before("市人社局"), "notice_no": "不受1"} | NOTICE
        with refuses(NotHappenedYet):
            acceptance.not_accept(
                registered(), NotAcceptedGround.not_within_power, directory=COUNTY, pending=None, handling=None,
                same_person=True,
                at=before, **more,
            )  # fmt: skip
        registration = rechecked()
        petition = repeat(registration, "2025-09-20")
        with refuses(NotHappenedYet):
            acceptance.no_longer_accept(
                registration, petition, same_person=True, new_facts=False, at=before, notice_no="1", **NOTICE
            )


SERVED: dict[str, Any] = {"originator_id": uuid4(), "originator_version": 1, "timestamp": NOW, **NOTICE}


class TestReactions:
    def test_opinion_or_reply_opens_the_rating_once(self):
        """第二十一条第二款."""
        reply = SuggestionReplied(reply_no="1", result=SuggestionResult.adopted, document=PAPER, **SERVED)
        for learn, event in ((learn_opinion, OpinionServed(**SERVED)), (learn_reply, reply)):
            registration = classified()
            learn(registration, event, NOW)
            learn(registration, event, NOW)
            [learnt] = registration.taken()
            assert isinstance(learnt, AnswerLearnt)

    def test_answer_that_came_back_and_was_taken_back_is_none(self):
        """第三十二条、第三十五条 收到; what had not been sent yet was none before."""
        for waits_since, state in ((NOW, RegistrationState.classified), (None, RegistrationState.answered)):
            registration = answered()
            taken_back = OpinionTakenBack(
                originator_id=uuid4(), originator_version=1, timestamp=NOW, opinion_no="1", result=Result.explain,
                document=PAPER, waits_since=waits_since,
            )  # fmt: skip
            for _ in range(2):
                unlearn_opinion(registration, taken_back, NOW)
            undone = len(registration.taken())
            assert (registration.state, undone) == (state, 0 if waits_since is None else 1)
            with refuses(RatingClosed if waits_since is None else NotAnswered):
                rating.rate(registration, PAPER, Satisfaction.satisfied, Satisfaction.satisfied, at=at("2026-01-05"))
            learn_opinion(registration, OpinionServed(**SERVED), NOW)
            assert registration.state is RegistrationState.answered

    def test_case_that_is_closed_or_terminated_is_concluded_once(self):
        """第二十一条, 第三十六条第三款."""
        about: dict[str, Any] = {"originator_id": uuid4(), "originator_version": 1, "timestamp": NOW}
        registration = answered()
        conclude(registration, CaseClosed(result=Result.explain, **about), NOW)
        conclude_for_good(registration, CaseTerminated(ground=TerminationGround.remedy_lapsed, **about), NOW)
        assert len(registration.taken()) == 1
        assert registration.state == "closed"

    @pytest.mark.parametrize("result", ReviewResult)
    def test_recheck_settles_the_matter_unless_it_is_to_be_handled_anew(self, result: ReviewResult):
        """第三十六条第三款."""
        registration = classified()
        event = RecheckOpinionServed(opinion_no="1", result=result, document=PAPER, **SERVED)
        learn_recheck(registration, event, NOW)
        learn_recheck(registration, event, NOW)
        events = registration.taken()
        assert [type(event) for event in events] == [RemediesExhausted] * (result is not ReviewResult.revoke)


def test_replay():
    petition, again = uuid4(), uuid4()
    check_replay(
        Registration,
        uuid4(),
        [
            lambda r: filing.register(r, at=NOW, **first(petition=petition)),
            lambda r: urgency.note_urgency(r, NOW, at=NOW),
            lambda r: urgency.report_urgency(r, UrgentStage.first, NOW, EVERYBODY, PAPER, "XFJ", URGENT, at=NOW),
            lambda r: classification.classify(r, *APPEAL, COUNTY, at=NOW, accused_units=["LYJ"]),
            lambda r: rating.learn_answer(r, NOW, at=NOW),
            lambda r: acceptance.exhaust(r, NOW, at=NOW),
            lambda r: filing.attach(r, at=NOW, **facts(petition=again)),
            lambda r: no_longer_accept(r, again),
            lambda r: rate(r, petition),
            lambda r: withdrawal.request_withdrawal(r, PAPER, COUNTY, at=NOW),
            lambda r: withdrawal.revoke_withdrawal(r, PAPER, at=NOW),
            lambda r: withdrawal.request_withdrawal(r, PAPER, COUNTY, at=NOW),
            lambda r: withdrawal.confirm_withdrawal(r, "XFJ", PAPER, COUNTY, handler=None, at=at("2025-10-09")),
        ],
    )
    report = (Kind.report_accusation, Route.discipline_supervision, ContentCategory.other)
    check_replay(
        Registration,
        uuid4(),
        [
            lambda r: filing.register(r, at=NOW, **first()),
            lambda r: classification.classify(r, *report, COUNTY, at=NOW),
            lambda r: track.open_track(r, "JW", "1", COUNTY, at=NOW),
            lambda r: track.conclude_report(r, "JW", NOW.date(), at=NOW),
            *[lambda r, n=n: inform(r, n) for n in InformantNotice],
        ],
    )
    check_replay(Registration, uuid4(), [lambda r: filing.register(r, at=NOW, **first()), not_accept])
