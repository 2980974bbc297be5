"""Processor time, which says the same on a busy machine as on a quiet one; rates do not."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tests.harness import Servers, System

TICK: float = 1 / os.sysconf("SC_CLK_TCK")

Seconds = dict[str, float]
"""Processor seconds, user and system, by who used them."""


class Cpu:
    """What the processes behind a measurement have used; of servers that were started elsewhere nothing is known."""

    def __init__(self, servers: Servers, services: Iterable[int] = (), *, here: bool = False) -> None:
        self._here = here
        self._of = {"services": list(services)}
        for name, server in (("PostgreSQL", servers.postgres), ("Kafka", servers.broker)):
            self._of[name] = [server.pid] if server is not None and server.pid else []

    def read(self) -> Seconds:
        """Return what was used so far, with what children have used that have ended."""
        tree = _tree()
        used = {name: sum(_used(pid, tree) for pid in pids) for name, pids in self._of.items()}
        if self._here:
            used["services"] += time.process_time()
        return used

    def since(self, before: Seconds) -> Seconds:
        """Return what was used since an earlier reading."""
        now = self.read()
        return {name: now[name] - seconds for name, seconds in before.items()}


def of_services(made: System) -> Cpu:
    """The services of a system that run as processes, and the servers under them."""
    return Cpu(made.servers, (proc.pid for proc in made.procs.values()))


def _tree() -> dict[int, list[int]]:
    """Return the children of each process."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            children[int(stat[1])].append(int(entry.name))
    return children


def _used(pid: int, tree: dict[int, list[int]]) -> float:
    stat = _stat(pid)
    ticks = sum(map(int, stat[11:15])) if stat else 0  # utime, stime, and both of children that have ended
    return ticks * TICK + sum(_used(child, tree) for child in tree.get(pid, ()))


def _stat(pid: int) -> list[str]:
    """Return the fields of a process after its name; nothing for one that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
