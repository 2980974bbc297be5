"""What stands in the registers of mediation: one entry, or a list of them."""

from __future__ import annotations

from services.chassis.questions import Listing, One
from services.mediation.views import CommitteeRow, DisputeRow, FundRow, MediatorRow, SelfCorrectionRow, SweepRow


class OneCommittee(One[CommitteeRow], path="/committees/{committee_id}", called="人民调解委员会"):
    """Show a committee (人民调解法 第十条)."""


class Committees(
    Listing[CommitteeRow], path="/committees", called="人民调解委员会名册",
    where=("state", "unit", "setting"), sort=("id", "unit", "term_until"),
):  # fmt: skip
    """List the committees (人民调解法 第十条)."""


class OneMediator(One[MediatorRow], path="/mediators/{mediator_id}", called="人民调解员"):
    """Show a mediator (人民调解法 第十三条)."""


class Mediators(
    Listing[MediatorRow], path="/mediators", called="人民调解员名册",
    where=("state", "committee", "mediator"), sort=("id", "mediator"),
):  # fmt: skip
    """List the mediators (人民调解法 第十三条)."""


class OneDispute(One[DisputeRow], path="/disputes/{dispute_id}", called="矛盾纠纷"):
    """Show a dispute (第三十七条第一款)."""


class Disputes(
    Listing[DisputeRow], path="/disputes", called="矛盾纠纷台账",
    where=("state", "unit", "place", "dispute_class", "category", "mediator"),
    sort=("id", "due_on", "unit", "mediator"),
):  # fmt: skip
    """List the disputes (第三十七条第一款)."""


class OneSweep(One[SweepRow], path="/sweeps/{sweep_id}", called="排查情况"):
    """Show a sweep (第十条)."""


class Sweeps(Listing[SweepRow], path="/sweeps", called="排查台账", where=("state",), sort=("id", "due_on")):
    """List the sweeps (第十条)."""


class OneFund(One[FundRow], path="/funds/{fund_id}", called="专项资金"):
    """Show a request for money (第三十七条第二款)."""


class Funds(
    Listing[FundRow], path="/funds", called="专项资金台账",
    where=("state", "unit", "case_id", "hardship"), sort=("id", "unit"),
):  # fmt: skip
    """List the requests for money (第三十七条第二款)."""


class OneSelfCorrection(One[SelfCorrectionRow], path="/self-corrections/{self_correction_id}", called="纠正情况"):
    """Show what a unit put right (第二十八条第一款)."""


class SelfCorrections(
    Listing[SelfCorrectionRow], path="/self-corrections", called="主动纠正台账",
    where=("state", "unit", "reason"), sort=("id", "unit", "corrected_on"),
):  # fmt: skip
    """List what units put right (第二十八条第一款)."""
