"""第二十八条第三款: what complains of the unit to which it was brought is passed on, by a bureau, until the same day."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.intake import AccusedNamed, CaseRegistered, ReceiverRelieved
from contracts.vocabulary import Channel, ContentCategory, Kind, Level, Role, Route, UnitKind
from services.chassis.directory import Directory
from services.chassis.errors import NotFound
from services.intake.domain import classification
from services.intake.domain.classification import UnitIsAccused
from services.intake.domain.registration import Registration
from tests.harness import BUREAU, Servers, System, petition
from tests.intake.filed import NOW, facts, registered
from tests.law.ledger import Ledger
from tests.law.test_r28_accused import APPEAL, UNITS
from tests.rules import at, refused, refuses
from tests.steps import clocks, ok, open_county
from tests.units import COUNTY, county, entry, staff

WORLD = county(
    entry("SW", Level.city, None, kind=UnitKind.party_committee, competent=False),
    entry("SXFJ", Level.city, "SW", kind=UnitKind.petition_bureau, competent=False),
    entry("XW", Level.county, "SW", kind=UnitKind.party_committee, competent=False),
    entry("RSJ", kind=UnitKind.department, officers=staff(h_1=Role.unit_head)),
)


def brought(unit: str, **more: Any) -> Registration:
    return registered(receiving_unit=unit, direct=WORLD.is_no_bureau(unit), **more)


def name(r: Registration, *units: str, by: str, persons: tuple[str, ...] = (), world: Directory = WORLD) -> None:
    classification.name_accused(r, units, persons, world, at=NOW, unit=by)


@pytest.mark.parametrize(
    ("unit", "units", "persons", "bureau"),
    [
        ("RSJ", ("RSJ",), (), "XFJ"),
        ("RSJ", (), ("h-1",), "XFJ"),
        ("RSJ", ("XZF",), (), "XFJ"),
        ("OFFICE", ("RSJ",), (), "XFJ"),
        ("ZF", ("ZF",), (), "XFJ"),
        ("JW", ("JW",), (), "XFJ"),
        ("RSJ", ("RSJ", "XFJ"), (), "SXFJ"),
        ("XFJ", ("XFJ",), (), "SXFJ"),
    ],
)
def test_r28_receiver_says_whom_it_complains_of_and_the_bureau_has_it(
    unit: str, units: tuple[str, ...], persons: tuple[str, ...], bureau: str
):
    """应当回避: it is told apart and passed on by who has no part in it."""
    case = brought(unit)
    name(case, *units, by=unit, persons=persons)
    named, relieved = case.taken()
    assert isinstance(named, AccusedNamed)
    assert isinstance(relieved, ReceiverRelieved)
    assert (relieved.relieved, relieved.receiving_unit) == (unit, bureau)
    assert (case.receiving_unit, case.direct) == (bureau, False)
    kind, route, category = Kind.appeal_for_resolution, Route.petition_procedure, ContentCategory.unpaid_wages
    classification.classify(case, kind, route, category, WORLD, at=NOW, unit=bureau)


def test_r28_nobody_sheds_by_that_what_they_were_given():
    """第二十八条第一款 不得推诿: only who received it says so of themselves."""
    with refuses(UnitIsAccused):
        name(brought("XFJ"), "RSJ", by="RSJ")


def test_r28_where_no_bureau_could_pass_it_on_it_stays_to_be_named_by_another():
    with refuses(UnitIsAccused):
        name(registered(receiving_unit="XFJ"), "XFJ", by="XFJ", world=COUNTY)


def test_r28_who_is_not_complained_of_keeps_what_it_received():
    case = brought("RSJ")
    name(case, "JYJ", by="RSJ")
    assert (case.receiving_unit, case.direct) == ("RSJ", True)


def told(*, anonymous: bool) -> Ledger:
    ledger = Ledger(WORLD)
    unsaid = {"category": ContentCategory.unpaid_wages, "place": "P", "secrecy_requested": False}
    ledger.tell(
        CaseRegistered,
        **facts(receiving_unit="RSJ", received_at=at("2025-03-03"), channel=Channel.letter, anonymous=anonymous),
        **unsaid, direct=True,
    )  # fmt: skip
    return ledger


@pytest.mark.parametrize(("anonymous", "code"), [(False, "C2"), (True, "D9")])
def test_r28_the_bureau_owes_until_the_same_day_what_the_receiver_owed(code: str, *, anonymous: bool):
    """第二十三条第二款 自收到信访事项之日起15日内: nothing is later by that."""
    ledger = told(anonymous=anonymous)
    duty, due = ledger.duty(code), ledger.duty(code).due_on
    ledger.tell(AccusedNamed, on="2025-03-05", units=("RSJ",), persons=())
    ledger.tell(ReceiverRelieved, on="2025-03-05", relieved="RSJ", receiving_unit="XFJ")
    assert (duty.open, duty.holder, duty.due_on) == (True, "XFJ", due)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(*UNITS, {"code": BUREAU, "kind": "petition_bureau", "competent": False, "parent": "XW"})
        yield made


@pytest.mark.asyncio(loop_scope="module")
async def test_r28_over_http_the_bureau_tells_apart_and_hands_on(served: System):
    """第二十八条第三款、第二十二条: what RSJ was told about itself is JYJ's to handle."""
    own = {"role": Role.unit_receiver, "unit": "RSJ"}
    case = ok(await served.send("intake", "/petitions", petition(), **own), 201)["case_id"]
    ok(await served.send("intake", f"/cases/{case}/accused", {"units": ["RSJ"]}, **own))
    refused(await served.send("intake", f"/cases/{case}/classification", APPEAL, **own), 404, NotFound)
    assert [(c["code"], c["holder"]) for c in await clocks(served, case) if c["state"] == "running"] == [("C2", BUREAU)]
    ok(await served.classify(case))
    await served.caught_up()
    ok(await served.forward(case, "JYJ"))
    assert "C2" not in {c["code"] for c in await clocks(served, case) if c["state"] == "running"}
