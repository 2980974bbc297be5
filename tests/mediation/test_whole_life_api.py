"""Mediation over HTTP beyond the plain way: other answers, those who look again, and how it all ends."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.mediation.domain.acceptance import NoticeOwed
from services.mediation.domain.ending import CommitmentUnkept, RecheckStillOpen, RemedyPending
from services.mediation.domain.guards import AlreadyDecided, AlreadyTerminated
from services.mediation.domain.inquiry import HearingNotClosed
from services.mediation.domain.mediating import MediatorOfASide, NotBothConsented, NotJointly
from services.mediation.domain.opinion import ObjectionPending, RefusalNotSimple
from services.mediation.domain.remedy import ReviewTooLate, SamePeople
from services.mediation.domain.timing import AlreadyExtended, ExtensionTooLong
from tests.harness import CITY, COMMITTEE, GOVERNMENT, UNIT, Servers, System
from tests.rules import refused
from tests.steps import (
    CLOSED_AT,
    HANDED_AT,
    HEARD_AT,
    NOTIFIED_AT,
    REGISTERED_AT,
    SERVED_AT,
    accepted,
    document,
    due,
    heard,
    ok,
    open_county,
    opinion,
    registered,
    served,
    with_unit,
)
from tests.steps import act as plainly

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-4000-8000-00000000dead"
PAPER = {"document": NOBODY}
POST = {"method": "post", "receipt": "EMS-3"}
REVIEW_AT, REVIEWED_AT = "2025-09-10T09:00:00+08:00", "2025-09-20T09:00:00+08:00"
RECHECK_AT, RECHECKED_AT = "2025-09-25T09:00:00+08:00", "2025-10-15T09:00:00+08:00"
AGAIN_AT = "2025-10-20T09:00:00+08:00"
REVIEWER: dict[str, Any] = {"role": Role.reviewer, "unit": GOVERNMENT, "actor": "reviewer-1"}
RECHECKER: dict[str, Any] = {"role": Role.recheck_officer, "unit": CITY, "actor": "recheck-1"}
REVIEW = POST | PAPER | {"result": "uphold", "recheck_body": CITY}
RECHECK = POST | PAPER | {"result": "uphold"}
HEAD: dict[str, Any] = {"role": Role.unit_head, "actor": "head-1"}
EXTENSION = POST | {"days": 30, "reasons": NOBODY}
BODIES: dict[str, Any] = {
    "acceptance": {"case_officer": "co-1"},
    "simplified-track": {"ground": "clear_facts"},
    "simplified-track/conversion": PAPER,
    "extension": EXTENSION,
    "recusal/requests": PAPER | {"officer": "co-1"},
    "recusal/declarations": {},
    "recusal/decisions": {"officer": "co-1", "granted": True},
    "hearing": {"presider": "presider-1"},
    "hearing/report": PAPER,
    "parts": PAPER,
    "execution/order": PAPER | {"unit": "JYJ", "due_on": "2026-01-01"},
    "execution/report": PAPER,
    "execution/refusal": PAPER | {"unit": "JYJ"},
    "commitments": PAPER | {"due_on": "2026-01-01"},
    "commitments/1/fulfilment": PAPER,
    "suggestion-reply": POST | PAPER | {"result": "adopted"},
    "procedure": POST | {"competent_body": "县仲裁委"},
    "procedure/docket": {"docket_no": "A-1"},
    "procedure/refusal": PAPER,
    "mediation": {"mediator": "mediator-1", "mediator_unit": COMMITTEE},
    "mediation/consent": {"side": "petitioner"},
    "mediation/refusal": {"side": "petitioner"},
    "mediation/failure": {},
    "agreement": PAPER,
    "agreement/items": PAPER | {"item": 1},
    "agreement/performance": PAPER,
    "agreement/breach": PAPER,
    "agreement/confirmation": {"court": "county-court", "sides": ["petitioner", "other_party"]},
    "agreement/ruling": {"confirmed": True, "ruling_no": "R-1"},
    "review": PAPER,
    "review/opinion": REVIEW,
    "review/opinion/service": POST,
    "recheck": PAPER,
    "recheck/hearing": {"presider": "presider-1"},
    "recheck/hearing/report": PAPER,
    "recheck/opinion": RECHECK,
    "recheck/opinion/service": POST,
    "termination": {"ground": "rechecked"},
    "closure-report": PAPER,
    "outcomes": PAPER | {"axis": "claim_resolved", "achieved": True},
    "aid": {"kind": "social_assistance", "agency": "civil-affairs"},
    "care": PAPER | {"kind": "help"},
}
WHO: dict[str, dict[str, Any]] = {
    "extension": HEAD,
    "recusal/decisions": HEAD,
    "termination": {"role": Role.bureau_officer, "unit": "XFJ"},
    **{what: REVIEWER for what in BODIES if what.startswith("review")},
    **{what: RECHECKER for what in BODIES if what.startswith("recheck")},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(
            {"code": "JYJ"}, {"code": "county-court", "kind": "political_legal_organ"}, {"code": "civil-affairs"}
        )
        yield made


TEXTS: dict[str, str] = {
    "suggestion-reply": "suggestion_reply",
    "agreement": "mediation_agreement",
    "closure-report": "closure_report",
    "hearing/report": "hearing_report",
    "recheck/hearing/report": "hearing_report",
    "review/opinion": "review_opinion",
    "recheck/opinion": "recheck_opinion",
    "opinion": "opinion",
    "execution": "execution_proof",
    "execution/report": "execution_proof",
    "commitments/1/fulfilment": "execution_proof",
    "agreement/items": "execution_proof",
    "agreement/performance": "execution_proof",
}


async def act(county: System, case: str, what: str, body: Any, **more: Any):
    """Let somebody act; what is to stand in a text is put on file first."""
    if case != NOBODY and NOBODY in body.values():
        text = await document(county, case, TEXTS.get(what, "record"))
        body = {key: text if value == NOBODY else value for key, value in body.items()}
    return await plainly(county, case, what, body, **more)


async def issue(county: System, case: str, body: Any, **more: Any):
    """Let the head issue what an officer has drafted."""
    return await act(county, case, "opinion", body, **HEAD | more)


async def routed(county: System, kind: str, route: str) -> str:
    """A case of another kind or route, with its unit."""
    case = await registered(county)
    body = {"kind": kind, "route": route, "category": "unpaid_wages"}
    path = f"/cases/{case}/classification"
    ok(await county.send("intake", path, body, role=Role.bureau_officer, at=REGISTERED_AT))
    ok(await county.forward(case, at=HANDED_AT))
    return case


async def done(county: System, case: str, *whats: str, at: str, **more: Any) -> dict[str, Any]:
    """Do one thing after the other; return the last reply."""
    reply: dict[str, Any] = {}
    for what in whats:
        reply = ok(await act(county, case, what, BODIES[what], at=at, **(WHO.get(what, {}) | more)))
    return reply


class TestWhoMayAct:
    @pytest.mark.parametrize("what", BODIES)
    async def test_auditor_does_nothing(self, county: System, what: str):
        refused(await act(county, NOBODY, what, BODIES[what], role=Role.auditor), 403, Forbidden)

    @pytest.mark.parametrize("what", BODIES)
    async def test_case_that_no_unit_has_is_not_here(self, county: System, what: str):
        refused(await act(county, NOBODY, what, BODIES[what], **WHO.get(what, {})), 404, NotFound)

    @pytest.mark.parametrize("what", BODIES)
    async def test_what_nobody_knows_is_invalid(self, county: System, what: str):
        refused(await act(county, NOBODY, what, BODIES[what] | {"x": 1}, **WHO.get(what, {})), 422, Invalid)

    async def test_officer_who_stepped_aside_does_nothing(self, county: System):
        """第二十八条第三款."""
        case = await accepted(county)
        await done(county, case, "recusal/declarations", at=HEARD_AT, actor="co-1")
        reply = await act(county, case, "records", PAPER | {"kind": "site_visit"}, at=HEARD_AT, actor="co-1")
        refused(reply, 404, NotFound)
        body = {"officer": "co-1", "granted": True, "successor": "co-2"}
        ok(await act(county, case, "recusal/decisions", body, at=HEARD_AT, **HEAD))
        row = ok(await county.client.get(f"{county.url('mediation')}/cases/{case}"))
        assert row["case_officer"] == "co-2"

    async def test_unit_that_objects_decides_nothing(self, county: System):
        """第二十三条第三款: and decides again when its objection is rejected."""
        case = await with_unit(county)
        body = {"ground": "other_territory", "reasons": await document(county, case, "objection")}
        more: dict[str, Any] = {"role": Role.unit_head, "unit": UNIT, "at": NOTIFIED_AT}
        ok(await county.send("assignment", f"/cases/{case}/objection", body, **more))
        await county.caught_up()
        ok(await county.notify(case, at=NOTIFIED_AT))
        for kind in ("statement_heard", "facts_verified"):
            ok(await act(county, case, "records", PAPER | {"kind": kind}, at=HEARD_AT))
        refused(await issue(county, case, opinion(NOBODY), at=HEARD_AT), 409, ObjectionPending)
        decision = f"/cases/{case}/objection/decision"
        ok(await county.send("assignment", decision, {"upheld": False}, role=Role.bureau_officer))
        ok(await issue(county, case, opinion(NOBODY), at=HEARD_AT))


class TestTime:
    async def test_head_extends_once(self, county: System):
        """第三十四条."""
        case = await accepted(county)
        refused(await act(county, case, "extension", EXTENSION, at=HEARD_AT), 403, Forbidden)
        too_long = EXTENSION | {"days": 31}
        refused(await act(county, case, "extension", too_long, at=HEARD_AT, **HEAD), 422, ExtensionTooLong)
        assert "信延〔2025〕" in (await done(county, case, "extension", at=HEARD_AT))["notice_no"]
        refused(await act(county, case, "extension", EXTENSION, at=HEARD_AT, **HEAD), 409, AlreadyExtended)

    async def test_simple_case_is_refused_in_the_ordinary_way(self, county: System):
        """信访事项简易办理办法 第五条第三项."""
        case = await heard(county)
        await done(county, case, "simplified-track", at=HEARD_AT)
        reply = await issue(county, case, opinion(NOBODY, "not_support"), at=HEARD_AT)
        refused(reply, 409, RefusalNotSimple)
        await done(county, case, "simplified-track/conversion", at=HEARD_AT)
        ok(await issue(county, case, opinion(NOBODY, "not_support"), at=HEARD_AT))

    async def test_who_can_be_told_is_told(self, county: System):
        """第二十三条第二款."""
        refused(await act(county, await with_unit(county), "acceptance", BODIES["acceptance"]), 409, NoticeOwed)

    async def test_hearing_is_over_before_the_opinion(self, county: System):
        """第三十一条第六项."""
        case = await heard(county)
        assert (await done(county, case, "hearing", at=HEARD_AT))["state"] == "hearing"
        refused(await issue(county, case, opinion(NOBODY), at=HEARD_AT), 409, HearingNotClosed)
        await done(county, case, "hearing/report", at=HEARD_AT)
        ok(await issue(county, case, opinion(NOBODY), at=HEARD_AT))


class TestOtherAnswers:
    async def test_suggestion_is_answered_and_closed(self, county: System):
        """第二十九条."""
        case = await routed(county, "suggestion", "petition_procedure")
        ok(await county.notify(case, at=NOTIFIED_AT))
        row = ok(await county.client.get(f"{county.url('mediation')}/cases/{case}"))
        assert row["kind"] == "suggestion"
        await done(county, case, "suggestion-reply", at=HEARD_AT)
        assert ok(await act(county, case, "closure", {}, at=HEARD_AT))["state"] == "closed"

    async def test_case_goes_into_the_procedure_that_the_law_has_for_it(self, county: System):
        """第三十一条第二项."""
        case = await routed(county, "appeal_for_resolution", "arbitration")
        assert "信导〔2025〕" in (await done(county, case, "procedure", at=HEARD_AT))["notice_no"]
        again = await done(county, case, "procedure/refusal", "procedure", at=HEARD_AT)
        assert again["state"] == "procedure_imported"
        await done(county, case, "procedure/docket", at=HEARD_AT)
        assert ok(await act(county, case, "closure", {}, at=HEARD_AT))["state"] == "closed"

    async def test_agreement_is_signed_confirmed_and_performed(self, county: System):
        """第三十三条, 人民调解法 第三十三条."""
        case = await accepted(county)
        own = BODIES["mediation"] | {"other_party": COMMITTEE}
        refused(await act(county, case, "mediation", own, at=HEARD_AT), 422, MediatorOfASide)
        await done(county, case, "mediation", "mediation/consent", at=HEARD_AT)
        refused(await act(county, case, "agreement", PAPER, at=HEARD_AT), 409, NotBothConsented)
        mediator: dict[str, Any] = {"role": Role.mediator, "unit": COMMITTEE, "actor": "mediator-1"}
        ok(await act(county, case, "mediation/consent", {"side": "other_party"}, at=HEARD_AT, **mediator))
        body = PAPER | {"performance_due": ["2025-09-10"]}
        told = ok(await act(county, case, "agreement", body, at=HEARD_AT, **mediator))
        assert "调协〔2025〕" in told["agreement_no"]
        refused(await issue(county, case, opinion(NOBODY), at=HEARD_AT), 409, AlreadyDecided)
        alone = BODIES["agreement/confirmation"] | {"sides": ["petitioner"]}
        refused(await act(county, case, "agreement/confirmation", alone, at=HEARD_AT), 409, NotJointly)
        whats = ("agreement/confirmation", "agreement/ruling", "agreement/items", "agreement/performance")
        assert (await done(county, case, *whats, at=SERVED_AT))["state"] == "agreement_performed"
        assert ok(await act(county, case, "closure", {}, at=SERVED_AT))["state"] == "closed"

    async def test_mediation_ends_and_handling_goes_on(self, county: System):
        """人民调解法 第二十三条, 第二十六条."""
        case = await accepted(county)
        for ending in ("mediation/failure", "mediation/refusal"):
            assert (await done(county, case, "mediation", ending, at=HEARD_AT))["state"] == "accepted"

    async def test_case_is_closed_when_promises_are_kept(self, county: System):
        """第二十七条."""
        case = await served(county, "explain")
        await done(county, case, "commitments", "outcomes", "aid", at=SERVED_AT)
        refused(await act(county, case, "closure", {}, at=CLOSED_AT), 409, CommitmentUnkept)
        await done(county, case, "commitments/1/fulfilment", at=CLOSED_AT)
        ok(await act(county, case, "closure", {}, at=CLOSED_AT))


class TestRemedies:
    async def test_case_goes_through_all_three_levels_to_its_end(self, county: System):
        """第三十五条, 第三十六条, 第三十七条第三款."""
        case = await served(county, "explain")
        refused(await act(county, case, "review", PAPER, at=REVIEW_AT, role=Role.reviewer), 404, NotFound)
        assert (await done(county, case, "review", at=REVIEW_AT))["state"] == "review_open"
        refused(await act(county, case, "closure", {}, at=CLOSED_AT), 409, RemedyPending)
        same = REVIEWER | {"actor": "officer-1"}
        refused(await act(county, case, "review/opinion", REVIEW, at=REVIEWED_AT, **same), 403, SamePeople)
        assert "信复查〔2025〕" in (await done(county, case, "review/opinion", at=REVIEWED_AT))["opinion_no"]
        refused(await act(county, case, "closure", {}, at=CLOSED_AT), 409, RecheckStillOpen)
        assert await due(county, case, "C10") == "2025-10-20"
        await done(county, case, "review/opinion/service", at=RECHECK_AT)
        whats = ("recheck", "recheck/hearing", "recheck/hearing/report")
        await done(county, case, *whats, at=RECHECK_AT)
        assert (await done(county, case, "recheck/opinion", at=RECHECKED_AT))["state"] == "recheck_served"
        await done(county, case, "recheck/opinion/service", at=AGAIN_AT)
        assert (await done(county, case, "termination", at=AGAIN_AT))["state"] == "terminated"
        await done(county, case, "care", "aid", at=AGAIN_AT)
        refused(await act(county, case, "closure", {}, at=AGAIN_AT), 409, AlreadyTerminated)
        row = ok(await county.client.get(f"{county.url('mediation')}/cases/{case}"))
        assert row["state"] == "terminated"

    async def test_review_is_asked_for_within_thirty_days(self, county: System):
        """第三十五条."""
        case = await served(county, "explain")
        refused(await act(county, case, "review", PAPER, at=CLOSED_AT, **REVIEWER), 409, ReviewTooLate)

    async def test_what_was_revoked_is_handled_anew(self, county: System):
        """第三十五条."""
        case = await served(county, "explain")
        await done(county, case, "review", at=REVIEW_AT)
        body = REVIEW | {"result": "revoke"}
        assert ok(await act(county, case, "review/opinion", body, at=REVIEWED_AT, **REVIEWER))["state"] == "accepted"
        ok(await issue(county, case, opinion(NOBODY, "support"), at=REVIEWED_AT))
        ok(await act(county, case, "opinion/service", POST, at=REVIEWED_AT))
        for what in ("execution/order", "execution/refusal"):  # 第三十二条第二款: who is not there would owe nothing
            nobody = BODIES[what] | {"unit": "NOBODY"}
            refused(await act(county, case, what, nobody, at=REVIEWED_AT), 404, NotFound)
        await done(county, case, "execution/order", "execution/refusal", at=REVIEWED_AT)
        await done(county, case, "execution/report", at=REVIEWED_AT, unit="JYJ", actor="jyj-1")
