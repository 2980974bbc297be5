"""What is organised around one case, beside its handling: leader, team, plan, and the six-and-three scheme."""

from __future__ import annotations

from uuid import UUID

from contracts.ids import derived
from contracts.vocabulary import CampaignState
from services.assignment.domain.six_one import SixOne


class Campaign(SixOne):
    """Everything organised around a case; it begins with a sponsor or with the scheme."""

    @staticmethod
    def stream(case: UUID) -> UUID:
        """Return the stream of what is organised around a case."""
        return derived(case, "campaign")

    @property
    def state(self) -> CampaignState:
        """What a list shows."""
        if self.sponsor is None:
            return CampaignState.released if self.released else CampaignState.awaiting_sponsor
        return CampaignState.started if self.started else CampaignState.sponsored
