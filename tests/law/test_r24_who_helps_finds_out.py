"""第二十四条: who helps goes to the place, too; what it has found is on file, not only in the part that it gives."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.mediation import HandlingRecorded
from contracts.vocabulary import RecordKind
from services.mediation.domain import inquiry
from services.mediation.domain.guards import NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from tests.mediation.cases import HEARD, OTHER, UNIT, accepted, the_event
from tests.rules import refuses


def found(handling: Handling, unit: str) -> None:
    inquiry.put_on_record(
        handling, unit, RecordKind.site_visit, HEARD, uuid4(), at=HEARD, recorded_by="co-3"
    )  # fmt: skip


def test_site_visit_of_who_helps():
    handling = accepted(co_units=(OTHER,))
    found(handling, OTHER)
    assert the_event(handling, HandlingRecorded).kind is RecordKind.site_visit
    assert "co-3" in handling.handlers, "who has found it out does not review it (第二十八条第三款)"


@pytest.mark.parametrize("stranger", [OTHER, "ZJJ"])
def test_nobody_else_puts_anything_on_file(stranger: str):
    with refuses(NotTheHandlingUnit):
        found(accepted(co_units=() if stranger == OTHER else (OTHER,)), stranger)


def test_who_leads_still_does():
    handling = accepted(co_units=(OTHER,))
    found(handling, UNIT)
    assert handling.records == 1
