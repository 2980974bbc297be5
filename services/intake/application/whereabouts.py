"""Where a petition is and was: what has happened in each case while it was there, and what was said to its petitioner.

None of that is lost by a merger, nor where the petition had joined the wrong case (第二十一条、第二十二条).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.event import Event, UnknownEvent, decode
from contracts.intake import (
    CaseDetached,
    CaseRegistered,
    ClaimsCorrected,
    ClaimsListed,
    PetitionAttached,
    PetitionDetached,
    PetitionsTakenOver,
)
from services.chassis.history import facts, history
from services.chassis.running import Running
from services.intake.application.looking import of_same_person, under_seal


class _Entry(msgspec.Struct):
    type: str
    stream: UUID
    version: int
    at: datetime
    body: msgspec.Raw


class _Entries(msgspec.Struct):
    items: list[_Entry]


async def happened(running: Running, own: UUID, answering: UUID, petition: UUID) -> list[Event]:
    """Return what has happened to a petition, in its order. Raises ``SourceAway``.

    Of a case that it has left, and that is sealed by now, that is what was said to its petitioner. Of one that it has
    joined that is what has happened since, or since its petitioner came for the first time.
    """
    found = list[Event]()
    for case, line in (await lines(running, (own, answering), petition)).items():
        theirs_there = await _since_they_came(running, line, petition)
        sealed = case not in {own, answering} and await under_seal(running, case)
        theirs = {petition} if sealed else {petition, None}
        found += [event for event in _while_there(theirs_there, petition) if _whose(event) in theirs]
    return sorted(found, key=lambda event: event.timestamp)


async def lines(running: Running, cases: Iterable[UUID], petition: UUID) -> dict[UUID, list[Event]]:
    """Return what has happened in some cases, and in those in which the petition was before. Raises ``SourceAway``."""
    found: dict[UUID, list[Event]] = {}
    ahead = [*dict.fromkeys(cases)]
    while ahead:
        found |= zip(ahead, await asyncio.gather(*(_line(running, case) for case in ahead)), strict=True)
        before = dict.fromkeys(case for line in found.values() for case in _before(line, petition))
        ahead = [case for case in before if case not in found]
    return found


async def _line(running: Running, case: UUID) -> list[Event]:
    """Return what has happened in a case, as far as it is understood here; the ledger tells of none that is sealed."""
    own = [fact.event for fact in facts(case, await history(running.store.recorder, case))]
    entries = (await running.sources.ask("accountability", f"/cases/{case}/timeline", _Entries)).items
    if not entries:
        return [*own, *(fact.event for fact in await running.sources.history("mediation", case))]
    return [*_read(entries, {(case, event.wire_name, event.originator_version): event for event in own})]


def _read(entries: Iterable[_Entry], own: Mapping[tuple[UUID, str, int], Event]) -> Iterator[Event]:
    """Yield entries of the ledger as events; which sealed case intake's own ones name is not said there."""
    for entry in entries:
        with suppress(UnknownEvent, msgspec.ValidationError):
            known = own.get((entry.stream, entry.type, entry.version))
            yield known or decode(entry.type, entry.stream, entry.version, entry.at, bytes(entry.body))


def _before(line: Sequence[Event], petition: UUID) -> Iterator[UUID]:
    """Yield the cases with which a petition has come into this one, and that out of which this one has come with it."""
    began = any(isinstance(event, CaseRegistered) and event.petition == petition for event in line)
    for event in line:
        match event:
            case PetitionsTakenOver() if petition in event.petitions:
                yield event.from_case
            case CaseDetached() if began:
                yield event.from_case


async def _since_they_came(running: Running, line: Sequence[Event], petition: UUID) -> Sequence[Event]:
    """Return what has happened in a case since whoever wrote a petition came into it: what was before is others'."""
    came = [(event.timestamp, {*_coming(event)}) for event in line]
    same = {petition, *await of_same_person(running, petition, set[UUID]().union(*(each for _, each in came)))}
    since = min((at for at, each in came if not same.isdisjoint(each)), default=None)
    return [event for event in line if since is None or event.timestamp >= since]


def _coming(event: Event) -> tuple[UUID, ...]:
    """Return the petitions that came into a case by an event."""
    match event:
        case CaseRegistered() | PetitionAttached():
            return (event.petition,)
        case PetitionsTakenOver():
            return event.petitions
    return ()


def _while_there(line: Iterable[Event], petition: UUID) -> list[Event]:
    """Return what has happened in a case while a petition was in it, and at any time what is about that alone.

    What had joined the wrong case was registered there; how many claims that one holds is nothing to who has left it.
    """
    there, told = True, list[Event]()
    for event in line:
        if isinstance(event, PetitionDetached) and event.petition == petition:
            there, told = False, [one for one in told if not isinstance(one, ClaimsListed | ClaimsCorrected)]
        elif isinstance(event, PetitionsTakenOver) and petition in event.petitions:
            there = True
        elif isinstance(event, CaseDetached):
            told = [one for one in told if not isinstance(one, CaseRegistered)]
        if there or _whose(event) == petition:
            told.append(event)
    return told


def _whose(event: Event) -> UUID | None:
    """Return the petition that an event is about alone; what is about somebody else's is not theirs to know."""
    return getattr(event, "petition", None)
