"""第二十八条第三款、第三十条第三款: whatever is merged, split, carried on and accused, in any order."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import Forwarding, Kind, Route
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.routing import Matter, propose
from services.assignment.reactions import learn_accused
from services.assignment.reactions import receive as classified_elsewhere
from services.chassis.directory import Directory
from services.chassis.errors import DomainError
from services.intake.domain import classification, grouping
from services.intake.domain.classification import UnitIsAccused as OwnUnitIsAccused
from services.intake.domain.guards import NotOpen
from services.intake.domain.registration import Registration
from tests.harness import BUREAU
from tests.intake.filed import NOW, classified, facts, registered
from tests.rules import refuses
from tests.units import COUNTY


def test_unit_that_received_a_complaint_about_the_unit_above_it_does_not_tell_it_apart():
    registration = registered(direct=True, receiving_unit="OFFICE")
    with refuses(OwnUnitIsAccused):
        classification.classify(
            registration, Kind.appeal_for_resolution, Route.petition_procedure, registration.category, COUNTY,
            at=NOW, unit="OFFICE", as_receiver=True, accused_units=["RSJ"],
        )  # fmt: skip


def test_nobody_is_accused_in_a_case_that_another_one_answers():
    case, other = classified(), classified()
    grouping.merge_into(case, other, at=NOW)
    with refuses(NotOpen):
        classification.name_accused(case, ["RSJ"], [], COUNTY, at=NOW)


# ------------------------------------------------------------------ random worlds of merges, splits and successions

CODES = [unit.code for unit in COUNTY.units.values()]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["register", "accuse", "merge", "split", "hand", "succeed"]),
        st.integers(0, 9), st.integers(0, 9), st.sampled_from(CODES), st.sampled_from(CODES),
    ),
    max_size=30,
)  # fmt: skip


class World:
    """Cases at the door and their assignments, told of everything at once; and what each should complain of."""

    def __init__(self) -> None:
        self.directory: Directory = COUNTY
        self.cases: list[Registration] = []
        self.held: dict[Any, Assignment] = {}
        self.should: dict[Any, set[str]] = {}

    def register(self, *accused: str) -> None:
        self._add(registered(), {*accused})

    def _add(self, case: Registration, accused: set[str]) -> None:
        self.cases.append(case)
        self.held[case.id], self.should[case.id] = Assignment.blank(case.id), accused
        classification.classify(
            case, Kind.appeal_for_resolution, Route.petition_procedure, case.category, self.directory, at=NOW,
            accused_units=sorted(accused),
        )  # fmt: skip
        self.tell(case)

    def tell(self, case: Registration) -> None:
        for event in case.taken():
            if type(event).__name__ == "CaseClassified":
                classified_elsewhere(self.held[case.id], event, NOW)
            elif type(event).__name__ == "AccusedNamed":
                learn_accused(self.held[case.id], event, NOW, self.directory)

    def step(self, what: str, n: int, m: int, unit: str, other: str) -> None:
        if what == "register" or not self.cases:
            self.register(*({unit} if n < 5 else ()))
            return
        case, second = self.cases[n % len(self.cases)], self.cases[m % len(self.cases)]
        if what == "accuse":
            classification.name_accused(case, [unit], [], self.directory, at=NOW)
            self.should[case.id].add(unit)
        elif what == "merge":
            grouping.merge_into(case, second, at=NOW)
            self.should[second.id] |= self.should[case.id]
        elif what == "split":
            children = [(Registration.blank(uuid4()), own()) for _ in range(2)]
            grouping.split_into(case, children, at=NOW)
            for child, _ in children:
                self._add(child, {*self.should[case.id]})
        elif what == "hand":
            self.held[case.id].hand(Forwarding.forward, unit, None, BUREAU, self.directory, at=NOW)
        elif not self.directory.closes_a_circle(unit, [other]):
            entry = self.directory.units[unit]
            changed = Directory({**self.directory.units, unit: type(entry)(**{**vars(entry), "successors": (other,)})})
            self.directory = changed
            for assignment in self.held.values():
                assignment.recall(changed, at=NOW)
        for one in (case, second):
            self.tell(one)


def own() -> dict[str, Any]:
    known = facts()
    names = ("registration_no", "petition", "content", "content_sha256")
    return {name: known[name] for name in names} | {"category": classified().category, "place": "P-1"}


@given(STEPS)
def test_nobody_complained_of_ever_holds_or_is_proposed_the_case(steps: list[Any]):
    """第二十八条第三款, 第三十条第三款: whatever is merged, split, carried on and accused, in any order."""
    world = World()
    for step in steps:
        with suppress(DomainError):
            world.step(*step)
        for case in world.cases:
            assignment = world.held[case.id]
            barred = world.directory.off_limits(world.should[case.id])
            assert assignment.unit not in barred or assignment.left is not None
            assert {*case.accused_units} >= world.should[case.id]
            assert assignment.accused >= world.should[case.id]
            matter = Matter(case.kind, case.route, case.category, "C1", assignment.barred(world.directory))
            assert not {proposal.unit for proposal in propose(world.directory, matter)} & barred
