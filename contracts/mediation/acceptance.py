"""受理: the petitioner is told, and the time to handle the case runs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.event import Event, Words, words_before
from contracts.vocabulary import ServiceMethod


class AcceptanceNotified(Event):
    """The petitioner was told in writing of receipt, route and procedure; the sixty days run from here."""

    title = "受理告知"
    basis = "信访工作条例 第二十三条、第三十四条"
    version = 2

    notice_no: str
    method: ServiceMethod
    served_at: datetime
    receipt: Words
    case_officer: str


class HandlingAccepted(Event):
    """The unit has accepted a case of which nobody can be told, name or address being unclear; the sixty days run."""

    title = "受理（无法告知）"
    basis = "信访工作条例 第二十三条第二款、第三十四条"

    case_officer: str


class OfficerNamed(Event):
    """Somebody else of the unit handles the case from here, on the same days."""

    title = "变更承办人"
    basis = "信访工作条例 第二十八条第一款"

    case_officer: str


class PetitionerNotified(Event):
    """A further petitioner was told in writing of receipt, route and procedure."""

    title = "告知其他信访人"
    basis = "信访工作条例 第二十三条"
    version = 2

    petition: UUID
    notice_no: str
    method: ServiceMethod
    served_at: datetime
    receipt: Words


# The first versions had in clear what people typed.
words_before(AcceptanceNotified, PetitionerNotified)
