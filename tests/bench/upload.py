"""upload: how much of a file of 200 MB comes in a second, and by how much the service grows for it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Final

from tests.bench.report import Entry
from tests.harness import Servers, system
from tests.intake.uploads import growth_mb, petitioner

LENGTH: Final = 200 * 1024 * 1024


async def run(servers: Servers) -> AsyncIterator[Entry]:
    async with system(servers) as made:
        async with made.within():
            await made.establish()
            own = await petitioner(made, await made.register())
        process = made.spawn("intake")
        await made.healthy("intake")
        started = time.perf_counter()
        grown = await growth_mb(own, process.pid, LENGTH)
        seconds = time.perf_counter() - started
    yield Entry("upload_mb", grown, "MB")
    yield Entry("upload_rate", LENGTH / 1024 / 1024 / seconds, "MB/s")
