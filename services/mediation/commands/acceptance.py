"""The commands by which a unit accepts a case and keeps to its time."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field

from contracts.event import Event
from contracts.intake import CaseRegistered, PetitionsTakenOver
from contracts.vocabulary import Role, SimplifiedGround
from services.chassis.commands import Said
from services.chassis.context import By
from services.chassis.references import GivenOfficer
from services.chassis.running import Running
from services.chassis.texts import CaseText
from services.mediation.commands.handling import DECIDERS, UNIT_STAFF, Deliver, Handle, Noticed
from services.mediation.domain import acceptance, timing
from services.mediation.domain.handling import Handling

DAYS_MAX: Final = 366


class NotifyAcceptance(
    Deliver, path="/cases/{case_id}/acceptance-notice", by=UNIT_STAFF, called="受理告知", reply=Noticed
):
    """Tell the petitioner of acceptance in writing (第二十三条)."""

    case_officer: GivenOfficer

    def act(self, h: Handling, by: By) -> Said:
        number = self.number("信受", by)
        acceptance.notify_acceptance(
            h, by.unit, number, *self.delivery(by), self.case_officer, self.directory, at=by.at
        )
        return {"notice_no": number}


class NotifyPetitioner(
    Deliver, path="/cases/{case_id}/petitioners/{petition_id}/notice", by=UNIT_STAFF, called="告知其他信访人",
    reply=Noticed,
):  # fmt: skip
    """Tell a further petitioner in writing (第二十三条)."""

    petition_id: UUID

    def act(self, h: Handling, by: By) -> Said:
        number = self.number("信受", by)
        acceptance.notify_another(h, by.unit, self.petition_id, number, self.delivery(by), at=by.at)
        return {"notice_no": number}


class AcceptCase(Handle, path="/cases/{case_id}/acceptance", by=UNIT_STAFF, called="受理（无法告知）"):
    """Accept a case whose petitioner cannot be told (第二十三条第二款)."""

    case_officer: GivenOfficer

    def act(self, h: Handling, by: By) -> None:
        acceptance.accept(h, by.unit, self.case_officer, self.directory, at=by.at)


class NameOfficer(
    Handle, path="/cases/{case_id}/officer", by=(Role.unit_receiver, Role.unit_head), called="变更承办人"
):  # fmt: skip
    """Let somebody else of the unit handle the case from here, on the same days (第二十八条第一款)."""

    case_officer: GivenOfficer

    def act(self, h: Handling, by: By) -> None:
        acceptance.name_officer(h, by.unit, self.case_officer, self.directory, at=by.at)


class ChooseSimplified(Handle, path="/cases/{case_id}/simplified-track", by=DECIDERS, called="简易办理"):
    """Handle a simple case simply (信访事项简易办理办法 第四条)."""

    ground: SimplifiedGround
    _repeated: bool
    _instructed: bool

    async def look_up(self, running: Running, by: By) -> None:
        """Ask what is not known here, because few choose: who has come again, and what leaders have written."""
        await super().look_up(running, by)
        case = await running.sources.case("intake", self.case_id) or {}
        written = await running.sources.ask("assignment", f"/cases/{self.case_id}/instructions", dict[str, Any])
        self._repeated, self._instructed = case.get("petitions", 1) > 1, bool(written["items"])

    def act(self, h: Handling, by: By) -> None:
        timing.choose_simplified(
            h, by.unit, self.ground, repeated=self._repeated, instructed=self._instructed, at=by.at
        )


class ConvertSimplified(
    Handle, path="/cases/{case_id}/simplified-track/conversion", by=DECIDERS, called="转为普通办理"
):
    """Go back to the ordinary way (信访事项简易办理办法 第五条)."""

    document: CaseText

    def act(self, h: Handling, by: By) -> None:
        timing.convert_simplified(h, by.unit, self.document, at=by.at)


class ExtendHandling(
    Deliver, path="/cases/{case_id}/extension", by=(Role.unit_head,), called="延期办理", reply=Noticed
):
    """Take longer, once, by at most thirty days; whoever sends it approves it (第三十四条)."""

    days: Annotated[int, Field(ge=0, le=DAYS_MAX)]
    reasons: CaseText
    _before: list[Handling]

    async def look_up(self, running: Running, by: By) -> None:
        """Find what has gone into the case, or what it has come from, because few take longer."""
        await super().look_up(running, by)
        self._before = [await running.store.load(Handling, case) for case in await _before(running, self.case_id)]

    def act(self, h: Handling, by: By) -> Said:
        number = self.number("信延", by)
        timing.extend(
            h,
            by.unit,
            self.days,
            by.actor,
            self.reasons,
            number,
            self.delivery(by),
            self.directory,
            before=self._before,
            at=by.at,
        )
        return {"notice_no": number}


async def _before(running: Running, case: UUID) -> list[UUID]:
    """Return the cases that have gone into a case, the one from which it was divided, and those before them."""
    found: dict[UUID, None] = {}
    waiting = [case]
    while waiting:
        for fact in await running.sources.history("intake", waiting.pop()):
            source = _source(fact.event)
            if source is not None and source not in found:
                found[source] = None
                waiting.append(source)
    return [*found]


def _source(event: Event) -> UUID | None:
    if isinstance(event, PetitionsTakenOver):
        return event.from_case
    return event.split_from if isinstance(event, CaseRegistered) else None
