"""``docs/events.md``: who emits each event, who reacts to it, and which clocks it moves, read from what runs.

Nothing is written down twice: aggregates know their events, services their reactions, and the rule book its triggers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from contracts.envelope import SERVICES
from contracts.event import Event
from contracts.periods import book
from contracts.schema import declared
from services.accountability.clocks import rules
from services.chassis.aggregate import Aggregate

PAGE: Final = Path("docs", "events.md")

_OPENING: Final = """\
# Events

Written by `huiyin contracts generate`; what it says is read from the code. Each event links to its schema, and the
ledger of accountability takes in all of them.

*By* is the aggregate that lets it happen. *Then* is what other services do about it: the aggregate and the function in
their `reactions.py`. *Clocks* are the periods of law that it moves, by the codes [at the end](#clocks); «void all»
leaves those that outlive the case.
"""

_CLOCKS: Final = """\
## Clocks

The national rules. A place may shorten a period or add one, and never lengthen one. What must hold besides, for an
event to move a clock, stands with the rules.

| clock | 名称 | limit | outlives the case | article |
|---|---|---|---|---|
"""


def text() -> str:
    """Return the page."""
    return "\n".join([_OPENING, *_tables(), _CLOCKS + "".join(_clocks())])


def outdated(root: Path) -> bool:
    """Return whether the page is not what the code says."""
    path = root / PAGE
    return not path.exists() or path.read_text("utf-8") != text()


def write(root: Path) -> None:
    """Write the page."""
    (root / PAGE).write_text(text(), "utf-8")


def emitters() -> dict[str, str]:
    """Return the aggregates that let each event happen, by wire name, in whatever order they were imported."""
    for service in SERVICES:
        import_module(f"services.{service}.main")
    found = defaultdict[str, list[str]](list)
    for kind in sorted(_kinds(Aggregate), key=lambda kind: kind.__name__):
        for name in kind.events():
            found[name].append(kind.__name__)
    return {name: ", ".join(kinds) for name, kinds in found.items()}


def _kinds(base: type[Aggregate]) -> Iterator[type[Aggregate]]:
    """Yield the aggregates that are not the base of another."""
    for kind in base.__subclasses__():
        if kind.__subclasses__():
            yield from _kinds(kind)
        elif kind.__module__.startswith("services."):
            yield kind


def _tables() -> Iterator[str]:
    by, then, clocks = emitters(), _reactions(), rules.read(book.read())
    for service in SERVICES:
        yield f"## {service}\n\n| event | 名称 | by | then | clocks | basis |\n|---|---|---|---|---|---|"
        for name, event in sorted(declared().items()):
            if name.startswith(f"{service}."):
                moved = _moves(clocks, rules.name_of(name))
                yield _row(_link(event), event.title, by[name], "<br>".join(then[name]), moved, event.basis)
        yield ""


def _reactions() -> dict[str, list[str]]:
    """Return what other services do about each event, by wire name."""
    found = defaultdict[str, list[str]](list)
    for service in SERVICES:
        for name, some in import_module(f"services.{service}.main").SERVICE.reactions.table.items():
            found[name] += [f"{service}: {one.kind.__name__}, `{one.act.__name__}`" for one in some]
    return found


def _moves(clocks: rules.RuleBook, name: str) -> str:
    """Return what an event does to clocks: «stop C1, D9; start C14», or «void all» where a case ends."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for rule, trigger in clocks.by_event.get(name, ()):
        found[trigger.act][rule.code] = None
    moved = {code for act, codes in found.items() if act != rules.Act.void for code in codes}
    others = {code for code, rule in clocks.rules.items() if not rule.survives} - moved
    whole = "all others" if moved else "all"
    said = {act: whole if others <= codes.keys() else ", ".join(codes) for act, codes in found.items()}
    last = sorted(said.items(), key=lambda pair: pair[0] == rules.Act.void)
    return "; ".join(f"{act} {codes}" for act, codes in last)


def _clocks() -> Iterator[str]:
    for rule in rules.read(book.read()).rules.values():
        limit = f"{rule.limit} {rule.unit.title}" if rule.limit else rule.unit.title
        yield _row(rule.code, rule.title, limit, "yes" if rule.survives else "", rule.article) + "\n"


def _link(event: type[Event]) -> str:
    return f"[{event.__name__}](../contracts/schemas/{event.wire_name}.json)"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
