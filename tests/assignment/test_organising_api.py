"""Organising over HTTP: sponsors, plans, the six-and-three scheme, ledgers, conferences, receptions, batches."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.assignment.domain.conferences import NotConsulted
from services.assignment.domain.hall_calls import CallAnswered, CallDayPassed, NotTheCalledUnit
from services.assignment.domain.ledger_items import LedgerRowIncomplete, NotTheUnitOfTheRow
from services.assignment.domain.planning import FiveOnesIncomplete, MilestonePassed
from services.assignment.domain.six_one import SixPapersIncomplete
from services.assignment.domain.sponsorship import AlreadySponsored, NotTheSponsor
from services.chassis.errors import Forbidden, Invalid, KeyReused, NotFound
from tests.harness import BUREAU, GOVERNMENT, PLACE, UNIT, Servers, System, believing, until
from tests.rules import refused
from tests.steps import classified, document, ok, open_county, registered, with_unit

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-4000-8000-00000000dead"
AT = "2025-09-01T09:00:00+08:00"
PROOF = str(UUID(int=15))
DUTIES = ["resolve", "explain", "help", "follow_up"]
SPONSOR = {"order_no": "县委办〔2025〕57号", "sponsor": "leader-1", "duties": DUTIES}
TEAM = {"lead_unit": UNIT, "officers": ["co-1"]}
PLAN = {"document": PROOF, "due_on": "2025-09-30", "steps": {"facts_verified": 10, "implemented": 0}}
SECRETARY, LEADER = Role.conference_secretary, Role.sponsor_leader


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        believing(made.running["assignment"])
        yield made


async def send(county: System, path: str, body: Any = None, role: Role = SECRETARY, at: str = AT, **more: Any):
    return await county.send("assignment", path, body, role=role, at=at, **more)


async def ask(county: System, path: str, **params: Any) -> Any:
    return ok(await county.client.get(f"{county.url('assignment')}{path}", params=params))


async def listed(county: System, path: str, key: str, state: str) -> bool:
    """Whether the first pages of a list hold a row."""
    items = (await ask(county, path, state=state, limit=200))["items"]
    return key in {item["id"] for item in items}


async def planned(county: System) -> str:
    case = await with_unit(county)
    for what, body in (("sponsor", SPONSOR), ("team", TEAM), ("plan", PLAN)):
        ok(await send(county, f"/cases/{case}/{what}", body))
    return case


class TestSponsor:
    async def test_case_is_sponsored_as_soon_as_it_is_classified(self, county: System):
        """第十八条第二款; no wait: what is not here yet is pulled."""
        case = await classified(county)
        assert ok(await send(county, f"/cases/{case}/sponsor", SPONSOR)) == {
            "case_id": case,
            "state": "sponsored",
            "version": 1,
        }
        row = await ask(county, f"/cases/{case}/sponsorship")
        assert (row["case_id"], row["sponsor"], row["duties"]) == (case, "leader-1", DUTIES)
        assert await listed(county, "/sponsorships", row["id"], "sponsored")
        refused(await send(county, f"/cases/{case}/sponsor", SPONSOR), 409, AlreadySponsored)

    async def test_case_is_handed_over(self, county: System):
        case = await classified(county)
        ok(await send(county, f"/cases/{case}/sponsor", SPONSOR))
        handover = {"order_no": "60号", "sponsor": "leader-2", "reason_code": "office_changed", "document": PROOF}
        ok(await send(county, f"/cases/{case}/sponsor/handover", handover))
        duty = {"duty": "resolve", "document": PROOF}
        path = f"/cases/{case}/sponsor/duties"
        refused(await send(county, path, duty, LEADER, actor="leader-1"), 403, NotTheSponsor)
        ok(await send(county, path, duty, LEADER, actor="leader-2"))

    async def test_sponsor_and_scheme_stand_in_the_auditors_case(self, county: System):
        case = await classified(county)
        ok(await send(county, f"/cases/{case}/sponsor", SPONSOR))
        ok(await send(county, f"/cases/{case}/six-one", {"order_no": "3号"}))

        async def known() -> bool:
            found = await county.client.get(f"{county.url('accountability')}/cases/{case}")
            return found.status_code == 200 and (found.json()["sponsor"], found.json()["six_one"]) == (
                "leader-1",
                "open",
            )

        await until(known, "the ledger knows the sponsor")

    async def test_case_that_is_not_there_has_no_sponsor(self, county: System):
        refused(await send(county, f"/cases/{NOBODY}/sponsor", SPONSOR), 404, NotFound)
        refused(await send(county, f"/cases/{await registered(county)}/sponsor", SPONSOR), 404, NotFound)

    async def test_only_the_conference_and_the_bureau_appoint(self, county: System):
        refused(await send(county, f"/cases/{NOBODY}/sponsor", SPONSOR, Role.unit_head), 403, Forbidden)

    @pytest.mark.parametrize(
        "wrong",
        [{"duties": []}, {"duties": ["control"]}, {"sponsor": "张三"}, {"order_no": "两\n行"}],
        ids=str,
    )
    async def test_what_makes_no_sense_is_invalid(self, county: System, wrong: dict[str, Any]):
        refused(await send(county, f"/cases/{NOBODY}/sponsor", SPONSOR | wrong), 422, Invalid)


class TestPlan:
    async def test_work_begins_with_all_five(self, county: System):
        case = await with_unit(county)
        ok(await send(county, f"/cases/{case}/sponsor", SPONSOR))
        refused(await send(county, f"/cases/{case}/campaign"), 409, FiveOnesIncomplete)
        ok(await send(county, f"/cases/{case}/team", TEAM, LEADER))
        ok(await send(county, f"/cases/{case}/plan", PLAN, LEADER))
        assert ok(await send(county, f"/cases/{case}/campaign", role=LEADER))["state"] == "started"
        late = "2025-09-18T09:00:00+08:00"
        reached = {"milestone": "facts_verified", "document": PROOF}
        ok(await send(county, f"/cases/{case}/milestones", reached, Role.case_officer, late))
        row = await ask(county, f"/cases/{case}/sponsorship")
        assert (row["state"], row["next_due_on"]) == ("started", "2025-09-30")

    async def test_team_is_of_units_of_the_directory(self, county: System):
        case = await classified(county)
        refused(await send(county, f"/cases/{case}/team", TEAM | {"units": ["NOWHERE"]}), 404, NotFound)

    async def test_plan_that_is_late_already_is_invalid(self, county: System):
        case = await with_unit(county)
        ok(await send(county, f"/cases/{case}/sponsor", SPONSOR))
        refused(await send(county, f"/cases/{case}/plan", PLAN | {"steps": {"answered": 100}}), 422, MilestonePassed)
        refused(await send(county, f"/cases/{case}/plan", PLAN | {"steps": {"answered": 999}}), 422, Invalid)


class TestSixOne:
    async def test_scheme_is_complete_when_nothing_is_missing(self, county: System):
        """第十八条第二款: the validator before a case closes."""
        case = await planned(county)
        ok(await send(county, f"/cases/{case}/six-one", {"order_no": "信联〔2025〕3号"}))
        problem = refused(await send(county, f"/cases/{case}/six-one/completion"), 409, SixPapersIncomplete)
        assert problem["detail"] == "缺：一个问题、一张督办卡、一个书面回复"
        for paper in ("issue", "supervision_card", "written_reply"):
            ok(await send(county, f"/cases/{case}/six-one/papers", {"paper": paper, "reference": "督〔2025〕1号"}))
        for duty in ("investigate", "handle", "implement"):
            ok(await send(county, f"/cases/{case}/six-one/duties", {"duty": duty, "document": PROOF}, LEADER))
        ok(await send(county, f"/cases/{case}/six-one/completion"))
        assert (await ask(county, f"/cases/{case}/sponsorship"))["six_one"] == "completed"


class TestLedger:
    ROW = {"kind": "livelihood", "document": PROOF, "unit": UNIT, "officer": "co-1", "due_on": "2025-09-30"}

    async def test_row_is_opened_updated_and_struck_off(self, county: System):
        made = ok(await send(county, "/ledger-items", self.ROW | {"case_id": await classified(county)}), 201)
        path = f"/ledger-items/{made['item_id']}"
        assert await listed(county, "/ledger-items", made["item_id"], "open")
        refused(await send(county, f"{path}/updates", {"document": PROOF}, Role.case_officer), 403, NotTheUnitOfTheRow)
        ok(await send(county, f"{path}/updates", {"document": PROOF}, Role.case_officer, unit=UNIT))
        assert (await send(county, f"{path}/closure", {"proof": PROOF})).json()["code"] == "beneficiary_not_asked"
        ok(await send(county, f"{path}/closure", {"proof": PROOF, "confirmation": PROOF}))
        row = await ask(county, path)
        assert (row["state"], row["updates"]) == ("closed", 1)

    async def test_row_that_binds_nobody_is_refused(self, county: System):
        refused(await send(county, "/ledger-items", {"kind": "dispute", "document": PROOF}), 422, LedgerRowIncomplete)

    async def test_row_of_a_case_that_is_not_there_is_not_found(self, county: System):
        refused(await send(county, "/ledger-items", self.ROW | {"case_id": NOBODY}), 404, NotFound)

    async def test_row_of_no_case_is_opened_once(self, county: System):
        key = uuid4()
        first = await send(county, "/ledger-items", self.ROW, key=key)
        again = await send(county, "/ledger-items", self.ROW, key=key)
        assert ok(first, 201) == ok(again, 201)


class TestConference:
    async def test_item_goes_from_the_agenda_to_done(self, county: System):
        """第十三条."""
        made = ok(await send(county, "/conferences", {"held_on": "2025-09-01"}), 201)
        path = f"/conferences/{made['conference_id']}"
        case = await classified(county)
        ok(await send(county, f"{path}/agenda", {"document": PROOF, "matter": case}))
        ok(await send(county, f"{path}/agenda", {"document": PROOF}))
        ok(await send(county, f"{path}/summons", {"unit": UNIT}))
        early = {"item": 1, "owner": UNIT, "due_on": "2025-09-30", "document": PROOF}
        refused(await send(county, f"{path}/decisions", early), 409, NotConsulted)
        ok(await send(county, f"{path}/consultations", {"document": PROOF}, Role.unit_head, unit=UNIT))
        for item in (1, 2):
            decision = {"item": item, "owner": UNIT, "due_on": "2025-09-30", "document": PROOF}
            ok(await send(county, f"{path}/decisions", decision))
        ok(await send(county, f"{path}/reports", {"item": 1, "proof": PROOF}, Role.unit_head, unit=UNIT))
        shown = await ask(county, path)
        assert (shown["state"], shown["summoned"]) == ("decided", [UNIT])
        assert [(i["matter"], i["done"]) for i in shown["items"]] == [(case, True), (None, False)]
        assert await listed(county, "/conferences", made["conference_id"], "decided")

    async def test_hall_calls_a_unit_that_comes_or_answers(self, county: System):
        """第十四条第二项、第十八条第三款."""
        case = await with_unit(county)
        body = {"unit": UNIT, "due_on": "2025-09-01"}
        refused(await send(county, f"/cases/{case}/hall-calls", body | {"due_on": "2025-08-31"}), 422, CallDayPassed)
        called = ok(await send(county, f"/cases/{case}/hall-calls", body, Role.intake_clerk), 201)["hall_call_id"]
        assert await listed(county, "/hall-calls", called, "called")
        path, answer = f"/hall-calls/{called}/answer", {"came": True, "document": await document(county, case)}
        refused(await send(county, path, answer, Role.unit_head, unit=BUREAU), 403, NotTheCalledUnit)
        ok(await send(county, path, answer, Role.unit_head, unit=UNIT))
        refused(await send(county, path, answer, Role.unit_head, unit=UNIT), 409, CallAnswered)
        assert await listed(county, "/hall-calls", called, "answered")

    async def test_figures_of_townships_are_those_of_their_leader(self, county: System):
        """第五条第三项、第十八条第二款."""
        await county.enter(
            {"code": "T-7", "level": "township"},
            {"code": "T-8", "level": "township"},
            {"code": "V-7", "level": "village", "parent": "T-7"},
            {"code": "LD", "officers": {"leader-8": [Role.sponsor_leader]}},
        )
        for town in ("T-7", "T-8"):
            ok(await send(county, f"/leaders/leader-8/townships/{town}", {}, method="PUT"))
        for place in ("V-7", "V-7", "T-7", "T-8"):
            case = (await county.register(place=place, at=AT))["case_id"]
            ok(await county.classify(case, at=AT))
            ok(await county.forward(case, "T-7", at=AT))
        figures = await ask(county, "/leaders/leader-8/figures")
        told = {row["township"]: (row["cases_about"], row["cases_held"]) for row in figures["items"]}
        assert told == {"T-7": (3, 4), "T-8": (1, 0)}
        assert (figures["cases_about"], figures["cases_held"], figures["sponsored"]) == (4, 4, 0)

    async def test_conference_that_is_not_there_is_not_found(self, county: System):
        reply = await county.client.get(f"{county.url('assignment')}/conferences/{NOBODY}")
        refused(reply, 404, NotFound)


class TestReception:
    async def test_rota_is_public_and_the_day_is_held_and_followed_up(self, county: System):
        """第十八条第一款: nobody has to say who asks."""
        body = {"leader": "leader-1", "place": PLACE, "received_on": "2025-09-10"}
        made = ok(await send(county, "/receptions", body), 201)
        path = f"/receptions/{made['reception_id']}"
        day = {"leader": "leader-1", "place": PLACE, "received_on": "2025-09-10", "state": "rostered"}
        rota = await ask(county, "/receptions/rota", since="2025-09-01", until="2025-09-30")
        assert rota == {"items": [day]}
        held = {"cases": [await registered(county)], "follow_up_due": "2025-09-20"}
        ok(await send(county, f"{path}/record", held, Role.intake_clerk, "2025-09-10T17:00:00+08:00"))
        ok(await send(county, f"{path}/follow-up", {"document": PROOF}, LEADER))
        assert (await ask(county, path))["state"] == "followed_up"

    async def test_missed_day_is_listed(self, county: System):
        body = {"leader": "leader-2", "place": PLACE, "received_on": "2025-11-10"}
        key = ok(await send(county, "/receptions", body), 201)["reception_id"]
        absence = {"reason_code": "official_duty"}
        ok(await send(county, f"/receptions/{key}/absence", absence, at="2025-11-11T09:00:00+08:00"))
        assert await listed(county, "/receptions", key, "missed")


class TestInstruction:
    async def test_letter_is_instructed_and_answered(self, county: System):
        case = await with_unit(county)
        body = {"leader": "leader-1", "unit": UNIT, "document": PROOF, "due_on": "2025-09-30"}
        key = ok(await send(county, f"/cases/{case}/instructions", body, LEADER, unit=GOVERNMENT), 201)[
            "instruction_id"
        ]
        assert await listed(county, "/instructions", key, "instructed")
        ok(await send(county, f"/instructions/{key}/answer", {"document": PROOF}, Role.unit_receiver, unit=UNIT))
        assert (await ask(county, f"/instructions/{key}"))["state"] == "answered"

    async def test_instructions_of_a_case_are_listed_and_no_others(self, county: System):
        cases = [await with_unit(county) for _ in range(2)]
        body = {"leader": "leader-1", "unit": UNIT, "document": PROOF, "due_on": "2025-09-30"}
        keys = [
            ok(await send(county, f"/cases/{c}/instructions", body, LEADER, unit=GOVERNMENT), 201)["instruction_id"]
            for c in cases
        ]
        for case, key in zip(cases, keys, strict=True):
            assert [row["id"] for row in (await ask(county, f"/cases/{case}/instructions"))["items"]] == [key]

    async def test_instruction_is_given_to_another_unit(self, county: System):
        case = await with_unit(county)
        body = {"leader": "leader-1", "unit": UNIT, "document": PROOF, "due_on": "2025-09-30"}
        key = ok(await send(county, f"/cases/{case}/instructions", body, LEADER, unit=GOVERNMENT), 201)[
            "instruction_id"
        ]
        other = {"unit": BUREAU, "document": PROOF, "due_on": "2025-10-15"}
        await county.establish(BUREAU)
        ok(await send(county, f"/instructions/{key}/redirection", other, LEADER, unit=GOVERNMENT))
        shown = await ask(county, f"/instructions/{key}")
        assert (shown["unit"], shown["due_on"], shown["state"]) == (BUREAU, "2025-10-15", "instructed")
        nowhere = other | {"unit": "NOWHERE"}
        refused(await send(county, f"/instructions/{key}/redirection", nowhere, LEADER, unit=GOVERNMENT), 404, NotFound)
        refused(await send(county, f"/instructions/{key}/redirection", other, Role.case_officer), 403, Forbidden)


class TestLeaders:
    async def test_leader_is_linked_with_townships(self, county: System):
        townships = ({"code": f"T-{n}", "level": "township"} for n in (1, 2))
        await county.enter(*townships, {"code": "LD", "officers": {"leader-7": [Role.sponsor_leader]}})
        refused(await send(county, "/leaders/leader-7/townships/zhang-san-1949", method="PUT"), 404, NotFound)
        refused(await send(county, "/leaders/zhang-san-1949/townships/T-1", method="PUT"), 404, NotFound)
        ok(await send(county, "/leaders/leader-7/townships/T-1", method="PUT"))
        ok(await send(county, "/leaders/leader-7/townships/T-2", method="PUT"))
        ok(await send(county, "/leaders/leader-7/townships/T-1", method="DELETE"))
        items = (await ask(county, "/leaders", state="linked"))["items"]
        assert [i["townships"] for i in items if i["leader"] == "leader-7"] == [["T-2"]]


class TestBatch:
    async def assign(self, county: System, cases: list[str], **more: Any):
        how = {name: more.pop(name) for name in ("key", "role") if name in more}
        body = {"category": "unpaid_wages", "mode": "forward", "unit": UNIT, "cases": cases} | more
        return await send(county, "/batches", body, how.pop("role", Role.bureau_officer), **how)

    async def test_each_case_goes_or_says_why_not(self, county: System):
        """第二十二条."""
        fresh, held = await classified(county), await with_unit(county)
        made = ok(await self.assign(county, [fresh, held]), 201)
        assert {item["case_id"]: item["outcome"] for item in made["items"]} == {
            fresh: "handed",
            held: "already_with_unit",
        }
        assert (await ask(county, f"/cases/{fresh}"))["unit"] == UNIT
        row = await ask(county, f"/batches/{made['batch_id']}")
        assert (row["state"], row["handed"], row["refused"]) == ("completed", [fresh], [held])
        assert await listed(county, "/batches", made["batch_id"], "completed")

    async def test_who_names_a_case_that_there_is_not_hands_out_nothing(self, county: System):
        """第三十条第三款: told alike is one of which whoever hands out must not know (rights/test_matrix.py)."""
        fresh = await classified(county)
        refused(await self.assign(county, [fresh, NOBODY]), 404, NotFound)
        assert (await ask(county, f"/cases/{fresh}"))["unit"] is None

    async def test_case_of_another_sector_stays(self, county: System):
        case = await classified(county)
        made = ok(await self.assign(county, [case], category="education"), 201)
        assert made["items"] == [{"case_id": case, "outcome": "of_another_sector"}]

    async def test_same_command_again_gives_the_same_answer(self, county: System):
        key, case = uuid4(), await classified(county)
        first = ok(await self.assign(county, [case], key=key), 201)
        assert ok(await self.assign(county, [case], key=key), 201) == first
        refused(await self.assign(county, [case, NOBODY], key=key), 422, KeyReused)

    async def test_batch_that_was_interrupted_goes_on(self, county: System, monkeypatch: pytest.MonkeyPatch):
        """Two of three are handed when the process stops; the same command hands the third and repeats nothing."""
        from services.assignment.application.sector_batches import BatchAssigning

        key, cases = uuid4(), [await classified(county) for _ in range(3)]
        whole = BatchAssigning._hand
        calls = []

        async def stops(self: BatchAssigning, batch: Any, case: UUID, *more: Any) -> str:
            from services.chassis.errors import Unavailable

            calls.append(case)
            if len(calls) == 3:
                raise Unavailable
            return await whole(self, batch, case, *more)

        monkeypatch.setattr(BatchAssigning, "_hand", stops)
        assert (await self.assign(county, cases, key=key)).status_code == 503
        [batch] = [
            b for b in (await ask(county, "/batches", state="open", limit=200))["items"] if cases[0] in b["cases"]
        ]
        made = ok(await self.assign(county, cases, key=key), 201)
        assert made["batch_id"] == batch["id"]
        assert [item["outcome"] for item in made["items"]] == ["handed"] * 3
        assert [(await ask(county, f"/cases/{case}"))["version"] for case in cases] == [2, 2, 2]

    async def test_only_the_bureau_hands_out(self, county: System):
        refused(await self.assign(county, [NOBODY], role=Role.unit_head), 403, Forbidden)
        refused(await self.assign(county, []), 422, Invalid)


class TestProposal:
    async def test_vote_of_a_village_is_recorded_and_listed(self, county: System):
        body = {"village": UNIT, "electorate": "households", "entitled": 90, "attended": 60, "in_favour": 31}
        made = ok(await send(county, "/proposals", body | {"document": PROOF}), 201)
        assert made["state"] == "passed"
        assert await listed(county, "/proposals", made["proposal_id"], "passed")


class TestStatusReport:
    async def test_unit_above_is_told(self, county: System):
        case = await with_unit(county)
        body = {"superior": UNIT, "document": PROOF}
        assert ok(await send(county, f"/cases/{case}/status-reports", body), 201)["case_id"] == case
        reply = await send(county, f"/cases/{case}/status-reports", body, Role.unit_head, unit=UNIT)
        assert (reply.status_code, reply.json()["code"]) == (422, "reported_to_itself")


class TestLists:
    """Any sorted list: a page goes on behind the row with which the last one ended, and what has no day stands last."""

    async def all_of(self, county: System, path: str, limit: int, **params: Any) -> list[dict[str, Any]]:
        found, after = [], {}
        while True:
            page = await ask(county, path, limit=limit, **params, **after)
            found += page["items"]
            if page["next"] is None:
                return found
            after = {"after": page["next"]}

    async def test_pages_of_a_sorted_list_hold_each_row_once_in_order(self, county: System):
        for due_on in (None, "2025-12-31", None, "2025-11-30", "2025-12-31"):
            case = await classified(county)
            body = {"mode": "assign" if due_on else "forward", "unit": UNIT, "due_on": due_on}
            ok(await county.send("assignment", f"/cases/{case}/assignment", body, role=Role.bureau_officer, at=AT))
        whole = await self.all_of(county, "/cases", 200, sort="due_on")
        assert [row["id"] for row in await self.all_of(county, "/cases", 2, sort="due_on")] == [r["id"] for r in whole]
        days = [row["due_on"] for row in whole]
        assert days == sorted(filter(None, days)) + [None] * days.count(None)
        assert 3 <= len(days) - days.count(None) < len(days)

    async def test_list_is_narrowed_by_holder(self, county: System):
        await with_unit(county)
        found = await self.all_of(county, "/cases", 3, unit=UNIT, sort="registration_no")
        assert {row["unit"] for row in found} == {UNIT}
        assert found == sorted(found, key=lambda row: (row["registration_no"], row["id"]))

    @pytest.mark.parametrize("after", ["nonsense", "////", "W10="])
    async def test_cursor_that_is_none_is_refused(self, county: System, after: str):
        refused(await county.client.get(f"{county.url('assignment')}/cases", params={"after": after}), 422, Invalid)

    async def test_cursor_of_another_order_is_refused(self, county: System):
        await with_unit(county)
        page = await ask(county, "/cases", limit=1, sort="unit")
        url = f"{county.url('assignment')}/cases"
        refused(await county.client.get(url, params={"after": page["next"], "sort": "due_on"}), 422, Invalid)
