"""What groups of commands share: who organises, and the case that a command is about."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from contracts.vocabulary import Role
from services.assignment.domain.assigning import Assignment
from services.chassis.references import Refers

ORGANISERS: Final = (Role.conference_secretary, Role.bureau_officer)
LED: Final = (Role.sponsor_leader, *ORGANISERS)
UNIT_DOOR: Final = (Role.unit_receiver, Role.unit_head)

KnownCase = Annotated[UUID, Refers(Assignment)]
