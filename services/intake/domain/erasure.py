"""删除: what one petitioner wrote is only kept when the case is over, and destroyed when its time is (第四十七条).

Nobody destroys it alone, and nothing is destroyed that somebody has to have yet. By case, and not by person: nobody
here looks for somebody's other matters.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from contracts.intake import DataShredded, ErasureAsked, ErasureTakenBack, LegalHoldLifted, LegalHoldSet
from contracts.vocabulary import ErasureGround, ErasureState, HoldGround
from services.chassis.aggregate import when
from services.chassis.context import By
from services.chassis.entry import CaseEntry
from services.chassis.errors import Forbidden, Refused

_ARTICLE = "个人信息保护法 第四十七条"


class CaseStillRuns(Refused):
    """What is being dealt with is not erased: the petition is answered first."""

    code = "case_still_runs"
    title = "信访事项仍在办理，不得限制处理或者删除"
    article = _ARTICLE


class KeptForNow(Refused):
    """What the time to keep it, or a hold, does not let go stays."""

    code = "kept_for_now"
    title = "保存期限未届满或者须暂缓删除"
    article = _ARTICLE


class OwnErasure(Forbidden):
    """Nobody destroys alone what cannot be brought back."""

    code = "own_erasure"
    title = "删除须由另一人同意"
    article = "个人信息保护法 第五十一条"


class ErasurePending(Refused):
    """What is only kept already is asked for once: who asks anew would leave behind what holds it."""

    code = "erasure_pending"
    title = "该信访人的信息已经限制处理，不得重复申请"
    article = _ARTICLE


class ErasureOver(Refused):
    """What was destroyed, or is worked with again, is asked for anew."""

    code = "erasure_over"
    title = "该删除事项已经办结"
    article = _ARTICLE


class DataRestricted(Refused):
    """What is only kept is read by its own petitioner, and where law looks into how it was dealt with."""

    code = "data_restricted"
    title = "该信访人的信息已限制处理，仅限存储"
    article = "个人信息保护法 第四十七条第二款"


class Erasure(CaseEntry):
    """What becomes of what one petitioner wrote in a case."""

    def start(self) -> None:
        """Nobody has asked yet."""
        super().start()
        self.petition: UUID | None = None
        self.ground: ErasureGround | None = None
        self.asked_by = ""
        self.asked_at: datetime | None = None
        self.shredded_at: datetime | None = None
        self.held: tuple[HoldGround, ...] = ()
        self.state = ErasureState.restricted

    def ask(
        self, case: UUID, petition: UUID, ground: ErasureGround, *, runs: bool, pending: bool, by: By
    ) -> None:  # fmt: skip
        """Let it only be kept from now on; it may be destroyed when its time is over."""
        if runs:
            raise CaseStillRuns
        if pending:
            raise ErasurePending
        self.record(ErasureAsked, at=by.at, case=case, petition=petition, ground=ground, asked_by=by.actor)

    def take_back(self, *, at: datetime) -> None:
        """Let it be worked with again; what holds it goes on to."""
        self._must_be_pending()
        self.record(ErasureTakenBack, at=at, case=self.of, petition=self.petition)

    def hold(self, ground: HoldGround, *, at: datetime) -> None:
        """Let it be kept for something, however long it has been there."""
        self._must_be_pending()
        if ground not in self.held:
            self.record(LegalHoldSet, at=at, case=self.of, petition=self.petition, ground=ground)

    def let_go(self, ground: HoldGround, *, at: datetime) -> None:
        """Keep it for that no more, also where it is worked with again."""
        if self.state is ErasureState.shredded:
            raise ErasureOver
        if ground in self.held:
            self.record(LegalHoldLifted, at=at, case=self.of, petition=self.petition, ground=ground)

    def shred(
        self, keys: Sequence[UUID], keep_until: datetime, held: Collection[HoldGround], let_go_by: Collection[str],
        *, runs: bool, by: By,
    ) -> None:  # fmt: skip
        """Agree, as another person, that these keys are destroyed; `held` is for what any of them has to be kept.

        Who has let go what held them agrees to nothing more: whoever holds something would stand alone.
        """
        self._must_be_pending()
        if by.actor == self.asked_by or by.actor in let_go_by:
            raise OwnErasure
        if runs:
            raise CaseStillRuns
        if every := [ground for ground in HoldGround if ground in {*self.held, *held}]:
            raise KeptForNow("、".join(ground.title for ground in every))
        if by.at < keep_until:
            raise KeptForNow(f"保存至 {keep_until:%Y-%m-%d}")
        self.record(DataShredded, at=by.at, case=self.of, petition=self.petition, keys=tuple(keys))

    def _must_be_pending(self) -> None:
        if self.state is not ErasureState.restricted:
            raise ErasureOver

    @when
    def _(self, event: ErasureAsked) -> None:
        self.of, self.petition, self.ground = event.case, event.petition, event.ground
        self.asked_by, self.asked_at = event.asked_by, event.timestamp

    @when
    def _(self, _: ErasureTakenBack) -> None:
        self.state = ErasureState.taken_back

    @when
    def _(self, event: LegalHoldSet) -> None:
        self.held = (*self.held, event.ground)

    @when
    def _(self, event: LegalHoldLifted) -> None:
        self.held = tuple(ground for ground in self.held if ground is not event.ground)

    @when
    def _(self, event: DataShredded) -> None:
        self.state, self.shredded_at = ErasureState.shredded, event.timestamp
