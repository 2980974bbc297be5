"""Over HTTP: external numbers, help, talks, counts at the door, records of acts, plans for days with many visitors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts.event import typed_before
from contracts.vocabulary import ExternalSystem, Role
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.chassis.texts import NoSuchText, WrongKindOfText
from services.intake.domain.conduct import NoPolice, NotDissuaded
from services.intake.domain.external import ExternalReference, LinkedElsewhere
from services.intake.domain.gate import CountedAlready, CountsItself
from services.intake.domain.outreach import HelpGiven, PointEnded
from services.intake.domain.visits import NobodyCame
from tests.harness import UNIT, Servers, System, petition
from tests.rules import refused
from tests.steps import document, ok, open_county, typed, with_unit

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = "2025-09-01T10:00:00+08:00"
PERIOD = {"since": "2025-09-01", "until": "2025-09-30"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": "T-1", "level": "township"}, {"code": "GAJ", "powers": ["public_security"]})
        yield made


async def do(county: System, path: str, body: Any, role: Role = Role.bureau_officer, at: str = NOW, **more: Any):
    return await county.send("intake", path, body, role=role, at=at, **more)


async def ask(county: System, path: str, **params: Any) -> Any:
    return ok(await county.client.get(county.url("intake") + path, params=params))


async def test_external_number_leads_to_its_case(county: System):
    """第二十一条第一款: typed in whatever way, entered in no system twice."""
    case, other = [(await county.register(at=NOW))["case_id"] for _ in range(2)]
    body = {"system": "national", "external_no": "GX-2025-001"}
    first = ok(await do(county, f"/cases/{case}/references", body), 201)
    again = ok(await do(county, f"/cases/{case}/references", body | {"external_no": "ｇｘ－2025－001 "}), 201)
    assert again["external_reference_id"] == first["external_reference_id"]
    guessed = ExternalReference.stream_before(ExternalSystem.national, "GX-2025-001")
    assert first["external_reference_id"] != str(guessed), "whoever has a dump tries out numbers"
    refused(await do(county, f"/cases/{other}/references", body), 409, LinkedElsewhere)
    [row] = (await ask(county, "/references", system="national", external_no="gx-2025-001"))["items"]
    assert row["case_id"] == case
    assert (await ask(county, "/references", external_no="GX-2025-001"))["items"] == [row]
    assert (await ask(county, "/references", system="province", external_no="GX-2025-001"))["items"] == []
    assert (await ask(county, f"/cases/{case}/references"))["items"] == [row]
    assert await typed(county, case, row["external_no"]) == "GX-2025-001"
    refused(await do(county, f"/cases/{uuid4()}/references", body), 404, NotFound)


async def test_external_number_that_stood_in_an_event_is_still_one_case(county: System):
    """What was linked by the words themselves is found by them, and linked to no other case."""
    case, other = [(await county.register(at=NOW))["case_id"] for _ in range(2)]
    system, number = ExternalSystem.city, "GX-2024-001"
    before = ExternalReference.stream_before(system, number)

    def link(r: ExternalReference) -> None:
        r.link(UUID(case), system, typed_before(number), at=datetime.now(UTC))

    await county.running["intake"].store.change(ExternalReference, before, link, by=county.by(), may_open=True)
    body = {"system": "city", "external_no": number}
    refused(await do(county, f"/cases/{other}/references", body), 409, LinkedElsewhere)
    [row] = (await ask(county, "/references", external_no=number))["items"]
    assert (row["id"], row["case_id"]) == (str(before), case)


async def test_what_the_public_was_told_can_be_read(county: System):
    """第十八条第一款."""
    body = {"kind": "rights", "medium": "website", "text": "信访人可以查询办理进展。\r\n不收费用。"}
    notices = [ok(await do(county, "/notices", body), 201)["notice_id"] for _ in range(2)]
    for notice in notices:
        shown = await ask(county, f"/notices/{notice}")
        assert (shown["text"], len(shown["text_sha256"])) == ("信访人可以查询办理进展。\n不收费用。", 64)
    refused(await county.client.get(f"{county.url('intake')}/notices/{uuid4()}"), 404, NotFound)
    refused(await do(county, "/notices", body | {"text": "请找某某，电话13900000003"}), 422, Invalid)


async def test_help_is_planned_and_given(county: System):
    """第三十七条第二款、第三款."""
    case = await with_unit(county)
    place = {"officer": "co-1", "place": "P-1"}
    plan_text, proof = await document(county, case), await document(county, case, "execution_proof")
    point = ok(await do(county, "/contact-points", place, unit=UNIT), 201)["contact_point_id"]
    body = {"officer": "co-1", "due_on": "2025-10-20", "document": plan_text, "contact_point": point}
    plans, key = f"/cases/{case}/help-plans", uuid4()
    filed = ok(await do(county, plans, body, Role.case_officer, unit=UNIT, key=key), 201)
    plan = filed["help_plan_id"]
    [row] = (await ask(county, "/help-plans", case_id=case, state="to_do"))["items"]
    assert (row["id"], row["due_on"], row["contact_point"]) == (plan, "2025-10-20", point)
    done = f"/help-plans/{plan}/completion"
    refused(await do(county, done, {"proof": plan_text}, Role.case_officer, unit=UNIT), 422, WrongKindOfText)
    ok(await do(county, done, {"proof": proof}, Role.case_officer, unit=UNIT))
    refused(await do(county, done, {"proof": proof}, unit=UNIT), 409, HelpGiven)
    ok(await do(county, f"/contact-points/{point}/end", {}, unit=UNIT))
    assert ok(await do(county, plans, body, Role.case_officer, unit=UNIT, key=key), 201) == filed  # once more
    refused(await do(county, plans, body, Role.case_officer, unit=UNIT), 409, PointEnded)
    refused(await do(county, f"/cases/{case}/help-plans", body | {"contact_point": str(uuid4())}), 404, NotFound)


async def test_talks_are_counted_by_group(county: System):
    """第十八条第二款."""
    body = {"place": "P-1", "people": "veterans", "invited_count": 4, "attended_count": 2, "declined_count": 1}
    for _ in range(2):
        ok(await do(county, "/dialogues", body), 201)
    figures = (await ask(county, "/statistics/dialogues", **PERIOD))["items"]
    assert {"people": "veterans", "dialogues": 2, "invited": 8, "attended": 4, "declined": 2} in figures
    case = (await county.register(at=NOW))["case_id"]
    before = await ask(county, f"/cases/{case}")
    ok(await do(county, f"/cases/{case}/contacts", {"outcome": "declined"}, Role.case_officer), 201)
    assert await ask(county, f"/cases/{case}") == before
    assert [r["outcome"] for r in (await ask(county, f"/cases/{case}/contacts"))["items"]] == ["declined"]


async def test_skip_level_visits_are_counted_by_cause(county: System):
    """第二十条: batches and persons."""
    case = (await county.register(at=NOW))["case_id"]
    for persons in (3, 5):
        body = {"level": "province", "cause": "no_answer_below", "person_count": persons}
        ok(await do(county, f"/cases/{case}/skip-level-visits", body), 201)
    items = (await ask(county, "/statistics/skip-level-visits", **PERIOD))["items"]
    assert {"level": "province", "cause": "no_answer_below", "batches": 2, "persons": 8} in items
    refused(await do(county, f"/cases/{case}/skip-level-visits", body | {"cause": "stubborn"}), 422, Invalid)


async def test_visit_past_the_levels_below_is_one_of_somebody_who_came(county: System):
    """第二十条第一款: not who wrote, until they come with the same matter, in this case or one that has gone into it."""
    body = {"level": "city", "cause": "distrust", "person_count": 3}
    case, other, third = [
        (await county.register(at=NOW, channel=channel))["case_id"] for channel in ("letter", "call", "letter")
    ]
    for one in (case, other, third):
        refused(await do(county, f"/cases/{one}/skip-level-visits", body), 409, NobodyCame)
    ok(await do(county, f"/cases/{case}/petitions", petition(), Role.intake_clerk), 201)
    ok(await do(county, f"/cases/{case}/skip-level-visits", body), 201)
    ok(await do(county, f"/cases/{case}/merger", {"into": other}))
    ok(await do(county, f"/cases/{other}/skip-level-visits", body), 201)
    refused(await do(county, f"/cases/{third}/skip-level-visits", body), 409, NobodyCame)


async def test_what_came_and_is_not_on_file_shows(county: System):
    """第二十二条、第四十三条: a visit that was registered counts, also one that was registered late or is a repeat."""
    visit = {"channel": "visit", "category": "housing", "place": "P-1", "received_at": "2025-08-20T09:00:00+08:00"}
    visit |= {"content": {"claim": "诉求", "facts": "事实"}}
    at_town: dict[str, Any] = {"role": Role.intake_clerk, "unit": "T-1"}
    first = ok(await do(county, "/petitions", visit, **at_town), 201)["case_id"]
    ok(await do(county, f"/cases/{first}/petitions", visit, **at_town), 201)
    count = {"unit": "T-1", "day": "2025-08-20", "visits": 3, "letters": 0, "calls": 0}
    refused(await do(county, "/door-counts", count, Role.unit_head, unit="T-1"), 403, CountsItself)
    key = ok(await do(county, "/door-counts", count), 201)["door_count_id"]
    refused(await do(county, "/door-counts", count), 409, CountedAlready)
    [row] = (await ask(county, "/door-counts", unit="T-1", day="2025-08-20"))["items"]
    assert (row["counted"], row["missing"], row["ever_missing"]) == (3, ["visit"], ["visit"])
    ok(await do(county, "/petitions", visit, **at_town), 201)
    ok(await do(county, f"/door-counts/{key}/audit", {}))
    [row] = (await ask(county, "/door-counts", unit="T-1", day="2025-08-20"))["items"]
    assert (row["missing"], row["ever_missing"]) == ([], ["visit"])


async def test_act_is_shown_in_its_case_alone_while_its_record_lasts(county: System):
    """第四十七条: no list across cases, nothing in a new matter of the same person, nothing after half a year."""
    case, later = [(await county.register(at=NOW))["case_id"] for _ in range(2)]
    paper = await document(county, case)
    body = {"conduct": "violence", "happened_on": "2025-09-01", "evidence": paper}
    refused(await do(county, f"/cases/{later}/conduct-incidents", body), 422, NoSuchText)
    old = ok(await do(county, f"/cases/{case}/conduct-incidents", body), 201)["conduct_incident_id"]
    refused(await do(county, f"/conduct-incidents/{old}/police-referral", {"organ": "GAJ"}), 409, NotDissuaded)
    assert (await ask(county, f"/cases/{case}/conduct-incidents"))["items"] == []  # 2025 is long ago
    fresh = body | {"happened_on": "2099-03-02", "dissuasion": paper}
    key = ok(await do(county, f"/cases/{case}/conduct-incidents", fresh, at="2099-03-02T10:00:00+08:00"), 201)
    path = f"/conduct-incidents/{key['conduct_incident_id']}"
    ok(await do(county, f"{path}/reply", {"document": paper}, Role.petitioner, at="2099-03-03T10:00:00+08:00"))
    at = "2099-03-04T10:00:00+08:00"
    refused(await do(county, f"{path}/police-referral", {"organ": UNIT}, at=at), 422, NoPolice)
    refused(await do(county, f"{path}/police-referral", {"organ": "GAJ"}, Role.case_officer, at=at), 403, Forbidden)
    ok(await do(county, f"{path}/police-referral", {"organ": "GAJ"}, at=at))
    [row] = (await ask(county, f"/cases/{case}/conduct-incidents"))["items"]
    assert (row["state"], row["conduct"], row["reply"], row["organ"]) == ("referred", "violence", paper, "GAJ")
    assert (await ask(county, f"/cases/{later}/conduct-incidents"))["items"] == []
    assert (await county.client.get(county.url("intake") + "/conduct-incidents")).status_code == 404


async def test_days_with_many_visitors_are_planned_for(county: System):
    """第十八条第三款."""
    body = {
        "occasion": "farming", "first_on": "2025-09-10", "last_on": "2025-09-20", "expected_visits": 30, "desks": 4,
    }  # fmt: skip
    plan = ok(await do(county, "/load-plans", body, Role.intake_clerk), 201)["load_plan_id"]
    assert plan in {row["id"] for row in (await ask(county, "/load-plans", occasion="farming"))["items"]}
    refused(await do(county, "/load-plans", body | {"persons": ["张三"]}), 422, Invalid)


async def test_six_groups_have_their_shares_and_few_are_not_told(county: System):
    """第四十一条第一项."""
    at = "2025-07-01T09:00:00+08:00"
    for category, number in (("housing", 4), ("demolition", 2), ("veterans", 1)):
        for _ in range(number):
            await county.register(at=at, category=category)
    shares = await ask(county, "/statistics/categories", since="2025-07-01", until="2025-07-01")
    told = {item["group"]: (item["cases"], item["share_percent"]) for item in shares["items"]}
    assert (shares["total"], told["land_and_housing"]) == (6, (6, 100.0))
    assert (told["veterans"], told["labour"]) == ((None, None), (0, 0.0))
    assert len(told) == 7
