"""What kind of text lies in the vault of a case; that it is there is no secret, and nothing is decrypted."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from contracts.vocabulary import DocumentKind
from services.chassis.database import AWAY
from services.chassis.errors import Unavailable
from services.chassis.running import Running
from services.chassis.texts import Asking
from services.intake.vault import OF_WHOLE

_KINDS: Final = frozenset(DocumentKind)
_FIND: Final = OF_WHOLE.format("i.kind")


def texts_of(running: Running) -> Asking:
    """Return the way in which intake's own commands ask what kind of text of a case one is."""

    async def kind(case: UUID, text: UUID) -> str | None:
        return await _found(running, _FIND, case, text)

    return kind


async def kind_for_others(running: Running, case: UUID, text: UUID) -> str | None:
    """Return what kind of text it is, and nothing of what lies with a report about an official (第三十条第三款)."""
    return await _found(running, _FIND + " AND NOT under_seal($1)", case, text)


async def _found(running: Running, query: str, case: UUID, text: UUID) -> str | None:
    try:
        async with running.database.connection() as connection:
            found: str | None = await connection.fetchval(query, case, text)
    except AWAY as error:
        raise Unavailable from error
    return found if found in _KINDS else None
