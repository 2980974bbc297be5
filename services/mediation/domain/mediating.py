"""调解: both sides want it or it is not, either may stop at any time, and the sixty days run all the while."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from contracts.mediation import (
    AgreementBreached,
    AgreementPerformed,
    ConfirmationFiled,
    ConfirmationGranted,
    ConfirmationRefused,
    DiscretionDetermined,
    MediationAgreementSigned,
    MediationConsented,
    MediationFailed,
    MediationOffered,
    MediationRefused,
    MediationStopped,
    OtherWaysTold,
    PerformanceItemDone,
)
from contracts.periods import period
from contracts.periods.calendar import day
from contracts.vocabulary import Kind, Side
from services.chassis.directory import Directory
from services.chassis.errors import Invalid, Refused
from services.mediation.domain.committees import MediatorIsRemoved, must_mediate_for
from services.mediation.domain.guards import (
    ImpossibleDate,
    NoSuchPetitioner,
    NotTheHandlingUnit,
    NotWithUnit,
    must_be_handling,
    must_be_of,
    must_be_on,
)
from services.mediation.domain.handling import Handling
from services.mediation.domain.people import must_be_kept_from, must_not_be_recused


class NotMediable(Refused):
    """Only a claim is mediated; a suggestion or a report is not bargained over."""

    code = "not_mediable"
    title = "仅申诉求决类事项可以调解"
    article = "信访工作条例 第三十三条"


class OutsideDiscretion(Refused):
    """What mandatory rules fix, as a penalty or the rate of a tax, is no side's to agree on."""

    code = "outside_discretion"
    title = "事项由强制性规定确定，不在裁量权范围内，不得调解、和解"
    article = "信访工作条例 第三十三条"


class SameDiscretion(Refused):
    """It is known to be so."""

    code = "same_discretion"
    title = "与现有裁量权范围的认定相同"
    article = "信访工作条例 第三十三条"


class RefusedClearly(Refused):
    """A side that does not want it is not asked again before it asks for it."""

    code = "mediation_refused"
    title = "当事人已明确拒绝调解，该方要求前不得再行调解"
    article = "人民调解法 第十七条"


class MediationUnderWay(Refused):
    """A mediation is going on; it ends before anything else begins or is decided."""

    code = "mediation_under_way"
    title = "调解正在进行"
    article = "信访工作条例 第三十三条"


class NoMediation(Refused):
    """Nothing is being mediated."""

    code = "no_mediation"
    title = "没有进行中的调解"
    article = "信访工作条例 第三十三条"


class NothingToTell(Refused):
    """No mediation has failed of which the sides were not told what else they can do."""

    code = "no_other_ways_to_tell"
    title = "没有待告知其他救济途径的调解"
    article = "人民调解法 第二十六条"


class MediatorOfASide(Invalid):
    """Nobody mediates in their own cause."""

    code = "mediator_of_a_side"
    title = "调解员不得属于争议一方"
    article = "信访工作条例 第二十八条第三款；人民调解法 第三条"


class AlreadyConsented(Refused):
    """A side is willing once."""

    code = "already_consented"
    title = "该方已同意调解"
    article = "信访工作条例 第三十三条"


class NotBothConsented(Refused):
    """There is no agreement of which one side, or one of several petitioners, did not even want to talk."""

    code = "not_both_consented"
    title = "双方当事人尚未均同意调解"
    article = "信访工作条例 第三十三条"


class NoAgreement(Refused):
    """There is no agreement that would have to be performed."""

    code = "no_agreement"
    title = "没有待履行的调解协议"
    article = "人民调解法 第三十一条"


class NoSuchItem(Refused):
    """The agreement has no such item, or it is done."""

    code = "no_such_item"
    title = "没有该项待履行的协议事项"
    article = "人民调解法 第三十一条"


class ItemsNotDone(Refused):
    """Not everything that was agreed is done."""

    code = "items_not_done"
    title = "协议事项尚未全部履行"
    article = "人民调解法 第三十一条"


class NotJointly(Refused):
    """The court is asked by both sides together or not at all."""

    code = "not_jointly"
    title = "司法确认须由双方当事人共同申请"
    article = "人民调解法 第三十三条；民事诉讼法 第二百零五条"


class ConfirmationTooLate(Refused):
    """The thirty days from the day of effect are over."""

    code = "confirmation_too_late"
    title = "申请司法确认的期限已过"
    article = "人民调解法 第三十三条；民事诉讼法 第二百零五条"


class NotMediated(Refused):
    """The court confirms what was agreed with a mediator, not what the sides have settled by themselves."""

    code = "not_mediated"
    title = "当事人自行和解达成的协议不适用司法确认"
    article = "人民调解法 第三十三条；民事诉讼法 第二百零五条"


class AlreadyFiled(Refused):
    """The court has been asked already."""

    code = "already_filed"
    title = "已申请司法确认"
    article = "人民调解法 第三十三条"


class NotFiled(Refused):
    """The court has not been asked, or has answered."""

    code = "not_filed"
    title = "没有待裁定的司法确认申请"
    article = "民事诉讼法 第二百零六条"


def offer_mediation(
    h: Handling, unit: str, mediator: str, mediator_unit: str, other_party: str | None, directory: Directory,
    *, registered: bool, at: datetime, removed: bool = False, request: UUID | None = None,
) -> None:  # fmt: skip
    """Ask both sides whether they want it (第三十三条).

    Who mediates acts for the mediating unit, or is on the register of its people's mediation committee
    (人民调解法 第十三条): `registered`; nobody whom that has `removed` mediates (第十五条). Where a side
    has refused, it is asked again on its own `request` (第十七条).
    """
    must_be_handling(h, unit)
    _must_be_mediable(h)
    if h.mediator is not None:
        raise MediationUnderWay
    if h.unwilling and request is None:
        raise RefusedClearly
    if mediator_unit == other_party:
        raise MediatorOfASide
    _must_be_fit(h, mediator, mediator_unit, directory, registered=registered, removed=removed)
    must_be_kept_from(directory, mediator_unit, h)
    h.record(
        MediationOffered, at=at, mediator=mediator, mediator_unit=mediator_unit, other_party=other_party,
        request=request,
    )  # fmt: skip


def determine_discretion(h: Handling, unit: str, document: UUID, *, within: bool, at: datetime) -> None:
    """Say whether what is in dispute is the unit's to settle, or fixed by mandatory rules (第三十三条)."""
    must_be_of(h, unit)
    if within is h.within_discretion:
        raise SameDiscretion
    h.record(DiscretionDetermined, at=at, within=within, document=document)


def name_mediator(
    h: Handling, unit: str, mediator: str, directory: Directory, *, gone: bool, registered: bool, at: datetime,
    removed: bool = False,
) -> None:  # fmt: skip
    """Name somebody else of the same committee, where who mediates is `gone` from its register (第十五条、第十九条).

    The sides are asked anew: they accept a mediator, and need not accept this one (第二十三条第一项).
    """
    must_be_mediating(h, unit)
    if not gone:
        raise MediationUnderWay
    assert h.mediator_unit is not None
    _must_be_fit(h, mediator, h.mediator_unit, directory, registered=registered, removed=removed)
    h.record(
        MediationOffered, at=at, mediator=mediator, mediator_unit=h.mediator_unit, other_party=h.other_party
    )  # fmt: skip


def _must_be_fit(
    h: Handling, mediator: str, mediator_unit: str, directory: Directory, *, registered: bool, removed: bool
) -> None:
    must_mediate_for(mediator, mediator_unit, directory, registered=registered, removed=removed)
    must_not_be_recused(directory, mediator, h)


def consent_to_mediation(
    h: Handling, unit: str, side: Side, *, at: datetime, gone: bool = False, public: bool = False,
    petition: UUID | None = None,
) -> None:  # fmt: skip
    """Put on file that a side is willing, and whether it wants listeners; with who is `gone` nobody is willing.

    Of several petitioners each speaks for themselves, the further ones by their `petition`.
    """
    must_be_mediating(h, unit, gone=gone)
    _must_be_within_discretion(h)
    who = _who(h, side, petition)
    if who in h.consents and public is (who in h.public):
        raise AlreadyConsented
    h.record(MediationConsented, at=at, side=side, public=public, petition=petition)


def refuse_mediation(
    h: Handling, unit: str, side: Side, *, at: datetime, gone: bool = False, petition: UUID | None = None
) -> None:
    """Put on file that a side does not want it, or not any more; nothing is asked about why.

    One of several petitioners is enough: there is no agreement over anybody's head.
    """
    must_be_mediating(h, unit, gone=gone)
    stopped = _who(h, side, petition) in h.consents
    h.record(MediationStopped if stopped else MediationRefused, at=at, side=side)


def _who(h: Handling, side: Side, petition: UUID | None) -> Side | UUID:
    if petition is None:
        return side
    if side is not Side.petitioner or petition not in h.others:
        raise NoSuchPetitioner
    return petition


def must_all_be_willing(h: Handling) -> None:
    """Let nothing be talked over or agreed before the other party and each petitioner are willing (第三十三条)."""
    if missing := h.everybody - h.consents:
        raise NotBothConsented(f"尚有 {len(missing)} 名当事人未同意")


def sign_agreement(
    h: Handling, unit: str, agreement_no: str, effective_on: date, document: UUID, performance_due: tuple[date, ...],
    *, at: datetime, gone: bool = False, settlement: bool = False,
) -> None:  # fmt: skip
    """Put on file what both sides have signed; it takes the place of an opinion (第三十三条).

    A `settlement` they may reach by themselves, where nobody mediates.
    """
    mediated = h.mediator is not None or not settlement
    if mediated:
        must_be_mediating(h, unit, gone=gone)
        _must_be_within_discretion(h)
        must_all_be_willing(h)
    else:
        must_be_handling(h, unit)
        _must_be_mediable(h)
    must_be_on(h.undecided_since if mediated else h.brought_on, effective_on, at)
    if any(due < effective_on for due in performance_due):
        raise ImpossibleDate("履行期限不得早于协议生效之日")
    h.record(
        MediationAgreementSigned, at=at, agreement_no=agreement_no, effective_on=effective_on, document=document,
        performance_due=performance_due, mediated=mediated,
    )  # fmt: skip


def fail_mediation(h: Handling, unit: str, document: UUID | None, *, at: datetime, gone: bool = False) -> None:
    """End a mediation without agreement; with a document the sides were told of the other ways (第二十六条)."""
    must_be_mediating(h, unit, gone=gone)
    h.record(MediationFailed, at=at, document=document)


def tell_other_ways(h: Handling, unit: str, document: UUID, *, at: datetime) -> None:
    """Tell the sides, as who has mediated in vain, that arbitration, procedures and courts are open (第二十六条)."""
    if h.ways_untold_by is None:
        raise NothingToTell
    if unit not in {h.unit, h.ways_untold_by}:
        raise NotTheHandlingUnit
    h.record(OtherWaysTold, at=at, document=document)


# --------------------------------------------------------------------------- the agreement


def perform_item(h: Handling, unit: str, item: int, done_on: date, document: UUID, *, at: datetime) -> None:
    """Show that one item of the agreement is done."""
    signed_on = _must_have_agreed(h, unit)
    if item not in h.items:
        raise NoSuchItem
    _must_be_since(signed_on, done_on, at)
    h.record(PerformanceItemDone, at=at, item=item, done_on=done_on, document=document)


def perform_agreement(h: Handling, unit: str, document: UUID, *, at: datetime) -> None:
    """Show that everything that was agreed is done."""
    _must_have_agreed(h, unit)
    if h.items:
        raise ItemsNotDone("未履行：第 " + "、".join(map(str, sorted(h.items))) + " 项")
    h.record(AgreementPerformed, at=at, document=document)


def report_breach(h: Handling, unit: str, document: UUID, *, at: datetime) -> None:
    """Go on handling, because what was agreed was not done."""
    _must_have_agreed(h, unit)
    h.record(AgreementBreached, at=at, document=document)


def file_confirmation(
    h: Handling, unit: str, court: str, filed_on: date, sides: Collection[Side], *, at: datetime
) -> None:
    """Ask the court, both sides together, to confirm the agreement (人民调解法 第三十三条)."""
    signed_on = _must_have_agreed(h, unit)
    if set(sides) != set(Side):
        raise NotJointly
    if not h.mediated:
        raise NotMediated
    if h.confirmation is not None:
        raise AlreadyFiled
    _must_be_since(signed_on, filed_on, at)
    if filed_on > (last := period("C13").last_day(signed_on)):
        raise ConfirmationTooLate(f"可申请至 {last}")
    h.record(ConfirmationFiled, at=at, court=court, filed_on=filed_on)


def record_ruling(h: Handling, unit: str, ruling_no: UUID, decided_on: date, *, confirmed: bool, at: datetime) -> None:
    """Put on file what the court has said (民事诉讼法 第二百零六条).

    What it finds void binds nobody: the sides may agree anew (人民调解法 第三十三条第三款), and else the case is
    answered within the sixty days that have always run (第三十四条).
    """
    signed_on = _must_have_agreed(h, unit)
    if h.confirmation != "filed":
        raise NotFiled
    must_be_on(h.filed_on or signed_on, decided_on, at)
    if confirmed:
        h.record(ConfirmationGranted, at=at, ruling_no=ruling_no, decided_on=decided_on)
        return
    waits_since = h.begun_at + timedelta(days=h.extended_by) if h.begun_at is not None else None
    h.record(ConfirmationRefused, at=at, ruling_no=ruling_no, decided_on=decided_on, waits_since=waits_since)


def must_be_mediating(h: Handling, unit: str, *, gone: bool = False) -> None:
    """Both the handling unit and the mediator's own may say what has happened, and no mediator who is removed."""
    if h.unit is None:
        raise NotWithUnit
    if unit not in {h.unit, h.mediator_unit}:
        raise NotTheHandlingUnit
    must_be_handling(h, h.unit)
    if h.mediator is None:
        raise NoMediation
    if gone:
        raise MediatorIsRemoved


def _must_be_mediable(h: Handling) -> None:
    if h.kind not in {None, Kind.appeal_for_resolution}:
        raise NotMediable
    _must_be_within_discretion(h)


def _must_be_within_discretion(h: Handling) -> None:
    if not h.within_discretion:
        raise OutsideDiscretion


def _must_have_agreed(h: Handling, unit: str) -> date:
    must_be_of(h, unit)
    if h.agreement_on is None or h.performed:
        raise NoAgreement
    return h.agreement_on


def _must_be_since(first: date, on: date, last: datetime) -> None:
    if not first <= on <= day(last):
        raise ImpossibleDate(f"{on} 早于协议生效之日或者晚于今日")
