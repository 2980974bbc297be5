"""Accountability over HTTP: cards, and the ledger as auditors read it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.accountability.domain.supervision import (
    DueDatePassed,
    NotReplied,
    NotTheSupervisedUnit,
    SupervisionIsClosed,
)
from services.chassis.errors import Forbidden, Invalid, NotFound, Unavailable
from tests.harness import BUREAU, UNIT, Servers, System, check_ledger
from tests.rules import refused
from tests.steps import NOTIFIED_AT, REGISTERED_AT, accepted, closed, document, ok, open_county, registered

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-4000-8000-00000000dead"
CARD = {"unit": UNIT, "reason_code": "shirking_or_delay", "due_on": "2025-09-15"}
NOW = "2025-09-01T09:00:00+08:00"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def order(county: System, case: str, role: Role = Role.supervisor, **more: Any):
    return await county.send("accountability", f"/cases/{case}/supervisions", CARD | more, role=role, at=NOW)


async def reply(county: System, card: str, unit: str = UNIT, role: Role = Role.unit_head):
    text = await document(county, await of(county, card)) if card != NOBODY else NOBODY
    body = {"document": text}
    return await county.send("accountability", f"/supervisions/{card}/reply", body, role=role, unit=unit, at=NOW)


async def of(county: System, card: str) -> str:
    """Return the case that a card is about."""
    return ok(await get(county, f"/supervisions/{card}"))["case_id"]


async def close(county: System, card: str, satisfied: Any = True, role: Role = Role.supervisor):
    body = {"satisfied": satisfied}
    return await county.send("accountability", f"/supervisions/{card}/closing", body, role=role, at=NOW)


async def ordered(county: System) -> str:
    return ok(await order(county, await registered(county)), 201)["supervision_id"]


async def get(county: System, path: str, **params: Any):
    return await county.client.get(county.url("accountability") + path, params=params)


class TestOrder:
    async def test_nobody_waits_for_ever_for_a_source(self, county: System, monkeypatch: pytest.MonkeyPatch):
        inbox = county.running["accountability"].inbox
        monkeypatch.setattr(inbox, "pull_case", lambda *_: asyncio.Event().wait())
        monkeypatch.setattr("services.accountability.application.accounting.CATCH_UP_SECONDS_MAX", 0.2)
        refused(await order(county, NOBODY), 503, Unavailable)

    async def test_card_goes_out_at_once_after_the_case_was_registered(self, county: System):
        """第四十条第一款; the case need not be in the ledger yet: it is pulled."""
        case = await registered(county)
        answer = await order(county, case, document=await document(county, case, "supervision"))
        receipt = ok(answer, 201)
        assert "督〔2025〕" in receipt["card_no"]
        assert (receipt["case_id"], receipt["version"], answer.headers["etag"]) == (case, 1, '"1"')
        card = ok(await get(county, f"/supervisions/{receipt['supervision_id']}"))
        assert (card["state"], card["unit"], card["due_on"]) == ("ordered", UNIT, "2025-09-15")

    async def test_only_a_supervisor_orders(self, county: System):
        """第四十条."""
        refused(await order(county, NOBODY, Role.bureau_officer), 403, Forbidden)

    async def test_there_must_be_such_a_case(self, county: System):
        refused(await order(county, NOBODY), 404, NotFound)

    async def test_card_that_gives_no_time_is_refused(self, county: System):
        """第四十条."""
        refused(await order(county, await registered(county), due_on="2025-09-01"), 422, DueDatePassed)

    @pytest.mark.parametrize(
        "wrong",
        [{"unit": "人社局"}, {"reason_code": "anger"}, {"due_on": "9999-12-31"}, {"document": "x"}, {"x": 1}],
        ids=str,
    )
    async def test_what_makes_no_sense_is_invalid(self, county: System, wrong: dict[str, Any]):
        refused(await order(county, NOBODY, **wrong), 422, Invalid)


class TestReply:
    async def test_unit_answers(self, county: System):
        """第四十条第四款."""
        receipt = ok(await reply(county, await ordered(county)))
        assert (receipt["state"], receipt["version"]) == ("replied", 2)

    async def test_other_unit_may_not_answer(self, county: System):
        """第四十条."""
        refused(await reply(county, await ordered(county), "JYJ"), 404, NotFound)
        refused(await reply(county, await ordered(county), BUREAU), 403, NotTheSupervisedUnit)

    async def test_supervisor_does_not_answer_himself(self, county: System):
        refused(await reply(county, NOBODY, role=Role.supervisor), 403, Forbidden)

    async def test_there_must_be_such_a_card(self, county: System):
        refused(await reply(county, NOBODY), 404, NotFound)


class TestClose:
    async def test_reply_is_judged_and_the_card_closed_once(self, county: System):
        """第四十条第一款."""
        card = await ordered(county)
        ok(await reply(county, card))
        assert ok(await close(county, card, satisfied=False))["state"] == "closed"
        refused(await close(county, card), 409, SupervisionIsClosed)
        refused(await reply(county, card), 409, SupervisionIsClosed)

    async def test_there_must_be_a_reply(self, county: System):
        """第四十条."""
        refused(await close(county, await ordered(county)), 409, NotReplied)

    async def test_unit_does_not_judge_itself(self, county: System):
        """第四十条."""
        refused(await close(county, NOBODY, role=Role.unit_head), 403, Forbidden)

    @pytest.mark.parametrize("satisfied", [None, "rather"])
    async def test_it_is_yes_or_no(self, county: System, satisfied: Any):
        refused(await close(county, NOBODY, satisfied), 422, Invalid)


class TestCase:
    async def test_case_is_folded_from_all_four_services(self, county: System):
        case = await closed(county)
        check_ledger(await county.caught_up())
        answer = await get(county, f"/cases/{case}")
        seen = ok(answer)
        assert (seen["state"], seen["unit"], seen["result"]) == ("closed", UNIT, "explain")
        assert answer.headers["etag"] == f'"{seen["version"]}"'

    async def test_case_as_it_was(self, county: System):
        """At a version, at a moment, and as it was known at a moment."""
        case = await accepted(county)
        entries = [e for e in await county.caught_up() if str(e["case_id"]) == case]
        versions = {entry["type"]: version for version, entry in enumerate(entries, 1)}
        for event, state in (
            ("intake.CaseRegistered.v1", "registered"),
            ("intake.CaseClassified.v1", "classified"),
            ("assignment.CaseForwarded.v1", "forwarded"),
            ("mediation.AcceptanceNotified.v2", "accepted"),
        ):
            version = versions[event]
            seen = ok(await get(county, f"/cases/{case}", version=version))
            assert (seen["state"], seen["version"]) == (state, version)
        assert ok(await get(county, f"/cases/{case}", at=REGISTERED_AT))["state"] == "classified"
        assert ok(await get(county, f"/cases/{case}", at=NOTIFIED_AT))["state"] == "accepted"
        known_at = entries[0]["ledgered_at"].isoformat()
        assert ok(await get(county, f"/cases/{case}", known_at=known_at))["version"] >= 1

    async def test_case_before_it_was_is_not_found(self, county: System):
        case = await registered(county)
        await county.caught_up()
        refused(await get(county, f"/cases/{case}", at="2025-01-01T00:00:00+08:00"), 404, NotFound)
        refused(await get(county, f"/cases/{NOBODY}"), 404, NotFound)

    @pytest.mark.parametrize(
        "query",
        [{"version": 0}, {"version": 2**31}, {"version": "x"}, {"at": "yesterday"}, {"at": "2025-09-01T09:00:00"},
         {"at": "0001-01-01T00:00:00Z"}, {"known_at": "9999-12-31T23:59:59-14:00"}, {"at": "1e400"}],
        ids=str,
    )  # fmt: skip
    async def test_nonsense_is_invalid(self, county: System, query: dict[str, Any]):
        refused(await get(county, f"/cases/{NOBODY}", **query), 422, Invalid)


class TestLedger:
    async def test_timeline_tells_who_did_what_for_whom_and_why(self, county: System):
        case = await accepted(county)
        await county.caught_up()
        items = ok(await get(county, f"/cases/{case}/timeline"))["items"]
        beside = ("accountability.", "intake.DocumentDeposited.")  # the clocks, and where the receipt lies
        told = [item for item in items if not item["type"].startswith(beside)]
        assert [item["type"].split(".")[1] for item in told] == [
            "CaseRegistered", "CaseClassified", "CaseReceived", "CaseForwarded", "HandlingOpened", "AcceptanceNotified",
        ]  # fmt: skip
        about = told[-1]["metadata"]
        assert (about["unit"], about["role"], about["article"]) == (
            UNIT,
            "unit_receiver",
            "信访工作条例 第二十三条、第三十四条",
        )
        assert told[2]["metadata"]["cause"]["id"] == told[1]["id"]
        later = ok(await get(county, f"/cases/{case}/timeline", after=items[2]["seq"]))["items"]
        assert later == items[3:]

    async def test_pages_of_the_ledger_are_the_ledger(self, county: System):
        await accepted(county)
        entries = await county.caught_up()
        auditor = {"Huiyin-Actor": "x-1", "Huiyin-Unit": "SJJ", "Huiyin-Role": str(Role.auditor)}
        head = await county.client.get(f"{county.url('accountability')}/ledger/head", headers=auditor)
        assert ok(head)["seq"] == len(entries)
        seen, after = [], 0
        while items := ok(await get(county, "/ledger", after=after, limit=7))["items"]:
            seen += [item["seq"] for item in items]
            after = seen[-1]
        assert seen == [entry["seq"] for entry in entries]

    @pytest.mark.parametrize(
        "query", [{"limit": 0}, {"limit": 1001}, {"after": -1}, {"after": 2**63}, {"after": "x"}], ids=str
    )
    async def test_nonsense_is_invalid(self, county: System, query: dict[str, Any]):
        refused(await get(county, "/ledger", **query), 422, Invalid)

    @pytest.mark.parametrize("service", ["intake", "accountability"])
    @pytest.mark.parametrize(
        "query", ["-1/events", "12/events", "x/events", f"{10**30}/events", "0/events?after=-1", "0/events?limit=0",
                  "0/events?limit=1001", f"0/events?upto={2**63}", "of/x"],
    )  # fmt: skip
    async def test_lane_that_is_none_is_invalid(self, county: System, service: str, query: str):
        refused(await county.client.get(f"{county.url(service)}/lanes/{query}"), 422, Invalid)
