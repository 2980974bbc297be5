"""A note beside the database of how far it has got, by which an older backup is told from the store itself.

It says how far each own lane is numbered (``3``) and each lane of another service is taken in (``intake/3``). It lies
where a restore of the database does not reach (``HUIYIN_HEADS_DIR``). It is no record: without it, or where it is
behind, the topic tells how far the lanes were numbered, as long as there is one.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import structlog

log = structlog.get_logger()


class Heads:
    """The note of one service; without a folder, what this process has seen."""

    def __init__(self, folder: Path | None, service: str) -> None:
        self._file = None if folder is None else folder / f"{service}.json"
        self._store: UUID | None = None
        self._seen: dict[str, int] = {}

    def of(self, store: UUID) -> dict[str, int]:
        """Return how far a store has got, as far as is known here; it is this one's from now on that is noted."""
        if store != self._store:
            self._store, self._seen = store, {}
        return _joined(self._read(), self._seen)

    def know(self, heads: Mapping[str, int]) -> None:
        """Know, for this process alone, that the store has got so far."""
        self._seen = _joined(self._seen, heads)

    def note(self, heads: Mapping[str, int]) -> None:
        """Note that the store has got so far; no note holds anything up."""
        self.know(heads)
        if self._file is None or self._store is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # several processes of a service may share a folder
                fresh = self._file.with_suffix(f".{os.getpid()}")
                fresh.write_text(json.dumps({"store": str(self._store), "heads": _joined(self._read(), self._seen)}))
                fresh.replace(self._file)
        except OSError as error:
            log.warning("heads_not_noted", file=str(self._file), error=repr(error))

    def _read(self) -> dict[str, int]:
        if self._file is None:
            return {}
        try:
            told = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return {}
        return dict(told["heads"]) if told["store"] == str(self._store) else {}


def _joined(some: Mapping[str, int], others: Mapping[str, int]) -> dict[str, int]:
    return {lane: max(some.get(lane, 0), others.get(lane, 0)) for lane in some.keys() | others.keys()}
