"""A due day that is written on a paper is a day that comes, and within a year."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.application.papers import _must_come
from services.intake.domain.paper import ImpossibleDueDay
from tests.rules import refuses

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize("written", ["下周", "2026-02-30", "2026-03-01", "2036-03-02"])
def test_day_that_is_none_or_over_or_far_away_is_refused(written: str):
    with refuses(ImpossibleDueDay):
        _must_come(written, TODAY)


@pytest.mark.parametrize("written", [None, "2026-03-02", " 2026-05-01 "])
def test_day_that_comes_is_written(written: str | None):
    assert _must_come(written, TODAY) is None  # and raises nothing
