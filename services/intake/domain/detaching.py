"""更正并入: a petition that had joined the wrong case, by itself or with its own, has one of its own from now on.

Both stand on record. Its days count from its own receipt, those of the case that it leaves stay, and whom either
complains of stays known in both.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from contracts.event import Event
from contracts.intake import CaseDetached, CaseRegistered, PetitionDetached
from contracts.vocabulary import ContentCategory, RegistrationState
from services.chassis.directory import Directory
from services.chassis.errors import NotFound, Refused
from services.intake.domain.acceptance import began, waited_since
from services.intake.domain.claims import hold
from services.intake.domain.classification import NotReceivedHere, accuse, relieve
from services.intake.domain.collective import count_visitors
from services.intake.domain.filing import tell_recused
from services.intake.domain.grouping import ConfidentialStaysApart
from services.intake.domain.personnel import know_told
from services.intake.domain.registration import Registration
from services.intake.domain.urgency import take_along
from services.intake.domain.withdrawal import go_on_elsewhere


class FirstPetitionStays(Refused):
    """A case is about its first petition; what does not belong to that is detached from it."""

    code = "first_petition_stays"
    title = "首件信访件即为该事项，不得分出；误并的是其他信访件"
    article = "信访工作条例 第二十二条"


class DividedStays(Refused):
    """What was divided is answered in each of its parts to each of its petitioners."""

    code = "divided_stays"
    title = "已经分案的信访事项，其信访件随各分案答复"
    article = "信访工作条例 第二十二条、第二十四条"


def must_be_theirs(origin: Registration, petition: UUID, unit: str, directory: Directory) -> None:
    """Let a unit detach what came to it; everything else is a bureau's to detach, as it is to join."""
    came_to = origin.petitions[petition].receiving_unit
    if directory.acting_as(unit, came_to) != came_to:
        raise NotReceivedHere


def must_be_detachable(r: Registration, origin: Registration, petition: UUID) -> None:
    """Let only what has joined a case be detached from it; `origin` is that with which it came in, `r` or one in it."""
    if petition not in origin.petitions or petition not in r.every_petition:
        raise NotFound(str(petition))
    if r.confidential:
        raise ConfidentialStaysApart
    if RegistrationState.split in {r.ended, origin.ended}:
        raise DividedStays
    if origin.id == r.id and petition not in r.repeats:
        raise FirstPetitionStays


def waits_since(one: Registration, petition: UUID, told: Iterable[Event]) -> datetime | None:
    """Return from when at the latest its answer was due in a case where it was, by what has happened in handling that.

    Delay there lengthens nobody's wait (第三十四条).
    """
    if (joined_at := one.joined.get(petition)) is not None:
        return waited_since(told, petition, joined_at)
    return began(told, one.direct_since)


def detach(
    r: Registration, origin: Registration, child: Registration, petition: UUID, reasons: UUID, directory: Directory, *,
    at: datetime, claims: int = 1, content_sha256: str = "", waits_since: datetime | None = None,
) -> None:  # fmt: skip
    """Let a petition begin a case of its own, received when and where it came in, and about all of whom this one is.

    Nobody knows of whom it complains itself, and nobody accused is lost (第二十八条第三款、第三十条第三款).
    """
    must_be_detachable(r, origin, petition)
    came = origin.petitions[petition]
    for one in {r.id: r, origin.id: origin}.values():
        go_on_elsewhere(one, petition, at=at)
        left = [known for other, known in one.whose.items() if other != petition]
        one.record(
            PetitionDetached, at=at, petition=petition, new_case=child.id, reasons=reasons,
            anonymous=all(anonymous for anonymous, _ in left), unclear=all(unclear for _, unclear in left),
            came_back=tuple(entry for entry, sent in one.came_back.items() if sent.petition == petition),
        )  # fmt: skip
    direct = directory.is_no_bureau(came.receiving_unit) if came.direct is None else came.direct
    came_from = came.came_from if isinstance(came, CaseRegistered) else None
    child.record(
        CaseRegistered, at=at, petition=petition, registration_no=came.registration_no, channel=came.channel,
        received_at=came.received_at, receiving_unit=came.receiving_unit, person_count=came.person_count,
        category=came.category or ContentCategory.other, place=came.place or r.place, anonymous=came.anonymous,
        unclear=came.unclear, unreachable=came.unreachable, secrecy_requested=came.secrecy_requested,
        content=came.content, content_sha256=content_sha256, direct=direct, came_from=came_from,
    )  # fmt: skip
    count_visitors(child, at=at, petition=petition, channel=came.channel, person_count=came.person_count)
    hold(child, claims, at=at)
    child.record(CaseDetached, at=at, from_case=r.id, reasons=reasons, waits_since=waits_since)
    accuse(child, r.accused_units, r.accused_persons, at=at)
    tell_recused(child, r.recused, at=at)
    take_along(child, r, since=came.received_at, at=at)
    know_told(child, r, at=at)
    relieve(child, directory, at=at)
