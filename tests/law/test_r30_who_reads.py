"""第二十八条第三款、第三十条第三款: what a petitioner has written is read by who deals with it, and by no accused."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.errors import NotFound
from services.chassis.identity.tokens import NotAuthenticated
from services.chassis.recusal import OthersKeepOut
from services.intake.domain.paper import NotAnIssuer
from services.intake.domain.personnel import NotTheirsToTell
from services.intake.domain.track import ContentIsConfidential
from services.intake.domain.withdrawal import ConfirmedByHandler
from services.intake.questions import cases
from services.intake.views import NO_REPORT
from services.mediation.domain.handling import Handling
from tests.harness import BUREAU, UNIT, Servers, System, petition, until
from tests.law.test_r28_accused import REPORT, UNITS, complaint
from tests.rules import refused
from tests.steps import HEARD_AT, NOTIFIED_AT, accepted, document, ok, open_county, with_unit

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLERK, HANDLER = Role.intake_clerk, Role.case_officer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(
            *UNITS,
            {"code": BUREAU, "kind": "petition_bureau", "competent": False, "parent": "XW",
             "officers": {"bh-1": [Role.unit_head]}},
            {"code": "SW", "level": "city", "kind": "party_committee", "competent": False},
            {"code": "XW", "kind": "party_committee", "competent": False, "parent": "SW"},
            {"code": "SXFJ", "level": "city", "kind": "petition_bureau", "competent": False, "parent": "SW"},
            {"code": "XFB", "kind": "petition_bureau", "competent": False, "parent": "XW"},
            {"code": "XFA", "kind": "petition_bureau", "competent": False, "parent": "XW", "successors": ["XFB"]},
        )  # fmt: skip
        yield made


async def ask(county: System, path: str, unit: str, role: Role = HANDLER, actor: str = "x-1", **params: Any):
    headers = {"Huiyin-Actor": actor, "Huiyin-Unit": unit, "Huiyin-Role": str(role)}
    return await county.client.get(county.url("intake") + path, params=params, headers=headers)


async def read(county: System, case: str, unit: str, role: Role = HANDLER, actor: str = "x-1") -> httpx2.Response:
    async with county.sql() as db:
        found = "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'petition'"
        text = await db.fetchval(found, UUID(case))
    return await ask(county, f"/cases/{case}/contents/{text}", unit, role, actor, purpose="handling")


class TestContents:
    @pytest.mark.parametrize(("unit", "actor"), [("RSJ", "x-1"), ("SUB", "x-1"), ("JYJ", "co-1"), ("JYJ", "z-9")])
    async def test_whom_the_case_complains_of_does_not_read_it(self, county: System, unit: str, actor: str):
        """第三十条第三款."""
        await county.enter({"code": "FAR", "officers": {"z-9": [Role.case_officer]}})
        case = await complaint(county, "RSJ", persons=("z-9",))
        ok(await county.forward(case, "JYJ"))
        ok(await read(county, case, "JYJ"))
        refused(await read(county, case, unit, actor=actor), 404, NotFound)
        refused(await ask(county, f"/cases/{case}", unit, actor=actor), 404, NotFound)
        refused(await ask(county, f"/cases/{case}/duplicate-suggestions", unit, CLERK, actor=actor), 404, NotFound)

    async def test_unit_that_has_nothing_to_do_with_it_does_not_read_it(self, county: System):
        """个人信息保护法 第六条; who received it, who has it, who is above them and the bureaus of those do."""
        case = await complaint(county)
        ok(await county.forward(case, "RSJ"))
        refused(await read(county, case, "JYJ"), 404, NotFound)
        refused(await ask(county, f"/cases/{case}/duplicate-suggestions", "JYJ", CLERK), 404, NotFound)
        readers = {
            BUREAU: Role.bureau_officer,
            "SXFJ": Role.supervisor,
            "RSJ": HANDLER,
            "XZF": Role.unit_head,
            "SZF": Role.unit_head,
        }
        for unit, role in readers.items():
            ok(await read(county, case, unit, role))
        for unit in ("XZF", "SXFJ"):  # nor does everybody of a unit that is above
            refused(await read(county, case, unit), 404, NotFound)

    async def test_unit_that_has_nothing_to_do_with_it_has_no_paper_made_with_who_has_petitioned(self, county: System):
        """个人信息保护法 第六条: name and address stand on a paper, and whoever issues it has it printed."""
        case = await complaint(county)
        ok(await county.forward(case, "RSJ"))
        form = {"channel": "来信", "received_at": "2025-08-25", "claim": "支付工资", "facts": "拖欠", "address": "某镇"}
        body = {"kind": "registration_form", "fields": form, "approved_by": "head-1"}
        for kind in ("registration_form", "reception_record", "settlement_agreement"):
            reply = await county.send(
                "intake", f"/cases/{case}/papers", body | {"kind": kind}, role=Role.unit_receiver, unit="JYJ"
            )
            assert reply.json()["code"] in {NotFound.code, NotAnIssuer.code}
        refused(
            await county.send("intake", f"/cases/{case}/papers", body, role=Role.unit_receiver, unit="JYJ"),
            404, NotFound,
        )  # fmt: skip

    @pytest.mark.parametrize("role", [Role.unit_receiver, Role.unit_head])
    async def test_who_must_accept_settle_or_judge_it_reads_it(self, county: System, role: Role):
        """第二十三条、第三十一条、第三十三条: whoever finds out whether it is theirs, or decides, knows what it says."""
        case = await complaint(county)
        ok(await county.forward(case, "RSJ"))
        ok(await read(county, case, "RSJ", role))
        refused(await read(county, case, "JYJ", role), 404, NotFound)

    async def test_bureau_reads_what_came_to_a_unit_that_it_supervises(self, county: System):
        """第十四条、第四十条第一款: it stands under the party committee, and the unit under the government."""
        said = petition(received_at=HEARD_AT)
        case = ok(await county.send("intake", "/petitions", said, unit="RSJ", role=Role.intake_clerk), 201)["case_id"]
        ok(await read(county, case, BUREAU, Role.supervisor))
        refused(await read(county, case, "JYJ", Role.supervisor), 404, NotFound)

    async def test_who_owes_something_in_it_reads_it(self, county: System):
        """第十八条第二款: a unit to which a leader's instruction went."""
        case = await complaint(county)
        paper = await document(county, case, unit=BUREAU)
        body = {"leader": "leader-1", "unit": "JYJ", "document": paper, "due_on": "2099-12-31"}
        ok(await county.send("assignment", f"/cases/{case}/instructions", body, role=Role.sponsor_leader), 201)
        await county.caught_up()
        ok(await read(county, case, "JYJ"))

    async def test_whoever_handles_what_a_case_has_gone_into_reads_it(self, county: System):
        case, other = await complaint(county), await complaint(county)
        ok(await county.send("intake", f"/cases/{case}/merger", {"into": other}, role=Role.bureau_officer))
        ok(await county.forward(other, "JYJ"))
        ok(await read(county, case, "JYJ"))
        ok(await county.send("intake", f"/cases/{other}/accused", {"units": ["RSJ"]}, role=Role.bureau_officer))
        refused(await read(county, case, "RSJ"), 404, NotFound)

    async def test_bureau_whose_head_is_accused_does_not_read_it(self, county: System):
        case = await complaint(county, persons=("bh-1",))
        refused(await read(county, case, BUREAU, Role.bureau_officer), 404, NotFound)

    async def test_report_is_not_there_for_who_must_not_know_of_it(self, county: System):
        """第三十条第三款: 不得…透露; who received it knows that there is one."""
        case = await complaint(county, "RSJ", **REPORT)
        for unit in ("RSJ", "JYJ"):
            refused(await read(county, case, unit), 404, NotFound)
            refused(await ask(county, f"/cases/{case}", unit), 404, NotFound)
        refused(await county.client.get(f"{county.url('intake')}/cases/{case}", auth=None), 401, NotAuthenticated)
        refused(await read(county, case, BUREAU), 403, ContentIsConfidential)
        ok(await ask(county, f"/cases/{case}", BUREAU))


@pytest.mark.parametrize("service", ["intake", "assignment", "mediation", "accountability"])
async def test_case_that_it_had_is_not_there_for_who_is_accused_later(county: System, service: str):
    """第三十条第三款: in no service; for everybody else it is."""
    case = await complaint(county)
    ok(await county.forward(case, "JYJ"))
    ok(await county.send("intake", f"/cases/{case}/accused", {"units": ["JYJ"]}, role=Role.bureau_officer))
    await county.caught_up()
    url = f"{county.url(service)}/cases/{case}"

    async def seen(unit: str, role: Role = HANDLER) -> int:
        headers = {"Huiyin-Actor": "x-1", "Huiyin-Unit": unit, "Huiyin-Role": str(role)}
        return (await county.client.get(url, headers=headers)).status_code

    assert [await seen("JYJ"), await seen("RSJ"), await seen(BUREAU, Role.bureau_officer)] == [404, 404, 200]


async def test_accused_gets_no_hint_of_what_complains_of_it(county: System):
    """第三十条第三款: its clerk registers the same matter, and is not told of the other case."""
    who = {"petitioner": {"name": "郑一", "id_no": "Z1"}}
    case = (await county.register(**who))["case_id"]
    ok(await county.send("intake", f"/cases/{case}/accused", {"units": ["RSJ"]}, role=Role.bureau_officer))
    own = ok(await county.send("intake", "/petitions", petition(**who), role=Role.unit_receiver, unit="RSJ"), 201)
    at = f"/cases/{own['case_id']}/duplicate-suggestions"
    assert case not in (await ask(county, at, "RSJ", Role.unit_receiver)).text
    assert case in (await ask(county, at, BUREAU, Role.bureau_officer)).text


async def test_bureau_does_not_read_on_what_complains_of_the_one_that_it_carries_on(county: System):
    """第二十八条第三款、第三十条第三款: the nearest bureau above it passes on what it has received, and reads it."""
    theirs: dict[str, Any] = {"role": Role.bureau_officer, "unit": "XFB"}
    case = ok(await county.send("intake", "/petitions", petition(), **theirs), 201)["case_id"]
    ok(await ask(county, f"/cases/{case}", "XFB", Role.bureau_officer))
    ok(await county.send("intake", f"/cases/{case}/accused", {"units": ["XFA"]}, **theirs))
    await county.caught_up()
    for service in ("intake", "accountability"):
        headers = {"Huiyin-Actor": "x-1", "Huiyin-Unit": "XFB", "Huiyin-Role": str(Role.bureau_officer)}
        url = f"{county.url(service)}/cases/{case}"
        refused(await county.client.get(url, headers=headers), 404, NotFound)
        ok(await county.client.get(url, headers=headers | {"Huiyin-Unit": "SXFJ"}))
    apart = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
    path = f"/cases/{case}/classification"
    refused(await county.send("intake", path, apart, **theirs), 404, NotFound)
    ok(await county.send("intake", path, apart, role=Role.bureau_officer, unit="SXFJ"))


async def test_nobody_is_told_of_cases_with_which_they_have_nothing_to_do(county: System):
    """个人信息保护法 第六条: of the same person, of the same kind, at the same place; who stands over both is."""
    await county.enter({"code": "P-zheng", "level": "village", "competent": False})
    who = {"petitioner": {"name": "郑二", "id_no": "Z2"}, "place": "P-zheng"}
    theirs: dict[str, Any] = {"role": Role.unit_receiver, "unit": "JYJ"}
    foreign = (await county.register(**who))["case_id"]
    first, own = [
        ok(await county.send("intake", "/petitions", petition(**who), **theirs), 201)["case_id"] for _ in range(2)
    ]
    at = f"/cases/{own}/duplicate-suggestions"

    async def found(unit: str, role: Role) -> set[str]:
        return {one["case_id"] for one in ok(await ask(county, at, unit, role))["items"]}

    assert await found("JYJ", Role.unit_receiver) == {first}
    assert await found("JYJ", CLERK) == {first}
    assert await found(BUREAU, Role.bureau_officer) == {first, foreign}


async def test_mutant_cases_of_others_are_suggested(county: System, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cases, "CASES", NO_REPORT)
    with pytest.raises(AssertionError):
        await test_nobody_is_told_of_cases_with_which_they_have_nothing_to_do(county)


async def test_who_was_recused_reads_and_deposits_nothing(county: System):
    """第二十八条第三款."""
    case = await accepted(county)
    ok(await county.send("mediation", f"/cases/{case}/recusal/declarations", {}, role=HANDLER, unit=UNIT, actor="co-1",
                         at=HEARD_AT))  # fmt: skip
    await county.caught_up()
    refused(await read(county, case, UNIT, actor="co-1"), 404, NotFound)
    body = {"kind": "record", "text": "甲"}
    reply = await county.send("intake", f"/cases/{case}/documents", body, role=HANDLER, unit=UNIT, actor="co-1")
    refused(reply, 404, NotFound)
    ok(await read(county, case, UNIT, actor="co-2"))


async def test_who_has_the_case_does_not_confirm_that_it_is_withdrawn(county: System):
    """第十七条, 第二十八条第三款."""
    case = await with_unit(county)
    asked, over = "2025-09-01T09:00:00+08:00", "2025-09-20T09:00:00+08:00"
    wish = {"document": await document(county, case, "withdrawal_confirmation", unit=BUREAU)}
    ok(await county.send("intake", f"/cases/{case}/withdrawal", wish, role=CLERK, at=asked))
    path, said = f"/cases/{case}/withdrawal/confirmation", {"document": wish["document"]}
    reply = await county.send("intake", path, said, role=CLERK, unit=UNIT, actor="co-1", at=over)
    refused(reply, 403, ConfirmedByHandler)
    ok(await county.send("intake", path, said, role=CLERK, at=over))


async def test_who_is_said_to_pay_back_reads_nothing_more_and_loses_the_case(county: System):
    """第十八条第四款: 任何组织和个人不得打击报复信访人; the days of the petitioner stay as they are."""
    receipt = await county.register(at="2025-08-25T09:00:00+08:00")
    case = receipt["case_id"]
    ok(await county.classify(case, at="2025-08-25T09:00:00+08:00"))
    ok(await county.forward(case, at="2025-08-26T09:00:00+08:00"))
    ok(await county.notify(case, at=NOTIFIED_AT))
    await county.caught_up()
    ok(await read(county, case, UNIT, actor="co-1"))
    body = {"words": "他停了我的低保", "persons": ["co-1"]}
    report = ok(await county.by_code(receipt["query_code"], "/retaliation", body, at=HEARD_AT), 201)
    refused(await read(county, case, UNIT, actor="co-1"), 404, NotFound)

    async def with_nobody() -> bool:
        return (await county.running["mediation"].store.load(Handling, UUID(case))).unit is None

    await until(with_nobody, "the case is with nobody")
    told = (await county.by_code(receipt["query_code"])).text
    assert report["registration_no"] not in told


LETTER = {"organ": "县委组织部", "letter_no": "信通〔2026〕1号"}


async def told_of(county: System, case: str, unit: str, actor: str = "x-1", role: Role = Role.bureau_officer):
    """Return who owes the telling of the personnel department, and whether its letter is known, as a unit sees it."""
    await county.caught_up()
    headers = {"Huiyin-Actor": actor, "Huiyin-Unit": unit, "Huiyin-Role": str(role)}
    url = county.url("accountability")
    duties = await county.client.get(f"{url}/duties?case={case}", headers=headers)
    line = await county.client.get(f"{url}/cases/{case}/timeline", headers=headers)
    owing = [one["holder"] for one in ok(duties)["items"] if one["code"] == "D56"]
    return owing, bool(re.search(r'"letter_no": ?"', line.text))


async def test_personnel_department_is_told_and_nobody_whom_it_is_about_learns_of_it(county: System):
    """第三十条第二款、第三款."""
    case = await complaint(county, persons=("h-1",))
    ok(await county.forward(case, "JYJ"))
    path, bureau = f"/cases/{case}/personnel-notices", {"role": Role.bureau_officer}
    assert await told_of(county, case, BUREAU) == ([BUREAU], False)
    refused(await county.send("intake", path, LETTER | {"organ": "RSJ"}, **bureau), 403, OthersKeepOut)
    refused(await county.send("intake", path, LETTER, role=Role.unit_head, unit="JYJ"), 403, NotTheirsToTell)
    refused(await county.send("intake", path, LETTER, role=Role.unit_head, unit="RSJ"), 404, NotFound)
    assert ok(await county.send("intake", path, LETTER, **bureau))["complete"]
    assert await told_of(county, case, BUREAU) == ([], True)
    for unit, actor in (("RSJ", "x-1"), ("RSJ", "h-1"), ("SUB", "x-1"), ("JYJ", "h-1")):
        assert await told_of(county, case, unit, actor, HANDLER) == ([], False)


async def test_of_a_report_the_organ_tells_and_the_bureau_sees_that_it_owes_it(county: System):
    """第三十条第二款、第三款."""
    case = await complaint(county, persons=("h-1",), **REPORT)
    path = f"/cases/{case}/personnel-notices"
    ok(await county.send("intake", f"/cases/{case}/confidential-track", {"organ": "JW"}, role=Role.bureau_officer))
    receipt = county.receipt(case)
    assert await told_of(county, receipt, BUREAU) == (["JW"], False)
    refused(await county.send("intake", path, LETTER, role=Role.bureau_officer), 403, NotTheirsToTell)
    refused(await county.send("intake", path, LETTER, role=Role.bureau_officer, unit="SXFJ"), 404, NotFound)
    ok(await county.send("intake", path, LETTER, role=Role.discipline_officer, unit="JW"))
    assert await told_of(county, receipt, "JW", role=Role.discipline_officer) == ([], False)  # nor by its letter
    for unit, actor in (("RSJ", "x-1"), ("JYJ", "x-1"), ("SXFJ", "x-1")):
        assert await told_of(county, receipt, unit, actor) == ([], False)
