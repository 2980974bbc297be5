"""调解活动: who takes part, who listens, and what is reported at once; the sides decide the first two."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.mediation import EscalationFeared, EscalationReported, GuestInvited, MediationHeld
from contracts.vocabulary import ContentCategory, Danger, Guest, Side, UnitKind
from services.chassis.directory import Directory
from services.chassis.errors import Invalid, Refused
from services.mediation.domain.guards import NotTheHandlingUnit, must_be_between
from services.mediation.domain.handling import Handling
from services.mediation.domain.mediating import must_all_be_willing, must_be_mediating
from services.mediation.domain.people import must_be_kept_from

OTHER_ORGANS: Final = frozenset({UnitKind.department, UnitKind.political_legal_organ})
"""Beside the police, 其他有关部门."""


class InvitedWithoutConsent(Refused):
    """Nobody listens to what the sides say to each other whom one of them does not want there."""

    code = "invited_without_consent"
    title = "邀请他人参与调解，须征得双方当事人同意"
    article = "人民调解法 第二十条"


class NotInPublic(Refused):
    """Either side may have it that nobody listens."""

    code = "not_in_public"
    title = "当事人未均要求公开调解，应当不公开进行"
    article = "人民调解法 第二十三条第三项"


class FearedAlready(Refused):
    """It is known, and is to be reported."""

    code = "escalation_feared"
    title = "已记录纠纷可能激化，应当及时报告"
    article = "人民调解法 第二十五条"


class NothingFeared(Refused):
    """Nobody who mediates has found that the dispute may grow, or it was reported."""

    code = "nothing_feared"
    title = "没有待报告的激化风险"
    article = "人民调解法 第二十五条"


class ReportedAmiss(Invalid):
    """A dispute that may grow is reported to the police, or to the department that it is about."""

    by_directory = True
    code = "reported_amiss"
    title = "应当报告公安机关或者其他有关部门"
    article = "人民调解法 第二十五条"


def invite(
    h: Handling, unit: str, guest: Guest, sides: Collection[Side], document: UUID, *, at: datetime, gone: bool = False
) -> None:
    """Invite, as both sides agree, somebody who may help (第二十条)."""
    must_be_mediating(h, unit, gone=gone)
    if set(sides) != set(Side):
        raise InvitedWithoutConsent
    h.record(GuestInvited, at=at, guest=guest, document=document)


def hold_session(
    h: Handling, unit: str, held_at: datetime, document: UUID, *, public: bool, at: datetime, gone: bool = False
) -> None:
    """Put on file that the sides were talked with: behind closed doors unless both want listeners (第二十三条)."""
    must_be_mediating(h, unit, gone=gone)
    must_all_be_willing(h)
    if public and h.everybody - h.public:
        raise NotInPublic
    must_be_between(h.undecided_since, held_at, at)
    h.record(MediationHeld, at=at, held_at=held_at, public=public, document=document)


def fear_escalation(h: Handling, unit: str, danger: Danger, document: UUID, *, at: datetime) -> None:
    """Put on file that the dispute may grow into something for the police; that is to be reported (第二十五条)."""
    must_be_mediating(h, unit)
    if h.feared_by is not None:
        raise FearedAlready
    h.record(EscalationFeared, at=at, danger=danger, document=document)


def report_escalation(
    h: Handling, unit: str, organ: str, document: UUID, directory: Directory, *, at: datetime
) -> None:
    """Let the police, or whoever else is competent, know of the dispute, however the mediation goes on (第二十五条)."""
    if h.feared_by is None:
        raise NothingFeared
    if unit not in {h.unit, h.feared_by}:
        raise NotTheHandlingUnit
    known = directory.units.get(organ)
    police = known is not None and ContentCategory.public_security in known.powers
    if known is None or known.successors or not (police or known.kind in OTHER_ORGANS):
        raise ReportedAmiss(organ)
    must_be_kept_from(directory, organ, h)
    h.record(EscalationReported, at=at, organ=organ, document=document)
