"""The ledger against the stores: what somebody with the database's own password has changed is found, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from contracts.chain import START, Signers, chained
from contracts.envelope import SERVICES, lane_of
from services.audit.reconcile import _Lanes, reconcile
from tests.flow.checks import Client, play
from tests.harness import System

_ENTRY = "(SELECT max(seq) FROM accountability.ledger_entry WHERE service = 'intake')"
_OPEN = "ALTER TABLE {0} DISABLE TRIGGER append_only; {1}; ALTER TABLE {0} ENABLE TRIGGER append_only"
_ADDED = f"""
INSERT INTO accountability.ledger_entry
SELECT seq + 1000000, lane_seq + 1000, at, ledgered_at, service, version, lane, gen_random_uuid(), stream_id, case_id, type,
    '', packed FROM accountability.ledger_entry WHERE seq = {_ENTRY}
"""
_CURSOR = "SELECT last, seal, seal_seq FROM accountability.cursor WHERE source = 'intake' AND lane = $1"
TAMPERINGS: dict[str, tuple[str, str, str]] = {
    "an entry is taken out": (
        "accountability.ledger_entry", f"DELETE FROM accountability.ledger_entry WHERE seq = {_ENTRY}", "is not in the",
    ),
    "an entry is another": (
        "accountability.ledger_entry",
        f"UPDATE accountability.ledger_entry SET at = at + interval '1 day' WHERE seq = {_ENTRY}", "another event",
    ),
    "an entry was added": (
        "accountability.ledger_entry",
        _ADDED,
        "no event of that number",
    ),
    "a store was changed": (
        "intake.event", "UPDATE intake.event SET at = at - interval '1 day' WHERE pos = (SELECT min(pos) FROM intake.event)",
        "another event",
    ),
}  # fmt: skip


async def wrong(system: System) -> list[str]:
    return (await reconcile(system.database_url, Signers(system.signers))).wrong


@pytest.mark.parametrize("what", TAMPERINGS)
async def test_what_was_changed_behind_everybodys_back_is_found(county: System, what: str):
    await play(county, 6)
    await county.caught_up()
    assert await wrong(county) == []
    table, sql, found = TAMPERINGS[what]
    async with county.sql() as db:
        await db.execute(_OPEN.format(table, sql))
    assert any(found in one for one in await wrong(county))


async def test_who_changes_both_sides_does_not_have_the_key(county: System):
    """The store and the ledger say the same, and neither is what the source has signed."""
    await play(county, 6)
    await county.caught_up()
    async with county.sql() as db:
        first = (
            "UPDATE {0} SET at = at - interval '1 day' WHERE id = (SELECT id FROM intake.event ORDER BY pos LIMIT 1)"
        )
        for table in ("intake.event", "accountability.ledger_entry"):
            await db.execute(_OPEN.format(table, first.format(table)))
    found = await wrong(county)
    assert any("is not what intake has signed" in one for one in found)
    assert any("another history" in one for one in found)


async def test_who_puts_an_older_seal_back_does_not_hide_what_stands_after_it(county: System):
    """The links are worked out anew, which takes no key, and a true seal is left, of what was there before."""
    client = Client(county)
    case = await client.register()
    lane = lane_of(UUID(case))
    await county.caught_up()
    async with county.sql() as db:
        older = await db.fetchrow(_CURSOR, lane)
    await client.carry(case)
    await county.caught_up()
    assert await wrong(county) == []
    async with county.sql() as db:
        last = (await db.fetchrow(_CURSOR, lane))["last"]
        number = await db.fetchval(
            "SELECT id FROM accountability.ledger_entry WHERE (service, lane, lane_seq) = ('intake', $1, $2)",
            lane,
            last,
        )
        for table in ("intake.event", "accountability.ledger_entry"):
            await db.execute(
                _OPEN.format(table, f"UPDATE {table} SET at = at - interval '1 day' WHERE id = '{number}'")
            )
        async with county.opened("intake") as running:
            run = await running.store.recorder.lane(lane, after=0, upto=last, limit=last)
        link = chained(START, run)
        for reader in SERVICES:
            await db.execute(
                f"UPDATE {reader}.cursor SET link = $2 WHERE source = 'intake' AND lane = $1 AND last = $3",
                lane,
                link,
                last,
            )
        await db.execute(
            "UPDATE accountability.cursor SET seal = $2, seal_seq = $3 WHERE source = 'intake' AND lane = $1",
            lane,
            older["seal"],
            older["seal_seq"],
        )
    assert [one for one in await wrong(county) if f"intake/{lane} in the ledger has no seal" in one]


@pytest.mark.parametrize("blind", ["ledger", "store"])
async def test_a_comparison_without_chains_is_found_out(county: System, monkeypatch: pytest.MonkeyPatch, blind: str):
    """Mutant: only the two sides are compared with each other."""
    nothing: Callable[..., Any] = lambda *_: None  # noqa: E731
    monkeypatch.setattr(_Lanes, blind, nothing)
    monkeypatch.setattr(_Lanes, "end", nothing)
    with pytest.raises(AssertionError):
        await test_who_changes_both_sides_does_not_have_the_key(county)
