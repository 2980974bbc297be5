"""`huiyin audit`: what happened, event by event, for people or as JSON, and whether the ledger is whole."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from services.chassis.logins import AUDITOR
from services.cli.errors import StackError
from services.cli.terminal import bar, count, here, run, say

if TYPE_CHECKING:
    from services.audit.book import Book
    from services.audit.order import Examined, Verdict
    from services.audit.reconcile import Reconciled
    from services.cli.lines import Show

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

    Of one case that is: each stream has every version, each entry stands after its cause, and nothing is
    missing in the lane in which the four services publish the case. --all also looks at every lane.

    Example: huiyin audit replay XF20260302-ATA95B7K

    Example: huiyin audit replay --all --json --after 4000 > ledger.jsonl
    """
    if (case is None) is not whole:
        raise StackError("Name one case, or say --all: `huiyin audit replay --help` shows how.")
    show = _lines() if as_json else _for_people(whole=whole)
    what, wrong = run(_replay(here().known_database(login=AUDITOR), case, after, show))
    if wrong is None:
        show.say(what)
        return
    say(f"huiyin: {wrong}. Do not rely on this ledger before it is explained.", err=True)
    raise typer.Exit(2)


def _lines() -> Show:
    from services.cli.lines import Lines

    return Lines()


def _for_people(*, whole: bool) -> Show:
    from services.cli.pages import Page, Roll

    return Roll() if whole else Page()


async def _replay(database_url: str, case: str | None, after: int, show: Show) -> tuple[str, str | None]:
    from services.audit.book import opened
    from services.audit.order import Verdict

    verdict = Verdict()
    async with opened(database_url) as book:
        if case is None:
            what = await _whole(book, after, show, verdict)
        else:
            what = await _one(book, await _found(book, case), after, show, verdict)
    return what, verdict.first


async def _found(book: Book, name: str) -> UUID:
    """The case that goes by this name. May raise StackError."""
    from services.audit.book import PREFIX_CHARS_MIN

    found = await book.find(name)
    if len(found) > 1:
        raise StackError(f"Several cases begin with {name!r}: give more of the UUID.")
    if not found:
        raise StackError(
            f"The ledger has no case {name!r}: give its UUID, the first {PREFIX_CHARS_MIN} characters of it or "
            "more, or its registration number like XF20260302-ATA95B7K."
        )
    return found[0]


async def _whole(book: Book, after: int, show: Show, verdict: Verdict) -> str:
    """The entries after a number: each follows on the one before and on the one before in its lane, after its cause."""
    from services.audit.order import WholeOrder

    order, head = WholeOrder(after, await book.lanes(after)), await book.head()
    number = 0
    with ExitStack() as shown:
        progress = None if sys.stdout.isatty() else shown.enter_context(bar("Reading the ledger"))
        async for batch in book.whole(after):
            for it in batch:
                verdict.add(it.entry.seq, order.take(it.entry) or it.wrong)
            show.entries(batch, await _names(book, batch) if show.names_units else {})
            number += len(batch)
            if progress:
                progress(number, max(head - after, number))
    if order.last < head:
        verdict.add(order.last + 1, f"the ledger's head is {head}, but its last entry is {order.last}")
    return f"{count(number, 'entry', 'entries')}{f' after {after:,}' if after else ''}, no gap, none before its cause."


async def _one(book: Book, case: UUID, after: int, show: Show, verdict: Verdict) -> str:
    """A case: its streams without a gap, each entry after its cause, and no number missing in the case's lane."""
    from services.audit.order import CaseOrder

    order = CaseOrder()
    entries = await book.case(case)
    for it in entries:
        verdict.add(it.entry.seq, order.take(it.entry) or it.wrong)
    verdict.add(*(await book.gap(case) or (0, None)))
    names = await _names(book, entries) if show.names_units else {}
    show.case(case, entries, names)
    show.entries([it for it in entries if it.entry.seq > after], names)
    number, streams = count(len(entries), "entry", "entries"), count(len(order.versions), "stream")
    return f"{number} in {streams}, no gap, none before its cause."


async def _names(book: Book, entries: Iterable[Examined]) -> Mapping[str, str]:
    codes = {it.about.unit for it in entries if it.about}
    for it in entries:
        if event := it.event:
            values = vars(event).values()
            codes |= {v for v in values if type(v) is str and 0 < len(v) <= CODE_CHARS_MAX}
    return await book.names(codes)


@app.command()
def reconcile() -> None:
    """Compare the ledger with the stores of all services, and with what each of them has signed.

    Reads the databases; no service needs to run. Exit code 2 where something is missing, was added, or is
    another than its source has.

    Example: huiyin audit reconcile
    """
    from services.audit.reconcile import SHOWN_MAX

    stack = here()
    found = run(_reconciled(stack.known_database(), stack.signers()))
    if not found.wrong:
        say(
            f"{count(found.entries, 'entry', 'entries')} as their sources have them; {found.on_the_way:,} on their way."
        )
        return
    for wrong in found.wrong[:SHOWN_MAX]:
        say(f"huiyin: {wrong}", err=True)
    if len(found.wrong) > SHOWN_MAX:
        say(f"huiyin: and {len(found.wrong) - SHOWN_MAX:,} more", err=True)
    raise typer.Exit(2)


async def _reconciled(database_url: str, keys: Mapping[str, list[str]]) -> Reconciled:
    from contracts.chain import Signers
    from services.audit.reconcile import reconcile as compared

    return await compared(database_url, Signers(keys))
