"""What the groups of commands share: who acts for a unit, and how a command is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from contracts.vocabulary import Role
from services.chassis.context import By
from services.chassis.store import Store
from services.chassis.writer import Done
from services.mediation.domain import inquiry
from services.mediation.domain.handling import Handling

UNIT_STAFF: Final = (Role.unit_receiver, Role.case_officer, Role.unit_head)
DECIDERS: Final = (Role.case_officer, Role.unit_head)
MEDIATORS: Final = (Role.mediator, *DECIDERS)


class Commands:
    """One method a command."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def _act(self, case: UUID, by: By, act: Callable[[Handling], None], **reply: Any) -> Done:  # noqa: ANN401
        def decide(handling: Handling) -> dict[str, Any]:
            inquiry.admit(handling, by.actor)
            act(handling)
            return {"case_id": case, "state": handling.state, **reply}

        return await self.store.change(Handling, case, decide, by=by)
