"""第三十一条第六项、第三十六条第二款: who presides over a hearing reports it, of whichever unit they are."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.mediation import HearingClosed
from contracts.vocabulary import Role
from services.mediation.commands.inquiry import CloseHearing
from services.mediation.commands.remedy import CloseRecheckHearing
from services.mediation.domain import inquiry, remedy
from services.mediation.domain.guards import NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from tests.mediation.cases import (
    DIRECTORY,
    HEARD,
    OTHER,
    RECHECK_ASKED,
    RECHECKER,
    UNIT,
    accepted,
    after,
    ask_recheck,
    reviewed,
    the_event,
)
from tests.rules import refuses

PRESIDER = "presider-1"


def held() -> Handling:
    return after(accepted(), lambda h: inquiry.open_hearing(h, UNIT, PRESIDER, DIRECTORY, public=True, at=HEARD))


def report(handling: Handling, unit: str, officer: str) -> None:
    unit = inquiry.reporting_for(handling, handling.unit, unit, officer)
    inquiry.close_hearing(handling, unit, uuid4(), at=HEARD)


@pytest.mark.parametrize(("unit", "officer"), [(OTHER, PRESIDER), (UNIT, PRESIDER), (UNIT, "co-1")])
def test_hearing_is_reported_by_who_presides_or_by_the_unit(unit: str, officer: str):
    """第三十一条第六项."""
    handling = held()
    report(handling, unit, officer)
    the_event(handling, HearingClosed)


@pytest.mark.parametrize("officer", ["co-9", "presider-2"])
def test_nobody_else_of_another_unit_reports_it(officer: str):
    with refuses(NotTheHandlingUnit):
        report(held(), OTHER, officer)


def test_who_has_presided_reports_nothing_more():
    """The hearing is over: of the next one somebody else may be in the chair."""
    handling = held()
    report(handling, OTHER, PRESIDER)
    with refuses(NotTheHandlingUnit):
        report(handling, OTHER, PRESIDER)


def test_hearing_of_the_recheck_too():
    """第三十六条第二款: 可以按照…举行听证."""
    handling = after(
        reviewed(), ask_recheck,
        lambda h: remedy.open_recheck_hearing(h, RECHECKER, PRESIDER, DIRECTORY, public=True, at=RECHECK_ASKED),
    )  # fmt: skip
    body = inquiry.reporting_for(handling, handling.recheck_body, OTHER, PRESIDER)
    remedy.close_recheck_hearing(handling, body, uuid4(), at=RECHECK_ASKED)
    the_event(handling, HearingClosed)


@pytest.mark.parametrize("operation", [CloseHearing, CloseRecheckHearing])
def test_who_presides_may_send_the_report(operation):
    assert Role.hearing_presider in operation.operation.by
