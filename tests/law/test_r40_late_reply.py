"""第四十条第一款: a card says who owes an answer until when, and one that comes late is on record as late."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest

from contracts.accountability import SupervisionOrdered, SupervisionReplied
from contracts.vocabulary import ClockOutcome, SupervisionReason
from tests.law.test_r34_waiting import World
from tests.rules import at


class Carded(World):
    """A case with a unit that has got two cards about it."""

    def __init__(self) -> None:
        super().__init__()
        self.about = self.registers(at("2026-03-02"))
        self.forwards(self.about, at("2026-03-03"))
        self.accepts(self.about, at("2026-03-04"))
        self.cards = [self.orders("2026-03-20"), self.orders("2026-03-27")]

    def orders(self, due_on: str) -> UUID:
        card = uuid4()
        self.tell(
            SupervisionOrdered, on=at("2026-03-10"), stream=card, case=self.about, card_no="督1号",
            unit="dept", reason_code=SupervisionReason.shirking_or_delay, document=None,
            due_on=date.fromisoformat(due_on),
        )  # fmt: skip
        return card

    def replies(self, card: UUID, when: str) -> None:
        self.tell(
            SupervisionReplied,
            on=at(when),
            stream=card,
            case=self.about,
            document=uuid4(),
            by="dept",
        )

    def outcome(self, card: UUID) -> ClockOutcome | None:
        (clock,) = (clock for clock in self.all() if clock.code == "D11" and clock.subject == card)
        return clock.outcome


def test_card_is_owed_by_the_unit_until_its_day():
    world = Carded()
    owed = world.duties("D11")
    assert [(one.holder, one.due_on) for one in owed] == [("dept", date(2026, 3, 20)), ("dept", date(2026, 3, 27))]
    duty = world.cases[world.about].next_duty
    assert duty is not None
    assert (duty.code, duty.holder, duty.due_on) == ("D11", "dept", date(2026, 3, 20))


@pytest.mark.parametrize("looked", [False, True])
def test_late_reply_is_on_record_as_late_whoever_looked(looked: bool):
    world = Carded()
    if looked:
        world.passes("2026-03-22")
    world.replies(world.cards[0], "2026-03-23")
    assert world.outcome(world.cards[0]) is ClockOutcome.late
    (breach,) = world.cases[world.about].breaches
    assert (breach.code, breach.holder, breach.due_on, breach.corrected) == ("D11", "dept", date(2026, 3, 20), False)


def test_reply_to_one_card_is_none_to_the_other():
    world = Carded()
    world.replies(world.cards[1], "2026-03-12")
    assert (world.outcome(world.cards[0]), world.outcome(world.cards[1])) == (None, ClockOutcome.met)


def test_reply_on_the_last_day_is_in_time():
    world = Carded()
    world.replies(world.cards[0], "2026-03-20")
    assert world.outcome(world.cards[0]) is ClockOutcome.met
    assert world.cases[world.about].breaches == ()
