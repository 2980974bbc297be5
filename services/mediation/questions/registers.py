"""What stands in the registers of mediation: one entry, or a list of them."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from contracts.vocabulary import (
    CommitteeSetting,
    CommitteeState,
    ContentCategory,
    DisputeClass,
    DisputeState,
    FundState,
    Hardship,
    MediatorState,
    SelfCorrectionState,
    SupervisionReason,
    SweepState,
)
from services.chassis.fields import Code
from services.chassis.questions import Listing, One
from services.mediation.views import CommitteeRow, DisputeRow, FundRow, MediatorRow, SelfCorrectionRow, SweepRow


class OneCommittee(One[CommitteeRow], path="/committees/{committee_id}", called="人民调解委员会"):
    """Show a committee (人民调解法 第十条)."""

    committee_id: UUID


class Committees(Listing[CommitteeRow], path="/committees", called="人民调解委员会名册"):
    """List the committees (人民调解法 第十条)."""

    state: CommitteeState | None = None
    unit: Code | None = None
    setting: CommitteeSetting | None = None
    sort: Literal["id", "unit", "term_until"] = "id"


class OneMediator(One[MediatorRow], path="/mediators/{mediator_id}", called="人民调解员"):
    """Show a mediator (人民调解法 第十三条)."""

    mediator_id: UUID


class Mediators(Listing[MediatorRow], path="/mediators", called="人民调解员名册"):
    """List the mediators (人民调解法 第十三条)."""

    state: MediatorState | None = None
    committee: UUID | None = None
    mediator: Code | None = None
    sort: Literal["id", "mediator"] = "id"


class OneDispute(One[DisputeRow], path="/disputes/{dispute_id}", called="矛盾纠纷"):
    """Show a dispute (第三十七条第一款)."""

    dispute_id: UUID


class Disputes(Listing[DisputeRow], path="/disputes", called="矛盾纠纷台账"):
    """List the disputes (第三十七条第一款)."""

    state: DisputeState | None = None
    unit: Code | None = None
    place: Code | None = None
    dispute_class: DisputeClass | None = None
    category: ContentCategory | None = None
    mediator: Code | None = None
    sort: Literal["id", "due_on", "unit", "mediator"] = "id"


class OneSweep(One[SweepRow], path="/sweeps/{sweep_id}", called="排查情况"):
    """Show a sweep (第十条)."""

    sweep_id: UUID


class Sweeps(Listing[SweepRow], path="/sweeps", called="排查台账"):
    """List the sweeps (第十条)."""

    state: SweepState | None = None
    sort: Literal["id", "due_on"] = "id"


class OneFund(One[FundRow], path="/funds/{fund_id}", called="专项资金"):
    """Show a request for money (第三十七条第二款)."""

    fund_id: UUID


class Funds(Listing[FundRow], path="/funds", called="专项资金台账"):
    """List the requests for money (第三十七条第二款)."""

    state: FundState | None = None
    unit: Code | None = None
    case_id: UUID | None = None
    hardship: Hardship | None = None
    sort: Literal["id", "unit"] = "id"


class OneSelfCorrection(One[SelfCorrectionRow], path="/self-corrections/{self_correction_id}", called="纠正情况"):
    """Show what a unit put right (第二十八条第一款)."""

    self_correction_id: UUID


class SelfCorrections(Listing[SelfCorrectionRow], path="/self-corrections", called="主动纠正台账"):
    """List what units put right (第二十八条第一款)."""

    state: SelfCorrectionState | None = None
    unit: Code | None = None
    reason: SupervisionReason | None = None
    sort: Literal["id", "unit", "corrected_on"] = "id"
