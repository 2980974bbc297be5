"""第二十三条、第三十二条: whoever had petitioned in a case that is divided is told and answered in each of its parts."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts.intake import CaseClassified
from contracts.vocabulary import ContentCategory, DocumentKind, Kind, Role, Route
from services.intake.domain import classification, filing, grouping
from services.intake.domain.registration import Registration
from tests.harness import UNIT, Servers, System, until
from tests.intake import filed
from tests.law.test_r32_a_paper_says_what_is_so import issue, text
from tests.law.test_r34_any_order_api import PARTS
from tests.steps import HANDED_AT, NOTIFIED_AT, REGISTERED_AT, attached, clocks, ok, open_county
from tests.units import COUNTY

OTHER = {"name": "李四", "id_no": "510107199003074514", "phone": "13900000002", "address": "某村二组"}


def split(r: Registration, parts: int = 2) -> list[Registration]:
    children = [Registration.blank(uuid4()) for _ in range(parts)]
    own = {"category": ContentCategory.housing, "place": "P-1", "registration_no": "X", "content_sha256": "0"}
    facts: list[dict[str, Any]] = [own | {"petition": uuid4(), "content": uuid4()} for _ in children]
    grouping.split_into(r, list(zip(children, facts, strict=True)), at=filed.NOW)
    for child in children:
        child.taken()
    return children


def of_two() -> tuple[Registration, UUID]:
    """Return a case to which somebody else has come with a letter of their own."""
    r, second = filed.registered(), uuid4()
    filing.attach(r, at=filed.NOW, **filed.facts(petition=second))
    return r, second


def test_each_part_knows_every_petitioner():
    r, second = of_two()
    for child in split(r):
        assert child.others == (second,)
        assert second in child.every_petition
        classification.classify(
            child, Kind.appeal_for_resolution, Route.petition_procedure, ContentCategory.housing, COUNTY, at=filed.NOW
        )
        classified = child.taken()[0]
        assert isinstance(classified, CaseClassified)
        assert classified.others == (second,)


def test_parts_that_come_together_again_know_each_petitioner_once():
    r, second = of_two()
    one, other = split(r)
    grouping.merge_into(one, other, at=filed.NOW, same_petitioner=True)
    assert other.others == (second,)
    assert len(other.every_petition) == len({*other.every_petition})


class TestThroughAllServices:
    pytestmark = pytest.mark.asyncio(loop_scope="module")

    @pytest_asyncio.fixture(scope="module", loop_scope="module")
    async def county(self, servers: Servers):
        async with open_county(servers) as made:
            yield made

    async def test_second_petitioner_is_told_in_a_part(self, county: System):
        case = (await county.register(at=REGISTERED_AT))["case_id"]
        other = (await attached(county, case, petitioner=OTHER))["petition_id"]
        path = f"/cases/{case}/split"
        reply = await county.send("intake", path, {"parts": PARTS}, role=Role.bureau_officer, at=REGISTERED_AT)
        child = ok(reply, 201)["children"][0]["case_id"]
        ok(await county.classify(child, at=REGISTERED_AT))
        ok(await county.forward(child, at=HANDED_AT))

        async def owed() -> bool:
            return any((c["code"], c["item"]) == ("C3o", other) for c in await clocks(county, child))

        await until(owed, "the notice that the second petitioner is owed in the part")
        ok(await county.notify(child, at=NOTIFIED_AT))
        notice, path = {"method": "post", "receipt": "EMS-2"}, f"/cases/{child}/petitioners/{other}/notice"
        told = ok(await county.send("mediation", path, notice, role=Role.unit_receiver, unit=UNIT, at=NOTIFIED_AT))
        words = {"summary": "欠薪"}
        paper = ok(await issue(county, child, DocumentKind.acceptance_notice, words, petition_id=other), 201)
        assert paper["document_no"] == told["notice_no"]
        assert "李四" in await text(county, child, paper["document_id"])

    async def test_part_is_its_petitioners_as_the_letter_is(self, county: System):
        """第二十一条、第二十三条、第三十二条: who wrote the letter is told and answered in writing in each part."""
        letter = (await county.register(at=REGISTERED_AT))["case_id"]
        path = f"/cases/{letter}/split"
        reply = await county.send("intake", path, {"parts": PARTS}, role=Role.bureau_officer, at=REGISTERED_AT)
        child, again = (one["case_id"] for one in ok(reply, 201)["children"])
        reply = await county.send(
            "intake", f"/cases/{again}/split", {"parts": PARTS}, role=Role.bureau_officer, at=REGISTERED_AT
        )
        part_of_part = ok(reply, 201)["children"][0]["case_id"]
        for case in (child, part_of_part):
            ok(await county.classify(case, at=REGISTERED_AT))
            ok(await county.forward(case, at=HANDED_AT))
            ok(await county.notify(case, at=NOTIFIED_AT))
            paper = ok(await issue(county, case, DocumentKind.acceptance_notice, {"summary": "欠薪"}), 201)
            assert "王秀兰" in await text(county, case, paper["document_id"])
