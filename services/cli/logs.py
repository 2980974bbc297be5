"""The logs of several services as one stream, each line with the name of its service in front."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

from services.chassis.legible import legible

COLOURS = ("cyan", "green", "yellow", "magenta")
READ_BYTES_MAX = 1 << 20
POLL_SECONDS = 0.2


def follow(logs: Mapping[str, Path]) -> None:
    """Prints what is written to the logs from now on, until interrupted."""
    console = Console(highlight=False, soft_wrap=True)
    width = max(map(len, logs), default=0)
    labels = {
        name: Text(f"{name:>{width}} │ ", style=COLOURS[number % len(COLOURS)]) for number, name in enumerate(logs)
    }
    read_to = {name: log.stat().st_size for name, log in logs.items() if log.exists()}
    while True:
        for name, log in logs.items():
            for line in _whole_lines(log, name, read_to):
                console.print(labels[name] + Text(legible(line.expandtabs())))
        time.sleep(POLL_SECONDS)


def _whole_lines(log: Path, name: str, read_to: dict[str, int]) -> list[str]:
    """The lines finished since the last look; half a line waits for its other half."""
    if not log.exists():
        return []
    if log.stat().st_size < read_to.get(name, 0):  # put aside, and begun anew
        read_to[name] = 0
    with log.open("rb") as file:
        file.seek(read_to.get(name, 0))
        finished, newline, _ = file.read(READ_BYTES_MAX).rpartition(b"\n")
    read_to[name] = read_to.get(name, 0) + len(finished) + len(newline)
    return finished.decode(errors="replace").split("\n") if newline else []
