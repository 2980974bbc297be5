"""What an aggregate is: one class that says once what each event means to it."""

from __future__ import annotations

import pytest

from contracts.intake import CaseConcluded
from services.chassis.aggregate import Aggregate, when


def test_event_that_means_two_things_is_found_when_the_class_is_made():
    """Else their order would decide, and the later one would hide the earlier."""
    with pytest.raises(AssertionError, match="Undecided says twice"):

        class Undecided(Aggregate):
            @when
            def _(self, _: CaseConcluded) -> None:
                self.closed = True

            @when
            def _(self, _: CaseConcluded) -> None:
                self.closed = False
