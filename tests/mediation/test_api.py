"""Mediation over HTTP: told, heard, decided, served, done, closed – and what is refused on the way."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import Forbidden, Invalid, NotFound, Stale
from services.mediation.domain.acceptance import AlreadyNotified
from services.mediation.domain.ending import NotExecuted, NotServed, ReviewStillOpen
from services.mediation.domain.guards import (
    AlreadyClosed,
    AlreadyDecided,
    ImpossibleDate,
    NotNotified,
    NotTheHandlingUnit,
)
from services.mediation.domain.opinion import AlreadyServed, NotDecided, NotHeard, NothingToExecute
from tests.harness import GOVERNMENT, Servers, System
from tests.rules import refused
from tests.steps import (
    CLOSED_AT,
    HEARD_AT,
    NOTIFIED_AT,
    SERVED_AT,
    accepted,
    act,
    classified,
    clocks,
    closed,
    decided,
    document,
    due,
    heard,
    issue,
    ok,
    open_county,
    opinion,
    registered,
    served,
    with_unit,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-4000-8000-00000000dead"
NOTICE = {"method": "post", "receipt": "EMS-1", "case_officer": "co-1"}
SERVICE = {"method": "in_person", "receipt": "R-1"}
LAST_DAY = "2025-10-09T23:59:00+08:00"
"""Day 30 after service is National Day, so review is open until the holiday is over."""
BODIES: dict[str, Any] = {
    "acceptance-notice": NOTICE,
    "records": {"kind": "site_visit", "document": NOBODY},
    "opinion": opinion(NOBODY),
    "opinion/service": SERVICE,
    "execution": {"document": NOBODY},
    "closure": {},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def seen(county: System, case: str) -> dict[str, Any]:
    return ok(await county.client.get(f"{county.url('mediation')}/cases/{case}"))


async def tried(county: System, case: str, what: str, **more: Any) -> httpx2.Response:
    """Do one of all things as who may do it, unless somebody else is named."""
    return await (issue if what == "opinion" else partial(act, what=what))(county, case, body=BODIES[what], **more)


class TestWhoMayAct:
    @pytest.mark.parametrize("what", BODIES)
    async def test_other_unit_may_do_nothing(self, county: System, what: str):
        """第二十二条, 第二十三条."""
        case = await with_unit(county)
        refused(await tried(county, case, what, unit="JYJ"), 404, NotFound)

    @pytest.mark.parametrize("what", ["acceptance-notice", "opinion", "closure"])
    async def test_unit_that_stands_above_does_it_in_nobodys_place(self, county: System, what: str):
        """第二十二条, 第二十三条."""
        case, above = await with_unit(county), {"unit": GOVERNMENT, "role": Role.unit_head}
        problem = refused(await tried(county, case, what, **above), 403, NotTheHandlingUnit)
        assert problem["article"] == "信访工作条例 第二十二条、第二十三条"

    @pytest.mark.parametrize("what", BODIES)
    async def test_who_is_not_of_the_unit_may_do_nothing(self, county: System, what: str):
        for role in (Role.petitioner, Role.bureau_officer, Role.auditor):
            refused(await tried(county, NOBODY, what, role=role), 403, Forbidden)

    @pytest.mark.parametrize("what", BODIES)
    async def test_case_that_no_unit_has_is_not_here(self, county: System, what: str):
        refused(await tried(county, NOBODY, what), 404, NotFound)
        if what == "records":
            refused(await tried(county, await registered(county), what), 404, NotFound)
            refused(await tried(county, await classified(county), what), 404, NotFound)

    async def test_nothing_more_happens_in_a_closed_case(self, county: System):
        """第三十四条."""
        case = await closed(county)
        for what in BODIES.keys() - {"opinion/service"}:  # what came back by post is served again (第三十五条)
            refused(await tried(county, case, what), 409, AlreadyClosed)

    async def test_nobody_acts_in_a_case_that_was_given_back(self, county: System):
        """第二十三条第三款."""
        case = await with_unit(county)
        body = {"ground": "other_territory", "reasons": await document(county, case, "objection")}
        more: dict[str, Any] = {"role": Role.unit_head, "unit": "RSJ", "at": NOTIFIED_AT}
        ok(await county.send("assignment", f"/cases/{case}/objection", body, **more))
        decision = f"/cases/{case}/objection/decision"
        ok(await county.send("assignment", decision, {"upheld": True}, role=Role.bureau_officer))
        await county.caught_up()

        async def given_back() -> bool:
            return (await seen(county, case))["state"] == "returned"

        from tests.harness import until

        await until(given_back, "mediation has learnt that the case was given back")
        for what in BODIES:
            refused(await tried(county, case, what), 404, NotFound)


class TestNotifyAcceptance:
    async def test_petitioner_is_told_at_once_after_the_case_was_forwarded(self, county: System):
        """第二十三条."""
        case = await with_unit(county)
        reply = await act(county, case, "acceptance-notice", NOTICE, role=Role.unit_receiver, version=1, at=NOTIFIED_AT)
        receipt = ok(reply)
        assert receipt["notice_no"].startswith("单位RSJ信受〔2025〕")
        assert (receipt["state"], receipt["version"], reply.headers["etag"]) == ("accepted", 2, '"2"')
        row = await seen(county, case)
        assert (row["case_officer"], row["accepted_at"][:16]) == ("co-1", "2025-08-27T01:00")

    async def test_second_notice_is_refused(self, county: System):
        """第二十三条."""
        refused(await act(county, await accepted(county), "acceptance-notice", NOTICE), 409, AlreadyNotified)

    @pytest.mark.parametrize("served_at", ["2025-08-24T23:59:00+08:00", "2025-08-28T00:00:00+08:00"])
    async def test_notice_before_receipt_or_of_tomorrow_is_impossible(self, county: System, served_at: str):
        body = NOTICE | {"served_at": served_at}
        reply = await act(county, await with_unit(county), "acceptance-notice", body, at=NOTIFIED_AT)
        refused(reply, 422, ImpossibleDate)

    async def test_officer_who_saw_an_older_case_is_refused(self, county: System):
        refused(await act(county, await accepted(county), "records", BODIES["records"], version=1), 412, Stale)

    @pytest.mark.parametrize(
        "wrong",
        [{"method": "pigeon"}, {"receipt": ""}, {"receipt": "收条\x1b"}, {"case_officer": "王秀兰"}, {"served_at": 1}, {"x": 1},
         {"served_at": "9999-12-31T23:59:59-14:00"}],
        ids=str,
    )  # fmt: skip
    async def test_what_makes_no_sense_is_invalid(self, county: System, wrong: dict[str, Any]):
        refused(await act(county, NOBODY, "acceptance-notice", NOTICE | wrong), 422, Invalid)


class TestPutOnRecord:
    @pytest.mark.parametrize("kind", ["statement_heard", "facts_verified", "site_visit"])
    async def test_what_was_heard_or_verified_is_on_file(self, county: System, kind: str):
        """第三十一条第六项."""
        case = await accepted(county)
        body = {"kind": kind, "document": await document(county, case)}
        assert ok(await act(county, case, "records", body, at=HEARD_AT))["version"] == 3

    async def test_nothing_is_handled_before_the_petitioner_was_told(self, county: System):
        """第二十三条, 第四十四条第三项."""
        refused(await act(county, await with_unit(county), "records", BODIES["records"]), 409, NotNotified)

    async def test_receiver_hears_nobody(self, county: System):
        reply = await act(county, NOBODY, "records", BODIES["records"], role=Role.unit_receiver)
        refused(reply, 403, Forbidden)


class TestIssueOpinion:
    async def test_unit_decides_after_hearing_and_verifying(self, county: System):
        """第三十二条."""
        case = await heard(county)
        receipt = ok(await issue(county, case, opinion(await document(county, case, "opinion")), at=HEARD_AT))
        assert receipt["opinion_no"].startswith("单位RSJ信意〔2025〕")
        assert receipt["state"] == "opinion_issued"

    async def test_opinion_before_hearing_is_refused(self, county: System):
        """第三十一条第六项."""
        problem = refused(await issue(county, await accepted(county), BODIES["opinion"]), 409, NotHeard)
        assert problem["detail"] == "缺少：听取陈述、调查核实"

    async def test_opinion_before_notice_is_refused(self, county: System):
        """第二十三条."""
        refused(await issue(county, await with_unit(county), BODIES["opinion"]), 409, NotNotified)

    async def test_second_opinion_is_refused(self, county: System):
        """第三十五条."""
        refused(await issue(county, await decided(county), BODIES["opinion"]), 409, AlreadyDecided)

    @pytest.mark.parametrize(
        "wrong",
        [{"result": "maybe"}, {"legal_basis": []}, {"legal_basis": ["法"]}, {"legal_basis": ["某法 第一条"] * 21},
         {"legal_basis": ["某法\x00第一条"]}, {"document": "见附件"}, {"approved_by": ""}],
        ids=str,
    )  # fmt: skip
    async def test_opinion_without_basis_or_document_is_invalid(self, county: System, wrong: dict[str, Any]):
        """第三十二条: it states its legal basis."""
        refused(await issue(county, NOBODY, opinion(NOBODY) | wrong), 422, Invalid)


class TestServeOpinion:
    async def test_petitioner_has_it_and_review_is_open_for_thirty_days(self, county: System):
        """第三十五条."""
        case = await decided(county)
        assert ok(await act(county, case, "opinion/service", SERVICE, at=SERVED_AT))["state"] == "opinion_served"
        assert await due(county, case, "C8") == "2025-10-09"

    async def test_there_must_be_an_opinion(self, county: System):
        """第三十二条."""
        refused(await act(county, await heard(county), "opinion/service", SERVICE), 409, NotDecided)

    async def test_second_service_of_the_day_is_refused_and_a_later_one_counts(self, county: System):
        """第三十五条."""
        case = await served(county)
        refused(await act(county, case, "opinion/service", SERVICE, at=SERVED_AT), 409, AlreadyServed)
        ok(await act(county, case, "opinion/service", SERVICE, at="2025-09-15T09:00:00+08:00"))
        ran = {clock["due_on"]: clock["state"] for clock in await clocks(county, case) if clock["code"] == "C8"}
        assert ran == {"2025-10-09": "stopped", "2025-10-15": "running"}


class TestProveExecution:
    async def test_what_was_granted_is_done(self, county: System):
        """第三十二条第二款."""
        case = await served(county)
        body = {"executed_on": "2025-09-01", "document": await document(county, case, "execution_proof")}
        ok(await act(county, case, "execution", body, at=SERVED_AT))
        assert (await seen(county, case))["executed"] is True

    async def test_only_what_was_granted_can_be_executed(self, county: System):
        """第三十二条第二款."""
        for case in (await heard(county), await served(county, "explain")):
            refused(await act(county, case, "execution", BODIES["execution"]), 409, NothingToExecute)

    async def test_execution_of_tomorrow_is_impossible(self, county: System):
        body = {"executed_on": "2025-09-02", "document": NOBODY}
        refused(await act(county, await served(county), "execution", body, at=SERVED_AT), 422, ImpossibleDate)


class TestClose:
    async def test_answered_case_is_closed_after_the_thirty_days(self, county: System):
        """第三十四条, 第三十五条."""
        case = await served(county, "not_support")
        assert ok(await act(county, case, "closure", {}, at=CLOSED_AT))["state"] == "closed"

    async def test_case_stays_open_while_review_may_be_asked_for(self, county: System):
        """第三十五条: also on the last day, which the holiday has put off."""
        problem = refused(
            await act(county, await served(county, "explain"), "closure", {}, at=LAST_DAY), 409, ReviewStillOpen
        )
        assert problem["detail"] == "可申请复查至 2025-10-09"

    async def test_granted_claim_is_closed_when_it_is_done(self, county: System):
        """第三十二条第二款."""
        case = await served(county)
        refused(await act(county, case, "closure", {}, at=CLOSED_AT), 409, NotExecuted)
        ok(
            await act(
                county, case, "execution", {"document": await document(county, case, "execution_proof")}, at=CLOSED_AT
            )
        )
        ok(await act(county, case, "closure", {}, at=CLOSED_AT))

    async def test_opinion_that_nobody_has_closes_nothing(self, county: System):
        """第三十二条, 第三十五条."""
        refused(await act(county, await decided(county), "closure", {}, at=CLOSED_AT), 409, NotServed)

    async def test_closing_says_nothing_more(self, county: System):
        refused(await act(county, NOBODY, "closure", {"because": "done"}), 422, Invalid)
        refused(await act(county, NOBODY, "closure", []), 422, Invalid)


class TestQuestions:
    async def test_case_is_shown_with_its_version(self, county: System):
        case = await accepted(county)
        reply = await county.client.get(f"{county.url('mediation')}/cases/{case}")
        assert (ok(reply)["state"], reply.headers["etag"]) == ("accepted", '"2"')
        refused(await county.client.get(f"{county.url('mediation')}/cases/{NOBODY}"), 404, NotFound)

    async def test_cases_are_listed_by_state(self, county: System):
        case = await accepted(county)
        url = f"{county.url('mediation')}/cases"
        items = ok(await county.client.get(url, params={"state": "accepted", "limit": 200}))["items"]
        assert case in {item["id"] for item in items}
        refused(await county.client.get(url, params={"state": "x y"}), 422, Invalid)
