"""The one way to what the vault holds: who may, then the record of the look, then the text. Nothing else decrypts."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from contracts.vocabulary import LookPurpose, Role
from services.chassis.context import By
from services.chassis.database import AWAY
from services.chassis.errors import Conflict, Erased, Forbidden, NotFound, Unavailable
from services.chassis.questions import rows
from services.chassis.running import Running
from services.chassis.store import New
from services.chassis.views import Statement, insertion
from services.intake.application.office import office
from services.intake.domain.bulk import TooManyLooks
from services.intake.domain.erasure import DataRestricted
from services.intake.domain.registration import Registration
from services.intake.domain.texts import Disclosure
from services.intake.domain.track import ContentIsConfidential, must_be_unsealed, reads
from services.intake.vault import LiesElsewhere

UNNAMED: Final = frozenset({Role.discipline_officer, Role.auditor})
"""Of whom nobody is told that they looked: who finds out about officials (第三十条第三款)."""
WHILE_RESTRICTED: Final = frozenset({LookPurpose.accountability, LookPurpose.proceedings})
"""For what is read what is only kept, beside by whoever wrote it: law looks into how it was dealt with."""
PLACES_MAX: Final = 3
"""How often it is decided who may look, where that is under seal for others each time."""
_LIES_WITH: Final = "SELECT case_id FROM vault_item WHERE id = $1"
_REPORTS: Final = "SELECT reports_of($1) AS id"
_SAME_PERSON: Final = """
SELECT id FROM vault_key
WHERE id = ANY($2::uuid[]) AND persons && (SELECT persons FROM vault_key WHERE id = $1)
"""
UNCOUNTED: Final = frozenset({Role.petitioner, Role.system})
_WITHIN_THE_HOUR: Final = """
SELECT (SELECT count(*) FROM recent_look WHERE actor = $1 AND at > $2 AND at <= $3) AS looks,
       (SELECT coalesce(sum(count), 0) FROM bulk_look_view WHERE officer = $1 AND until > $3) AS more
"""
_LOOKED: Final = insertion("recent_look", "actor", "at")
_FORGOTTEN: Final = """
DELETE FROM recent_look r USING json_populate_recordset(NULL::recent_look, {rows}) fresh
WHERE r.actor = fresh.actor AND r.at < fresh.at - interval '1 day'
"""
_UNDER_SEAL: Final = "SELECT under_seal($1) AS sealed"


async def under_seal(running: Running, case: UUID) -> bool:
    """Return whether what lies with a case is for the discipline organ alone. Raises ``NotFound``."""
    [found] = await rows(running.store, _UNDER_SEAL, case)
    sealed: bool | None = found["sealed"]
    if sealed is None:
        raise NotFound(str(case))
    return sealed


async def look(
    running: Running, case: UUID, item: UUID, purpose: LookPurpose, by: By, *, counts: bool = True
) -> Any | None:  # noqa: ANN401  # what was sealed
    """Return a text of a case, or None where it has none such; that somebody looked is stored before it is decrypted.

    Each look is one of its own: a command that reads two texts has looked twice, and one that was done before, and is
    only told once more, looks at nothing. What a paper prints that was typed beside a case, and stood in events
    before, `counts` as no look more: who may issue the paper reads it.

    Reports about officials are kept to the discipline organ, and the discipline organ to them (第三十条第三款). Who was
    let in reads nothing that has come under seal since: then it is decided anew.
    """
    try:
        for _ in range(PLACES_MAX):
            with contextlib.suppress(LiesElsewhere):
                return await _look(running, case, item, purpose, by, counts=counts)
    except AWAY as error:
        raise Unavailable from error
    raise Conflict(str(item))


async def _look(running: Running, case: UUID, item: UUID, purpose: LookPurpose, by: By, *, counts: bool) -> Any | None:  # noqa: ANN401  # what was sealed
    vault, store = office(running).vault, running.store
    place, restricted = await vault.place(store.database, case, item) or (None, False)
    # what was divided off a letter has a text of its own, and the letter is as secret as what else was divided off it
    kept = [one for one in dict.fromkeys((case, place)) if one is not None and await under_seal(running, one)]
    reports: dict[UUID, Collection[UUID]] = {one: await _must_have_it(running, one, by) for one in kept}
    of = _report_of(kept[0], reports[kept[0]]) if kept else case
    if not kept and counts and by.role is Role.discipline_officer:
        raise Forbidden("纪检监察机关仅查阅检举控告密件")
    if restricted and not (by.role is Role.petitioner or purpose in WHILE_RESTRICTED):
        raise DataRestricted
    counted = [] if kept or not counts or by.role in UNCOUNTED else await _counted(running, by)
    looking = msgspec.structs.replace(by, command_id=uuid4(), expected_versions=None)

    def opening() -> New:
        told = is_told(by, sealed=bool(kept) or store.knows_apart(of))
        disclosure = Disclosure.blank(looking.command_id)
        disclosure.disclose(of, item, purpose, *((by.unit, by.role) if told else (None, None)), at=by.at)
        return New(disclosure, None, counted)

    if place is None:
        return None
    await store.create(opening, by=looking)
    return await vault.open(store.database, place, item, of=case, reports=frozenset(chain(*reports.values())))


async def must_lie(running: Running, case: UUID, item: UUID) -> None:
    """Let nobody ask anything of what does not lie with a case. Raises ``NotFound``, and ``Erased``."""
    try:
        place = await office(running).vault.place(running.store.database, case, item)
    except AWAY as error:
        raise Unavailable from error
    if place is None:
        raise NotFound(str(item))


async def lies_with(running: Running, item: UUID) -> UUID | None:
    """Return the case with which a text or a file lies now, or lay when it was destroyed."""
    found = await rows(running.store, _LIES_WITH, item)
    return found[0]["case_id"] if found else None


async def at_work(running: Running, item: UUID) -> Any | None:  # noqa: ANN401  # what was sealed
    """Return what a program needs that works on a file before anybody sees it, or None where its key is no more.

    Nobody looks: what it is told goes to nobody.
    """
    try:
        for _ in range(PLACES_MAX):
            database = running.store.database
            if (case := await office(running).vault.case_of(database, item)) is None:
                return None
            reports = frozenset(row["id"] for row in await rows(running.store, _REPORTS, case))
            with contextlib.suppress(LiesElsewhere):
                return await office(running).vault.open(database, case, item, of=case, reports=reports)
    except AWAY as error:
        raise Unavailable from error
    except (NotFound, Erased):
        return None
    raise Conflict(str(item))


async def _counted(running: Running, by: By) -> list[Statement]:
    """Return what counts a look of somebody who may have one more within the hour. Raises ``TooManyLooks``.

    Of reports nothing is counted: who reads them had another one agree, and that somebody read one stands nowhere.
    """
    [found] = await rows(running.store, _WITHIN_THE_HOUR, by.actor, by.at - timedelta(hours=1), by.at)
    if found["looks"] >= running.settings.looks_an_hour_max + found["more"]:
        raise TooManyLooks
    look = {"actor": by.actor, "at": by.at}
    return [(_LOOKED, look), (_FORGOTTEN, look)]


def is_told(by: By, *, sealed: bool) -> bool:
    """Return whether whoever it is about is told for which unit and in which duty somebody looks."""
    return not sealed and by.role not in UNNAMED


def _report_of(case: UUID, reports: Collection[UUID]) -> UUID:
    """Return the report for which a case is under seal: that somebody looks is as secret as that one."""
    return case if case in reports else min(reports)


async def _must_have_it(running: Running, case: UUID, by: By) -> Collection[UUID]:
    """Let nobody look but the discipline organ that has the report, and there nobody alone; return which reports.

    Raises ``ContentIsConfidential`` and ``StillSealed``.
    """
    if by.role is not Role.discipline_officer:
        raise ContentIsConfidential
    directory, store = await running.store.directories.at_hand(), running.store
    reports: list[UUID] = [row["id"] for row in await rows(store, _REPORTS, case)]
    for report in [await store.load(Registration, one) for one in reports]:
        if not reads(report, by.unit, directory):
            raise ContentIsConfidential
        must_be_unsealed(report, by.actor, at=by.at)
    return reports


async def same_person(running: Running, *petitions: UUID) -> Sequence[bytes]:
    """Return the blind index of who petitioned: what is written for them is found and erased with what they wrote."""
    try:
        return await office(running).vault.persons(running.store.database, petitions)
    except AWAY as error:
        raise Unavailable from error


async def has_withdrawn(running: Running, r: Registration, who: Sequence[bytes]) -> bool:
    """Return whether somebody, by their index, has withdrawn what they asked for in a case and petitions in it no more.

    Of theirs nothing is pending there, and if they come again they are told and answered like anybody (第十七条).
    """
    if not r.withdrawn or {*who}.isdisjoint(await same_person(running, *r.withdrawn)):
        return False
    return {*who}.isdisjoint(await same_person(running, *r.answered_each))


async def of_same_person(running: Running, petition: UUID, among: Collection[UUID]) -> set[UUID]:
    """Return which of some petitions whoever wrote one has written, as far as their index says."""
    return {row["id"] for row in await rows(running.store, _SAME_PERSON, petition, list(among))}


async def whose(running: Running, r: Registration, petition: UUID) -> UUID:
    """Return by which petition whoever wrote one is told and answered in a case: that one, or their first there."""
    each = r.answered_each
    if petition in each or not r.others:
        return petition
    same = await of_same_person(running, petition, each)
    return next((one for one in each if one in same), petition)
