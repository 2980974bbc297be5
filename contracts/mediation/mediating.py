"""调解: from the offer to what has become of the agreement."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from contracts.event import Event, Words, words_before
from contracts.vocabulary import Danger, Guest, Side


class MediationAgreementSigned(Event):
    """Both sides have signed what they agreed, with the mediator or by themselves; it binds from its day of effect."""

    title = "签订和解、调解协议"
    basis = "信访工作条例 第三十三条；人民调解法 第二十八条至第三十条"

    agreement_no: str
    effective_on: date
    document: UUID
    performance_due: tuple[date, ...] = ()
    """When each item of what was agreed must be done, the first being item 1."""
    mediated: bool = True
    """Whether somebody mediated; else the sides have settled by themselves (当事人自行和解)."""


class MediationFailed(Event):
    """There is no agreement; the parties know the other ways, and the sixty days have never stopped."""

    title = "调解终止"
    basis = "人民调解法 第二十六条"

    document: UUID | None = None


class ConfirmationFiled(Event):
    """Both sides have asked the court together to confirm the agreement."""

    title = "申请司法确认"
    basis = "人民调解法 第三十三条；民事诉讼法 第二百零五条"

    court: str
    filed_on: date


class AgreementPerformed(Event):
    """Everything that was agreed has been done, and the proof lies in the vault."""

    title = "调解协议履行"
    basis = "人民调解法 第三十一条"

    document: UUID


class AgreementBreached(Event):
    """What was agreed was not done; handling goes on."""

    title = "调解协议未履行"
    basis = "人民调解法 第三十一条"

    document: UUID


class MediationOffered(Event):
    """Both sides are asked whether they want to be mediated between, by somebody who belongs to neither."""

    title = "提议调解"
    basis = "信访工作条例 第三十三条；人民调解法 第十七条"

    mediator: str
    mediator_unit: str
    other_party: str | None = None
    request: UUID | None = None
    """With what a side that had refused has asked for it."""


class MediationConsented(Event):
    """A side is willing; it may still stop at any time."""

    title = "同意调解"
    basis = "信访工作条例 第三十三条；人民调解法 第三条"

    side: Side
    public: bool = False
    """Whether that side wants everybody to listen who will."""
    petition: UUID | None = None
    """Which further petitioner is willing; the first one, where it names none."""


class DiscretionDetermined(Event):
    """The head of the unit has said whether what is in dispute is the unit's to settle, or fixed by mandatory rules."""

    title = "认定裁量权范围"
    basis = "信访工作条例 第三十三条"

    within: bool
    document: UUID


class GuestInvited(Event):
    """Both sides agree that somebody takes part who may help; who that is, the vault says."""

    title = "邀请参与调解"
    basis = "人民调解法 第二十条"

    guest: Guest
    document: UUID


class MediationHeld(Event):
    """The sides were talked with; what was said lies in the vault. Nobody listens unless both want that."""

    title = "调解记录"
    basis = "人民调解法 第二十三条第三项、第二十七条"

    held_at: datetime
    public: bool
    document: UUID


class EscalationFeared(Event):
    """Whoever mediates has found that the dispute may grow into something for the police."""

    title = "发现纠纷可能激化"
    basis = "人民调解法 第二十五条"

    danger: Danger
    document: UUID


class EscalationReported(Event):
    """The police, or whoever else is competent, know of the dispute: of what it is about, and of nobody's person."""

    title = "报告纠纷可能激化"
    basis = "人民调解法 第二十五条"

    organ: str
    document: UUID


class MediationRefused(Event):
    """A side does not want to be mediated with; nothing else changes for it."""

    title = "拒绝调解"
    basis = "信访工作条例 第三十三条；人民调解法 第十七条"

    side: Side


class OtherWaysTold(Event):
    """Whoever mediated has told the sides of the other ways that the law has for them; how, the vault says."""

    title = "告知其他救济途径"
    basis = "人民调解法 第二十六条"

    document: UUID


class MediationStopped(Event):
    """A side has ended a mediation that had begun; nothing else changes for it."""

    title = "要求终止调解"
    basis = "人民调解法 第二十三条"

    side: Side


class PerformanceItemDone(Event):
    """One item of what was agreed is done, and the proof lies in the vault."""

    title = "协议事项履行"
    basis = "人民调解法 第三十一条"

    item: int
    done_on: date
    document: UUID


class ConfirmationGranted(Event):
    """The court has confirmed the agreement, which can be enforced from here."""

    title = "司法确认有效"
    basis = "人民调解法 第三十三条；民事诉讼法 第二百零六条"
    version = 2

    ruling_no: Words
    decided_on: date


class ConfirmationRefused(Event):
    """The court finds the agreement void: nobody owes it, and handling goes on; the parties may agree anew or sue."""

    title = "驳回司法确认申请"
    basis = "人民调解法 第三十三条；民事诉讼法 第二百零六条"
    version = 2

    ruling_no: Words
    decided_on: date
    waits_since: datetime | None = None
    """From when the sixty days run, with what they were extended by: what was void has answered nobody."""


# The first versions had in clear what people typed.
words_before(ConfirmationGranted, ConfirmationRefused)
