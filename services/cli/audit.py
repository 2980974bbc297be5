"""`huiyin audit`: what happened, event by event, for people or as JSON, and whether the ledger is whole."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from services.cli.errors import StackError
from services.cli.terminal import bar, count, here, run

if TYPE_CHECKING:
    from services.accountability.case import Case
    from services.cli.pages import Show
    from services.cli.replay import Book, Entry, Verdict

app = typer.Typer(no_args_is_help=True, help="Replay what happened, and check that nothing is missing.")

CODE_CHARS_MAX = 40


@app.callback()
def audit() -> None:
    """Replay what happened, and check that nothing is missing."""


@app.command()
def replay(
    case: Annotated[
        str | None, typer.Argument(help="UUID, the unique beginning of one, or a registration number.")
    ] = None,
    whole: Annotated[bool, typer.Option("--all", help="The whole ledger, in its order.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One event a line, with its metadata whole.")] = False,
    after: Annotated[int, typer.Option("--after", min=0, help="Show only entries after this number.")] = 0,
) -> None:
    """Show what happened, event by event: who did what, when, for which unit, under which article.

    Reads the ledger in the database; no service needs to run. On the way it checks that no number is
    missing and that no entry stands before its cause. Exit code 2 names the first entry that is wrong.

    Example: huiyin audit replay XF20260302-ATA95B7K

    Example: huiyin audit replay --all --json --after 4000 > ledger.jsonl
    """
    if (case is None) is not whole:
        raise StackError("Name one case, or say --all: `huiyin audit replay --help` shows how.")
    from services.cli.pages import Lines, Page, Roll

    stack = here()
    show: Show = Lines() if as_json else Roll() if whole else Page()
    what, wrong = run(_replay(stack.settings().database_url.get_secret_value(), case, after, show))
    if wrong is None:
        show.say(what)
        return
    typer.echo(f"huiyin: {wrong}. Do not rely on this ledger before it is explained.", err=True)
    raise typer.Exit(2)


async def _replay(database_url: str, case: str | None, after: int, show: Show) -> tuple[str, str | None]:
    from services.cli.replay import Verdict, opened

    verdict = Verdict()
    async with opened(database_url) as book:
        if case is None:
            what = await _whole(book, after, show, verdict)
        else:
            what = await _one(book, await book.find(case), after, show, verdict)
    return what, verdict.first


async def _whole(book: Book, after: int, show: Show, verdict: Verdict) -> str:
    from services.cli.replay import WholeOrder

    order, head = WholeOrder(after), await book.head()
    number = 0
    with ExitStack() as shown:
        progress = None if sys.stdout.isatty() else shown.enter_context(bar("Reading the ledger"))
        async for batch in book.entries(after=after):
            for entry in batch:
                verdict.add(entry.row["seq"], order.take(entry) or entry.wrong)
            show.entries(batch, await _names(book, batch) if show.names_units else {})
            number += len(batch)
            if progress:
                progress(number, max(head - after, number))
    if order.last < head:
        verdict.add(order.last + 1, f"the ledger's head is {head}, but its last entry is {order.last}")
    verdict.add(*(await book.gap() or (0, None)))
    return f"{count(number, 'entry', 'entries')}{f' after {after:,}' if after else ''}, no gap, none before its cause."


async def _one(book: Book, case: UUID, after: int, show: Show, verdict: Verdict) -> str:
    from services.cli.replay import CaseOrder

    order = CaseOrder()
    entries = [entry async for batch in book.entries(case=case) for entry in batch]
    for entry in entries:
        verdict.add(entry.row["seq"], order.take(entry) or entry.wrong)
    verdict.add(*(await book.gap(case) or (0, None)))
    names = await _names(book, entries) if show.names_units else {}
    show.case(_folded(case, entries), names, simulated=any(e.about and e.about.clock == "simulated" for e in entries))
    show.entries([entry for entry in entries if entry.row["seq"] > after], names)
    number, streams = count(len(entries), "entry", "entries"), count(len(order.versions), "stream")
    return f"{number} in {streams}, no gap, none before its cause."


def _folded(case: UUID, entries: Iterable[Entry]) -> Case:
    from services.accountability.case import Case

    folded = Case(case)
    for entry in entries:
        if event := entry.event:
            folded.take(entry.row["seq"], event)
    return folded


async def _names(book: Book, entries: Iterable[Entry]) -> Mapping[str, str]:
    codes = {entry.about.unit for entry in entries if entry.about}
    for entry in entries:
        if event := entry.event:
            values = vars(event).values()
            codes |= {v for v in values if type(v) is str and 0 < len(v) <= CODE_CHARS_MAX}
    return await book.names(codes)
