"""`huiyin views`: read models, computed anew from the events while the service runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.errors import StackError
from services.cli.service import SERVICE, known, opened, settings
from services.cli.terminal import Progress, bar, count, run, say

if TYPE_CHECKING:
    from services.chassis.running import Running
    from services.chassis.settings import Settings

FOLDED = "case_view"
"""Accountability's Cases are folded from the ledger and so no view of an aggregate of its own."""

app = typer.Typer(no_args_is_help=True, help="Read models, computed anew from the events.")


@app.callback()
def _views() -> None:
    """Read models, computed anew from the events."""


@app.command("rebuild")
def views_rebuild(
    service: SERVICE,
    view: Annotated[str | None, typer.Argument(help="Its table, e.g. case_view; all of them if none is named.")] = None,
) -> None:
    """Compute a service's read models anew from its events; it may run and be asked meanwhile.

    Example: huiyin views rebuild assignment unit_view
    """
    for table, rows in run(_rebuild(known(service), view, settings())).items():
        say(f"{service}.{table}: {count(rows, 'row')} rebuilt")


async def _rebuild(service: str, only: str | None, how: Settings) -> dict[str, int]:
    from services.chassis.administration import on_record, operator
    from services.chassis.rebuild import rebuild

    done: dict[str, int] = {}
    async with opened(service, how) as running:
        store = running.store
        works: dict[str, Callable[[], AsyncIterator[int]]] = {v.table: partial(rebuild, store, v) for v in store.views}
        if running.service.rebuild is not None:
            works[FOLDED] = partial(running.service.rebuild, running)
        if only is not None and only not in works:
            raise StackError(f"{service} has no view {only!r}: choose one of {', '.join(works)}.")
        for table in works if only is None else [only]:
            with bar(f"Rebuilding {service}.{table}") as progress:
                async with running.database.connection() as connection:
                    await on_record(connection, "views rebuild", table, by=operator())
                done[table] = await _counted(works[table](), await _rows(running, table), progress)
    return done


async def _rows(running: Running, table: str) -> int:
    """How many rows there were before: about as many as there will be."""
    async with running.database.connection() as connection:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608  # a name of ours


async def _counted(work: AsyncIterator[int], about: int, progress: Progress) -> int:
    number = 0
    async for number in work:
        progress(number, max(number, about))
    return number
