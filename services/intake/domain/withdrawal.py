"""Withdrawal: the petitioner's own words, fifteen days to think again, and no hand of the handling unit in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from contracts.intake import CaseWithdrawn, PetitionWithdrawn, WithdrawalRequested, WithdrawalRevoked
from contracts.periods import period
from contracts.periods.calendar import day
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, Refused
from services.intake.domain.guards import must_be_open
from services.intake.domain.registration import Registration


class WithdrawalPending(Refused):
    """The petitioner has asked for it already."""

    code = "withdrawal_pending"
    title = "已申请撤回，尚在冷静期或待确认"
    article = "信访工作条例 第十七条"


class NoWithdrawalPending(Refused):
    """The petitioner has asked for no withdrawal, or has thought again."""

    code = "no_withdrawal_pending"
    title = "没有待确认的撤回申请"
    article = "信访工作条例 第十七条"


class CoolingOff(Refused):
    """The petitioner may still think again."""

    code = "cooling_off"
    title = "冷静期未满，不得确认撤回"
    article = "信访工作条例 第十七条"


class OthersPetitionToo(Refused):
    """What one petitioner does not want any more, others do: each of them is told and answered."""

    code = "others_petition_too"
    title = "尚有其他信访人，一人撤回不能终止整个事项"
    article = "信访工作条例 第十七条、第三十二条"


class HasWithdrawn(Refused):
    """Who has withdrawn their own petition takes no part in what goes on for the others; they may come again."""

    code = "has_withdrawn"
    title = "本人信访件已撤回，不再参与该事项；仍有诉求的可以重新提出"
    article = "信访工作条例 第十七条"


class ConfirmedByHandler(Forbidden):
    """Whoever has to answer the petition must not confirm that it is withdrawn."""

    code = "confirmed_by_handler"
    title = "办理单位及其下属单位不得确认撤回"
    article = "信访工作条例 第十七条、第二十八条第三款"


def request_withdrawal(
    r: Registration, document: UUID, directory: Directory, *, at: datetime, petition: UUID | None = None
) -> None:
    """Put the wish on file; nothing changes for fifteen days, and it is said who asks the petitioner after them.

    Of several petitioners none withdraws what the others have asked for: who has joined a case withdraws their own.
    """
    must_be_open(r)
    must_not_have_withdrawn(r, petition)
    own = petition if petition in r.others else None
    if own in r.withdrawals:
        raise WithdrawalPending
    if own is None and r.others:
        raise OthersPetitionToo(f"另有 {len(r.others)} 名信访人")
    r.record(
        WithdrawalRequested, at=at, document=document, effective_on=period("D10").last_day(at),
        confirmer=_confirmer(r, directory), petition=own,
    )  # fmt: skip


def must_not_have_withdrawn(r: Registration, petition: UUID | None) -> None:
    """Let nobody act in a case who has withdrawn what they had asked for in it."""
    if petition in r.withdrawn:
        raise HasWithdrawn


def _confirmer(r: Registration, directory: Directory) -> str | None:
    """Return who asks: whoever received it and does not handle it, the bureau over them, who stands above them.

    Of what lies apart that is else who has the receipt.
    """
    barred = directory.off_limits(r.accused_units, r.accused_persons)
    received = () if r.direct else (r.receiving_unit,)
    bureau = directory.supervisor_of(r.receiving_unit, barred)
    able = (*received, *([bureau] if bureau else ()), *directory.bodies_above(r.receiving_unit))
    return next((unit for unit in able if unit not in barred), r.receipt_for[0] if r.receipt_for else None)


def revoke_withdrawal(r: Registration, document: UUID | None, *, at: datetime, petition: UUID | None = None) -> None:
    """Let the case go on as it was, for whoever wished to withdraw."""
    own, _ = _must_be_pending(r, petition)
    _revoke(r, own, document, at=at)


def is_pending(r: Registration, petition: UUID) -> bool:
    """Return whether whoever has a petition thinks of withdrawing it, or the case that is theirs alone."""
    return r.open and (petition in r.withdrawals or (petition not in r.others and None in r.withdrawals))


def go_on_for_others(r: Registration, *, at: datetime) -> None:
    """Let a case go on that somebody wished to withdraw, where somebody else petitions too by now (第三十二条)."""
    if r.others and r.withdrawal_on is not None:
        _revoke(r, None, None, at=at)


def go_on_elsewhere(r: Registration, petition: UUID, *, at: datetime) -> None:
    """Let nobody think any longer of withdrawing here what goes on in a case of its own."""
    if petition in r.withdrawals:
        _revoke(r, petition, None, at=at)


def carry_over(r: Registration, wishes: Mapping[UUID | None, WithdrawalRequested], *, at: datetime) -> None:
    """Let who thinks of withdrawing think on to the same day where their petition is now, and be asked there.

    Nobody's own will is lost because others join or divide cases (第十七条).
    """
    for petition, wish in wishes.items():
        if petition not in r.withdrawals:
            _wish_on(r, petition, wish, wish.confirmer, at=at)


def tell_again(r: Registration, directory: Directory, *, at: datetime, moved: bool = False) -> None:
    """Let it be known under another number, too, that somebody thinks of withdrawing, to the same day.

    Nobody asks them of whom the case has come to complain; of what has `moved` for that reason alone nothing else is
    new.
    """
    barred = directory.off_limits(r.accused_units, r.accused_persons)
    for petition, wish in [*r.withdrawals.items()]:
        if not moved or not wish.confirmer or wish.confirmer in barred:
            confirmer = _confirmer(r, directory)
            if not (moved and confirmer == wish.confirmer):
                _wish_on(r, petition, wish, confirmer, at=at, moved=moved)


def tell_who_withdrew(r: Registration, *, at: datetime) -> None:
    """Let the others know who has withdrawn while they heard nothing of the case."""
    for gone in [*r.withdrawn_apart]:
        r.record(
            PetitionWithdrawn, at=at, petition=gone.petition, document=gone.document, came_back=gone.came_back,
            pending=bool(r.withdrawals),
        )  # fmt: skip


def _wish_on(
    r: Registration, petition: UUID | None, wish: WithdrawalRequested, confirmer: str | None, *, at: datetime,
    moved: bool = False,
) -> None:  # fmt: skip
    r.record(
        WithdrawalRequested, at=at, document=wish.document, effective_on=wish.effective_on, confirmer=confirmer,
        petition=petition, asked_at=wish.asked_at or wish.timestamp, moved=moved,
    )  # fmt: skip


def _revoke(r: Registration, own: UUID | None, document: UUID | None, *, at: datetime) -> None:
    r.record(WithdrawalRevoked, at=at, document=document, petition=own, pending=len(r.withdrawals) > 1)


def confirm_withdrawal(
    r: Registration, unit: str, document: UUID, directory: Directory, *, handler: str | None, at: datetime,
    petition: UUID | None = None,
) -> None:  # fmt: skip
    """Withdraw the case, or one petition, after somebody out of the handling unit's reach has asked the petitioner."""
    own, last = _must_be_pending(r, petition)
    handlers = {one for one in (handler, r.receiving_unit if r.direct else None) if one}
    if unit in handlers.union(*(directory.below(one) for one in handlers)):
        raise ConfirmedByHandler
    if day(at) <= last:
        raise CoolingOff
    if own is None:
        r.record(CaseWithdrawn, at=at, document=document)
    else:
        back = tuple(entry for entry, sent in r.came_back.items() if sent.petition == own)
        more = len(r.withdrawals) > 1
        r.record(PetitionWithdrawn, at=at, petition=own, document=document, pending=more, came_back=back)


def _must_be_pending(r: Registration, petition: UUID | None) -> tuple[UUID | None, date]:
    """Return what is to be withdrawn, and the last day on which the petitioner may think again."""
    must_be_open(r)
    own = petition if petition in r.withdrawals else None
    if own not in r.withdrawals:
        raise NoWithdrawalPending
    return own, r.withdrawals[own].effective_on
