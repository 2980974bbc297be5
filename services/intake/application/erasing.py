"""What belongs to one petitioner in a case, and how it is kept from everybody or destroyed (第四十七条)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from contracts.intake import CaseDetached, LegalHoldLifted
from contracts.vocabulary import HoldGround
from services.chassis import clock
from services.chassis.database import AWAY, Database
from services.chassis.errors import NotFound, Unavailable
from services.chassis.history import facts, history
from services.chassis.questions import rows
from services.chassis.running import Running
from services.chassis.views import Statement, insertion
from services.intake.application.answering import answering
from services.intake.application.disclosing import is_owed
from services.intake.domain.registration import Registration

_KEYS: Final = """
WITH RECURSIVE whole AS (
    SELECT $1::uuid AS id UNION SELECT v.id FROM whole w JOIN case_view v ON v.merged_into = w.id
), beside AS (
    SELECT id, id AS whole FROM unnest($3::uuid[]) AS id
    UNION SELECT v.id, b.whole FROM beside b JOIN case_view v ON v.merged_into = b.id
), here AS (
    SELECT k.id, k.case_id, k.persons FROM whole w JOIN vault_key k ON k.case_id = w.id
), there AS (
    SELECT k.id, k.case_id, k.persons, b.whole FROM beside b JOIN vault_key k ON k.case_id = b.id
), own AS (SELECT id, persons FROM here WHERE id = $2)
SELECT k.id, k.case_id FROM own, there k WHERE k.persons = own.persons AND NOT EXISTS (
    SELECT FROM there o JOIN query_code q ON q.petition_id = o.id WHERE o.persons = own.persons AND o.whole = k.whole
)
UNION SELECT k.id, k.case_id FROM own, here k
WHERE k.id = own.id OR k.persons = own.persons
OR k.persons IS NULL AND NOT EXISTS (
    SELECT FROM here o WHERE o.id <> own.id AND (o.persons <> own.persons) IS NOT FALSE
      AND (o.persons IS NOT NULL OR EXISTS (SELECT FROM query_code q WHERE q.petition_id = o.id))
)
ORDER BY id
"""
"""What lies under the very index of a petition; and with the last petitioner of a case goes what names nobody.

What was written for them in a case that the petition has left, or that was divided off theirs, is found there, unless
they petition in that one themselves.
"""
_GOES_ON_IN: Final = """
WITH RECURSIVE part AS (
    SELECT $1::uuid AS id UNION SELECT answering(v.id) FROM part p JOIN case_view v ON v.split_from = p.id
)
SELECT id FROM part
"""
_OWN_CASE: Final = "SELECT case_id FROM vault_key WHERE id = $1"
_ASKED: Final = """
SELECT coalesce(bool_or(state = 'restricted'), false) AS pending, array_agg(id) AS entries,
       array(SELECT unnest(held) FROM erasure_view WHERE petition_id = ANY($1::uuid[]) AND state <> 'shredded') AS held
FROM erasure_view WHERE petition_id = ANY($1::uuid[])
"""
_RESTRICTED: Final = """
UPDATE vault_key k SET restricted = fresh.restricted
FROM json_populate_recordset(NULL::vault_key, {rows}) fresh WHERE k.id = fresh.id
"""
_DESTROYED: Final = insertion("destroyed_key", "id", "case_id", "destroyed_at") + " ON CONFLICT DO NOTHING"
_KEY_GONE: Final = "DELETE FROM vault_key k USING json_populate_recordset(NULL::vault_key, {rows}) g WHERE k.id = g.id"
_TEXT_GONE: Final = """
UPDATE vault_item i SET ciphertext = ''
FROM json_populate_recordset(NULL::vault_item, {rows}) gone WHERE i.key_id = gone.key_id
"""
_CODE_GONE: Final = """
DELETE FROM query_code c USING json_populate_recordset(NULL::query_code, {rows}) gone
WHERE c.petition_id = gone.petition_id
"""
_AGAIN: Final = """
WITH known AS (
    INSERT INTO destroyed_key SELECT id, case_id, $2 FROM vault_key WHERE id = ANY($1::uuid[]) ON CONFLICT DO NOTHING
), codes AS (
    DELETE FROM query_code WHERE petition_id = ANY($1::uuid[])
), texts AS (
    UPDATE vault_item SET ciphertext = '' WHERE key_id = ANY($1::uuid[])
)
DELETE FROM vault_key WHERE id = ANY($1::uuid[])
"""


async def keys_of(running: Running, case: UUID, petition: UUID) -> list[tuple[UUID, UUID]]:
    """Return the keys of what belongs to a petitioner in a case, each with where it lies. Raises ``NotFound``."""
    try:
        async with running.database.connection() as connection:
            own = await connection.fetchval(_OWN_CASE, petition)
        left = [] if own is None else await _left(running, own)
        async with running.database.connection() as connection:
            parts = [row["id"] for row in await connection.fetch(_GOES_ON_IN, case) if row["id"] != case]
            found = await connection.fetch(_KEYS, case, petition, [*left, *parts])
    except AWAY as error:
        raise Unavailable from error
    if not found:
        raise NotFound(str(petition))
    return [(row["id"], row["case_id"]) for row in found]


async def _left(running: Running, case: UUID) -> list[UUID]:
    """Return the cases out of which one has come: what had joined the wrong one has left it (第二十二条)."""
    happened = facts(case, await history(running.store.recorder, case))
    return [fact.event.from_case for fact in happened if isinstance(fact.event, CaseDetached)]


class Asked(NamedTuple):
    """What was asked before about what belongs to a petitioner, by whichever of their petitions."""

    pending: bool
    """Whether it is only kept already."""
    held: frozenset[HoldGround]
    """For what it has to be kept, also if it is worked with again meanwhile."""
    let_go_by: frozenset[str]
    """Who has said that it has to be kept no longer for something."""


async def asked_about(running: Running, keys: Sequence[tuple[UUID, UUID]]) -> Asked:
    """Return what was asked about keys before. Raises ``Unavailable``."""
    [found] = await rows(running.store, _ASKED, [key for key, _ in keys])
    try:
        told = [
            fact for one in found["entries"] or () for fact in facts(one, await history(running.store.recorder, one))
        ]
    except AWAY as error:
        raise Unavailable from error
    held = frozenset(one for one in HoldGround if one.value in found["held"])
    lifted = [fact for fact in told if isinstance(fact.event, LegalHoldLifted)]
    return Asked(found["pending"], held, frozenset(fact.about.actor for fact in lifted))


async def over(running: Running, case: UUID) -> datetime | None:
    """Return since when nothing has happened in a case and nobody owes anything in it; None while it goes on.

    One that was divided goes on in its parts, where what was written is read yet. Raises ``SourceAway``.
    """
    each = [row["id"] for row in await rows(running.store, _GOES_ON_IN, await answering(running, case))]
    ended = [await _ended(running, one) for one in each]
    known = [at for at in ended if at is not None]
    return max(known) if len(known) == len(each) else None


async def _ended(running: Running, case: UUID) -> datetime | None:
    about = await running.store.known(Registration, case)
    return None if about.open or await is_owed(running, case) else about.modified_on


def restricting(keys: Sequence[tuple[UUID, UUID]], *, restricted: bool) -> list[Statement]:
    """Return what keeps texts from everybody, or gives them back."""
    return [(_RESTRICTED, {"id": key, "restricted": restricted}) for key, _ in keys]


def destroying(keys: Sequence[tuple[UUID, UUID]], at: datetime) -> list[Statement]:
    """Return what destroys keys and what lay under them, the code that led there, and the sessions had for it."""
    return [
        statement
        for key, case in keys
        for statement in (
            (_DESTROYED, {"id": key, "case_id": case, "destroyed_at": at}), (_KEY_GONE, {"id": key}),
            (_TEXT_GONE, {"key_id": key}), (_CODE_GONE, {"petition_id": key}),
        )
    ]  # fmt: skip


async def destroy_again(database: Database, keys: Sequence[UUID]) -> int:
    """Destroy what was destroyed before and has come back with a backup; return how many keys that were."""
    async with database.transaction() as connection:
        known = [row["id"] for row in await connection.fetch("SELECT id FROM destroyed_key")]
        done: str = await connection.execute(_AGAIN, [*keys, *known], clock.now())
    return int(done.rsplit(maxsplit=1)[-1])


async def destroyed(database: Database) -> list[UUID]:
    """Return the keys that were destroyed, to be kept apart from backups."""
    async with database.connection() as connection:
        return [row["id"] for row in await connection.fetch("SELECT id FROM destroyed_key ORDER BY destroyed_at, id")]
