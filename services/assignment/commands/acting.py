"""What groups of commands share: who organises, and the case that a command is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from contracts.vocabulary import Role
from services.assignment.domain.assigning import Assignment
from services.chassis.context import By
from services.chassis.operations import Declared
from services.chassis.references import Refers, given_officers, given_units
from services.chassis.running import Running

ORGANISERS: Final = (Role.conference_secretary, Role.bureau_officer)
LED: Final = (Role.sponsor_leader, *ORGANISERS)
UNIT_DOOR: Final = (Role.unit_receiver, Role.unit_head)

KnownCase = Annotated[UUID, Refers(Assignment)]


class Giving(Declared):
    """A command that gives something of a case to units and officers: never to whom it complains of (第二十八条)."""

    async def look_up(self, running: Running, by: By) -> None:
        """Find the case, and see to that. Raises ``UnitIsAccused``."""
        await super().look_up(running, by)  # type: ignore[misc]  # a command's
        case = await self.given_of(running, by)
        if case is not None:
            directory = running.store.directories.current
            case.must_be_kept_from(directory, given_units(self), [*given_officers(self), *self.named()])

    async def given_of(self, running: Running, by: By) -> Assignment | None:  # noqa: ARG002  # others have to look
        """Return the case of which something is given: the one that the command names."""
        case: Assignment | None = self.referred.get("case_id")  # type: ignore[attr-defined]  # a command's
        return case

    def named(self) -> Sequence[str]:
        """Return the officers whom the command names and whom the directory need not know."""
        return ()
