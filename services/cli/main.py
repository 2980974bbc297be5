"""`huiyin`: the command line of operators, demonstrators and auditors.

Each command imports what it needs when it runs, so that help and status answer at once. What goes
wrong outside our code reaches the operator as one sentence (`StackError`), never as a traceback.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from services.cli.errors import StackError

if TYPE_CHECKING:
    from services.cli.stack import Stack

REPOSITORY = Path(__file__).resolve().parents[2]


class Sentences(TyperGroup):
    """Commands whose expected failures end in one sentence on standard error and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except StackError as problem:
            typer.echo(f"huiyin: {problem}", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=Sentences,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Huiyin 回音: petitions that get an answer in time. Start with `huiyin up`.",
)


@app.command()
def up(
    attach: Annotated[bool, typer.Option("--attach", help="Stay, show the logs, stop everything on Ctrl-C.")] = False,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Load the county and play the demo, once.")] = True,
) -> None:
    """Start PostgreSQL, Kafka and the four services, and play the demo the first time.

    Running it again changes nothing that is healthy.

    Example: huiyin up --attach
    """
    stack = _stack()
    stack.start()
    if demo:
        from services.cli.demo import play_once

        play_once(stack)
    _print_addresses(stack)
    if attach:
        from services.cli.logs import follow

        try:
            follow({name: stack.log(name) for name in stack.services()})
        except KeyboardInterrupt:
            stack.stop()


@app.command()
def down() -> None:
    """Stop the services, then Kafka, then PostgreSQL; all data stays.

    Example: huiyin down && huiyin up
    """
    _stack().stop()
    _tell("Everything is stopped; the data is kept.")


@app.command()
def status() -> None:
    """Show what runs here and where; exit code 1 if something does not.

    Example: huiyin status
    """
    from rich.console import Console
    from rich.table import Table

    stack = _stack()
    table = Table("what", "state", "process", "address")
    for name, pid in reversed(stack.server_pids().items()):
        table.add_row(f"{name} (embedded)", "runs" if pid else "stopped", str(pid or ""), "")
    services = stack.services()
    ready = [service.ready for service in services.values()]
    for (name, service), is_ready in zip(services.items(), ready, strict=True):
        state = "ready" if is_ready else "not ready" if service.daemon.alive else "stopped"
        table.add_row(name, state, str(service.pid) if state != "stopped" else "", service.url)
    Console().print(table)
    if not services or not all(ready):
        raise typer.Exit(1)


@app.command()
def run(
    service: Annotated[str, typer.Argument(help="intake, assignment, mediation, accountability")],
    only: Annotated[str | None, typer.Option(help="A comma-separated choice of api, relay, reactions.")] = None,
) -> None:
    """Run one service in the foreground until SIGTERM, configured by HUIYIN_* alone.

    Its parts can be run, and so scaled, apart.

    Example: huiyin run intake --only relay,reactions
    """
    from importlib import import_module

    from pydantic import ValidationError

    from contracts.envelope import SERVICES

    if service not in SERVICES:
        raise StackError(f"There is no service {service!r}: choose one of {', '.join(SERVICES)}.")
    parts = frozenset(part.strip() for part in only.split(",")) if only else None
    if unknown := sorted((parts or frozenset()) - {"api", "relay", "reactions"}):
        raise StackError(f"There is no part {unknown[0]!r} of a service: choose from api, relay, reactions.")
    try:
        import_module(f"services.{service}.main").main(parts)
    except ValidationError as problem:
        wrong = ", ".join(f"HUIYIN_{error['loc'][0]}".upper() for error in problem.errors())
        raise StackError(
            f"The service {service} cannot start without a valid {wrong}: set what is missing, or "
            "let `huiyin up` set everything for this machine."
        ) from problem


@app.command()
def migrate() -> None:
    """Create roles and schemas and apply the migrations that are missing, forward only.

    Uses HUIYIN_DATABASE_URL, else the stack that runs here.

    Example: huiyin migrate
    """
    stack = _stack()
    for name in (applied := stack.migrate(stack.known_servers())):
        typer.echo(f"applied {name}")
    typer.echo(f"{len(applied)} migrations applied." if applied else "Nothing to migrate.")


@app.command()
def topics() -> None:
    """Create the Kafka topics that are missing.

    Uses HUIYIN_KAFKA, else the stack that runs here.

    Example: huiyin topics
    """
    stack = _stack()
    for name in (created := stack.create_topics(stack.known_servers())):
        typer.echo(f"created {name}")
    typer.echo(f"{len(created)} topics created." if created else "All topics are there.")


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="The same seed plays the same story.")] = 1,
    cases: Annotated[int, typer.Option(min=1, help="How many cases.")] = 300,
    rate: Annotated[float, typer.Option(min=0, help="Cases a second; 0 is no limit.")] = 0,
    clients: Annotated[int, typer.Option(min=1, help="How many play at once.")] = 8,
) -> None:
    """Play petitions through the HTTP API of the stack that runs here.

    Example: huiyin demo --seed 7 --cases 1000 --clients 16
    """
    from services.cli.demo import play

    play(_running_stack(), seed=seed, cases=cases, rate=rate, clients=clients)


county = typer.Typer(no_args_is_help=True, help="The directory of organs, places and officers.")
app.add_typer(county, name="county")


@county.command("load")
def county_load(
    directory: Annotated[Path | None, typer.Argument(exists=True, file_okay=False, help="CSV and TOML files.")] = None,
) -> None:
    """Load a county's directory; the invented one that comes along if none is named.

    Example: huiyin county load deploy/county
    """
    from services.cli.demo import COUNTY, load_county

    load_county(_running_stack(), directory or COUNTY)


contracts = typer.Typer(no_args_is_help=True, help="The schemas of all events, and their lock.")
app.add_typer(contracts, name="contracts")


@contracts.command("generate")
def contracts_generate() -> None:
    """Write the schemas, samples and asyncapi.yaml anew; refused if it alters what is released.

    Example: huiyin contracts generate
    """
    from contracts import release

    try:
        for name in release.generate(REPOSITORY):
            typer.echo(f"wrote {name}")
    except release.Incompatible as problem:
        raise StackError(str(problem)) from problem


@contracts.command("check")
def contracts_check() -> None:
    """Say what is wrong with the released contracts; exit code 1 if anything is.

    Example: huiyin contracts check
    """
    from contracts import release

    for sentence in (wrong := release.check(REPOSITORY)):
        typer.echo(sentence, err=True)
    if wrong:
        raise typer.Exit(1)


def _running_stack() -> Stack:
    stack = _stack()
    if not stack.urls():
        raise StackError("No stack runs here: start one with `huiyin up`.")
    return stack


def _stack() -> Stack:
    from services.cli.stack import Stack

    return Stack(tell=_tell)


def _tell(text: str) -> None:
    typer.echo(f"· {text}", err=True)


def _print_addresses(stack: Stack) -> None:
    typer.echo("\nHuiyin 回音 is up:")
    for name, url in stack.urls().items():
        typer.echo(f"  {name:<15} {url}/docs")
    typer.echo(
        "\nWhat to try next:\n"
        "  huiyin audit replay --all     every event of every case, in the order of the ledger\n"
        "  huiyin status                 what runs, and where\n"
        "  huiyin down                   stop; the data is kept"
    )
