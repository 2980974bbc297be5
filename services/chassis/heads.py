"""A note beside the database of how far it has got, by which an older backup is told from the store itself.

It says how far each own lane is numbered (``3``) and each lane of another service is taken in (``intake/3``), in which
life of the store. It lies where a restore of the database does not reach (``HUIYIN_HEADS_DIR``), and a note of a life
that the store does not know is never written over. It is no record: without it the topic tells the same, as long as
there is one. All services of a database share the folder: who finds that it was restored leaves a mark for the others.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from uuid import UUID

import msgspec
import structlog

log = structlog.get_logger()


class Note(msgspec.Struct, frozen=True):
    """What is noted: which store it was, in which life, and how far it had got."""

    store: UUID
    life: int
    heads: dict[str, int]


class Heads:
    """The note of one service; without a folder, what this process has seen."""

    def __init__(self, folder: Path | None, service: str) -> None:
        self.folder = folder
        self._file = None if folder is None else folder / f"{service}.json"
        self._own: tuple[UUID, int] | None = None
        self._seen: dict[str, int] = {}
        self.sure = False
        """Whether the topic bears out that the store has all that it ever had; before that no note is begun."""

    def of(self, store: UUID, life: int) -> dict[str, int]:
        """Return how far a store has got in a life, as far as is known here; that is noted from now on."""
        if (store, life) != self._own:
            self._own, self._seen = (store, life), {}
        note = self._read()
        return _joined(note.heads, self._seen) if note is not None and note.store == store else dict(self._seen)

    @property
    def noted(self) -> bool:
        """Whether it is noted how far the store has got: an older one cannot be taken for it."""
        note = self._read()
        return note is not None and self._own is not None and note.store == self._own[0]

    def of_another(self, known: Collection[UUID], life: int) -> Note | None:
        """Return the note if it is of a store that this one has never been, and of no life before its newest one."""
        note = self._read()
        return note if note is not None and note.store not in known and note.life >= life else None

    def know(self, heads: Mapping[str, int]) -> None:
        """Know, for this process alone, that the store has got so far."""
        self._seen = _joined(self._seen, heads)

    def note(self, heads: Mapping[str, int]) -> None:
        """Note that the store has got so far; no note holds anything up."""
        self.know(heads)
        if self._file is None or self._own is None:
            return
        store, life = self._own
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # several processes of a service may share a folder
                note = self._read()
                if note is None or note.store != store:
                    if not self.sure or (note is not None and note.life >= life):
                        return
                    noted = self._seen
                else:
                    noted = _joined(note.heads, self._seen)
                fresh = self._file.with_suffix(f".{os.getpid()}")
                fresh.write_text(json.dumps({"store": str(store), "life": life, "heads": noted}))
                fresh.replace(self._file)
        except OSError as error:
            log.warning("heads_not_noted", file=str(self._file), error=repr(error))

    @property
    def marked(self) -> bool:
        """Whether a service of this database has found that it was restored, and nobody has looked since."""
        return self.folder is not None and (self.folder / "restored").exists()

    def mark(self, *, restored: bool) -> None:
        """Tell the other services of this database, or that somebody has looked."""
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            mark = self.folder / "restored"
            mark.touch() if restored else mark.unlink(missing_ok=True)
        except OSError as error:
            log.warning("heads_not_noted", file=str(self.folder), error=repr(error))

    def _read(self) -> Note | None:
        if self._file is None:
            return None
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Note)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            log.error("heads_unreadable", file=str(self._file), error=repr(error))  # noqa: TRY400  # it says it all
            return None


def _joined(some: Mapping[str, int], others: Mapping[str, int]) -> dict[str, int]:
    return {lane: max(some.get(lane, 0), others.get(lane, 0)) for lane in some.keys() | others.keys()}
