"""The command of villages' votes."""

from __future__ import annotations

from uuid import UUID

from contracts.ids import derived
from contracts.vocabulary import Role, VotingBody
from services.assignment.application.directory import found
from services.assignment.domain.proposals import Proposal
from services.chassis.context import By, document_no
from services.chassis.store import New, Store
from services.chassis.writer import Done


class Voting:
    """What villages undertake together."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def vote(
        self, village: str, electorate: VotingBody, entitled: int, attended: int, in_favour: int, document: UUID,
        *, by: By,
    ) -> Done:  # fmt: skip
        """Record a village's vote (村民委员会组织法 第二十二条)."""
        by.must_be(Role.unit_head, Role.unit_receiver, Role.conference_secretary)
        await found(self.store, village)
        proposal, no = Proposal.blank(derived(by.command_id, "proposal")), document_no("议", by)
        proposal.vote(no, village, electorate, entitled, attended, in_favour, document, at=by.at)
        reply = {"proposal_id": proposal.id, "proposal_no": no, "state": proposal.state}
        return await self.store.create(lambda: New(proposal, reply), by=by)
