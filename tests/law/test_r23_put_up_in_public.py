"""第二十三条第二款、第三十二条: who gives no name has the opinion by public notice, so there is a paper to put up."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from tests.harness import HEAD, UNIT, Servers, System
from tests.steps import (
    HANDED_AT,
    HEARD_AT,
    NOTIFIED_AT,
    PAPER,
    REGISTERED_AT,
    SERVED_AT,
    act,
    document,
    issue,
    ok,
    open_county,
    opinion,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def text_of(county: System, case: str, body: dict[str, Any], role: Role) -> str:
    by: dict[str, Any] = {"role": role, "unit": UNIT, "at": SERVED_AT}
    made = ok(await county.send("intake", f"/cases/{case}/papers", {"approved_by": HEAD} | body, **by), 201)
    pdf = await county.send("intake", f"/cases/{case}/papers/{made['document_id']}.pdf", method="GET", **by)
    assert pdf.status_code == 200, pdf.text
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.content)).pages)


async def test_opinion_is_put_up_for_who_gives_no_name(county: System):
    case = (await county.register(at=REGISTERED_AT, petitioner=None))["case_id"]
    assert "匿名信访人" in await text_of(county, case, PAPER, Role.bureau_officer)
    ok(await county.classify(case, at=REGISTERED_AT))
    ok(await county.forward(case, at=HANDED_AT))
    ok(await act(county, case, "acceptance", {"case_officer": "co-1"}, at=NOTIFIED_AT))
    verified = {"kind": "facts_verified", "document": await document(county, case)}
    ok(await act(county, case, "records", verified, at=HEARD_AT))
    ok(await issue(county, case, opinion(await document(county, case, "opinion")), at=HEARD_AT))
    words = dict.fromkeys(("claim", "facts", "reasons", "opinion"), "已写明")
    printed = await text_of(county, case, {"kind": "opinion", "fields": words}, Role.case_officer)
    assert "匿名信访人" in printed
    assert "保障农民工工资支付条例" in printed
    ok(await act(county, case, "opinion/service", {"method": "by_notice", "receipt": "公告1号"}, at=SERVED_AT))
