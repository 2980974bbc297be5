"""人民调解法 第二十六条: 调解不成的，应当终止调解，并……告知当事人可以依法通过仲裁、行政、司法等途径维护自己的权利."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from contracts.event import Event
from contracts.intake import CaseMerged, CaseSplit, CaseWithdrawn
from contracts.mediation import (
    MediationFailed,
    MediationOffered,
    MediationRefused,
    MediationStopped,
    OtherWaysTold,
)
from contracts.vocabulary import ClockOutcome, Role, Side, StopReason
from services.mediation.domain import mediating, receiving
from services.mediation.domain.guards import NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from services.mediation.domain.mediating import NothingToTell
from tests.harness import COMMITTEE, UNIT, System
from tests.law.ledger import Ledger
from tests.mediation.cases import COMMITTEE as BODY
from tests.mediation.cases import HEARD, OTHER, accepted, after, mediated, offer
from tests.rules import refused, refuses
from tests.steps import HEARD_AT, SYSTEM, accepted_of_one, document, ok

IN_VAIN: list[tuple[type[Event], dict[str, Any]]] = [
    (MediationFailed, {"document": None}),
    (MediationRefused, {"side": Side.other_party}),
    (MediationStopped, {"side": Side.petitioner}),
]


def offered() -> Ledger:
    ledger = Ledger()
    ledger.tell(MediationOffered, mediator="mediator-1", mediator_unit="town", other_party=None)
    return ledger


@pytest.mark.parametrize(("event", "said"), IN_VAIN)
def test_who_mediated_in_vain_owes_the_telling_for_five_working_days(event: type[Event], said: dict[str, Any]):
    """The day is ours: the law names none."""
    ledger = offered()
    ledger.tell(event, **said)
    assert (ledger.duty("D51").holder, ledger.duty("D51").due_on) == ("town", date(2025, 3, 10))
    ledger.passes("2025-03-11")
    assert ledger.breaches()[-1:] == ["D51"]


@pytest.mark.parametrize(("event", "said"), IN_VAIN)
def test_telling_ends_it(event: type[Event], said: dict[str, Any]):
    ledger = offered()
    ledger.tell(event, **said)
    ledger.tell(OtherWaysTold, on="2025-03-10", document=uuid4())
    assert ledger.ended("D51").outcome is ClockOutcome.met


def test_who_tells_at_once_owes_nothing():
    ledger = offered()
    ledger.tell(MediationFailed, document=uuid4())
    assert ledger.duties("D51") == []


def test_what_is_mediated_again_has_not_failed_yet():
    ledger = offered()
    ledger.tell(*IN_VAIN[1][:1], **IN_VAIN[1][1])
    ledger.tell(MediationOffered, mediator="mediator-1", mediator_unit="town", other_party=None, request=uuid4())
    assert ledger.ended("D51").outcome is ClockOutcome.void


def failed() -> Handling:
    return after(mediated(), lambda h: mediating.fail_mediation(h, BODY, None, at=HEARD))


@pytest.mark.parametrize(("event", "more"), [(CaseMerged, {"into": uuid4()}), (CaseSplit, {"children": (uuid4(),)})])
def test_whose_case_is_joined_or_divided_is_told_all_the_same(event: type[Event], more: dict[str, Any]):
    ledger = offered()
    ledger.tell(MediationFailed, document=None)
    ledger.tell(event, **more)
    assert ledger.duty("D51").due_on == date(2025, 3, 10)
    stopped = after(failed(), lambda h: receiving.stop(h, StopReason.merged, at=HEARD))
    mediating.tell_other_ways(stopped, BODY, uuid4(), at=HEARD)
    ledger.tell(OtherWaysTold, on="2025-03-10", document=uuid4())
    assert ledger.ended("D51").outcome is ClockOutcome.met


def test_who_has_withdrawn_is_told_no_more():
    ledger = offered()
    ledger.tell(MediationFailed, document=None)
    ledger.tell(CaseWithdrawn, document=uuid4())
    assert ledger.duties("D51") == []


@pytest.mark.parametrize("unit", [BODY, UNIT])
def test_mediating_or_handling_unit_tells_once(unit: str):
    handling = failed()
    mediating.tell_other_ways(handling, unit, uuid4(), at=HEARD)
    with refuses(NothingToTell):
        mediating.tell_other_ways(handling, unit, uuid4(), at=HEARD)


def test_nobody_else_does():
    with refuses(NotTheHandlingUnit):
        mediating.tell_other_ways(failed(), OTHER, uuid4(), at=HEARD)


@pytest.mark.parametrize("handling", [accepted(), after(accepted(), offer)])
def test_there_is_nothing_to_tell_before(handling: Handling):
    with refuses(NothingToTell):
        mediating.tell_other_ways(handling, BODY, uuid4(), at=HEARD)


async def test_petitioner_reads_the_other_ways_with_the_code(county: System):
    mine = await accepted_of_one(county)
    case = mine["case_id"]
    offer = {"mediator": "mediator-1", "mediator_unit": COMMITTEE}
    ok(
        await county.send(
            "mediation", f"/cases/{case}/mediation", offer, role=Role.case_officer, unit=UNIT, at=HEARD_AT
        )
    )
    mediator: dict[str, Any] = {"role": Role.mediator, "unit": COMMITTEE, "actor": "mediator-1", "at": HEARD_AT}
    no = {"side": "other_party"}
    ok(await county.send("mediation", f"/cases/{case}/mediation/refusal", no, **mediator))
    await county.caught_up()
    duties = ok(await county.client.get(f"{county.url('accountability')}/duties?case={case}", headers=SYSTEM))["items"]
    assert [one["holder"] for one in duties if one["code"] == "D51"] == [COMMITTEE]
    seen = ok(await county.by_code(mine["query_code"]))
    step = seen["steps"][-1]
    assert step["title"] == "拒绝调解"
    assert all(way in step["details"]["other_ways"] for way in ("仲裁", "行政", "司法", "继续办理"))
    told = {"document": await document(county, case, unit=COMMITTEE)}
    path = f"/cases/{case}/mediation/other-ways"
    ok(await county.send("mediation", path, told, **mediator))
    refused(await county.send("mediation", path, told, **mediator), 409, NothingToTell)
    await county.caught_up()
    duties = ok(await county.client.get(f"{county.url('accountability')}/duties?case={case}", headers=SYSTEM))["items"]
    assert [one["code"] for one in duties if one["code"] == "D51"] == []
