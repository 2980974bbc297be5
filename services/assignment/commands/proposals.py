"""The command of villages' votes."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.vocabulary import ProposalState, Role, VotingBody
from services.assignment.commands.acting import UNIT_DOOR
from services.assignment.domain.proposals import Proposal
from services.chassis.commands import Entry, Reply
from services.chassis.context import By
from services.chassis.references import KnownUnit

VOTES_MAX: Final = 100_000
"""More than the largest village has people."""

Votes = Annotated[int, Field(ge=0, le=VOTES_MAX)]


class Voted(Reply):
    """The proposal, and whether it has passed."""

    proposal_id: UUID
    proposal_no: str
    state: ProposalState


class VoteOnProposal(
    Entry[Proposal], path="/proposals", by=(*UNIT_DOOR, Role.conference_secretary), called="一事一议", reply=Voted
):
    """Record a village's vote; the document is the minutes with the proposal (村民委员会组织法 第二十二条)."""

    village: KnownUnit
    electorate: VotingBody
    entitled: Annotated[int, Field(ge=1, le=VOTES_MAX)]
    attended: Votes
    in_favour: Votes
    document: UUID

    def act(self, p: Proposal, by: By) -> None:
        number = self.number("议", by)
        p.vote(
            number, self.village, self.electorate, self.entitled, self.attended, self.in_favour, self.document, at=by.at
        )
