"""What a course of events needs besides the telling of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from contracts.vocabulary import ContentCategory, Route
from services.scenario.telling import Telling


class Plot(NamedTuple):
    """How often a course occurs, how it is told, and when it may begin."""

    weight: int
    tell: Callable[[Telling], Any]
    takes_days: int
    """It begins so many days before the end at the latest; later steps are not played."""
    recent_days: int | None = None
    """It begins so many days before the end at the earliest, if it is to be open then."""
    categories: Sequence[ContentCategory] = ()
    accuses: bool = False
    anonymous: bool = False
    suggests: bool = False
    route: Route = Route.petition_procedure
    """By which procedure a claim is handled."""


EVERYDAY: Final = tuple(c for c in ContentCategory if c is not ContentCategory.litigation)
CIVIL: Final = tuple(c for c in EVERYDAY if c is not ContentCategory.official_conduct)
"""What departments under the county government decide."""
OF_MANY: Final = (
    ContentCategory.demolition,
    ContentCategory.enterprise_reform,
    ContentCategory.housing,
    ContentCategory.land_acquisition,
    ContentCategory.unpaid_wages,
    ContentCategory.veterans,
)
UNSIGNED: Final = (
    ContentCategory.education,
    ContentCategory.environment,
    ContentCategory.medical,
    ContentCategory.public_security,
    ContentCategory.village_works,
)
QUARRELS: Final = (
    ContentCategory.demolition,
    ContentCategory.housing,
    ContentCategory.unpaid_wages,
    ContentCategory.village_works,
)
"""What two sides can agree about."""
STATUTORY: Final = (ContentCategory.environment, ContentCategory.unpaid_wages)
"""What a department has to look after by a statute, whoever asks (依法履职)."""
SUGGESTED: Final = (ContentCategory.other, ContentCategory.transport)
