"""Every question of every service, asked in a system with few cases and in one with many, in turns."""

from __future__ import annotations

import re
import statistics
import time
from functools import reduce
from operator import getitem
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import asyncpg
import msgspec

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from tests.bench import samples
from tests.bench.acting import shown
from tests.bench.http import Connection, connected, request
from tests.bench.report import BARS, Entry
from tests.harness import System

ROUNDS: Final = 20
ROUNDS_OF_DOUBT: Final = 100
"""For a question that seems to be slow: one late reply proves nothing."""
OK: Final = 200

_CASE: Final = """
SELECT i.case_id, i.id FROM intake.vault_item i
JOIN intake.case_view c ON c.id = i.case_id JOIN mediation.case_view m ON m.id = c.id
JOIN assignment.case_view a ON a.id = c.id JOIN accountability.case_view f ON f.id = c.id
WHERE i.kind = 'petition' AND NOT c.confidential ORDER BY f.version DESC, c.id LIMIT 1
"""
_VIEWS: Final = """
SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND relname LIKE '%' || $2 || '_view'
ORDER BY length(relname) LIMIT 1
"""


class Question(NamedTuple):
    """A question with all that it needs."""

    name: str
    sent: bytes


async def ask(small: System, full: System) -> list[Entry]:
    """Return what the answer to each question takes, the slowest by comparison first.

    Lists are as long in both systems: as long as the one with few cases can make them.
    """
    found, unanswered = [], []
    async with small.sql() as db:
        known = Known(db)
        for service in SERVICES:
            told = await operations(small, service)
            async with connected(small.url(service), 1) as (few,), connected(full.url(service), 1) as (many,):
                for path, parameters in told:
                    name = f"GET {service}{path}"
                    query = await known.query(service, path, parameters)
                    asked = None if query is None else await _answered(few, many, name, *query)
                    if asked is None:
                        unanswered.append(name)
                        continue
                    found += [await _compared(question, few, many) for question in asked]
    if unanswered:
        print("questions_full: nothing here answers " + ", ".join(unanswered))
    return sorted(found, key=lambda entry: entry.ratio or 0, reverse=True)


async def operations(made: System, service: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the path of each question of a service, and what it takes."""
    api = (await made.client.get(f"{made.url(service)}/openapi.json")).json()
    asked = {path: of["get"].get("parameters", []) for path, of in api["paths"].items() if "get" in of}
    return [(path, [_there(api, one) for one in parameters]) for path, parameters in sorted(asked.items())]


class Known:
    """What can be named in a question: it is there in both systems."""

    def __init__(self, db: asyncpg.Connection) -> None:
        self._db = db
        self._values = {"lane": "0", "year": "2026", "code": samples.UNIT}

    async def query(
        self, service: str, path: str, parameters: list[dict[str, Any]]
    ) -> tuple[str, dict[str, Any]] | None:
        """Return the path and the parameters of a question; None where there is nothing to ask about."""
        if "case_id" not in self._values:
            case, content = await self._db.fetchrow(_CASE)
            self._values |= {"case_id": str(case), "key": str(case), "content_id": str(content)}
        for name in re.findall(r"{(\w+)}", path):
            if (value := self._values.get(name) or await self._an_id(service, name)) is None:
                return None
            path = path.replace(f"{{{name}}}", value)
        asked = [p for p in parameters if p["in"] == "query"]
        required = {
            p["name"]: self._values.get(p["name"]) or _example(p["name"], p["schema"])
            for p in asked
            if p.get("required")
        }
        return path, dict.fromkeys({p["name"] for p in asked} & {"limit", "state"}) | required

    async def _an_id(self, service: str, name: str) -> str | None:
        view = await self._db.fetchval(_VIEWS, service, name.removesuffix("_id"))
        found = view and await self._db.fetchval(f"SELECT id FROM {service}.{view} ORDER BY id LIMIT 1")
        return found and str(found)


def _there(api: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return what stands where a reference leads to, with its schema."""
    while "$ref" in node:
        node = reduce(getitem, node["$ref"].removeprefix("#/").split("/"), api)
    return node if "schema" not in node else node | {"schema": _there(api, node["schema"])}


def _example(name: str, schema: dict[str, Any]) -> str:
    if schema.get("format") == "date":
        return "2026-12-31" if name == "until" else "2026-01-01"
    return next(iter(schema.get("enum", ["handling"])))


async def _answered(
    few: Connection, many: Connection, name: str, path: str, query: dict[str, Any]
) -> list[Question] | None:
    """Return the question, and again for rows of one state where it asks for a list of them; None without an answer."""
    given = {key: value for key, value in query.items() if value is not None}
    for role in Role:
        if answer := await _ask(few, path, given, role):
            break
    else:
        return None
    variants = [given]
    if "state" in query and (rows := _rows(answer)) and "state" in rows[0]:
        variants.append(given | {"state": rows[0]["state"]})
    found = []
    for variant in variants:
        if "limit" in query:
            variant["limit"] = max(len(_rows(await _ask(few, path, variant, role))), 1)
        if await _ask(many, path, variant, role) is not None:
            found.append(Question(name + ("?state" if "state" in variant else ""), _sent(path, variant, role)))
    return found


def _rows(answer: Any) -> list[Any]:
    """Return the rows of a list, which are all of the answer or stand in it."""
    found = [answer, *answer.values()] if isinstance(answer, dict) else [answer]
    return next((rows for rows in found if isinstance(rows, list)), [])


async def _ask(connection: Connection, path: str, query: dict[str, Any], role: Role) -> Any:
    status, body = await connection.exchange(_sent(path, query, role))
    return msgspec.json.decode(body) if status == OK else None


def _sent(path: str, query: dict[str, Any], role: Role) -> bytes:
    return request("GET", f"{path}?{urlencode(query)}" if query else path, shown(samples.OFFICER, samples.BUREAU, role))


async def _compared(question: Question, few: Connection, many: Connection) -> Entry:
    """Return the milliseconds in both systems."""
    taken: tuple[list[float], list[float]] = [], []

    async def measured(rounds: int) -> Entry:
        for _ in range(rounds):
            for connection, seconds in zip((few, many), taken, strict=True):
                started = time.perf_counter()
                await connection.exchange(question.sent)
                seconds.append(1_000 * (time.perf_counter() - started))
        before, after = map(statistics.median, taken)
        return Entry(question.name, after, "ms", before, after / before)

    entry = await measured(ROUNDS)
    return entry if BARS["questions_full"].holds(entry) else await measured(ROUNDS_OF_DOUBT)
