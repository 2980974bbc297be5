"""Runs all measurements, or those that are named."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import uvloop

from services.chassis.service import collect_rarely
from tests.bench import (
    append,
    authz_list,
    due_scan,
    flood,
    full,
    lifecycle,
    react,
    register,
    relay,
    replay,
    report,
    seal,
    token,
    upload,
)
from tests.harness import Servers, drop_template

Benchmark = Callable[[Servers], AsyncIterator[report.Entry]]

# In the order in which a reader wants them; each takes the servers and yields its entries.
BENCHMARKS: dict[str, Benchmark] = {
    "append": append.run,
    "token": token.run,
    "register": register.run,
    "replay": replay.run,
    "relay": relay.run,
    "react": react.run,
    "lifecycle": lifecycle.run,
    "seal": seal.run,
    "due_scan": due_scan.run,
    "authz_list": authz_list.run,
    "flood": flood.run,
    "upload": upload.run,
    "full": full.run,
}


@contextmanager
def servers() -> Iterator[Servers]:

    from services.cli.embedded.kafka import EmbeddedKafka
    from services.cli.embedded.postgres import EmbeddedPostgres

    url, kafka = os.environ.get("HUIYIN_MIGRATION_URL"), os.environ.get("HUIYIN_KAFKA")
    folder = Path(tempfile.mkdtemp(prefix="huiyin-bench-"))
    postgres, broker = EmbeddedPostgres(folder / "postgres"), EmbeddedKafka(folder / "kafka")
    try:
        yield Servers(url or postgres.start(), kafka or broker.start(), postgres, None if kafka else broker)
    finally:
        broker.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def measure(benchmarks: dict[str, Benchmark], found: Servers) -> None:
    entries: list[report.Entry] = []
    me = asyncio.current_task()
    assert me is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)  # so that the servers are stopped
    report.show_head()
    try:
        for run in benchmarks.values():
            async for entry in run(found):
                entries.append(entry)
                report.show(entry)
    finally:
        await drop_template(found)
    report.write(entries)
    missed = [entry.name for entry in entries if entry.missed]
    print(
        f"\n{report.FILE}: {len(entries)} entries; "
        + (f"bars missed: {', '.join(missed)}" if missed else "every bar holds")
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Measures; see the bars in tests/bench/__init__.py."
    )
    parser.add_argument("name", nargs="*", help=f"any of: {', '.join(BENCHMARKS)} (all, where none is named)")
    parser.add_argument("--cases", type=int, default=full.CASES, help="how many cases `full` fills a store up to")
    told = parser.parse_args()
    names = told.name or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))} (there are: {', '.join(BENCHMARKS)})")
    # A fresh broker is waited for, and aiokafka tells at length how; here and in the services.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    os.environ.setdefault("HUIYIN_LOG_LEVEL", "CRITICAL")
    collect_rarely()  # as every service does
    started = time.monotonic()
    with servers() as found:
        chosen = {name: BENCHMARKS[name] for name in names}
        if "full" in chosen:
            chosen["full"] = partial(full.run, cases=told.cases)
        uvloop.run(measure(chosen, found))
    print(f"{time.monotonic() - started:.0f} s in all")


if __name__ == "__main__":
    main()
