"""The command by which somebody outside a unit bears out what that unit has entered late."""

from __future__ import annotations

from uuid import UUID

from contracts.accountability import FactConfirmed
from contracts.envelope import Cause
from contracts.vocabulary import Confirmation, Role
from services.accountability.application.accounting import entries, newest, owing
from services.accountability.application.sight import must_take_part
from services.accountability.domain.facts import Fact, Proof, must_have_to_do_with
from services.chassis.commands import Command, Reply
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.running import Running
from services.chassis.texts import CaseText


class Confirmed(Reply):
    """What was borne out, and how."""

    case_id: UUID
    fact_id: UUID
    confirmation: Confirmation


class ConfirmFact(
    Command[Fact], path="/cases/{case_id}/facts/{fact_id}/confirmation",
    by=(Role.bureau_officer, Role.supervisor), called="确认补录事实", reply=Confirmed,
):  # fmt: skip
    """Bear out a fact of the timeline that was entered late, by its proof; the clocks count from when it happened."""

    may_open = True

    case_id: UUID
    fact_id: UUID
    confirmation: Confirmation
    proof: CaseText
    _cause: Cause
    _entered_by: str
    _from: Proof
    _of: list[str]
    _owing: set[str]
    """Who owes what counts sooner once it is borne out."""

    def stream(self, by: By) -> UUID:  # noqa: ARG002  # one stream a fact
        return Fact.stream_of(self.fact_id)

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        self._cause, case = await newest(running, self.case_id)
        self._of = [unit for unit in (case.unit, case.receiving_unit) if unit is not None]
        must_take_part(case, by, self.directory)
        found = await entries(running.store, "case_id = $2 AND id = $3", self.case_id, self.fact_id)
        if not found:
            raise NotFound(str(self.fact_id))
        self._entered_by = found[0].record.about().unit
        self._owing = await owing(running.store, self.case_id, self.fact_id)
        self._from = Proof(self.proof, await self._deposited_by(running), await self._used(running))

    async def _deposited_by(self, running: Running) -> str | None:
        """Return which unit has put the proof into the vault, or has issued it."""
        for fact in await running.sources.history("intake", self.proof):
            return None if fact.about.role is Role.petitioner else fact.about.unit
        return None

    async def _used(self, running: Running) -> bool:
        """Return whether another fact was borne out by the same proof."""
        found = await entries(running.store, "case_id = $2 AND type = $3", self.case_id, FactConfirmed.wire_name)
        before = [event for entry in found if isinstance(event := entry.event(), FactConfirmed)]
        return any(event.proof == self.proof and event.fact != self.fact_id for event in before)

    def act(self, fact: Fact, by: By) -> None:
        must_have_to_do_with(self._entered_by, self._of, by, self.directory)
        fact.cause = self._cause
        under = set().union(*({one, *self.directory.below(one)} for one in {self._entered_by, *self._owing}))
        fact.confirm(
            self.case_id, self.fact_id, self._entered_by, by.unit, under, self.confirmation, self._from, at=by.at
        )
