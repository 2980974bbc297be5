"""The rules by which a leader, a team and a plan are put around a case, and the six-and-three scheme."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.assignment import (
    SixOneCompleted,
    SponsorAppointed,
    SponsorKeptOut,
    SponsorReleased,
    SponsorReplaced,
)
from contracts.event import typed_before
from contracts.periods.calendar import current, is_working_day
from contracts.vocabulary import HandoverReason, Milestone, ReleaseGround, SixOneDuty, SixOnePaper, SponsorDuty
from services.accountability.case import Case
from services.assignment.domain import planning, six_one, sponsorship
from services.assignment.domain.campaign import Campaign
from services.assignment.domain.planning import (
    CampaignAlreadyStarted,
    CampaignNotStarted,
    FiveOnesIncomplete,
    MilestoneNotOpen,
    MilestonePassed,
    PlanAlreadyFiled,
    working_days_before,
)
from services.assignment.domain.six_one import (
    SettledOtherwise,
    SixOneAlreadyOpened,
    SixOneDutiesOpen,
    SixOneDutyIsDone,
    SixOneNotOpen,
    SixPapersIncomplete,
)
from services.assignment.domain.sponsorship import (
    AlreadySponsored,
    DutyNotOpen,
    NotAtItsEnd,
    NotSponsored,
    NotTheSponsor,
    SameSponsor,
)
from tests.rules import at, check_replay, refuses

CASE = UUID("00000000-0000-4000-8000-000000000002")
PROOF = UUID("00000000-0000-4000-8000-00000000000f")
NOW = at("2025-09-01")
DUE = date(2025, 9, 30)
STEPS = {Milestone.met_petitioner: 18, Milestone.facts_verified: 10, Milestone.implemented: 0}


def blank() -> Campaign:
    return Campaign.blank(Campaign.stream(CASE))


def sponsored(*duties: SponsorDuty) -> Campaign:
    campaign = blank()
    sponsorship.appoint(
        campaign, CASE, typed_before("县委办〔2025〕57号"), "leader-1", duties or tuple(SponsorDuty), at=NOW
    )
    campaign.taken()
    return campaign


def planned() -> Campaign:
    campaign = sponsored()
    planning.name_team(campaign, "RSJ", ["ZJJ"], ["co-1", "co-2"], at=NOW)
    planning.file_plan(campaign, PROOF, DUE, STEPS, at=NOW)
    campaign.taken()
    return campaign


def started() -> Campaign:
    campaign = planned()
    planning.begin(campaign, at=NOW)
    campaign.taken()
    return campaign


def under_the_scheme() -> Campaign:
    """Everything of the scheme is there."""
    campaign = planned()
    six_one.open_six_one(campaign, CASE, typed_before("信联〔2025〕3号"), at=NOW)
    for paper in (SixOnePaper.issue, SixOnePaper.supervision_card, SixOnePaper.written_reply):
        six_one.file_paper(campaign, paper, typed_before("督〔2025〕1号"), at=NOW)
    for duty in SixOneDuty:
        six_one.do_six_one_duty(campaign, duty, PROOF, at=NOW)
    campaign.taken()
    return campaign


class TestAppoint:
    """第十八条第二款: «包案化解群众反映强烈的突出问题»."""

    def test_leader_answers_for_the_case_by_a_numbered_order(self):
        campaign = sponsored(SponsorDuty.resolve)
        assert (campaign.case, campaign.sponsor, campaign.order_no) == (
            CASE,
            "leader-1",
            typed_before("县委办〔2025〕57号"),
        )
        assert (campaign.state, campaign.duties) == ("sponsored", [SponsorDuty.resolve])

    def test_second_sponsor_is_refused(self):
        with refuses(AlreadySponsored):
            sponsorship.appoint(sponsored(), CASE, typed_before("58号"), "leader-2", [SponsorDuty.resolve], at=NOW)

    def test_duties_are_what_a_leader_owes_the_case(self):
        """Nothing among them is done to the petitioner."""
        assert {str(duty) for duty in SponsorDuty} == {"investigate", "resolve", "explain", "help", "follow_up"}


class TestReplace:
    def test_case_is_handed_over_in_writing(self):
        campaign = sponsored()
        sponsorship.replace(campaign, typed_before("60号"), "leader-2", HandoverReason.office_changed, PROOF, at=NOW)
        [event] = campaign.taken()
        assert isinstance(event, SponsorReplaced)
        assert (event.former, event.sponsor, campaign.sponsor) == ("leader-1", "leader-2", "leader-2")

    def test_what_nobody_sponsors_is_not_handed_over(self):
        with refuses(NotSponsored):
            sponsorship.replace(blank(), typed_before("60号"), "leader-2", HandoverReason.recused, PROOF, at=NOW)

    def test_handing_over_to_oneself_is_refused(self):
        with refuses(SameSponsor):
            sponsorship.replace(sponsored(), typed_before("60号"), "leader-1", HandoverReason.recused, PROOF, at=NOW)


class TestDuties:
    def test_sponsor_ticks_a_duty_off_once(self):
        campaign = sponsored(SponsorDuty.resolve)
        sponsorship.do_duty(campaign, "leader-1", SponsorDuty.resolve, PROOF, at=NOW)
        assert campaign.duties_done == [SponsorDuty.resolve]
        with refuses(DutyNotOpen):
            sponsorship.do_duty(campaign, "leader-1", SponsorDuty.resolve, PROOF, at=NOW)

    def test_duty_that_the_order_does_not_name_is_refused(self):
        with refuses(DutyNotOpen):
            sponsorship.do_duty(sponsored(SponsorDuty.resolve), "leader-1", SponsorDuty.help, PROOF, at=NOW)

    def test_nobody_does_a_duty_for_the_sponsor(self):
        with refuses(NotTheSponsor):
            sponsorship.do_duty(sponsored(), "leader-2", SponsorDuty.resolve, PROOF, at=NOW)


class TestRelease:
    @pytest.mark.parametrize("ground", ReleaseGround)
    def test_sponsor_is_free_at_the_end_of_the_case(self, ground: ReleaseGround):
        """一包到底."""
        campaign = sponsored()
        sponsorship.release(campaign, ground, PROOF, ReleaseGround, at=NOW)
        assert (campaign.state, campaign.sponsor) == ("released", None)

    def test_released_case_may_have_a_sponsor_again(self):
        campaign = sponsored()
        sponsorship.release(campaign, ReleaseGround.executed, PROOF, ReleaseGround, at=NOW)
        sponsorship.appoint(campaign, CASE, typed_before("70号"), "leader-2", [SponsorDuty.follow_up], at=NOW)
        assert (campaign.state, campaign.duties) == ("sponsored", [SponsorDuty.follow_up])

    @pytest.mark.parametrize("ground", ReleaseGround)
    def test_sponsor_stays_until_the_case_is_there(self, ground: ReleaseGround):
        with refuses(NotAtItsEnd):
            sponsorship.release(sponsored(), ground, PROOF, set(ReleaseGround) - {ground}, at=NOW)

    def test_what_nobody_sponsors_is_not_released(self):
        with refuses(NotSponsored):
            sponsorship.release(blank(), ReleaseGround.closed, PROOF, ReleaseGround, at=NOW)


class TestFiveOnes:
    """第十八条第二款; 五个一: one case, one leader, one team, one plan, followed to its end."""

    def test_work_begins_with_leader_team_and_plan(self):
        assert started().state == "started"

    def test_what_is_missing_is_named(self):
        campaign = sponsored()
        with pytest.raises(FiveOnesIncomplete, match="一套班子、一个处置方案"):
            planning.begin(campaign, at=NOW)
        with refuses(FiveOnesIncomplete):
            planning.begin(blank(), at=NOW)

    def test_work_begins_once(self):
        with refuses(CampaignAlreadyStarted):
            planning.begin(started(), at=NOW)

    def test_there_is_no_team_without_a_leader(self):
        with refuses(NotSponsored):
            planning.name_team(blank(), "RSJ", [], ["co-1"], at=NOW)


class TestPlan:
    """第二十八条第一款: «及时妥善处理，不得推诿、敷衍、拖延»."""

    def test_steps_are_counted_back_in_working_days(self):
        """28 September 2025, a Sunday, is a make-up workday before National Day."""
        campaign = planned()
        assert campaign.milestones[Milestone.implemented] == DUE
        assert working_days_before(DUE, 1) == date(2025, 9, 29)
        assert working_days_before(DUE, 2) == date(2025, 9, 28)
        assert working_days_before(DUE, 3) == date(2025, 9, 26)
        assert campaign.milestones[Milestone.facts_verified] == date(2025, 9, 17)
        assert campaign.next_due_on == campaign.milestones[Milestone.met_petitioner] == date(2025, 9, 5)

    @settings(max_examples=60)
    @given(st.dates(date(2025, 1, 6), date(2025, 12, 20)), st.integers(1, 60))
    def test_counting_back_undoes_counting_on(self, start: date, count: int):
        end = current().working_days_after(start, count)
        back = working_days_before(end, count)
        assert is_working_day(back)
        assert current().working_days_after(back, count) == end

    def test_step_that_would_be_due_already_is_refused(self):
        with refuses(MilestonePassed):
            planning.file_plan(sponsored(), PROOF, DUE, {Milestone.met_petitioner: 40}, at=NOW)
        with refuses(MilestonePassed):
            planning.file_plan(sponsored(), PROOF, date(2025, 9, 1), {Milestone.implemented: 0}, at=NOW)

    def test_second_plan_is_refused(self):
        """Days that move with the delay measure nothing."""
        with refuses(PlanAlreadyFiled):
            planning.file_plan(planned(), PROOF, date(2025, 12, 1), STEPS, at=NOW)


class TestMilestones:
    def test_step_is_reached_once(self):
        campaign = started()
        planning.reach(campaign, Milestone.met_petitioner, PROOF, at=NOW)
        with refuses(MilestoneNotOpen):
            planning.reach(campaign, Milestone.met_petitioner, PROOF, at=NOW)

    def test_step_that_is_not_planned_is_refused(self):
        with refuses(MilestoneNotOpen):
            planning.reach(started(), Milestone.answered, PROOF, at=NOW)

    def test_no_step_is_done_before_the_work_has_begun(self):
        with refuses(CampaignNotStarted):
            planning.reach(planned(), Milestone.met_petitioner, PROOF, at=NOW)


class TestSixOne:
    """第十八条第二款; 六一三包: six papers, three duties."""

    def test_scheme_is_complete_with_six_papers_and_three_duties(self):
        campaign = under_the_scheme()
        six_one.complete_six_one(campaign, at=NOW)
        [event] = campaign.taken()
        assert isinstance(event, SixOneCompleted)
        assert (event.order_no, campaign.six_one) == (typed_before("信联〔2025〕3号"), "completed")

    @pytest.mark.parametrize("missing", [SixOnePaper.issue, SixOnePaper.supervision_card, SixOnePaper.written_reply])
    def test_missing_paper_is_named(self, missing: SixOnePaper):
        campaign = under_the_scheme()
        del campaign.papers[missing]
        with pytest.raises(SixPapersIncomplete, match=f"缺：{missing.title}$"):
            six_one.complete_six_one(campaign, at=NOW)

    def test_leader_team_and_plan_are_missed_as_well(self):
        campaign = blank()
        six_one.open_six_one(campaign, CASE, typed_before("3号"), at=NOW)
        with refuses(SixPapersIncomplete):
            six_one.complete_six_one(campaign, at=NOW)
        with pytest.raises(SixPapersIncomplete) as caught:
            six_one.complete_six_one(campaign, at=NOW)
        assert caught.value.detail == "缺：" + "、".join(paper.title for paper in SixOnePaper)

    def test_papers_do_not_stand_for_duties(self):
        campaign = under_the_scheme()
        campaign.six_one_duties.remove(SixOneDuty.implement)
        with refuses(SixOneDutiesOpen):
            six_one.complete_six_one(campaign, at=NOW)

    def test_leader_is_not_replaced_by_a_number(self):
        campaign = blank()
        six_one.open_six_one(campaign, CASE, typed_before("3号"), at=NOW)
        with refuses(SettledOtherwise):
            six_one.file_paper(campaign, SixOnePaper.leader, typed_before("57号"), at=NOW)

    def test_duty_is_done_once(self):
        with refuses(SixOneDutyIsDone):
            six_one.do_six_one_duty(under_the_scheme(), SixOneDuty.handle, PROOF, at=NOW)

    def test_case_is_put_under_the_scheme_once(self):
        with refuses(SixOneAlreadyOpened):
            six_one.open_six_one(under_the_scheme(), CASE, typed_before("4号"), at=NOW)

    def test_nothing_happens_outside_the_scheme(self):
        for campaign in (sponsored(), completed()):
            with refuses(SixOneNotOpen):
                six_one.file_paper(campaign, SixOnePaper.issue, typed_before("1号"), at=NOW)
            with refuses(SixOneNotOpen):
                six_one.do_six_one_duty(campaign, SixOneDuty.handle, PROOF, at=NOW)
            with refuses(SixOneNotOpen):
                six_one.complete_six_one(campaign, at=NOW)


def completed() -> Campaign:
    campaign = under_the_scheme()
    six_one.complete_six_one(campaign, at=NOW)
    return campaign


class TestTheCase:
    def test_case_knows_its_sponsor_and_the_scheme(self):
        campaign = blank()
        sponsorship.appoint(campaign, CASE, typed_before("57号"), "leader-1", [SponsorDuty.resolve], at=NOW)
        six_one.open_six_one(campaign, CASE, typed_before("3号"), at=NOW)
        case = Case(CASE)
        for seq, event in enumerate(campaign.taken(), 1):
            case.take(seq, event)
        assert (case.sponsor, case.six_one) == ("leader-1", "open")
        six = under_the_scheme()
        sponsorship.replace(six, typed_before("60号"), "leader-2", HandoverReason.recused, PROOF, at=NOW)
        six_one.complete_six_one(six, at=NOW)
        for event in six.taken():
            case.take(9, event)
        assert (case.sponsor, case.six_one) == ("leader-2", "completed")
        sponsorship.release(six, ReleaseGround.closed, PROOF, ReleaseGround, at=NOW)
        case.take(10, six.taken()[0])
        assert case.sponsor is None


MOMENTS = st.dates(date(2025, 9, 1), date(2025, 10, 20)).map(lambda d: at(str(d)))
LEADERS = st.sampled_from(["leader-1", "leader-2"])
COMMANDS = st.one_of(
    st.builds(
        lambda a, w: lambda c: sponsorship.appoint(c, CASE, typed_before("57号"), w, SponsorDuty, at=a),
        MOMENTS,
        LEADERS,
    ),
    st.builds(
        lambda a, w: lambda c: sponsorship.replace(c, typed_before("60号"), w, HandoverReason.recused, PROOF, at=a),
        MOMENTS,
        LEADERS,
    ),
    st.builds(lambda a, w: lambda c: sponsorship.keep_out(c, w, at=a), MOMENTS, LEADERS),
    st.builds(
        lambda a, w, d: lambda c: sponsorship.do_duty(c, w, d, PROOF, at=a),
        MOMENTS,
        LEADERS,
        st.sampled_from(SponsorDuty),
    ),
    st.builds(
        lambda a, g: lambda c: sponsorship.release(c, g, PROOF, ReleaseGround, at=a),
        MOMENTS,
        st.sampled_from(ReleaseGround),
    ),
    st.builds(lambda a: lambda c: planning.name_team(c, "RSJ", ["ZJJ"], ["co-1"], at=a), MOMENTS),
    st.builds(lambda a: lambda c: planning.file_plan(c, PROOF, DUE, STEPS, at=a), MOMENTS),
    st.builds(lambda a: lambda c: planning.begin(c, at=a), MOMENTS),
    st.builds(lambda a, m: lambda c: planning.reach(c, m, PROOF, at=a), MOMENTS, st.sampled_from(Milestone)),
    st.builds(lambda a: lambda c: six_one.open_six_one(c, CASE, typed_before("3号"), at=a), MOMENTS),
    st.builds(
        lambda a, p: lambda c: six_one.file_paper(c, p, typed_before("1号"), at=a),
        MOMENTS,
        st.sampled_from(SixOnePaper),
    ),
    st.builds(lambda a, d: lambda c: six_one.do_six_one_duty(c, d, PROOF, at=a), MOMENTS, st.sampled_from(SixOneDuty)),
    st.builds(lambda a: lambda c: six_one.complete_six_one(c, at=a), MOMENTS),
)


@given(st.lists(COMMANDS, max_size=60))
def test_replay_of_any_prefix_is_the_live_state(commands):
    events = check_replay(Campaign, Campaign.stream(CASE), commands)
    sponsors = 0
    for event in events:
        sponsors += isinstance(event, SponsorAppointed) - isinstance(event, SponsorReleased | SponsorKeptOut)
        assert 0 <= sponsors <= 1, "one case, one leader"
