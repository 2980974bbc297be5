"""The commands by which what a petitioner wrote is only kept, kept for longer, or destroyed by two (第四十七条)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.vocabulary import ErasureGround, HoldGround, Role
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.running import Running
from services.chassis.views import Statement
from services.intake.application.erasing import Asked, asked_about, destroying, keys_of, over, restricting
from services.intake.application.looking import under_seal
from services.intake.commands.cases import AboutCaseHere, OnCaseEntry
from services.intake.domain.erasure import Erasure

KEEPERS: Final = (Role.bureau_officer, Role.unit_head)
"""Who answers for what is kept at the door."""
DAYS_A_YEAR: Final = 366


class AskErasure(AboutCaseHere[Erasure], path="/cases/{case_id}/erasures", by=KEEPERS, called="限制处理个人信息"):
    """Let what one petitioner wrote in a case that is over only be kept, until it may be destroyed (第四十七条第二款).

    What belongs to a report about an official is kept by the organ that has it.
    """

    petition_id: UUID
    ground: ErasureGround

    _keys: Sequence[tuple[UUID, UUID]]
    _asked: Asked
    _over: datetime | None

    async def look_up(self, running: Running, by: By) -> None:
        """Find what belongs to them, and whether the case is over."""
        await super().look_up(running, by)
        if await under_seal(running, self.case_id):
            raise NotFound(str(self.case_id))
        self._keys = await keys_of(running, self.case_id, self.petition_id)
        self._asked = await asked_about(running, self._keys)
        self._over = await over(running, self.case_id)

    def act(self, e: Erasure, by: By) -> None:
        runs, pending = self._over is None, self._asked.pending
        e.ask(self.case_id, self.petition_id, self.ground, runs=runs, pending=pending, by=by)

    def statements(self) -> Sequence[Statement]:
        return restricting(self._keys, restricted=True)


class OnErasure(OnCaseEntry[Erasure]):
    """A command on an erasure that was asked for."""

    _keys: Sequence[tuple[UUID, UUID]] = ()

    async def look_up(self, running: Running, by: By) -> None:
        """Find what belongs to the petitioner."""
        await super().look_up(running, by)
        entry = await running.store.known(Erasure, self.stream(by))
        assert entry.of is not None
        assert entry.petition is not None
        if await under_seal(running, entry.of):
            raise NotFound(str(self.stream(by)))
        self._keys = [] if entry.shredded_at else await keys_of(running, entry.of, entry.petition)


class TakeBackErasure(OnErasure, path="/erasures/{erasure_id}/end", by=KEEPERS, called="恢复处理个人信息"):
    """Let it be worked with again, because the case goes on or nobody wanted it to be erased."""

    def act(self, e: Erasure, by: By) -> None:
        e.take_back(at=by.at)

    def statements(self) -> Sequence[Statement]:
        return restricting(self._keys, restricted=False)


class SetLegalHold(OnErasure, path="/erasures/{erasure_id}/holds", by=(*KEEPERS, Role.supervisor), called="暂缓删除"):
    """Let it be kept for something, however long it has been there (第四十七条第二款)."""

    ground: HoldGround

    def act(self, e: Erasure, by: By) -> None:
        e.hold(self.ground, at=by.at)


class LiftLegalHold(
    OnErasure, path="/erasures/{erasure_id}/holds/end", by=(*KEEPERS, Role.supervisor), called="解除暂缓删除"
):
    """Keep it for that no more."""

    ground: HoldGround

    def act(self, e: Erasure, by: By) -> None:
        e.let_go(self.ground, at=by.at)


class ShredData(OnErasure, path="/erasures/{erasure_id}/approval", by=KEEPERS, called="同意删除个人信息"):
    """Agree, as another person than who has asked: the keys are destroyed, and nobody reads it again."""

    _asked: Asked
    _over: datetime | None
    _keep: timedelta
    _at: datetime

    async def look_up(self, running: Running, by: By) -> None:
        """Find out whether the case is over, and since when, and whether anything is to be kept for longer."""
        await super().look_up(running, by)
        self._asked = await asked_about(running, self._keys)
        self._over = await over(running, self.referred["of_case"].id)
        self._keep, self._at = timedelta(days=running.settings.retention_years * DAYS_A_YEAR), by.at

    def act(self, e: Erasure, by: By) -> None:
        keys, keep_until = [key for key, _ in self._keys], (self._over or by.at) + self._keep
        e.shred(keys, keep_until, self._asked.held, self._asked.let_go_by, runs=self._over is None, by=by)

    def statements(self) -> Sequence[Statement]:
        return destroying(self._keys, self._at)
