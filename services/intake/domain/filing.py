"""How petitions come in, and that their case was closed elsewhere.

Registration is never refused: no rule here can say no to a petition (信访工作条例 第二十二条, 第二十三条).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.intake import (
    CaseConcluded,
    CaseRegistered,
    PetitionAttached,
    QueryCodeReplaced,
    RecusalLearnt,
    ReopeningLearnt,
)
from services.chassis.errors import NotFound
from services.intake.domain.claims import hold
from services.intake.domain.collective import count_visitors
from services.intake.domain.registration import Registration
from services.intake.domain.withdrawal import go_on_for_others


def register(r: Registration, *, at: datetime, claims: int = 1, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
    """Put the first petition of a case on file."""
    r.record(CaseRegistered, at=at, **facts)
    hold(r, claims, at=at)
    count_visitors(r, at=at, **facts)


def attach(
    r: Registration, *, at: datetime, same_petitioner: bool = False, claims: int = 1, undone: bool = False,
    later: bool = False, **facts: Any,  # noqa: ANN401  # the fields of the event
) -> None:  # fmt: skip
    """Let a later petition on the same matter join, whatever state the case is in.

    Who else comes is told and answered beside the first (第二十三条、第三十二条), or is the first of whom it is clear
    who it is. What comes after the end has an answer of its own, and so has what comes `later` from whoever has theirs
    and has not asked for another look. An answer that is `undone` is no answer any more.
    """
    unclear = facts["anonymous"] or facts.get("unclear", False)
    is_first = r.unclear and r.kind is None
    r.record(
        PetitionAttached, at=at, after_end=later or not r.open,
        further=r.open and not (same_petitioner or unclear or is_first), **facts,
    )  # fmt: skip
    if r.open and (undone or r.answered_at is None):
        hold(r, claims, at=at)
    go_on_for_others(r, at=at)
    count_visitors(r, at=at, **facts)


def replace_code(r: Registration, petition: UUID, document: UUID, *, at: datetime) -> None:
    """Note that somebody has another query code. Raises ``NotFound`` for a petition that is none of the case's."""
    if petition not in r.petitions:
        raise NotFound(str(petition))
    r.record(QueryCodeReplaced, at=at, petition=petition, document=document)


def learn_recusal(r: Registration, officer: str, *, recused: bool, at: datetime) -> None:
    """Learn that an officer keeps out of the case, or does so no more."""
    if (officer in r.recused) is not recused:
        r.record(RecusalLearnt, at=at, officer=officer, recused=recused)


def tell_recused(r: Registration, recused: Iterable[str], *, at: datetime) -> None:
    """Let those who get the case from here know who keeps out of it: what was decided before they had heard of it."""
    for officer in sorted(recused):
        r.record(RecusalLearnt, at=at, officer=officer, recused=True)


def conclude(r: Registration, *, at: datetime) -> None:
    """Learn that the case was closed."""
    if r.closed_at is None:
        r.record(CaseConcluded, at=at, closed_at=at)


def go_on(r: Registration, *, at: datetime) -> None:
    """Learn that the case goes on after all."""
    if r.closed_at is not None:
        r.record(ReopeningLearnt, at=at)
