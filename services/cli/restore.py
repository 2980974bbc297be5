"""`huiyin restore`: what a database lacks that was restored or moved, and how the services go on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from contracts.vocabulary import RestoreReason
from services.cli.errors import StackError
from services.cli.terminal import console, count, here, run, say

if TYPE_CHECKING:
    from services.chassis.restoring import Begun
    from services.chassis.running import Service
    from services.chassis.settings import Settings

app = typer.Typer(no_args_is_help=True, help="After a database was restored or moved.")


@app.command("status")
def restore_status() -> None:
    """Show for each service whether its store is where it was and has what it had; exit code 3 where one has not.

    Looks at the database, at the topics if there are any, and at the note of how far the lanes were numbered.

    Example: huiyin restore status
    """
    from rich.table import Table

    stack = here()
    found = run(_stands(stack.known_database(), stack.settings()))
    table = Table("service", "life", "store")
    for service, life, how in found:
        table.add_row(service, str(life), "、".join(how) or "as it was")
    console().print(table)
    if any(how for _, _, how in found):
        say("The services answer 503 until you have looked and said: huiyin restore finish")
        raise typer.Exit(3)


@app.command("finish")
def restore_finish(
    reason: Annotated[RestoreReason, typer.Option("--reason", help="Why it was restored or moved; stands on record.")],
    forged: Annotated[
        bool,
        typer.Option("--unproven-is-forged", help="Records on a topic that no known key fits are nobody's loss."),
    ] = False,
) -> None:
    """Begin another life of the stores that were restored or moved, all four together.

    Each number that was given out and whose event is gone is told as an event of its own, so the ledger
    names what is missing; topics are made anew from the stores; then the services go on.

    Example: huiyin restore finish --reason disk
    """
    stack = here()
    stack.stop_services()
    begun = run(_finish(stack.known_administration(), stack.settings(), reason, forged=forged))
    if not begun:
        say("Each store is where it was and has what it had: nothing to do.")
    for one in begun:
        how = "、".join(word.title for word in one.how)
        until = f"{one.newest_at:%Y-%m-%d %H:%M:%SZ}" if one.newest_at else "never"
        say(
            f"{one.service}: life {one.life} ({how}); newest event of {until}; "
            f"{count(one.kept, 'event')} under the number that it had, {count(len(one.withdrawn), 'event')} missing."
        )
        for lane, seq, record in one.withdrawn:
            what = f"{record.type} {record.key}" if record else "of which nothing is known"
            say(f"  missing: {one.service}/{lane}/{seq} {what}")
    if begun:
        say("What was acknowledged after the newest event of a service, and has no number above, is missing as well.")
    say("Go on with: huiyin up")


async def _stands(database_url: str, settings: Settings) -> list[tuple[str, int, list[str]]]:
    import asyncpg

    from contracts.envelope import SERVICES
    from services.chassis.heads import Heads
    from services.chassis.lives import heads_of, lives, standing
    from services.chassis.topic_reading import ahead

    found = []
    for service in SERVICES:
        connection = await asyncpg.connect(database_url, server_settings={"search_path": service})
        try:
            heads, own = Heads(settings.heads_dir, service), await lives(connection)
            heads.of(own[-1].store, own[-1].number)
            for record in (await ahead(settings, service, await heads_of(connection), noted=heads.noted)).records:
                heads.know({str(record.lane): record.lane_seq})
            stands = await standing(connection, heads)
            how = [how.title for how in stands.how]
            found.append((service, stands.life.number, how if stands.finished else [*how, "topic not made"]))
        finally:
            await connection.close()
    return found


async def _finish(database_url: str, settings: Settings, reason: RestoreReason, *, forged: bool) -> list[Begun]:
    from services.chassis.restoring import StillServed, Unproven, finish

    try:
        return await finish(database_url, settings, _services(), reason, unproven_is_forged=forged)
    except StillServed as problem:
        raise StackError(f"Nothing was done: {problem}.") from problem
    except Unproven as problem:
        raise StackError(f"Nothing was done: {problem} (--unproven-is-forged).") from problem


def _services() -> list[Service]:
    from importlib import import_module

    from contracts.envelope import SERVICES

    return [import_module(f"services.{name}.main").SERVICE for name in SERVICES]
