"""Papers over HTTP: issued under numbers without a gap, printed again byte for byte, served; no name leaves the vault."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from typing import Any, Final
from uuid import uuid4

import pypdf
import pytest
import pytest_asyncio

from contracts.packing import pack, unpack
from contracts.vocabulary import Role
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.intake.domain.paper import (
    ElectronicNeedsConsent,
    MissingField,
    NobodyToAddress,
    NotAnIssuer,
    ServedAlready,
    TemplateChanged,
    UnknownField,
)
from services.intake.papers.kinds import KINDS
from tests.harness import UNIT, Servers, System, legible, unpacked
from tests.rules import refused
from tests.steps import attached, ok, open_county, with_unit

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY: Final = "00000000-0000-4000-8000-00000000dead"
NOW: Final = "2025-09-01T10:00:00+08:00"
LATER: Final = "2025-09-03T10:00:00+08:00"
PETITIONER: Final = {"name": "欧阳澹台", "address": "清河县尉迟街道皇甫社区", "phone": "13912345678"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


def notice(kind: str = "query_code_notice", **more: Any) -> dict[str, Any]:
    required = next(row for of, row in KINDS.items() if of.value == kind).written
    fields = {name: f"鲜于{n}" for n, name in enumerate(required)}
    return {"kind": kind, "fields": fields, "approved_by": "head-1"} | more


async def registered(county: System, **more: Any) -> str:
    return (await county.register(at=NOW, petitioner=PETITIONER, **more))["case_id"]


async def issue(county: System, case: str, body: Any, role: Role = Role.bureau_officer, **more: Any):
    more = {"unit": UNIT} | more
    return await county.send("intake", f"/cases/{case}/papers", body, role=role, at=NOW, **more)


async def printed(county: System, case: str, paper: str, role: Role = Role.bureau_officer):
    return await county.send("intake", f"/cases/{case}/papers/{paper}.pdf", role=role, method="GET", at=LATER)


async def listed(county: System, case: str) -> list[dict[str, Any]]:
    return ok(await county.client.get(f"{county.url('intake')}/cases/{case}/papers"))["items"]


class TestIssuing:
    """第二十三条."""

    async def test_paper_is_issued_printed_and_served(self, county: System):
        case = await registered(county)
        paper = ok(await issue(county, case, notice()), 201)
        assert ok(
            await county.send("intake", f"/cases/{case}/papers", notice(), role=Role.bureau_officer, unit=UNIT), 201
        )
        reply = await printed(county, case, paper["document_id"])
        assert (reply.status_code, reply.headers["content-type"]) == (200, "application/pdf")
        assert hashlib.sha256(reply.content).hexdigest() == paper["pdf_sha256"]
        assert (await printed(county, case, paper["document_id"])).content == reply.content
        text = "".join(pypdf.PdfReader(io.BytesIO(reply.content)).pages[0].extract_text().split())
        assert PETITIONER["name"] in text
        assert paper["document_no"] in text
        service = f"/cases/{case}/papers/{paper['document_id']}/service"
        body = {"method": "electronic", "receipt": "短信回执"}
        refused(
            await county.send("intake", service, body, role=Role.bureau_officer, unit=UNIT, at=LATER),
            409,
            ElectronicNeedsConsent,
        )
        body = {"method": "post", "receipt": "EMS-9", "served_at": "2025-09-02T10:00:00+08:00"}
        ok(await county.send("intake", service, body, role=Role.bureau_officer, unit=UNIT, at=LATER))
        refused(
            await county.send("intake", service, body, role=Role.bureau_officer, unit=UNIT, at=LATER),
            409,
            ServedAlready,
        )
        row = next(row for row in await listed(county, case) if row["id"] == paper["document_id"])
        assert (row["state"], row["document_no"], row["kind"]) == ("served", paper["document_no"], "query_code_notice")

    async def test_numbers_have_no_gap_however_many_issue_at_once(self, county: System):
        case, unit = await registered(county), f"U-{uuid4().hex[:6].upper()}"
        await county.establish(unit)
        keys = [uuid4() for _ in range(12)]
        replies = await asyncio.gather(*(issue(county, case, notice(), unit=unit, key=key) for key in keys + keys[:3]))
        assert [reply.status_code for reply in replies] == [201] * 15, [reply.text for reply in replies]
        numbers = {reply.json()["document_no"] for reply in replies}
        assert numbers == {f"单位{unit}信查〔2025〕{n}号" for n in range(1, 13)}

    async def test_refused_paper_takes_no_number(self, county: System):
        case, unit = await registered(county), f"U-{uuid4().hex[:6].upper()}"
        await county.establish(unit)
        refused(await issue(county, case, notice(approved_by="head-1", supersedes=NOBODY), unit=unit), 404, NotFound)
        paper = ok(await issue(county, case, notice(), unit=unit), 201)
        assert paper["document_no"] == f"单位{unit}信查〔2025〕1号"

    async def test_refusal_opens_the_way_to_leave_it(self, county: System):
        case = await registered(county)
        paper = ok(await issue(county, case, notice()), 201)["document_id"]
        for what, body in (
            ("refusal", {"receipt": "回证-1"}), ("service", {"method": "left_at_address", "receipt": "回证-2"}),
        ):  # fmt: skip
            ok(
                await county.send(
                    "intake",
                    f"/cases/{case}/papers/{paper}/{what}",
                    body,
                    role=Role.bureau_officer,
                    unit=UNIT,
                    at=LATER,
                )
            )
        assert [row["state"] for row in await listed(county, case)] == ["served"]


class TestWhatIsWrong:
    async def test_field_is_named_in_chinese(self, county: System):
        case = await registered(county)
        body = notice()
        phone = body["fields"].pop("duty_phone")
        problem = refused(await issue(county, case, body), 422, MissingField)
        assert "值守电话（duty_phone）" in problem["detail"]
        body["fields"] |= {"duty_phone": phone, "sponsor": "某人"}
        assert "包案领导" in refused(await issue(county, case, body), 422, UnknownField)["detail"]
        letter = notice("annual_report")
        assert "主送机关" in refused(await issue(county, case, letter), 422, MissingField)["detail"]
        ok(await issue(county, case, letter | {"addressee": "县人社局"}), 201)
        refused(await issue(county, case, notice() | {"kind": "love_letter"}), 422, Invalid)

    async def test_who_may_not_issue(self, county: System):
        case = await registered(county)
        refused(await issue(county, case, notice(), Role.evaluator), 404, NotFound)
        refused(await issue(county, case, notice() | {"kind": "petition"}), 403, NotAnIssuer)

    async def test_nobody_is_written_to_who_gave_no_name_where_others_have(self, county: System):
        case = await registered(county)
        nameless = (await attached(county, case, petitioner=None))["petition_id"]
        refused(await issue(county, case, notice() | {"petition_id": nameless}), 409, NobodyToAddress)

    async def test_what_is_not_there_is_not_found(self, county: System):
        case, other = await registered(county), await registered(county)
        paper = ok(await issue(county, case, notice()), 201)["document_id"]
        refused(await issue(county, NOBODY, notice()), 404, NotFound)
        refused(await issue(county, case, notice(petition_id=NOBODY)), 404, NotFound)
        for wrong in ((other, paper), (case, NOBODY)):
            refused(await printed(county, *wrong), 404, NotFound)
        refused(await printed(county, case, paper, Role.petitioner), 403, Forbidden)

    async def test_changed_template_is_noticed(self, county: System):
        case = await registered(county)
        paper = ok(await issue(county, case, notice()), 201)["document_id"]
        async with county.sql() as sql:
            await _tamper(sql, paper)
        refused(await printed(county, case, paper), 409, TemplateChanged)


async def _tamper(sql: Any, paper: str) -> None:
    """Let the event claim another PDF, as if what sets it had changed since."""
    await sql.execute("SET session_replication_role = replica")
    first = "stream_id = $1 AND version = 1"
    metadata, body = unpack(await sql.fetchval(f"SELECT packed FROM intake.event WHERE {first}", paper))
    other = pack(metadata, re.sub(b'"pdf_sha256":"[0-9a-f]{4}', b'"pdf_sha256":"ffff', body))
    await sql.execute(f"UPDATE intake.event SET packed = $2 WHERE {first}", paper, other)


async def test_no_name_leaves_the_vault(county: System):
    case = await with_unit(county)
    ok(await issue(county, case, notice(), Role.unit_head), 201)
    async with county.sql() as sql:
        bodies = b"".join(legible(row["packed"]) for row in await sql.fetch("SELECT packed FROM intake.event"))
        rows = "".join(row["row"] for row in await sql.fetch("SELECT p::text AS row FROM intake.paper_view p"))
        looks = await sql.fetch(
            "SELECT packed FROM intake.event WHERE type LIKE '%ContentDisclosed%' AND case_id = $1", case
        )
    for secret in (*PETITIONER.values(), "鲜于0", "鲜于1"):
        assert secret.encode() not in bodies
        assert secret not in rows
    assert ["issue_paper" in str(unpacked(row).body) for row in looks] == [True]
