"""What is kept of the cases: PostgreSQL's tables with their indexes, and Kafka's logs, as they lie on the disk.

Of PostgreSQL it is all of the database, dead rows included, and not its log, which is written over. Of Kafka it is every
block of the broker's directory: indexes are made as large as they may become, but are holes until they are written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import asyncpg

from tests.harness import System

BLOCK: Final = 512
"""In what `stat` counts."""


async def taken(made: System, db: asyncpg.Connection) -> dict[str, int]:
    """Return the bytes on disk, by the name of their measurement."""
    found = {"postgres_kb": int(await db.fetchval("SELECT pg_database_size(current_database())"))}
    if made.servers.broker is not None and made.servers.broker.logs.exists():
        files = made.servers.broker.logs.rglob("*")
        found["kafka_kb"] = sum(_blocks(file) for file in files)
    return found


def _blocks(file: Path) -> int:
    try:
        return file.stat().st_blocks * BLOCK
    except FileNotFoundError:  # a segment that Kafka has just dropped
        return 0
