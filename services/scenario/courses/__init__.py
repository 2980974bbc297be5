"""The courses of events: each is one short function that reads like the procedure of the regulation.

Or like what offices do instead of it.
"""

from __future__ import annotations

from typing import Final

from services.scenario.courses.everyday import EVERYDAY_PLOTS
from services.scenario.courses.plot import EVERYDAY, Plot
from services.scenario.courses.ways_in import WAYS_IN
from services.scenario.courses.ways_on import WAYS_ON
from services.scenario.courses.ways_out import WAYS_OUT

__all__ = ["EVERYDAY", "PLOTS", "Plot"]

PLOTS: Final[dict[str, Plot]] = EVERYDAY_PLOTS | WAYS_IN | WAYS_ON | WAYS_OUT
"""Every course by its name; the weights add up to a deck of a hundred cases."""
