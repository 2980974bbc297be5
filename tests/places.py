"""Where a system writes things down, all of it as bytes, and how a text is found there in every form (promise 8)."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
from collections.abc import Hashable, Mapping
from typing import Final, TypeVar
from urllib.parse import quote

from aiokafka import AIOKafkaConsumer

from contracts.envelope import SERVICES
from services.audit.book import opened
from services.chassis.kafka import connection
from services.cli.lines import Lines
from tests.harness import System, legible
from tests.steps import KEEPER

P = TypeVar("P", bound=Hashable)
CHARS: Final = "欧阳慕容司徒端木尉迟呼延皇甫澹台公孙轩辕令狐钟离宇文鲜于闾丘"
"""What canaries are made of: nobody writes so many of these characters one after the other."""

AROUND_BYTES: Final = 200

_LOG: Final = """
SELECT pg_read_binary_file('pg_wal/' || name) FROM pg_ls_waldir()
WHERE name ~ '^[0-9A-F]{24}$' AND name BETWEEN pg_walfile_name($1::text::pg_lsn) AND pg_walfile_name(pg_current_wal_lsn())
"""


def forms(text: str) -> dict[str, bytes]:
    """Return how a text may stand somewhere, whole."""
    plain = text.encode()
    found = {
        "utf-8": plain,
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "gbk": text.encode("gbk"),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "url": quote(text).encode(),
        "url lower": quote(text).lower().encode(),
        "json": text.encode("unicode_escape"),
        "reversed": plain[::-1],
    }
    for shift in range(3):  # a text in the middle of something that was encoded whole
        encoded = base64.b64encode(b"\0" * shift + plain)
        inner = encoded[(0, 2, 3)[shift] : len(encoded) - (4 if encoded.endswith(b"=") else 0)]
        found[f"base64 {shift}"] = inner
        found[f"base64url {shift}"] = inner.replace(b"+", b"-").replace(b"/", b"_")
    return found


def scan(places: Mapping[P, bytes], wanted: Mapping[str, str]) -> list[tuple[P, str, str]]:
    """Return where which canary stands in which form."""
    needles = [(field, form, needle) for field, text in wanted.items() for form, needle in forms(text).items()]
    return [(place, field, form) for place, data in places.items() for field, form, n in needles if n in data]


def marked(data: bytes, mark: str) -> list[bytes]:
    """Return what stands around a mark, wherever it stands in whichever form."""
    found = []
    for needle in {*forms(mark).values()}:
        at = data.find(needle)
        while at >= 0:
            found.append(data[max(0, at - AROUND_BYTES) : at + len(needle) + AROUND_BYTES])
            at = data.find(needle, at + len(needle))
    return found


async def log_position(system: System) -> str:
    """Return how far the log of the database has come."""
    async with system.sql() as db:
        return str(await db.fetchval("SELECT pg_current_wal_lsn()::text"))


async def written(system: System, begun: str) -> dict[str, bytes]:
    """Return all that was written down but what services log: of the database's own log what is newer than `begun`."""
    return {
        **await tables(system),
        **await topics(system),
        **await _metrics(system),
        "files": _files(system),
        "log of the database": system.servers.postgres.log.read_bytes(),
        "log of the broker": system.servers.broker.log.read_bytes(),
        "dump": await _dump(system),
        "wal": await _written_since(system, begun),
        "export": await _exported(system),
    }


async def tables(system: System) -> dict[str, bytes]:
    """Return every table of every service as bytes, what is packed unpacked; what the vault has is encrypted."""
    found = {}
    async with system.sql() as db:
        names = await db.fetch(
            "SELECT table_schema AS s, table_name AS t FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        for schema, table in names:
            rows = await db.fetch(f"SELECT * FROM {schema}.{table}")
            values = (value for row in rows for value in row.values())
            found[f"{schema}.{table}"] = b"\n".join(
                legible(v) if isinstance(v, bytes) else str(v).encode() for v in values
            )
    return found


def _files(system: System) -> bytes:
    """Return what lies in the store of files, names included."""
    lying = [path for path in system.key_file.with_name("files").rglob("*") if path.is_file()]
    return b"\n".join(part for path in lying for part in (path.name.encode(), path.read_bytes()))


async def topics(system: System) -> dict[str, bytes]:
    """Return every topic as bytes, from its first record on: keys, headers and values, which lie squeezed in segments."""
    settings, found = system.settings(), {}
    for service in SERVICES:
        consumer = AIOKafkaConsumer(
            settings.topic(service), auto_offset_reset="earliest", enable_auto_commit=False, **connection(settings)
        )
        await consumer.start()
        try:
            ends = await consumer.end_offsets(consumer.assignment())
            left, parts = sum(ends.values()), []
            while left > 0:
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    for r in records:
                        parts += [
                            r.key or b"",
                            r.value or b"",
                            *(part for h in r.headers for part in (h[0].encode(), h[1])),
                        ]
                        left -= 1
        finally:
            await consumer.stop()
        found[f"topic {service}"] = b"\n".join(parts)
    return found


async def _metrics(system: System) -> dict[str, bytes]:
    """Return the numbers that each service shows to who keeps the platform running."""
    asked = {name: system.client.get(system.url(name) + "/metrics", headers=KEEPER) for name in SERVICES}
    return {f"metrics {name}": (await reply).content for name, reply in asked.items()}


async def _dump(system: System) -> bytes:
    """Return the database as a backup has it."""
    postgres = system.servers.postgres
    secret = postgres._password.read_text()
    said = await asyncio.to_thread(postgres._tool, "pg_dump", f"--dbname={system.database_url}", secret=secret)
    return str(said).encode()


async def _written_since(system: System, begun: str) -> bytes:
    """Return the log of the database since then, as an archive has it."""
    async with system.sql() as db:
        return b"".join(row[0] for row in await db.fetch(_LOG, begun))


async def _exported(system: System) -> bytes:
    """Return what auditors take away: the whole ledger, an entry a line."""
    written = io.BytesIO()
    async with opened(system.database_url) as book:
        with contextlib.redirect_stdout(io.TextIOWrapper(written, "utf-8")) as out:
            async for batch in book.whole(0):
                Lines().entries(batch, {})
            out.flush()
            return written.getvalue()
