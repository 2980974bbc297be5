"""How a replay looks to people: a page for a case, a roll for the whole ledger."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

import msgspec
from rich import box
from rich.cells import set_cell_size
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from contracts.event import REGISTRY
from contracts.periods.calendar import LEGAL_TIME
from contracts.vocabulary import ClockKind, Term
from services.accountability.case import Case
from services.chassis.legible import legible
from services.cli.terminal import console, say

if TYPE_CHECKING:
    from contracts.envelope import Metadata
    from services.audit.order import Examined

LEFT_OUT: Final = frozenset({"registration_no", "case", "petition", "content", "content_sha256"})
"""Fields that stand in the header, and references that say nothing to people."""


class Page:
    """A case, for people: what it is, and a table of its entries."""

    names_units = True

    def __init__(self) -> None:
        self._console = console()

    def case(self, case: UUID, entries: list[Examined], names: Mapping[str, str]) -> None:
        """What the entries amount to."""
        folded = Case(case)
        for it in entries:
            if event := it.event:
                folded.take(it.entry.seq, event)
        facts = msgspec.structs.asdict(folded)
        number, unit = facts.pop("registration_no"), facts.pop("unit_name")
        facts["unit"] = unit or facts["unit"]
        shown = _essentials(facts, names, frozenset({"case_id", "clocks"}))
        text = Text("   ").join(_both(name, value, " ", first="dim") for name, value in shown)
        simulated = any(it.about and it.about.clock is ClockKind.simulated for it in entries)
        note = " · simulated time" if simulated else ""
        title = _both(str(number), f"· {case}{note}", " ", first="bold")
        self._console.print(Panel(text, title=title, title_align="left"))

    def entries(self, entries: list[Examined], names: Mapping[str, str]) -> None:
        """A table of the entries."""
        table = Table(box=box.SIMPLE_HEAD, expand=True, padding=(0, 1, 0, 0), pad_edge=False)
        table.add_column("seq", width=7, justify="right")
        table.add_column("when (China)", width=12)
        for name, share in (("what", 5), ("who", 4), ("for which unit", 4), ("because of", 4), ("essentials", 9)):
            table.add_column(name, ratio=share, overflow="fold")
        for said in (_said(it, names) for it in entries):
            table.add_row(
                said.seq,
                Text(said.when.replace(" ", "\n")),
                _both(said.what, said.article, "\n", first="bold", second="dim"),
                _both(said.actor, said.role, "\n", second="dim"),
                said.unit,
                said.because,
                said.essentials,
            )
        self._console.print(table)

    def say(self, sentence: str) -> None:
        """What was found."""
        self._console.print(sentence)


class Roll:
    """The whole ledger, for people: a line an entry, cut at the edge of a terminal and nowhere else."""

    names_units = True
    WIDTHS = (8, 19, 8, 20, 17, 14, 22, 22)

    def __init__(self) -> None:
        self._console = console()
        say(
            self._line(
                "seq", "when (China)", "case", "what", "who", "as", "for which unit", "because of", "article", ""
            )
        )

    def case(self, case: UUID, entries: list[Examined], names: Mapping[str, str]) -> None:
        """Nothing: a ledger is of many cases."""

    def entries(self, entries: list[Examined], names: Mapping[str, str]) -> None:
        """A line each."""
        lines = []
        for examined in entries:
            it = _said(examined, names)
            case = str(examined.entry.case or "")[:8]
            cells = it.seq, it.when, case, it.what, it.actor, it.role, it.unit, it.because, it.article, it.essentials
            lines.append(self._line(*cells))
        say("\n".join(lines))

    def say(self, sentence: str) -> None:
        """What was found."""
        self._console.print(sentence)

    def _line(self, *cells: str) -> str:
        seen = [legible(cell) for cell in cells]
        fixed = (set_cell_size(text, width) for text, width in zip(seen, self.WIDTHS, strict=False))
        line = " ".join((*fixed, *seen[len(self.WIDTHS) :])).rstrip()
        return set_cell_size(line, self._console.width).rstrip() if sys.stdout.isatty() else line


def _both(one: str, other: str, between: str, *, first: str = "", second: str = "") -> Text:
    """Return two things of which each has a look of its own."""
    return Text.assemble((legible(one), first), between, (legible(other), second))


class Said(NamedTuple):
    """An entry in words."""

    seq: str
    when: str
    what: str
    article: str
    actor: str
    role: str
    unit: str
    because: str
    essentials: str


def _who(about: Metadata) -> str:
    """Who did it, and who else had to agree."""
    return f"{about.actor}（{about.agreed_by} 同意）" if about.agreed_by else about.actor


def _said(it: Examined, names: Mapping[str, str]) -> Said:
    entry, about, event = it.entry, it.about, it.event
    if event is None or entry.type not in REGISTRY:
        essentials = bytes(entry.body).decode(errors="replace")
    else:
        fields = {name: getattr(event, name) for name in event.body.names}
        if entry.stream != entry.case:
            fields = {"of": entry.stream} | fields
        essentials = " · ".join(f"{n} {v}".strip() for n, v in _essentials(fields, names, LEFT_OUT))
    return Said(
        seq=str(entry.seq),
        when=f"{entry.at.astimezone(LEGAL_TIME):%Y-%m-%d %H:%M:%S}",
        what=_title(entry.type),
        article=about.article if about else "?",
        actor=_who(about) if about else "?",
        role=about.role.title if about else "?",
        unit=names.get(about.unit, about.unit) if about else "?",
        because=f"{it.because.seq} {_title(it.because.type)}" if it.because else "",
        essentials=essentials,
    )


def _title(wire_name: str) -> str:
    return REGISTRY[wire_name].title if wire_name in REGISTRY else wire_name


def _essentials(
    fields: Mapping[str, Any], names: Mapping[str, str], without: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Names and values of what says something, each value once."""
    said: set[str] = set()
    for name, value in fields.items():
        text = _text(value, {} if name == "code" else names)
        if name not in without and text is not None and (not text or text.isdigit() or text not in said):
            said.add(text)
            yield name, text


def _text(value: Any, names: Mapping[str, str]) -> str | None:  # noqa: ANN401  # a field of any event
    text: str | None
    match value:
        case None | False | 0 | "" | []:
            text = None
        case True:
            text = ""  # its name says it
        case Term():
            text = value.title
        case datetime():
            text = f"{value.astimezone(LEGAL_TIME):%Y-%m-%d %H:%M}"
        case UUID():
            text = str(value)[:8]
        case msgspec.Struct():  # a duty or a breach: what, whose, until when
            parts = (part for part in msgspec.structs.astuple(value) if not isinstance(part, datetime))
            text = " ".join(filter(None, (_text(part, names) for part in parts)))
        case dict():
            text = "、".join(_text(item, names) or "" for item in value) or None
        case list() | tuple():
            text = "、".join(_text(item, names) or "" for item in value)
        case _:
            text = names.get(str(value), str(value))
    return text
