"""What came out, beside what was wanted."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parents[2] / "build" / "bench.json"


@dataclass(frozen=True)
class Bar:
    """What a measurement must reach: its ratio to the baseline, or its value where there is none."""

    least: float | None = None
    most: float | None = None

    def holds(self, measured: float) -> bool:
        return (self.least is None or measured >= self.least) and (self.most is None or measured <= self.most)

    def __str__(self) -> str:
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"


BARS: Final = {
    "append_library": Bar(least=10),
    "append_asyncpg": Bar(least=0.8),
    "register": Bar(least=0.35),
    "replay": Bar(least=0.7),
    "relay": Bar(least=0.5),
    "react": Bar(least=0.3),
    "lifecycle": Bar(least=60),
    "ledger_catchup_s": Bar(most=2),
    "seal_p99_ms": Bar(most=500),
    "due_scan": Bar(most=1.5),
}


@dataclass(frozen=True)
class Entry:
    """One line of the result; without a baseline there is no ratio."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None

    @property
    def missed(self) -> bool:
        measured = self.value if self.ratio is None else self.ratio
        return self.name in BARS and not BARS[self.name].holds(measured)


def compare(name: str, unit: str, rounds: Iterable[tuple[float, float]]) -> Entry:
    """Return the round with the median ratio; a round is (baseline, ours), measured one right after the other."""
    by_ratio = sorted(rounds, key=lambda pair: pair[1] / pair[0])
    baseline, ours = by_ratio[(len(by_ratio) - 1) // 2]  # of an even number the worse one
    return Entry(name, ours, unit, baseline, ours / baseline)


def median(name: str, unit: str, values: Iterable[float]) -> Entry:
    return Entry(name, statistics.median(values), unit)


async def rate(count: int, work: Callable[[], Awaitable[object]]) -> float:
    """Return how many of `count` were done a second."""
    started = time.perf_counter()
    await work()
    return count / (time.perf_counter() - started)


def show(entry: Entry) -> None:
    baseline = "" if entry.baseline is None else f"{entry.baseline:>12,.1f}"
    ratio = "" if entry.ratio is None else f"{entry.ratio:>8.3f}"
    bar = str(BARS.get(entry.name, ""))
    verdict = f"  MISSED: the bar is {bar}" if entry.missed else ""
    print(
        f"{entry.name:<18}{entry.value:>12,.1f} {entry.unit:<12}{baseline:>12}{ratio:>8}{bar:>8}{verdict}", flush=True
    )


def show_head() -> None:
    print(f"{'':<18}{'ours':>12} {'unit':<12}{'baseline':>12}{'ratio':>8}{'bar':>8}")


def write(entries: Iterable[Entry]) -> None:
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps([asdict(entry) for entry in entries], indent=2) + "\n")
