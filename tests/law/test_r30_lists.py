"""第二十八条第三款、第三十条第三款: whom a case complains of finds it in no list, and nothing that is about it."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any, Final

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.questions import Listing, Question
from services.chassis.views import EVERYONE
from services.intake.questions.cases import ListRegistrations, ShowRegistration
from tests.harness import BUREAU, UNIT, Servers, System, petition
from tests.law.test_r28_accused import REPORT, UNITS, complaint, name
from tests.steps import SYSTEM, accepted, document, ok, open_county, organised

pytestmark = pytest.mark.asyncio(loop_scope="module")

SERVICES: Final = ("intake", "assignment", "mediation")
ASKED: Final[list[tuple[str, type[Question]]]] = [
    (service, cls)
    for service in SERVICES
    for cls in import_module(f"services.{service}.questions").QUESTIONS
    if cls.operation.method == "GET" and {*cls.operation.in_path} <= {"case_id"}
]
"""Every list, and whatever else is asked of a case by its id alone."""
REPORTS: Final = {"since": "2025-01-01", "until": "2025-12-31"}
FORM: Final = {"level": "township", "holder": UNIT, "until": "2099-12-31"}
CARD: Final = {"unit": UNIT, "duty_officer": "co-1"}
FUND: Final = {"hardship": "illness", "amount_fen": 500_000, "tied_to_withdrawal": False}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(
            *(unit for unit in UNITS if unit["code"] != UNIT),
            {"code": "JW", "kind": "discipline_organ", "parent": "XW", "officers": {"d-1": [Role.discipline_officer]}},
            {"code": "BRANCH", "parent": UNIT},
            {"code": "ELSEWHERE", "officers": {"h-9": [Role.unit_head]}},
        )
        yield made


def who(unit: str, actor: str = "x-1", role: Role = Role.case_officer) -> dict[str, str]:
    return {"Huiyin-Actor": actor, "Huiyin-Unit": unit, "Huiyin-Role": str(role)}


async def shown(county: System, case: str, headers: dict[str, str]) -> set[str]:
    """Return which questions show a case to somebody, or something of it, by service and name."""
    await county.caught_up()
    found = set()
    for service, cls in ASKED:
        told = cls.operation
        query: dict[str, Any] = {"limit": 200} if "limit" in cls.model_fields else {}
        query |= REPORTS if "since" in cls.model_fields else {}
        path = told.path.format(case_id=case)
        reply = await county.client.get(county.url(service) + path, params=query, headers=headers)
        if reply.status_code == 200 and (case in reply.text or (told.in_path and _says_something(reply.json()))):
            found.add(f"{service}.{told.name}")
    return found


def _says_something(answer: dict[str, Any]) -> bool:
    return answer.get("items") != []


async def eventful(county: System) -> str:
    """A case about which everything stands in a list."""
    case = await accepted(county)
    again = {"role": Role.unit_receiver, "unit": UNIT}
    ok(await county.send("intake", f"/cases/{case}/petitions", petition(), **again), 201)
    await organised(county, [case])
    for what, body in (("step-forms", FORM), ("contact-cards", CARD)):
        ok(await county.send("intake", f"/cases/{case}/{what}", body, role=Role.bureau_officer), 201)
    fund = FUND | {"document": await document(county, case)}
    ok(await county.send("mediation", f"/cases/{case}/funds", fund, role=Role.case_officer, unit=UNIT), 201)
    return case


OFFICER: Final = who(BUREAU, role=Role.bureau_officer)
OWN: Final = (who(UNIT), who("BRANCH"), who("ELSEWHERE", "h-9", Role.unit_head))
"""The accused unit, one under it, and who is accused and acts elsewhere."""
LISTED: Final = {
    "intake.listRegistrations", "intake.stepForms", "intake.contactCards",
    "assignment.listAssignments", "assignment.listSponsorships", "assignment.showSponsorship",
    "assignment.listInstructions", "assignment.listInstructionsOfCase", "assignment.listHallCalls",
    "assignment.listBatches", "mediation.listHandlings", "mediation.funds",
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def case(county: System) -> str:
    """A case that its unit found everywhere, before that unit and somebody from elsewhere were accused."""
    case = await eventful(county)
    assert await shown(county, case, OWN[0]) >= LISTED
    ok(await name(county, case, UNIT, persons=["h-9"]))
    return case


@pytest.mark.parametrize("headers", OWN)
async def test_accused_finds_the_case_in_no_list(county: System, case: str, headers: dict[str, str]):
    """第三十条第三款."""
    assert await shown(county, case, headers) == set()


@pytest.mark.parametrize("headers", [SYSTEM, OFFICER])
async def test_everybody_else_finds_it_as_before(county: System, case: str, headers: dict[str, str]):
    """But what is handled: that nobody does any more."""
    assert await shown(county, case, headers) >= LISTED - {"mediation.listHandlings"}


async def test_who_has_nothing_to_do_with_it_finds_it_in_no_list(county: System, case: str):
    """个人信息保护法 第六条."""
    assert await shown(county, case, who("JYJ")) == set()


async def test_recused_officer_finds_the_case_in_no_list_of_who_handles_it(county: System):
    """第二十八条第三款; the colleague does."""
    case = await accepted(county)
    ok(await county.send("mediation", f"/cases/{case}/recusal/declarations", {}, role=Role.case_officer, unit=UNIT,
                         actor="co-1"))  # fmt: skip
    assert "mediation.listHandlings" not in await shown(county, case, who(UNIT, "co-1"))
    assert "mediation.listHandlings" in await shown(county, case, who(UNIT, "co-2"))


async def test_accused_is_not_told_where_the_case_may_go(county: System):
    """第三十条第三款: what is proposed says what the case is about."""
    case = await complaint(county, "JYJ")
    await county.caught_up()
    url = f"{county.url('assignment')}/cases/{case}/unit-proposals"
    answers = [(await county.client.get(url, headers=one)).status_code for one in (who("JYJ"), OFFICER)]
    assert answers == [404, 200]


async def test_agenda_does_not_name_the_case_to_whom_it_complains_of(county: System):
    """第三十条第三款: neither the conference nor the ledger."""
    case = await complaint(county, "JYJ")
    sent = {"role": Role.conference_secretary}
    made = ok(await county.send("assignment", "/conferences", {"held_on": "2099-12-31"}, **sent), 201)
    path = f"/conferences/{made['conference_id']}"
    item = {"matter": case, "document": await document(county, case)}
    ok(await county.send("assignment", f"{path}/agenda", item, **sent))
    await county.caught_up()
    for asked in (f"{county.url('assignment')}{path}", f"{county.url('accountability')}/ledger?limit=1000"):
        found = [case in (await county.client.get(asked, headers=one)).text for one in (who("JYJ"), OFFICER)]
        assert found == [False, True], asked


async def test_what_has_gone_into_a_case_is_kept_from_whom_that_complains_of(county: System):
    """第三十条第三款: as `GET /cases/{id}` says it."""
    case, other = await complaint(county), await complaint(county, "JYJ")
    ok(await county.send("intake", f"/cases/{case}/merger", {"into": other}, role=Role.bureau_officer))
    for one in (case, other):
        assert {s for s in await shown(county, one, who("JYJ")) if s.startswith("intake")} == set()
    assert "intake.listRegistrations" in await shown(county, case, OFFICER)


async def test_list_and_case_keep_the_same_secret(county: System):
    """第三十条第三款: every list of a case's service is put to whoever asks."""
    lists = [cls for _, cls in ASKED if issubclass(cls, Listing) and "case_id" in cls.of_row.model_fields]
    assert ShowRegistration.sight.asks_who
    assert [cls.operation.name for cls in lists if not cls.sight.asks_who] == []


JW: Final = who("JW", "d-1", Role.discipline_officer)
OTHERS: Final = (
    {}, who("JW"), who("JW", role=Role.unit_head), who(BUREAU), who("JYJ", role=Role.discipline_officer),
    who("SJW", role=Role.discipline_officer), who(BUREAU, role=Role.discipline_officer),
)  # fmt: skip
"""Who does not say who they are, the organ's other people, the bureau that received it, the accused, other organs."""


async def reported(county: System, organ: str = "JW") -> str:
    case = await complaint(county, "JYJ", **REPORT)
    ok(await county.send("intake", f"/cases/{case}/confidential-track", {"organ": organ}, role=Role.bureau_officer))
    return case


async def pages(county: System, headers: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    """Return what somebody turns over of the list of cases, page by page."""
    found, after = [], {}
    while after is not None:
        url = county.url("intake") + "/cases"
        page = ok(await county.client.get(url, params=query | after, headers=headers))
        found += page["items"]
        after = {"after": page["next"]} if page["next"] else None
    return found


async def check_reports_in_list(county: System, case: str) -> None:
    """The organ's discipline officers find a report in their list; for everybody else each page is as it was before."""
    waiting = {"state": "discipline_track", "limit": 1}
    [shown] = [row for row in await pages(county, JW, **waiting) if row["id"] == case]
    assert (shown["kind"], shown["confidential"]) == ("report_accusation", True)
    for headers in OTHERS:
        assert await pages(county, headers, **waiting) == [], headers
        assert case not in {row["id"] for row in await pages(county, headers, limit=200)}, headers


async def test_organ_that_has_a_report_finds_it_in_its_list(county: System):
    """第三十条第一款、第三款: the organ works its reports from a list, and the list gives them away to nobody else."""
    await check_reports_in_list(county, await reported(county))


async def test_report_that_no_organ_has_yet_is_in_no_list(county: System):
    case = await complaint(county, "JYJ", **REPORT)
    assert case not in {row["id"] for row in await pages(county, JW, limit=200)}


async def test_organ_that_is_complained_of_itself_finds_it_no_more(county: System):
    """第三十条第三款: nor does the officer there who is."""
    case, other = await reported(county), await reported(county)
    ok(await name(county, case, "JW"))
    ok(await name(county, other, persons=["d-1"]))
    found = {row["id"] for row in await pages(county, JW, limit=200)}
    assert not found & {case, other}


async def test_figures_count_no_report_for_the_organ_either(county: System):
    """第三十条第三款: what is counted is told to many."""
    await reported(county)
    url = county.url("intake") + "/statistics/categories"
    told = [(await county.client.get(url, params=REPORTS, headers=headers)).json() for headers in (JW, who(BUREAU))]
    assert told[0] == told[1]


async def test_checker_sees_a_list_that_shows_reports_to_every_organ(county: System, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: whose report it is does not matter."""
    case = await reported(county)
    monkeypatch.setattr(
        ListRegistrations,
        "sight",
        replace(ListRegistrations.sight, permit="", for_organ="confidential AND {organs}::text[] IS NOT NULL"),
    )
    with pytest.raises(AssertionError, match="discipline_officer"):
        await check_reports_in_list(county, case)


@pytest.mark.parametrize("asked", ["intake.listRegistrations", "assignment.listInstructions", "mediation.funds"])
async def test_checker_sees_a_list_without_its_sight(
    county: System, case: str, asked: str, monkeypatch: pytest.MonkeyPatch
):  # fmt: skip
    """MUTANT: one list shows what there is, whoever asks."""
    [cls] = [cls for service, cls in ASKED if f"{service}.{cls.operation.name}" == asked]
    monkeypatch.setattr(cls, "sight", EVERYONE)
    assert await shown(county, case, OWN[0]) == {asked}
