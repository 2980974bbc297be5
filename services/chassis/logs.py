"""One JSON line a log entry, with the request's and the case's id; never a body, a header or a query.

What is said again and again while something is away is said once in a while, and with how often it was not.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import structlog

from services.chassis.legible import legible_json

REPEAT_SECONDS: Final = 10.0
"""How long the same line is counted and not printed."""
LINES_MAX: Final = 1_000
"""Lines that are remembered; where there are more of them, none is the same for ever."""
OF_A_REQUEST: Final = frozenset({"request_id", "command_id"})
"""What differs from request to request and makes a line no other one."""


class Repeats:
    """Knows what was said a moment ago."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._said: dict[object, tuple[float, int]] = {}

    def left_out(self, line: object) -> int | None:
        """Return how often a line was left out since it was said; None where it is to be left out once more."""
        now = self._now()
        until, times = self._said.pop(line, (now, 0))
        if now < until:
            self._said[line] = (until, times + 1)
            return None
        if len(self._said) == LINES_MAX:
            del self._said[next(iter(self._said))]
        self._said[line] = (now + REPEAT_SECONDS, 0)
        return times

    def __call__(self, _: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        """Drop what was said a moment ago, as a processor."""
        same = tuple((name, repr(value)) for name, value in sorted(line.items()) if name not in OF_A_REQUEST)
        if (times := self.left_out(same)) is None:
            raise structlog.DropEvent
        if times:
            line["repeated"] = times
        return line


def configure(service: str, level: str) -> None:
    """Send the service's own logs, and warnings of libraries, to standard output."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            Repeats(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Line())
    handler.addFilter(_repeats(Repeats()))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _json(line: object, **how: Any) -> str:  # noqa: ANN401  # as structlog calls it
    """Return a line that people can read, and that no terminal obeys."""
    return legible_json(json.dumps(line, ensure_ascii=False, **how))


def _repeats(repeats: Repeats) -> Callable[[logging.LogRecord], bool]:
    """Return a filter that drops what a library said a moment ago, and lets the line say how often that was."""

    def new(record: logging.LogRecord) -> bool:
        times = repeats.left_out((record.name, record.levelno, record.getMessage()))
        record.repeated = times
        return times is not None

    return new


class _Line(logging.Formatter):
    """What a library has to say, as one JSON line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if times := getattr(record, "repeated", 0):
            line["repeated"] = times
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _json(line)
