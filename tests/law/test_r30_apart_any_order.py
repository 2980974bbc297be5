"""第三十条第三款、第三十四条: what turns out to be a report, and perhaps none after all, however late each service hears it.

Four services in memory, none of which hears of the others at once, tell what becomes of a few cases. What they have
recorded reaches the ledger in any order in which Kafka may bring it, and the watch looks at the clocks meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.accountability import ClockBreached, ClockLapsed
from contracts.assignment import CaseForwarded, CaseLeft, CaseRecalled
from contracts.envelope import Cause, Record
from contracts.intake import CaseClassified, CaseRegistered, CaseSetApart, CaseWithdrawn, NotAcceptedNotified
from contracts.mediation import OpinionServed, PetitionerServed, PetitionersLearnt
from contracts.vocabulary import (
    Channel,
    ClockKind,
    ClockOutcome,
    ContentCategory,
    Kind,
    LeavingReason,
    NotAcceptedGround,
    Role,
    Route,
)
from services.accountability.case import Case
from services.accountability.clocks import keeper, retelling
from services.accountability.clocks.effects import Clocks
from services.assignment.domain.assigning import Assignment
from services.chassis.context import By
from services.chassis.errors import DomainError
from services.intake.domain import acceptance, classification, filing, grouping, withdrawal
from services.intake.domain.registration import Registration
from services.mediation.domain.delivery import Delivery
from services.mediation.domain.handling import Handling
from tests.law.ledger import OWN, Ledger
from tests.law.test_duties_kinds import KINDS
from tests.law.test_duties_kinds import Kind as Duty
from tests.law.test_r34_any_order import Fact, Story, amount, due
from tests.law.test_r34_any_order import interleaved as in_any_order
from tests.law.test_r34_waiting import HOUSING, SERVED, handed
from tests.law.test_r34_waiting import World as Waiting
from tests.lifecycle.test_walk import DETOURS, DIRECTORY, MORE, ONWARDS, SERVICE_OF, Drawn, commands
from tests.lifecycle.world import World
from tests.rules import at

SERVICES: Final = ("intake", "assignment", "mediation")
PETITION: Final[dict[str, Any]] = {"category": ContentCategory.housing, "place": "village"}
REPORT: Final[dict[str, Any]] = {"kind": Kind.report_accusation, "route": Route.discipline_supervision}
APPEAL: Final[dict[str, Any]] = {"kind": Kind.appeal_for_resolution, "route": Route.petition_procedure}


class Offices(World):
    """Services that hear of each other when somebody lets them."""

    def __init__(self) -> None:
        super().__init__()
        self.directories.current = DIRECTORY
        self.now = at("2026-01-05", "09:00")
        self.inbox: dict[str, list[Record]] = defaultdict(list)

    def settle(self) -> None:
        """Put on record what was said; nobody hears it yet."""
        self.now += timedelta(seconds=1)
        while self._waiting:
            self.ledger.append(record := self._waiting.pop(0))
            for service in SERVICES:
                self.inbox[service].append(record)

    def hear(self, service: str) -> None:
        """Let a service hear what has been said."""
        heard, self.inbox[service] = self.inbox[service], []
        for record in heard:
            for reaction in self.reactions[service].table.get(record.type, ()):
                self._react(service, reaction, record, record.event())
        self.settle()


class Prompt(Drawn):
    """Draws what is done as it is entered."""

    def value(self, name: str, hint: Any, aggregate: Any) -> Any:
        if hint is datetime:
            return self.world.now
        drawn = super().value(name, hint, aggregate)
        return drawn._replace(served_at=self.world.now) if isinstance(drawn, Delivery) else drawn


class Tale:
    """What becomes of a few cases, of which some turn out to be reports, and some of these to be none."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.world = Offices()
        self.cases: list[UUID] = []
        for _ in range(random.choice((1, 1, 2))):
            self._register()
        often = random.choice((1, 2, 5))
        for _ in range(random.randrange(6, 50)):
            self._step(often)
        while any(self.world.inbox.values()):
            for service in SERVICES:
                self.world.hear(service)

    @property
    def said(self) -> list[Record]:
        return self.world.ledger

    def _register(self) -> None:
        random, r = self.random, Registration.blank(uuid4())
        direct = random.random() < 0.2
        filing.register(
            r, at=self.world.now, direct=direct, secrecy_requested=False, unclear=random.random() < 0.1,
            channel=Channel.letter, received_at=self.world.now - timedelta(days=random.choice((0, 0, 3))),
            receiving_unit="dept" if direct else "bureau", person_count=1, anonymous=random.random() < 0.1,
            **PETITION | self._letter(),
        )  # fmt: skip
        self.cases.append(r.id)
        self._store(r)

    def _letter(self) -> dict[str, Any]:
        return {
            "registration_no": "XF20260105-ABCDEFGH", "petition": uuid4(), "content": uuid4(),
            "content_sha256": "a" * 64,
        }  # fmt: skip

    def _store(self, *some: Any) -> None:
        for one in some:
            self.world.stores[SERVICE_OF[type(one)]].store(one, self.world.by(Role.bureau_officer))
        self.world.settle()

    def _load(self, kind: type, case: UUID) -> Any:
        return kind.folded(case, self.world.stores[SERVICE_OF[kind]].streams[case])

    def _step(self, often: int) -> None:
        random, world = self.random, self.world
        world.now += timedelta(days=random.choice((0, 0, 0, 1, 2, 9)), minutes=random.choice((0, 0, 1, 30)))
        for service in random.sample(SERVICES, 3):
            if random.random() < 0.7:
                world.hear(service)
        acts = {
            self._on: 14, self._astray: 4, self._turn: often, self._merge: 1, self._split: 1, self._withdraw: 1,
            self._put_right: 2,
        }  # fmt: skip
        [act] = random.choices(list(acts), list(acts.values()))
        try:
            act(random.choice(self.cases))
        except DomainError:
            return

    def _on(self, case: UUID) -> None:
        for kind, name, known in self.random.sample(ONWARDS, len(ONWARDS)):
            if self._does(kind, name, case, APPEAL | known if name == "classify" else known):
                return

    def _astray(self, case: UUID) -> None:
        for kind, name, known in self.random.sample(DETOURS, len(DETOURS)):
            if name != "rate" and self._does(kind, name, case, known):
                return

    def _does(self, kind: type, name: str, case: UUID, known: dict[str, Any]) -> bool:
        one = self._load(kind, case)
        if not one.exists or (kind is Handling and one.set_apart):
            return False
        if kind is Assignment and one.left is LeavingReason.sealed:
            return False
        method, more = partial(commands(kind)[name], one), MORE.get(name, {})
        arguments = Prompt(self.world, case, self.random).arguments(one, method, {**known, **more})
        try:
            method(**arguments | more)
        except DomainError:
            return False
        self._store(one)
        return True

    def _turn(self, case: UUID) -> None:
        """Let it turn out to be a report, or none after all."""
        r, told = self._load(Registration, case), PETITION | {"directory": DIRECTORY, "at": self.world.now}
        told = {name: value for name, value in told.items() if name != "place"} | {"unit": "bureau"}
        if r.kind is None:
            classification.classify(r, **REPORT, **told)
        else:
            settled = self._load(Handling, case).result is not None
            turned = APPEAL if r.set_apart else REPORT
            classification.correct(r, **turned, reasons=uuid4(), settled=settled or r.organ is not None, **told)
        self._store(r)

    def _merge(self, case: UUID) -> None:
        one, other = self._load(Registration, case), self._load(Registration, self.random.choice(self.cases))
        grouping.merge_into(one, other, at=self.world.now)
        self._store(one, other)

    def _split(self, case: UUID) -> None:
        parent, children = self._load(Registration, case), [Registration.blank(uuid4()) for _ in range(2)]
        if len(self.cases) < 4:
            grouping.split_into(parent, [(child, PETITION | self._letter()) for child in children], at=self.world.now)
            self.cases += [child.id for child in children]
            self._store(parent, *children)

    def _withdraw(self, case: UUID) -> None:
        r = self._load(Registration, case)
        withdrawal.request_withdrawal(r, uuid4(), DIRECTORY, at=self.world.now)
        self._store(r)

    def _put_right(self, case: UUID) -> None:
        r = self._load(Registration, case)
        acceptance.put_right(r, "government", uuid4(), at=self.world.now)
        self._store(r)


def facts(said: Sequence[Record]) -> list[Fact]:
    """Return records as what one service says of a case, and what it answers."""
    causes = [record.about().cause for record in said]
    return [
        Fact(r.id, r.case or r.stream, r.event(), r.about().unit, None if cause is None else cause.id)
        for r, cause in zip(said, causes, strict=True)
    ]


def taken_in(order: Sequence[Fact], until: datetime, looks: Random | None = None) -> Ledger:
    """Return the ledger that has taken facts in, in this order, with looks of the watch in between."""
    ledger, now = Ledger(DIRECTORY), order[0].event.timestamp
    del ledger.cases[ledger.key]
    for fact in order:
        now = max(now, fact.event.timestamp)
        ledger.enter(fact.event, fact.case, fact.by, fact.key, fact.cause and Cause("", 0, 0, fact.cause))
        if looks is not None and looks.random() < 0.3:
            look(ledger, now)
    look(ledger, until)
    return ledger


def look(ledger: Ledger, now: datetime) -> None:
    by = By(
        actor="watch", unit=OWN, role=Role.system, at=now, clock=ClockKind.real, request_id="watch", command_id=uuid4()
    )
    for about in list(ledger.clocks.about):
        cases = (ledger.cases[clock.of] for clock in ledger.clocks.about[about] if clock.of in ledger.cases)
        case = next(cases, Case(uuid4()))
        ledger._recorded(ledger.keeper.over(about, case, now, ledger.clocks, ledger.calendar, by))


def of_the_first(ledger: Ledger) -> list[tuple[str, ...]]:
    """Return what counts of the clocks; who else is to be told begins when the handling hears of them (C3o)."""
    return [clock for clock in amount(ledger) if clock[1] != "C3o"]


def known(ledger: Ledger) -> dict[UUID, tuple[Any, ...]]:
    """Return who may know of each case, as far as that is a secret."""
    return {key: (one.set_apart, one.sealed, one.kept_for) for key, one in ledger.cases.items()}


@settings(max_examples=60, deadline=None, report_multiple_bugs=False)
@given(st.integers(0, 2**32))
def test_every_order_and_every_look_gives_the_same_clocks_and_tells_nobody(dice: int):
    random = Random(dice)  # worlds, not secrets
    tale = Tale(random)
    told, until = facts(tale.said), tale.world.now + timedelta(days=100)
    plain = taken_in(told, until)
    for looks in (None, random, random):
        ledger = taken_in(in_any_order(random, told), until, looks)
        assert of_the_first(ledger) == of_the_first(plain)
        assert known(ledger) == known(plain)
        for key, case in ledger.cases.items():
            if case.set_apart:
                assert (case.kept_for, case.parties) == ((), [])
                assert not [clock for clock in ledger.all() if clock.of == key and clock.open]
            else:
                assert case.state != "set_apart"


# ------------------------------------------------------------------------------ one by one


def forwarded_on_2_march() -> tuple[Story, UUID]:
    """A case that a department is to tell of until 17 March, by hand."""
    story = Story(at("2026-02-27"))
    case = story.registers(at("2026-02-27"))
    story.now = at("2026-03-02", "09:03")
    story.forwards(case)
    return story, case


def taken_for_a_report(story: Story, case: UUID, since: str, until: str) -> None:
    """What is set apart on one day and brought back on another."""
    story.now = at(since)
    story.sets_apart(case)
    story.now = at(until)
    story.comes_back(case)


EVERY_ORDER = pytest.mark.parametrize("dice", range(12))


def heard(story: Story, dice: int, until: datetime | None = None) -> Ledger:
    return taken_in(in_any_order(Random(dice), story.facts), until or story.now)


@EVERY_ORDER
def test_what_comes_back_is_with_nobody_whoever_had_it(dice: int):
    """第二十二条: it is handed on anew, and shows so, whether the unit is known to have lost it before or after."""
    story, case = forwarded_on_2_march()
    taken_for_a_report(story, case, "2026-03-05", "2026-03-10")
    back = heard(story, dice).cases[case]
    assert (back.state, back.unit, back.set_apart) == ("classified", None, False)


@EVERY_ORDER
def test_who_was_told_by_nobody_waits_since_the_day_by_which_the_first_unit_had_to(dice: int):
    """第三十四条: that it was taken for a report meanwhile lengthens nobody's wait: 17 March, and sixty days."""
    story, case = forwarded_on_2_march()
    taken_for_a_report(story, case, "2026-03-05", "2026-03-10")
    story.now = at("2026-03-30")
    story.forwards(case)
    story.now = at("2026-04-10")
    story.accepts(case)
    assert due(heard(story, dice), case) == date(2026, 5, 18)  # Saturday the 16th moves on


@EVERY_ORDER
def test_what_comes_back_is_to_be_answered_by_the_day_that_it_had_with_what_that_was_extended_by(dice: int):
    """第三十四条: accepted on 3 March, so until 6 May, and thirty days more from 2 May: until 1 June, by hand."""
    story, case = forwarded_on_2_march()
    story.now = at("2026-03-03")
    story.accepts(case)
    story.now = at("2026-04-20")
    story.extends(case, 30)
    taken_for_a_report(story, case, "2026-04-22", "2026-04-24")
    assert due(heard(story, dice), case) == date(2026, 6, 1)


@EVERY_ORDER
def test_who_had_joined_what_comes_back_waits_no_longer(dice: int):
    """第三十四条: one was told on 4 March and joined a case that nobody has: until 6 May there, also when it comes back."""
    story, case = forwarded_on_2_march()
    other = story.registers(story.now)
    story.now = at("2026-03-04")
    story.accepts(case)
    story.now = at("2026-03-10")
    story.merges(case, other)
    story.now = at("2026-03-12")
    story.says(other, CaseSetApart, by="organ")
    story.now = at("2026-03-20")
    story.comes_back(other)
    assert due(heard(story, dice), other) == date(2026, 5, 6)


@EVERY_ORDER
def test_acceptance_by_who_has_not_heard_that_it_lay_apart_counts_when_it_comes_back(dice: int):
    """第三十四条: who was told waits from then, whatever the department knew: from 6 March until 5 May, which is off."""
    story, case = forwarded_on_2_march()
    story.now = at("2026-03-05")
    story.says(case, CaseSetApart, by="organ")
    story.now = at("2026-03-06")
    story.accepts(case)
    story.now = at("2026-03-10")
    story.comes_back(case)
    story.says(case, CaseRecalled, "intake", by="bureau", unit="dept")
    ledger = heard(story, dice)
    assert due(ledger, case) == date(2026, 5, 6)
    assert amount(ledger) == amount(heard(story, dice + 1))


def is_withdrawn(story: Story, case: UUID) -> None:
    story.says(case, CaseWithdrawn, by="bureau", document=uuid4())


def is_not_accepted(story: Story, case: UUID) -> None:
    story.says(
        case, NotAcceptedNotified, by="bureau", unit="bureau", ground=NotAcceptedGround.pending_below,
        competent_body="dept", notice_no="1", served_at=story.now, **SERVED,
    )  # fmt: skip


@EVERY_ORDER
@pytest.mark.parametrize(("ends", "state"), [(is_withdrawn, "withdrawn"), (is_not_accepted, "not_accepted")])
def test_what_comes_in_after_the_end_at_the_door_starts_nothing(
    ends: Callable[[Story, UUID], None], state: str, dice: int
):
    """第十七条、第二十三条: in what has ended nobody is owed an answer, nor has anybody missed one."""
    story, case = forwarded_on_2_march()
    story.now = at("2026-03-04")
    story.accepts(case)
    story.now = at("2026-03-05")
    ends(story, case)
    ledger = heard(story, dice, at("2026-07-01"))
    assert ledger.cases[case].state == state
    assert not [clock.code for clock in ledger.all() if clock.of == case and (clock.open or clock.code == "D49")]


def is_divided(story: Story, case: UUID) -> None:
    story.splits(case, 2)


@EVERY_ORDER
@pytest.mark.parametrize("ends", [is_withdrawn, is_divided])
def test_what_was_missed_before_the_end_is_supervised_whichever_comes_in_first(
    ends: Callable[[Story, UUID], None], dice: int
):
    """第四十条第一款: over on 6 May, by hand, and five working days more, Saturday the 9th being one: in June it ends, too late."""
    story, case = forwarded_on_2_march()
    story.now = at("2026-03-04")
    story.accepts(case)
    story.now = at("2026-06-01")
    ends(story, case)
    owed = [
        (clock.code, clock.holder, clock.due_on)
        for clock in heard(story, dice).all()
        if clock.of == case and clock.open
    ]
    assert owed == [("D49", "bureau", date(2026, 5, 12))]


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.of_case], ids=lambda kind: kind.code)
def test_nobody_owes_anything_in_what_lies_apart_by_whatever_stream_it_is_told(kind: Duty):
    """第三十条第三款: also by a card, an instruction, a decision of a conference, of whoever has not heard of that."""
    ledger = Ledger(case_officer="officer-1", sponsor="leader-1", organ="discipline", review_served_at=at("2025-03-03"))
    ledger.tell(CaseSetApart)
    ledger.tell(CaseLeft, reason=LeavingReason.sealed)
    if kind.code != "D47":  # it is owed in what has ended otherwise
        kind.begin(ledger, uuid4())
    assert ledger.duties() == []


# -------------------------------------------------------------------- who has looked too early


def test_who_has_looked_before_the_case_was_known_to_lie_apart_has_seen_nothing_missed():
    """第三十条第三款: what was over in time is no breach, whoever has looked before that came in."""
    story, case = forwarded_on_2_march()
    story.now = at("2026-03-05")
    story.sets_apart(case)
    ledger = taken_in(story.facts[:3], at("2026-03-20"))
    assert [one.corrected for one in ledger.cases[case].breaches] == [False]
    for fact in story.facts[3:]:
        ledger.enter(fact.event, case, fact.by, fact.key, fact.cause and Cause("", 0, 0, fact.cause))
    assert [one.corrected for one in ledger.cases[case].breaches] == [True]


def direct(story: Story) -> UUID:
    """A case that was brought to the department itself, which is to tell of it within fifteen days."""
    case = uuid4()
    story.says(
        case, CaseRegistered, by="dept", registration_no="XF1", petition=uuid4(), channel=Channel.letter,
        received_at=story.now, category=HOUSING, place="village", receiving_unit="dept", person_count=1, direct=True,
        anonymous=False, secrecy_requested=False, content=uuid4(), content_sha256="a",
    )  # fmt: skip
    return case


def told_apart(story: Story, case: UUID) -> None:
    story.says(case, CaseClassified, by="dept", registration_no="XF1", **APPEAL, category=HOUSING, place="village")


def test_what_follows_from_a_breach_that_was_none_is_none_either():
    """第三十四条: who has forwarded it in time has missed nothing, and no sixty days begin with that."""
    story = Story(at("2026-03-02"))
    case = direct(story)
    told_apart(story, case)
    story.now = at("2026-03-16")
    story.forwards(case)
    ledger = taken_in(story.facts[:2], at("2026-03-20"))
    fact = story.facts[2]
    ledger.enter(fact.event, case, fact.by, fact.key, fact.cause and Cause("", 0, 0, fact.cause))
    assert due(ledger, case) is None
    assert [one.corrected for one in ledger.cases[case].breaches] == [True]


def test_who_is_served_once_more_in_time_may_ask_anew_whoever_has_looked_before_that_came_in():
    """第三十五条: served on 4 March and anew on the 30th: until 29 April, by hand; what lapsed on 3 April counts for nothing."""
    story, case = forwarded_on_2_march()
    story.now = at("2026-03-04")
    story.accepts(case)
    story.serves(case)
    story.now = at("2026-03-30")
    story.says(case, OpinionServed, "assignment", again=True, served_at=story.now, **SERVED)
    ledger = taken_in(story.facts[:-1], at("2026-04-10"))
    fact = story.facts[-1]
    ledger.enter(fact.event, case, fact.by, fact.key, fact.cause and Cause("", 0, 0, fact.cause))
    rights = [(clock.outcome, clock.due_on, clock.open) for clock in ledger.all() if clock.code == "C8"]
    assert rights == [(ClockOutcome.void, date(2026, 4, 3), False), (None, date(2026, 4, 29), True)]


def test_who_is_served_once_more_in_time_is_no_witness_for_whose_time_to_ask_is_over():
    """第三十五条: two were served on 10 March, and one of them anew on the 30th: the other one's time ended on 9 April."""
    world, case = Waiting(), uuid4()
    first, other = uuid4(), uuid4()
    for petition in (first, other):
        world.happens(case, PetitionerServed, at("2026-03-10"), petition=petition, served_at=at("2026-03-10"), **SERVED)
    world.passes(at("2026-04-20"))
    world.happens(case, PetitionerServed, at("2026-03-30"), petition=first, served_at=at("2026-03-30"), **SERVED)
    rights = [(clock.item, clock.lapsed, clock.outcome) for clock in world.of(case) if clock.code == "C8o"]
    assert rights == [(str(first), False, ClockOutcome.void), (str(other), True, None), (str(first), False, None)]


def test_what_is_put_right_of_one_petitioner_is_not_put_right_of_another():
    """第二十三条: two were to be told on one day; who was told in time is no witness for who was not."""
    world, others = Waiting(), (uuid4(), uuid4())
    case = world.registers(at("2026-03-02"))
    world.happens(case, CaseForwarded, at("2026-03-03"), **handed("dept"))
    world.happens(case, PetitionersLearnt, at("2026-03-03"), petitions=others)
    world.passes(at("2026-03-20"))
    first = next(clock for clock in world.of(case) if clock.code == "C3o")
    first.agree(None, uuid4(), at=at("2026-03-21"))
    world._recorded([first])
    assert [one.corrected for one in world.cases[case].breaches if one.code == "C3o"] == [True, False]


class TestMutants:
    """The tests see what they are there to see."""

    def test_what_follows_from_what_is_told_anew_happens_once_more(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(keeper, "_has_followed", lambda event: isinstance(event, ClockBreached | ClockLapsed))
        with pytest.raises(AssertionError):
            for dice in range(12):
                test_what_was_missed_before_the_end_is_supervised_whichever_comes_in_first(is_withdrawn, dice)

    def test_right_that_was_found_lapsed_stays_so(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(Clocks, "lapsed", lambda *_: [])
        with pytest.raises(AssertionError):
            test_who_is_served_once_more_in_time_may_ask_anew_whoever_has_looked_before_that_came_in()

    def test_entry_that_is_behind_is_taken_as_it_comes(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(retelling, "behind", lambda *_: False)
        with pytest.raises(AssertionError):
            test_every_order_and_every_look_gives_the_same_clocks_and_tells_nobody()

    def test_who_has_not_heard_of_it_makes_somebody_owe_something(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(keeper, "_lies_apart", lambda *_: False)
        with pytest.raises(AssertionError):
            test_nobody_owes_anything_in_what_lies_apart_by_whatever_stream_it_is_told(KINDS["r18_instruction"])
