"""Daemons, ports and lock files: the small part of an operating system that the supervisor needs.

It must never signal a process that it cannot prove to be its own: process ids are reused, and the
machine is not ours. A process is therefore remembered with its start time and command line, and
both are compared before every signal. Standard library only: it works with the runtime lock alone.
"""

from __future__ import annotations

import fcntl
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from services.chassis.durable import settle

LOOPBACK = "127.0.0.1"
PORTS = range(20_000, 32_000)
_HAS_PROC = Path("/proc/self/stat").exists()


@dataclass(frozen=True)
class Daemon:
    """A process of ours that outlives us, with the proof that its number still means it."""

    pid: int
    identity: str

    @classmethod
    def spawn(cls, command: Sequence[str], *, log: Path, env: Mapping[str, str]) -> Daemon:
        """Starts `command` in a session of its own, with its output appended to `log`."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                start_new_session=True,
            )
        process.returncode = 0  # it is meant to outlive the Popen object, which would warn about it
        # For an instant after `exec` the system shows no command line yet.
        wait_until(lambda: identify(process.pid) is not None, 1, every_seconds=0.005)
        return cls(process.pid, identify(process.pid) or "")

    @classmethod
    def load(cls, file: Path) -> Daemon | None:
        """The daemon remembered in `file`, running or not."""
        with suppress(OSError, ValueError):
            pid, _, identity = file.read_text().partition("\n")
            return cls(int(pid), identity)
        return None

    def save(self, file: Path) -> None:
        """Remembers the daemon for `load`."""
        file.write_text(f"{self.pid}\n{self.identity}")

    @property
    def alive(self) -> bool:
        """Whether it still runs: no zombie, and nobody else under the same number."""
        return bool(self.identity) and identify(self.pid) == self.identity

    def send(self, number: signal.Signals) -> None:
        """Signals the process if it is still ours."""
        with suppress(ProcessLookupError):
            if self.alive:
                os.kill(self.pid, number)

    def stop(self, timeout_seconds: float) -> bool:
        """SIGTERM, then SIGKILL after the time; whether it left by itself."""
        self.send(signal.SIGTERM)
        if wait_until(lambda: not self.alive, timeout_seconds):
            return True
        self.send(signal.SIGKILL)
        wait_until(lambda: not self.alive, 10)
        return False


def identify(pid: int) -> str | None:
    """Start time and command line of a live process, or None."""
    if not _HAS_PROC:
        return _identify_by_ps(pid)
    proc = Path(f"/proc/{pid}")
    try:
        command = proc.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        state, *fields = proc.joinpath("stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return f"{fields[18]} {command.strip()}" if command and state != "Z" else None


def _identify_by_ps(pid: int) -> str | None:
    command = ["ps", "-ww", "-o", "stat=,lstart=,command=", "-p", str(pid)]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    state, _, identity = found.strip().partition(" ")
    return identity.strip() if identity and not state.startswith("Z") else None


def wait_until(condition: Callable[[], bool], timeout_seconds: float, *, every_seconds: float = 0.05) -> bool:
    """Whether `condition()` came true in time."""
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every_seconds)
    return True


def is_free(port: int) -> bool:
    """Whether we could listen on the port, on loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def choose_port(preferred: int | None) -> int:
    """The preferred port if it is free, else another one.

    It lies below those that the system lends to clients: one of them could have it before the server that it is for.
    """
    if preferred and is_free(preferred):
        return preferred
    return next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))


def remembered_port(file: Path) -> int:
    """A free port, the one in `file` if possible: addresses that people noted stay valid."""
    known = file.read_text().strip() if file.exists() else ""
    port = choose_port(int(known) if known.isdigit() else None)
    file.write_text(f"{port}\n")
    return port


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds `file` as a lock between processes; the system frees it if we are killed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write_secret(file: Path, text: str) -> None:
    """Writes a file that nobody else could read at any moment; it is on the disk before anything follows from it."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        os.fchmod(descriptor, 0o600)
        handle.write(text)
    settle(file, file.parent)


def tail(log: Path, lines: int = 5) -> str:
    """The last lines of a log, for the person who has to find out why."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) or "(empty log)"
