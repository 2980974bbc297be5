"""第四十条第一款: 发现……拖延……或者拒不执行信访处理意见等情形的，应当及时督办: by whom, until when, and what is enough."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest

from contracts.accountability import (
    ClockCorrected,
    FactConfirmed,
    SupervisionOrdered,
    SupervisionSpared,
)
from contracts.event import typed_before
from contracts.intake import CaseWithdrawn
from contracts.mediation import ExecutionRefused, OpinionServed, ReviewRequested
from contracts.vocabulary import (
    ClockKind,
    ClockOutcome,
    Confirmation,
    Level,
    Role,
    ServiceMethod,
    SupervisionReason,
    UnitKind,
)
from services.accountability.clocks import rules
from services.accountability.clocks.clock import Clock
from services.accountability.clocks.scan import Watch
from services.accountability.domain.supervision import NoSupervisionOwed, Sparing
from services.chassis import clock
from tests.harness import BUREAU, System, until
from tests.law.test_r34_waiting import World
from tests.rules import at, refuses
from tests.steps import HANDED_AT, NOTIFIED_AT, REGISTERED_AT, clocks, document, ok
from tests.units import county as county_of
from tests.units import entry

PAPER = uuid4()
TERRITORY = county_of(entry("SXFJ", Level.city, "SZF", kind=UnitKind.petition_bureau, competent=False))


class Late(World):
    """A case that a unit has accepted on 20 March, and does not answer by 19 May (第三十四条)."""

    def __init__(self, unit: str = "RSJ") -> None:
        super().__init__(TERRITORY)
        self.about = self.registers(at("2026-03-09"))
        self.forwards(self.about, at("2026-03-10"), unit)
        self.accepts(self.about, at("2026-03-20"), unit=unit)

    @property
    def due(self) -> list[tuple[str | None, str | None, date | None]]:
        return [(clock.holder, clock.item, clock.due_on) for clock in self.duties("D49")]

    @property
    def supervision(self) -> Clock:
        return self.the(self.about, "D49")

    def serves(self, when: str, served_at: str | None = None) -> UUID:
        """Serve the opinion; return the entry that says so."""
        return self.tell(
            OpinionServed, on=at(when), stream=self.about, by="RSJ", method=ServiceMethod.post, receipt=typed_before("EMS-1"),
            served_at=at(served_at or when),
        ).id  # fmt: skip

    def orders(self, when: str) -> None:
        self.tell(
            SupervisionOrdered, on=at(when), stream=uuid4(), case=self.about, card_no="督1号", unit="RSJ",
            reason_code=SupervisionReason.overdue_without_reason, document=None, due_on=date(2026, 6, 1), by="XFJ",
        )  # fmt: skip


def test_who_decides_in_time_makes_nobody_supervise():
    world = Late()
    world.serves("2026-04-20")
    world.passes("2026-08-01")
    assert [clock for clock in world.all() if clock.code == "D49"] == []


def test_bureau_of_the_territory_owes_a_card_five_working_days_after_the_sixty():
    """第三十四条; five working days are ours: 及时."""
    world = Late()
    world.passes("2026-05-20")
    assert world.due == [("XFJ", "RSJ", date(2026, 5, 26))]


@pytest.mark.parametrize("looked", [False, True])
def test_card_about_the_case_is_enough(looked: bool):
    world = Late()
    if looked:
        world.passes("2026-05-20")
    world.orders("2026-05-26")
    assert world.supervision.outcome is ClockOutcome.met


def test_reason_is_enough():
    world = Late()
    world.passes("2026-05-20")
    world.tell(SupervisionSpared, on=at("2026-05-22"), stream=uuid4(), case=world.about, document=PAPER)
    assert (world.supervision.outcome, world.due) == (ClockOutcome.met, [])


def test_neither_is_a_breach_of_the_bureaus():
    """第四十三条: 应当履行督办职责而未履行的，由其上级机关责令改正."""
    world = Late()
    world.passes("2026-05-27")
    assert [(breach.code, breach.holder) for breach in world.cases[world.about].breaches][-1] == ("D49", "XFJ")


def test_it_is_owed_once_a_breach():
    world = Late()
    world.passes("2026-05-20")
    world.orders("2026-05-21")
    world.passes("2026-08-01")
    assert len([clock for clock in world.all() if clock.code == "D49"]) == 1


def test_late_answer_takes_nothing_back():
    world = Late()
    world.serves("2026-05-22")
    assert world.due == [("XFJ", "RSJ", date(2026, 5, 26))]


def test_nor_does_the_end_of_the_case():
    world = Late()
    world.passes("2026-05-20")
    world.happens(world.about, CaseWithdrawn, at("2026-05-21"), document=PAPER)
    assert world.due == [("XFJ", "RSJ", date(2026, 5, 26))]


def test_breach_that_was_none_calls_for_nothing():
    """第二十一条第二款: what was served in time and entered late is borne out."""
    world = Late()
    world.passes("2026-05-20")
    fact = world.serves("2026-05-22", served_at="2026-05-10")
    world.tell(
        FactConfirmed, on=at("2026-05-23"), stream=uuid4(), case=world.about, fact=fact, entered_by="RSJ",
        confirmation=Confirmation.carrier, proof=PAPER,
    )  # fmt: skip
    assert any(isinstance(event, ClockCorrected) for event in world.events)
    assert (world.supervision.outcome, world.due) == (ClockOutcome.void, [])


def test_refused_execution_calls_for_it_at_once():
    """第四十条第一款: 拒不执行信访处理意见."""
    world = Late()
    world.serves("2026-04-20")
    world.happens(world.about, ExecutionRefused, at("2026-06-01"), unit="RSJ", document=PAPER)
    assert world.due == [("XFJ", "RSJ", date(2026, 6, 8))]


@pytest.mark.parametrize(("body", "bureau"), [("XZF", "XFJ"), ("XW", "SXFJ")])
def test_review_that_is_missed_is_looked_into_by_no_bureau_under_that_body(body: str, bureau: str):
    """第三十五条; nobody supervises upwards."""
    world = Late()
    world.serves("2026-04-20")
    world.happens(
        world.about, ReviewRequested, at("2026-04-27"), review_body=body, received_at=at("2026-04-27"), document=PAPER
    )
    world.passes("2026-05-28")
    assert world.due == [(bureau, body, date(2026, 6, 3))]


def test_no_bureau_supervises_itself():
    assert TERRITORY.supervisor_of("XFJ", ()) == "SXFJ"


def test_nor_does_one_that_the_case_complains_of():
    assert TERRITORY.supervisor_of("RSJ", {"XFJ"}) == "SXFJ"


def test_reason_is_given_by_the_bureau_that_owes_the_card():
    case, sparing = uuid4(), Sparing.blank(uuid4())
    with refuses(NoSupervisionOwed):
        sparing.explain(case, "SXFJ", {"XFJ"}, PAPER, at=at("2026-05-22"))
    sparing.explain(case, "XFJ", {"XFJ"}, PAPER, at=at("2026-05-22"))
    assert sparing.case == case


async def test_bureau_says_why_it_writes_no_card(county: System):
    """Through the services: what was not missed needs no reason, what was does."""
    case = (await county.register(at=REGISTERED_AT))["case_id"]
    ok(await county.classify(case, at=REGISTERED_AT))
    ok(await county.forward(case, at=HANDED_AT))
    ok(await county.notify(case, at=NOTIFIED_AT))
    reason = {"document": await document(county, case, unit=BUREAU)}
    path = f"/cases/{case}/supervisions/sparing"

    async def say() -> int:
        reply = await county.send("accountability", path, reason, role=Role.supervisor, unit=BUREAU)
        return reply.status_code

    async def state(code: str) -> list[str]:
        return [clock["state"] for clock in await clocks(county, case) if clock["code"] == code]

    assert await say() == 409
    assert await state("C5") == ["running"]
    watch = Watch(county.running["accountability"].store, rules.in_force(), clock.now)
    while await watch.expire(clock.now(), ClockKind.simulated):
        pass
    assert len(await state("D49")) == 1
    assert await say() == 201

    async def met() -> bool:
        return await state("D49") == ["stopped"]

    await until(met, "the reason in the ledger")
    assert await say() == 409
