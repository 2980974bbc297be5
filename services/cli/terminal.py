"""What every command shares: the stack that it is about, how it speaks on a terminal, a bar for long work.

Nothing else writes to one: whatever comes from a store, a topic or a file is spelled out on its way through here.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from services.chassis.legible import legible, legible_json
from services.cli.errors import StackError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from services.cli.stack import Stack

WIDTH_OF_FILES = 150

T = TypeVar("T")

Progress = Callable[[int, int | None], None]
"""Is told how much is done and how much there is, if that is known."""


def here() -> Stack:
    """The stack of this directory, or of HUIYIN_DATA_DIR."""
    from services.cli.stack import Stack

    return Stack(tell=tell)


def addresses(stack: Stack) -> dict[str, str]:
    """Base address of each service: of this stack, else of HUIYIN_PEERS. May raise StackError."""
    try:
        known: dict[str, str] = stack.urls() or json.loads(os.environ.get("HUIYIN_PEERS", "{}"))
    except ValueError:
        raise StackError('HUIYIN_PEERS must be JSON like {"intake": "http://127.0.0.1:8701", …}.') from None
    if not known:
        raise StackError("No stack runs here: start one with `huiyin up`, or name the services in HUIYIN_PEERS.")
    return known


def prepare() -> None:
    """Let each stream spell out what it has no character for: no command dies of a terminal's encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str, *, err: bool = False) -> None:
    """Says something, line by line."""
    print("\n".join(map(legible, text.split("\n"))), file=sys.stderr if err else sys.stdout, flush=True)


def hand_out(documents: Iterable[bytes]) -> None:
    """Gives JSON to programs, a document a line: the same JSON whichever characters the terminal has."""
    ascii_only = not sys.stdout.encoding.lower().startswith("utf")
    for document in documents:
        print(legible_json(document.decode(errors="replace"), ascii_only=ascii_only))
    sys.stdout.flush()


def tell(text: str) -> None:
    """Says what is going on, where it is in the way of no output."""
    say(f"· {text}", err=True)


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 entry`, `4,512 entries`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def console() -> Console:
    """Where tables go: as wide as the terminal, and wide enough in a file; words in a cell are words and no markup."""
    from rich.console import Console

    class Plain(Console):
        def render_str(self, text: str, **how: Any) -> Text:  # noqa: ANN401  # how it looks
            return super().render_str(legible(text), **how)

    fits = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Plain(highlight=False, markup=False, emoji=False, width=None if fits else WIDTH_OF_FILES)


@contextmanager
def bar(what: str) -> Iterator[Progress]:
    """A bar on standard error, if that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Bar(*columns, console=console, disable=not console.is_terminal) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs work on the database to its end. Raises StackError where the database is away or empty."""
    import asyncpg

    try:
        return asyncio.run(work)
    except BrokenPipeError:
        raise  # whoever reads our output has seen enough
    except (
        asyncpg.UndefinedTableError,
        asyncpg.InvalidCatalogNameError,
        asyncpg.InvalidParameterValueError,
    ) as problem:
        raise StackError(
            f"The database is not Huiyin's or not prepared yet ({first_line(problem)}): run `huiyin migrate`, "
            "or `huiyin up`, which does it too."
        ) from problem
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
        raise StackError(
            f"PostgreSQL cannot be used ({first_line(problem)}): start it with `huiyin up`, or set "
            "HUIYIN_DATABASE_URL to one that runs."
        ) from problem


def first_line(problem: BaseException) -> str:
    """What an error says, without its tail; its name if it says nothing."""
    return (str(problem).splitlines() or [type(problem).__name__])[0]
