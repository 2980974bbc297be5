"""Whoever follows the ledger is told of every entry once, with its Case, and writes when everybody has read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from services.accountability.following import Checked, Follower, Write
from services.accountability.ledger import Ledger
from tests.harness import System

TABLE = "CREATE TABLE accountability.noted (seq bigint PRIMARY KEY, state text)"
GRANT = "GRANT INSERT ON accountability.noted TO accountability"


class Notes:
    """A follower more, of which the ledger knows nothing."""

    def __init__(self) -> None:
        self.begun: list[Any] = []
        """The transaction ids that there were when it read."""

    async def read(self, connection: Any, entries: Sequence[Checked]) -> Write:
        self.begun.append(await connection.fetchval("SELECT pg_current_xact_id_if_assigned()"))
        return partial(self._write, [(e.seq, e.case.state if e.case else None) for e in entries])

    async def _write(self, notes: list[tuple[int, str | None]], connection: Any) -> None:
        await connection.executemany("INSERT INTO noted VALUES ($1, $2)", notes)


async def followed(county: System, kind: Callable[[Follower], Follower] = lambda follower: follower) -> Notes:
    """Let a case go its way with a follower more; return the follower."""
    async with county.sql() as db:
        await db.execute(TABLE)
        await db.execute(GRANT)
    await county.caught_up()
    notes, effect = Notes(), county.running["accountability"].inbox.effect
    assert isinstance(effect, Ledger)
    effect.followers = (*map(kind, effect.followers), notes)
    case = (await county.register())["case_id"]
    for step in (county.classify, county.forward, county.notify):
        assert (await step(case)).status_code == 200
    await county.caught_up()
    return notes


async def test_follower_is_told_of_every_entry_with_the_case_as_it_then_stood(county: System):
    notes = await followed(county)
    async with county.sql() as db:
        noted = await db.fetch(
            "SELECT seq, state, type FROM accountability.noted JOIN accountability.ledger_entry USING (seq) ORDER BY seq"
        )
    assert [row["seq"] for row in noted] == list(range(noted[0]["seq"], (await county.ledger())[-1]["seq"] + 1))
    states = {row["type"].split(".")[1]: row["state"] for row in noted}
    course = [states[name] for name in ("CaseRegistered", "CaseClassified", "CaseForwarded", "AcceptanceNotified")]
    assert course == ["registered", "classified", "forwarded", "accepted"]
    assert set(notes.begun) == {None}


class Hasty:
    """Lets a follower write as soon as it has read."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower

    async def read(self, connection: Any, entries: Sequence[Checked]) -> Write:
        await (await self.follower.read(connection, entries))(connection)
        return _nothing


async def _nothing(_: Any) -> None:
    """It is written already."""


async def test_follower_that_writes_before_all_have_read_is_found_out(county: System):
    """Mutant: the transaction has its id while others still read, so nobody can be sealed meanwhile."""
    notes = await followed(county, Hasty)
    assert None not in notes.begun
