"""第四十条第四款: a recommendation that is entered late gives its addressee the same time as any other."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from contracts.accountability import RecommendationServed
from contracts.event import typed_before
from contracts.vocabulary import RecommendationKind
from tests.law.test_r34_waiting import World
from tests.rules import at


class Recommended(World):
    """A case about which the bureau has recommended something to whoever has it."""

    def __init__(self, served: str, entered: str, kind: RecommendationKind = RecommendationKind.improve_work) -> None:
        super().__init__()
        self.about = self.registers(at("2026-03-02"))
        self.forwards(self.about, at("2026-03-03"))
        self.accepts(self.about, at("2026-03-04"))
        self.tell(
            RecommendationServed, on=at(entered), stream=uuid4(), case=self.about, recommendation_no="建1号", kind=kind,
            addressee="dept", document=uuid4(), served_at=at(served), receipt=typed_before("EMS-1"),
        )  # fmt: skip

    def owed(self, code: str) -> list[tuple[date, bool]]:
        return [(clock.due_on, clock.breached) for clock in self.all() if clock.code == code]


@pytest.mark.parametrize("entered", ["2026-03-10", "2026-03-13"])
def test_thirty_days_run_from_the_service_that_is_entered_promptly(entered: str):
    """The third working day after 10 March is the 13th."""
    assert Recommended("2026-03-10", entered).owed("C12") == [(date(2026, 4, 9), False)]


def test_else_from_the_entry_so_that_nobody_is_late_at_once():
    """Served on 5 March, as who has sent it says on 20 April: until 20 May."""
    world = Recommended("2026-03-05", "2026-04-20")
    world.passes("2026-04-22")
    assert world.owed("C12") == [(date(2026, 5, 20), False)]


def test_and_so_does_the_time_for_pursuing_responsibility():
    """第四十条第三款."""
    world = Recommended("2026-03-05", "2026-04-20", RecommendationKind.pursue_responsibility)
    assert [world.owed(code) for code in ("C12", "C16")] == [[(date(2026, 5, 20), False)]] * 2
