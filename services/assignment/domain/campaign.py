"""What is organised around one case, beside its handling: leader, team, plan, and the six-and-three scheme."""

from __future__ import annotations

from uuid import UUID

from contracts.ids import derived
from services.assignment.domain.six_one import SixOne


class Campaign(SixOne):
    """Everything organised around a case; it begins with a sponsor or with the scheme."""

    @staticmethod
    def stream(case: UUID) -> UUID:
        """Return the stream of what is organised around a case."""
        return derived(case, "campaign")

    @property
    def state(self) -> str:
        """What a list shows."""
        if self.sponsor is None:
            return "released" if self.released else "awaiting_sponsor"
        return "started" if self.started else "sponsored"
