"""What groups of commands share: who organises, and the case that a command is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, cast
from uuid import UUID

from contracts.vocabulary import Role
from services.assignment.domain.assigning import Assignment
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.operations import Declared
from services.chassis.references import NamedCase, Refers, given_officers, given_units
from services.chassis.running import Running

ORGANISERS: Final = (Role.conference_secretary, Role.bureau_officer)
LED: Final = (Role.sponsor_leader, *ORGANISERS)
UNIT_DOOR: Final = (Role.unit_receiver, Role.unit_head)

KnownCase = Annotated[NamedCase, Refers(Assignment)]


class InCase(Declared):
    """A command about a case, by nobody who keeps out of it; what it gives comes to nobody whom the case complains of.

    (第二十八条第三款)
    """

    _cases: Sequence[Assignment]

    async def look_up(self, running: Running, by: By) -> None:
        """Find the case, and see to that. Raises ``MustKeepOut`` and ``OthersKeepOut``."""
        await super().look_up(running, by)  # type: ignore[misc]  # a command's
        self._cases = await self.cases_of(running, by)
        for case in self._cases:
            directory = running.store.directories.current
            case.must_not_keep_out(by, directory)
            case.must_be_kept_from(directory, given_units(self), [*given_officers(self), *self.named()])

    async def cases_of(self, running: Running, by: By) -> Sequence[Assignment]:
        """Return the cases that it is about: the one that it names, or that its entry is about."""
        if "case_id" in type(self).model_fields:
            found = self.referred["case_id"]  # type: ignore[attr-defined]  # a command's
            return [] if found is None else [found]
        of = await self.of_case(running, by)
        return [] if of is None else [await running.store.known(Assignment, of)]

    async def of_case(self, running: Running, by: By) -> UUID | None:
        """Return the case that it is about, in which its texts lie."""
        if "case_id" in type(self).model_fields:
            return cast("UUID | None", self.case_id)  # type: ignore[attr-defined]  # a command's
        entry = await running.store.known(self.aggregate, self.stream(by))  # type: ignore[attr-defined]  # a command's
        return cast("UUID | None", entry.case)

    def acting_as(self, by: By, meant: str | None) -> str:
        """Return as which unit somebody acts: as the one that is meant, where they owe what that one owed."""
        directory: Directory = self.directory  # type: ignore[attr-defined]  # a command's
        barred = frozenset[str]().union(*(case.barred(directory) for case in self._cases))
        return directory.acting_as(by.unit, meant, barred=barred)

    def named(self) -> Sequence[str]:
        """Return the officers to whom it gives something, and whom none of its fields names."""
        return ()


class Organising(InCase):
    """A command by which something is organised around cases: by nobody who has nothing to do with them."""

    def decide(self, one: Any, by: By) -> dict[str, Any]:  # noqa: ANN401  # an aggregate of the command's
        """Let only these act. Raises ``NothingToDoWithTheCase``."""
        for case in self._cases:
            case.must_have_to_do_with(by, self.directory, self.taking_part(one, by))  # type: ignore[attr-defined]
        said: dict[str, Any] = super().decide(one, by)  # type: ignore[misc]  # a command's
        return said

    def taking_part(self, one: Any, by: By) -> Sequence[str]:  # noqa: ANN401, ARG002  # an aggregate of the command's
        """Return the units that have a part in it by what was organised before."""
        return ()
