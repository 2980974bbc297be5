"""The registers of mediation: committees, disputes, sweeps, the special fund, self-correction."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import (
    CommitteeSetting,
    ContentCategory,
    DisputeClass,
    Hardship,
    RemovalGround,
    Role,
    SupervisionReason,
)
from services.chassis.charge import NotOfTheUnit
from services.chassis.directory import Directory
from services.mediation.domain.committees import (
    Committee,
    CommitteeSize,
    Mediator,
    MediatorIsRemoved,
    NoWomanOnCommittee,
    TermOver,
    term_after,
)
from services.mediation.domain.disputes import (
    Dispute,
    DisputeIsSettled,
    NoTimeToSweep,
    NotNeutral,
    NotSwept,
    ReportedAlready,
    SelfCorrection,
    Sweep,
    TeamIncomplete,
)
from services.mediation.domain.funds import (
    ApprovedByYou,
    Fund,
    NotApproved,
    NothingToAudit,
    NotYourTurn,
    OwnRequest,
    PaidAlready,
    SilenceIsNotForSale,
    WithdrawalPending,
)
from services.mediation.domain.guards import ImpossibleDate
from tests.rules import at, check_replay, refuses

CASE, ENTRY, PAPER = (UUID(int=n, version=4) for n in (1, 2, 3))
NOW = at("2025-09-01")
TODAY, TOMORROW = date(2025, 9, 1), date(2025, 9, 2)


def elect(committee: Committee, members: int = 5, on: date = TODAY, woman: bool = True) -> None:
    committee.register("V-1", CommitteeSetting.village, members, "c-1", on, PAPER, has_woman=woman, at=NOW)


def reelect(committee: Committee, on: date, members: int = 5, now=NOW) -> None:
    committee.reelect(members, "c-2", on, PAPER, has_woman=True, at=now)


def committee() -> Committee:
    made = Committee.blank(ENTRY)
    elect(made)
    return made


class TestCommittee:
    """人民调解法 第八条, 第九条."""

    @pytest.mark.parametrize("members", [3, 9])
    def test_three_to_nine_are_elected_for_three_years(self, members: int):
        made = Committee.blank(ENTRY)
        elect(made, members)
        assert (made.case, made.state, made.term_until) == (None, "registered", date(2028, 9, 1))

    @pytest.mark.parametrize("members", [2, 10])
    def test_fewer_or_more_are_no_committee(self, members: int):
        with refuses(CommitteeSize):
            elect(Committee.blank(ENTRY), members)
        with refuses(CommitteeSize):
            reelect(committee(), date(2028, 8, 1), members, at("2028-09-01"))

    def test_there_is_a_woman_among_them(self):
        """第八条第三款."""
        with refuses(NoWomanOnCommittee):
            elect(Committee.blank(ENTRY), woman=False)

    def test_election_of_tomorrow_is_impossible(self):
        with refuses(ImpossibleDate):
            elect(Committee.blank(ENTRY), on=TOMORROW)

    def test_next_election_begins_another_three_years(self):
        """第九条第二款."""
        made = committee()
        reelect(made, date(2028, 8, 30), now=at("2028-09-01"))
        assert (made.chair, made.term_until) == ("c-2", date(2031, 8, 30))
        with refuses(ImpossibleDate):
            reelect(made, date(2028, 8, 30), now=at("2028-09-01"))

    def test_term_that_began_on_a_leap_day_ends_in_february(self):
        assert term_after(date(2024, 2, 29)) == date(2027, 2, 28)


def appoint(mediator: Mediator, now=NOW) -> None:
    mediator.register(committee(), "m-1", "TJ-1", at=now)


def train(mediator: Mediator, on: date = TODAY) -> None:
    mediator.train(on, 8, PAPER, at=NOW)


def remove(mediator: Mediator) -> None:
    mediator.remove(RemovalGround.partiality, PAPER, unit="town", cases=(), at=NOW)


class TestMediator:
    """人民调解法 第十三条 to 第十五条."""

    def test_mediator_is_registered_trained_and_removed(self):
        made = Mediator.blank(CASE)
        appoint(made)
        assert (made.case, made.state, made.committee) == (None, "registered", ENTRY)
        train(made)
        train(made)
        assert (made.state, made.trained_hours) == ("trained", 16)
        remove(made)
        assert made.state == "removed"

    def test_committee_whose_term_is_over_appoints_nobody(self):
        """第九条第二款: the last day still belongs to the term."""
        appoint(Mediator.blank(CASE), at("2028-09-01", "23:59"))
        with refuses(TermOver):
            appoint(Mediator.blank(CASE), at("2028-09-02"))

    def test_training_of_tomorrow_is_impossible(self):
        made = Mediator.blank(CASE)
        appoint(made)
        with refuses(ImpossibleDate):
            train(made, TOMORROW)

    @pytest.mark.parametrize("act", [train, remove])
    def test_who_was_removed_mediates_no_longer(self, act: Any):
        """第十五条."""
        made = Mediator.blank(CASE)
        appoint(made)
        remove(made)
        with refuses(MediatorIsRemoved):
            act(made)


def quarrel(dispute: Dispute, against: str | None = None) -> None:
    dispute.enter(
        at=NOW, unit="V-1", place="P-1", dispute_class=DisputeClass.neighbours, category=ContentCategory.housing,
        document=PAPER, against_unit=against,
    )  # fmt: skip


def name_team(dispute: Dispute, *, registered: bool = True, removed: bool = False, **more: Any) -> None:
    facts: dict[str, Any] = {"leader": "l-1", "mediator": "m-1", "mediator_unit": "V-1", "due_on": TOMORROW} | more
    dispute.name_team(*facts.values(), Directory(), registered=registered, removed=removed, at=NOW)


def settle(dispute: Dispute, on: date = TODAY) -> None:
    dispute.settle(on, PAPER, at=NOW)


def dispute(against: str | None = None) -> Dispute:
    made = Dispute.blank(ENTRY)
    quarrel(made, against)
    return made


class TestDispute:
    """第三十七条第一款."""

    def test_dispute_is_about_a_matter_and_never_a_person(self):
        made = dispute()
        [event] = made.taken()
        assert set(event.body.names) == {
            "unit", "place", "dispute_class", "category", "document", "against_unit"
        }  # fmt: skip
        assert (made.case, made.state) == (None, "recorded")

    def test_team_is_named_and_the_dispute_settled(self):
        made = dispute()
        name_team(made)
        assert made.state == "in_mediation"
        settle(made)
        assert made.state == "settled"

    @pytest.mark.parametrize("missing", ["leader", "mediator", "due_on"])
    def test_team_without_one_of_the_three_is_none(self, missing: str):
        with refuses(TeamIncomplete):
            name_team(dispute(), **{missing: None})

    def test_unit_does_not_mediate_in_its_own_cause(self):
        """第二十八条第三款; 人民调解法 第三条."""
        with refuses(NotNeutral):
            name_team(dispute("V-1"))
        name_team(dispute("V-1"), mediator_unit="SFJ")

    def test_who_is_no_mediator_of_the_committee_mediates_no_dispute(self):
        """人民调解法 第十三条、第十五条."""
        with refuses(NotOfTheUnit):
            name_team(dispute(), registered=False)
        with refuses(MediatorIsRemoved):
            name_team(dispute(), registered=False, removed=True)

    def test_days_must_make_sense(self):
        with refuses(ImpossibleDate):
            name_team(dispute(), due_on=date(2025, 8, 31))
        with refuses(ImpossibleDate):
            settle(dispute(), TOMORROW)

    @pytest.mark.parametrize("act", [name_team, settle])
    def test_settled_is_settled(self, act: Any):
        made = dispute()
        settle(made)
        with refuses(DisputeIsSettled):
            act(made)


def sweep() -> Sweep:
    made = Sweep.blank(ENTRY)
    made.order(("V-1", "V-2", "V-1"), TOMORROW, at=NOW)
    made.taken()
    return made


class TestSweep:
    """第十条, 第三十七条第一款."""

    def test_units_report_also_that_there_is_nothing(self):
        made = sweep()
        made.report("V-1", 0, None, at=NOW)
        assert made.state == "ordered"
        made.report("V-2", 3, PAPER, at=NOW)
        assert (made.state, made.reported) == ("reported", {"V-1": 0, "V-2": 3})

    def test_sweep_that_gives_no_time_is_refused(self):
        with refuses(NoTimeToSweep):
            Sweep.blank(ENTRY).order(("V-1",), TODAY, at=NOW)

    def test_unit_that_was_not_told_to_look_does_not_report(self):
        with refuses(NotSwept):
            sweep().report("V-3", 0, None, at=NOW)

    def test_unit_reports_once(self):
        made = sweep()
        made.report("V-1", 0, None, at=NOW)
        with refuses(ReportedAlready):
            made.report("V-1", 1, None, at=NOW)


def request(fund: Fund, tied: bool = False, pending: bool = False) -> None:
    fund.request(
        CASE, "RSJ", Hardship.illness, PAPER, 500_000, "co-1", tied_to_withdrawal=tied, withdrawal_pending=pending,
        at=NOW,
    )  # fmt: skip


def head(fund: Fund, officer: str = "h-1", unit: str = "RSJ") -> None:
    fund.approve(Role.unit_head, unit, officer, at=NOW)


def bureau(fund: Fund, officer: str = "b-1") -> None:
    fund.approve(Role.bureau_officer, "XFJ", officer, at=NOW)


def pay(fund: Fund, on: date = TODAY, pending: bool = False) -> None:
    fund.pay(on, PAPER, "XFJ", None, withdrawal_pending=pending, at=NOW)


def audit(fund: Fund) -> None:
    fund.audit(PAPER, in_order=True, at=NOW)


def fund(*acts: Any) -> Fund:
    made = Fund.blank(ENTRY)
    for act in (request, *acts):
        act(made)
    return made


class TestFund:
    """第三十七条第二款."""

    def test_hardship_is_helped_after_two_have_agreed(self):
        states = [fund(*[head, bureau, pay, audit][:count]).state for count in range(5)]
        assert states == ["requested", "approved_once", "approved", "paid", "audited"]
        assert fund().case == CASE

    def test_silence_is_not_for_sale(self):
        """息诉罢访 is no condition of help."""
        with refuses(SilenceIsNotForSale):
            request(Fund.blank(ENTRY), tied=True)

    def test_no_money_weighs_on_a_withdrawal(self):
        with refuses(WithdrawalPending):
            request(Fund.blank(ENTRY), pending=True)
        with refuses(WithdrawalPending):
            pay(fund(head, bureau), pending=True)

    def test_nobody_agrees_to_their_own_request(self):
        with refuses(OwnRequest):
            head(fund(), "co-1")

    def test_two_different_people_agree(self):
        with refuses(ApprovedByYou):
            bureau(fund(head), "h-1")

    @pytest.mark.parametrize(
        ("before", "act"),
        [
            ((), bureau),
            ((head,), lambda f: head(f, "h-2")),
            ((head, bureau), lambda f: bureau(f, "b-2")),
            ((), lambda f: head(f, unit="JYJ")),
        ],
    )
    def test_each_agrees_in_turn_and_once(self, before: Any, act: Any):
        with refuses(NotYourTurn):
            act(fund(*before))

    @pytest.mark.parametrize("before", [(), (head,)])
    def test_nothing_is_paid_before_both_have_agreed(self, before: Any):
        with refuses(NotApproved):
            pay(fund(*before))

    def test_payment_is_made_once_and_not_tomorrow(self):
        with refuses(ImpossibleDate):
            pay(fund(head, bureau), TOMORROW)
        with refuses(PaidAlready):
            pay(fund(head, bureau, pay))

    @pytest.mark.parametrize("before", [(head, bureau), (head, bureau, pay, audit)])
    def test_payment_is_audited_once(self, before: Any):
        with refuses(NothingToAudit):
            audit(fund(*before))


class TestSelfCorrection:
    """第二十八条第一款."""

    def test_unit_puts_right_what_it_did_wrong(self):
        made = SelfCorrection.blank(ENTRY)
        made.correct("RSJ", SupervisionReason.procedure_breach, TODAY, PAPER, at=NOW)
        assert (made.case, made.state, made.unit) == (None, "corrected", "RSJ")

    def test_what_will_be_right_tomorrow_is_not_right(self):
        with refuses(ImpossibleDate):
            SelfCorrection.blank(ENTRY).correct("RSJ", SupervisionReason.procedure_breach, TOMORROW, PAPER, at=NOW)


FUND_COMMANDS = st.lists(
    st.sampled_from([head, bureau, pay, audit, lambda f: head(f, "co-1"), lambda f: bureau(f, "h-1")]), max_size=8
)
SWEEP_COMMANDS = st.lists(
    st.one_of(
        st.sampled_from(["V-1", "V-2", "V-3"]).map(lambda unit: lambda s: s.report(unit, 0, None, at=NOW)),
    ),
    max_size=8,
)


class TestReplay:
    @given(FUND_COMMANDS)
    def test_fund_is_what_its_history_says(self, commands: list[Any]):
        check_replay(Fund, ENTRY, [request, *commands])

    @given(SWEEP_COMMANDS)
    def test_sweep_is_what_its_history_says(self, commands: list[Any]):
        check_replay(Sweep, ENTRY, [lambda s: s.order(("V-1", "V-2"), TOMORROW, at=NOW), *commands])

    def test_the_others_are_too(self):
        later = at("2028-09-01")
        check_replay(Committee, ENTRY, [elect, lambda c: reelect(c, date(2028, 8, 30), now=later)])
        check_replay(Mediator, CASE, [appoint, train, remove, train])
        check_replay(Dispute, ENTRY, [quarrel, name_team, settle, settle])
        reason = SupervisionReason.other
        check_replay(SelfCorrection, ENTRY, [lambda c: c.correct("RSJ", reason, TODAY, PAPER, at=NOW)])
