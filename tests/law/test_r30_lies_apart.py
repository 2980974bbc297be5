"""第三十条第三款: of a report nothing leaves the door but a receipt that leads nowhere: no topic, no table, no answer has more.

A report that is one from its first moment is told of nowhere; of a case that turns out to be one nothing more is told
(promise 3). What lies apart has a store and a key of its own.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from msgspec import Raw

from contracts.envelope import Record, lane_of, write_metadata
from contracts.intake import PersonnelNoticeDue, ReceiptIssued, WithdrawalRequested
from contracts.mediation import RecusalDeclared
from contracts.vocabulary import ClockKind, Role
from services.chassis.apart import Apart
from services.chassis.context import By
from services.chassis.database import Database
from services.chassis.directory import Directory
from services.chassis.errors import NotFound
from services.chassis.keepers import KeyAmiss
from services.chassis.logins import OPERATOR
from services.chassis.reactions import Commands
from services.chassis.rebuild import rebuild
from services.chassis.recusal import OthersKeepOut
from services.chassis.service import application
from services.chassis.store import Store
from services.chassis.views import View
from services.intake.application import receipts
from services.intake.domain.boxes import ItemRegistered
from services.intake.domain.registration import Registration
from services.intake.domain.track import ContentIsConfidential, OwnUnsealing, StillSealed, UnsealingNotAsked
from services.intake.main import SERVICE as INTAKE
from services.intake.reactions import REACTIONS
from services.intake.vault import KeyDamaged, Vault
from services.intake.views import CaseRow
from tests.harness import BUREAU, Servers, System, petition, until
from tests.law.test_r28_accused import REPORT, UNITS, classify, complaint
from tests.places import tables, topics
from tests.rules import refused
from tests.steps import clocks, document, ok, open_county, unseal
from tests.units import staff

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLACE: Final = "P-apart-77"
OFFICES: Final = (
    {
        "code": BUREAU, "kind": "petition_bureau", "competent": False, "officers": {"bo-2": [Role.bureau_officer]},
    },
    {"code": PLACE, "level": "village"},
)  # fmt: skip
KINDS: Final = ("report_accusation", "discipline_supervision", "official_conduct")
AT_THE_DOOR: Final = {
    "apart.kept",
    "intake.case_view",
    "intake.command",
    "intake.query_code",
    "intake.petition_session",
    "intake.denied",
    "intake.look_view",
    "intake.vault_key",
    "intake.vault_item",
}
"""Where it stands that there is a case under a number, and how far it is; of what kind, and about whom, nowhere."""
WISH: Final = {"D10", "D46"}
ORGAN: Final[dict[str, Any]] = {"role": Role.discipline_officer, "unit": "JW"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(*UNITS, *OFFICES)
        yield made


async def send(county: System, case: str, what: str, body: Any, **who: Any) -> dict[str, Any]:
    return ok(await county.send("intake", f"/cases/{case}/{what}", body, **({"role": Role.bureau_officer} | who)))


async def carried(county: System, case: str) -> list[str]:
    """Carry a report to its end, with all that can happen to it on its way; return the texts that lie with it."""
    texts = [await document(county, case)]
    await send(county, case, "accused", {"units": [], "persons": ["h-1"]})
    await send(county, case, "urgency", {})
    await send(county, case, "confidential-track", {"organ": "JW"})
    letter = {"organ": "县委组织部", "letter_no": "信通〔2026〕77号"}
    await send(county, case, "personnel-notices", letter, **ORGAN)
    await unseal(county, case)
    told = {"method": "post", "receipt": "EMS-apart-77"}
    for notice in ("acceptance", "result"):
        await send(county, case, "informant-notices", told | {"notice": notice}, **ORGAN)
    return texts


async def whole(county: System) -> dict[str, bytes]:
    await county.caught_up()
    return await tables(county) | await topics(county)


def check_nowhere(places: dict[str, bytes], words: list[str], spared: set[str] = frozenset()) -> None:  # type: ignore[assignment]  # none
    for place, data in places.items():
        for word in words if place not in spared else []:
            assert word.encode() not in data, f"{word} stands in {place}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def report(county: System) -> tuple[dict[str, Any], list[str]]:
    """A report that is one from its first moment."""
    body = petition(report=True, category="official_conduct", place=PLACE)
    receipt = ok(await county.send("intake", "/petitions", body, role=Role.intake_clerk), 201)
    await named_elsewhere(county, receipt["case_id"])
    return receipt, await carried(county, receipt["case_id"])


async def named_elsewhere(county: System, case: str) -> None:
    """Name a report in what lies with no case: it came out of a box, and somebody has written of it in a diary."""
    officer = {"role": Role.bureau_officer}
    box = ok(await county.send("intake", "/boxes", {"box_no": "B-77", "place": "P-1"}, **officer), 201)["box_id"]
    opening = {"item_count": 1, "second_opener": "bo-2"}
    ok(await county.send("intake", f"/boxes/{box}/openings", opening, **officer))
    ok(await county.send("intake", f"/boxes/{box}/items", {"case": case}, **officer))
    refused(await county.send("intake", f"/boxes/{box}/items", {"case": case}, **officer), 409, ItemRegistered)
    ok(await county.send("intake", "/diary", {"document": str(uuid4()), "linked_case": case}, **officer), 201)


def numbers(report: tuple[dict[str, Any], list[str]]) -> list[str]:
    receipt, texts = report
    return [receipt["case_id"], receipt["petition_id"], receipt["registration_no"], *texts]


async def test_report_of_the_first_moment_stands_nowhere(county: System, report: tuple[dict[str, Any], list[str]]):
    """Neither its number, nor its kind, place or category, nor whom it is about, nor what lies with it."""
    places = await whole(county)
    directory = {place for place in places if "assignment" in place or place.endswith(".directory_unit")}
    check_nowhere(places, [PLACE], directory | {"accountability.ledger_entry"})
    check_nowhere(places, [*KINDS, "信通〔2026〕77号", "EMS-apart-77"], {"intake.directory_unit"})
    others = {place: data for place, data in places.items() if not place.startswith(("intake.", "apart."))}
    check_nowhere(others | {"log": places["intake.event"]}, numbers(report))
    check_nowhere(places, numbers(report), {*AT_THE_DOOR, "apart.event", "intake.paper_view"})
    async with county.sql() as db:
        entries = await db.fetch("SELECT * FROM accountability.ledger_entry WHERE service = 'intake'")
    told = {name: places[name] for name in ("intake.event", "intake.case_view", "topic intake", "topic accountability")}
    check_nowhere(told | {"ledger": str([dict(entry) for entry in entries]).encode()}, ["h-1", PLACE])


async def test_what_is_owed_stands_under_the_receipt(county: System, report: tuple[dict[str, Any], list[str]]):
    """第二十三条第四款: who has it, who owes what and until when; the organ finds it, and who has received it."""
    case = report[0]["case_id"]
    assert await clocks(county, case) == []
    found = {clock["code"]: (clock["holder"], clock["state"]) for clock in await clocks(county, county.receipt(case))}
    assert found["C1"] == (BUREAU, "stopped")
    assert {found[code] for code in ("C14", "D30")} == {("JW", "stopped")}
    assert found["D56"] == ("JW", "running"), "of a grave matter the leaders are still to be told"


async def test_organ_has_it_whole_and_finds_it_in_its_list(county: System, report: tuple[dict[str, Any], list[str]]):
    case = report[0]["case_id"]
    headers = {"Huiyin-Actor": "x-1", "Huiyin-Unit": "JW", "Huiyin-Role": "discipline_officer"}
    row = ok(await county.client.get(f"{county.url('intake')}/cases/{case}", headers=headers))
    assert (row["place"], row["kind"], row["receipt"]) == (PLACE, KINDS[0], county.receipt(case))
    listed = ok(await county.client.get(f"{county.url('intake')}/cases?place={PLACE}", headers=headers))["items"]
    assert listed == [row]


async def test_petitioner_follows_it(county: System, report: tuple[dict[str, Any], list[str]]):
    told = ok(await county.by_code(report[0]["query_code"]))
    assert (told["registration_no"], told["state"]) == (report[0]["registration_no"], "discipline_track")
    assert told["kind"] == KINDS[0], "whoever reports is told as what it was taken"


async def turned_out(county: System) -> tuple[str, dict[str, bytes]]:
    """An appeal that a unit handles, and that turns out to be a report; and what stands everywhere then."""
    case = (await county.register(category="official_conduct"))["case_id"]
    ok(await county.classify(case))
    ok(await county.forward(case))
    ok(await county.notify(case))
    reasons = await document(county, case)
    corrected = {key: REPORT[key] for key in ("kind", "route", "category")} | {"reasons": reasons}
    await send(county, case, "classification/correction", corrected)
    await carried(county, case)
    return str(case), await whole(county)


async def test_of_a_case_that_turns_out_to_be_one_nothing_more_is_told(county: System):
    """But that it is dealt with elsewhere; and under the receipt nothing that leads to it."""
    case, after = await turned_out(county)
    check_nowhere(after, [*KINDS[:2], "EMS-apart-77"], {"intake.directory_unit"})
    number = county.receipt(case)
    assert number.encode() in after["topic intake"]
    async with county.sql() as db:
        told = [row["type"] for row in await db.fetch(
            "SELECT type FROM accountability.ledger_entry WHERE case_id = $1 AND service = 'intake' ORDER BY seq", UUID(case)
        )]  # fmt: skip
        commands = await db.fetch("SELECT command_id FROM intake.command")
        under = await db.fetch("SELECT * FROM accountability.ledger_entry WHERE case_id = $1", UUID(number))
    assert told[-1] == "intake.CaseSetApart.v1"
    assert ReceiptIssued.wire_name in {row["type"] for row in under}
    own = b"\n".join(str(dict(row)).encode() for row in under)
    check_nowhere({"what is under the receipt": own}, [case, *(str(row["command_id"]) for row in commands)])


async def test_what_comes_back_is_heard_of_again(county: System):
    """Told apart wrongly, before the organ has it: it goes on as what it is."""
    case = await complaint(county, "RSJ", **REPORT)
    reasons = await document(county, case)
    appeal = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
    await send(county, case, "classification/correction", appeal | {"reasons": reasons})
    ok(await county.forward(case, "JYJ"))
    assert {c["code"] for c in await clocks(county, case) if c["state"] == "running"} >= {"C3"}
    assert not [c for c in await clocks(county, county.receipt(case)) if c["state"] == "running"]
    await send(county, case, "claims", {"count": 2, "document": await document(county, case)})
    async with county.sql() as db:
        assert not await db.fetchval("SELECT count(*) FROM apart.kept WHERE case_id = $1", UUID(case))
        assert await db.fetchval(
            "SELECT count(*) FROM intake.event WHERE case_id = $1 AND type LIKE 'intake.ClaimsListed%'", UUID(case)
        )


async def test_of_whom_it_complains_is_known_when_it_comes_back(county: System):
    """第二十八条第三款: also who was named while nobody heard of the case; and who owes it counts from its receipt."""
    case = (await county.register())["case_id"]
    ok(await county.classify(case))
    ok(await county.forward(case, "JYJ"))
    corrected = {key: REPORT[key] for key in ("kind", "route", "category")}
    await send(county, case, "classification/correction", corrected | {"reasons": await document(county, case)})
    await send(county, case, "accused", {"units": ["NEW"], "persons": ["h-1"]})
    appeal = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
    await send(county, case, "classification/correction", appeal | {"reasons": await document(county, case)})
    assert {(c["code"], c["holder"]) for c in await clocks(county, case) if c["state"] == "running"} >= {("C1", BUREAU)}
    for unit in ("NEW", "RSJ"):
        refused(await county.forward(case, unit), 403, OthersKeepOut)
    headers = {"Huiyin-Actor": "h-1", "Huiyin-Unit": "RSJ", "Huiyin-Role": "unit_head"}
    for service in ("intake", "assignment", "accountability"):
        refused(await county.client.get(f"{county.url(service)}/cases/{case}", headers=headers), 404, NotFound)
    ok(await county.forward(case, "JYJ"))


async def test_wish_to_withdraw_runs_on_under_the_receipt_and_back(county: System):
    """第十七条: whoever thinks of withdrawing thinks on to the same day, whatever the case turns out to be."""
    receipt = await county.register()
    case, code = receipt["case_id"], receipt["query_code"]
    ok(await county.classify(case))
    ok(await county.forward(case))
    ok(await county.by_code(code, "/withdrawal", {"words": "不想再反映了"}))

    async def wished(of: str) -> dict[str, str]:
        return {
            c["code"]: c["due_on"] for c in await clocks(county, of) if c["state"] == "running" and c["code"] in WISH
        }

    days, apart = await wished(case), county.receipt(case)
    assert {*days} == WISH
    corrected = {key: REPORT[key] for key in ("kind", "route", "category")}
    await send(county, case, "classification/correction", corrected | {"reasons": await document(county, case)})
    assert (await wished(case), await wished(apart)) == ({}, days)
    appeal = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
    await send(county, case, "classification/correction", appeal | {"reasons": await document(county, case)})
    assert (await wished(case), await wished(apart)) == (days, {})
    told = [step["title"] for step in ok(await county.by_code(code))["steps"]]
    assert told.count(WithdrawalRequested.title) == 1


async def test_letter_of_which_a_part_is_a_report_is_read_by_nobody_who_has_another_part(county: System):
    """第三十条第三款: the letter says all of it; each part has a text of its own."""
    part = {"category": "unpaid_wages", "place": "P-1", "content": {"claim": "甲", "facts": "乙"}}
    letter = (await county.register())["case_id"]
    split = await county.send("intake", f"/cases/{letter}/split", {"parts": [part, part]}, role=Role.bureau_officer)
    appeal, report = (child["case_id"] for child in ok(split, 201)["children"])
    ok(await county.classify(appeal))
    ok(await county.forward(appeal, "RSJ"))
    ok(await classify(county, report, persons=("co-1",), **REPORT))
    async with county.sql() as db:
        texts = {
            str(row["case_id"]): row["id"] for row in await db.fetch(
                "SELECT case_id, id FROM intake.vault_item WHERE case_id = ANY($1::uuid[]) AND kind = 'petition'",
                [UUID(letter), UUID(appeal)],
            )
        }  # fmt: skip
    who = {"Huiyin-Actor": "co-2", "Huiyin-Unit": "RSJ", "Huiyin-Role": "case_officer"}
    url = f"{county.url('intake')}/cases/{appeal}/contents"
    ok(await county.client.get(f"{url}/{texts[appeal]}?purpose=handling", headers=who))
    reply = await county.client.get(f"{url}/{texts[letter]}?purpose=handling", headers=who)
    refused(reply, 403, ContentIsConfidential)


async def test_what_others_tell_of_a_case_that_lies_apart_is_taken_in(county: System):
    """第二十八条第三款: that somebody keeps out, as was decided before anybody there had heard of it."""
    case = await complaint(county, **REPORT)
    store = county.running["intake"].store
    by = By(
        actor="system:intake", unit="JYJ", role=Role.system, at=datetime.now(UTC), clock=ClockKind.real, request_id="x",
        command_id=uuid4(),
    )  # fmt: skip
    record = Record(
        "mediation", lane_of(UUID(case)), 1, uuid4(), UUID(case), 1, UUID(case), RecusalDeclared.wire_name, by.at,
        Raw(write_metadata(by.metadata(_declared(case, by.at), None))), Raw(_declared(case, by.at).encoded()),
    )  # fmt: skip
    async with store.database.transaction() as connection:
        await Commands(store, REACTIONS, lambda: by.at).apply(connection, [record])
    assert "clerk-9" in (await store.load(Registration, UUID(case))).recused


def _declared(case: str, at: datetime) -> RecusalDeclared:
    return RecusalDeclared(
        originator_id=UUID(case), originator_version=1, timestamp=at, officer="clerk-9", decider="JYJ"
    )


async def test_process_that_has_not_heard_of_it_puts_nothing_in_the_wrong_store(county: System):
    """Another process has set the case apart, or brought it back, a moment ago."""
    case = await complaint(county, **REPORT)
    store = county.running["intake"].store
    assert store.apart is not None
    store.apart.cases = frozenset()
    text = await document(county, case)
    async with county.sql() as db:
        assert await db.fetchval("SELECT count(*) FROM apart.event WHERE stream_id = $1", UUID(text)) == 1
        assert await db.fetchval("SELECT count(*) FROM intake.event WHERE stream_id = $1", UUID(text)) == 0
    other = await complaint(county)
    store.apart.cases = frozenset({UUID(other)})
    text = await document(county, other)
    async with county.sql() as db:
        assert await db.fetchval("SELECT count(*) FROM intake.event WHERE stream_id = $1", UUID(text)) == 1


async def test_rows_are_made_anew_as_they_were(county: System, report: tuple[dict[str, Any], list[str]]):
    async with county.sql() as db, county.opened("intake", login=OPERATOR) as running:
        rows = [dict(row) for row in await db.fetch("SELECT * FROM intake.case_view ORDER BY id")]
        assert UUID(report[0]["case_id"]) in {row["id"] for row in rows}
        await db.execute("DELETE FROM intake.case_view")
        async for _ in rebuild(running.store, CaseRow.view):
            pass
        assert [dict(row) for row in await db.fetch("SELECT * FROM intake.case_view ORDER BY id")] == rows


async def test_receipt_goes_up_where_who_received_it_is_complained_of(county: System):
    """第三十条第三款: whoever of the bureau is named, it does not learn by the receipt that there is something."""
    await county.enter(
        {"code": "SXF", "level": "city", "kind": "petition_bureau", "competent": False, "parent": "SZF"},
        {"code": "TOWN", "level": "township", "parent": "XZF", "officers": {"t-1": [Role.unit_receiver]}},
    )
    receipt = ok(
        await county.send("intake", "/petitions", petition(), role=Role.unit_receiver, unit="TOWN", actor="t-1"), 201
    )
    case = receipt["case_id"]
    body = {key: REPORT[key] for key in ("kind", "route", "category")} | {"accused_persons": ["t-1"]}
    ok(await county.send("intake", f"/cases/{case}/classification", body, role=Role.bureau_officer))
    [owed] = [one for one in await clocks(county, county.receipt(case)) if one["state"] == "running"]
    assert (owed["code"], owed["holder"]) == ("C1", "SXF")
    headers = {"Huiyin-Actor": "t-2", "Huiyin-Unit": "TOWN", "Huiyin-Role": "unit_receiver"}
    duties = await county.client.get(f"{county.url('accountability')}/duties", headers=headers)
    assert county.receipt(case) not in duties.text


async def seen_by(county: System, case: str, unit: str, role: Role) -> bool:
    """Return whether somebody of a unit finds the receipt of a report, or a day that stands under it."""
    number = county.receipt(case)
    headers = {"Huiyin-Actor": "h-1", "Huiyin-Unit": unit, "Huiyin-Role": str(role)}
    url = county.url("accountability")
    told = [await county.client.get(f"{url}/{what}", headers=headers) for what in (f"cases/{number}", "duties")]
    return told[0].status_code == 200 or number in told[1].text


async def test_receipt_moves_when_who_is_complained_of_is_appointed_where_it_lies(servers: Servers):
    """第三十条第三款: to the bureau that received the report, and to the organ that has it, once each of them is known."""
    async with open_county(servers) as made:
        bureaus = ({"code": BUREAU, "parent": "XZF"}, {"code": "SXF", "level": "city", "parent": "SZF"})
        await made.enter(*UNITS, *({"kind": "petition_bureau", "competent": False} | one for one in bureaus))
        case = await complaint(made, persons=("h-1",), **REPORT)
        await clocks(made, made.receipt(case))
        assert await seen_by(made, case, BUREAU, Role.bureau_officer), "whoever received it has to pass it on"

        async def hidden(unit: str, role: Role) -> bool:
            return not await seen_by(made, case, unit, role)

        async def moves(unit: str, role: Role) -> None:
            await made.appoint(unit, "h-1", [role])
            await made.running["intake"].store.directories.renew()
            await until(lambda: hidden(unit, role), f"{unit} finds nothing")

        await moves(BUREAU, Role.bureau_officer)
        assert await seen_by(made, case, "SXF", Role.bureau_officer), "the bureau above has to pass it on"
        opening = {"role": Role.bureau_officer, "unit": "SXF", "actor": "s-1"}
        await send(made, case, "confidential-track", {"organ": "JW"}, **opening)
        await clocks(made, made.receipt(case))
        assert await seen_by(made, case, "JW", Role.discipline_officer)
        await moves("JW", Role.discipline_officer)
        owed = [one for one in await clocks(made, made.receipt(case)) if one["state"] == "running"]
        assert ("C1", "SXF") in {(one["code"], one["holder"]) for one in owed}
        assert "JW" not in {one["holder"] for one in owed}


async def test_receipt_moves_where_it_once_turned_out_not_to_have_to(servers: Servers):
    """Whoever was appointed and is so no more when it is decided, and comes back, finds nothing either."""
    async with open_county(servers) as made:
        bureaus = ({"code": BUREAU, "parent": "XZF"}, {"code": "SXF", "level": "city", "parent": "SZF"})
        await made.enter(*UNITS, *({"kind": "petition_bureau", "competent": False} | one for one in bureaus))
        case = await complaint(made, persons=("h-1",), **REPORT)
        intake = made.running["intake"]
        directories = intake.store.directories
        bureau = replace(directories.current.units[BUREAU], officers=staff(h_1=Role.bureau_officer))
        await receipts.pass_on(intake, Directory.of([*directories.current.units.values(), bureau]))
        await clocks(made, made.receipt(case))
        assert await seen_by(made, case, BUREAU, Role.bureau_officer), "when it was decided they were none of them"
        await made.appoint(BUREAU, "h-1", [Role.bureau_officer])
        await directories.renew()

        async def hidden() -> bool:
            return not await seen_by(made, case, BUREAU, Role.bureau_officer)

        await until(hidden, f"{BUREAU} finds nothing")


async def test_checker_sees_a_receipt_that_stays_where_it_lies(servers: Servers, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: nobody looks who was appointed since."""

    async def nothing(*_: Any) -> None:
        return

    monkeypatch.setattr(receipts, "pass_on", nothing)
    monkeypatch.setattr(sys.modules[__name__], "until", partial(until, seconds=3))
    with pytest.raises(AssertionError, match="finds nothing"):
        await test_receipt_moves_when_who_is_complained_of_is_appointed_where_it_lies(servers)


async def test_nobody_opens_it_alone(county: System, report: tuple[dict[str, Any], list[str]]):
    """Two persons of the organ, and the second is another one; whoever else there is reads nothing by that."""
    case = (await county.register())["case_id"]
    ok(await classify(county, case, **REPORT))
    await send(county, case, "confidential-track", {"organ": "JW"})
    path = f"/cases/{case}/unsealings"
    approval = {"officer": "x-1"}
    refused(await county.send("intake", f"{path}/approval", approval, actor="x-2", **ORGAN), 409, UnsealingNotAsked)
    ok(await county.send("intake", path, {"purpose": "examination"}, actor="x-1", **ORGAN))
    refused(await county.send("intake", f"{path}/approval", approval, actor="x-1", **ORGAN), 403, OwnUnsealing)
    assert (await reading(county, case, "x-1")).status_code == 403
    ok(await county.send("intake", f"{path}/approval", approval, actor="x-2", **ORGAN))
    ok(await reading(county, case, "x-1"))
    refused(await reading(county, case, "x-2"), 403, StillSealed)
    refused(await reading(county, case, "x-1", at="2099-01-01T00:00:00+08:00"), 403, StillSealed)


async def reading(county: System, case: str, actor: str, at: str | None = None):
    async with county.sql() as db:
        text = await db.fetchval(
            "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'petition'", UUID(case)
        )  # fmt: skip
    headers = {"Huiyin-Actor": actor, "Huiyin-Unit": "JW", "Huiyin-Role": "discipline_officer"}
    url = f"{county.url('intake')}/cases/{case}/contents/{text}?purpose=handling"
    return await county.client.get(url, headers=headers | ({"Huiyin-Time": at} if at else {}))


async def test_without_its_key_no_door_opens(county: System):
    with pytest.raises(KeyAmiss, match="HUIYIN_SEALED_KEY_FILE or HUIYIN_SEALED_KEY_URL names no key"):
        app = application(INTAKE, county.settings("intake", sealed_key_file=None))
        async with app.router.lifespan_context(app):
            raise AssertionError("it has started")


# ------------------------------------------------------------------------------------------------ mutants


async def test_checker_sees_what_is_published(county: System, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: what lies apart lies where everything does."""
    monkeypatch.setattr(Registration, "lies_apart", lambda *_: False)
    monkeypatch.setattr(
        Store, "view_statements", lambda self, one: [v.statement(one) for v in self._views_of[type(one)]]
    )
    case = await complaint(county, **REPORT)
    await county.caught_up()
    async with county.sql() as db:
        told = await db.fetch("SELECT type FROM accountability.ledger_entry WHERE case_id = $1", UUID(case))
    assert "intake.CaseClassified.v1" in {row["type"] for row in told}


async def test_its_texts_are_under_no_key_of_the_vault(county: System, report: tuple[dict[str, Any], list[str]]):
    """Whoever has the vault's key alone opens nothing of it; of what comes back, and of everything else, they do."""
    turned = await complaint(county, **REPORT)
    back = await complaint(county, **REPORT)
    appeal = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
    reasons = await document(county, back)
    await send(county, back, "classification/correction", appeal | {"reasons": reasons})
    running = county.running["intake"]
    vault, database = Vault(running.keys["vault"], running.keys["vault"]), running.database
    opened = {}
    async with county.sql() as db:
        for case in (report[0]["case_id"], turned, back):
            found = await db.fetch("SELECT id FROM intake.vault_item WHERE case_id = $1", UUID(case))
            opened[case] = [await opens(vault, database, UUID(case), row["id"]) for row in found]
    assert opened[back] == [True] * len(opened[back])
    assert not any([*opened[turned], *opened[report[0]["case_id"]]])


async def opens(vault: Vault, database: Database, case: UUID, item: UUID) -> bool:
    async with database.connection() as connection:
        reports = [row["id"] for row in await connection.fetch("SELECT reports_of($1) AS id", case)]
    try:
        return bool(await vault.open(database, case, item, of=case, reports=reports))
    except KeyDamaged:
        return False


@pytest.mark.parametrize("mutant", ["a row in plain", "persons under the receipt", "the number of the case"])
async def test_checker_sees_what_leads_to_it(servers: Servers, mutant: str, monkeypatch: pytest.MonkeyPatch):
    """MUTANTS: the row says what it is about, the receipt says of whom, or it has the number of the case."""
    if mutant == "a row in plain":
        monkeypatch.setattr(View, "statement", lambda self, one, _=None: (self.upsert, self.whole(one)))
    elif mutant == "persons under the receipt":
        monkeypatch.setattr(PersonnelNoticeDue, "outward", {})
    else:
        monkeypatch.setattr(Apart, "alias", lambda self, case: case)
    async with open_county(servers) as made:
        await made.enter(*UNITS, *OFFICES)
        body = petition(report=True, category="official_conduct", place=PLACE)
        receipt = ok(await made.send("intake", "/petitions", body, role=Role.intake_clerk), 201)
        found = receipt, await carried(made, receipt["case_id"])
        with pytest.raises(AssertionError, match="stands in"):
            await test_report_of_the_first_moment_stands_nowhere(made, found)
