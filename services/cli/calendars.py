"""`huiyin calendar`: the State Council's notices, by which working days are counted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import uuid4

import typer

from services.cli.asking import asked
from services.cli.errors import StackError
from services.cli.terminal import console, count, first_line, hand_out, say

if TYPE_CHECKING:
    from contracts.periods.calendar import Year

NOTICE_BYTES_MAX: Final = 1_000_000
NOTICE = Annotated[Path, typer.Argument(help="A year's notice as JSON in the public format of holiday-cn.")]
FORMAT: Final = '{"year": 2027, "papers": [], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}'

app = typer.Typer(no_args_is_help=True, help="The State Council's notices, by which working days are counted.")


@app.callback()
def _calendar() -> None:
    """The State Council's notices, by which working days are counted."""


@app.command("check")
def calendar_check(file: NOTICE) -> None:
    """Say whether a file is a notice that can be published, and what it says; nothing is changed.

    Example: huiyin calendar check 2027.json
    """
    year = notice(file)
    say(f"{file} is a notice for {year.year}: {_counted(year)}.")


@app.command("import")
def calendar_import(file: NOTICE) -> None:
    """Propose a year's notice to the accountability that runs; periods that run are counted anew once it is agreed to.

    It takes two of those who keep the platform running (平台管理员), each logged in by `huiyin login`: one imports, and
    another one agrees. The same notice twice changes nothing; a correction takes the place of what it corrects.

    Example: huiyin calendar import 2027.json
    """
    year = notice(file)
    change = _asked("PUT", year.year, year.to_json())["change_id"]
    say(
        f"The notice for {year.year} ({_counted(year)}) waits for another person, who runs "
        f"`huiyin changes agree {change}`."
    )


@app.command("show")
def calendar_show(
    year: Annotated[int, typer.Argument(min=1990, max=2100)],
    as_json: Annotated[bool, typer.Option("--json", help="As a file that `huiyin calendar check` can read.")] = False,
) -> None:
    """Show the days off and the make-up workdays of a year by which the accountability that runs counts.

    Example: huiyin calendar show 2026
    """
    import msgspec
    from rich.table import Table

    from contracts.periods.calendar import Notice, Year

    told = _asked("GET", year)
    found = Year.of(year, msgspec.convert(told["days"], tuple[Notice, ...]), tuple(told["papers"]))
    if as_json:
        hand_out([found.to_json().encode()])
        return
    table = Table("节假日", "放假", "调休上班")
    for name in dict.fromkeys(day.name for day in found.days):
        days = [day for day in found.days if day.name == name]
        table.add_row(name, listed(d for d in days if d.is_off_day), listed(d for d in days if not d.is_off_day))
    console().print(table)
    if told["provisional"]:
        say("尚无该年节假日安排的通知：仅按法定节假日计算，期限为暂定。")


def notice(file: Path) -> Year:
    """Read a file. Raises StackError."""
    from contracts.periods.calendar import Year
    from services.chassis.files import decoded

    try:
        if file.stat().st_size > NOTICE_BYTES_MAX:
            raise StackError(f"{file} is no notice: it is longer than {NOTICE_BYTES_MAX:,} bytes.")
        return Year.from_json(decoded(file.read_bytes()))
    except OSError as problem:
        raise StackError(f"{file} cannot be read ({problem.strerror}): name a file like {FORMAT}.") from problem
    except ValueError as problem:
        raise StackError(f"{file} is no notice ({first_line(problem)}): write it like {FORMAT}.") from problem


def listed(days: Any) -> str:  # noqa: ANN401  # whatever has dates
    """Dates in a row, without their year: `10-01、10-02`."""
    return "、".join(f"{day.date:%m-%d}" for day in days)


def _counted(year: Year) -> str:
    return f"{count(len(year.off), 'day')} off, {count(len(year.worked), 'make-up workday')}"


def _asked(method: str, year: int, body: str = "") -> dict[str, Any]:
    """What accountability answers about a year. Raises StackError."""
    from http import HTTPStatus

    key = [("idempotency-key", str(uuid4()))]
    status, answer = asked(
        "accountability", method, f"/calendar/{year}", headers=key, body=body, stranger=method == "GET"
    )
    if status >= HTTPStatus.BAD_REQUEST:
        raise StackError(f"The calendar was not changed ({status} {answer.get('detail', '')}): correct the notice.")
    return answer
