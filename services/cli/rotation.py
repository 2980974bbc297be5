"""Logs that stay small: what is written to a file by a process that keeps it open is copied away, and the file emptied.

A daemon of ours appends to its log, so it goes on at the beginning of the emptied file. It need not know.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from services.cli.processes import locked

BYTES_MAX: Final = 10_000_000
"""A log that is longer is put aside in place of the one put aside before, so there are never more than two."""
LOOK_SECONDS: Final = 10.0


def rotate(log: Path) -> None:
    """Put a log aside if it is too long; several processes may want that at once."""
    if not _too_long(log):
        return
    with locked(log.with_suffix(".lock")):
        if _too_long(log):
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)


def watch(logs: Sequence[Path]) -> None:
    """Look after logs until this process ends."""
    threading.Thread(target=_watch, args=(logs,), name="log rotation", daemon=True).start()


def _watch(logs: Sequence[Path]) -> None:
    while True:
        for log in logs:
            with suppress(OSError):  # a full disk is no reason to end; the next look is soon
                rotate(log)
        time.sleep(LOOK_SECONDS)


def _too_long(log: Path) -> bool:
    return log.exists() and log.stat().st_size > BYTES_MAX
