"""信访工作条例 第二十二条: what comes in is registered, however names, numbers and letters are written."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.http.answers import BadHeader, Unreadable
from services.chassis.http.bodies import CHARSETS
from tests.harness import BUREAU, PLACE, Servers, System, petition, unpacked
from tests.rules import refused
from tests.steps import act, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE, IDENTITY = "13900000003", "11010519491231002X"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def register(county: System, **more: Any) -> dict[str, Any]:
    return ok(await county.send("intake", "/petitions", petition(**more), role=Role.intake_clerk), 201)


async def raw(county: System, body: bytes, kind: str = "application/json", **more: str | bytes):
    headers = {"Idempotency-Key": str(uuid4()), "Huiyin-Actor": "c-1", "Huiyin-Unit": BUREAU, "Content-Type": kind}
    headers |= {"Huiyin-Role": "intake_clerk"} | {name.replace("_", "-"): value for name, value in more.items()}
    return await county.client.post(county.url("intake") + "/petitions", content=body, headers=headers)


async def items(county: System, case: str) -> list[Any]:
    """Return what of the case lies in the vault, as officers read it."""
    async with county.sql() as db:
        found = await db.fetch("SELECT id FROM intake.vault_item WHERE case_id = $1", UUID(case))
    return [await item(county, case, row["id"]) for row in found]


async def item(county: System, case: str, content: Any) -> Any:
    headers = {"Huiyin-Actor": "co-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": "case_officer"}
    url = f"{county.url('intake')}/cases/{case}/contents/{content}?purpose=handling"
    return ok(await county.client.get(url, headers=headers))


async def petitioner_of(county: System, case: str) -> dict[str, Any]:
    [found] = [one for one in await items(county, case) if "name" in one]
    return found


async def content_of(county: System, case: str) -> dict[str, Any]:
    [found] = [one for one in await items(county, case) if "claim" in one]
    return found


class TestNothingTold:
    """第二十二条、第四十三条: who tells little is registered with the little."""

    @pytest.mark.parametrize("blank", ["", "  ", "\u3000", "\u200f", "\x00", None], ids=repr)
    @pytest.mark.parametrize("field", ["phone", "id_no", "address", "name"])
    async def test_blank_field_of_a_petitioner_is_what_was_not_told(self, county: System, field: str, blank: Any):
        receipt = await register(county, petitioner={"name": "张三", "phone": PHONE} | {field: blank})
        assert (await petitioner_of(county, receipt["case_id"]))[field] is None

    @pytest.mark.parametrize(
        "more",
        [{"petitioner": {"phone": PHONE}}, {"petitioner": {}}, {"petitioner": {"name": ""}}, {"petitioner": None},
         {"petitioner": ""}, {"content": {}}, {"content": None}, {"content": {"claim": "", "facts": "  ", "reasons": ""}},
         {"content": {"facts": "口述"}}, {"place": ""}, {"place": None}, {"place": "某县某镇"}, {"place": PHONE}, {"category": ""},
         {"category": None}, {"person_count": None}, {"person_count": ""}, {"secrecy_requested": None},
         {"secrecy_requested": ""}, {"came_from": ""}, {"petitioner": {"phone": 13900000003, "id_no": 42}}],
        ids=str,
    )  # fmt: skip
    async def test_missing_or_unclear_stops_nothing(self, county: System, more: dict[str, Any]):
        await register(county, **more)

    @pytest.mark.parametrize("field", ["category", "place", "petitioner", "content"])
    async def test_what_is_not_sent_at_all_stops_nothing(self, county: System, field: str):
        body = petition()
        del body[field]
        ok(await county.send("intake", "/petitions", body, role=Role.intake_clerk), 201)

    @pytest.mark.parametrize("place", ["某县某镇王家沟", "zhang-san-1949", "13812345678", "110105194912310021"])
    async def test_place_in_words_is_kept_with_the_letter_and_stands_in_no_event(self, county: System, place: str):
        """个人信息保护法第二十八条: what somebody calls a place, and the directory does not have, is for the vault."""
        receipt = await register(county, place=place)
        assert (await content_of(county, receipt["case_id"]))["place"] == place
        seen = ok(await county.client.get(f"{county.url('intake')}/cases/{receipt['case_id']}"))
        assert seen["place"] == "unknown"

    async def test_place_of_the_directory_is_the_cases(self, county: System):
        receipt = await register(county, place=PLACE)
        assert "place" not in await content_of(county, receipt["case_id"])
        assert ok(await county.client.get(f"{county.url('intake')}/cases/{receipt['case_id']}"))["place"] == PLACE

    async def test_caller_who_leaves_a_number_alone_is_found_by_it(self, county: System):
        receipt = await register(county, petitioner={"phone": PHONE})
        assert (await petitioner_of(county, receipt["case_id"]))["phone"] == PHONE


class TestAsPeopleWrite:
    async def test_pasted_controls_are_cleaned(self, county: System):
        facts = "拖欠\x00三个月\r\n第二段\x1b[31m红\u202e字\ttab"
        receipt = await register(county, content={"claim": "支付\x07工资", "facts": facts})
        seen = await content_of(county, receipt["case_id"])
        assert (seen["claim"], seen["facts"]) == ("支付工资", "拖欠三个月\n第二段[31m红字\ttab")

    @pytest.mark.parametrize("name", ["张三\n此致\u202e敬礼", "张三\u2028此致 敬礼", "张三\r\n\t此致\x1b 敬礼"])
    async def test_name_is_one_line(self, county: System, name: str):
        receipt = await register(county, petitioner={"name": name})
        assert (await petitioner_of(county, receipt["case_id"]))["name"] == "张三 此致 敬礼"

    @pytest.mark.parametrize(
        "name", ["王𪚥", "བཀྲ་ཤིས", "ئابدۇللا", "ᠪᠠᠶᠠᠷ", "ꆈꌠ", "👩‍👩‍👧", "J. O'Neill-Štěpán", "阿卜杜拉·买买提"]
    )
    async def test_whatever_somebody_is_called_is_kept_as_written(self, county: System, name: str):
        receipt = await register(county, petitioner={"name": name})
        assert (await petitioner_of(county, receipt["case_id"]))["name"] == name

    async def test_half_of_a_character_is_shown_as_such(self, county: System):
        """A form that counts to a limit in halves cuts the last one."""
        body = json.dumps(petition(content={"claim": "求助", "facts": "半个\ud83d"})).encode()
        receipt = ok(await raw(county, body), 201)
        assert (await content_of(county, receipt["case_id"]))["facts"] == "半个\ufffd"

    @pytest.mark.parametrize("size", [26_005, 100_000, 100_001, 10_000_000])
    async def test_letter_of_any_length_is_kept_whole(self, county: System, size: int):
        """第二十二条: beyond the place that everybody reads it lies beside, as a text of its own."""
        facts = ("信访事项" * (size // 4 + 1))[: size if size < 10**6 else size // 3]
        receipt = await register(county, content={"claim": "求助", "facts": facts})
        case, seen = receipt["case_id"], await content_of(county, receipt["case_id"])
        if len(facts) <= 100_000:
            assert (seen["facts"], seen.get("attached")) == (facts, None)
        else:
            [attached] = seen["attached"]
            assert (len(seen["facts"]), attached["field"]) == (100_000, "facts")
            assert (await item(county, case, attached["content_id"]))["text"] == facts

    async def test_name_of_any_length_is_kept_whole(self, county: System):
        name = "长" * 3_000
        receipt = await register(county, petitioner={"name": name})
        seen = await petitioner_of(county, receipt["case_id"])
        assert seen["name"] == name[:200]
        assert (await item(county, receipt["case_id"], seen["attached"][0]["content_id"]))["text"] == name


class TestCharsets:
    @pytest.mark.parametrize("charset", [name.decode() for name in CHARSETS if name != b"us-ascii"])
    async def test_body_is_read_as_what_it_says_that_it_is(self, county: System, charset: str):
        words = "拖欠工資三個月" if "big5" in charset else "拖欠工资三个月"
        said = {"petitioner": None, "content": {"claim": words, "facts": words}}
        body = json.dumps(petition(**said), ensure_ascii=False)
        receipt = ok(await raw(county, body.encode(charset), f'application/json; Charset="{charset.upper()}"'), 201)
        assert (await content_of(county, receipt["case_id"]))["facts"] == words

    @pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-32"])
    async def test_mark_of_the_order_of_bytes_says_what_it_is(self, county: System, charset: str):
        body = json.dumps(petition(content={"claim": "支付工资"}), ensure_ascii=False).encode(charset)
        receipt = ok(await raw(county, body), 201)
        assert (await content_of(county, receipt["case_id"]))["claim"] == "支付工资"

    @pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"])
    async def test_what_is_not_what_it_says_is_not_stored_garbled(self, county: System, kind: str):
        body = json.dumps(petition(content={"claim": "支付工资"}), ensure_ascii=False).encode("gbk")
        refused(await raw(county, body, kind), 400, Unreadable)

    @pytest.mark.parametrize("charset", ["iso-8859-1", "utf-7", "klingon", "\u00e9"])
    async def test_charset_that_nobody_reads_is_named(self, county: System, charset: str):
        reply = await raw(county, b"{}", f"application/json; charset={charset}".encode("latin-1"))
        assert (reply.status_code, "gb18030" in reply.json()["detail"]) == (415, True)


class TestHeaders:
    """What stands beside an event is stored as it was meant, or not at all."""

    async def test_reason_is_kept_as_what_it_is_called(self, county: System):
        receipt = ok(await raw(county, json.dumps(petition()).encode(), Huiyin_Reason=b"entered_late"), 201)
        async with county.sql() as db:
            row = await db.fetchrow("SELECT packed FROM intake.event WHERE case_id = $1", UUID(receipt["case_id"]))
        assert unpacked(row).metadata["reason"] == "补录"

    @pytest.mark.parametrize(
        "value", ["补交".encode("gbk"), "é".encode("latin-1"), b"%B2%B9"], ids=["gbk", "latin", "percent"]
    )
    async def test_anything_else_is_refused(self, county: System, value: bytes):
        refused(await raw(county, json.dumps(petition()).encode(), Huiyin_Reason=value), 400, BadHeader)


class TestKnownAgain:
    """第二十二条第一款: who has come before is found by every number that they gave, however it is written."""

    async def suggested(self, county: System, case: str) -> dict[str, list[str]]:
        headers = {"Huiyin-Actor": "b-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": "bureau_officer"}
        url = f"{county.url('intake')}/cases/{case}/duplicate-suggestions"
        found = ok(await county.client.get(url, headers=headers))["items"]
        return {one["case_id"]: one["reasons"] for one in found}

    @pytest.mark.parametrize(
        ("first", "again"),
        [
            ({"phone": "13911110001"}, {"name": "李四", "phone": "+86 139-1111-0001"}),
            ({"phone": "13911110002"}, {"phone": "００８６１３９１１１１０００２"}),
            ({"phone": "13911110003"}, {"phone": "139\u200b1111\u20600003", "id_no": "写错了"}),
            ({"phone": "0571-88880001"}, {"phone": "+86 571 88880001"}),
            ({"phone": "13911110004"}, {"phone": "0571-88880002/139 1111 0004"}),
            ({"phone": "13911110006"}, {"phone": "本人13911110006（儿子13911110007）"}),
            ({"phone": "0571-88880003"}, {"phone": "家里0571 88880003"}),
            ({"name": "李四", "id_no": IDENTITY, "phone": "13911110005"}, {"id_no": "110105 491231 002"}),
            ({"id_no": "110105194912310062"}, {"name": "王五", "id_no": "１１０１０５－１９４９１２３１－００６２"}),
            ({"name": "阿卜杜拉·买买提", "address": "某县某街12号"}, {"name": "阿卜杜拉•买买提", "address": "某县 某街１２号"}),
            ({"name": "阿依古丽・吐尔逊", "address": "某县2号"}, {"name": "阿依古丽‧吐尔逊 ", "address": "某县2号", "phone": "1"}),
        ],
        ids=["country", "full width", "hidden", "land line", "two numbers", "words beside it", "a word before", "15 places", "hyphens", "bullet", "katakana dot"],
    )  # fmt: skip
    async def test_by_whatever_was_given(self, county: System, first: dict[str, str], again: dict[str, str]):
        one, two = [(await register(county, petitioner=who, place=f"P-{uuid4()}"))["case_id"] for who in (first, again)]
        assert "same_person" in (await self.suggested(county, two))[one]

    async def test_who_gave_nothing_of_their_own_is_nobody_known(self, county: System):
        cases = [
            (await register(county, petitioner=who, place=""))["case_id"]
            for who in ({"name": "佚名"}, {"name": "佚名", "phone": "无", "id_no": "——"})
        ]
        assert cases[0] not in await self.suggested(county, cases[1])


class TestCodes:
    """第二十一条第二款: a code is asked for as people type it."""

    @pytest.mark.parametrize(
        "typed",
        [lambda c: c.replace("-", "–"), lambda c: c.replace("-", "—"), lambda c: c.replace("-", " − "),
         lambda c: "".join(chr(ord(x) + 0xFEE0) for x in c), lambda c: f"\u200b {c.lower()}\u3000", "．".join],
        ids=["en dash", "em dash", "minus", "full width", "blanks", "dots"],
    )  # fmt: skip
    async def test_query_code(self, county: System, typed: Any):
        receipt = await register(county)
        seen = ok(await county.by_code(typed(receipt["query_code"])))
        assert seen["registration_no"] == receipt["registration_no"]

    @pytest.mark.parametrize("typed", [str.lower, lambda n: n.replace("-", " – "), lambda n: "ＸＦ" + n[2:]])
    async def test_registration_number(self, county: System, typed: Any):
        receipt = await register(county)
        params = {"registration_no": typed(receipt["registration_no"])}
        found = ok(await county.client.get(f"{county.url('intake')}/cases", params=params))["items"]
        assert [one["id"] for one in found] == [receipt["case_id"]]


async def test_proof_of_service_is_chinese_words_everywhere(county: System):
    """第二十三条: one rule for one thing; the same receipt for intake's notice and the unit's."""
    receipt = "本人签收（送达回证）"
    turned_away = {
        "ground": "not_within_power",
        "competent_body": "人民法院",
        "method": "in_person",
        "receipt": receipt,
    }
    case = (await register(county))["case_id"]
    ok(await county.send("intake", f"/cases/{case}/non-acceptance", turned_away, role=Role.bureau_officer))
    case = (await register(county))["case_id"]
    ok(await county.classify(case))
    ok(await county.forward(case))
    notice = {"method": "in_person", "receipt": receipt, "case_officer": "co-1"}
    ok(await act(county, case, "acceptance-notice", notice, role=Role.unit_receiver))
