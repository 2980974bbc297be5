"""受理: the petitioner is told before anything is handled, and the time runs from there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.mediation import AcceptanceNotified, HandlingAccepted, OfficerNamed, PetitionerNotified
from contracts.vocabulary import ServiceMethod
from services.chassis.directory import Directory
from services.chassis.errors import Refused
from services.mediation.domain.delivery import Delivery
from services.mediation.domain.guards import NoSuchPetitioner, NotNotified, must_be_between, must_be_of
from services.mediation.domain.handling import Handling
from services.mediation.domain.people import must_work_for


class AlreadyNotified(Refused):
    """The petitioner is told of acceptance once."""

    code = "already_notified"
    title = "已告知受理"
    article = "信访工作条例 第二十三条"


class HandlesAlready(Refused):
    """Whoever handles the case need not be named for it."""

    code = "handles_already"
    title = "该工作人员已是承办人"
    article = "信访工作条例 第二十八条第一款"


class NoticeImpossible(Refused):
    """Nobody can be told who has no name; the case is accepted without a notice."""

    code = "notice_impossible"
    title = "信访人姓名（名称）不清，无法告知"
    article = "信访工作条例 第二十三条第二款"


class NoticeOwed(Refused):
    """Whose name and address are clear must be told."""

    code = "notice_owed"
    title = "应当书面告知信访人"
    article = "信访工作条例 第二十三条第二款、第四十四条第三项"


def notify_acceptance(
    h: Handling, unit: str, notice_no: str, method: ServiceMethod, served_at: datetime, receipt: UUID,
    case_officer: str, directory: Directory, *, at: datetime,
) -> None:  # fmt: skip
    """Tell the petitioner in writing (第二十三条); the sixty days begin (第三十四条)."""
    must_be_of(h, unit)
    if h.anonymous:
        raise NoticeImpossible
    if h.accepted_at is not None:
        raise AlreadyNotified
    must_be_between(h.brought_on, served_at, at)
    must_work_for(directory, unit, case_officer, h)
    h.record(
        AcceptanceNotified, at=at, notice_no=notice_no, method=method, served_at=served_at, receipt=receipt,
        case_officer=case_officer,
    )  # fmt: skip


def accept(h: Handling, unit: str, case_officer: str, directory: Directory, *, at: datetime) -> None:
    """Accept a case of which nobody need be told (第二十三条第二款); the sixty days begin."""
    must_be_of(h, unit)
    if not h.unclear:
        raise NoticeOwed
    if h.accepted_at is not None:
        raise AlreadyNotified
    must_work_for(directory, unit, case_officer, h)
    h.record(HandlingAccepted, at=at, case_officer=case_officer)


def name_officer(h: Handling, unit: str, case_officer: str, directory: Directory, *, at: datetime) -> None:
    """Let somebody else of the unit handle the case: whoever did has left, or has other work (第二十八条第一款)."""
    must_be_of(h, unit)
    if h.accepted_at is None:
        raise NotNotified
    if case_officer == h.case_officer:
        raise HandlesAlready
    must_work_for(directory, unit, case_officer, h)
    h.record(OfficerNamed, at=at, case_officer=case_officer)


def notify_another(h: Handling, unit: str, petition: UUID, notice_no: str, delivery: Delivery, *, at: datetime) -> None:
    """Tell a further petitioner in writing; each of them is told once (第二十三条)."""
    must_be_of(h, unit)
    if petition not in h.others:
        raise NoSuchPetitioner
    if h.accepted_at is None:
        raise NotNotified
    if petition in h.others_told:
        raise AlreadyNotified
    must_be_between(h.brought_on, delivery.served_at, at)
    h.record(PetitionerNotified, at=at, petition=petition, notice_no=notice_no, **delivery._asdict())
