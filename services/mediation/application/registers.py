"""The commands of mediation's registers: committees, disputes, sweeps, the special fund."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from contracts.periods.calendar import day
from contracts.vocabulary import (
    CommitteeSetting,
    ContentCategory,
    DisputeClass,
    Hardship,
    RemovalGround,
    Role,
    SupervisionReason,
)
from services.chassis.context import By
from services.chassis.register import Register
from services.chassis.store import Store
from services.chassis.writer import Done
from services.mediation import views
from services.mediation.domain.committees import Committee, Mediator
from services.mediation.domain.disputes import Dispute, SelfCorrection, Sweep
from services.mediation.domain.funds import APPROVERS, Fund
from services.mediation.domain.guards import NotTheHandlingUnit
from services.mediation.domain.handling import Handling

REGISTRARS: Final = (Role.bureau_officer, Role.unit_head)
UNIT: Final = (Role.unit_receiver, Role.case_officer, Role.unit_head)
WATCH: Final = (Role.system, Role.bureau_officer, Role.supervisor)


class Registers:
    """What can be entered into mediation's registers."""

    def __init__(self, store: Store) -> None:
        self.cases: Register[Handling] = Register(store, views.CASES, "case")
        self.committees: Register[Committee] = Register(store, views.COMMITTEES, "committee")
        self.mediators: Register[Mediator] = Register(store, views.MEDIATORS, "mediator")
        self.disputes: Register[Dispute] = Register(store, views.DISPUTES, "dispute")
        self.sweeps: Register[Sweep] = Register(store, views.SWEEPS, "sweep")
        self.funds: Register[Fund] = Register(store, views.FUNDS, "fund")
        self.corrections: Register[SelfCorrection] = Register(store, views.SELF_CORRECTIONS, "self_correction")

    # --------------------------------------------------------------------------- committees

    async def register_committee(
        self, unit: str, setting: CommitteeSetting, members: int, chair: str, elected_on: date, document: UUID, *,
        has_woman: bool, by: By,
    ) -> Done:  # fmt: skip
        """Put an elected committee on the register (人民调解法 第八条 to 第十条)."""
        by.must_be(*REGISTRARS)
        return await self.committees.enter(
            lambda c: c.register(unit, setting, members, chair, elected_on, document, has_woman=has_woman, at=by.at),
            by=by,
        )

    async def reelect(
        self, committee: UUID, members: int, chair: str, elected_on: date, document: UUID, *, has_woman: bool, by: By
    ) -> Done:
        """Put the next election of a committee on the register (人民调解法 第九条)."""
        by.must_be(*REGISTRARS)
        return await self.committees.change(
            committee,
            lambda c: c.reelect(members, chair, elected_on, document, has_woman=has_woman, at=by.at),
            by=by,
        )

    async def register_mediator(self, committee: UUID, mediator: str, certificate_no: str, *, by: By) -> Done:
        """Let somebody mediate for a committee (人民调解法 第十三条)."""
        by.must_be(*REGISTRARS)
        found = await self.committees.found(committee)
        return await self.mediators.enter(lambda m: m.register(found, mediator, certificate_no, at=by.at), by=by)

    async def train(self, mediator: UUID, trained_on: date, hours: int, document: UUID, *, by: By) -> Done:
        """Put a training on record (人民调解法 第十四条第二款)."""
        by.must_be(*REGISTRARS)
        return await self.mediators.change(mediator, lambda m: m.train(trained_on, hours, document, at=by.at), by=by)

    async def remove(self, mediator: UUID, ground: RemovalGround, document: UUID, *, by: By) -> Done:
        """Take a mediator's office away (人民调解法 第十五条)."""
        by.must_be(*REGISTRARS)
        return await self.mediators.change(mediator, lambda m: m.remove(ground, document, at=by.at), by=by)

    # --------------------------------------------------------------------------- disputes

    async def record_dispute(
        self, place: str, dispute_class: DisputeClass, category: ContentCategory, document: UUID,
        against_unit: str | None, *, by: By,
    ) -> Done:  # fmt: skip
        """Put a dispute into the ledger of a village (第三十七条第一款)."""
        by.must_be(*UNIT, Role.mediator)
        return await self.disputes.enter(
            lambda d: d.enter(
                at=by.at, unit=by.unit, place=place, dispute_class=dispute_class, category=category, document=document,
                against_unit=against_unit,
            ),
            by=by,
        )  # fmt: skip

    async def name_team(
        self, dispute: UUID, leader: str | None, mediator: str | None, mediator_unit: str, due_on: date | None, *,
        by: By,
    ) -> Done:  # fmt: skip
        """Say who leads, who mediates, and until when."""
        by.must_be(*REGISTRARS)
        return await self.disputes.change(
            dispute, lambda d: d.name_team(leader, mediator, mediator_unit, due_on, at=by.at), by=by
        )

    async def settle(self, dispute: UUID, settled_on: date | None, document: UUID, *, by: By) -> Done:
        """Say how a dispute was settled."""
        by.must_be(*UNIT, Role.mediator)
        return await self.disputes.change(
            dispute, lambda d: d.settle(settled_on or day(by.at), document, at=by.at), by=by
        )

    # --------------------------------------------------------------------------- sweeps

    async def order_sweep(self, units: tuple[str, ...], due_on: date, *, by: By) -> Done:
        """Tell units to look for disputes (第十条)."""
        by.must_be(*REGISTRARS)
        return await self.sweeps.enter(lambda s: s.order(units, due_on, at=by.at), by=by)

    async def report_sweep(self, sweep: UUID, count: int, document: UUID | None, *, by: By) -> Done:
        """Say how many disputes one's unit has found; none is an answer."""
        by.must_be(*UNIT)
        return await self.sweeps.change(sweep, lambda s: s.report(by.unit, count, document, at=by.at), by=by)

    async def look_for_silence(self, sweep: UUID, *, by: By) -> Done:
        """Put the units that have said nothing by the day on record, each once."""
        by.must_be(*WATCH)
        return await self.sweeps.change(sweep, lambda s: s.look_for_silence(at=by.at), by=by)

    # --------------------------------------------------------------------------- the special fund

    async def request_fund(
        self, case: UUID, hardship: Hardship, document: UUID, amount_fen: int, *, tied_to_withdrawal: bool, by: By
    ) -> Done:
        """Ask for money because of hardship (第三十七条第二款)."""
        by.must_be(Role.case_officer)
        handling = await self.cases.found(case)
        if handling.unit != by.unit:
            raise NotTheHandlingUnit
        pending = handling.withdrawal_pending
        return await self.funds.enter(
            lambda f: f.request(
                case, by.unit, hardship, document, amount_fen, by.actor, tied_to_withdrawal=tied_to_withdrawal,
                withdrawal_pending=pending, at=by.at,
            ),
            by=by,
        )  # fmt: skip

    async def approve_fund(self, fund: UUID, *, by: By) -> Done:
        """Agree to a payment, as the one of the two whose turn it is."""
        by.must_be(*APPROVERS)
        return await self.funds.change(fund, lambda f: f.approve(by.role, by.unit, by.actor, at=by.at), by=by)

    async def pay_fund(self, fund: UUID, paid_on: date | None, document: UUID, *, by: By) -> Done:
        """Show that the money is with the petitioner."""
        by.must_be(Role.bureau_officer)
        requested = await self.funds.found(fund)
        assert requested.of is not None
        pending = (await self.cases.found(requested.of)).withdrawal_pending
        return await self.funds.change(
            fund, lambda f: f.pay(paid_on or day(by.at), document, withdrawal_pending=pending, at=by.at), by=by
        )

    async def audit_fund(self, fund: UUID, document: UUID, *, in_order: bool, by: By) -> Done:
        """Say whether a payment was in order."""
        by.must_be(Role.auditor)
        return await self.funds.change(fund, lambda f: f.audit(document, in_order=in_order, at=by.at), by=by)

    # --------------------------------------------------------------------------- self-correction

    async def self_correct(
        self, reason: SupervisionReason, corrected_on: date | None, document: UUID, *, by: By
    ) -> Done:
        """Say what one's own unit has put right before anybody complained."""
        by.must_be(*UNIT)
        return await self.corrections.enter(
            lambda c: c.correct(by.unit, reason, corrected_on or day(by.at), document, at=by.at), by=by
        )
