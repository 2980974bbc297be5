"""`huiyin vault`: the keys under which petitioners' words lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID, uuid4

import typer

from services.cli.errors import StackError
from services.cli.service import opened, settings
from services.cli.terminal import bar, count, run, say

if TYPE_CHECKING:
    from contracts.vocabulary import RootKey
    from services.chassis.context import By
    from services.chassis.running import Running
    from services.chassis.settings import Settings
    from services.intake.application.rotating import Rotated

app = typer.Typer(no_args_is_help=True, help="The keys under which petitioners' words lie.")


@app.callback()
def _vault() -> None:
    """The keys under which petitioners' words lie."""


@app.command("rotate")
def vault_rotate(
    name: Annotated[str, typer.Argument(metavar="[vault|sealed]", help="sealed is for reports.")] = "vault",
) -> None:
    """Make a new key and wrap by it, one by one, what the former ones have wrapped; everybody may read meanwhile.

    Who was interrupted says it again. Whoever keeps the platform running does it, and it goes on record who has.

    Example: huiyin vault rotate sealed
    """
    from contracts.vocabulary import RootKey

    if name not in set(RootKey):
        raise StackError(f"There is no key {name!r}: choose one of {', '.join(RootKey)}.")
    done = run(_rotate(RootKey[name], settings()))
    if done.damaged:
        raise StackError(
            f"{count(len(done.damaged), 'key')} could not be opened, so the former root key stays: bring these back "
            f"from a backup, and say it again. {', '.join(map(str, done.damaged[:10]))}"
        )
    say(
        f"Everything lies under {done.kept_as} now. Every other key of this name may be destroyed; backups of the "
        "database from before open with them alone."
    )


@app.command("shredded")
def vault_shredded() -> None:
    """Show which keys were destroyed, one a line: keep the list apart from backups, which have these keys yet.

    Example: huiyin vault shredded > shredded.txt
    """
    for key in run(_shredded(settings())):
        say(str(key))


@app.command("shred-again")
def vault_shred_again(
    file: Annotated[typer.FileText, typer.Argument(help="What `huiyin vault shredded` has shown, or -.")],
) -> None:
    """Destroy once more what was destroyed before, after a backup was restored that has it yet.

    Example: huiyin vault shred-again shredded.txt
    """
    try:
        keys = [UUID(line.strip()) for line in file if line.strip()]
    except ValueError as problem:
        raise StackError(f"{file.name} has a line that is no key ({problem}); nothing was destroyed.") from problem
    say(f"{count(run(_shred_again(settings(), keys)), 'key')} destroyed once more.")


async def _shredded(how: Settings) -> list[UUID]:
    from services.intake.application.erasing import destroyed

    async with opened("intake", how) as running:
        return await destroyed(running.database)


async def _shred_again(how: Settings, keys: list[UUID]) -> int:
    from services.chassis.administration import on_record, operator
    from services.intake.application.erasing import destroy_again

    async with opened("intake", how) as running:
        async with running.database.connection() as connection:
            await on_record(connection, "vault shred-again", f"{len(keys)} keys", by=operator())
        return await destroy_again(running.database, keys)


async def _rotate(key: RootKey, how: Settings) -> Rotated:
    from services.chassis.keepers import KeeperAway, KeyAmiss
    from services.intake.application.rotating import rotate

    try:
        async with opened("intake", how) as running:
            with bar(f"Wrapping by a new {key} key") as progress:
                return await rotate(running, key, await _by(running), lambda n: progress(n, n))
    except (KeyAmiss, KeeperAway) as problem:
        raise StackError(f"{problem}.") from problem


async def _by(running: Running) -> By:
    """On whose behalf keys are made anew. Raises StackError where it is nobody who keeps the platform running."""
    from contracts.periods.calendar import day
    from contracts.vocabulary import ClockKind, Role
    from services.chassis import clock
    from services.chassis.context import By
    from services.chassis.errors import DomainError
    from services.cli.asking import token

    try:
        who = await running.identity.who(token(), None, day(clock.now()))
    except DomainError as problem:
        raise StackError(f"It is not known who does it ({problem.title}): run `huiyin login`.") from problem
    if who.role is not Role.platform_admin:
        raise StackError("Keys are made anew by whoever keeps the platform running (platform_admin).")
    command = uuid4()
    return By(
        actor=who.actor, unit=who.unit, role=who.role, at=clock.now(), clock=ClockKind.real,
        request_id=str(command), command_id=command,
    )  # fmt: skip
