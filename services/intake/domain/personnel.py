"""通报组织（人事）部门: whoever manages cadres is told that one of them is complained of (第三十条第二款).

The bureau that passes the case on does so, and of a report the discipline organ that has it. What is told is that
there is a complaint of whom, and never whose; and it is told to nobody whom the case complains of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.intake import PersonnelDepartmentTold, PersonnelNoticeDue
from contracts.vocabulary import RegistrationState, UnitKind
from services.chassis.directory import Directory, Entry, NoSuchBody, called
from services.chassis.errors import Forbidden, Refused
from services.intake.domain.guards import NotOpen, must_be_kept_from, must_have_happened
from services.intake.domain.registration import Registration

GONE_ON: Final = {RegistrationState.merged, RegistrationState.split}


class NoCadreComplainedOf(Refused):
    """The personnel department is told of what is said about those whom it manages, and of nothing else."""

    code = "no_cadre_complained_of"
    title = "该事项没有反映所列干部"
    article = "信访工作条例 第三十条第二款"


class NotTheirsToTell(Forbidden):
    """The petition bureau that passes a case on tells the personnel department; of a report the organ that has it."""

    code = "not_theirs_to_tell"
    title = "该事项不由本机关向组织（人事）部门通报"
    article = "信访工作条例 第三十条第二款、第三款"


class NotThePersonnelDepartment(Refused):
    """What a case says of a cadre is told to who manages that cadre, and to nobody else."""

    by_directory = True
    code = "not_the_personnel_department"
    title = "应当按照干部管理权限向组织（人事）部门通报"
    article = "信访工作条例 第三十条第二款"


class NotAPartyCommittee(Refused):
    """Of a grave matter the leaders of the party committee are told."""

    by_directory = True
    code = "not_a_party_committee"
    title = "重大情况应当向党委主要负责同志和分管组织（人事）工作的负责同志报送"
    article = "信访工作条例 第三十条第二款"


def owe(r: Registration, *, at: datetime) -> None:
    """Put on record of whom the personnel department has to be told: of those whom nobody has put on record yet.

    Where it was told of all and the matter turns out to be grave, the leaders have still to be told.
    """
    if not r.accused_persons or not _told_here(r):
        return
    grave = r.cadres_told >= {*r.accused_persons} and not all_told(r)
    new = tuple(one for one in r.accused_persons if grave or one not in r.cadres_noted)
    if new:
        r.record(PersonnelNoticeDue, at=at, persons=new)


def _told_here(r: Registration) -> bool:
    """Return whether anybody has to tell of the case by now: of a report the organ, of another one a petition bureau.

    A unit that a petition came to directly is none of those of whom the article speaks.
    """
    return r.organ is not None if r.confidential else r.kind is not None and not r.direct


def leaders_know(*cases: Registration) -> bool:
    """Return whether the leaders know of cases of which one goes into the other, each as it was before.

    They were told of one, and of each that was grave: what is grave in two ways is told of in two ways.
    """
    return any(one.leaders_told for one in cases) and all(
        one.leaders_told for one in cases if one.accused_persons and one.urgent_since is not None
    )


def carry_over(r: Registration, other: Registration, *, leaders: bool, at: datetime) -> None:
    """Know of whom was told, or is still to be told, in a case that has gone into this one or from which it came."""
    _know(r, other, other.cadres_noted - other.cadres_told, at, leaders=leaders)
    owe(r, at=at)


def know_told(r: Registration, other: Registration, *, at: datetime) -> None:
    """Know of whom was told in a case with which this one was by mistake; what is due there stays due there.

    That the leaders know counts where what they know of has been taken along.
    """
    _know(r, other, set(), at, leaders=other.leaders_told and r.urgent_since is not None)


def _know(r: Registration, other: Registration, due: set[str], at: datetime, *, leaders: bool) -> None:
    """Put on record what is known of the other case; of whom was told in either of them, it was told (第二款)."""
    told, due = other.cadres_told - r.cadres_told, due - r.cadres_told
    complete = not due and _all(r, r.cadres_told | told, leaders=leaders)
    if told or due or leaders is not r.leaders_told or (complete and other.cadres_noted):
        r.record(
            PersonnelNoticeDue, at=at, persons=tuple(sorted(due)), told=tuple(sorted(told)), from_case=other.id,
            complete=complete, leaders=leaders,
        )  # fmt: skip


def tell(
    r: Registration, organ: str | UUID, letter_no: UUID, told_at: datetime, unit: str, directory: Directory, *,
    at: datetime, persons: Collection[str] = (), committee: str | UUID | None = None,
) -> None:  # fmt: skip
    """Put on record that the personnel department was told: of these, or of all of whom it was not told yet.

    A body that is in no directory is named in words. What is grave (第二十五条) is told to the leaders as well; before
    that not all is told.
    """
    if r.ended in GONE_ON:
        raise NotOpen
    of = {*persons} or {*r.accused_persons} - r.cadres_told or {*r.accused_persons}
    if not of or not of <= {*r.accused_persons}:
        raise NoCadreComplainedOf
    barred = directory.off_limits(r.accused_units, r.accused_persons)
    theirs = r.organ if r.confidential else r.receiving_unit
    if theirs is None or directory.acting_as(unit, theirs, barred=barred) != theirs:
        raise NotTheirsToTell
    _must_be_for(r, organ, directory, NotThePersonnelDepartment, lambda body: directory.keeps_cadres(body.code, of))
    if committee is not None:
        leading = UnitKind.party_committee
        _must_be_for(r, committee, directory, NotAPartyCommittee, lambda body: body.kind is leading)
    must_have_happened(told_at, at, since=r.received_at)
    r.record(
        PersonnelDepartmentTold, at=at, **called("organ", "organ_words", organ), persons=tuple(sorted(of)),
        letter_no=letter_no, told_at=told_at, **called("committee", "committee_words", committee),
        complete=_all(r, r.cadres_told | of, leaders=r.leaders_told or committee is not None),
    )  # fmt: skip


def all_told(r: Registration) -> bool:
    """Return whether all that has to be told was told by now."""
    return _all(r, r.cadres_told, leaders=r.leaders_told)


def _all(r: Registration, told: set[str], *, leaders: bool) -> bool:
    return told >= {*r.accused_persons} and (leaders or r.urgent_since is None)


def _must_be_for(
    r: Registration, named: str | UUID, directory: Directory, refusal: type[Refused], fits: Callable[[Entry], bool]
) -> None:  # fmt: skip
    """Let what the directory knows be told only where it fits and may know of the case, with all that are called so."""
    if isinstance(named, UUID):
        return
    if named not in directory.units:
        raise NoSuchBody(named)
    for code in directory.namesakes(named):
        must_be_kept_from(r, directory, {code})
        if not fits(directory.units[code]):
            raise refusal(directory.units[code].name)
