"""The commands by which leaders become contacts of townships."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from contracts.vocabulary import Role
from services.assignment.domain.leader_areas import LeaderArea
from services.chassis.commands import Command, Reply
from services.chassis.context import By
from services.chassis.fields import Code
from services.chassis.references import BlamedOfficer, BlamedUnit

SECRETARY: Final = (Role.conference_secretary,)


class Linked(Reply):
    """The townships of the leader."""

    leader: str
    townships: list[str]


class OnLeader(Command[LeaderArea], reply=Linked):
    """A command about the townships of a leader."""

    officer: Code
    code: Code

    def stream(self, by: By) -> UUID:  # noqa: ARG002  # whoever acts
        """Return the stream of the leader's townships."""
        return LeaderArea.stream(self.officer)

    def shows(self, area: LeaderArea) -> dict[str, Any]:
        """Return the leader's townships."""
        return {"leader": self.officer, "townships": area.townships}


class LinkTownship(OnLeader, method="PUT", path="/leaders/{officer}/townships/{code}", by=SECRETARY, called="设联系点"):
    """Make a leader the contact of a township (第五条第三项)."""

    may_open = True

    officer: BlamedOfficer
    code: BlamedUnit

    def act(self, area: LeaderArea, by: By) -> None:
        area.link(self.officer, self.code, at=by.at)


class UnlinkTownship(
    OnLeader, method="DELETE", path="/leaders/{officer}/townships/{code}", by=SECRETARY, called="撤联系点"
):
    """Let a leader be the contact of a township no longer (第五条第三项)."""

    def act(self, area: LeaderArea, by: By) -> None:
        area.unlink(self.code, at=by.at)
