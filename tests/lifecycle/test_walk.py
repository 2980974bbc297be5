"""Random walks over the whole life of a case: whatever anybody tries, in whatever order, certain things hold.

Every public method of the three aggregates that decide about a case is a command; what it is given is drawn by the type
of each parameter. After each step: nobody's case (件件有着落) there is none, nothing that the regulation does not know
was accepted, breaches stay, and due dates move only for what the law names. At the end every prefix of every stream
amounts to the state that was live then. `HUIYIN_TEST_STEPS` says how many steps are walked.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from random import Random
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contracts.event import typed_before
from contracts.mediation import DeliveryReturned
from contracts.periods.book import Extension
from contracts.periods.calendar import LEGAL_TIME, day
from contracts.vocabulary import (
    Channel,
    ClockNature,
    ContentCategory,
    Kind,
    Level,
    RecordKind,
    Result,
    ReturnedPaper,
    ReturnReason,
    ReviewResult,
    Role,
    Route,
    ServiceMethod,
    Side,
    Term,
    TerminationGround,
    UnitKind,
)
from services.accountability.clocks import effects, rules
from services.accountability.clocks.keeper import Keeper
from services.accountability.clocks.rules import Act, RuleBook, Trigger
from services.assignment.domain.assigning import Assignment, Dispute, Told
from services.chassis.directory import Directory, Entry, Post
from services.chassis.errors import DomainError
from services.intake.domain import acceptance as not_accepting
from services.intake.domain import (
    claims,
    classification,
    collective,
    detaching,
    filing,
    grouping,
    rating,
    track,
    urgency,
    withdrawal,
)
from services.intake.domain.registration import Registration
from services.mediation.domain import (
    acceptance,
    answers,
    ending,
    inquiry,
    mediating,
    opinion,
    remedy,
    returning,
    sessions,
    timing,
)
from services.mediation.domain.delivery import Delivery
from services.mediation.domain.handling import Handling
from tests.lifecycle.oracle import ANSWERED, ENDED, Story
from tests.lifecycle.world import World, receipt_of
from tests.sizes import size

EXAMPLE_STEPS: Final = 120
CASES_MAX: Final = 3
LATELY: Final = 30
"""More entries of the ledger than one command leads to."""
WAITED_FOR: Final = frozenset({"C1", "C2", "C3", "C5"})
"""What a petitioner waits for before there is an answer; nothing that happens to cases makes that longer."""
ACTORS: Final = ("co-1", "co-2", "head-1", "reviewer-1", "rechecker-1", "presider-1")
STAFF: Final = {
    actor: Post((Role.unit_head if actor == "head-1" else Role.case_officer,)) for actor in ACTORS
}  # fmt: skip
DIRECTORY: Final = Directory.of(
    [
        Entry("dept", "dept", Level.county, UnitKind.department, "government", "city-dept", officers=STAFF),
        Entry("town", "town", Level.township, UnitKind.township, "government", officers=STAFF),
        Entry("government", "government", Level.county, UnitKind.government, "city", officers=STAFF),
        Entry("city-dept", "city-dept", Level.city, UnitKind.department, "city", officers=STAFF),
        Entry("city", "city", Level.city, UnitKind.government, officers=STAFF),
        Entry("court", "court", Level.county, UnitKind.political_legal_organ, "government", officers=STAFF),
    ]
)
UNITS: Final = tuple(DIRECTORY.units)
SERVICE_OF: Final = {Registration: "intake", Assignment: "assignment", Handling: "mediation"}
NOT_COMMANDS: Final = {
    # what reactions do, what needs another aggregate, and what commands are made of
    "start", "apply", "taken", "record", "exhaust", "learn_answer", "unlearn_answer", "open", "give_back", "stop", "count_visitors",
    "learn_objection", "settle_objection", "learn_withdrawal", "come_under_six_one", "complete_six_one", "redo_report",
    "begin_hearing", "end_hearing", "pass_on", "carry_on", "part", "take_along",
    "accuse", "complain_of", "carry_over", "learn_accused", "recall", "hand_to_lead", "leave_to_courts", "receive", "leave", "come_back",
    "set_apart", "take_back", "keep_receipt", "take_for_report", "learn_claims", "hold", "tell_claims", "go_on_for_others", "go_on_elsewhere",
    "serve_notice_again", "learn_classification", "learn_route", "leave_simple_way", "receive_report", "trigger_event", "collect_events",
}  # fmt: skip


CHAPTERS: Final = {
    Registration: (claims, classification, collective, track, not_accepting, urgency, withdrawal, rating),
    Handling: (acceptance, timing, inquiry, mediating, sessions, opinion, answers, remedy, ending, returning),
}
"""Where the decisions on an aggregate stand that are no methods of it."""


@cache
def commands(kind: type) -> Mapping[str, Callable[..., Any]]:
    """The public functions over an aggregate that take a moment: its commands."""
    found: dict[str, Callable[..., Any]] = {}
    for room in (kind, *CHAPTERS.get(kind, ())):
        for name, function in inspect.getmembers(room, inspect.isfunction):
            here = room is kind or function.__module__ == room.__name__
            takes_moment = "at" in inspect.signature(function).parameters
            if here and takes_moment and not name.startswith(("_", "must_")) and name not in NOT_COMMANDS:
                found[name] = function
    return found


ALL: Final = tuple((kind, name) for kind in SERVICE_OF for name in sorted(commands(kind)))
ONWARDS: Final = (
    (Registration, "classify", {}),
    (Assignment, "hand", {}),
    (Assignment, "route_out", {}),
    (Registration, "open_track", {}),
    (Handling, "notify_acceptance", {}),
    (Handling, "accept", {}),
    (Handling, "put_on_record", {"kind": RecordKind.statement_heard}),
    (Handling, "put_on_record", {"kind": RecordKind.facts_verified}),
    (Handling, "reply_to_suggestion", {}),
    (Handling, "import_procedure", {}),
    (Handling, "confirm_docketing", {}),
    (Handling, "issue_opinion", {}),
    (Handling, "serve_opinion", {}),
    (Handling, "notify_another", {}),
    (Handling, "serve_another", {}),
    (Handling, "prove_execution", {}),
    (Handling, "request_review", {}),
    (Handling, "serve_review", {}),
    (Handling, "serve_on_another", {"recheck": False}),
    (Handling, "request_recheck", {}),
    (Handling, "serve_recheck", {}),
    (Handling, "submit_report", {}),
    (Handling, "serve_on_another", {"recheck": True}),
    (Handling, "close", {}),
    (Handling, "terminate", {"ground": TerminationGround.rechecked}),
)
"""The way of most cases, so that walks get far."""


NOTICE: Final = {
    "unit": "bureau",
    "competent_body": "dept",
    "notice_no": "不〔2025〕1号",
    "method": "post",
    "receipt": typed_before("R-1"),
}
MORE: Final[dict[str, dict[str, Any]]] = {
    "not_accept": NOTICE | {"pending": None, "handling": None, "same_person": False, "handed_on": True},
    "no_longer_accept": {name: NOTICE[name] for name in ("notice_no", "method", "receipt")},
    "answer_repeat": {name: NOTICE[name] for name in ("notice_no", "method", "receipt")},
}
"""What a command is given beside what its signature tells."""


DETOURS: Final = (
    (Assignment, "object", {}),
    (Assignment, "decide", {}),
    (Assignment, "refer", {}),
    (Assignment, "designate", {}),
    (Assignment, "take", {}),
    (Handling, "return_report", {}),
    (Registration, "request_withdrawal", {}),
    (Registration, "confirm_withdrawal", {}),
    (Registration, "list_claims", {}),
    (Registration, "correct_claims", {"written": 1}),
    (Registration, "rate", {}),
    (Registration, "not_accept", {}),
    (Handling, "choose_simplified", {}),
    (Handling, "convert_simplified", {}),
    (Handling, "extend", {}),
    (Handling, "open_hearing", {}),
    (Handling, "close_hearing", {}),
    (Handling, "open_recheck_hearing", {}),
    (Handling, "close_recheck_hearing", {}),
    (Handling, "offer_mediation", {"mediator_unit": "town", "other_party": None}),
    (Handling, "consent_to_mediation", {"side": Side.petitioner, "petition": None}),
    (Handling, "consent_to_mediation", {"side": Side.other_party, "petition": None}),
    (Handling, "consent_to_mediation", {"side": Side.petitioner}),
    (Handling, "sign_agreement", {}),
    (Handling, "perform_item", {"item": 1}),
    (Handling, "perform_agreement", {}),
    (Handling, "report_breach", {}),
    (Handling, "file_confirmation", {}),
    (Handling, "keep_commitment", {"number": 1}),
    (Handling, "record_care", {}),
)
"""What makes a case long."""


@cache
def _parameters(rule: Callable[..., Any]) -> list[tuple[str, Any]]:
    """Return names and types of what a rule wants to be told; reading them takes longer than most rules do."""
    hints = get_type_hints(rule)
    return [
        (name, hints.get(name, str))
        for name, parameter in inspect.signature(rule).parameters.items()
        if parameter.kind not in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}
    ]


class Drawn:
    """Draws arguments by name and type."""

    def __init__(self, world: World, case: UUID, dice: Random) -> None:
        self.world, self.case, self.dice = world, case, dice

    def arguments(self, aggregate: Any, method: partial[Any], known: Mapping[str, Any]) -> dict[str, Any]:
        given = len(method.args)
        return {
            name: known[name] if name in known else self.value(name, hint, aggregate)
            for name, hint in _parameters(method.func)[given:]
        }

    def value(self, name: str, hint: Any, aggregate: Any) -> Any:
        dice, now = self.dice, self.world.now
        if name == "at":
            return now
        if hint is TerminationGround and dice.random() < 0.9:  # somebody who dies ends every walk
            return TerminationGround.rechecked
        if name == "decided_by":
            return dice.choice(("government", "government", "dept"))
        if name in {"accused_units", "units"}:
            return ("town",) if dice.random() < 0.1 else ()
        if name in {"accused_persons", "persons"}:
            return ()
        if name in {"sender", "by"}:
            return dice.choice([getattr(aggregate, "sender", None) or "bureau"] * 40 + list(UNITS))
        if name in {"repeated", "instructed"}:
            return dice.random() < 0.1
        if name in {"settled", "decided"}:  # by what the others have of it
            assigned, handled = (self.world.stores[s].streams[self.case] for s in ("assignment", "mediation"))
            handling = Handling.folded(self.case, handled)
            if name == "decided":
                return handling.result is not None
            return Assignment.folded(self.case, assigned).organ is not None or handling.result is not None
        if name == "returned":
            return self._returned()
        if name == "accepted":
            told = ("mediation.AcceptanceNotified", "mediation.HandlingAccepted")
            return any(r.case == self.case and r.type.startswith(told) for r in self.world.ledger)
        if name == "count":
            return dice.choice((2, 3))
        if name == "organ" and hint is str:
            return dice.choice(("discipline", "discipline", "court"))
        if hint is Directory:
            return DIRECTORY
        if hint is Entry:
            return DIRECTORY.units[dice.choice(UNITS)]
        if hint is Told:
            return Told(dice.choice(list(ServiceMethod)), now, typed_before("R-1"))
        if hint is Dispute:
            level = dice.choice(list(get_type_hints(Dispute)["level"]))
            return Dispute(level, "government", ("dept", "town"))
        if hint is remedy.Request:
            received = now - timedelta(days=dice.choice((0, 0, 0, 2, 5)))
            return remedy.Request(received, uuid4(), dice.choice((None, received - timedelta(days=2))))
        if hint is Delivery:
            method = dice.choice(list(get_type_hints(Delivery)["method"]))
            return Delivery(method, now - timedelta(hours=dice.choice((0, 0, 0, 30))), typed_before("R-1"))
        if get_origin(hint) in {Union, UnionType}:
            rest = [part for part in get_args(hint) if part is not type(None)]
            return self.value(name, rest[0], aggregate) if dice.random() < 0.7 else None
        if isinstance(hint, type) and issubclass(hint, Term):
            return dice.choice(list(hint))
        if name == "before":  # the cases that have gone into this one
            return ()
        if name == "body":  # of whom the opinion before said that it looks again
            asked = aggregate.recheck_body or aggregate.review_body
            return dice.choice([asked] * 20 + list(UNITS))
        if name in {
            "unit",
            "review_body",
            "recheck_body",
            "organ",
            "successor_unit",
            "mediator_unit",
            "competent_body",
        }:
            below = {"review_body": "unit", "recheck_body": "review_body"}.get(name)
            likely = DIRECTORY.bodies_above(getattr(aggregate, below) or "") if below else ()
            if name == "unit" and getattr(aggregate, "unit", None):
                likely = (aggregate.unit,)
            if name == "unit" and isinstance(aggregate, Registration):  # at the door nobody else does anything
                likely = ("bureau", aggregate.receiving_unit)
            return dice.choice([*likely * 40, *UNITS])
        if name in {"approved_by", "decided_by"} and dice.random() < 0.9:
            return "head-1"
        if hint in {opinion.Draft, remedy.Verdict}:
            drawn = {field: self.value(field, of, aggregate) for field, of in get_type_hints(hint).items()}
            said = (Result.support, Result.explain, Result.not_support)
            likely: dict[str, Any] = {"results": tuple(dice.choice(said) for _ in range(aggregate.claims))}
            if hint is remedy.Verdict:
                result = dice.choice(list(ReviewResult))
                changed_to = (Result.support,) * len(aggregate.answers) if result is ReviewResult.change else ()
                reviewed = aggregate.review_served_at is not None
                decided_by = "rechecker-1" if reviewed else "reviewer-1"
                likely = {"result": result, "changed_to": changed_to, "decided_by": decided_by}
            return hint(**drawn | (likely if dice.random() < 0.9 else {}))
        if name == "petition" and getattr(aggregate, "others", ()) and dice.random() < 0.9:
            return dice.choice(aggregate.others)
        if hint is UUID:
            return self.case if name == "case" else uuid4()
        if hint is datetime:
            return now - timedelta(hours=dice.choice((0, 0, 0, 1, 30, 240)))
        if hint is date:
            ahead = 1 if name in {"due_on", "until"} else -1
            return (now + ahead * timedelta(days=dice.choice((0, 1, 5)))).astimezone(LEGAL_TIME).date()
        if hint is bool:
            return dice.random() < 0.7
        if hint is int:
            return dice.choice((1, 1, 10, 30, 31))
        if get_origin(hint) in {tuple, list, Sequence} or "Sequence" in str(hint) or "tuple" in str(hint):
            inner = get_args(hint)[0] if get_args(hint) else str
            return tuple(self.value("due_on", inner, aggregate) for _ in range(dice.choice((0, 1, 2))))
        return dice.choice(ACTORS)

    def _returned(self) -> dict[str, Any]:
        """Return that something that was served came back: the last of its kind, as commands see to that."""
        told = self.world.stores["mediation"].streams[self.case]
        sent = {returning.sent(event): event.originator_version for event in told if hasattr(event, "method")}
        back = {event.entry for event in told if isinstance(event, DeliveryReturned)}
        there = [(what, entry) for what, entry in sent.items() if entry not in back]
        (paper, petition), entry = self.dice.choice(there or [((ReturnedPaper.recheck, None), 0)])
        note = {"receipt": typed_before("T-1"), "reason": ReturnReason.moved, "returned_on": day(self.world.now)}
        return {"entry": entry, "paper": paper, "petition": petition, **note}


class Walk(RuleBasedStateMachine):
    """A few cases, from the registration of the first on; whatever is done is done to one of them."""

    accepted: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.world.directories.current = DIRECTORY
        self.turn = 0
        self.stories: dict[UUID, Story] = {}
        self.breaches: Counter[UUID] = Counter()

    @initialize(dice=st.integers(0, 2**32 - 1))
    def registered(self, dice: int) -> None:
        self.case = self._register(Random(dice))

    def _register(self, random: Random) -> UUID:
        registration = Registration.blank(uuid4())
        direct = random.random() < 0.2
        more = {"receiving_unit": "dept"} if direct else {}
        filing.register(
            registration, at=self.world.now, category=ContentCategory.housing, place="village", direct=direct,
            secrecy_requested=False, unclear=random.random() < 0.3, **self._petition(random) | more,
        )  # fmt: skip
        self._store(registration)
        return registration.id

    def _petition(self, random: Random) -> dict[str, Any]:
        return {
            "registration_no": "XF20250303-ABCDEFGH", "petition": uuid4(), "content": uuid4(),
            "content_sha256": "a" * 64, "channel": random.choice(list(Channel)), "received_at": self.world.now - timedelta(days=random.choice((0, 0, 3, 12))),
            "receiving_unit": "bureau", "person_count": random.choice((1, 1, 7)), "anonymous": random.random() < 0.2,
        }  # fmt: skip

    def _store(self, *registrations: Registration) -> None:
        """Let everybody learn at once what one command has done to some cases."""
        before, by = len(self.world.ledger), self.world.by(Role.intake_clerk)
        for registration in registrations:
            self.world.stores["intake"].store(registration, by)
            self.stories.setdefault(registration.id, Story(self.world, registration.id))
        self.world.settle()
        for story in self.stories.values():
            story.check(self.world.ledger[before:])

    # ------------------------------------------------------------------ what cases have to do with one another

    @rule(dice=st.integers(0, 2**32 - 1))
    def among_cases(self, dice: int) -> None:
        """Something happens that more than one case has to do with, or none has asked for."""
        random = self._dice(dice)
        acts = {
            self._turn: 20, self._merge: 6, self._split: 2, self._attach: 3, self._detach: 3, self._accuse: 2,
        }  # fmt: skip
        [act] = random.choices(list(acts), list(acts.values()))
        act(random)

    def _turn(self, random: Random) -> None:
        """Go on with another case; there are never many."""
        if len(self.stories) < CASES_MAX and random.random() < 0.3:
            self.case = self._register(random)
        else:
            self.case = random.choice(list(self.stories))

    def _merge(self, random: Random) -> None:
        """Let a case go into another: what was owed in either is owed as soon, and whom it is about stays known."""
        one, other = (self._registration(case) for case in (self.case, random.choice(list(self.stories))))
        days, accused = self._days(one.id, other.id), {*one.accused_units, *other.accused_units}
        if self._done("merge", lambda: grouping.merge_into(one, other, at=self.world.now), one, other):
            self._must_not_wait_longer(days, other.id)
            assert {*self._registration(other.id).accused_units} == accused, "somebody is complained of no more"
            self.case = other.id

    def _split(self, random: Random) -> None:
        """Give each claim a case, whose days are those that ran."""
        parent = self._registration(self.case)
        children = [Registration.blank(uuid4()) for _ in range(2)]
        own = {"registration_no", "petition", "content", "content_sha256"}
        parts = [
            (child, {"category": ContentCategory.housing, "place": "village"}
             | {name: value for name, value in self._petition(random).items() if name in own})
            for child in children
        ]  # fmt: skip
        days = self._days(parent.id)
        if len(self.stories) < CASES_MAX and self._done(
            "split", lambda: grouping.split_into(parent, parts, at=self.world.now), parent, *children
        ):
            for child in children:
                self._must_not_wait_longer(days, child.id)
                assert {*self._registration(child.id).accused_units} >= {*parent.accused_units}, "complained of no more"
            self.case = random.choice(children).id

    def _attach(self, random: Random) -> None:
        """Let another letter about the same come in, whatever has become of the case."""
        r = self._registration(self.case)
        self._done("attach", lambda: filing.attach(r, at=self.world.now, **self._petition(random)), r)

    def _detach(self, random: Random) -> None:
        """Let a petition have a case of its own that had joined this one: no day of either is later for that."""
        r, child = self._registration(self.case), Registration.blank(uuid4())
        if not r.every_petition:
            assert self.world.cases[r.id].state in ENDED, "a case without a petition goes on"
            return
        petition = random.choice(r.every_petition)
        origin = next((o for o in map(self._registration, self.stories) if petition in o.petitions), r)
        if len(self.stories) == CASES_MAX:
            return
        origin = r if origin.id == r.id else origin
        came, accused = origin.petitions.get(petition), {*r.accused_units}
        told = self.world.stores["mediation"].streams
        since = [detaching.waits_since(one, petition, told[one.id]) for one in (r, origin)]
        ran = [(c, c.due_on) for c in self.world.open_clocks(r.id) if c.item != str(petition) and c.code != "C17"]
        waits = min((one for one in since if one), default=None)
        act = partial(
            detaching.detach, r, origin, child, petition, uuid4(), DIRECTORY, at=self.world.now, waits_since=waits
        )
        if self._done("detach", act, *{one.id: one for one in (r, origin, child)}.values()):
            assert came is not None
            for clock, due in ran:
                assert clock.due_on == due, f"{clock.code} was due on {due} and is now on {clock.due_on}"
                owed = clock.nature is not ClockNature.duty or clock.open
                assert owed, f"{clock.code} is owed no more"
            began = {c.started_at for c in self.world.open_clocks(child.id) if c.code in {"C1", "C2", "D9"}}
            assert began == {came.received_at}, "days do not count from the petition's own receipt"
            assert {*r.accused_units} == accused == {*child.accused_units}, "somebody is complained of no more"
            assert petition not in {*r.every_petition, *self.world.cases[r.id].others}
            self.case = child.id

    def _accuse(self, random: Random) -> None:
        """Let the petitioner complain of somebody else too."""
        r = self._registration(self.case)
        holder = self.world.cases[self.case].unit
        unit = holder if holder and random.random() < 0.5 else random.choice(("dept", "town", "court"))
        self._done("accuse", lambda: classification.name_accused(r, (unit,), (), DIRECTORY, at=self.world.now), r)

    def _registration(self, case: UUID) -> Registration:
        return Registration.folded(case, self.world.stores["intake"].streams[case])

    def _done(self, name: str, act: Callable[[], None], *registrations: Registration) -> bool:
        try:
            act()
        except DomainError as refusal:
            type(self).refused[refusal.code] += 1
            return False
        self._store(*registrations)
        type(self).accepted[name] += 1
        return True

    def _days(self, *cases: UUID) -> dict[str, date]:
        """Return until when each of the duties of waiting petitioners runs in some cases."""
        days: dict[str, date] = {}
        for clock in (clock for case in cases for clock in self.world.open_clocks(case)):
            if clock.code in WAITED_FOR and clock.due_on is not None:
                days[clock.code] = min(clock.due_on, days.get(clock.code, clock.due_on))
        return days

    def _must_not_wait_longer(self, before: Mapping[str, date], case: UUID) -> None:
        recalled = any(r.type == "assignment.CaseRecalled.v1" for r in self.world.ledger[-LATELY:] if r.case == case)
        for code, due in self._days(case).items():
            if code == "C1" and recalled:  # to hand it on once more is another duty of the bureau
                continue
            assert due <= before.get(code, due), f"{code} was due on {before[code]} and is now on {due}"

    @precondition(lambda self: self.going_on)
    @rule(what=st.sampled_from(ALL), dice=st.integers(0, 2**32 - 1))
    def anything(self, what: tuple[type, str], dice: int) -> None:
        """Somebody tries something."""
        self._try(*what, self._dice(dice), {})

    @precondition(lambda self: self.going_on)
    @rule(dice=st.integers(0, 2**32 - 1))
    def onwards(self, dice: int) -> None:
        """Somebody does what comes next."""
        random = self._dice(dice)
        ways = random.sample(ONWARDS, len(ONWARDS))
        if random.random() < 0.8:
            ways.sort(key=lambda way: way[1] in {"close", "terminate"})
        for kind, name, known in ways:
            likely: dict[str, Any] = {}
            if name == "put_on_record" and known["kind"] in self._handling().recorded and random.random() < 0.95:
                continue
            if name == "classify":
                likely = random.choice(LIKELY_KINDS)
            if self._try(kind, name, random, likely | known):
                return

    @precondition(lambda self: self.going_on)
    @rule(dice=st.integers(0, 2**32 - 1))
    def astray(self, dice: int) -> None:
        """Somebody takes a detour."""
        random = self._dice(dice)
        for kind, name, known in random.sample(DETOURS, len(DETOURS)):
            if self._try(kind, name, random, known):
                return

    @rule(days=st.sampled_from((0, 1, 2, 5, 15, 31, 61)), hours=st.integers(0, 23))
    def time_passes(self, days: int, hours: int) -> None:
        """Nobody does anything for a while, and the watch looks at the clocks."""
        self.world.pass_time(self.world.now + timedelta(days=days, hours=hours))
        type(self).steps += 1

    def _dice(self, thrown: int) -> Random:
        """Let the same throw come out otherwise at another step: small numbers are thrown often."""
        type(self).steps += 1
        self.turn += 1
        return Random(f"{thrown}/{self.turn}")

    @property
    def story(self) -> Story:
        return self.stories[self.case]

    @property
    def going_on(self) -> bool:
        """Whether there is still much to try; what follows on an end is tried now and then."""
        return self.world.cases[self.case].state not in ENDED or self.world.now.hour % 3 == 0

    def _handling(self) -> Handling:
        return Handling.folded(self.case, self.world.stores["mediation"].streams[self.case])

    def _try(self, kind: type, name: str, random: Random, known: Mapping[str, Any]) -> bool:
        store = self.world.stores[SERVICE_OF[kind]]
        aggregate = kind.folded(self.case, store.streams[self.case])
        if not aggregate.exists:
            return False
        method = partial(commands(kind)[name], aggregate)
        known = {**known, **MORE.get(name, {})}
        arguments = Drawn(self.world, self.case, random).arguments(aggregate, method, known)
        arguments |= {name: value for name, value in known.items() if name in MORE.get(method.func.__name__, {})}
        before = len(self.world.ledger)
        if isinstance(aggregate, Handling) and self._keeps_out(aggregate, arguments.get("unit")):
            type(self).refused["must_keep_out"] += 1
            return False
        try:
            method(**arguments)
        except DomainError as refusal:
            type(self).refused[refusal.code] += 1
            assert not aggregate.pending_events, f"{name} was refused and has recorded something"
            return False
        if not aggregate.pending_events:
            return False
        store.store(aggregate, self.world.by(Role.case_officer))
        self.world.settle()
        type(self).accepted[name] += 1
        self.story.check(self.world.ledger[before:])
        return True

    @staticmethod
    def _keeps_out(h: Handling, unit: Any) -> bool:
        """Return whether commands are refused to a unit before their rules are asked: it may have had what is over."""
        return isinstance(unit, str) and DIRECTORY.keeps_out("", unit, h.accused_units, h.accused_persons)

    @invariant()
    def somebody_has_to_act_or_it_has_ended(self) -> None:
        """A duty, an answer about which the petitioner may still say something, or an end."""
        for number in self.stories:
            case, running = self.world.cases[number], self.world.open_clocks(number)
            owed = any(clock.nature is ClockNature.duty for clock in running)
            answered = running and case.state in ANSWERED
            assert owed or answered or case.state in ENDED, f"nobody's case: {case.state}"
            r = self._registration(number)
            if r.set_apart and r.report_concluded_on is None and r.ended is None:
                under = {clock.code for clock in self.world.open_clocks(receipt_of(number))}
                assert under & {"C1", "D30"}, f"nobody's report: {under}"

    @invariant()
    def nobody_has_a_complaint_about_themselves(self) -> None:
        for number in self.stories:
            case, r = self.world.cases[number], self._registration(number)
            if case.unit is not None and case.state not in ENDED:
                off_limits = DIRECTORY.off_limits(r.accused_units, r.accused_persons)
                assert case.unit not in off_limits, f"{case.unit} has a complaint about {r.accused_units}"

    @invariant()
    def nobody_owes_what_they_may_not_do(self) -> None:
        """Whom a case complains of owes nothing in it, where somebody stands above them who may act."""
        for number in self.stories:
            r = self._registration(number)
            for clock in self.world.open_clocks(number) if r.accused_units and "city" not in r.accused_units else ():
                if clock.nature is ClockNature.duty and clock.holder is not None:
                    out = DIRECTORY.keeps_out("", clock.holder, r.accused_units, r.accused_persons, r.receiving_unit)
                    assert not out, f"{clock.code} is owed by {clock.holder}, who may not act"

    @invariant()
    def a_breach_stays(self) -> None:
        recorded = Counter(r.case for r in self.world.ledger if r.type == "accountability.ClockBreached.v2")
        for number in self.stories:
            assert self.breaches[number] <= len(self.world.cases[number].breaches) == recorded[number]
            self.breaches[number] = recorded[number]

    def teardown(self) -> None:
        for store in self.world.stores.values():
            store.check_replay()


class Answered(Walk):
    """Walks that begin late in the life of a case, where few of those that begin at its registration ever come."""

    @initialize(dice=st.integers(0, 2**32 - 1))
    def registered(self, dice: int) -> None:
        """Let what comes next be done until the petitioner has the opinion, or the case has gone another way."""
        super().registered(dice)
        for turn in range(EXAMPLE_STEPS):
            if self.world.cases[self.case].state in {*ANSWERED, *ENDED}:
                break
            self.onwards(dice + turn)

    @rule(dice=st.integers(0, 2**32 - 1))
    def hastily(self, dice: int) -> None:
        """Somebody would like to be done with it."""
        self._try(Handling, "close", self._dice(dice), {})


class Joined(Walk):
    """Walks in which letters join cases that complain of somebody, and leave them, all the time."""

    @rule(dice=st.integers(0, 2**32 - 1))
    def in_and_out(self, dice: int) -> None:
        """A letter joins a case and leaves it."""
        random = self._dice(dice)
        for act in (self._attach, self._accuse, self._detach):
            act(random)


LIKELY_KINDS: Final = (
    *({"kind": Kind.appeal_for_resolution, "route": Route.petition_procedure},) * 5,
    {"kind": Kind.appeal_for_resolution, "route": Route.judicial},
    {"kind": Kind.appeal_for_resolution, "route": Route.administrative_procedure},
    {"kind": Kind.suggestion, "route": Route.petition_procedure},
    {"kind": Kind.report_accusation, "route": Route.discipline_supervision},
)


@pytest.mark.timeout(900)
def test_walks_over_the_whole_life_of_a_case():
    wanted = size("STEPS", 20_000, 200_000)
    Walk.steps = 0
    Walk.accepted, Walk.refused = Counter(), Counter()
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=wanted // EXAMPLE_STEPS * 6 // 5, stateful_step_count=EXAMPLE_STEPS, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    print(
        f"{Walk.steps} steps, {Walk.accepted.total()} accepted, {Walk.refused.total()} refused in {len(Walk.refused)} ways"
    )
    assert Walk.steps >= wanted
    assert len(Walk.accepted) > len(ALL) / 3, sorted({name for _, name in ALL} - set(Walk.accepted))


@pytest.mark.timeout(900)
class TestMutants:
    """A walk sees what it is there to see."""

    @staticmethod
    def walk(why: str, machine: type[Walk] = Walk) -> None:
        with pytest.raises(AssertionError, match=why):
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=2_000, stateful_step_count=EXAMPLE_STEPS, deadline=None, derandomize=True,
                    suppress_health_check=list(HealthCheck), phases=[Phase.generate], report_multiple_bugs=False,
                ),
            )  # fmt: skip

    def test_clock_that_does_not_start(self, monkeypatch):
        monkeypatch.setitem(effects._ACTS, Act.start, lambda *_: None)
        self.walk("nobody's case")

    def test_opinion_on_one_side_only(self, monkeypatch):
        monkeypatch.setattr(opinion, "_must_be_ripe", lambda _: None)
        self.walk("OpinionIssued after")

    def test_closing_before_the_petitioner_can_ask(self, monkeypatch):
        monkeypatch.setattr(ending, "_must_be_past_remedy", lambda *_: None)
        self.walk("CaseClosed after", Answered)

    def test_merger_that_forgets_whom_it_is_about(self, monkeypatch):
        monkeypatch.setattr(grouping, "accuse", lambda *_, **__: None)
        self.walk("complained of no more|has a complaint about")

    def test_petition_that_is_detached_from_whom_it_is_about(self, monkeypatch):
        monkeypatch.setattr(detaching, "accuse", lambda *_, **__: None)
        self.walk("complained of no more", Joined)

    def test_unit_that_keeps_a_complaint_about_itself(self, monkeypatch):
        monkeypatch.setattr(Assignment, "recall", lambda *_, **__: None)
        self.walk("has a complaint about")

    def test_duty_that_stays_with_whom_a_case_complains_of(self, monkeypatch):
        monkeypatch.setattr(Keeper, "_kept_from", lambda *_, **__: iter(()))
        self.walk("who may not act")

    def test_merger_that_lets_people_wait_longer(self, monkeypatch):
        monkeypatch.setitem(effects._ACTS, Act.inherit, lambda *_: None)
        self.walk("and is now on|nobody's case")

    def test_due_date_that_anything_moves(self, monkeypatch):
        """A due date that starts anew with each record would give time to whoever writes records."""
        rule_of_five = replace(
            rules.in_force().rule("C5"),
            triggers=(*rules.in_force().rule("C5").triggers, Trigger(Act.extend, "mediation.HandlingRecorded")),
            extension=Extension(30, 100),
        )
        book = RuleBook("mutant", {**rules.in_force().rules, "C5": rule_of_five})
        monkeypatch.setattr(rules, "in_force", lambda: book)
        self.walk("has moved a due date")
