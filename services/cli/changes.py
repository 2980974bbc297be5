"""`huiyin changes`: what takes two persons and waits for the second one."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from contracts.ids import derived
from services.chassis.legible import legible
from services.cli.asking import asked, who_asks
from services.cli.errors import StackError, WordError
from services.cli.terminal import console, say

KEEPERS: Final = ("assignment", "accountability")
"""Which services have such changes: of the directory, and of the calendar."""
CHANGE = Annotated[str, typer.Argument(help="The id of the change, or how it begins; all of it where it is over.")]

app = typer.Typer(no_args_is_help=True, help="What takes two persons and waits for the second one.")


@app.callback()
def _changes() -> None:
    """What takes two persons and waits for the second one."""


@app.command("list")
def changes_list() -> None:
    """List the changes of the directory and the calendar that wait for another person to agree.

    Example: huiyin changes list
    """
    from rich.table import Table

    table = Table("id", "operation", "what", "who", "until")
    for _, change in _pending():
        table.add_row(*(legible(change[name]) for name in ("id", "operation", "sent", "proposed_by", "lapses_at")))
    console().print(table)


@app.command("agree")
def changes_agree(change: CHANGE) -> None:
    """Agree to a change that another person has entered: it takes effect now.

    Example: huiyin changes agree 4f1c
    """
    _say(change, "approval", "agreed to, and in force")


@app.command("refuse")
def changes_refuse(change: CHANGE) -> None:
    """Refuse a change, or take back one's own.

    Example: huiyin changes refuse 4f1c
    """
    _say(change, "refusal", "refused")


def _say(beginning: str, what: str, become: str) -> None:
    """Say something about the one change that is meant. Raises StackError and WordError.

    Whoever says it again, because nobody knows what has become of it, says the same, and what was begun is finished.
    """
    for service, change in _meant(beginning):
        key = [("idempotency-key", str(derived(UUID(change), f"{what}/{who_asks()}")))]
        status, answer = asked(service, "POST", f"/changes/{change}/{what}", headers=key, body="{}")
        if status != HTTPStatus.NOT_FOUND:
            break
    why = f"{status} {answer.get('title', '')} {answer.get('detail', '')}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise StackError(f"Nobody knows whether it was done ({why}): say it again of {change}.")
    if status >= HTTPStatus.BAD_REQUEST:
        raise StackError(f"Nothing was changed ({why}).")
    say(f"The change {change} is {become}.")


def _meant(beginning: str) -> list[tuple[str, str]]:
    """Return the one pending change that is meant, with its service; where its whole id is said, and it is over, any.

    Raises WordError.
    """
    pending = [(service, change["id"]) for service, change in _pending()]
    found = [(service, change) for service, change in pending if change.startswith(beginning.lower())]
    if not found:
        with suppress(ValueError):
            return [(service, str(UUID(beginning))) for service in KEEPERS]
    if len(found) != 1:
        raise WordError(f"{beginning} begins the id of {len(found)} pending changes: see `huiyin changes list`.")
    return found


def _pending() -> list[tuple[str, dict[str, Any]]]:
    """Return every change that is pending, with its service. Raises StackError."""
    found: list[tuple[str, dict[str, Any]]] = []
    for service in KEEPERS:
        after = ""
        while True:
            status, answer = asked(service, "GET", f"/changes?limit=200{after}")
            if status >= HTTPStatus.BAD_REQUEST:
                raise StackError(f"{service} shows no changes ({status} {answer.get('title', '')}).")
            found += [(service, change) for change in answer["items"]]
            if answer["next"] is None:
                break
            after = f"&after={answer['next']}"
    return found
