"""`huiyin parked`: what a service could not take in, shown, taken in again, or dismissed. It may run meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from services.cli.errors import StackError
from services.cli.service import known, opened, settings
from services.cli.terminal import addresses, console, count, first_line, here, run, say

if TYPE_CHECKING:
    from services.chassis.inbox import Inbox
    from services.chassis.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Events that a service could not take in.")


@app.command("list")
def parked_list(
    service: Annotated[str | None, typer.Option(help="Only of this service.")] = None,
) -> None:
    """Show what could not be taken in, where, and why; nothing of its contents.

    Example: huiyin parked list --service accountability
    """
    from rich.table import Table

    waiting = run(_parked(_chosen(service), settings()))
    if not waiting:
        say("Nothing is parked.")
        return
    table = Table("service", "place", "case or unit", "event", "reason", "tries", "since")
    for column in table.columns:
        column.overflow = "fold"
    for name, row in waiting:
        since = f"{row['parked_at']:%Y-%m-%d %H:%M:%SZ}"
        table.add_row(
            name, row["place"], str(row["key"] or ""), row["type"], row["reason"], str(row["attempts"]), since
        )
    console().print(table)
    say("Once the reason is gone: huiyin parked replay CASE")


@app.command("replay")
def parked_replay(
    case: Annotated[str | None, typer.Argument(help="UUID of the case or unit, or the unique beginning of it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every case that is parked, instead of one.")] = False,
    reason: Annotated[str, typer.Option(help="With --all: only cases of which the reason says this.")] = "",
    service: Annotated[str | None, typer.Option(help="Only in this service.")] = None,
) -> None:
    """Take in the parked events of a case again, in their order, fetched anew from where they come from.

    The services that they come from must run. What fails again stays parked, and what is behind it too.

    Example: huiyin parked replay 9f0c7a12

    Example: huiyin parked replay --all --reason DiskFullError
    """
    if everything == (case is not None) or (reason and not everything):
        raise StackError("Name a case, or say --all, and with it what the --reason says, if not every one will do.")
    chosen, how = _chosen(service), settings()
    if not how.peers:
        addresses(here())
    if case is not None:
        done = run(_replay(chosen, case, how))
    else:
        done, failed = run(_replay_all(chosen, reason, how))
        if failed:
            say(f"{count(done, 'event')} taken in.")
            raise StackError("\n".join([f"Not taken in ({count(len(failed), 'case')}):", *failed]))
    say(f"{count(done, 'event')} taken in.")


@app.command("dismiss")
def parked_dismiss(
    place: Annotated[str, typer.Argument(help="The place as `huiyin parked list` shows it: topic:partition:offset.")],
    service: Annotated[str, typer.Option(help="The service in which it is parked.")],
) -> None:
    """Forget a record that was no event of ours. A numbered event cannot be dismissed, only replayed.

    Example: huiyin parked dismiss intake.events:3:118 --service mediation
    """
    if not run(_dismiss(known(service), place, settings())):
        raise StackError(
            f"Nothing that may be dismissed is parked at {place!r} in {service}: `huiyin parked list` shows the "
            "places, and one with a lane and a number (intake/3/118) is an event, which can only be replayed."
        )
    say(f"{place} is dismissed.")


def _chosen(service: str | None) -> tuple[str, ...]:
    from contracts.envelope import SERVICES

    return SERVICES if service is None else (known(service),)


async def _parked(services: tuple[str, ...], how: Settings) -> list[tuple[str, dict[str, Any]]]:
    from services.chassis import parking

    waiting = []
    for name in services:
        async with opened(name, how) as running:
            waiting += [(name, row) for row in await parking.parked(running.inbox)]
    return waiting


async def _replay(services: tuple[str, ...], case: str, how: Settings) -> int:
    waiting = await _parked(services, how)
    key = _key(case, {row["key"] for _, row in waiting if row["key"] and row["lane_seq"] is not None})
    done = 0
    for name in dict.fromkeys(name for name, row in waiting if row["key"] == key):
        async with opened(name, how) as running:
            done += await _replay_one(name, running.inbox, key)
    return done


async def _replay_all(services: tuple[str, ...], reason: str, how: Settings) -> tuple[int, list[str]]:
    """Replay every case that is parked for a reason; return how many events were taken in, and what failed."""
    from services.chassis import parking

    done, failed = 0, []
    for name in services:
        async with opened(name, how) as running:
            rows = [row for row in await parking.parked(running.inbox) if row["lane_seq"] is not None]
            for key in dict.fromkeys(row["key"] for row in rows if reason in row["reason"]):
                try:
                    done += await _replay_one(name, running.inbox, key)
                except StackError as problem:
                    failed.append(str(problem))
    return done, failed


async def _replay_one(name: str, inbox: Inbox, key: UUID) -> int:
    from services.chassis import parking

    try:
        return await parking.replay(inbox, key, by=_operator())
    except Exception as problem:
        left = [row for row in await parking.parked(inbox, key) if row["lane_seq"] is not None]
        raise StackError(
            f"{name} could not take in {left[0]['place'] if left else key} ({type(problem).__name__}: "
            f"{first_line(problem)}): it stays parked with {count(max(len(left) - 1, 0), 'event')} behind it; "
            "see that the services run and the reason is gone, then replay again."
        ) from problem


def _key(name: str, keys: set[UUID]) -> UUID:
    bare = name.strip().lower().replace("-", "")
    found = [key for key in keys if bare and key.hex.startswith(bare)]
    if len(found) == 1:
        return found[0]
    if found:
        raise StackError(f"Several parked cases begin with {name!r}: give more of the UUID.")
    raise StackError(f"Nothing of a case {name!r} is parked: `huiyin parked list` shows what is.")


async def _dismiss(service: str, place: str, how: Settings) -> bool:
    from services.chassis import parking

    async with opened(service, how) as running:
        return await parking.dismiss(running.inbox, place, by=_operator())


def _operator() -> str:
    """Who repairs, for the record and for the log; which goes to standard error, as all that is no output."""
    import sys

    import structlog

    from services.chassis.administration import operator

    structlog.configure(
        processors=[structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.JSONRenderer()],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    return operator()
