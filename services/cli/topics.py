"""`huiyin topics`: delivery, which can always be made anew from the stores."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from services.cli.errors import StackError
from services.cli.service import SERVICE, known, opened, settings
from services.cli.terminal import console, count, first_line, here, run, say

if TYPE_CHECKING:
    from services.chassis.settings import Settings

T = TypeVar("T")

app = typer.Typer(help="The Kafka topics, one a service.")


@app.callback(invoke_without_command=True)
def _topics(context: typer.Context) -> None:
    """The Kafka topics, one a service. Without a command: create the ones that are missing.

    Uses HUIYIN_KAFKA, else the stack that runs here.
    """
    if context.invoked_subcommand is None:
        topics_create()


@app.command("create")
def topics_create() -> None:
    """Create the topics that are missing; none is ever made by accident.

    Example: huiyin topics create
    """
    stack = here()
    for name in (created := stack.create_topics(stack.known_servers())):
        say(f"created {name}")
    say(f"{count(len(created), 'topic')} created." if created else "All topics are there.")


@app.command("list")
def topics_list() -> None:
    """Show each topic beside the store that it is published from.

    Example: huiyin topics list
    """
    from rich.table import Table

    table = Table("topic", "there", "events in the store", "published")
    for topic, there, sealed, published in run(_listed(settings())):
        table.add_row(topic, "yes" if there else "no", f"{sealed:,}", f"{published:,}")
    console().print(table)


@app.command("rebuild")
def topics_rebuild(service: SERVICE) -> None:
    """Delete a service's topic, make it anew, and let the relay publish all events again from the store.

    Readers drop what they have taken in before, so nothing happens twice.

    Example: huiyin topics rebuild intake
    """
    events = run(_rebuilt(known(service), settings()))
    say(f"{service}.events is empty; {count(events, 'event')} will be published again by the service's relay.")


async def _listed(how: Settings) -> list[tuple[str, bool, int, int]]:
    from contracts.envelope import SERVICES

    there = await _on_kafka(how, _names(how))
    found = []
    for name in SERVICES:
        async with opened(name, how) as running, running.database.connection() as connection:
            row = await connection.fetchrow("SELECT h.seq AS sealed, p.seq AS published FROM seal_head h, published p")
        found.append((how.topic(name), how.topic(name) in there, row["sealed"], row["published"]))
    return found


async def _names(how: Settings) -> set[str]:
    from aiokafka.admin import AIOKafkaAdminClient

    from services.chassis.kafka import connection

    admin = AIOKafkaAdminClient(**connection(how))
    try:
        await admin.start()
        return set(await admin.list_topics())
    finally:
        await admin.close()


async def _rebuilt(service: str, how: Settings) -> int:
    from services.chassis import topics as chassis
    from services.chassis.administration import operator

    async with opened(service, how) as running:
        await _on_kafka(how, chassis.rebuild(how, running.store, by=operator()))
        async with running.database.connection() as connection:
            return int(await connection.fetchval("SELECT seq FROM seal_head"))


async def _on_kafka(how: Settings, work: Coroutine[Any, Any, T]) -> T:
    from aiokafka.errors import KafkaError

    try:
        return await work
    except (OSError, KafkaError) as problem:
        raise StackError(
            f"Kafka at {how.kafka} does not do it ({first_line(problem)}): start it with `huiyin up`, or set "
            "HUIYIN_KAFKA to one that runs."
        ) from problem
