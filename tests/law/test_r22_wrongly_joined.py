"""第二十二条、第二十八条第一款: a petition that had joined the wrong case has one of its own; both stand on record."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.assignment import PetitionerParted
from contracts.event import typed_before
from contracts.intake import (
    CaseClassified,
    CaseDetached,
    CaseRegistered,
    PetitionAttached,
    PetitionDetached,
    UrgentMatterNoted,
)
from contracts.mediation import (
    DeliveryReturned,
    HandlingOpened,
    OpinionServed,
    PartingLearnt,
    PetitionerNotified,
    PetitionerServed,
    PetitionersLearnt,
)
from contracts.periods.book import midnight
from contracts.vocabulary import (
    Channel,
    ClockOutcome,
    Kind,
    Level,
    RegistrationState,
    Result,
    ReturnedPaper,
    ReturnReason,
    Route,
)
from services.accountability.clocks import rules
from services.assignment.domain.assigning import Assignment
from services.assignment.reactions import part
from services.chassis.errors import NotFound
from services.chassis.sent import Sent
from services.intake.domain import acceptance, classification, detaching, filing, grouping, urgency
from services.intake.domain.classification import NotReceivedHere
from services.intake.domain.detaching import DividedStays, FirstPetitionStays
from services.intake.domain.grouping import ConfidentialStaysApart
from services.intake.domain.registration import Registration
from services.mediation.domain import acceptance as acceptance_of
from services.mediation.domain import opinion, receiving
from services.mediation.domain.handling import Handling
from tests.assignment.test_domain import received
from tests.intake import filed
from tests.law.test_r34_waiting import HOUSING, SERVED, World
from tests.mediation.cases import SERVED as SERVED_ON
from tests.mediation.cases import UNIT, delivered, served
from tests.rules import at, refuses
from tests.units import COUNTY

CAME = at("2025-08-20")
NOW = filed.NOW


def joined(r: Registration, **more: Any) -> UUID:
    """Let somebody's letter join a case."""
    filing.attach(r, at=NOW, **filed.facts(received_at=CAME, registration_no="XF20250820-WRONGONE", **more))
    petition: UUID = next(event.petition for event in r.taken() if isinstance(event, PetitionAttached))
    return petition


def detached(r: Registration, petition: UUID, origin: Registration | None = None, **more: Any) -> Registration:
    """Return the case that a petition has of its own."""
    child = Registration.blank(uuid4())
    detaching.detach(r, origin or r, child, petition, uuid4(), COUNTY, at=NOW, **more)
    return child


def said(r: Registration, kind: type) -> Any:
    [event] = [event for event in r.taken() if isinstance(event, kind)]
    return event


class TestAtTheDoor:
    def test_case_of_its_own_is_received_when_and_where_the_petition_was(self):
        """第二十二条: the days count from the receipt, and the number stays what it was."""
        r = filed.classified()
        petition = joined(r, receiving_unit="RSJ", category=HOUSING, place="P-9")
        child = detached(r, petition, content_sha256="f" * 64)
        came = next(event for event in child.taken() if isinstance(event, CaseRegistered))
        assert (came.received_at, came.receiving_unit, came.direct) == (CAME, "RSJ", True)
        assert (came.registration_no, came.petition, came.place) == ("XF20250820-WRONGONE", petition, "P-9")
        assert (child.state, child.every_petition) == (RegistrationState.registered, (petition,))
        assert said(r, PetitionDetached).new_case == child.id
        assert (petition in r.every_petition, r.others, r.receivers) == (False, (), {"XFJ"})

    @pytest.mark.parametrize(("unit", "direct"), [("CLERK", True), ("RSJ", False), ("RSJ", None)])
    def test_whether_it_came_to_a_unit_itself_is_what_was_known_when_it_came(self, unit: str, direct: bool | None):
        """第二十三条第一款: who has received it tells it apart and keeps it, and owes no forwarding as a bureau does."""
        r = filed.classified()
        petition = joined(r, receiving_unit=unit, direct=direct)
        assert detached(r, petition).direct is (direct is not False)

    def test_each_claim_of_the_letter_goes_with_it(self):
        """第三十二条; of the case that it leaves none is dropped."""
        r = filed.classified()
        petition = joined(r, claims=3)
        assert (detached(r, petition, claims=3).claims, r.claims) == (3, 3)

    @pytest.mark.parametrize("state", [filed.registered, filed.answered, filed.closed])
    def test_whatever_has_become_of_the_wrong_case(self, state: Any):
        r = state()
        assert detached(r, joined(r)).received_at == CAME

    def test_what_the_case_is_about_stays(self):
        r = filed.classified()
        joined(r)
        with refuses(FirstPetitionStays):
            detached(r, next(iter(r.petitions)))
        with refuses(NotFound):
            detached(r, uuid4())

    def test_no_seal_is_opened(self):
        """第三十条第三款."""
        r = filed.reported()
        with refuses(ConfidentialStaysApart):
            detached(r, joined(r))

    def test_what_was_divided_is_answered_in_its_parts(self):
        r = filed.classified()
        petition, part = joined(r), Registration.blank(uuid4())
        grouping.split_into(r, [(part, _own())], at=NOW)
        with refuses(DividedStays):
            detached(r, petition)

    @pytest.mark.parametrize("unit", ["RSJ", "XFJ"])
    def test_unit_detaches_what_came_to_it(self, unit: str):
        """第二十八条第一款 分清责任."""
        r = filed.classified()
        petition = joined(r, receiving_unit="RSJ")
        if unit == "RSJ":
            detaching.must_be_theirs(r, petition, unit, COUNTY)
            return
        with refuses(NotReceivedHere):
            detaching.must_be_theirs(r, petition, unit, COUNTY)

    def test_nobody_accused_is_lost_on_either_side(self):
        """第二十八条第三款、第三十条第三款: nobody knows by which letter they were named."""
        r = filed.classified()
        petition = joined(r)
        classification.name_accused(r, ["RSJ"], ["officer-9"], COUNTY, at=NOW)
        filing.learn_recusal(r, "co-1", recused=True, at=NOW)
        child = detached(r, petition)
        for one in (r, child):
            assert (one.accused_units, one.accused_persons, one.recused) == (("RSJ",), ("officer-9",), {"co-1"})

    def test_bureau_passes_on_what_whoever_received_it_may_not_touch(self):
        r = filed.classified()
        petition = joined(r, receiving_unit="RSJ")
        classification.name_accused(r, ["RSJ"], [], COUNTY, at=NOW)
        assert detached(r, petition).receiving_unit != "RSJ"

    @pytest.mark.parametrize(("known_at", "urgent"), [(CAME, True), (CAME - timedelta(1), False)])
    def test_what_is_urgent_since_it_came_is_urgent_there_too(self, known_at: datetime, urgent: bool):
        """第二十五条."""
        r = filed.classified()
        petition = joined(r)
        urgency.note_urgency(r, known_at, at=NOW)
        noted = [event for event in detached(r, petition).taken() if isinstance(event, UrgentMatterNoted)]
        assert [(event.known_at, event.from_case) for event in noted] == [(known_at, None)] * urgent

    def test_who_is_left_is_as_anonymous_as_before(self):
        """第二十三条第二款: nobody owes a notice to who is gone."""
        r = filed.registered(anonymous=True)
        petition = joined(r)
        assert not r.anonymous
        detached(r, petition)
        event = said(r, PetitionDetached)
        assert (r.anonymous, r.unclear, event.anonymous, event.unclear) == (True, True, True, True)


def _own() -> dict[str, Any]:
    names = ("registration_no", "petition", "content", "content_sha256", "category", "place")
    return {name: filed.first()[name] for name in names}


class TestMergedByMistake:
    def test_each_petition_of_a_case_that_went_into_the_wrong_one_leaves_it(self):
        """第二十二条: with its own receipt, whichever of both was the earlier one."""
        other, r = filed.registered(received_at=CAME, came_from=Level.province), filed.classified()
        second = joined(other)
        grouping.merge_into(other, r, at=NOW)
        assert (r.received_at, len(r.every_petition)) == (CAME, 3)
        children = [detached(r, petition, other) for petition in (second, next(iter(other.petitions)))]
        assert [(child.received_at, child.came_from) for child in children] == [(CAME, None), (CAME, Level.province)]
        assert (len(r.every_petition), r.others, other.petitions) == (1, (), {})
        assert r.received_at == CAME, "what was brought forward stays so"
        assert sum(len(one.arrivals) for one in (r, other, *children)) == 3, "each is counted once"

    def test_both_go_their_ways_again(self):
        other, r = filed.registered(received_at=CAME), filed.classified()
        grouping.merge_into(other, r, at=NOW)
        child = detached(r, next(iter(other.petitions)), other)
        right = filed.classified()
        grouping.merge_into(child, right, at=NOW)
        assert right.received_at == CAME


class TestBehindTheDoor:
    def test_units_learn_that_somebody_is_told_and_answered_elsewhere(self):
        """第二十三条、第三十二条."""
        petition, assignment, handling = uuid4(), received(), Handling.blank(uuid4())
        assignment.join((petition,), at=NOW)
        receiving.learn_petitioners(handling, (petition,), at=NOW)
        for one in (assignment, handling):
            one.taken()
        event = PetitionDetached(
            originator_id=uuid4(), originator_version=9, timestamp=NOW, petition=petition, new_case=uuid4(),
            reasons=uuid4(), anonymous=False, unclear=False,
        )  # fmt: skip
        part(assignment, event, NOW)
        receiving.learn_parting(handling, petition, anonymous=False, unclear=False, at=NOW)
        assert [type(event) for one in (assignment, handling) for event in one.taken()] == [
            PetitionerParted, PartingLearnt,
        ]  # fmt: skip
        assert (assignment.others, handling.others, handling.unserved) == ((), (), ())
        part(assignment, event, NOW)
        receiving.learn_parting(handling, petition, anonymous=False, unclear=False, at=NOW)
        assert assignment.taken() + handling.taken() == []

    def test_what_came_back_from_who_left_holds_nothing_up(self):
        """第二十三条: neither at the door nor in the unit."""
        r, handling, petition = filed.classified(), Handling.blank(uuid4()), uuid4()
        receiving.learn_petitioners(handling, (petition,), at=NOW)
        mine = joined(r)
        for one, whose in ((handling, petition), (r, mine)):
            one.came_back |= {3: Sent(ReturnedPaper.notice, whose), 4: Sent(ReturnedPaper.notice, None)}
        receiving.learn_parting(handling, petition, anonymous=False, unclear=False, at=NOW)
        detached(r, mine)
        assert ({*handling.came_back}, {*r.came_back}) == ({4}, {4})
        assert said(r, PetitionDetached).came_back == (3,)

    def test_who_is_left_without_a_name_is_accepted_without_a_notice(self):
        """第二十三条第二款."""
        handling = Handling.blank(uuid4())
        handling.anonymous = handling.unclear = False
        receiving.learn_parting(handling, uuid4(), anonymous=True, unclear=True, at=NOW)
        assert (handling.anonymous, handling.unclear) == (True, True)

    def test_case_that_nobody_has_heard_of_has_nobody_to_part_with(self):
        blank = Assignment.blank(uuid4())
        blank.part(uuid4(), anonymous=True, unclear=True, at=NOW)
        assert blank.taken() == []


# ------------------------------------------------------------------------------- how long somebody has waited


def happened(kind: type, on: datetime, /, **fields: Any) -> Any:
    return kind(originator_id=uuid4(), originator_version=1, timestamp=on, **fields)


def opened(on: datetime) -> Any:
    return happened(
        HandlingOpened, on, unit="dept", unit_name="dept", registration_no="XF1", route=Route.petition_procedure,
        kind=Kind.appeal_for_resolution, anonymous=False, review_bodies=(), co_units=(), due_on=None,
    )  # fmt: skip


class TestSinceWhen:
    def test_answer_was_due_from_the_last_day_to_tell_of_it(self):
        """第三十四条: by the unit that had the wrong case, whichever came later, the case or the letter."""
        told = [opened(at("2026-03-02"))]
        for came, last in (("2026-03-01", date(2026, 3, 17)), ("2026-03-10", date(2026, 3, 25))):
            assert acceptance.waited_since(told, uuid4(), at(came)) == midnight(last)

    def test_or_from_when_they_were_told(self):
        petition, served_at = uuid4(), at("2026-03-05")
        notice = {"notice_no": "1", "served_at": served_at, **SERVED}
        told = [opened(at("2026-03-02")), happened(PetitionerNotified, served_at, petition=petition, **notice)]
        assert acceptance.waited_since(told, petition, at("2026-03-01")) == served_at
        assert acceptance.waited_since(told, uuid4(), at("2026-03-01")) != served_at

    def test_nobody_had_it(self):
        r = filed.classified()
        assert detaching.waits_since(r, joined(r), []) is None
        assert detaching.waits_since(r, next(iter(r.petitions)), [opened(NOW)]) is not None


# ------------------------------------------------------------------------------- the clocks


def joins(world: World, case: UUID, on: datetime, *, after_end: bool = False) -> UUID:
    petition = uuid4()
    world.happens(
        case, PetitionAttached, on, petition=petition, registration_no="XF2", channel=Channel.letter, received_at=on,
        receiving_unit="bureau", person_count=1, anonymous=False, content=uuid4(), content_sha256="a",
        after_end=after_end, further=not after_end,
    )  # fmt: skip
    if not after_end:
        world.happens(case, PetitionersLearnt, on, petitions=(petition,))
    return petition


def leaves(
    world: World, case: UUID, petition: UUID, received_at: datetime, on: datetime, waits_since: datetime | None = None
) -> UUID:
    """Let a petition have a case of its own, which the bureau tells apart at once."""
    child = uuid4()
    world.happens(case, PetitionDetached, on, petition=petition, new_case=child, reasons=uuid4())
    world.happens(
        child, CaseRegistered, on, registration_no="XF2", petition=petition, channel=Channel.letter,
        received_at=received_at, category=HOUSING, place="village", receiving_unit="bureau", person_count=1,
        anonymous=False, secrecy_requested=False, content=uuid4(), content_sha256="a",
    )  # fmt: skip
    world.happens(child, CaseDetached, on, from_case=case, reasons=uuid4(), waits_since=waits_since)
    world.happens(case, PartingLearnt, on, petition=petition, anonymous=False, unclear=False)
    world.happens(
        child, CaseClassified, on, registration_no="XF2", kind=Kind.appeal_for_resolution,
        route=Route.petition_procedure, category=HOUSING, place="village",
    )  # fmt: skip
    return child


def test_days_count_from_its_own_receipt_and_what_is_late_is_late_on_record():
    """第二十二条: fifteen days from receipt, wherever it lay meanwhile."""
    world = World()
    case = world.registers(at("2026-03-02"))
    petition = joins(world, case, at("2026-03-04"))
    child = leaves(world, case, petition, at("2026-03-04"), at("2026-04-10"))
    world.passes(at("2026-04-10"))
    clock = world.the(child, "C1")
    assert (clock.due_on, clock.breached, clock.holder) == (date(2026, 3, 19), True, "bureau")
    assert world.cases[case].petitions == 1


def test_nothing_more_is_owed_to_them_in_the_wrong_case():
    """第二十三条、第三十二条: what was served stays, and begins nothing."""
    world = World()
    case = world.registers(at("2026-03-02"))
    world.forwards(case, at("2026-03-03"))
    world.accepts(case, at("2026-03-04"))
    petition = joins(world, case, at("2026-03-05"))
    world.happens(case, OpinionServed, at("2026-03-10"), served_at=at("2026-03-10"), **SERVED)
    later = joins(world, case, at("2026-03-10"))
    world.happens(case, PetitionerServed, at("2026-03-11"), by="dept", petition=petition, served_at=at("2026-03-11"),
                  **SERVED)  # fmt: skip
    for one in (petition, later):
        leaves(world, case, one, at("2026-03-10"), at("2026-03-12"))
    theirs = [clock for clock in world.of(case) if clock.item in {str(petition), str(later)}]
    assert {clock.code for clock in theirs if clock.outcome is ClockOutcome.void} >= {"C3o", "C5o", "C8o"}
    assert not any(clock.open for clock in theirs)
    assert world.the(case, "C8").open
    assert world.cases[case].others == ()


def test_who_is_put_into_the_case_again_is_told_by_the_day_by_which_they_had_to_be():
    """第二十三条: back and forth gains nobody time (0033)."""
    world = World()
    case = world.registers(at("2026-03-02"))
    world.forwards(case, at("2026-03-03"))
    petition = joins(world, case, at("2026-03-04"))
    before = next(clock.due_on for clock in world.of(case) if clock.code == "C3o")
    leaves(world, case, petition, at("2026-03-04"), at("2026-03-10"))
    world.happens(case, PetitionersLearnt, at("2026-03-16"), petitions=(petition,))
    [again] = [clock for clock in world.of(case) if clock.code == "C3o" and clock.open]
    assert again.due_on == before


def test_and_can_be_told_again_for_that_is_owed_again():
    """第二十三条、第三十二条: what they were told and served before they left is over with that."""
    handling, petition = served(Result.explain), uuid4()
    receiving.learn_petitioners(handling, (petition,), at=SERVED_ON)
    told = delivered(SERVED_ON)
    acceptance_of.notify_another(handling, UNIT, petition, "1", told, at=SERVED_ON)
    opinion.serve_another(handling, UNIT, petition, told, at=SERVED_ON)
    receiving.learn_parting(handling, petition, anonymous=False, unclear=False, at=SERVED_ON)
    receiving.learn_petitioners(handling, (petition,), at=SERVED_ON)
    assert handling.unserved == (petition,)
    acceptance_of.notify_another(handling, UNIT, petition, "2", told, at=SERVED_ON)
    opinion.serve_another(handling, UNIT, petition, told, at=SERVED_ON)
    assert handling.unserved == ()


def test_what_came_back_from_them_is_not_owed_once_more_in_the_wrong_case():
    """第三十二条: an opinion about something else."""
    world, petition = World(), uuid4()
    case = world.registers(at("2026-03-02"))
    world.forwards(case, at("2026-03-03"))
    back = {"paper": ReturnedPaper.opinion, "returned_on": date(2026, 3, 20), "receipt": typed_before("T-1"),
            "reason": ReturnReason.moved}  # fmt: skip
    for entry, whose in ((7, petition), (8, uuid4())):
        world.happens(case, DeliveryReturned, at("2026-03-20"), by="dept", entry=entry, petition=whose, **back)
    world.happens(
        case, PartingLearnt, at("2026-03-21"), petition=petition, anonymous=False, unclear=False, came_back=(7,)
    )
    assert {clock.item: clock.open for clock in world.of(case) if clock.code == "D57"} == {"7": False, "8": True}


def test_who_came_after_the_end_has_the_same_day_in_their_own_case():
    """第二十二条."""
    world = World()
    case = world.registers(at("2026-03-02"))
    petition = joins(world, case, at("2026-03-20"), after_end=True)
    before = world.the(case, "C1")
    child = leaves(world, case, petition, at("2026-03-20"), at("2026-03-25"))
    assert (before.outcome, world.due(child, "C1")) == (ClockOutcome.void, before.due_on)
    assert any(clock.code == "C1" and clock.open for clock in world.of(case)), "the case's own runs on"


def test_delay_in_the_wrong_case_lengthens_nobodys_wait():
    """第三十四条: sixty days from the day on which they were told there, or had to be."""
    world = World()
    case = world.registers(at("2026-03-02"))
    world.forwards(case, at("2026-03-03"))
    petition = joins(world, case, at("2026-03-04"))
    child = leaves(world, case, petition, at("2026-03-04"), at("2026-04-20"), at("2026-03-19"))
    assert world.due(child, "C5") == date(2026, 5, 18)
    world.forwards(child, at("2026-04-21"), "other")
    world.accepts(child, at("2026-04-22"), unit="other")
    assert (world.due(child, "C5"), world.the(child, "C5").holder) == (date(2026, 5, 18), "other")


STEPS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["forward", "accept", "join", "leave", "serve", "wait"])), max_size=14
)


@settings(max_examples=100, deadline=None)
@given(steps=STEPS)
def test_case_is_as_if_what_has_left_it_had_never_joined(steps: list[tuple[int, str]]):
    """No day of the wrong case moves, and the petition's own are those of its receipt."""
    as_if_never_joined(steps)


def as_if_never_joined(steps: list[tuple[int, str]]) -> None:
    now, world, usual = at("2026-03-02"), World(), World()
    case, same = world.registers(now), usual.registers(now)
    there: dict[UUID, datetime] = {}
    joined: set[str] = set()
    done: set[str] = set()
    for days, what in [*steps, *[(0, "leave")] * len(steps)]:
        now += timedelta(days=days)
        for one in (world, usual):
            one.passes(now)
        follows = {"forward": set(), "accept": {"forward"}, "serve": {"accept"}}
        if what == "join":
            petition = joins(world, case, now)
            there[petition] = now
            joined.add(str(petition))
        elif what == "leave" and there:
            petition, came = there.popitem()
            child = leaves(world, case, petition, came, now)
            alone = World()
            assert world.due(child, "C1") == alone.due(alone.registers(came), "C1")
        elif what in follows and what not in done and follows[what] <= done:
            done.add(what)
            for one, of in ((world, case), (usual, same)):
                if what == "forward":
                    one.forwards(of, now)
                elif what == "accept":
                    one.accepts(of, now)
                else:
                    one.happens(of, OpinionServed, now, by="dept", served_at=now, **SERVED)
    found, wanted = ([(c.code, c.due_on, c.open, c.breached) for c in one.of(of) if c.item is None]
                     for one, of in ((world, case), (usual, same)))  # fmt: skip
    assert sorted(found, key=str) == sorted(wanted, key=str), "a day of the wrong case has moved"
    assert not any(clock.open for clock in world.of(case) if clock.item in joined)


def test_checker_sees_a_case_that_loses_its_day_with_what_leaves_it(monkeypatch: pytest.MonkeyPatch):
    """MUTANT: whatever has left, the bureau need not hand the case on any more."""
    triggers = rules.in_force().rule("C1").triggers
    [leaving] = [trigger for trigger in triggers if trigger.event == "intake.PetitionDetached"]
    monkeypatch.setitem(vars(leaving), "item", "")
    with pytest.raises(AssertionError, match="has moved"):
        as_if_never_joined([(1, "join"), (1, "leave")])
