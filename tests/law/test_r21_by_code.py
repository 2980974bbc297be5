"""信访工作条例 第二十一条第二款: the petitioner asks, and acts, by query code; it stands in no path and no log."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import NotAcceptedGround, Role
from services.chassis.errors import Forbidden, NotFound
from services.chassis.identity.tokens import NotAuthenticated
from services.chassis.operations import NoSession
from services.chassis.source import Passed
from services.mediation.domain.remedy import NothingToReview
from tests import steps
from tests.harness import BUREAU, COMMITTEE, GOVERNMENT, UNIT, Servers, System, petition
from tests.rules import refused
from tests.steps import (
    HANDED_AT,
    KEEPER,
    NOTIFIED_AT,
    PAPER,
    SERVED_AT,
    act,
    attached,
    document,
    ok,
    open_county,
    paper,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

REPORT = {"kind": "report_accusation", "route": "discipline_supervision", "category": "official_conduct"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def by_code(county: System, what: str, code: str, *, at: str | None = None, key: UUID | None = None, **sent: Any):
    return await county.by_code(code, what, sent, at=at, key=key)


async def told(county: System, code: str) -> dict[str, Any]:
    """Return what whoever has the code is told, when the ledger has everything."""
    await county.caught_up()
    seen = ok(await county.by_code(code))
    assert seen.get("complete", True)
    return seen


async def code_of(county: System, case: str) -> str:
    """Return the code of the first petition of a case."""
    async with county.sql() as db:
        petition = await db.fetchval("SELECT petition_id FROM intake.query_code WHERE case_id = $1", UUID(case))
    return county.vault.query_code(UUID(case), petition)[0]


async def accepted(county: System) -> tuple[str, str]:
    """Return a case that a unit has accepted, and its code."""
    case = await steps.accepted(county)
    return case, await code_of(county, case)


async def test_l7_who_asks_for_somebody_by_code_is_told_and_learns_no_identity(county: System):
    """第二十一条第二款、第三十条: a guardian or a child of the petitioner's asks; the code answers, and says not who wrote."""
    _, code = await accepted(county)
    await county.caught_up()
    tokens = [ok(await county.log_in(code), 201)["token"] for _ in ("guardian-1", "child-1")]
    asked = [ok(await county.with_session(token, "/progress")) for token in tokens]
    papers = ok(await county.by_code(code, "/papers"))
    own = petition()["petitioner"]
    for reply in (*asked, papers):
        assert not [value for value in own.values() if value and value in str(reply)]
    assert asked[0]["registration_no"] == asked[1]["registration_no"]
    assert asked[0]["unit"] == UNIT


async def served(county: System) -> tuple[str, str]:
    """Return a case whose opinion was served, and its code."""
    case = await steps.served(county, "explain")
    return case, await code_of(county, case)


class TestAsking:
    async def test_steps_are_told_with_day_and_article(self, county: System):
        """第二十一条第二款、第二十三条、第三十四条."""
        _, code = await served(county)
        steps = (await told(county, code))["steps"]
        assert [step["title"] for step in steps] == [
            "信访事项登记", "转送", "受理告知", "出具处理意见书", "处理意见书送达",
        ]  # fmt: skip
        assert all(step["article"] and step["at"].startswith("2025-") for step in steps)
        assert steps[1]["details"] == {"unit": UNIT, "unit_name": f"单位{UNIT}"}

    async def test_whose_turn_it_is_and_until_when(self, county: System):
        """第二十三条、第三十四条: b17, an answer that stays the same tells nothing."""
        receipt = await county.register(at=HANDED_AT)
        case, code = receipt["case_id"], receipt["query_code"]
        first = await told(county, code)
        ok(await county.classify(case, at=HANDED_AT))
        ok(await county.forward(case, at=HANDED_AT))
        second = await told(county, code)
        ok(await county.notify(case, at=NOTIFIED_AT))
        third = await told(county, code)
        turns = [(one["next"]["holder"], one["next"]["article"]) for one in (first, second, third)]
        assert [holder for holder, _ in turns] == [BUREAU, UNIT, UNIT]
        assert third["next"]["last_day"] > second["next"]["last_day"]
        assert all("条" in article for _, article in turns)
        assert third["unit_name"] == f"单位{UNIT}"

    async def test_officer_and_telephone_stand_on_the_door(self, county: System):
        """第十八条第一款."""
        for officer, post, role in (("co-1", "科员", "case_officer"), ("rc-1", "收件员", "unit_receiver")):
            body = {"name": f"某{post}", "post": post, "roles": [role], "phone": f"12345-{officer}"}
            path = f"/units/{UNIT}/officers/{officer}"
            ok(await county.send("assignment", path, body, role=Role.platform_admin, method="PUT"))
        seen = await told(county, (await accepted(county))[1])
        assert seen["officer"] == {"officer": "co-1", "post": "科员", "name": "某科员", "phone": "12345-co-1"}
        assert seen["duty_phone"] == "12345-rc-1"

    async def test_non_acceptance_is_told_with_reason_and_body(self, county: System):
        """第二十三条."""
        receipt = await county.register()
        body = {"ground": "not_within_power", "competent_body": "某仲裁委员会", "method": "post", "receipt": "EMS-1"}
        path = f"/cases/{receipt['case_id']}/non-acceptance"
        ok(await county.send("intake", path, body, role=Role.bureau_officer))
        [_, step] = (await told(county, receipt["query_code"]))["steps"]
        assert step["details"] | {"ground": "not_within_power", "competent_body": "某仲裁委员会"} == step["details"]

    async def test_body_and_ground_are_told_in_words(self, county: System):
        """第二十条第一款、第二十一条第二款: a code says nothing to a petitioner, and of three articles one is meant."""
        receipt = await county.register(channel="letter")
        body = {"ground": "not_within_power", "competent_body": GOVERNMENT, "method": "post", "receipt": "EMS-1"}
        path = f"/cases/{receipt['case_id']}/non-acceptance"
        reply = await county.send("intake", path, body, role=Role.bureau_officer)
        ok(reply)
        [_, step] = (await told(county, receipt["query_code"]))["steps"]
        named = {"competent_body_name": GOVERNMENT, "ground_title": NotAcceptedGround.not_within_power.title}
        assert step["details"] | named == step["details"]
        assert step["article"] == "《信访工作条例》第二十三条第一款"

    async def test_of_others_on_the_case_nothing_is_told(self, county: System):
        """个人信息保护法第二十五条."""
        case, code = await accepted(county)
        other = await attached(county, case)
        mine, theirs = await told(county, code), await told(county, other["query_code"])
        assert other["registration_no"] not in str(mine)
        assert mine["registration_no"] not in str(theirs["steps"])

    async def test_of_a_report_only_the_receipt_is_told(self, county: System):
        """第三十条第三款."""
        receipt = await county.register(category="official_conduct")
        path = f"/cases/{receipt['case_id']}"
        ok(await county.send("intake", f"{path}/classification", REPORT, role=Role.bureau_officer))
        ok(await county.send("intake", f"{path}/confidential-track", {"organ": "JW"}, role=Role.bureau_officer))
        assert (await told(county, receipt["query_code"])).keys() == {
            "registration_no", "state", "received_at", "kind", "closed_at",
        }  # fmt: skip

    async def test_code_stands_in_no_path_and_no_number(self, county: System):
        _, code = await accepted(county)
        reply = await county.client.get(f"{county.url('intake')}/progress/{code}")
        assert reply.status_code == 404
        numbers = (await county.client.get(f"{county.url('intake')}/metrics", headers=KEEPER)).text
        assert code not in numbers


class TestOwnPapers:
    async def test_petitioner_lists_and_prints_their_own(self, county: System):
        """第三十二条."""
        receipt = await county.register()
        issued = await paper(county, receipt["case_id"], PAPER)
        code = receipt["query_code"]
        [listed] = ok(await by_code(county, "/papers", code))["items"]
        assert listed["document_id"] == issued
        reply = await by_code(county, "/papers/pdf", code, document_id=issued)
        assert (reply.status_code, reply.content[:4], reply.headers["cache-control"]) == (200, b"%PDF", "no-store")

    async def test_nobody_prints_somebody_elses(self, county: System):
        receipt, other = await county.register(), await county.register()
        issued = await paper(county, receipt["case_id"], PAPER)
        refused(await by_code(county, "/papers/pdf", other["query_code"], document_id=issued), 404, NotFound)
        again = await attached(county, receipt["case_id"], petitioner={"name": "李四", "phone": "13911112222"})
        assert ok(await by_code(county, "/papers", again["query_code"]))["items"] == []


class TestActing:
    async def test_review_is_asked_for_in_own_words(self, county: System):
        """第三十五条: C9 runs for the body that the opinion names."""
        case, code = await served(county)
        asked = "2025-09-10T09:00:00+08:00"
        assert ok(await by_code(county, "/review", code, words="不服处理意见", at=asked))["state"] == "review_open"
        seen = await told(county, code)
        [step] = [one for one in seen["steps"] if one["title"] == "申请复查"]
        assert step["at"].startswith("2025-09-10")
        async with county.sql() as db:
            found = await db.fetch("SELECT kind FROM intake.vault_item WHERE case_id = $1", UUID(case))
        assert "review_application" in [row["kind"] for row in found]

    async def test_what_mediation_refuses_is_refused_with_its_article(self, county: System):
        """第三十五条."""
        _, code = await accepted(county)
        reply = await by_code(county, "/review", code, words="不服")
        problem = reply.json()
        assert (reply.status_code, problem["code"]) == (409, Passed.code)
        assert (problem["title"], problem["article"]) == (NothingToReview.title, NothingToReview.article)
        assert problem["errors"] == [{"service": "mediation", "code": NothingToReview.code}]

    async def test_retry_does_nothing_twice(self, county: System):
        _, code = await served(county)
        key, body = uuid4(), {"words": "不服处理意见"}
        said = [await county.by_code(code, "/review", body, key=key, at=SERVED_AT) for _ in range(2)]
        assert ok(said[0]) == ok(said[1])

    async def test_mediation_is_consented_to_and_refused_for_oneself(self, county: System):
        """第三十三条; 人民调解法第十七条."""
        for what, title in (("consent", "同意调解"), ("refusal", "拒绝调解")):
            case, code = await accepted(county)
            offer = {"mediator": "mediator-1", "mediator_unit": COMMITTEE}
            ok(await act(county, case, "mediation", offer))
            ok(await by_code(county, f"/mediation/{what}", code))
            assert title in [step["title"] for step in (await told(county, code))["steps"]]
            other = {"side": "other_party"}
            forged = await act(county, case, "mediation/consent", other, role=Role.petitioner)
            refused(forged, 403, Forbidden)

    async def test_recusal_is_asked_for(self, county: System):
        """第二十八条第三款."""
        _, code = await accepted(county)
        ok(await by_code(county, "/recusal", code, officer="co-1", words="与对方有亲属关系"))
        assert "申请回避" in [step["title"] for step in (await told(county, code))["steps"]]

    async def test_facts_are_added(self, county: System):
        """第十九条."""
        case, code = await accepted(county)
        added = ok(await by_code(county, "/documents", code, words="补充：工资条照片说明"), 201)["document_id"]
        headers = {"Huiyin-Actor": "co-1", "Huiyin-Unit": UNIT, "Huiyin-Role": "case_officer"}
        url = f"{county.url('intake')}/cases/{case}/contents/{added}?purpose=handling"
        assert ok(await county.client.get(url, headers=headers))["text"] == "补充：工资条照片说明"

    async def test_facts_added_after_the_end_are_a_petition_that_is_answered(self, county: System):
        """第二十二条: 应当予以登记; whoever received the first one owes an answer within fifteen days."""
        case, code = await accepted(county)
        key, words = uuid4(), "补充：又有新的工资条"
        before = ok(await by_code(county, "/documents", code, key=key, words=words), 201)
        ok(await by_code(county, "/withdrawal", code, words="不办了", at=NOTIFIED_AT))
        end, paper = f"/cases/{case}/withdrawal/confirmation", {"document": await document(county, case, "record")}
        ok(await county.send("intake", end, paper, role=Role.bureau_officer, at="2025-12-01T09:00:00+08:00"))
        assert ok(await by_code(county, "/documents", code, key=key, words=words), 201) == before
        key, late = uuid4(), "2025-12-02T09:00:00+08:00"
        added = ok(await by_code(county, "/documents", code, key=key, words=words, at=late), 201)
        assert ok(await by_code(county, "/documents", code, key=key, words=words, at=late), 201) == added
        assert before.keys() < added.keys()
        headers = {"Huiyin-Actor": "rc-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": "bureau_officer"}
        url = f"{county.url('intake')}/cases/{case}/contents/{added['document_id']}?purpose=handling"
        assert ok(await county.client.get(url, headers=headers))["facts"] == words
        seen = await told(county, added["query_code"])
        assert added["registration_no"] in str(seen["steps"])
        assert (BUREAU, "2025-12-17") in [(duty["holder"], duty["last_day"]) for duty in seen["running"]]

    async def test_nobody_else_acts_by_code(self, county: System):
        for role in (Role.case_officer, Role.unit_head, Role.bureau_officer):
            body = {"words": "替他说"}
            refused(await county.send("intake", "/progress/withdrawal", body, role=role), 403, Forbidden)
        refused(await county.send("intake", "/progress/withdrawal", body, role=Role.petitioner), 403, NoSession)

    @pytest.mark.parametrize(
        "what",
        ["/withdrawal", "/documents", "/review", "/recheck", "/mediation/consent", "/recusal", "/papers", "/rating"],
    )
    async def test_wrong_code_does_nothing(self, county: System, what: str):
        more = {"/recusal": {"officer": "co-1", "words": "x"}, "/mediation/consent": {}, "/papers": {},
                "/rating": {"bureau": "satisfied", "handler": "satisfied"}}.get(what, {"words": "x"})  # fmt: skip
        refused(await by_code(county, what, "0000-0000-0000", **more), 404, NotFound)


class TestLostCode:
    async def test_another_one_is_given_and_the_old_one_dies(self, county: System):
        receipt = await county.register()
        case, old = receipt["case_id"], receipt["query_code"]
        path = f"/cases/{case}/petitions/{receipt['petition_id']}/query-code"
        body = {"document": await document(county, case)}
        fresh = ok(await county.send("intake", path, body, role=Role.intake_clerk))["query_code"]
        assert fresh != old
        refused(await county.log_in(old), 404, NotFound)
        assert "补发查询码" in [step["title"] for step in (await told(county, fresh))["steps"]]
        again = ok(await county.send("intake", path, body, role=Role.intake_clerk))["query_code"]
        refused(await county.by_code(fresh), 401, NotAuthenticated)
        refused(await county.log_in(fresh), 404, NotFound)
        assert (await told(county, again))["registration_no"] == receipt["registration_no"]

    async def test_handling_unit_gives_none(self, county: System):
        receipt = await county.register()
        path = f"/cases/{receipt['case_id']}/petitions/{receipt['petition_id']}/query-code"
        body = {"document": await document(county, receipt["case_id"])}
        refused(await county.send("intake", path, body, role=Role.case_officer), 403, Forbidden)
