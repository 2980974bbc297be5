"""The commands about disputes in the villages, sweeps, and what a unit puts right itself."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.periods.calendar import day
from contracts.vocabulary import ContentCategory, DisputeClass, Role, SupervisionReason
from services.chassis.charge import must_be_of_one_territory, must_have_charge_of
from services.chassis.commands import Entry, OnEntry, Owned
from services.chassis.context import By
from services.chassis.fields import Code, Day
from services.chassis.references import BlamedOfficer, BlamedUnit, KnownPlace, KnownUnit
from services.chassis.running import Running
from services.mediation.commands.committees import on_register
from services.mediation.commands.handling import REGISTRARS, UNIT_STAFF
from services.mediation.domain.disputes import Dispute, SelfCorrection, Sweep

VILLAGE: Final = (*UNIT_STAFF, Role.mediator)
COUNT_MAX: Final = 100_000
UNITS_MAX: Final = 500


class RecordDispute(
    Entry[Dispute], path="/disputes", by=VILLAGE, called="矛盾纠纷登记", location="/disputes/{dispute_id}"
):
    """Put a dispute into the ledger of a village; its words lie in the vault (第三十七条第一款)."""

    place: KnownPlace
    dispute_class: DisputeClass
    category: ContentCategory
    document: UUID
    against_unit: BlamedUnit | None = None

    def act(self, d: Dispute, by: By) -> None:
        d.enter(
            at=by.at, unit=by.unit, place=self.place, dispute_class=self.dispute_class, category=self.category,
            document=self.document, against_unit=self.against_unit,
        )  # fmt: skip


class NameTeam(OnEntry[Dispute], path="/disputes/{dispute_id}/mediation-team", by=REGISTRARS, called="调解专班"):
    """Say who leads, who mediates, and until when: all three, or it is refused (第三十七条第一款).

    Who mediates is of a committee of the own territory (人民调解法 第十三条).
    """

    mediator_unit: KnownUnit
    leader: BlamedOfficer | None = None
    mediator: Code | None = None
    due_on: Day | None = None

    _registered: bool
    _removed: bool

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        self._registered, self._removed = await on_register(running, self.mediator or "", self.mediator_unit)

    def act(self, d: Dispute, by: By) -> None:
        must_have_charge_of(by, [d.unit], self.directory)
        must_be_of_one_territory(by, self.mediator_unit, self.directory)
        d.name_team(
            self.leader, self.mediator, self.mediator_unit, self.due_on, self.directory,
            registered=self._registered, removed=self._removed, at=by.at,
        )  # fmt: skip


class SettleDispute(
    Owned, OnEntry[Dispute], path="/disputes/{dispute_id}/settlement", by=VILLAGE, called="矛盾纠纷化解"
):
    """Say how a dispute was settled, as who has it in its ledger or was told to mediate (第三十七条第一款)."""

    document: UUID
    settled_on: Day | None = None

    def owners(self, one: Dispute) -> list[str | None]:
        return [one.unit, one.mediator_unit]

    def act(self, d: Dispute, by: By) -> None:
        d.settle(self.settled_on or day(by.at), self.document, at=by.at)


class OrderSweep(Entry[Sweep], path="/sweeps", by=REGISTRARS, called="矛盾纠纷排查", location="/sweeps/{sweep_id}"):
    """Tell units of the own line or territory to look for disputes, and until when (第十条)."""

    units: Annotated[list[KnownUnit], Field(min_length=1, max_length=UNITS_MAX)]
    due_on: Day

    def act(self, s: Sweep, by: By) -> None:
        must_have_charge_of(by, self.units, self.directory)
        s.order(tuple(self.units), self.due_on, at=by.at)


class ReportSweep(OnEntry[Sweep], path="/sweeps/{sweep_id}/reports", by=UNIT_STAFF, called="排查报告"):
    """Say how many disputes one's unit has found; none is an answer (第十条)."""

    count: Annotated[int, Field(ge=0, le=COUNT_MAX)]
    document: UUID | None = None

    def act(self, s: Sweep, by: By) -> None:
        s.report(self.directory.acting_as(by.unit, *s.unreported), self.count, self.document, at=by.at)


class SelfCorrect(
    Entry[SelfCorrection], path="/self-corrections", by=UNIT_STAFF, called="主动纠正",
    location="/self-corrections/{self_correction_id}",
):  # fmt: skip
    """Say what one's own unit has put right before anybody complained (第二十八条第一款)."""

    reason_code: SupervisionReason
    document: UUID
    corrected_on: Day | None = None

    def act(self, c: SelfCorrection, by: By) -> None:
        c.correct(by.unit, self.reason_code, self.corrected_on or day(by.at), self.document, at=by.at)
