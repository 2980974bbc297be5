"""第三十四条: 对本条例第三十一条第六项规定的信访事项……可以适当延长办理期限."""

from __future__ import annotations

from uuid import uuid4

from services.mediation.domain import timing
from services.mediation.domain.timing import SuggestionNotExtended
from tests.mediation.cases import DIRECTORY, HEARD, UNIT, accepted, delivered, suggestion
from tests.rules import refuses


def extend(handling) -> None:
    timing.extend(handling, UNIT, 30, "head-1", uuid4(), "延1号", delivered(HEARD), DIRECTORY, at=HEARD)


def test_suggestion_is_not_extended():
    """第二十九条: nothing would be due later for it, whatever the petitioner was told."""
    with refuses(SuggestionNotExtended):
        extend(suggestion())


def test_appeal_is():
    handling = accepted()
    extend(handling)
    assert handling.extended_by == 30
