"""What came out, beside what was wanted."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench.cpu import Cpu

FILE: Final = Path(__file__).parents[2] / "build" / "bench.json"


@dataclass(frozen=True)
class Bar:
    """What a measurement must reach: its ratio to the baseline, or its value where there is none or `of_value`."""

    least: float | None = None
    most: float | None = None
    of_value: bool = False

    def holds(self, entry: Entry) -> bool:
        measured = entry.value if self.of_value or entry.ratio is None else entry.ratio
        return (self.least is None or measured >= self.least) and (self.most is None or measured <= self.most)

    def __str__(self) -> str:
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"


BARS: Final = {
    "append_library": Bar(least=10),
    "append_asyncpg": Bar(least=0.8),
    "token_us": Bar(most=20),
    "register": Bar(least=0.45),
    "authz_register": Bar(least=0.909),
    "replay": Bar(least=0.7),
    "relay": Bar(least=0.5),
    "react": Bar(least=0.35),
    "react_ledger": Bar(least=6_000, of_value=True),
    "lifecycle": Bar(least=100),
    "lifecycle_cpu_ms": Bar(most=18),
    "ledger_catchup_s": Bar(most=2),
    "postgres_kb": Bar(most=30),
    "kafka_kb": Bar(most=10),
    "seal_p99_ms": Bar(most=250),
    "due_scan": Bar(most=1.5),
    "authz_list": Bar(least=0.833),
    "authz_list_of_unit": Bar(least=0.833),
    "flood_p99_ms": Bar(most=1.2),
    "idle_cpu_pct": Bar(most=6),
    "upload_mb": Bar(most=64),
    "lifecycle_full": Bar(least=0.9),
    "questions_full": Bar(most=1.5),
    "audit_replay_s": Bar(most=1.2, of_value=True),
}


@dataclass(frozen=True)
class Entry:
    """One line of the result; without a baseline there is no ratio.

    `cpu_ms` is the processor time of one operation, of all processes that serve it: not of a client in its own process.
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    cpu_ms: float | None = None
    baseline_cpu_ms: float | None = None

    @property
    def bar(self) -> Bar | None:
        return BARS.get(self.name)

    @property
    def missed(self) -> bool:
        return self.bar is not None and not self.bar.holds(self)


class Rate(NamedTuple):
    """Operations a second, and the processor milliseconds of each."""

    a_second: float
    cpu_ms: float


async def rate(cpu: Cpu, work: Callable[[], Awaitable[int]]) -> Rate:
    """Return how fast work was done, which says itself how many operations it was."""
    before, started = cpu.read(), time.perf_counter()
    count = await work()
    seconds = time.perf_counter() - started
    return Rate(count / seconds, 1_000 * sum(cpu.since(before).values()) / count)


def compare(name: str, unit: str, rounds: Iterable[tuple[Rate, Rate]]) -> Entry:
    """Return the medians of all rounds; a round is (baseline, ours), measured one right after the other.

    The ratio is the median of those of the rounds, since what disturbs both sides of a round alike does not disturb it.
    """
    baseline, ours = zip(*rounds, strict=True)
    return Entry(
        name,
        statistics.median(r.a_second for r in ours),
        unit,
        statistics.median(r.a_second for r in baseline),
        statistics.median(o.a_second / b.a_second for b, o in zip(baseline, ours, strict=True)),
        statistics.median(r.cpu_ms for r in ours),
        statistics.median(r.cpu_ms for r in baseline),
    )


NAME: Final = 48
_COLUMNS: Final = "{:>11} {:<11}{:>9}{:>12}{:>9}{:>8}{:>8}  {}"


def show_head() -> None:
    print(" " * NAME + _COLUMNS.format("ours", "", "cpu ms", "baseline", "cpu ms", "ratio", "bar", ""), flush=True)


def show(entry: Entry) -> None:
    verdict = "" if entry.bar is None else "MISSED" if entry.missed else "holds"
    print(
        f"{entry.name:<{NAME}}"
        + _COLUMNS.format(
            f"{entry.value:,.1f}", entry.unit, _shown(entry.cpu_ms, 3), _shown(entry.baseline, 1),
            _shown(entry.baseline_cpu_ms, 3), _shown(entry.ratio, 3), str(entry.bar or ""), verdict,
        ),
        flush=True,
    )  # fmt: skip


def _shown(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def write(entries: Iterable[Entry]) -> None:
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps([asdict(entry) for entry in entries], indent=2) + "\n")
