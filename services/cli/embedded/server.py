"""What an embedded server is to who starts and stops it: a process of ours that outlives us."""

from __future__ import annotations

from pathlib import Path

from services.cli.processes import Daemon


class Server:
    """A server under a directory of its own."""

    directory: Path

    def is_running(self) -> bool:
        """Whether our process is alive."""
        return self._daemon() is not None

    @property
    def pid(self) -> int | None:
        """The process id, None if it does not run."""
        daemon = self._daemon()
        return daemon.pid if daemon else None

    @property
    def _pid(self) -> Path:
        """Where the process is remembered."""
        return self.directory / "pid"

    def _daemon(self) -> Daemon | None:
        daemon = Daemon.load(self._pid)
        return daemon if daemon and daemon.alive else None
