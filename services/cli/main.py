"""`huiyin`: the command line of operators, demonstrators and auditors.

Each command imports what it needs when it runs, so that help and status answer at once. What goes
wrong outside our code reaches the operator as one sentence (`StackError`), never as a traceback.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from services.cli import (
    audit,
    calendars,
    changes,
    clocks,
    demo,
    login,
    operations,
    parked,
    restore,
    rotation,
    systems,
    topics,
    vault,
    views,
    why,
)
from services.cli.errors import StackError
from services.cli.service import SERVICE, known
from services.cli.terminal import console, count, here, prepare, say, tell

if TYPE_CHECKING:
    from services.cli.stack import Stack

REPOSITORY = Path(__file__).resolve().parents[2]


class Sentences(TyperGroup):
    """Commands whose expected failures end in one sentence on standard error and exit code 1, or 2 for a wrong word."""

    def main(self, *arguments: Any, **how: Any) -> Any:  # noqa: ANN401
        """Reads the words, and runs the command."""
        prepare()
        return super().main(*arguments, **how)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # typer's own types
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except StackError as problem:
            say(f"huiyin: {problem}", err=True)
            raise typer.Exit(problem.exit_code) from None


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
    with_demo: Annotated[
        bool, typer.Option("--demo/--no-demo", help="Load the county and play the demo, once.")
    ] = True,
) -> None:
    """Start PostgreSQL, Kafka and the four services, and play the demo the first time.

    Running it again changes nothing that is healthy.

    Example: huiyin up --attach
    """
    stack = here()
    stack.start()
    if with_demo:
        demo.play_once(stack)
    _print_addresses(stack)
    _print_accounts(stack)
    _print_next_steps(demo.example(stack))
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
    here().stop()
    tell("Everything is stopped; the data is kept.")


@app.command()
def status() -> None:
    """Show what runs here and where; exit code 1 if something does not.

    Example: huiyin status
    """
    from rich.table import Table

    stack = here()
    table = Table("what", "state", "process", "address")
    for name, pid in reversed(stack.server_pids().items()):
        table.add_row(f"{name} (embedded)", "runs" if pid else "stopped", str(pid or ""), "")
    services = stack.services()
    ready = [service.ready for service in services.values()]
    for (name, service), is_ready in zip(services.items(), ready, strict=True):
        state = "ready" if is_ready else "not ready" if service.daemon.alive else "stopped"
        table.add_row(name, state, str(service.pid) if state != "stopped" else "", service.url)
    console().print(table)
    if not services or not all(ready):
        raise typer.Exit(1)


@app.command()
def run(
    service: SERVICE,
    only: Annotated[str | None, typer.Option(help="A comma-separated choice of api, relay, reactions.")] = None,
) -> None:
    """Run one service in the foreground until SIGTERM, configured by HUIYIN_* alone.

    Its parts can be run, and so scaled, apart.

    Example: huiyin run intake --only relay,reactions
    """
    from importlib import import_module

    from pydantic import ValidationError

    parts = frozenset(part.strip() for part in only.split(",")) if only else None
    if unknown := sorted((parts or frozenset()) - {"api", "relay", "reactions"}):
        raise StackError(f"There is no part {unknown[0]!r} of a service: choose from api, relay, reactions.")
    if logs := os.environ.get("HUIYIN_LOGS"):
        rotation.watch([Path(log) for log in logs.split(os.pathsep)])
    gc.disable()  # until it serves: what a service makes while it starts will stay, and is not worth looking through
    try:
        import_module(f"services.{known(service)}.main").main(parts)
    except ValidationError as problem:
        wrong = ", ".join(f"HUIYIN_{error['loc'][0]}".upper() for error in problem.errors())
        raise StackError(
            f"The service {service} cannot start without a valid {wrong}: set what is missing, or "
            "let `huiyin up` set everything for this machine."
        ) from problem


@app.command()
def migrate() -> None:
    """Create logins and schemas and apply the migrations that are missing, forward only.

    Uses HUIYIN_MIGRATION_URL, else the stack that runs here. Each login is let in by its password in
    HUIYIN_DATABASE_PASSWORD_INTAKE and so on, else by one that is made for it.

    Example: huiyin migrate
    """
    for name in (applied := here().migrate()):
        say(f"applied {name}")
    say(f"{count(len(applied), 'migration')} applied." if applied else "Nothing to migrate.")


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Which to run; all of them if none is named.")] = None,
    cases: Annotated[int | None, typer.Option(min=1, help="How many cases the store of `full` has.")] = None,
) -> None:
    """Measure, print, and write build/bench.json, each number beside its baseline.

    Starts servers of its own; let nothing else run meanwhile.

    Example: huiyin bench append register

    Example: huiyin bench full --cases 1000000
    """
    if not (REPOSITORY / "tests" / "bench").is_dir():
        raise StackError("The measurements come with the source alone: run `make bench` in a clone of the repository.")
    command = [sys.executable, "-m", "tests.bench", *(names or []), *(["--cases", str(cases)] if cases else [])]
    raise typer.Exit(subprocess.run(command, cwd=REPOSITORY, check=False).returncode)


app.command("demo")(demo.demo)
app.command()(login.login)
app.command()(login.logout)
app.command()(login.token)
app.command()(operations.operations)
app.command()(why.why)
app.add_typer(demo.county, name="county")
app.add_typer(systems.app, name="system")
app.add_typer(audit.app, name="audit")
app.add_typer(parked.app, name="parked")
app.add_typer(restore.app, name="restore")
app.add_typer(views.app, name="views")
app.add_typer(vault.app, name="vault")
app.add_typer(topics.app, name="topics")
app.add_typer(clocks.app, name="clock")
app.add_typer(calendars.app, name="calendar")
app.add_typer(changes.app, name="changes")


contracts = typer.Typer(no_args_is_help=True, help="The schemas of all events, and their lock.")
app.add_typer(contracts, name="contracts")


@contracts.command("generate")
def contracts_generate() -> None:
    """Write the schemas, samples, asyncapi.json and docs/events.md anew; refused if it alters what is released.

    Example: huiyin contracts generate
    """
    from contracts import release
    from services.cli import events

    try:
        for name in release.generate(REPOSITORY):
            say(f"wrote {name}")
    except release.Incompatible as problem:
        raise StackError(str(problem)) from problem
    if events.outdated(REPOSITORY):
        events.write(REPOSITORY)
        say(f"wrote {events.PAGE.as_posix()}")


@contracts.command("check")
def contracts_check() -> None:
    """Say what is wrong with the released contracts; exit code 1 if anything is.

    Example: huiyin contracts check
    """
    from contracts import release
    from services.cli import events

    wrong = release.check(REPOSITORY)
    if events.outdated(REPOSITORY):
        wrong.append(f"{events.PAGE.as_posix()} is not what the code says: run `huiyin contracts generate`")
    for sentence in wrong:
        say(sentence, err=True)
    if wrong:
        raise typer.Exit(1)


def _print_addresses(stack: Stack) -> None:
    say("\nHuiyin 回音 is up:")
    urls = stack.urls()
    for name, url in urls.items():
        say(f"  {name:<15} {url}")
    say(f"  (what each can do: {urls['intake']}/openapi.json, and the same of the others)")


def _print_accounts(stack: Stack) -> None:
    """Who can log in, where it is ours to say."""
    if os.environ.get("HUIYIN_OIDC_ISSUER"):
        return
    known = stack.accounts()
    say(f"\nWhoever acts logs in at {stack.known_issuer()}; here everybody of deploy/county can:")
    say(f"  password        {known.password}")
    say(f"  second factor   {known.totp} (TOTP, of discipline officers and administrators)")
    say("  (`huiyin login` as one of them in a browser, or `huiyin token CODE` for a token at once)")


def _print_next_steps(case: str | None) -> None:
    steps = [
        (f"huiyin audit replay {case}", "one case, event by event: who, when, for which unit, under which article"),
        ("huiyin audit replay --all --json", "every event of the ledger, in its order, one a line"),
        ("huiyin clock duties", "who owes what until when, the first day first"),
        ("huiyin demo --seed 7", "some hundred petitions more"),
        ("huiyin status", "what runs, and where"),
        ("huiyin down", "stop; the data is kept"),
    ]
    say("\nWhat to try next (`.venv/bin/huiyin` unless the virtual environment is active):")
    for command, what in steps if case else steps[2:]:
        say(f"  {command:<40} {what}")
