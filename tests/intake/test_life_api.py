"""The whole life of a case at the door, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import Forbidden, NotFound
from services.intake.domain.acceptance import NothingPending
from services.intake.domain.collective import TooManyRepresentatives
from services.intake.domain.grouping import ConfidentialStaysApart, NotMergeable
from services.intake.domain.rating import AlreadyRated, NotAnswered, RatingClosed
from services.intake.domain.track import ContentIsConfidential, StillSealed
from services.intake.domain.withdrawal import CoolingOff
from tests.harness import BUREAU, UNIT, Servers, System, petition
from tests.rules import refused
from tests.steps import (
    NOTIFIED_AT,
    REGISTERED_AT,
    SERVED_AT,
    accepted,
    act,
    decided,
    document,
    ok,
    open_county,
    registered,
    unseal,
    with_receipt,
    with_unit,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTICE = {"method": "post", "receipt": "EMS-1"}
RATING = {"bureau": "satisfied", "handler": "not_satisfied"}
APPEAL = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
REPORT = {"kind": "report_accusation", "route": "discipline_supervision", "category": "official_conduct"}
PLACES = ("P-dup", "P-s", "P-jw")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(*({"code": code, "level": "village", "competent": False} for code in PLACES))
        yield made


async def send(county: System, case: str, what: str, body: Any, role: Role = Role.bureau_officer, **more: Any):
    return await county.send("intake", f"/cases/{case}/{what}", body, role=role, **more)


async def ask(
    county: System, path: str, role: Role = Role.intake_clerk, unit: str = BUREAU, **params: Any
) -> httpx2.Response:
    headers = {"Huiyin-Actor": "c-1", "Huiyin-Unit": unit, "Huiyin-Role": str(role)}
    return await county.client.get(county.url("intake") + path, params=params, headers=headers)


async def progress(county: System, code: str) -> dict[str, Any]:
    return ok(await county.by_code(code))


async def rate(county: System, code: str, **more: Any) -> httpx2.Response:
    return await county.by_code(code, "/rating", RATING, **more)


async def state(county: System, case: str) -> str:
    return str(ok(await ask(county, f"/cases/{case}"))["state"])


async def contents(county: System, case: str) -> dict[str, UUID]:
    async with county.sql() as db:
        return dict(await db.fetch("SELECT kind, id FROM intake.vault_item WHERE case_id = $1", UUID(case)))


class TestDirect:
    async def test_unit_registers_and_tells_apart_what_it_received_directly(self, county: System):
        """第二十三条第一款."""
        body = petition(came_from="city")
        receipt = ok(await county.send("intake", "/petitions", body, role=Role.unit_receiver, unit=UNIT), 201)
        reply = await send(county, receipt["case_id"], "classification", APPEAL, Role.unit_receiver, unit=BUREAU)
        refused(reply, 404, NotFound)
        await county.enter({"code": "LYJ"})
        more = {"accused_units": ["LYJ"]}
        ok(await send(county, receipt["case_id"], "classification", APPEAL | more, Role.unit_receiver, unit=UNIT))


class TestRepresentatives:
    async def test_five_hundred_are_registered_and_five_speak(self, county: System):
        """第二十条第三款, 第二十二条."""
        receipt = await county.register(person_count=500, petitioner=None)
        assert receipt["version"] == 2
        one = {"name": "赵代表", "consents": True}
        body = {"petition_id": receipt["petition_id"], "representatives": [one] * 5, "roster": "钱某、孙某"}
        named = ok(await send(county, receipt["case_id"], "representatives", body, Role.intake_clerk))
        assert len(named["representatives"]) == 5
        reply = await send(county, receipt["case_id"], "representatives", body, Role.intake_clerk)
        refused(reply, 409, TooManyRepresentatives)
        async with county.sql() as db:
            kinds = await db.fetch(
                "SELECT kind FROM intake.vault_item WHERE case_id = $1 ORDER BY kind", UUID(receipt["case_id"])
            )
        assert [row["kind"] for row in kinds] == ["petition", *["representative"] * 5, "roster"]


class TestDuplicates:
    async def suggested(self, county: System, case: str) -> dict[str, list[str]]:
        answer = ok(await ask(county, f"/cases/{case}/duplicate-suggestions"))
        assert all(
            set(item) == {"case_id", "registration_no", "state", "received_at", "reasons"} for item in answer["items"]
        )
        return {item["case_id"]: item["reasons"] for item in answer["items"]}

    async def test_same_person_or_same_matter_at_the_same_place_is_suggested_with_the_reason(self, county: System):
        """第二十二条: shown why, decided by a person, nothing decrypted and nothing dropped."""
        who, place = {"name": "郑一", "id_no": "X1"}, "P-dup"
        mine = (await county.register(petitioner=who, place=place, category="housing"))["case_id"]
        person = (await county.register(petitioner=who | {"name": "郑壹"}, place="P-x", category="veterans"))["case_id"]
        matter = (await county.register(petitioner=None, place=place, category="housing"))["case_id"]
        neither = (await county.register(petitioner=None, place=place, category="veterans"))["case_id"]
        both = (await county.register(petitioner=who, place=place, category="housing"))["case_id"]
        found = await self.suggested(county, mine)
        assert found == {
            person: ["same_person"],
            matter: ["same_category", "same_place"],
            both: ["same_person", "same_category", "same_place"],
        }
        assert neither not in found

        ok(await send(county, mine, "duplicates", {"other": both, "reasons": ["same_person", "same_facts"]}))
        ok(await send(county, mine, "duplicates/dismissal", {"other": matter}))
        assert set(await self.suggested(county, mine)) == {person}
        async with county.sql() as db:
            looked = "SELECT count(*) FROM intake.event WHERE case_id = $1 AND type LIKE '%Disclosed%'"
            assert await db.fetchval(looked, UUID(mine)) == 0

    async def test_representative_of_others_is_the_same_person_too(self, county: System):
        who = {"name": "吴二", "id_no": "X2"}
        visit = await county.register(person_count=9, petitioner=None, place="P-r1")
        body = {"petition_id": visit["petition_id"], "representatives": [who | {"consents": True}]}
        ok(await send(county, visit["case_id"], "representatives", body, Role.intake_clerk))
        alone = (await county.register(petitioner=who, place="P-r2"))["case_id"]
        assert await self.suggested(county, alone) == {visit["case_id"]: ["same_person", "same_category"]}
        assert await self.suggested(county, visit["case_id"]) == {alone: ["same_person", "same_category"]}

    async def test_who_does_not_file_is_suggested_nothing(self, county: System):
        case = await registered(county)
        refused(await ask(county, f"/cases/{case}/duplicate-suggestions", Role.auditor), 403, Forbidden)
        refused(await ask(county, f"/cases/{uuid4()}/duplicate-suggestions"), 404, NotFound)


class TestMerge:
    async def test_every_code_goes_on_working_and_shows_the_case_that_answers(self, county: System):
        """第二十一条, 第二十二条."""
        early, late = REGISTERED_AT, "2025-08-28T09:00:00+08:00"
        one, two = await county.register(at=early), await county.register(at=late)
        three = await county.register(at=late)
        ok(await send(county, one["case_id"], "merger", {"into": two["case_id"]}))
        ok(await send(county, two["case_id"], "merger", {"into": three["case_id"]}))
        ok(await county.classify(three["case_id"]))
        seen = await progress(county, one["query_code"])
        assert (seen["registration_no"], seen["merged_into"]) == (one["registration_no"], three["registration_no"])
        assert (seen["state"], seen["received_at"]) == ("classified", "2025-08-25T01:00:00Z")
        assert await state(county, one["case_id"]) == "merged"
        row = ok(await ask(county, f"/cases/{three['case_id']}"))
        assert row["petitions"] == 3
        refused(await send(county, one["case_id"], "merger", {"into": three["case_id"]}), 409, NotMergeable)
        refused(await send(county, three["case_id"], "merger", {"into": one["case_id"]}), 409, NotMergeable)
        path = f"/cases/{one['case_id']}/petitions"
        shown = petition(earlier_no=one["registration_no"])
        again = ok(await county.send("intake", path, shown, role=Role.petitioner), 201)
        assert again["case_id"] == three["case_id"]


class TestSplit:
    async def test_each_claim_has_a_case_a_code_and_its_own_text(self, county: System):
        """第二十二条, 第二十四条."""
        letter = await county.register(at=REGISTERED_AT, petitioner={"name": "冯三", "id_no": "X3"})
        parts = [
            {"category": category, "place": "P-s", "content": {"claim": claim, "facts": "分案"}}
            for category, claim in (("housing", "补偿"), ("medical", "救治"))
        ]
        key = uuid4()
        first = await send(county, letter["case_id"], "split", {"parts": parts}, key=key)
        again = await send(county, letter["case_id"], "split", {"parts": parts}, key=key)
        split = ok(first, 201)
        assert first.content == again.content
        for child, code, part in zip(split["children"], split["query_codes"], parts, strict=True):
            seen = await progress(county, code)
            assert (seen["registration_no"], seen["state"]) == (child["registration_no"], "registered")
            assert seen["received_at"] == "2025-08-25T01:00:00Z"
            text = (await contents(county, child["case_id"]))["petition"]
            read = ok(await ask(county, f"/cases/{child['case_id']}/contents/{text}", purpose="handling"))
            assert read["claim"] == part["content"]["claim"]
        told = await progress(county, letter["query_code"])
        assert told["state"] == "split"
        assert {part["registration_no"] for part in told["parts"]} == {c["registration_no"] for c in split["children"]}
        async with county.sql() as db:  # erasing a person finds what was split off, too
            persons = await db.fetch(
                "SELECT DISTINCT persons FROM intake.vault_key WHERE case_id = ANY($1::uuid[])",
                [UUID(letter["case_id"]), *(UUID(child["case_id"]) for child in split["children"])],
            )
        assert len(persons) == 1


class TestConfidentialTrack:
    async def reported(self, county: System) -> dict[str, Any]:
        receipt = await county.register(category="official_conduct", place="P-jw")
        ok(await send(county, receipt["case_id"], "classification", REPORT))
        return receipt

    async def test_report_is_read_by_the_discipline_organ_and_listed_nowhere(self, county: System):
        """第三十条第三款."""
        receipt = await self.reported(county)
        case = receipt["case_id"]
        text = (await contents(county, case))["petition"]
        refused(await ask(county, f"/cases/{case}/contents/{text}", purpose="triage"), 403, ContentIsConfidential)
        opened = ok(await send(county, case, "confidential-track", {"organ": "JW"}))
        assert opened["receipt_no"].startswith("密〔")
        for role in (Role.intake_clerk, Role.bureau_officer, Role.supervisor):
            reply = await ask(county, f"/cases/{case}/contents/{text}", role, purpose="handling")
            refused(reply, 403, ContentIsConfidential)
        reply = await ask(county, f"/cases/{case}/contents/{text}", Role.discipline_officer, purpose="verification")
        refused(reply, 404, NotFound)  # of another unit than the organ that has it
        path, organ = f"/cases/{case}/contents/{text}", {"role": Role.discipline_officer, "unit": "JW"}
        refused(await ask(county, path, **organ, purpose="verification"), 403, StillSealed)
        await unseal(county, case)
        ok(await ask(county, path, **organ, purpose="verification"))
        row = ok(await ask(county, f"/cases/{case}"))
        assert set(row) == {"id", "version", "registration_no", "state", "receipt"}
        whole = ok(await ask(county, f"/cases/{case}", **organ))
        assert (whole["category"], whole["place"], whole["kind"]) == ("official_conduct", "P-jw", "report_accusation")
        for more, there in (({}, True), ({"category": "official_conduct"}, True), ({"category": "other"}, False)):
            items = ok(await ask(county, "/cases", **organ, **more))["items"]
            assert [one for one in items if one["id"] == case] == ([whole] if there else [])
        listed = ok(await ask(county, "/cases", state="discipline_track"))["items"]
        assert listed == []
        assert (await progress(county, receipt["query_code"]))["state"] == "discipline_track"
        body = {"notice": "acceptance"} | NOTICE
        refused(await send(county, case, "informant-notices", body), 403, Forbidden)
        for notice in ("acceptance", "result"):
            ok(
                await send(
                    county, case, "informant-notices", body | {"notice": notice}, Role.discipline_officer, unit="JW"
                )
            )
        other = await registered(county)
        refused(await send(county, other, "merger", {"into": case}), 409, ConfidentialStaysApart)
        suggested = ok(await ask(county, f"/cases/{case}/duplicate-suggestions"))
        assert suggested["items"] == []

    async def test_what_went_into_a_report_is_as_secret(self, county: System):
        early = await registered(county)
        text = (await contents(county, early))["petition"]
        report = (await county.register())["case_id"]
        ok(await send(county, early, "merger", {"into": report}))
        ok(await send(county, report, "classification", REPORT))
        ok(await send(county, report, "confidential-track", {"organ": "JW"}))
        refused(await ask(county, f"/cases/{early}/contents/{text}", purpose="handling"), 403, ContentIsConfidential)

    async def test_discipline_organ_reads_nothing_else(self, county: System):
        case = await registered(county)
        text = (await contents(county, case))["petition"]
        refused(
            await ask(county, f"/cases/{case}/contents/{text}", Role.discipline_officer, purpose="handling"),
            403,
            Forbidden,
        )


class TestNotAccepted:
    async def test_petitioner_is_told_where_to_go(self, county: System):
        """第二十三条."""
        receipt = await county.register()
        body = {"ground": "not_within_power", "competent_body": "县人民法院"} | NOTICE
        told = ok(await send(county, receipt["case_id"], "non-acceptance", body))
        assert "信不受〔" in told["notice_no"]
        assert (await progress(county, receipt["query_code"]))["state"] == "not_accepted"

    async def test_same_matter_that_is_pending_is_named(self, county: System):
        """第十九条第三款."""
        case, pending = await registered(county), await accepted(county)
        body = {"ground": "pending_below", "competent_body": "县人社局"} | NOTICE
        for nothing in (None, case):
            reply = await send(county, case, "non-acceptance", body | {"pending_case": nothing})
            refused(reply, 409, NothingPending)
        nowhere = body | {"pending_case": str(uuid4())}
        refused(await send(county, case, "non-acceptance", nowhere), 404, NotFound)
        handed = body | {"pending_case": await with_unit(county)}
        refused(await send(county, case, "non-acceptance", handed), 409, NothingPending)
        ok(await send(county, case, "non-acceptance", body | {"pending_case": pending}, at=NOTIFIED_AT))


class TestWithdrawal:
    async def test_petitioner_has_fifteen_days_and_may_come_back(self, county: System):
        receipt = await county.register(at=REGISTERED_AT)
        case = receipt["case_id"]
        paper = {"document": await document(county, case)}
        code, wish = receipt["query_code"], {"words": "本人自愿撤回"}
        refused(await send(county, case, "withdrawal", paper, Role.petitioner, at=REGISTERED_AT), 403, Forbidden)
        ok(await county.by_code(code, "/withdrawal", wish, at=REGISTERED_AT))
        assert (await progress(county, code))["withdrawal_on"] == "2025-09-09"
        ok(await county.by_code(code, "/withdrawal/revocation", at=REGISTERED_AT))
        ok(await county.by_code(code, "/withdrawal", wish, at=REGISTERED_AT))
        for role in (Role.unit_receiver, Role.case_officer, Role.unit_head, Role.petitioner):
            refused(await send(county, case, "withdrawal/confirmation", paper, role), 403, Forbidden)
        early = await send(county, case, "withdrawal/confirmation", paper, at="2025-09-09T09:00:00+08:00")
        refused(early, 409, CoolingOff)
        ok(await send(county, case, "withdrawal/confirmation", paper, at="2025-09-10T09:00:00+08:00"))
        assert (await progress(county, receipt["query_code"]))["state"] == "withdrawn"
        ok(
            await county.send(
                "intake", f"/cases/{case}/petitions", await with_receipt(county, case), role=Role.petitioner
            ),
            201,
        )
        await county.register()


class TestUrgency:
    async def test_matter_is_noted_reported_and_followed_up(self, county: System):
        """第二十五条."""
        case = await registered(county)
        ok(await send(county, case, "urgency", {"known_at": REGISTERED_AT}))
        leaders = ("party_committee", "government", "joint_conference")
        await county.enter(*({"code": f"U-{kind}", "kind": kind, "competent": False} for kind in leaders))
        await county.enter({"code": "SZ", "kind": "township"})
        shown, at_town = await with_receipt(county, case), {"role": Role.unit_receiver, "unit": "SZ"}
        ok(await county.send("intake", f"/cases/{case}/petitions", shown, **at_town), 201)
        body = {"recipients": [f"U-{kind}" for kind in leaders], "document": await document(county, case)}
        for version, stage in enumerate(("first", "follow_up"), 4):
            reply = ok(await send(county, case, "urgent-reports", body | {"stage": stage}, unit="SZ"))
            assert (reply["version"], reply["reported"], reply["still_to_be_told"]) == (version, True, [])


class TestRating:
    async def test_petitioner_alone_rates_the_answer_and_once(self, county: System):
        """第二十一条第二款; the newest events of the case are fetched before anybody is told that there is no answer."""
        case = await decided(county)
        async with county.sql() as db:
            number = await db.fetchval("SELECT petition_id FROM intake.query_code WHERE case_id = $1", UUID(case))
        code, _ = county.vault.query_code(UUID(case), number)
        refused(await rate(county, code), 409, NotAnswered)
        ok(await act(county, case, "opinion/service", {"method": "post", "receipt": "EMS-2"}, at=SERVED_AT))
        for role in (Role.case_officer, Role.intake_clerk, Role.unit_head):
            refused(await county.send("intake", "/progress/rating", RATING, role=role), 403, Forbidden)
        refused(await rate(county, code, at="2025-10-10T09:00:00+08:00"), 409, RatingClosed)
        ok(await rate(county, code, at="2025-10-09T09:00:00+08:00"))
        refused(await rate(county, code, at="2025-10-09T09:00:00+08:00"), 409, AlreadyRated)
        assert (await progress(county, code))["state"] == "answered"

    async def test_wrong_code_rates_nothing(self, county: System):
        refused(await rate(county, "0000-0000-0000"), 404, NotFound)
