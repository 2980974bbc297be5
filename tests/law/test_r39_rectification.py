"""第三十九条第三款: 由信访工作联席会议进行约谈、通报、挂牌督办，责令限期整改: until the day, and with a report."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.intake import CorrectionOrdered, CorrectionReported
from contracts.vocabulary import ClockOutcome, DocumentKind, Role
from services.intake.domain.paper import NoCorrectionOwed, NotOrderedToCorrect
from services.intake.papers.kinds import KINDS
from tests.harness import BUREAU, UNIT, Servers, System
from tests.law.ledger import Ledger
from tests.rules import refused
from tests.steps import HANDED_AT, REGISTERED_AT, SYSTEM, document, ok, open_county

ORDERING = (DocumentKind.listed_supervision_notice, DocumentKind.rectification_notice, DocumentKind.interview_minutes)
OTHERS = (DocumentKind.interview_notice, DocumentKind.circular)


def ordered(kind: DocumentKind) -> Ledger:
    ledger = Ledger()
    said: dict[str, Any] = {"document_no": "限改1号", "unit": "county-hr", "due_on": date(2025, 3, 14), "kind": kind}
    ledger.tell(CorrectionOrdered, stream=(paper := uuid4()), case=ledger.key, **said)
    ledger.paper = paper  # type: ignore[attr-defined]
    return ledger


@pytest.mark.parametrize("kind", ORDERING)
def test_what_is_to_be_put_right_is_owed_by_that_unit_until_its_day(kind: DocumentKind):
    duty = ordered(kind).duty("D50")
    assert (duty.holder, duty.due_on) == ("county-hr", date(2025, 3, 14))


def test_it_is_missed_by_itself():
    ledger = ordered(DocumentKind.rectification_notice)
    ledger.passes("2025-03-15")
    assert ledger.breaches() == ["D50"]


def test_report_meets_it():
    ledger = ordered(DocumentKind.rectification_notice)
    paper = ledger.paper  # type: ignore[attr-defined]
    ledger.tell(CorrectionReported, on="2025-03-14", stream=paper, case=ledger.key, document=uuid4())
    assert ledger.ended("D50").outcome is ClockOutcome.met


def test_order_of_the_superior_rests_on_its_own_articles():
    """第四十三条至第四十六条."""
    ledger = ordered(DocumentKind.correction_order)
    assert [clock.code for clock in ledger.duties()] == ["D45"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": "LXH", "kind": "joint_conference", "officers": {"l-1": [Role.unit_head]}})
        yield made


async def issued(county: System, case: str, kind: DocumentKind, at: str = HANDED_AT) -> str:
    fields = dict.fromkeys(KINDS[kind].written, "详见案卷") | ({"due_on": "2025-10-10"} if kind in ORDERING else {})
    body = {"kind": kind, "addressee": UNIT, "approved_by": "l-1", "fields": fields}
    secretary = {"role": Role.conference_secretary, "unit": "LXH", "actor": "secretary-1", "at": at}
    return str(ok(await county.send("intake", f"/cases/{case}/papers", body, **secretary), 201)["document_id"])


async def owed(county: System, case: str) -> list[tuple[str, str]]:
    await county.caught_up()
    url = f"{county.url('accountability')}/duties?case={case}"
    duties = ok(await county.client.get(url, headers=SYSTEM))["items"]
    return [(one["holder"], one["due_on"]) for one in duties if one["code"] == "D50"]


@pytest.mark.asyncio(loop_scope="module")
async def test_each_measure_with_a_day_is_owed_and_reported_in_a_text(county: System):
    case = (await county.register(at=REGISTERED_AT))["case_id"]
    ok(await county.classify(case, at=REGISTERED_AT))
    ok(await county.forward(case, at=HANDED_AT))
    for kind in OTHERS:
        await issued(county, case, kind)
    assert await owed(county, case) == []
    papers = [await issued(county, case, kind) for kind in ORDERING]
    assert await owed(county, case) == [(UNIT, "2025-10-10")] * len(ORDERING)
    report = {"document": await document(county, case)}
    said = {"role": Role.unit_head, "unit": UNIT, "at": "2025-10-09T09:00:00+08:00"}
    for paper in papers:
        path = f"/cases/{case}/papers/{paper}/correction"
        stranger = said | {"role": Role.bureau_officer, "unit": BUREAU}
        refused(await county.send("intake", path, report, **stranger), 403, NotOrderedToCorrect)
        ok(await county.send("intake", path, report, **said))
        refused(await county.send("intake", path, report, **said), 409, NoCorrectionOwed)
    assert await owed(county, case) == []
