"""What several bodies of mediation are made of."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from contracts.vocabulary import ServiceMethod
from services.chassis.context import By
from services.chassis.fields import Body, Moment, OfNoPerson
from services.mediation.domain.delivery import Delivery

Receipt = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_.-]+$"), OfNoPerson]
"""The number by which a delivery can be proved."""


class Delivered(Body):
    """How a paper reached the petitioner."""

    method: ServiceMethod
    served_at: Moment | None = None
    receipt: Receipt

    def delivery(self, by: By) -> Delivery:
        """Return it complete; what names no moment happened now."""
        return Delivery(self.method, self.served_at or by.at, self.receipt)


class Documented(Body):
    """What was done; the paper about it lies in the vault."""

    document: UUID
