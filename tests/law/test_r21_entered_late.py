"""信访工作条例 第二十一条第二款 (及时录入): what is entered late counts honestly, for whoever entered it and against."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

import pytest

from contracts.accountability import ClockBreached, ClockCorrected, FactConfirmed
from contracts.event import Event, typed_before
from contracts.mediation import AcceptanceNotified, OpinionServed, ReviewRequested
from contracts.periods.calendar import Calendar, Notice, Year
from contracts.vocabulary import ClockOutcome, Confirmation, ServiceMethod
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.firing import Deed, Firing
from services.accountability.domain.facts import (
    AlreadyConfirmed,
    Fact,
    NotAConfirmation,
    OwnFact,
    OwnProof,
    Proof,
    ProofUsed,
)
from tests.law.test_r34_waiting import SERVED, World
from tests.rules import at, refuses


def forwarded() -> tuple[World, UUID]:
    world = World()
    case = world.registers(at("2026-03-02"))
    world.forwards(case, at("2026-03-03"))
    return world, case


def served(world: World, case: UUID, happened: str, entered: str, by: str = "dept") -> UUID:
    """Serve the opinion; return the entry that says so."""
    return world.tell(
        OpinionServed, on=at(entered), stream=case, by=by, served_at=at(happened), **SERVED
    ).id  # fmt: skip


def confirm(world: World, case: UUID, fact: UUID) -> None:
    world.happens(
        case, FactConfirmed, at("2026-07-01"), case=case, fact=fact, entered_by="dept",
        confirmation=Confirmation.carrier, proof=uuid4(),
    )  # fmt: skip


def kinds(world: World, clock: Clock) -> list[type[Event]]:
    return [type(event) for event in world.said_of(clock)]


class TestDuty:
    """A unit's own late entry does not make it punctual; somebody outside it can bear out that it was."""

    def test_opinion_served_in_time_and_entered_late_is_a_breach_until_somebody_confirms(self):
        world, case = forwarded()
        world.accepts(case, at("2026-03-04"))
        fact = served(world, case, "2026-04-30", "2026-05-20")
        clock = world.the(case, "C5")
        assert clock.due_on == date(2026, 5, 6)  # 3 May is off, as are the 4th and the 5th
        assert (clock.outcome, clock.stopped_at) == (ClockOutcome.late, at("2026-05-20"))
        assert [one.corrected for one in world.cases[case].breaches if one.code == "C5"] == [False]
        confirm(world, case, fact)
        assert (clock.outcome, clock.stopped_at, clock.corrected) == (ClockOutcome.met, at("2026-04-30"), True)

    def test_breach_stays_on_record_beside_its_correction(self):
        """Breach is a permanent event; the correction shows before and after, who and by what."""
        world, case = forwarded()
        world.accepts(case, at("2026-03-04"))
        confirm(world, case, served(world, case, "2026-04-30", "2026-05-20"))
        clock = world.the(case, "C5")
        assert ClockBreached in kinds(world, clock)
        corrected = world.said_of(clock)[-1]
        assert isinstance(corrected, ClockCorrected)
        assert (corrected.outcome_before, corrected.outcome) == (ClockOutcome.late, ClockOutcome.met)
        assert (corrected.happened_at, corrected.entered_at) == (at("2026-04-30"), at("2026-05-20"))
        assert corrected.confirmation is Confirmation.carrier
        assert [one.corrected for one in world.cases[case].breaches if one.code == "C5"] == [True]

    def test_second_confirmation_changes_nothing(self):
        world, case = forwarded()
        world.accepts(case, at("2026-03-04"))
        fact = served(world, case, "2026-04-30", "2026-05-20")
        confirm(world, case, fact)
        before = len(world.events)
        confirm(world, case, fact)
        assert len(world.events) == before + 1

    def test_what_was_too_late_anyway_is_late_by_fewer_days_once_confirmed(self):
        world, case = forwarded()
        world.accepts(case, at("2026-03-04"))
        fact = served(world, case, "2026-05-08", "2026-05-20")
        confirm(world, case, fact)
        corrected = world.said_of(world.the(case, "C5"))[-1]
        assert isinstance(corrected, ClockCorrected)
        assert (corrected.outcome, corrected.days_over) == (ClockOutcome.late, 2)
        assert [one.corrected for one in world.cases[case].breaches if one.code == "C5"] == [False]

    def test_what_another_unit_enters_counts_at_once(self):
        world, case = forwarded()
        world.accepts(case, at("2026-03-04"))
        served(world, case, "2026-04-30", "2026-05-20", by="bureau")
        clock = world.the(case, "C5")
        assert clock.outcome is ClockOutcome.met
        assert kinds(world, clock)[-1] is ClockCorrected

    def test_entry_on_the_last_day_counts_even_if_the_watch_was_sooner(self):
        """The ledger may have an entry a moment after midnight that was made before."""
        world, case = forwarded()
        world.accepts(case, at("2026-03-04"))
        world.passes(at("2026-05-07", "00:00"))
        served(world, case, "2026-05-06", "2026-05-06")
        clock = world.the(case, "C5")
        assert clock.outcome is ClockOutcome.met
        corrected = world.said_of(clock)[-1]
        assert isinstance(corrected, ClockCorrected)
        assert corrected.confirmation is Confirmation.recorded_in_time

    def test_what_happened_sooner_counts_at_once_against_the_unit(self):
        """第三十四条: the sixty days run from when the notice was served, whenever it is entered."""
        world, case = forwarded()
        world.accepts(case, at("2026-03-10"), at("2026-03-17"))
        assert world.the(case, "C5").due_on == date(2026, 5, 9)


class TestRight:
    """A petitioner's time to ask ends no sooner than the entry lets anybody verify (第三十五条)."""

    def test_service_of_two_months_ago_begins_the_thirty_days_with_its_entry(self):
        world, case = forwarded()
        world.accepts(case, at("2026-03-04"))
        served(world, case, "2026-03-10", "2026-05-11")
        assert world.the(case, "C8").due_on == date(2026, 6, 10)
        assert world.the(case, "C8").open

    @pytest.mark.parametrize(
        ("entered", "due"), [("2026-03-11", "2026-04-09"), ("2026-03-13", "2026-04-09"), ("2026-03-16", "2026-04-15")]
    )
    def test_prompt_entry_leaves_the_day_of_service(self, entered: str, due: str):
        """Three working days after Tuesday the 10th is Friday the 13th."""
        world, case = forwarded()
        world.accepts(case, at("2026-03-04"))
        served(world, case, "2026-03-10", entered)
        assert world.the(case, "C8").due_on == date.fromisoformat(due)

    def test_request_received_in_time_and_entered_after_the_last_day_is_in_time(self):
        world, case = forwarded()
        world.accepts(case, at("2026-03-04"))
        served(world, case, "2026-03-10", "2026-03-10")
        world.passes("2026-04-12")
        assert world.the(case, "C8").lapsed
        world.happens(
            case, ReviewRequested, at("2026-04-13"), review_body="gov", received_at=at("2026-04-09"), document=uuid4()
        )
        assert (world.the(case, "C8").outcome, world.the(case, "C8").lapsed) == (ClockOutcome.met, False)


class TestWhoConfirms:
    """No unit moves its own clock (第四十三条至第四十五条)."""

    FACT: UUID = UUID(int=7)

    def confirm(
        self, fact: Fact, by: str, confirmation: Confirmation = Confirmation.verified, of: str | None = None, *,
        used: bool = False,
    ) -> None:  # fmt: skip
        proof = Proof(uuid4(), of, used)
        fact.confirm(UUID(int=1), self.FACT, "dept", by, {"office"}, confirmation, proof, at=at("2026-05-01"))

    @pytest.mark.parametrize("of", ["dept", "office"])
    def test_what_the_unit_has_deposited_itself_proves_nothing(self, of: str):
        with refuses(OwnProof):
            self.confirm(Fact.blank(Fact.stream_of(self.FACT)), "bureau", of=of)

    @pytest.mark.parametrize("of", [None, "bureau", "elsewhere"])
    def test_what_the_petitioner_or_somebody_outside_has_deposited_does(self, of: str | None):
        fact = Fact.blank(Fact.stream_of(self.FACT))
        self.confirm(fact, "bureau", of=of)
        assert fact.confirmation is Confirmation.verified

    def test_one_receipt_of_a_carrier_is_that_of_one_letter(self):
        with refuses(ProofUsed):
            self.confirm(Fact.blank(uuid4()), "bureau", Confirmation.carrier, used=True)
        fact = Fact.blank(Fact.stream_of(self.FACT))
        self.confirm(fact, "bureau", used=True)
        assert fact.exists

    @pytest.mark.parametrize("unit", ["dept", "office"])
    def test_neither_the_unit_nor_one_under_it(self, unit: str):
        with refuses(OwnFact):
            self.confirm(Fact.blank(Fact.stream_of(self.FACT)), unit)

    def test_somebody_outside_confirms_once(self):
        fact = Fact.blank(Fact.stream_of(self.FACT))
        self.confirm(fact, "bureau")
        with refuses(AlreadyConfirmed):
            self.confirm(fact, "bureau")

    def test_nobody_says_what_the_ledger_sees_by_itself(self):
        with refuses(NotAConfirmation):
            self.confirm(Fact.blank(uuid4()), "bureau", Confirmation.recorded_in_time)


class TestNoticeThatCameLate:
    """民法典 第二百零三条: a last day that turns out to be a day off was never the last day."""

    @staticmethod
    def off(*days: str) -> Calendar:
        notices = [Notice("假", date.fromisoformat(on), is_off_day=True) for on in days]
        return Calendar().with_year(Calendar().year(2026).merged(Year.of(2026, notices)))

    def count_anew(self, world: World, clock: Clock, calendar: Calendar, now: datetime) -> None:
        clock.recalculate(world.keeper.book.rule(clock.code), calendar, "rules", at=now)
        world._recorded([clock])  # what the watch does

    def test_breach_carries_a_correction_and_what_was_done_is_in_time(self):
        world, case = forwarded()
        world.accepts(case, at("2026-03-19"))  # C3 was due on the 18th
        clock = world.the(case, "C3")
        assert clock.outcome is ClockOutcome.late
        self.count_anew(world, clock, self.off("2026-03-18"), at("2026-04-01"))
        corrected = world.said_of(clock)[-1]
        assert isinstance(corrected, ClockCorrected)
        assert corrected.confirmation is Confirmation.calendar
        assert (corrected.due_before, corrected.due_on) == (date(2026, 3, 18), date(2026, 3, 19))
        assert (clock.outcome, clock.corrected) == (ClockOutcome.met, True)
        assert [breach.corrected for breach in world.cases[case].breaches] == [True]

    def test_duty_that_is_not_over_yet_runs_again(self):
        world, case = forwarded()
        world.passes(at("2026-03-19", "08:00"))
        clock = world.the(case, "C3")
        self.count_anew(world, clock, self.off("2026-03-18"), at("2026-03-19", "10:00"))
        assert str(clock.state) == "running"
        world.passes("2026-03-20")
        assert str(clock.state) == "breached"

    def test_later_day_that_helps_nobody_is_not_recorded(self):
        world, case = forwarded()
        world.passes("2026-03-25")
        clock = world.the(case, "C3")
        before = len(world.events)
        self.count_anew(world, clock, self.off("2026-03-18"), at("2026-03-25"))
        assert len(world.events) == before


def test_notice_of_acceptance_served_in_time_and_entered_late_is_owed_by_its_entry_until_confirmed():
    """第二十三条: the notice within fifteen days; the example of a department that posts it and enters it a week later."""
    world, case = forwarded()
    fact = world.tell(
        AcceptanceNotified, on=at("2026-03-25"), stream=case, by="dept", notice_no="1", served_at=at("2026-03-16"),
        case_officer="o", method=ServiceMethod.post, receipt=typed_before("R-1"),
    ).id  # fmt: skip
    assert world.the(case, "C3").outcome is ClockOutcome.late
    assert world.the(case, "C5").due_on == date(2026, 5, 15)  # from the 16th: sixty days, whoever looked when
    confirm(world, case, fact)
    assert world.the(case, "C3").outcome is ClockOutcome.met


def test_mutant_that_believes_the_unit_is_seen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Firing, "deed", property(lambda f: Deed(f.moment, f.record.at, None, f.record.id)))
    with pytest.raises(AssertionError):
        TestDuty().test_opinion_served_in_time_and_entered_late_is_a_breach_until_somebody_confirms()
