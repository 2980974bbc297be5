"""第二十三条、第三十二条: who joins an open case with a letter of their own is told and answered like the first one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts.intake import CaseClassified, PetitionAttached
from contracts.mediation import OpinionServed, PetitionersLearnt
from contracts.vocabulary import ContentCategory, Kind, Role, Route
from services.chassis.errors import NotFound
from services.intake.domain import classification, filing
from services.intake.domain.detaching import FirstPetitionStays
from services.intake.domain.registration import Registration
from tests.harness import BUREAU, UNIT, Servers, System, until
from tests.intake import filed
from tests.law.test_r34_waiting import SERVED, World
from tests.rules import at, refused
from tests.steps import (
    HANDED_AT,
    NOTIFIED_AT,
    REGISTERED_AT,
    SERVED_AT,
    accepted,
    attached,
    clocks,
    document,
    due,
    ok,
    open_county,
    served,
)
from tests.units import COUNTY

OTHER = {"name": "李四", "id_no": "510107199003074514", "phone": "13900000002", "address": "某村二组"}
SAME = {"name": "王 秀兰", "phone": "+86 138-0000-0000", "address": "另一个地址"}


def joins(r: Registration, *, same: bool = False, **more: Any) -> PetitionAttached:
    filing.attach(r, at=filed.NOW, same_petitioner=same, **filed.facts(**more))
    attached = r.taken()[-1]
    assert isinstance(attached, PetitionAttached)
    return attached


class TestFurtherPetitioner:
    def test_who_else_writes_is_a_further_petitioner(self):
        r = filed.classified()
        attached = joins(r)
        assert r.others == (attached.petition,)

    def test_who_comes_again_is_told_once(self):
        r = filed.classified()
        assert not joins(r, same=True).further
        assert r.others == ()

    @pytest.mark.parametrize("missing", ["anonymous", "unclear"])
    def test_nobody_is_told_whose_name_is_unclear(self, missing: str):
        """第二十三条第二款."""
        assert not joins(filed.classified(), **{missing: True}).further

    def test_who_makes_an_anonymous_case_clear_is_its_first_petitioner(self):
        """第二十三条: the notice of the case itself is theirs."""
        r = filed.registered(anonymous=True)
        assert not joins(r).further
        assert joins(r).further

    def test_who_joins_a_case_that_was_told_apart_as_anonymous_has_a_notice_of_their_own(self):
        assert joins(filed.classified(anonymous=True)).further

    def test_what_comes_after_the_end_has_an_answer_of_its_own(self):
        """第二十二条."""
        attached = joins(filed.closed())
        assert (attached.after_end, attached.further) == (True, False)

    def test_whoever_joined_before_is_told_apart_with_the_case(self):
        r = filed.registered()
        further = joins(r).petition
        classification.classify(
            r, Kind.appeal_for_resolution, Route.petition_procedure, ContentCategory.unpaid_wages, COUNTY, at=filed.NOW
        )
        classified = r.taken()[0]
        assert isinstance(classified, CaseClassified)
        assert classified.others == (further,)


def test_who_joins_when_the_opinion_is_served_is_served_within_five_working_days():
    """第三十二条."""
    world, late = World(), uuid4()
    case = world.registers(at("2026-03-02"))
    world.forwards(case, at("2026-03-03"))
    world.accepts(case, at("2026-03-04"))
    world.happens(case, OpinionServed, at("2026-03-10"), served_at=at("2026-03-10"), **SERVED)
    world.happens(case, PetitionersLearnt, at("2026-03-16"), petitions=(late,))
    clock = world.the(case, "C5o")
    assert (clock.item, clock.holder, clock.due_on) == (str(late), "dept", date(2026, 3, 23))


class TestThroughAllServices:
    pytestmark = pytest.mark.asyncio(loop_scope="module")

    @pytest_asyncio.fixture(scope="module", loop_scope="module")
    async def county(self, servers: Servers):
        async with open_county(servers) as made:
            yield made

    async def of_others(self, county: System, case: str, code: str) -> dict[str, dict[str, Any]]:
        """Return the newest clocks of a code, by the petition of whom they are about."""
        await county.caught_up()
        return {clock["item"]: clock for clock in await clocks(county, case) if clock["code"] == code}

    async def test_neighbour_who_joins_is_told_and_served(self, county: System):
        receipt = await county.register(at=REGISTERED_AT)
        case = receipt["case_id"]
        ok(await county.classify(case, at=REGISTERED_AT))
        ok(await county.forward(case, at=HANDED_AT))
        other = (await attached(county, case, petitioner=OTHER))["petition_id"]
        again = await attached(county, case, petitioner=OTHER | {"name": "李肆", "id_no": None, "address": None})
        mine = await attached(county, case, petitioner=SAME)

        async def owed() -> bool:
            return other in await self.of_others(county, case, "C3o")

        await until(owed, "the notice that the neighbour is owed")
        assert {*await self.of_others(county, case, "C3o")} == {other}
        assert {again["petition_id"], mine["petition_id"]}.isdisjoint(await self.of_others(county, case, "C3o"))
        ok(await county.notify(case, at=NOTIFIED_AT))
        notice, path = {"method": "post", "receipt": "EMS-2"}, f"/cases/{case}/petitioners/{other}/notice"
        ok(await county.send("mediation", path, notice, role=Role.unit_receiver, unit=UNIT, at=NOTIFIED_AT))

        async def met() -> bool:
            return (await self.of_others(county, case, "C3o"))[other]["outcome"] == "met"

        await until(met, "the neighbour's notice in the ledger")

    async def test_neighbour_who_joins_an_accepted_case_has_the_opinion_too(self, county: System):
        case = await served(county, "explain")
        other = (await attached(county, case, petitioner=OTHER))["petition_id"]

        async def owed() -> bool:
            return other in await self.of_others(county, case, "C5o")

        await until(owed, "the opinion that the neighbour is owed")
        path = f"/cases/{case}/petitioners/{other}/opinion"
        grant = {"method": "post", "receipt": "EMS-3"}
        ok(await county.send("mediation", path, grant, role=Role.case_officer, unit=UNIT, at=SERVED_AT))

        async def may_ask() -> bool:
            return other in await self.of_others(county, case, "C8o")

        await until(may_ask, "the thirty days of the neighbour")

    async def detach(self, county: System, case: str, petition: str, reasons: str, key: UUID | None = None):
        path = f"/cases/{case}/petitions/{petition}/detachment"
        body, role = {"reasons": reasons}, Role.bureau_officer
        return await county.send("intake", path, body, role=role, at=SERVED_AT, key=key)

    async def test_neighbour_who_joined_the_wrong_case_has_one_of_their_own(self, county: System):
        """第二十二条: since their own receipt, by their own code, and readable in their own case alone."""
        case, key = await accepted(county), uuid4()
        receipt = await attached(county, case, petitioner=OTHER, received_at=HANDED_AT)
        other, reasons = receipt["petition_id"], await document(county, case)

        async def owed() -> bool:
            return other in await self.of_others(county, case, "C3o")

        await until(owed, "the notice that the neighbour is owed")
        reply = await self.detach(county, case, other, reasons, key)
        child = ok(reply, 201)["case_id"]
        assert (await self.detach(county, case, other, reasons, key)).json() == reply.json()
        refused(await self.detach(county, case, other, reasons), 404, NotFound)
        await county.caught_up()
        assert (await self.of_others(county, case, "C3o"))[other]["outcome"] == "void"
        assert await due(county, child, "C1") == "2025-09-10", "fifteen days after its own receipt"
        seen = ok(await county.by_code(receipt["query_code"]))
        assert (seen["registration_no"], seen["state"]) == (receipt["registration_no"], "registered")
        assert "由误并事项分出" in {step["title"] for step in seen["steps"]}
        readers = {"Huiyin-Actor": "c-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": str(Role.bureau_officer)}
        async with county.sql() as db:
            found = "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'petition'"
            text, looked = await db.fetchval(found, UUID(child)), []
        for one in (child, case):
            url = f"{county.url('intake')}/cases/{one}/contents/{text}?purpose=handling"
            looked.append((await county.client.get(url, headers=readers)).status_code)
        assert looked == [200, 404]
        ok(await county.classify(child, at=SERVED_AT))
        ok(await county.forward(child, at=SERVED_AT))
        ok(await county.notify(child, at=SERVED_AT))

    async def test_case_that_was_merged_by_mistake_goes_its_own_way_again(self, county: System):
        """第二十二条: what the case is about stays."""
        case, merged = await accepted(county), await county.register(at=REGISTERED_AT, petitioner=OTHER)
        path = f"/cases/{merged['case_id']}/merger"
        ok(await county.send("intake", path, {"into": case}, role=Role.bureau_officer, at=NOTIFIED_AT))
        reasons = await document(county, case)
        child = ok(await self.detach(county, case, merged["petition_id"], reasons), 201)
        assert child["registration_no"] == merged["registration_no"]
        async with county.sql() as db:
            left = "SELECT petition_id FROM intake.query_code WHERE case_id = $1"
            first = await db.fetchval(left, UUID(case))
        refused(await self.detach(county, case, str(first), reasons), 409, FirstPetitionStays)

    async def test_who_comes_again_to_a_merged_case_is_known(self, county: System):
        """第二十二条: by every petition that has come together, not by the first of them alone."""
        case = await accepted(county)
        merged = await county.register(at=NOTIFIED_AT, petitioner=OTHER)
        path = f"/cases/{merged['case_id']}/merger"
        ok(await county.send("intake", path, {"into": case}, role=Role.bureau_officer, at=NOTIFIED_AT))
        again = (await attached(county, case, petitioner=OTHER))["petition_id"]

        async def owed() -> bool:
            return merged["petition_id"] in await self.of_others(county, case, "C3o")

        await until(owed, "the notice that the merged one is owed")
        assert again not in await self.of_others(county, case, "C3o")
