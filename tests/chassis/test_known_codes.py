"""What an event says by a code is in the directory, and numbers of registers are too short for one of a person.

个人信息保护法 第二十八条: so no name, telephone or identity number stands in an event, whoever types it where.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import Invalid, NotFound
from tests.harness import BUREAU, COMMITTEE, PLACE, UNIT, Servers, System, unpacked
from tests.registers import ENTRIES
from tests.rules import refused
from tests.steps import accepted, document, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME: Final = "zhang-san-1949"
"""A code by its form, and of nobody and nothing."""
NUMBERS: Final = ("13812345678", "110105194912310021", "ZS-13812345678", "6222021234567890123", "zhang-san", "甲-1")
DAY: Final = "2099-12-31"
OF_DIRECTORY: Final = ("place", "unit", "chair", "mediator")
OF_REGISTER: Final = ("box_no", "desk_no", "certificate_no", "project_no")
PARTS: Final = [{"category": "medical", "place": place, "content": {"claim": "甲"}} for place in (PLACE, NAME)]

Sent = tuple[str, str, dict[str, Any], str, Role]
"""A service, a path, a body, its field with a code, and who sends it."""
IN_CASES: Final[tuple[Sent, ...]] = (
    ("intake", "/cases/{case}/split", {"parts": PARTS}, "parts", Role.bureau_officer),
    (
        "intake", "/cases/{case}/recusal/requests", {"officer": NAME, "document": "{paper}"}, "officer",
        Role.intake_clerk,
    ),
    (
        "intake", "/cases/{case}/urgent-reports", {"stage": "first", "recipients": [NAME], "document": "{paper}"},
        "recipients", Role.unit_head,
    ),
    (
        "mediation", "/cases/{case}/recusal/requests", {"officer": NAME, "document": "{paper}"}, "officer",
        Role.case_officer,
    ),
    (
        "mediation", "/cases/{case}/mediation",
        {"mediator": "mediator-1", "mediator_unit": COMMITTEE, "other_party": NAME}, "other_party", Role.case_officer,
    ),
    (
        "mediation", "/cases/{case}/agreement/confirmation", {"court": NAME, "sides": ["petitioner"]}, "court",
        Role.case_officer,
    ),
    ("mediation", "/cases/{case}/aid", {"kind": "social_assistance", "agency": NAME}, "agency", Role.case_officer),
    (
        "mediation", "/disputes",
        {
            "place": PLACE, "dispute_class": "legacy", "category": "housing", "document": "{paper}",
            "against_unit": NAME,
        },
        "against_unit", Role.case_officer,
    ),
    (
        "assignment", "/cases/{case}/sponsor", {"order_no": "57", "sponsor": NAME, "duties": ["resolve"]}, "sponsor",
        Role.bureau_officer,
    ),
    ("assignment", "/cases/{case}/team", {"lead_unit": UNIT, "officers": ["co-1", NAME]}, "officers", Role.bureau_officer),
    (
        "assignment", "/cases/{case}/instructions",
        {"leader": NAME, "unit": UNIT, "document": "{paper}", "due_on": DAY}, "leader", Role.bureau_officer,
    ),
    ("assignment", "/receptions", {"leader": NAME, "place": PLACE, "received_on": DAY}, "leader", Role.bureau_officer),
    (
        "assignment", "/receptions", {"leader": "leader-1", "place": NAME, "received_on": DAY}, "place",
        Role.bureau_officer,
    ),
)  # fmt: skip


def of_registers(names: tuple[str, ...], values: tuple[str, ...]) -> Iterator[Sent]:
    """Yield the entries of registers, one of these fields of each with each of these values in it."""
    for service, path, body, role in ENTRIES:
        for name in (name for name in names if name in body and "_id}" not in path):
            yield from ((service, path, body | {name: value}, name, role) for value in values)


def ids(sent: list[Sent]) -> list[str]:
    return [f"{service}{path} {name} {body[name] if isinstance(body[name], str) else ''}"
            for service, path, body, name, _ in sent]  # fmt: skip


UNKNOWN: Final = [*IN_CASES, *of_registers(OF_DIRECTORY, (NAME,))]
TOO_LONG: Final = [*of_registers(OF_REGISTER, NUMBERS)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def known(county: System) -> dict[str, str]:
    case = await accepted(county)
    paper = await document(county, case)
    return {"case": case, "visit": case, "paper": paper, "visit_paper": paper}


async def send(county: System, known: dict[str, str], sent: Sent) -> Any:
    service, path, told, _, role = sent
    body = {name: value.format(**known) if isinstance(value, str) else value for name, value in told.items()}
    unit = BUREAU if role in {Role.bureau_officer, Role.intake_clerk} else UNIT
    return await county.send(service, path.format(**known), body, role=role, unit=unit)


@pytest.mark.parametrize("sent", UNKNOWN, ids=ids(UNKNOWN))
async def test_what_the_directory_has_not_stands_in_no_event(county: System, known: dict[str, str], sent: Sent):
    refused(await send(county, known, sent), 404, NotFound)


@pytest.mark.parametrize("sent", TOO_LONG, ids=ids(TOO_LONG))
async def test_number_of_a_register_is_none_of_a_person(county: System, known: dict[str, str], sent: Sent):
    refused(await send(county, known, sent), 422, Invalid)


@pytest.mark.parametrize("field", ["parent", "sector_superior"])
async def test_unit_stands_under_none_that_is_not_there(county: System, field: str):
    body = {"name": "县教育局", "level": "county", "competent": True, field: NAME}
    reply = await county.send("assignment", "/units/NEW", body, role=Role.platform_admin, method="PUT")
    refused(reply, 404, NotFound)


@pytest.mark.parametrize(
    ("path", "role"),
    [
        (f"/units/{UNIT}/officers/{NAME}", Role.platform_admin),
        (f"/leaders/{NAME}/townships/T-1", Role.conference_secretary),
    ],
)
async def test_nobody_is_relieved_who_has_nothing(county: System, path: str, role: Role):
    """What takes two persons stands in an event before another one looks at it, and a reply says what was done."""
    refused(await county.send("assignment", path, role=role, method="DELETE"), 404, NotFound)
    async with county.sql() as db:
        said = [unpacked(row) for row in await db.fetch("SELECT packed FROM assignment.event")]
        replies = [row["result"] for row in await db.fetch("SELECT result FROM assignment.command")]
    assert said
    assert not any(NAME in str(one) for one in (*said, *replies))


async def test_chair_and_mediators_of_a_village_are_named_by_a_number_where_they_hold_no_post(county: System):
    """人民调解法 第八条、第十三条: whoever is elected there need be no officer."""
    elected = {"member_count": 5, "chair": "TJ-7", "has_woman": True, "elected_on": "2025-08-25"}
    body = elected | {"unit": COMMITTEE, "setting": "village", "document": "8f4c1f0a-64a5-4d3c-a6a5-0d7a9a3f3a01"}
    made = ok(await county.send("mediation", "/committees", body, role=Role.unit_head, unit=COMMITTEE), 201)
    path = f"/committees/{made['committee_id']}/mediators"
    for mediator, status in (("TJ-8", 201), ("mediator-1", 201), (NAME, 404)):
        body = {"mediator": mediator, "certificate_no": "TJ-8"}
        reply = await county.send("mediation", path, body, role=Role.unit_head, unit=COMMITTEE)
        assert reply.status_code == status, reply.text


async def test_petitioner_who_asks_that_nobody_known_keep_out_is_told_so(county: System):
    """第二十八条第三款: they are told who has the case; in whom the directory has not, nobody can be replaced."""
    code = (await county.register())["query_code"]
    body = {"officer": NAME, "words": "系亲属"}
    refused(await county.by_code(code, "/recusal", body), 404, NotFound)
