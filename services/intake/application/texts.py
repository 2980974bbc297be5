"""What kind of text lies in the vault of a case; that it is there is no secret, and nothing is decrypted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from contracts.vocabulary import DocumentKind
from services.chassis.database import AWAY
from services.chassis.errors import Unavailable
from services.chassis.running import Running
from services.chassis.source import TextAt
from services.chassis.texts import Asking
from services.intake.vault import OF_WHOLE

_KINDS: Final = frozenset(DocumentKind)
_FIND: Final = """
SELECT {} AS kind FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked (of_case, item, n)
LEFT JOIN LATERAL ({}) found ON true ORDER BY n
"""
_LYING: Final = OF_WHOLE.format("i.kind", of="asked.of_case", item="asked.item", kept="")
_FOR_OWN: Final = _FIND.format("kind", _LYING)
_FOR_OTHERS: Final = _FIND.format("CASE WHEN NOT under_seal(of_case) THEN kind END", _LYING)


def texts_of(running: Running) -> Asking:
    """Return the way in which intake's own commands ask what kind of texts of cases some are."""

    async def kinds(wanted: Sequence[TextAt]) -> dict[TextAt, str | None]:
        return dict(zip(wanted, await _found(running, _FOR_OWN, wanted), strict=True))

    return kinds


async def kinds_for_others(running: Running, wanted: Sequence[TextAt]) -> list[str | None]:
    """Return what kind of text each is, and nothing of what lies with a report about an official (第三十条第三款)."""
    return await _found(running, _FOR_OTHERS, wanted)


async def _found(running: Running, query: str, wanted: Sequence[TextAt]) -> list[str | None]:
    try:
        async with running.database.connection() as connection:
            rows = await connection.fetch(query, [case for case, _ in wanted], [text for _, text in wanted])
    except AWAY as error:
        raise Unavailable from error
    return [row["kind"] if row["kind"] in _KINDS else None for row in rows]
