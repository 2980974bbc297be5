"""The rules of a village's vote on what its people need together (一事一议)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.assignment import ProposalVoted
from contracts.vocabulary import ProposalState, VotingBody
from services.chassis.aggregate import Aggregate, when
from services.chassis.errors import Invalid, Refused

VILLAGE_ARTICLE: Final = "村民委员会组织法 第二十二条"


class VotesDoNotAddUp(Invalid):
    """More voted than were there, or more were there than may vote."""

    code = "votes_do_not_add_up"
    title = "表决人数有误"
    article = VILLAGE_ARTICLE


class NoQuorum(Refused):
    """More than half of the villagers, or two thirds of the households, must be there."""

    code = "no_quorum"
    title = "到会人数不足，表决无效"
    article = VILLAGE_ARTICLE


class Proposal(Aggregate):
    """One vote of one village. Its stream belongs to no case."""

    def start(self) -> None:
        """There was no vote yet."""
        self.proposal_no = self.village = ""
        self.passed = False

    @property
    def case(self) -> UUID | None:
        """What a village undertakes belongs to no case."""
        return None

    @property
    def state(self) -> ProposalState:
        """What a list shows."""
        return ProposalState.passed if self.passed else ProposalState.not_passed

    def vote(
        self, proposal_no: str, village: str, electorate: VotingBody, entitled: int, attended: int, in_favour: int,
        document: UUID, *, at: datetime,
    ) -> None:  # fmt: skip
        """Record a vote; more than half of those who were there must have been in favour."""
        if not in_favour <= attended <= entitled:
            raise VotesDoNotAddUp
        if not _enough(electorate, entitled, attended):
            raise NoQuorum
        self.record(
            ProposalVoted, at=at, proposal_no=proposal_no, village=village, electorate=electorate, entitled=entitled,
            attended=attended, in_favour=in_favour, passed=2 * in_favour > attended, document=document,
        )  # fmt: skip

    @when
    def _(self, event: ProposalVoted) -> None:
        self.proposal_no, self.village, self.passed = event.proposal_no, event.village, event.passed


def _enough(electorate: VotingBody, entitled: int, attended: int) -> bool:
    if electorate is VotingBody.villagers:
        return 2 * attended > entitled
    return 3 * attended >= 2 * entitled
