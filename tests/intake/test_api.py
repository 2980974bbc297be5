"""Intake over HTTP: the door is open to everybody, and what is said behind it stays there."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from contracts.vocabulary import Channel, ContentCategory, Role
from services.chassis.errors import Erased, Forbidden, Invalid, NotFound, Stale, Unavailable
from services.intake import vault
from services.intake.application.registering import ReceivedInFuture
from services.intake.domain.classification import AlreadyClassified, RouteDoesNotFit
from services.intake.domain.texts import PurposeNotOfDuty
from services.intake.questions import cases
from services.intake.vault import TextDamaged
from tests.harness import BUREAU, COMMITTEE, Servers, System, legible, petition, unpacked
from tests.rules import refused
from tests.steps import classified, closed, document, ok, open_county, registered, until_closed

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLASSIFICATION = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
NOBODY = "00000000-0000-4000-8000-00000000dead"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def register(county: System, role: Role = Role.intake_clerk, *, at: str | None = None, **more: Any):
    return await county.send("intake", "/petitions", petition(**more), role=role, at=at)


async def attach(county: System, case: str, role: Role = Role.intake_clerk, **more: Any):
    return await county.send("intake", f"/cases/{case}/petitions", petition(**more), role=role)


async def classify(
    county: System, case: str, role: Role = Role.bureau_officer, version: int | None = None, **more: Any
):
    body = CLASSIFICATION | more
    return await county.send("intake", f"/cases/{case}/classification", body, role=role, version=version)


async def deposit(county: System, case: str, role: Role = Role.case_officer, **more: Any):
    body = {"kind": "record", "text": "笔录"} | more
    return await county.send("intake", f"/cases/{case}/documents", body, role=role)


async def look(county: System, case: str, content: Any, role: Role = Role.case_officer, purpose: str = "handling"):
    headers = {"Huiyin-Actor": "co-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": str(role)}
    url = f"{county.url('intake')}/cases/{case}/contents/{content}"
    return await county.client.get(url, params={"purpose": purpose}, headers=headers)


async def progress(county: System, code: str):
    return await county.by_code(code)


async def looks(county: System, case: str) -> list[str]:
    async with county.sql() as db:
        rows = await db.fetch(
            "SELECT packed FROM intake.event WHERE case_id = $1 AND type LIKE '%Disclosed%'",
            UUID(case),
        )
    return [json.dumps(unpacked(row).body) for row in rows]


class TestRegister:
    async def test_petition_is_registered_and_a_receipt_given(self, county: System):
        """第二十二条; the code by which to ask: 第二十一条."""
        reply = await register(county)
        receipt = ok(reply, 201)
        assert set(receipt) == {"case_id", "petition_id", "registration_no", "query_code", "version"}
        assert re.fullmatch(r"XF\d{8}-[0-9A-HJKMNP-TV-Z]{8}", receipt["registration_no"])
        assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", receipt["query_code"])
        assert (receipt["version"], reply.headers["etag"]) == (1, '"1"')

    @pytest.mark.parametrize("channel", Channel)
    async def test_every_channel_is_open(self, county: System, channel: Channel):
        """第十七条."""
        ok(await register(county, channel=str(channel)), 201)

    @pytest.mark.parametrize("category", ["other", *ContentCategory])
    async def test_whatever_it_is_about_it_is_registered(self, county: System, category: str):
        """第二十二条; what fits no category is registered as «other»."""
        ok(await register(county, category=str(category)), 201)

    async def test_anonymous_petition_is_registered(self, county: System):
        """第二十三条第二款: without a name there is no notice, but there is a case."""
        ok(await register(county, petitioner=None), 201)
        body = petition()
        del body["petitioner"]
        ok(await county.send("intake", "/petitions", body, role=Role.intake_clerk), 201)

    async def test_name_alone_is_enough(self, county: System):
        """第十九条: «一般应当» – whoever says less is registered all the same."""
        ok(await register(county, petitioner={"name": "佚名"}, content={"claim": "求助", "facts": "口述"}), 201)

    @pytest.mark.parametrize("role", [Role.intake_clerk, Role.unit_receiver, Role.bureau_officer, Role.petitioner])
    async def test_bureau_unit_and_petitioner_can_register(self, county: System, role: Role):
        """第二十二条, 第二十三条: also a unit to which somebody turns directly."""
        ok(await register(county, role), 201)

    @pytest.mark.parametrize("role", [Role.auditor, Role.supervisor, Role.platform_admin])
    async def test_others_have_no_hand_in_it(self, county: System, role: Role):
        refused(await register(county, role), 403, Forbidden)

    async def test_letter_of_last_week_is_registered_with_its_day(self, county: System):
        reply = await register(county, at="2025-09-08T09:00:00+08:00", received_at="2025-08-31T23:59:00+08:00")
        assert ok(reply, 201)["registration_no"].startswith("XF20250831-")

    async def test_day_of_the_number_is_the_day_in_china(self, county: System):
        reply = await register(county, at="2025-09-08T09:00:00+08:00", received_at="2025-08-31T16:30:00Z")
        assert ok(reply, 201)["registration_no"].startswith("XF20250901-")

    async def test_scanner_may_be_a_minute_ahead_and_not_more(self, county: System):
        now = datetime(2025, 9, 1, 1, 0, tzinfo=UTC)
        for seconds, status in ((60, 201), (61, 422)):
            received_at = (now + timedelta(seconds=seconds)).isoformat()
            reply = await register(county, at=now.isoformat(), received_at=received_at)
            assert reply.status_code == status
        refused(reply, 422, ReceivedInFuture)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"received_at": "2025-09-01T09:00:00"},
            {"received_at": "0001-01-01T00:00:00+14:00"},
            {"received_at": "9999-12-31T23:59:59-14:00"},
            {"received_at": 1e300},
            {"content": "x"},
            {"content": {"claim": ["x"]}},
            {"content": {"further_claims": [{}]}},
            {"petitioner": "王"},
            {"petitioner": {"gender": "f"}},
            {"more": 1},
        ],
        ids=lambda wrong: f"{next(iter(wrong))}={str(next(iter(wrong.values())))[:24]!r}",
    )
    async def test_what_makes_no_sense_is_named(self, county: System, wrong: dict[str, Any]):
        problem = refused(await register(county, **wrong), 422, Invalid)
        assert problem["errors"][0]["at"].startswith("body")

    @pytest.mark.parametrize("number", ["110101", "P<CHNE12345678", "写错了"])
    async def test_mistyped_or_foreign_number_stops_no_registration(self, county: System, number: str):
        """第二十二条, 第四十八条: registration is never refused over a formality."""
        ok(await register(county, petitioner={"name": "王", "id_no": number, "phone": "call me"}), 201)


class TestAttach:
    async def test_repeat_petition_joins_its_case_with_a_code_of_its_own(self, county: System):
        """第二十一条, 第二十二条."""
        first = await county.register()
        again = ok(await attach(county, first["case_id"], channel="letter"), 201)
        assert again["case_id"] == first["case_id"]
        assert again["version"] == 2
        for one in ("petition_id", "registration_no", "query_code"):
            assert again[one] != first[one]
        for code in (first["query_code"], again["query_code"]):
            assert ok(await progress(county, code))["state"] == "registered"

    async def test_nothing_of_a_repeat_petition_is_dropped(self, county: System):
        """第二十二条, 第三十条: the wish for secrecy and what it is about this time are kept like the first time."""
        case = (await county.register())["case_id"]
        ok(await attach(county, case, category="housing", place=COMMITTEE, secrecy_requested=True), 201)
        async with county.sql() as db:
            row = await db.fetchrow("SELECT packed FROM intake.event WHERE stream_id = $1 AND version = 2", UUID(case))
        said = unpacked(row).body
        assert (said["category"], said["place"], said["secrecy_requested"]) == ("housing", COMMITTEE, True)

    async def test_repeat_petition_to_a_closed_case_is_registered(self, county: System):
        """第二十二条, 第四十四条第一项: registration is refused in no state."""
        case = await closed(county)
        await until_closed(county, case)
        receipt = ok(await attach(county, case, petitioner=None), 201)
        assert ok(await progress(county, receipt["query_code"]))["state"] == "closed"

    async def test_there_must_be_such_a_case(self, county: System):
        refused(await attach(county, NOBODY), 404, NotFound)

    async def test_auditor_attaches_nothing(self, county: System):
        refused(await attach(county, await registered(county), Role.auditor), 403, Forbidden)

    async def test_it_cannot_have_come_tomorrow(self, county: System):
        reply = await attach(county, await registered(county), received_at="2099-01-01T00:00:00+08:00")
        refused(reply, 422, ReceivedInFuture)


class TestClassify:
    async def test_case_is_told_apart(self, county: System):
        """第三十一条."""
        case = await registered(county)
        assert ok(await classify(county, case, version=1)) == {"case_id": case, "version": 2}
        seen = ok(await county.client.get(f"{county.url('intake')}/cases/{case}"))
        assert {k: seen[k] for k in CLASSIFICATION} == CLASSIFICATION
        assert seen["state"] == "classified"

    async def test_only_the_bureau_classifies(self, county: System):
        """第二十二条."""
        problem = refused(await classify(county, await registered(county), Role.case_officer), 403, Forbidden)
        assert Role.bureau_officer.title in problem["detail"]

    async def test_second_classification_is_refused(self, county: System):
        """第三十一条."""
        refused(await classify(county, await classified(county)), 409, AlreadyClassified)

    async def test_report_on_an_ordinary_route_is_refused(self, county: System):
        """第三十条."""
        refused(await classify(county, await registered(county), kind="report_accusation"), 422, RouteDoesNotFit)

    async def test_officer_who_saw_an_older_case_is_refused(self, county: System):
        case = await registered(county)
        ok(await attach(county, case), 201)
        refused(await classify(county, case, version=1), 412, Stale)

    async def test_there_must_be_such_a_case(self, county: System):
        refused(await classify(county, NOBODY), 404, NotFound)


class TestDeposit:
    async def test_document_lies_in_the_vault_and_its_digest_in_the_event(self, county: System):
        case = await registered(county)
        receipt = ok(await deposit(county, case, text="调查笔录"), 201)
        assert re.fullmatch("[0-9a-f]{64}", receipt["content_sha256"])
        assert ok(await look(county, case, receipt["document_id"])) == {"text": "调查笔录"}

    async def test_petitioner_deposits_by_petition_only(self, county: System):
        refused(await deposit(county, await registered(county), Role.petitioner), 403, Forbidden)

    async def test_there_must_be_such_a_case(self, county: System):
        refused(await deposit(county, NOBODY), 404, NotFound)

    async def test_same_text_twice_has_two_digests(self, county: System):
        """The digest is of the ciphertext: nobody can guess a text and compare."""
        case = await registered(county)
        digests = {ok(await deposit(county, case), 201)["content_sha256"] for _ in range(2)}
        assert len(digests) == 2


class TestRead:
    async def contents(self, county: System, case: str) -> tuple[UUID, UUID]:
        """Return the ids of the petition's text and of the petitioner."""
        async with county.sql() as db:
            rows = await db.fetch("SELECT id, kind FROM intake.vault_item WHERE case_id = $1", UUID(case))
        ids = {row["kind"]: row["id"] for row in rows}
        return ids["petition"], ids["petitioner"]

    async def test_look_is_recorded_and_reaches_the_ledger(self, county: System):
        """个人信息保护法 第五十一条, 第五十四条."""
        case = await registered(county)
        text, person = await self.contents(county, case)
        assert ok(await look(county, case, text))["claim"] == "要求支付工资"
        assert ok(await look(county, case, person, Role.supervisor, "supervision"))["name"] == "王秀兰"
        entries = [e for e in await county.caught_up() if str(e["case_id"]) == case]
        seen = [e for e in entries if e["type"] == "intake.ContentDisclosed.v1"]
        assert [str(unpacked(e).body).count(str(i)) for e, i in zip(seen, (text, person), strict=True)] == [1, 1]
        assert unpacked(seen[0]).metadata["actor"] == "co-1"
        assert unpacked(seen[1]).metadata["role"] == "supervisor"

    async def test_what_was_sealed_as_it_was_written_is_still_read(
        self, county: System, monkeypatch: pytest.MonkeyPatch
    ):
        with monkeypatch.context() as before:
            before.setattr(vault, "squeezed", lambda text, _: text)
            old = await registered(county)
        for case in (old, await registered(county)):
            text, person = await self.contents(county, case)
            assert ok(await look(county, case, text))["claim"] == "要求支付工资"
            assert ok(await look(county, case, person))["name"] == "王秀兰"

    async def test_look_is_recorded_before_anything_is_decrypted(self, county: System):
        """What cannot be decrypted was looked at all the same."""
        case = await registered(county)
        number = await document(county, case)
        async with county.sql() as db:
            await db.execute(
                "UPDATE intake.vault_item SET ciphertext = set_byte(ciphertext, 20, get_byte(ciphertext, 20) # 1) "
                "WHERE id = $1",
                UUID(number),
            )
        refused(await look(county, case, number), 500, TextDamaged)
        [seen] = await looks(county, case)
        assert number in seen

    async def test_text_whose_key_was_erased_is_gone(self, county: System):
        """个人信息保护法 第四十七条: nothing is decrypted any more, and nobody has looked."""
        case = await registered(county)
        text, _ = await self.contents(county, case)
        async with county.sql() as db:
            await db.execute(
                "WITH gone AS (DELETE FROM intake.vault_key WHERE case_id = $1 RETURNING id, case_id) "
                "INSERT INTO intake.destroyed_key SELECT id, case_id, now() FROM gone", UUID(case),
            )  # fmt: skip
        refused(await look(county, case, text), 410, Erased)
        assert await looks(county, case) == []
        seen = await county.client.get(f"{county.url('intake')}/cases/{case}")
        assert ok(seen)["registration_no"].startswith("XF")

    async def test_vault_that_does_not_answer_is_away(self, county: System):
        """Nobody looks while the vault is locked, and the caller may come again."""
        case = await registered(county)
        number = await document(county, case)
        async with county.sql() as db, db.transaction():
            await db.execute("LOCK TABLE intake.vault_item IN ACCESS EXCLUSIVE MODE")
            reply = await look(county, case, number)
        assert refused(reply, 503, Unavailable)
        assert reply.headers["retry-after"] == "1"
        assert await looks(county, case) == []
        ok(await look(county, case, number))

    @pytest.mark.parametrize(
        "role",
        [Role.petitioner, Role.auditor, Role.platform_admin, Role.evaluator, Role.personnel_officer],
    )
    async def test_who_does_not_work_on_it_does_not_read_it(self, county: System, role: Role):
        case = await registered(county)
        text, _ = await self.contents(county, case)
        refused(await look(county, case, text, role), 403, Forbidden)
        assert await looks(county, case) == []

    async def test_text_of_another_case_is_not_found(self, county: System):
        case, other = await registered(county), await registered(county)
        text, _ = await self.contents(county, other)
        refused(await look(county, case, text), 404, NotFound)
        refused(await look(county, case, NOBODY), 404, NotFound)

    @pytest.mark.parametrize("purpose", ["", "王秀兰", "two words", "x" * 61])
    async def test_purpose_is_a_word_from_a_list_and_no_text(self, county: System, purpose: str):
        refused(await look(county, NOBODY, NOBODY, purpose=purpose), 422, Invalid)

    @pytest.mark.parametrize(("role", "purpose"), [
        (Role.case_officer, "supervision"), (Role.case_officer, "verification"), (Role.case_officer, "print_paper"),
        (Role.case_officer, "review"),
    ])  # fmt: skip
    async def test_nobody_reads_for_what_is_anothers_duty(self, county: System, role: Role, purpose: str):
        """个人信息保护法 第六条: a purpose that is named and fits the duty; nothing is on record, for nobody has looked."""
        case = await registered(county)
        text, _ = await self.contents(county, case)
        refused(await look(county, case, text, role, purpose), 403, PurposeNotOfDuty)
        assert await looks(county, case) == []

    async def test_mutant_that_asks_nobody_for_their_duty_is_seen(
        self, county: System, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(cases, "must_be_of_duty", lambda *_: None)
        with pytest.raises(AssertionError):
            await self.test_nobody_reads_for_what_is_anothers_duty(county, Role.case_officer, "supervision")


class TestProgress:
    @pytest.mark.parametrize(
        "typed",
        [str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("-", " "),
         lambda code: code.replace("0", "O").replace("1", "l"), lambda code: f" {code.lower()} "],
        ids=["lower case", "no dashes", "spaces", "letters for digits", "padded"],
    )  # fmt: skip
    async def test_code_works_as_people_type_it(self, county: System, typed):
        """第二十一条."""
        receipt = await county.register()
        seen = ok(await progress(county, typed(receipt["query_code"])))
        assert set(seen) >= {"registration_no", "state", "received_at", "kind", "closed_at"}
        assert seen["registration_no"] == receipt["registration_no"]

    @pytest.mark.parametrize(
        "code", ["0000-0000-0000", "-", " ", "x" * 40, "'; DROP TABLE query_code; --", "查询码", "\x00"]
    )
    async def test_wrong_code_is_not_found(self, county: System, code: str):
        problem = refused(await progress(county, code), 404, NotFound)
        assert problem["detail"] == "查询码不存在"

    async def test_code_that_is_too_long_is_invalid(self, county: System):
        refused(await progress(county, "x" * 41), 422, Invalid)

    async def test_code_itself_is_nowhere(self, county: System):
        receipt = await county.register()
        code = receipt["query_code"].replace("-", "")
        async with county.sql() as db:
            there = [legible(row["result"]) for row in await db.fetch("SELECT result FROM intake.command")]
        assert receipt["registration_no"] in str(there)
        assert code not in str(there).replace("-", "")

    async def test_who_asks_is_told_that_the_case_is_closed(self, county: System):
        """第二十一条."""
        case = await closed(county)
        await until_closed(county, case)
        receipt = ok(await attach(county, case), 201)
        seen = ok(await progress(county, receipt["query_code"]))
        assert (seen["state"], seen["kind"]) == ("closed", "appeal_for_resolution")


class TestQuestions:
    async def test_pages_go_on_where_the_last_one_ended(self, county: System):
        for _ in range(3):
            await registered(county)
        url, seen, after = f"{county.url('intake')}/cases", [], {}
        while after is not None:
            answer = ok(await county.client.get(url, params={"limit": 2} | after))
            seen += [item["id"] for item in answer["items"]]
            after = answer["next"] and {"after": answer["next"]}
        async with county.sql() as db:
            assert seen == [str(r["id"]) for r in await db.fetch("SELECT id FROM intake.case_view ORDER BY id")]

    async def test_list_is_narrowed_to_a_state(self, county: System):
        case = await classified(county)
        url = f"{county.url('intake')}/cases"
        items = ok(await county.client.get(url, params={"state": "classified", "limit": 200}))["items"]
        assert case in {item["id"] for item in items}
        assert {item["state"] for item in items} == {"classified"}

    @pytest.mark.parametrize(
        "query", [{"limit": "0"}, {"limit": "201"}, {"limit": "9" * 30}, {"after": "x"}, {"state": "A'"}, {"state": ""}]
    )
    async def test_list_of_nonsense_is_invalid(self, county: System, query: dict[str, str]):
        refused(await county.client.get(f"{county.url('intake')}/cases", params=query), 422, Invalid)

    async def test_answers_are_kept_by_nobody_on_the_way(self, county: System):
        case = await registered(county)
        reply = await county.client.get(f"{county.url('intake')}/cases/{case}")
        assert reply.headers["cache-control"] == "no-store"
