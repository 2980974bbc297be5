"""A line that is said again and again is said once in a while, and with how often it was not."""

from __future__ import annotations

import logging

import pytest
import structlog

from services.chassis.logs import LINES_MAX, REPEAT_SECONDS, Repeats, _repeats


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def said(repeats: Repeats, **line: object) -> dict[str, object] | None:
    try:
        return dict(repeats(None, "warning", dict(line)))
    except structlog.DropEvent:
        return None


def test_the_same_line_is_counted_and_then_said_with_its_count(clock: Clock):
    repeats = Repeats(clock)
    assert said(repeats, event="relay_failed", error="away", request_id="1") is not None
    for request in range(2, 5):
        assert said(repeats, event="relay_failed", error="away", request_id=str(request)) is None
    clock.now += REPEAT_SECONDS
    again = said(repeats, event="relay_failed", error="away")
    assert again == {"event": "relay_failed", "error": "away", "repeated": 3}
    clock.now += REPEAT_SECONDS
    assert said(repeats, event="relay_failed", error="away") == {"event": "relay_failed", "error": "away"}


def test_another_line_is_another_line(clock: Clock):
    repeats = Repeats(clock)
    assert said(repeats, event="reaction_failed", case_id="a") is not None
    assert said(repeats, event="reaction_failed", case_id="b") is not None


def test_what_is_remembered_has_an_end(clock: Clock):
    repeats = Repeats(clock)
    for number in range(LINES_MAX + 10):
        assert repeats.left_out(number) == 0
    assert len(repeats._said) == LINES_MAX


def test_libraries_are_no_exception(clock: Clock):
    new = _repeats(Repeats(clock))

    def record() -> logging.LogRecord:
        return logging.LogRecord("aiokafka", logging.ERROR, __file__, 1, "no broker at %s", ("here",), None)

    assert [new(record()) for _ in range(3)] == [True, False, False]
    clock.now += REPEAT_SECONDS
    later = record()
    assert new(later)
    assert vars(later)["repeated"] == 2
