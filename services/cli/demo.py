"""The county and the demo: played once by `huiyin up`, and by `huiyin demo` whenever asked.

Both speak to the services through their public HTTP API alone, as any client would.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.errors import StackError
from services.cli.processes import wait_until
from services.cli.terminal import addresses, bar, console, count, here, run, say

if TYPE_CHECKING:
    from services.cli.stack import Stack
    from services.scenario.accounts import Accounts
    from services.scenario.player import Report

COUNTY = Path(__file__).resolve().parents[2] / "deploy" / "county"
SEED, CASES, RATE, CLIENTS = 1, 320, 0.0, 16  # rate 0: as fast as it goes
LEDGER_SECONDS_MAX = 60
UNEXPECTED_SHOWN_MAX = 5

county = typer.Typer(no_args_is_help=True, help="The directory of organs, places and officers.")


@county.callback()
def _county() -> None:
    """The directory of organs, places and officers."""


def demo(
    seed: Annotated[int, typer.Option(help="The same seed plays the same story.")] = SEED,
    cases: Annotated[int, typer.Option(min=1, help="How many cases.")] = CASES,
    rate: Annotated[float, typer.Option(min=0, help="Cases begun a second at most; 0 is no limit.")] = RATE,
    clients: Annotated[int, typer.Option(min=1, help="How many play at once.")] = CLIENTS,
) -> None:
    """Play petitions through the HTTP API of the stack that runs here, and say how fast that went.

    The same seed sends the same commands under the same keys: playing it again changes nothing.

    Example: huiyin demo --seed 7 --cases 1000 --clients 16
    """
    report = play(here(), seed=seed, cases=cases, rate=rate, clients=clients)
    _print_report(report)
    _must_be_as_told(report)


@county.command("load")
def county_load(
    directory: Annotated[
        Path | None, typer.Argument(exists=True, file_okay=False, help="county.toml, units.csv and officers.csv.")
    ] = None,
) -> None:
    """Load a county's directory; the invented one that comes along if none is named.

    Loading again is harmless: only what differs is sent.

    Example: huiyin county load deploy/county
    """
    number = load_county(here(), directory or COUNTY)
    say(f"The directory holds {count(number, 'unit and officer', 'units and officers')} of {directory or COUNTY}.")


def play_once(stack: Stack) -> None:
    """Loads the county and plays the demo into a ledger that is empty, or goes on where that was interrupted."""
    database_url = stack.known_database()
    begun = stack.directory / "demo-begun"
    mark = hashlib.sha256(database_url.encode()).hexdigest()
    if run(_events(database_url))[1] and not (begun.exists() and begun.read_text() == mark):
        return
    begun.write_text(mark)
    everybody = people(stack)  # who has logged in for the one is not asked again for the other
    load_county(stack, COUNTY, everybody)
    _must_be_as_told(play(stack, seed=SEED, cases=CASES, rate=RATE, clients=CLIENTS, accounts=everybody))
    if not wait_until(lambda: len(set(run(_events(database_url)))) == 1, LEDGER_SECONDS_MAX):
        raise StackError(
            f"The ledger has not taken in the demo within {LEDGER_SECONDS_MAX} s: see what accountability says in "
            f"{stack.log('accountability')}, then run `huiyin up` again."
        )
    begun.unlink()


def load_county(stack: Stack, directory: Path, accounts: Accounts | None = None) -> int:
    """Loads organs, townships, villages and officers through assignment's directory API; returns how many."""
    from services.scenario import county as reference
    from services.scenario.accounts import NotProved
    from services.scenario.http import Lost

    url = addresses(stack)["assignment"]
    problem: Exception | None = None
    try:
        with bar("Loading the county") as progress:
            return asyncio.run(_loaded(accounts or people(stack), url, directory, progress))
    except* (reference.CountyError, reference.LoadError, Lost, NotProved) as problems:
        problem = _first(problems)
    raise StackError(f"The county was not loaded ({problem}): correct that and load it again; nothing is done twice.")


def play(stack: Stack, *, seed: int, cases: int, rate: float, clients: int, accounts: Accounts | None = None) -> Report:
    """Plays cases through the API, with a bar for people to watch. Raises StackError where somebody is not believed."""
    from contracts.periods import book
    from services.scenario import player
    from services.scenario.accounts import NotProved

    book.use(book.read(stack.settings().profile))
    urls = addresses(stack)
    problem: Exception | None = None
    try:
        with bar("Playing cases") as progress:
            return asyncio.run(
                player.play(
                    urls, accounts=accounts or people(stack), seed=seed, cases=cases, rate=rate, clients=clients,
                    simulated=True, progress=progress,
                )
            )  # fmt: skip
    except* NotProved as problems:
        problem = _first(problems)
    raise StackError(
        f"The demo was not played to its end ({problem}): play the same seed again; nothing is done twice."
    )


def people(stack: Stack) -> Accounts:
    """Everybody of the county, as the embedded Keycloak knows them. Raises StackError where it does not run."""
    from services.scenario.accounts import WITH_SECOND_FACTOR, Accounts
    from services.scenario.county import HOME, County

    if os.environ.get("HUIYIN_OIDC_ISSUER"):
        raise StackError(
            "The demo acts as people whose accounts only the embedded Keycloak has: unset HUIYIN_OIDC_ISSUER, or start "
            "with `huiyin up --no-demo`."
        )
    officers = County.read(HOME).officers
    careful = {one.officer for one in officers if WITH_SECOND_FACTOR & {*one.roles}}
    return Accounts(stack.known_issuer(), stack.accounts(), careful)


async def _loaded(accounts: Accounts, url: str, directory: Path, progress: Callable[[int, int], None]) -> int:
    from contracts.vocabulary import Role
    from services.scenario import county as reference
    from services.scenario.step import Who

    keeper, second, *_ = reference.County.read(reference.HOME).all_staff(Role.platform_admin)
    async with accounts:
        first, other = [
            await accounts.proof(Who(one.officer, one.unit, Role.platform_admin)) for one in (keeper, second)
        ]
        return await reference.load(url, directory, first, other, progress=progress)


def example(stack: Stack) -> str | None:
    """The registration number of a case worth a look: one under supervision, or one that units quarrelled about."""
    return run(_example(stack.known_database()))


def _first(problem: BaseException) -> Exception:
    while isinstance(problem, BaseExceptionGroup):
        problem = problem.exceptions[0]
    assert isinstance(problem, Exception)
    return problem


def _must_be_as_told(report: Report) -> None:
    """Raises StackError where a service answered otherwise than the law of the story says."""
    if wrong := report.unexpected:
        told = "; ".join(
            f"case {u.story}, {u.step}: {' '.join(filter(None, (str(u.status), u.code, u.detail)))} "
            f"instead of {u.expected}"
            for u in wrong[:UNEXPECTED_SHOWN_MAX]
        )
        raise StackError(
            f"{count(len(wrong), 'case was', 'cases were')} not answered as told ({told}): see that the county is "
            "loaded and the services run (`huiyin status`), then play the same seed again."
        )


def _print_report(report: Report) -> None:
    from rich.table import Table

    table = Table("step", "count", "p50 ms", "p99 ms")
    for column in table.columns[1:]:
        column.justify = "right"
    for step, latency in report.latency.items():
        table.add_row(step, f"{latency.count:,}", f"{latency.p50_ms:.1f}", f"{latency.p99_ms:.1f}")
    console().print(table)
    seconds = report.seconds or 1e-9
    say(
        f"{count(report.cases, 'case')}, {count(report.commands, 'command')} in {report.seconds:.1f} s: "
        f"{report.cases / seconds:.1f} cases/s, {report.commands / seconds:.0f} commands/s; "
        f"{report.refusals:,} refused as they must be, {report.retries:,} sent again, {len(report.unexpected):,} wrong."
    )


async def _events(database_url: str) -> tuple[int, int]:
    """How many events the four stores have numbered, and how many are in the ledger."""
    import asyncpg

    from contracts.envelope import SERVICES

    sealed = " + ".join(f"(SELECT seq FROM {name}.seal_head)" for name in SERVICES)  # noqa: S608
    connection = await asyncpg.connect(database_url)
    try:
        row = await connection.fetchrow(f"SELECT {sealed}, (SELECT seq FROM accountability.ledger_head)")  # noqa: S608
        return row[0], row[1]
    finally:
        await connection.close()


_EXAMPLE = """
SELECT registration_no FROM accountability.ledger_entry
WHERE type LIKE 'intake.CaseRegistered.%' AND case_id = (
    SELECT case_id FROM accountability.ledger_entry WHERE case_id IS NOT NULL GROUP BY case_id
    ORDER BY bool_or(type LIKE 'accountability.SupervisionOrdered.%') DESC,
             bool_or(type LIKE 'assignment.JurisdictionObjected.%') DESC, count(*) DESC, case_id LIMIT 1)
"""


async def _example(database_url: str) -> str | None:
    import asyncpg

    connection = await asyncpg.connect(database_url)
    try:
        found: str | None = await connection.fetchval(_EXAMPLE)
        return found
    finally:
        await connection.close()
