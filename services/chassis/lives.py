"""A store knows which store it is, and in which life: whoever restores or moves it is noticed before anything is lost.

A life is lived in one cluster and on one timeline of it. A store that finds itself elsewhere, or behind what it has
sealed before (as its topic and a note beside the database tell), is not what it was: it serves nobody (503) until
`huiyin restore finish` has looked at what is missing, told it, and begun another life. Numbers go on after all that was
ever given, so none stands for two events.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from contracts.vocabulary import RestoredHow
from services.chassis.database import Connection
from services.chassis.errors import Unavailable
from services.chassis.heads import Heads

IN_RECOVERY: Final = 0
"""On which timeline a standby says that it is: it takes no writes, and nobody can tell yet what becomes of it."""

_NEWEST: Final = """
SELECT e.number, e.store, e.system, e.timeline, e.firsts, e.topic_made,
    ARRAY(SELECT store FROM epoch) AS stores, c.system AS here, c.timeline AS now_on,
    h.xid >= pg_snapshot_xmax(pg_current_snapshot()) AS of_the_future
FROM epoch e, cluster() c, seal_head h ORDER BY e.number DESC LIMIT 1
"""
_ALL: Final = "SELECT number, store, firsts FROM epoch ORDER BY number"
_TAKEN: Final = "SELECT source || '/' || lane AS lane, last FROM cursor"
_HEADS: Final = "SELECT lane, last FROM lane_head"


class StoreIsRestored(Unavailable):
    """The store was restored or moved, and nobody has looked yet at what it lacks."""

    code = "store_restored"
    title = "数据库已经恢复或者迁移，等待核对"
    remedy = "请运维人员核对缺失的数据并执行 huiyin restore finish 后重试。"


def restored(how: Iterable[RestoredHow]) -> StoreIsRestored:
    """Return what is told of a store that was restored."""
    return StoreIsRestored("、".join(one.title for one in how))


class Life(msgspec.Struct, frozen=True):
    """A life of a store: from which number of each lane on its records are of it."""

    number: int
    store: UUID
    firsts: tuple[int, ...]


class Standing(NamedTuple):
    """The life that a store is in, and why it cannot go on with it, if it cannot."""

    life: Life
    how: tuple[RestoredHow, ...]
    finished: bool
    """Whether all was done that begins a life: its topic, too, is of this one."""


async def standing(connection: Connection, heads: Heads) -> Standing:
    """Return how a store stands; `heads` knows which numbers it has given."""
    row = await connection.fetchrow(_NEWEST)
    known, got = heads.of(row["store"], row["number"]), await got_to(connection)
    how = []
    if row["system"] != row["here"] or row["of_the_future"]:  # no row of its own would ever be settled
        how.append(RestoredHow.moved)
    elif row["now_on"] not in {row["timeline"], IN_RECOVERY}:
        how.append(RestoredHow.timeline)
    if heads.of_another(row["stores"], row["number"]) or any(got.get(lane, 0) < head for lane, head in known.items()):
        how.append(RestoredHow.older)
    return Standing(_life(row), tuple(how), row["topic_made"])


async def heads_of(connection: Connection) -> dict[int, int]:
    """Return the newest number of each lane."""
    return {row["lane"]: row["last"] for row in await connection.fetch(_HEADS)}


async def got_to(connection: Connection) -> dict[str, int]:
    """Return how far a store has got, as it is noted (``heads``)."""
    own = {str(lane): last for lane, last in (await heads_of(connection)).items()}
    return own | {row["lane"]: row["last"] for row in await connection.fetch(_TAKEN)}


async def lives(connection: Connection) -> list[Life]:
    """Return the lives of a store, from the first on."""
    return [_life(row) for row in await connection.fetch(_ALL)]


def _life(row: Any) -> Life:  # noqa: ANN401  # an asyncpg.Record
    return Life(row["number"], row["store"], tuple(row["firsts"]))
