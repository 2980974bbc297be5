"""第十七条、第二十八条第三款: who wishes to withdraw may think again, and somebody owes the look whether they mean it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from contracts.assignment import PetitionerParted
from contracts.intake import PetitionWithdrawn, WithdrawalRequested, WithdrawalRevoked
from contracts.mediation import CaseClosed
from contracts.vocabulary import ClockOutcome, Result, UnitKind
from services.assignment.reactions import part_with
from services.chassis.directory import Directory
from services.intake.domain import classification, detaching, filing, grouping, withdrawal
from services.intake.domain.registration import Registration
from services.intake.domain.withdrawal import (
    ConfirmedByHandler,
    CoolingOff,
    HasWithdrawn,
    NoWithdrawalPending,
    OthersPetitionToo,
    WithdrawalPending,
)
from tests.assignment.test_domain import handed
from tests.intake.filed import NOW, classified, facts, first
from tests.law.ledger import BUREAU, Ledger
from tests.law.ledger import NOW as NOW_THERE
from tests.rules import refuses
from tests.units import county, entry

NEAR = county(entry("ZX", parent="XZF", kind=UnitKind.petition_bureau, competent=False))
"""With a petition bureau under the same government as the departments."""


def confirmer(case: Registration, directory=NEAR) -> str | None:
    withdrawal.request_withdrawal(case, uuid4(), directory, at=NOW)
    event = case.taken()[-1]
    assert isinstance(event, WithdrawalRequested)
    return event.confirmer


class TestWhoAsks:
    """The unit that has to answer does not ask whether the petitioner still wants an answer."""

    def test_bureau_that_received_it(self):
        assert confirmer(classified()) == "XFJ"

    @pytest.mark.parametrize("directory", [county(), NEAR])
    def test_bureau_over_a_unit_that_received_it_itself(self, directory: Directory):
        """第十四条: wherever it stands; in most counties it is the party committee's, and the unit the government's."""
        found = confirmer(classified(direct=True, receiving_unit="RSJ"), directory)
        assert found is not None
        assert directory.units[found].kind is UnitKind.petition_bureau

    def test_where_there_is_none_who_stands_above(self):
        without = county(entry("XFJ", parent="XW"))
        assert confirmer(classified(direct=True, receiving_unit="RSJ"), without) == "XZF"

    @pytest.mark.parametrize(("accused", "asks"), [("XFJ", "ZX"), ("ZX", "XFJ")])
    def test_nobody_who_is_complained_of(self, accused: str, asks: str):
        case = classified()
        classification.name_accused(case, [accused], [], county(), at=NOW)
        assert confirmer(case) == asks


class TestOneOfSeveral:
    """第三十二条: what one of them does not want any more, the others do."""

    def test_withdraws_nothing_that_the_others_have_asked_for(self):
        case = classified()
        filing.attach(case, at=NOW, **facts())
        with refuses(OthersPetitionToo):
            withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW)

    @pytest.mark.parametrize("how", ["letter", "merger"])
    def test_case_goes_on_where_somebody_else_comes_while_it_is_thought_over(self, how: str):
        case = classified()
        withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW)
        if how == "letter":
            filing.attach(case, at=NOW, **facts())
        else:
            grouping.merge_into(classified(), case, at=NOW)
        assert case.withdrawal_on is None
        with refuses(NoWithdrawalPending):
            withdrawal.confirm_withdrawal(case, "XFJ", uuid4(), NEAR, handler=None, at=NOW + timedelta(30))

    def test_but_not_where_the_same_one_comes_again(self):
        case = classified()
        withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW)
        filing.attach(case, at=NOW, same_petitioner=True, **facts())
        withdrawal.confirm_withdrawal(case, "XFJ", uuid4(), NEAR, handler=None, at=NOW + timedelta(30))
        assert not case.open


def of_two() -> tuple[Registration, UUID]:
    """A case that somebody else has joined by a letter, and the petition of that one."""
    case = classified()
    joined = facts()
    filing.attach(case, at=NOW, **joined)
    case.taken()
    return case, joined["petition"]


class TestOwnOfSeveral:
    """第十七条、第三十二条: who has joined a case withdraws their own petition, and it goes on for the others."""

    def test_is_told_and_answered_no_more_and_the_case_goes_on(self):
        case, petition = of_two()
        accused = (case.accused_units, case.accused_persons)
        withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW, petition=petition)
        [asked] = case.taken()
        assert isinstance(asked, WithdrawalRequested)
        assert (asked.petition, asked.confirmer) == (petition, "XFJ")
        assert (case.withdrawal_on, case.others) == (None, (petition,)), "nothing changes meanwhile"
        with refuses(CoolingOff):
            withdrawal.confirm_withdrawal(case, "XFJ", uuid4(), NEAR, handler=None, at=NOW, petition=petition)
        confirm(case, petition)
        [gone] = case.taken()
        assert isinstance(gone, PetitionWithdrawn)
        assert (case.open, case.others, case.withdrawn) == (True, (), {petition})
        assert (case.accused_units, case.accused_persons) == accused
        assert petition in case.every_petition, "nothing that came in is dropped"

    def test_first_one_withdraws_all_as_soon_as_nobody_else_petitions(self):
        case, petition = of_two()
        with refuses(OthersPetitionToo):
            withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW)
        withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW, petition=petition)
        confirm(case, petition)
        withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW)
        assert case.withdrawal_on is not None

    def test_thinks_again_without_the_others(self):
        case, petition = of_two()
        other = facts()
        filing.attach(case, at=NOW, **other)
        for one in (petition, other["petition"]):
            withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW, petition=one)
        with refuses(WithdrawalPending):
            withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW, petition=petition)
        withdrawal.revoke_withdrawal(case, None, at=NOW, petition=petition)
        event = case.taken()[-1]
        assert isinstance(event, WithdrawalRevoked)
        assert (event.petition, event.pending) == (petition, True)
        with refuses(NoWithdrawalPending):
            confirm(case, petition)
        confirm(case, other["petition"])
        assert case.others == (petition,)

    def test_unit_that_handles_it_confirms_nothing(self):
        case, petition = of_two()
        withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW, petition=petition)
        with refuses(ConfirmedByHandler):
            confirm(case, petition, unit="RSJ")

    def test_who_has_withdrawn_does_nothing_more_in_it(self):
        case, petition = of_two()
        withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW, petition=petition)
        confirm(case, petition)
        for act in (withdrawal.must_not_have_withdrawn, asks_once_more):
            with refuses(HasWithdrawn):
                act(case, petition)

    def test_letter_that_belongs_elsewhere_is_thought_about_here_no_longer(self):
        case, petition = of_two()
        withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW, petition=petition)
        detaching.detach(case, case, Registration.blank(uuid4()), petition, uuid4(), NEAR, at=NOW)
        assert case.withdrawals == {}

    def test_whose_case_goes_into_another_one_thinks_on_to_the_same_day(self):
        """第十七条: nobody's own will is lost because others join cases."""
        case, into = classified(), classified()
        withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW)
        [asked] = [event for event in case.taken() if isinstance(event, WithdrawalRequested)]
        grouping.merge_into(case, into, at=NOW + timedelta(3))
        [own] = case.petitions
        [wish] = [event for event in into.taken() if isinstance(event, WithdrawalRequested)]
        assert (wish.petition, wish.effective_on, wish.confirmer) == (own, asked.effective_on, asked.confirmer)
        assert (wish.asked_at, wish.document, case.withdrawals) == (NOW, asked.document, {})
        withdrawal.revoke_withdrawal(into, None, at=NOW + timedelta(4), petition=own)
        assert into.withdrawals == {}

    def test_so_does_whoever_had_joined_that_case(self):
        case, petition = of_two()
        withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW, petition=petition)
        into, third = classified(), classified()
        grouping.merge_into(case, into, at=NOW)
        grouping.merge_into(into, third, at=NOW)
        confirm(third, petition)
        assert third.withdrawn == {petition}

    def test_of_one_who_has_come_twice_the_letter_that_stays_was_never_to_be_withdrawn(self):
        case, into = classified(), classified()
        withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW)
        grouping.merge_into(case, into, at=NOW, same_petitioner=True)
        assert (case.withdrawals, into.withdrawals) == ({}, {})

    @pytest.mark.parametrize("several", [False, True])
    def test_who_wished_to_withdraw_what_is_divided_thinks_on_in_each_part(self, several: bool):
        case, petition = of_two() if several else (classified(), None)
        withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW, petition=petition)
        parts = [Registration.blank(uuid4()) for _ in range(2)]
        told = {name: fact for name, fact in first().items() if name in {"petition", "category", "place", "content"}}
        own = told | {"registration_no": "XF2", "content_sha256": "0" * 64}
        grouping.split_into(case, [(part, own) for part in parts], at=NOW)
        assert case.withdrawals == {}
        assert [[*part.withdrawals] for part in parts] == [[petition], [petition]]
        withdrawal.revoke_withdrawal(parts[0], None, at=NOW, petition=petition)
        withdrawal.confirm_withdrawal(
            parts[1], "XFJ", uuid4(), NEAR, handler=None, at=NOW + timedelta(30), petition=petition
        )
        assert parts[0].open
        assert (parts[1].open, parts[1].withdrawn) == ((True, {petition}) if several else (False, set()))

    def test_merger_moves_neither_the_time_to_think_nor_the_look(self):
        ledger, own = Ledger(), uuid4()
        told = {"document": uuid4(), "effective_on": date(2025, 3, 18), "petition": own}
        ledger.tell(WithdrawalRequested, on="2025-03-10", asked_at=NOW_THERE, **told)
        assert [clock.due_on for clock in ledger.all()] == [date(2025, 3, 18), date(2025, 3, 25)]

    def test_each_has_their_own_days(self):
        ledger, first, second = Ledger(), uuid4(), uuid4()
        for on, last, one in (("2025-03-03", 18, first), ("2025-03-05", 20, second)):
            told = {"document": uuid4(), "effective_on": date(2025, 3, last), "petition": one}
            ledger.tell(WithdrawalRequested, on=on, **told)
        assert [duty.due_on for duty in ledger.duties("D46")] == [date(2025, 3, 25), date(2025, 3, 27)]
        ledger.tell(WithdrawalRevoked, on="2025-03-10", petition=first, pending=True)
        assert ledger.duty("D46").item == str(second)
        ledger.tell(PetitionWithdrawn, on="2025-03-21", petition=second, document=uuid4())
        assert not ledger.duties("D46")
        assert not ledger.case.ended

    def test_unit_that_has_the_case_owes_them_nothing_more(self):
        case = handed()
        petition = uuid4()
        case.join((petition,), at=NOW)
        case.taken()
        event = PetitionWithdrawn(
            originator_id=case.id, originator_version=1, timestamp=NOW, petition=petition, document=uuid4(),
            pending=False, came_back=(),
        )  # fmt: skip
        part_with(case, event, NOW)
        [parted] = case.taken()
        assert isinstance(parted, PetitionerParted)
        assert (case.others, case.anonymous, case.unclear) == ((), False, False)


def confirm(case: Registration, petition: UUID, unit: str = "XFJ") -> None:
    later = NOW + timedelta(30)
    withdrawal.confirm_withdrawal(case, unit, uuid4(), NEAR, handler="RSJ", at=later, petition=petition)


def asks_once_more(case: Registration, petition: UUID) -> None:
    withdrawal.request_withdrawal(case, uuid4(), NEAR, at=NOW, petition=petition)


def asked(**said: object) -> Ledger:
    """Return a ledger in which somebody asked on 3 March 2025 for withdrawal; the eighteenth is their last day."""
    ledger = Ledger()
    told = {"document": uuid4(), "effective_on": date(2025, 3, 18)} | said
    ledger.tell(WithdrawalRequested, on="2025-03-03", **told)
    return ledger


class TestWhatIsOwed:
    def test_from_the_request_on_somebody_owes_the_look(self):
        ledger = asked()
        assert (ledger.duty("D46").holder, ledger.duty("D46").due_on) == (BUREAU, date(2025, 3, 25))
        assert ledger.case.next_duty is not None
        assert ledger.case.next_duty.code == "D46"
        assert [clock.due_on for clock in ledger.all() if clock.code == "D10"] == [date(2025, 3, 18)]

    def test_time_to_think_again_lapses_and_the_look_is_missed_by_themselves(self):
        ledger = asked(confirmer="ZX")
        ledger.passes("2025-03-19")
        assert [clock.lapsed for clock in ledger.all() if clock.code == "D10"] == [True]
        ledger.passes("2025-03-26")
        assert (ledger.breaches(), ledger.duty("D46").holder) == (["D46"], "ZX")

    def test_who_thinks_again_frees_everybody(self):
        ledger = asked()
        ledger.tell(WithdrawalRevoked, on="2025-03-10", document=None)
        assert {clock.outcome for clock in ledger.all()} == {ClockOutcome.met}

    def test_answer_that_ends_the_case_frees_them_too(self):
        ledger = asked()
        ledger.tell(CaseClosed, on="2025-03-10", result=Result.explain)
        assert {clock.outcome for clock in ledger.all()} == {ClockOutcome.void}
