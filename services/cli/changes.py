"""`huiyin changes`: what takes two persons and waits for the second one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import uuid4

import typer

from services.chassis.legible import legible
from services.cli.asking import asked
from services.cli.errors import StackError, WordError
from services.cli.terminal import console, say

KEEPERS: Final = ("assignment", "accountability")
"""Which services have such changes: of the directory, and of the calendar."""
CHANGE = Annotated[str, typer.Argument(help="The id of the change, or how it begins.")]

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
    """Say something about the one change that is meant. Raises StackError and WordError."""
    found = [(service, change) for service, change in _pending() if change["id"].startswith(beginning.lower())]
    if len(found) != 1:
        raise WordError(f"{beginning} begins the id of {len(found)} pending changes: see `huiyin changes list`.")
    [(service, change)] = found
    key = [("idempotency-key", str(uuid4()))]
    status, answer = asked(service, "POST", f"/changes/{change['id']}/{what}", headers=key, body="{}")
    if status >= HTTPStatus.BAD_REQUEST:
        raise StackError(f"Nothing was changed ({status} {answer.get('title', '')} {answer.get('detail', '')}).")
    say(f"The change {change['id']} is {become}.")


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
