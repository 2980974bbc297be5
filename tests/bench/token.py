"""token: what it costs to find out who acts, when their token is known and when it is seen for the first time."""

from __future__ import annotations

import statistics
import time
from collections.abc import AsyncIterator

from pydantic import SecretStr

from services.chassis.identity.tokens import KNOWN_MAX, Tokens
from services.chassis.settings import Settings
from tests.acting import issuer
from tests.bench.report import Entry
from tests.harness import Servers

ROUNDS = 20
CACHED, FRESH = 20_000, 200
"""Checks a round."""


async def run(_: Servers) -> AsyncIterator[Entry]:
    told = [issuer().token(f"officer-{n}") for n in range(FRESH)]
    reading = Tokens(
        Settings(database_url=SecretStr("postgresql://nowhere"), kafka="nowhere:1", oidc_issuer=issuer().url)
    )
    assert len(told) <= KNOWN_MAX
    await reading.read(told[0])
    cached, fresh = [], []
    for _round in range(ROUNDS):
        reading._known.clear()
        fresh.append(await _seconds(reading, told, FRESH))
        cached.append(await _seconds(reading, told, CACHED))
    yield Entry("token_us", 1e6 * statistics.median(cached), "µs", cpu_ms=1e3 * statistics.median(cached))
    yield Entry("token_unseen_us", 1e6 * statistics.median(fresh), "µs", cpu_ms=1e3 * statistics.median(fresh))


async def _seconds(reading: Tokens, told: list[str], count: int) -> float:
    """Return the processor seconds of one check."""
    started = time.process_time()
    for n in range(count):
        await reading.read(told[n % len(told)])
    return (time.process_time() - started) / count
