"""No statement gets slower as the store fills: none reads a table from end to end, nor more rows than it needs.

Every statement that four services send while cases are told and every question is asked is planned again in a store of
many cases, and its plan is looked at while it runs: not how long it takes, but how many rows it touches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import pytest

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.audit import book
from tests.bench.fill import fill
from tests.bench.questions import Known, operations
from tests.harness import UNIT, System
from tests.test_schemathesis import grounds

CASES: Final = 2_000
ROWS_MAX: Final = 1_000
"""What one step of a plan may touch; of whatever grows with the cases there is more than that."""
ROWS_PER_ANSWER_MAX: Final = 10
"""And for each row that is answered: who asks for a tenth of a table may have it read as a whole."""
ARGUMENTS_MAX: Final = 8
"""How many calls of the same statement are planned again, the newest ones."""

Statements = dict[tuple[str, str], list[tuple[Any, ...]]]
"""By schema and text: the arguments of its calls."""


@contextmanager
def listening() -> Iterator[Statements]:
    """Take down every statement by which services, or an auditor, read or write."""
    heard: Statements = defaultdict(list)
    execute = asyncpg.Connection._execute

    async def overheard(self: Any, query: str, args: Any, *more: Any, **named: Any) -> Any:
        schema = (self._params.server_settings or {}).get("search_path", "")
        if schema in SERVICES and query.split(maxsplit=1)[0] in {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}:
            heard[schema, query].append(tuple(args))
        return await execute(self, query, args, *more, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncpg.Connection, "_execute", overheard)
        yield heard


async def ask_everything(system: System) -> int:
    """Ask every question, in every state of what it lists; return how many were answered."""
    answered = 0
    async with system.sql() as db:
        known = Known(db)
        for service in SERVICES:
            for path, parameters in await operations(system, service):
                query = await known.query(service, path, parameters)
                if query is not None:
                    answered += await _asked(system, service, *query)
    return answered


async def _asked(system: System, service: str, path: str, query: dict[str, Any]) -> bool:
    given = {name: value for name, value in query.items() if value is not None}
    for role in Role:
        headers = {"Huiyin-Actor": "a", "Huiyin-Unit": UNIT, "Huiyin-Role": role.value}
        reply = await system.client.get(system.url(service) + path, params=given, headers=headers)
        if reply.status_code == 200:
            break
    else:
        return False
    if "state" in query:
        items = reply.json()["items"]
        for state in {item["state"] for item in items}:
            await system.client.get(system.url(service) + path, params=given | {"state": state}, headers=headers)
    return True


async def greedy(db: asyncpg.Connection, schema: str, text: str, calls: list[tuple[Any, ...]]) -> str | None:
    """Return what a statement touches too much of, if it does."""
    for arguments in calls[-ARGUMENTS_MAX:]:
        transaction = db.transaction()
        await transaction.start()
        try:
            await db.execute(f"SET LOCAL ROLE {schema}; SET LOCAL search_path = {schema}")
            plan = await db.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", *arguments)
        except asyncpg.IntegrityConstraintViolationError:
            continue  # it is written already
        finally:
            await transaction.rollback()
        top = msgspec.json.decode(plan)[0]["Plan"]
        if touched := _touched(top, ROWS_MAX + ROWS_PER_ANSWER_MAX * top["Actual Rows"]):
            return f"{schema}: {touched} in {' '.join(text.split())}"
    return None


def _touched(node: dict[str, Any], most: int) -> str | None:
    rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    if "Relation Name" in node and rows * node["Actual Loops"] > most:
        return f"{node['Node Type']} on {node['Relation Name']} touches {rows * node['Actual Loops']:.0f} rows"
    return next(filter(None, (_touched(part, most) for part in node.get("Plans", ()))), None)


async def audit(system: System, case: str, registration_no: str) -> None:
    """Let an auditor find a case by every name that it has, and read it."""
    async with book.opened(system.database_url) as ledger:
        for name in (case, case[:8], registration_no):
            assert [str(found) for found in await ledger.find(name)] == [case]
        assert await ledger.case(UUID(case))
        assert await ledger.gap(UUID(case)) is None


@pytest.mark.timeout(600)
async def test_no_statement_touches_more_than_it_needs(huiyin: System):
    with listening() as heard:
        async with huiyin.within():
            await grounds(huiyin)
            registered = await huiyin.register()
            assert await ask_everything(huiyin) > 40
            await huiyin.caught_up()
        await audit(huiyin, registered["case_id"], registered["registration_no"])
    await fill(huiyin, CASES)
    counting = ("accountability", book._INCOMPLETE)
    async with huiyin.sql() as db:
        # To know that nothing is missing in a lane its numbers are counted, by an index alone where they are many.
        counted = await greedy(db, *counting, heard.pop(counting))
        assert counted is None or "Index Only Scan" in str(counted)
        found = [await greedy(db, *statement, calls) for statement, calls in heard.items()]
        assert not list(filter(None, found)), "\n".join(filter(None, found))
        # Mutant: what finds the clocks of a case is not there.
        await db.execute("DROP INDEX accountability.clock_view_case")
        mine = [(statement, calls) for statement, calls in heard.items() if "FROM clock_view" in statement[1]]
        found = [await greedy(db, *statement, calls) for statement, calls in mine]
        assert any("Seq Scan on clock_view" in str(it) for it in found)
    print(f"{len(heard)} statements, planned again among {CASES} cases")
