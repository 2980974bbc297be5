"""第十七条、第二十二条、第三十二条、人民调解法第二十九条: way, days and sides stand on a paper as they are on record."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.mediation import MediationAgreementSigned, MediationOffered
from contracts.vocabulary import DocumentKind, Role, Side
from services.intake.domain.paper import MissingField, UnknownField
from services.intake.domain.saying import NotSo, said
from services.intake.papers.kinds import KINDS
from tests.harness import BUREAU, COMMITTEE, UNIT, Servers, System, petition
from tests.intake.filed import classified
from tests.law.test_r32_a_paper_says_what_is_so import OTHER, facts, happened, text
from tests.rules import at, refused, refuses
from tests.steps import HEARD_AT, SERVED_AT, accepted, act, attached, document, ok, open_county

SIGNED = {"agreement_no": "调协〔2025〕1号", "effective_on": date(2025, 9, 5), "document": uuid4(), "mediated": True}
OFFER = {"mediator": "m-1", "mediator_unit": "CWH"}


class TestRegistrationForm:
    def test_says_number_way_and_day_of_what_came_in(self):
        """第二十二条: 予以登记: what is on file, whatever somebody would write."""
        case = classified(received_at=at("2025-08-25"))
        first = next(iter(case.petitions))
        so = said(DocumentKind.registration_form, _of(case, first))
        came = case.petitions[first]
        assert (so.items["registration_no"], so.items["received_on"]) == (came.registration_no, "2025年8月25日")
        assert (so.items["channel"], so.items["secrecy"]) == (came.channel.title, "未要求保密")
        assert not {*so.items} & {*KINDS[DocumentKind.registration_form].written}

    def test_is_issued_in_the_case_in_which_it_came_in(self):
        with refuses(NotSo):
            said(DocumentKind.registration_form, _of(classified(), uuid4()))


def _of(case: Any, whose: Any):
    found = facts(petition=whose)
    object.__setattr__(found, "registration", case)
    return found


class TestAgreement:
    """人民调解法 第二十九条第一项、第三项: 当事人的基本情况, 履行的方式、期限."""

    def test_says_the_day_of_each_item(self):
        due = (date(2025, 9, 15), date(2025, 11, 17))
        told = happened(MediationAgreementSigned, performance_due=due, **SIGNED)
        so = said(DocumentKind.mediation_agreement, facts(told))
        assert so.items["performance_due"] == "第1项至2025年9月15日止；第2项至2025年11月17日止"

    @pytest.mark.parametrize(("other", "named"), [("RSJ", True), ("GS-1", False), (None, False)])
    def test_names_the_other_side_where_the_directory_has_it(self, other: str | None, named: bool):
        told = (happened(MediationOffered, other_party=other, **OFFER), happened(MediationAgreementSigned, **SIGNED))
        so = said(DocumentKind.mediation_agreement, facts(*told))
        assert so.items.get("other_side") == ("清河县人力资源和社会保障局" if named else None)


# ------------------------------------------------------------------------------- over HTTP


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": BUREAU, "kind": "petition_bureau", "officers": {"head-1": [Role.unit_head]}})
        yield made


async def issue(county: System, case: str, kind: DocumentKind, *, on: str = SERVED_AT, unset: str = "", **more: Any):
    fields = {name: "甲乙丙" for name in KINDS[kind].written if name != unset}
    fields |= more.pop("fields", {})
    body = {"kind": kind, "fields": fields, "approved_by": "head-1"} | more.pop("body", {})
    who = {"role": Role.case_officer, "unit": UNIT, "at": on} | more
    return await county.send("intake", f"/cases/{case}/papers", body, **who)


@pytest.mark.asyncio(loop_scope="module")
class TestIssuing:
    async def test_form_of_each_petition_says_its_own(self, county: System):
        received = {"channel": "letter", "received_at": "2025-08-22T09:00:00+08:00"}
        first = await county.register(at="2025-08-25T09:00:00+08:00", **received)
        case = first["case_id"]
        second = await attached(county, case, petitioner=OTHER, channel="call")
        clerk = {"role": Role.intake_clerk, "unit": BUREAU}
        kind = DocumentKind.registration_form
        typed = {"channel": "电话", "received_on": "二〇九九年一月一日"}
        refused(await issue(county, case, kind, fields=typed, **clerk), 422, UnknownField)
        paper = ok(await issue(county, case, kind, **clerk), 201)
        printed = await text(county, case, paper["document_id"], **clerk)
        for one in ("2025年8月22日", "来信", first["registration_no"], "王秀兰"):
            assert one in printed
        body = {"petition_id": second["petition_id"]}
        paper = ok(await issue(county, case, kind, body=body, **clerk), 201)
        printed = await text(county, case, paper["document_id"], **clerk)
        assert second["registration_no"] in printed
        assert OTHER["name"] in printed

    async def test_agreement_names_who_petitions_and_the_days_of_the_case(self, county: System):
        case = await accepted(county)
        kind = DocumentKind.mediation_agreement
        offer = {"mediator": "mediator-1", "mediator_unit": COMMITTEE}
        ok(await act(county, case, "mediation", offer, at=HEARD_AT))
        for side in Side:
            ok(await act(county, case, "mediation/consent", {"side": side}, at=HEARD_AT))
        signed = {"document": await document(county, case, kind), "performance_due": ["2025-09-15"]}
        ok(await act(county, case, "agreement", signed, at=HEARD_AT))
        refused(await issue(county, case, kind, unset="other_side"), 422, MissingField)
        refused(await issue(county, case, kind, fields={"performance_due": "2099年"}), 422, UnknownField)
        paper = ok(await issue(county, case, kind), 201)
        printed = await text(county, case, paper["document_id"])
        assert "王秀兰" in printed
        assert "第1项至2025年9月15日止" in printed

    @pytest.mark.parametrize(("who", "name"), [(petition()["petitioner"], "王秀兰"), ({}, "匿名信访人")])
    async def test_confirmation_of_a_withdrawal_names_who_withdraws(self, county: System, who: Any, name: str):
        """第十七条: whose wish it is."""
        receipt = await county.register(petitioner=who, at="2025-08-25T09:00:00+08:00")
        case = receipt["case_id"]
        ok(await county.by_code(receipt["query_code"], "/withdrawal", {"words": "不反映了"}, at=HEARD_AT))
        officer = {"role": Role.bureau_officer, "unit": BUREAU}
        kind = DocumentKind.withdrawal_confirmation
        paper = ok(await issue(county, case, kind, **officer), 201)
        assert name in await text(county, case, paper["document_id"], **officer)
