"""第三十二条, over real services: who lists the claims of a case, and that none of them is passed over in silence."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import Invalid, NotFound
from services.intake.domain.claims import ClaimInLetter, ClaimsAnsweredAlready, NothingOverstated
from services.intake.domain.track import NotAtTheDoor
from services.mediation.domain.opinion import ClaimUnanswered
from tests import steps
from tests.harness import BUREAU, CITY, GOVERNMENT, HEAD, UNIT, Servers, System, petition
from tests.rules import refused
from tests.steps import HEARD_AT, SERVED_AT, act, document, issue, ok, opinion

ANOTHER = "JYJ"
THREE = {"claim": "支付工资", "further_claims": ["支付赔偿金", "补缴社保"], "facts": "拖欠三个月"}
SOMEBODY = {"name": "李四", "phone": "13911112222", "address": "某县某镇某村"}
POST = {"method": "post", "receipt": "EMS-5"}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with steps.open_county(servers) as made:
        await made.enter({"code": ANOTHER, "kind": "department", "parent": GOVERNMENT})
        yield made


async def lists(county: System, case: str, count: int, unit: str, role: Role) -> Any:
    body = {"count": count, "document": await document(county, case)}
    return await county.send("intake", f"/cases/{case}/claims", body, unit=unit, role=role, at=HEARD_AT)


async def test_claims_are_listed_by_who_has_to_do_with_the_case(county: System):
    """第二十二条: what is listed is never dropped, so a stranger could keep the unit from answering at all."""
    case = await steps.accepted(county)
    for role in (Role.case_officer, Role.unit_head, Role.unit_receiver):
        refused(await lists(county, case, 50, ANOTHER, role), 404, NotFound)
    ok(await lists(county, case, 2, UNIT, Role.case_officer))
    ok(await lists(county, case, 3, BUREAU, Role.bureau_officer))
    refused(await lists(county, case, 4, GOVERNMENT, Role.unit_head), 403, NotAtTheDoor)


async def test_opinion_that_was_issued_before_further_claims_came_in_is_taken_back(county: System):
    """It is served on nobody as long as it is silent about what somebody has asked for."""
    case = await steps.decided(county)
    body = petition(petitioner=SOMEBODY, content=THREE)
    came = ok(await county.send("intake", f"/cases/{case}/petitions", body, role=Role.intake_clerk, at=HEARD_AT), 201)
    await county.caught_up()
    services = ("opinion/service", f"petitioners/{came['petition_id']}/opinion")
    for path in services:
        refused(await act(county, case, path, POST, at=SERVED_AT), 409, ClaimUnanswered)
    why = {"document": await document(county, case)}
    ok(await act(county, case, "opinion/taking-back", why, role=Role.unit_head, actor=HEAD, at=SERVED_AT))
    whole = opinion(await document(county, case, "opinion")) | {"further_results": ["explain", "not_support"]}
    ok(await issue(county, case, whole, at=SERVED_AT))
    for path in services:
        ok(await act(county, case, path, POST, at=SERVED_AT))


async def test_case_of_more_claims_goes_into_none_that_is_answered(county: System):
    """第二十二条、第三十二条: its petitioner would get an answer to one claim of three."""
    answered = await steps.served(county)
    came = await county.register(at=steps.REGISTERED_AT, petitioner=SOMEBODY, content=THREE)
    into, by = {"into": answered}, {"role": Role.bureau_officer, "at": SERVED_AT}
    path = f"/cases/{came['case_id']}/merger"
    refused(await county.send("intake", path, into, **by), 409, ClaimsAnsweredAlready)
    open_still = await steps.accepted(county)
    ok(await county.send("intake", path, {"into": open_still}, **by))
    of_one = await county.register(at=steps.REGISTERED_AT, petitioner=SOMEBODY)
    ok(await county.send("intake", f"/cases/{of_one['case_id']}/merger", into, **by))


async def test_petitioner_is_told_once_how_many_claims_there_are(county: System):
    """第二十一条第二款: the page says what has happened to them, and not what one service tells another."""
    came = await county.register(at=steps.REGISTERED_AT, petitioner=SOMEBODY, content=THREE)
    ok(await county.classify(came["case_id"], at=steps.REGISTERED_AT))
    into = {"into": await steps.accepted(county)}
    path = f"/cases/{came['case_id']}/merger"
    ok(await county.send("intake", path, into, role=Role.bureau_officer, at=HEARD_AT))
    await county.caught_up()
    steps_told = ok(await county.by_code(came["query_code"]))["steps"]
    assert [step["details"]["count"] for step in steps_told if step["title"] == "诉求分项登记"] == [3]


async def test_further_claims_are_answered_where_a_review_has_revoked_the_answer(county: System):
    """第三十五条: what is handled anew is open to them as it was before it was answered."""
    case = await steps.served(county, "not_support")
    by: dict[str, Any] = {"unit": GOVERNMENT, "role": Role.reviewer, "actor": "rev", "at": "2025-09-11T10:00:00+08:00"}
    asked = {"received_at": by["at"], "document": await document(county, case)}
    ok(await act(county, case, "review", asked, **by))
    paper = await document(county, case, "review_opinion", unit=GOVERNMENT)
    revoked = POST | {"result": "revoke", "document": paper, "recheck_body": CITY}
    ok(await act(county, case, "review/opinion", revoked, **by))
    await county.caught_up()
    body = petition(petitioner=SOMEBODY, content=THREE)
    ok(await county.send("intake", f"/cases/{case}/petitions", body, role=Role.intake_clerk, at=by["at"]), 201)
    await county.caught_up()
    more = {"kind": "facts_verified", "document": await document(county, case)}
    ok(await act(county, case, "records", more, at=by["at"]))
    again = opinion(await document(county, case, "opinion"))
    refused(await issue(county, case, again, at=by["at"]), 409, ClaimUnanswered)
    ok(await issue(county, case, again | {"further_results": ["explain", "explain"]}, at=by["at"]))


async def corrects(county: System, case: str, count: int, unit: str = BUREAU) -> Any:
    texts = {name: await document(county, case) for name in ("document", "confirmation")}
    path, body = f"/cases/{case}/claims/correction", {"count": count} | texts
    return await county.send("intake", path, body, unit=unit, role=Role.unit_receiver, at=HEARD_AT)


async def test_claim_that_was_never_there_is_owed_no_answer(county: System):
    """第二十八条第一款: a slip is put right by who has to do with the case, and what any of the letters says stays."""
    came = await county.register(
        at=steps.REGISTERED_AT, petitioner=SOMEBODY, content=THREE | {"further_claims": ["补缴"]}
    )
    case = came["case_id"]
    ok(await county.classify(case, at=steps.REGISTERED_AT))
    ok(await county.forward(case, at=steps.HANDED_AT))
    ok(await county.notify(case, at=steps.NOTIFIED_AT))
    ok(await lists(county, case, 50, UNIT, Role.case_officer))
    refused(await corrects(county, case, 2, ANOTHER), 404, NotFound)
    refused(await corrects(county, case, 1), 409, ClaimInLetter)
    refused(await corrects(county, case, 50), 422, Invalid)
    ok(await corrects(county, case, 2))
    refused(await corrects(county, case, 2), 409, NothingOverstated)
    for kind in ("statement_heard", "facts_verified"):
        record = {"kind": kind, "document": await document(county, case)}
        ok(await act(county, case, "records", record, at=HEARD_AT))
    whole = opinion(await document(county, case, "opinion"), "explain") | {"further_results": ["explain"]}
    ok(await issue(county, case, whole, at=SERVED_AT))
    refused(await corrects(county, case, 1), 409, ClaimsAnsweredAlready)
    await county.caught_up()
    told = ok(await county.by_code(came["query_code"]))
    assert [step["details"]["count"] for step in told["steps"] if "count" in step["details"]] == [2, 50, 2]


async def test_what_a_letter_says_that_has_joined_since_stays(county: System):
    """第二十二条: it asks for three things, which were no more than were listed by then."""
    case = await steps.accepted(county)
    ok(await lists(county, case, 5, UNIT, Role.case_officer))
    letter = petition(petitioner=SOMEBODY, content=THREE)
    ok(await county.send("intake", f"/cases/{case}/petitions", letter, role=Role.intake_clerk, at=HEARD_AT), 201)
    refused(await corrects(county, case, 2), 409, ClaimInLetter)
    ok(await corrects(county, case, 3))
