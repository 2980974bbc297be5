"""第三十条第三款: what is known of a report, and of a case, is not there for whom it complains of, whatever they ask."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.accountability.questions import QUESTIONS
from services.accountability.views import OF_CASE
from services.chassis.questions import Question
from services.chassis.views import EVERYONE
from tests.harness import BUREAU, Servers, System
from tests.law.test_r28_accused import REPORT, UNITS, complaint
from tests.steps import SYSTEM, clocks, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

OF_NO_CASE = {
    "showLedgerHead", "countClocks", "listPeriods", "supposeClock", "listYears", "showYear", "listProjects",
    "listCalendarChanges",
}  # fmt: skip
"""What is asked about no case: the length of the ledger, sums, the periods of law, days and who proposes others, and
projects."""
ASKED = [cls for cls in QUESTIONS if cls.operation.name not in OF_NO_CASE]
ACCUSED = [
    {"unit": "RSJ", "actor": "co-1", "role": Role.case_officer},
    {"unit": "SUB", "actor": "s-1", "role": Role.unit_head},
    {"unit": "JYJ", "actor": "h-1", "role": Role.supervisor},
]
"""The accused unit, one under it, and who acts for the accused unit elsewhere."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(*UNITS, {"code": BUREAU, "kind": "petition_bureau", "competent": False})
        yield made


async def reported(county: System, accused: str = "RSJ", **more: Any) -> str:
    """A report with a discipline organ, which has been written to about it."""
    case = await complaint(county, accused, **REPORT, **more)
    ok(await county.send("intake", f"/cases/{case}/confidential-track", {"organ": "JW"}, role=Role.bureau_officer))
    return case


def headers(unit: str, actor: str = "x-1", role: Role = Role.discipline_officer) -> dict[str, str]:
    return {"Huiyin-Actor": actor, "Huiyin-Unit": unit, "Huiyin-Role": str(role)}


AUDITOR = headers("SJJ", role=Role.auditor)


async def answers(county: System, case: str, who: dict[str, str] | None) -> list[tuple[str, int, str]]:
    """Ask everything that accountability can be asked about a case, as somebody, or as who shows no token."""
    await county.caught_up()
    url = county.url("accountability")
    running = ok(await county.client.get(f"{url}/cases/{case}/clocks", headers=SYSTEM))["items"]
    found = []
    for cls in ASKED:
        told = cls.operation
        body = {"events": [{"event": "x", "at": "2026-03-02T09:00:00+08:00"}]}
        limits = {"limit": 1000 if told.name == "listLedger" else 200} if "limit" in cls.model_fields else {}
        for clock in running if "clock_id" in told.in_path else running[:1]:
            path = told.path.format(case_id=case, clock_id=clock["id"], supervision_id=uuid4())
            sent: dict[str, Any] = {"json": body} if told.method == "POST" else {"params": limits}
            sent |= {"auth": None} if who is None else {"headers": who}
            reply = await county.client.request(told.method, url + path, **sent)
            found.append((told.name, reply.status_code, reply.text))
    return found


async def check_unseen(county: System, case: str, who: dict[str, str]) -> None:
    running = await clocks(county, case)
    for name, status, text in await answers(county, case, who):
        assert status == 404 or case not in text, f"{name} shows {case} to {who}"
        assert status == 404 or not any(clock["id"] in text for clock in running), f"{name} shows a clock to {who}"


@pytest.mark.parametrize("who", [AUDITOR, *(headers(**one) for one in ACCUSED), headers("JYJ"), headers("XZF")])
async def test_report_is_there_for_nobody_but_the_organ(county: System, who: dict[str, str]):
    """第三十条第三款: 不得…透露. Neither the accused, nor other units, nor an auditor."""
    case = await reported(county)
    for number in (case, county.receipt(case)):
        await check_unseen(county, number, who)


async def test_under_the_number_of_the_case_it_is_there_for_nobody(county: System):
    """Neither for the organ, nor for who has received it: they find what is owed under the receipt, and nothing else."""
    case = await reported(county)
    for who in (headers("JW"), headers(BUREAU, role=Role.bureau_officer)):
        await check_unseen(county, case, who)


async def test_who_does_not_prove_who_they_are_is_told_nothing(county: System):
    """第三十条第三款: whatever they ask."""
    case = await reported(county)
    told = await answers(county, case, None)
    assert {status for _, status, _ in told} == {401}
    assert not [text for _, _, text in told if case in text]


async def test_organ_that_has_the_report_sees_it_and_what_it_owes(county: System):
    """第二十三条第四款: it owes the informant the notice; the bureau that received it has handed it over."""
    case = county.receipt(await reported(county))
    for one in (headers("JW"), headers(BUREAU, role=Role.bureau_officer)):
        shown = {name for name, status, text in await answers(county, case, one) if case in text}
        assert shown >= {"showCase", "showTimeline", "listClocksOfCase", "listLedger"}
    await county.caught_up()
    url = f"{county.url('accountability')}/duties"
    for asked in ({"holder": "JW"}, {"case": case}):
        owed = ok(await county.client.get(url, params=asked, headers=headers("JW")))["items"]
        assert ("C14", case) in {(duty["code"], duty["case_id"]) for duty in owed}
        for others in (AUDITOR, headers("RSJ")):  # whoever asks what another unit owes is no part of it by that
            owed = ok(await county.client.get(url, params=asked, headers=others))["items"]
            assert case not in {duty["case_id"] for duty in owed}


async def test_organ_that_is_complained_of_later_sees_it_no_more(county: System):
    case = await reported(county)
    ok(await county.send("intake", f"/cases/{case}/accused", {"units": ["JW"]}, role=Role.bureau_officer))
    for number in (case, county.receipt(case)):
        await check_unseen(county, number, headers("JW"))
    owed = {c["code"]: c["holder"] for c in await clocks(county, county.receipt(case)) if c["state"] == "running"}
    assert {owed["C1"], owed["C14"], owed["D30"]} == {BUREAU}, "who received it passes it on anew"


@pytest.mark.parametrize("who", [headers(**one) for one in ACCUSED])
async def test_case_is_not_there_for_whom_it_complains_of(county: System, who: dict[str, str]):
    """第二十八条第三款: of a case that is no report everybody else is told who has to do with it."""
    case = await complaint(county, "RSJ")
    for strange in (who, headers("JYJ"), headers("JYJ", role=Role.case_officer)):
        await check_unseen(county, case, strange)
    for others in (SYSTEM, headers(BUREAU, role=Role.bureau_officer)):
        shown = {name for name, status, text in await answers(county, case, others) if status == 200 and case in text}
        assert shown >= {"showCase", "showTimeline", "listClocksOfCase", "listDuties"}


async def test_every_question_about_cases_asks_who_sees_them():
    """Whoever adds a question says whether it is about cases, or is put by services alone."""
    people = [cls for cls in ASKED if {*cls.operation.by} != {Role.system}]
    assert [cls.operation.name for cls in people if cls.sight.for_asker != OF_CASE.for_asker] == []


@pytest.mark.parametrize("name", ["showCase", "showTimeline", "listClocksOfCase", "listLedger", "listClocks"])
async def test_checker_sees_a_question_without_its_sight(county: System, name: str, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: one question shows what there is, whoever asks."""
    [cls] = [cls for cls in ASKED if cls.operation.name == name]
    assert issubclass(cls, Question)
    monkeypatch.setattr(cls, "sight", EVERYONE)
    with pytest.raises(AssertionError, match=f"{name} shows"):
        await check_unseen(county, county.receipt(await reported(county)), headers("RSJ", "co-1"))
