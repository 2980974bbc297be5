"""The log of who was here (网络安全法 第二十一条): a file a day; when, whence, as whom, at which door, what came of it.

Of what was asked it has no more than the numbers of a service have: the door, neither a case nor a word. Of petitioners
it has no address, neither of those with a session nor of those for whom the window speaks: from where somebody reports
an official is nobody's business (第三十条第三款). A line is written within a second, with all others of it.
"""

from __future__ import annotations

import asyncio
import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

WRITE_SECONDS: Final = 1.0
NAME: Final = re.compile(r"(?P<service>[a-z]+)-(?P<day>\d{4}-\d{2}-\d{2})\.jsonl")

log = structlog.get_logger()


class Visits:
    """The log of one process; several may write into one folder."""

    def __init__(self, folder: Path, service: str) -> None:
        self.folder = folder
        self.service = service
        self._lines: list[bytes] = []

    def note(self, **line: Any) -> None:  # noqa: ANN401  # whatever JSON can hold
        """Take a line."""
        if not self._lines:
            asyncio.get_running_loop().call_later(WRITE_SECONDS, self.write)
        self._lines.append(msgspec.json.encode({"at": datetime.now(UTC), **line}) + b"\n")

    def write(self) -> None:
        """Write what was taken; a folder that takes nothing keeps nobody from work."""
        lines, self._lines = self._lines, []
        if not lines:
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            file = os.open(self.folder / f"{self.service}-{datetime.now(UTC):%Y-%m-%d}.jsonl", flags, 0o600)
            try:
                os.write(file, b"".join(lines))
            finally:
                os.close(file)
        except OSError as error:
            log.warning("visits_not_on_record", lines=len(lines), error=repr(error))


def forget(folder: Path, service: str, time: timedelta, today: date) -> int:
    """Delete the days of which every line has had its time; return how many."""
    count = 0
    for path in folder.glob(f"{service}-*.jsonl"):
        said = NAME.fullmatch(path.name)
        if said and date.fromisoformat(said["day"]) + timedelta(1) + time <= today:
            path.unlink(missing_ok=True)
            count += 1
    return count
