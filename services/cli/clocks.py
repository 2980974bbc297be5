"""`huiyin clock`: the periods of law, why a day is the last one, and who owes what until when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from http import HTTPStatus
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

import typer

from services.cli.asking import asked
from services.cli.calendars import listed, notice
from services.cli.errors import StackError, WordError
from services.cli.terminal import console, hand_out, say

if TYPE_CHECKING:
    from services.accountability.clocks.explain import Day, Explanation, Supposed
    from services.accountability.clocks.rules import Rule, RuleBook

FIRST_YEAR, LAST_YEAR = 1990, 2100
EVENTS_MAX: Final = 20
DAYS_MAX: Final = 366
DUTIES_MAX: Final = 200
EVENT: Final = re.compile(r"(?P<name>[A-Za-z.]+)(?::(?P<days>\d{1,3}))?=(?P<time>.+)")
TIME: Final = "a date like 2026-03-01 or a moment like 2026-03-01T09:30, in China unless it names its zone"
VERDICTS: Final = {
    "open": "未终止",
    "met": "按期",
    "late": "逾期",
    "void": "因程序变化终止",
    "lapsed": "权利期限已过",
    "breached": "已逾期，仍须履行",
}
BASES: Final = {"law": "法定", "design": "本系统设定"}

PROFILE = Annotated[
    str, typer.Option(envvar="HUIYIN_PROFILE", help="Whose rules: national, or a place that is stricter.")
]
AS_JSON = Annotated[bool, typer.Option("--json", help="For programs.")]

app = typer.Typer(
    no_args_is_help=True, help="The periods of law, why a day is the last one, and who owes what until when."
)


@app.callback()
def _clock() -> None:
    """The periods of law, why a day is the last one, and who owes what until when."""


@app.command("explain")
def clock_explain(
    code: Annotated[str, typer.Argument(help="Which period, e.g. C5; `huiyin clock list` names them all.")],
    start: Annotated[str, typer.Option(help=f"When it begins: {TIME}.")],
    event: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND[:DAYS]=TIME",
            help="What happens then, as often as you like; DAYS where it gives time: HandlingExtended:20=2026-03-01.",
        ),
    ] = None,
    fixed: Annotated[str | None, typer.Option(help="The last day that somebody has named; for C6 alone.")] = None,
    profile: PROFILE = "national",
    calendar: Annotated[
        list[Path] | None, typer.Option(help="A year's notice to count by, as holiday-cn writes it; repeatable.")
    ] = None,
    as_json: AS_JSON = False,
) -> None:
    """Say on which day a period of law ends, and why: days counted, days off met, what was given or is not counted.

    It is counted by the very code that runs in a case, here and now: no stack has to run and nothing is recorded.
    The day of the start is not counted; a last day off moves on to the next working day; a make-up workday is one.

    Example: huiyin clock explain C1 --start 2025-09-16

    \b
    And with what happens meanwhile:
      huiyin clock explain C4 --start 2025-09-26T10:00 --event JurisdictionObjected=2025-10-10
      huiyin clock explain C5 --start 2026-01-05 --event HandlingExtended:20=2026-03-01 --event OpinionServed=2026-03-27
      huiyin clock explain C11 --start 2025-03-03 --event HearingOpened=2025-03-17 --event HearingClosed=2025-03-19
      huiyin clock explain C6 --start 2025-03-03 --fixed 2025-05-01
      huiyin clock explain C1 --start 2027-01-25 --calendar 2027.json --profile zhejiang --json
    """  # noqa: D301  # click's mark for lines that stay as they are
    import msgspec

    from contracts.periods.calendar import Calendar
    from services.accountability.clocks.explain import rule_of, suppose
    from services.chassis.errors import Invalid

    book, begun, events = _book(profile), _moment(start), _supposed(event or [])
    named = _moment(fixed).date() if fixed else None
    years = Calendar()
    for file in calendar or ():
        years = years.with_year(notice(file))
    try:
        _must_fit(rule_of(book, code), named)
        found = suppose(book, code, begun, events, years, fixed=named)
    except Invalid as problem:
        raise WordError(f"{problem.title}：{problem.detail}") from problem
    if as_json:
        hand_out([msgspec.json.encode(found)])
    else:
        _print(found)


@app.command("list")
def clock_list(profile: PROFILE = "national", as_json: AS_JSON = False) -> None:
    """List the periods of law: how long, under which article, and which events mean something to each.

    Example: huiyin clock list --profile zhejiang
    """
    import msgspec
    from rich.table import Table

    book = _book(profile)
    if as_json:
        items = [
            {"code": r.code, "title": r.title, "article": r.article, "basis": r.basis, "limit": r.limit, "unit": r.unit,
             "nature": r.nature, "events": _effects(r)}
            for r in book.rules.values()
        ]  # fmt: skip
        hand_out([msgspec.json.encode({"version": book.version, "items": items})])
        return
    table = Table("代码", "期限", "时长", "性质", "依据")
    for name in ("条文", "事件（--event）"):
        table.add_column(name, overflow="fold")
    for rule in book.rules.values():
        events = " ".join(_effects(rule))
        table.add_row(rule.code, rule.title, _limit(rule), rule.nature.title, BASES[rule.basis], rule.article, events)
    console().print(table)


@app.command("duties")
def clock_duties(
    holder: Annotated[str | None, typer.Option(help="What a unit owes, by its code.")] = None,
    officer: Annotated[str | None, typer.Option(help="What somebody in particular must do.")] = None,
    case: Annotated[str | None, typer.Option(help="What is owed in a case, by its id.")] = None,
    until: Annotated[str | None, typer.Option(help="What is due by a date like 2026-03-01.")] = None,
    state: Annotated[str | None, typer.Option(help="running, paused, breached or stopped; else what is owed.")] = None,
    as_json: AS_JSON = False,
) -> None:
    """List who owes what until when, the first day first; of a stack that runs, to whoever has logged in.

    Example: huiyin clock duties --holder 980726000302 --until 2026-03-31
    """
    import msgspec
    from rich.markup import escape
    from rich.table import Table

    named = {"holder": holder, "officer": officer, "case": case, "until": until, "state": state}
    told = urlencode({name: value for name, value in named.items() if value} | {"limit": DUTIES_MAX})
    status, answer = asked("accountability", "GET", f"/duties?{told}")
    if status >= HTTPStatus.BAD_REQUEST:
        raise WordError(f"Nothing was listed ({status} {answer.get('detail', '')}).")
    if as_json:
        hand_out([msgspec.json.encode(answer)])
        return
    table = Table("到期", "应办", "单位", "承办人", "状态")
    for name in ("事项", "条文"):
        table.add_column(name, overflow="fold")
    for it in answer["items"]:
        days = (it["due_on"], f"{it['code']} {it['title']}", it["holder"] or "", it["officer"] or "", it["state"])
        table.add_row(*map(escape, (*days, (it["case_id"] or "")[:8], it["article"])))
    console().print(table)
    if answer["next"]:
        say(f"The first {DUTIES_MAX} are shown: name a day with --until, or a unit.")


# ------------------------------------------------------------------------------- reading words


def _book(profile: str) -> RuleBook:
    from contracts.periods import book
    from services.accountability.clocks import rules

    if profile not in (known := book.profiles()):
        raise WordError(f"There are no rules of {profile!r}: choose one of {', '.join(known)}.")
    try:
        return rules.read(book.read(profile))
    except book.BadRules as problem:
        raise StackError(f"The rules of {profile} cannot be used ({problem}): correct {book.HOME}.") from problem


def _moment(text: str) -> datetime:
    """Read a date or a moment, in China unless it names its zone. Raises WordError."""
    from contracts.periods.calendar import LEGAL_TIME

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise WordError(f"{text!r} is no time: write {TIME}.") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise WordError(f"{text!r} cannot be counted from: write a time from {FIRST_YEAR} to {LAST_YEAR}.")
    return found if found.tzinfo else found.replace(tzinfo=LEGAL_TIME)


def _supposed(events: Sequence[str]) -> list[Supposed]:
    from services.accountability.clocks.explain import Supposed

    if len(events) > EVENTS_MAX:
        raise WordError(f"{len(events)} events are too many: name at most {EVENTS_MAX}.")
    found = []
    for text in events:
        said = EVENT.fullmatch(text)
        if said is None:
            raise WordError(f"{text!r} is no event: write KIND=TIME or KIND:DAYS=TIME, with {TIME}.")
        days = int(said["days"]) if said["days"] else None
        if days is not None and not 1 <= days <= DAYS_MAX:
            raise WordError(f"{text!r} gives no time: name 1 to {DAYS_MAX} days.")
        found.append(Supposed(said["name"], _moment(said["time"]), days))
    return found


def _must_fit(rule: Rule, fixed: date | None) -> None:
    from contracts.vocabulary import LimitUnit

    if rule.unit is LimitUnit.fixed and fixed is None:
        raise WordError(f"{rule.code} ends on the day that somebody names: say which with --fixed 2026-03-01.")
    if rule.unit is not LimitUnit.fixed and fixed is not None:
        raise WordError(f"{rule.code} ends after {_limit(rule)}, not on a day that somebody names: leave out --fixed.")


# ------------------------------------------------------------------------------- for people


def _effects(rule: Rule) -> list[str]:
    """Name the events that mean something to a period that runs."""
    from services.accountability.clocks.rules import Act

    return sorted({t.event.partition(".")[2] for t in rule.triggers if t.act is not Act.start})


def _limit(rule: Rule | Explanation) -> str:
    from contracts.vocabulary import LimitUnit

    return rule.unit.title if rule.unit is LimitUnit.fixed else f"{rule.limit} {rule.unit.title}"


def _print(found: Explanation) -> None:
    from rich.panel import Panel
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for name, text in _sentences(found):
        grid.add_row(name, text)
    console().print(Panel(grid, title=f"{found.code} {found.title}", title_align="left"))


def _sentences(found: Explanation) -> Iterator[tuple[str, str]]:
    """Say what made the last day, in the order in which one would count."""
    from contracts.periods.calendar import LEGAL_TIME
    from contracts.vocabulary import LimitUnit

    hours = found.unit is LimitUnit.hour
    yield "起算", f"{found.start.astimezone(LEGAL_TIME):%Y-%m-%d %H:%M}（北京时间）"
    if not hours:
        yield "", f"起始日不计入，自 {found.counted_from} 起计算（民法典第二百零一条）"
    yield "期限", f"{_limit(found)}（{found.nature.title}，{BASES[found.basis]}）"
    if found.extension:
        yield "延长", f"{found.extension} 日"
    if found.pauses:
        yield "听证", f"{found.pauses} 日不计入"
    if found.paused:
        yield "中止", "听证尚未结束，期限中止，以下截止日不含听证时间"
    if not hours:
        unit = "个工作日" if found.unit is LimitUnit.working_day else "日"
        yield "计入", f"{found.days_counted} {unit}，其间周末 {found.weekend_days} 日"
        yield from _named("放假", found.holidays)
        yield from _named("调休上班", found.make_up_days)
    if found.moved_from:
        yield "顺延", f"{found.moved_from} 不上班，顺延至 {found.due}（民法典第二百零三条）"
    yield "截止", f"{found.due_at.astimezone(LEGAL_TIME):%Y-%m-%d %H:%M}" if hours else f"{found.due} 24:00"
    over = f" {found.days_over} 日" if found.days_over else ""
    yield "结果", f"{VERDICTS[found.verdict]}{over}"
    if found.provisional:
        yield "暂定", "涉及尚无节假日安排通知的年份，通知公布后重算"
    yield from (("注意", note) for note in found.notes)
    yield "条文", found.article
    yield "版本", f"规则 {found.rules}，日历 {found.calendar}"


def _named(what: str, days: Sequence[Day]) -> Iterator[tuple[str, str]]:
    for name, group in groupby(days, key=lambda day: day.name):
        yield what, f"{name} {listed(group)}"
