"""第四十条第一款: what a unit has answered to a card and not righted is supervised on."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from contracts.accountability import SupervisionClosed, SupervisionOrdered, SupervisionReplied, SupervisionSpared
from contracts.vocabulary import ClockOutcome, SupervisionReason, SupervisionState
from services.accountability.domain.addressing import Matter
from services.accountability.domain.supervision import Supervision
from tests.law.test_r40_supervision_is_owed import Late
from tests.rules import at
from tests.units import COUNTY

PAPER = uuid4()


class Carded(Late):
    """A case whose unit has got a card, and answers it."""

    def __init__(self) -> None:
        super().__init__()
        self.card = uuid4()
        self.write(self.card, "2026-03-23")
        self.tell(SupervisionReplied, on=at("2026-03-30"), stream=self.card, case=self.about, document=PAPER, by="RSJ")

    def write(self, card: UUID, when: str) -> None:
        self.tell(
            SupervisionOrdered, on=at(when), stream=card, case=self.about, card_no="督1号", unit="RSJ",
            reason_code=SupervisionReason.shirking_or_delay, document=None, due_on=date(2026, 4, 10), by="XFJ",
        )  # fmt: skip

    def judge(self, *, satisfied: bool, unit: str | None = "RSJ") -> None:
        self.tell(
            SupervisionClosed, on=at("2026-04-01"), stream=self.card, case=self.about, satisfied=satisfied, unit=unit,
            by="XFJ",
        )  # fmt: skip


def test_answer_that_satisfies_ends_it():
    world = Carded()
    world.judge(satisfied=True)
    assert world.due == []


def test_other_answer_calls_for_another_card_within_five_working_days():
    """Qingming, 4 to 6 April 2026, is off."""
    world = Carded()
    world.judge(satisfied=False)
    assert world.due == [("XFJ", "RSJ", date(2026, 4, 9))]
    world.write(uuid4(), "2026-04-08")
    assert world.supervision.outcome is ClockOutcome.met


def test_or_for_a_reason():
    world = Carded()
    world.judge(satisfied=False)
    world.tell(SupervisionSpared, on=at("2026-04-08"), stream=uuid4(), case=world.about, document=PAPER, by="XFJ")
    assert world.due == []


def test_verdict_of_former_times_names_no_unit_and_begins_nothing():
    world = Carded()
    world.judge(satisfied=False, unit=None)
    assert world.due == []


def test_verdict_says_whose_answer_it_is():
    card, reason = Supervision.blank(uuid4()), SupervisionReason.shirking_or_delay
    card.order(Matter(uuid4()), "督1号", "RSJ", reason, None, date(2026, 4, 10), "XFJ", COUNTY, at=at("2026-03-23"))
    card.reply("RSJ", PAPER, at=at("2026-03-30"))
    card.close("XFJ", COUNTY, satisfied=False, at=at("2026-04-01"))
    closed = card.taken()[-1]
    assert isinstance(closed, SupervisionClosed)
    assert (closed.unit, card.state) == ("RSJ", SupervisionState.closed)
