"""The county and the demo: played once by `huiyin up`, and by `huiyin demo` whenever asked.

Both speak to the services through their public HTTP API alone, as any client would.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from services.cli.errors import StackError

if TYPE_CHECKING:
    from services.cli.stack import Stack

COUNTY = Path(__file__).resolve().parents[2] / "deploy" / "county"
SEED, CASES, RATE, CLIENTS = 1, 300, 0.0, 8  # rate 0: as fast as it goes


def play_once(stack: Stack) -> None:
    """Loads the county and plays the demo if the ledger is empty: the database remembers."""
    if asyncio.run(_ledger_is_empty(stack.settings().database_url.get_secret_value())):
        load_county(stack, COUNTY)
        play(stack, seed=SEED, cases=CASES, rate=RATE, clients=CLIENTS)


def load_county(stack: Stack, directory: Path) -> None:
    """Loads organs, townships, villages and officers through assignment's directory API."""
    from services.scenario import county

    with _bar("Loading the county") as progress:
        try:
            asyncio.run(county.load(stack.urls()["assignment"], directory, progress=progress))
        except (county.CountyError, county.LoadError) as problem:
            raise StackError(f"The county was not loaded: {problem}.") from problem


def play(stack: Stack, *, seed: int, cases: int, rate: float, clients: int) -> None:
    """Plays cases through the API, with a bar for people to watch."""
    from services.scenario import player

    with _bar("Playing cases") as progress:
        asyncio.run(player.play(stack.urls(), seed, cases, rate, clients, progress))


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A function that is told what is done and how much there is."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield progress


async def _ledger_is_empty(database_url: str) -> bool:
    import asyncpg

    connection = await asyncpg.connect(database_url)
    try:
        return not await connection.fetchval("SELECT EXISTS (SELECT FROM accountability.ledger_entry)")
    finally:
        await connection.close()
