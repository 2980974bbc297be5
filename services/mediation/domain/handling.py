"""办理: what a unit does with a case; told first, heard first, decided in writing, closed last."""

from __future__ import annotations

from typing import ClassVar

from services.mediation.domain.ending import Ending


class Handling(Ending):
    """A case from a unit's receipt of it to its end; each part of it has a file."""

    decided_from: ClassVar[str | None] = "assignment"

    @property
    def state(self) -> str:
        """What a list shows: the farthest that the case has got."""
        steps = (
            ("terminated", self.terminated_at),
            ("closed", self.closed_at),
            (str(self.stopped), self.stopped),
            ("recheck_served", self.recheck_served_at),
            ("recheck_open", self.recheck_requested_at),
            ("review_served", self.review_served_at),
            ("review_open", self.review_requested_at),
            ("opinion_served", self.served_at),
            ("opinion_issued", self.issued_at),
            ("agreement_performed", self.performed),
            ("agreement_signed", self.agreement_on),
            ("suggestion_replied", self.replied_at),
            ("procedure_docketed", self.docketed_on),
            ("procedure_imported", self.imported_at),
            ("mediation", self.mediator),
            ("hearing", self.hearing),
            ("accepted", self.accepted_at),
            ("with_unit", self.unit),
        )
        return next((name for name, reached in steps if reached), "returned")
