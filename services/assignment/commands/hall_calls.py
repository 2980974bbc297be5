"""The commands by which the reception hall calls units."""

from __future__ import annotations

from typing import Final

from contracts.vocabulary import Role
from services.assignment.commands.acting import ORGANISERS, UNIT_DOOR, InCase, KnownCase, Organising
from services.assignment.domain.hall_calls import HallCall
from services.chassis.commands import Entry, OnEntry
from services.chassis.context import By
from services.chassis.fields import Day
from services.chassis.references import KnownUnit
from services.chassis.texts import CaseText

HALL: Final = (Role.intake_clerk, *ORGANISERS)


class CallToHall(Organising, Entry[HallCall], path="/cases/{case_id}/hall-calls", by=HALL, called="通知单位到接访大厅"):
    """Call a unit to the hall: somebody comes or answers until a day (第十四条第二项、第十八条第三款)."""

    case_id: KnownCase
    unit: KnownUnit
    due_on: Day

    def act(self, c: HallCall, by: By) -> None:
        c.call(self.case_id, self.unit, self.due_on, at=by.at)


class AnswerHallCall(
    InCase,
    OnEntry[HallCall],
    path="/hall-calls/{hall_call_id}/answer",
    by=(Role.case_officer, *UNIT_DOOR),
    called="到场答复",
):
    """Say that somebody came, or what the unit answers (第十四条第二项、第十八条第三款)."""

    came: bool
    document: CaseText

    def act(self, c: HallCall, by: By) -> None:
        c.answer(self.acting_as(by, c.unit), by.actor, self.document, came=self.came, at=by.at)
