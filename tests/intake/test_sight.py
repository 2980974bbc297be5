"""A report about an official is seen by the discipline organ, and by nobody else (第三十条第三款).

Whatever lies with the report, or with a case that has gone into it, is asked for in every way that is declared, by
everybody who may ask. And whoever looks into the vault is on record first, whatever becomes of the look.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.questions import Question
from services.chassis.views import EVERYONE
from services.intake.application import looking
from services.intake.questions import QUESTIONS
from services.intake.vault import Vault
from tests.harness import BUREAU, UNIT, Servers, System
from tests.intake.uploads import Sender, pdf
from tests.steps import PAPER, ok, open_county, paper

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW: Final = "2025-09-01T10:00:00+08:00"
REPORT: Final = {"kind": "report_accusation", "route": "discipline_supervision", "category": "official_conduct"}
FORM: Final = {"level": "township", "holder": UNIT, "until": "2025-09-30"}
CARD: Final = {"unit": UNIT, "duty_officer": "co-1"}
SHOWN: Final = {"id", "version", "registration_no", "state", "receipt"}
"""What anybody is told of a report: that it exists."""
BY_CODE: Final = {
    "progress",
    "listLooks",
    "listOwnPapers",
    "printOwnPaper",
    "listOwnFiles",
    "readOwnFile",
    "ownUploadOffset",
    "appendToOwnUpload",
    "cancelOwnUpload",
    "showNotice",
    "openPetitionSession",
    "endPetitionSession",
}
"""What is asked by whoever petitioned, and tells them how far it is; and what the public is told, of no case."""

ONE_BY_ONE: Final = {"readContent", "paperPdf", "readFile", "uploadOffset", "appendToUpload", "cancelUpload"}
"""What is asked about a text, a paper or a file, by its id."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def report(county: System):
    return await reported(county)


@dataclass
class Report:
    """A report, a case that has gone into it, and what lies with each: a text, a paper and a file."""

    case: str
    early: str
    texts: dict[str, str]
    papers: dict[str, str]
    files: dict[str, str]


async def reported(county: System) -> Report:
    """Let both cases have everything that a case can have at the door, and then become a report."""
    early, case = await county.register(at=NOW), await county.register(at=NOW)
    cases = [early["case_id"], case["case_id"]]
    for one in (early, case):
        for what, body in (
            ("sessions", {"petition": one["petition_id"]}),
            ("step-forms", FORM),
            ("contact-cards", CARD),
        ):
            ok(await send(county, one["case_id"], what, body), 201)
    papers = {one: await paper(county, one, PAPER) for one in cases}
    files = {one: (await Sender(county, one).examined("pdf", pdf()))[0] for one in cases}
    async with county.sql() as db:
        found = "SELECT case_id, id FROM intake.vault_item WHERE case_id = ANY($1::uuid[]) AND kind = 'petition'"
        texts = {str(of): str(key) for of, key in await db.fetch(found, [UUID(one) for one in cases])}
    ok(await send(county, early["case_id"], "merger", {"into": case["case_id"]}))
    ok(await send(county, case["case_id"], "classification", REPORT))
    ok(await send(county, case["case_id"], "confidential-track", {"organ": "JW"}))
    return Report(case["case_id"], early["case_id"], texts, papers, files)


async def send(county: System, case: str, what: str, body: Any):
    return await county.send("intake", f"/cases/{case}/{what}", body, role=Role.bureau_officer, at=NOW)


async def asked(county: System, report: Report) -> list[tuple[str, str, int, bytes]]:
    """Ask everything that is declared about both cases, as everybody but the discipline organ."""
    answers = []
    for cls in QUESTIONS:
        told = cls.operation
        if told.name in BY_CODE:
            continue
        for case in (report.case, report.early):
            path = told.path.format(
                case_id=case,
                content_id=report.texts[case],
                document_id=report.papers[case],
                file_id=report.files[case],
            )
            body = {"texts": [{"case_id": case, "text_id": report.papers[case]}]} if told.changes else None
            query = {"purpose": "handling"} if "purpose" in cls.model_fields else {}
            query |= {"limit": 200} if "limit" in cls.model_fields else {}
            query |= {"since": "2025-01-01", "until": "2025-12-31"} if "since" in cls.model_fields else {}
            for role in set(told.by) - {Role.discipline_officer} or {Role.bureau_officer}:
                headers = {"Huiyin-Actor": "c-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": str(role)}
                url = county.url("intake") + path
                reply = await county.client.request(told.method, url, params=query, headers=headers, json=body)
                answers.append((told.name, case, reply.status_code, reply.content))
    return answers


def check_unseen(report: Report, answers: list[tuple[str, str, int, bytes]]) -> None:
    """Nothing is read, nothing is printed, and nothing is listed that lies with either case."""
    assert {name for name, *_ in answers} == {cls.operation.name for cls in QUESTIONS} - BY_CODE
    for name, case, status, body in answers:
        if name in ONE_BY_ONE:
            assert status in {403, 404}, f"{name} of {case} is answered with {status}"
            continue
        if name == "showTextKinds":
            assert json.loads(body) == {"kinds": [None]}, f"{name} of {case} is answered"
            continue
        assert status == 200, (name, status, body)
        for shown in _objects(json.loads(body)):
            assert shown.get("case_id") not in {report.case, report.early}, f"{name} shows what lies with {case}"
            assert shown.get("id") != report.case or set(shown) == SHOWN, f"{name} shows the report"


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner)


class TestSight:
    async def test_nobody_sees_a_report_in_whatever_way_they_ask(self, county: System, report: Report):
        check_unseen(report, await asked(county, report))

    @pytest.mark.parametrize("name", ["listRegistrations", "papers", "files", "sessions", "stepForms", "contactCards"])
    async def test_checker_sees_a_question_without_its_sight(
        self, county: System, report: Report, name: str, monkeypatch: pytest.MonkeyPatch
    ):
        """MUTANT: one list shows what there is, whoever asks."""
        [cls] = [cls for cls in QUESTIONS if cls.operation.name == name]
        assert issubclass(cls, Question)
        monkeypatch.setattr(cls, "sight", EVERYONE)
        with pytest.raises(AssertionError, match=f"{name} shows"):
            check_unseen(report, await asked(county, report))

    async def test_checker_sees_a_vault_that_is_open_to_all(
        self, county: System, report: Report, monkeypatch: pytest.MonkeyPatch
    ):
        """MUTANT: nobody asks who has the report."""

        async def anybody(*_: Any) -> list[UUID]:
            return [UUID(report.case)]

        monkeypatch.setattr(looking, "_must_have_it", anybody)
        with pytest.raises(AssertionError, match=r"readContent of .* is answered with 200"):
            check_unseen(report, await asked(county, report))

    async def test_case_that_is_not_there_shows_nothing(self, county: System):
        """Where there is no such case there is no «not under seal» either."""
        nobody = UUID(int=7)
        async with county.sql() as db:
            await db.execute("SET search_path = intake")
            assert await db.fetchval("SELECT under_seal($1)", nobody) is None
            assert await db.fetchval("SELECT answering($1)", nobody) is None


class TestLook:
    async def look(self, county: System) -> tuple[int, int]:
        """Look into a vault whose text cannot be decrypted; return the status and how many looks are on record."""
        receipt = await county.register()
        case = UUID(receipt["case_id"])
        async with county.sql() as db:
            [text] = await db.fetch("SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'petition'", case)
        headers = {"Huiyin-Actor": "c-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": "case_officer"}
        url = f"{county.url('intake')}/cases/{case}/contents/{text['id']}"
        status = (await county.client.get(url, params={"purpose": "handling"}, headers=headers)).status_code
        async with county.sql() as db:
            looks = "SELECT count(*) FROM intake.event WHERE case_id = $1 AND type LIKE '%ContentDisclosed%'"
            return status, await db.fetchval(looks, case)

    async def test_look_is_on_record_before_the_text_is_open(self, county: System, monkeypatch: pytest.MonkeyPatch):
        async def broken(*_: Any) -> Any:
            raise OSError("the vault fell shut")

        monkeypatch.setattr(Vault, "open", broken)
        status, looks = await self.look(county)
        assert (status >= 500, looks) == (True, 1)

    async def test_what_cannot_be_recorded_is_not_opened(self, county: System, monkeypatch: pytest.MonkeyPatch):
        opened = []

        async def opening(*_: Any) -> Any:
            opened.append(True)

        async def full(*_: Any, **__: Any) -> Any:
            raise OSError("no record")

        receipt = await county.register()
        monkeypatch.setattr(Vault, "open", opening)
        monkeypatch.setattr(county.running["intake"].store, "create", full)
        async with county.sql() as db:
            found = "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'petition'"
            text = await db.fetchval(found, UUID(receipt["case_id"]))
        headers = {"Huiyin-Actor": "c-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": "case_officer"}
        url = f"{county.url('intake')}/cases/{receipt['case_id']}/contents/{text}"
        reply = await county.client.get(url, params={"purpose": "handling"}, headers=headers)
        assert (reply.status_code >= 500, opened) == (True, [])

    async def test_nothing_else_opens_the_vault(self):
        root = Path(looking.__file__).parents[1]
        opening = {
            path.relative_to(root).as_posix()
            for path in root.rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Attribute) and node.attr == "open" and ast.unparse(node.value).endswith("vault")
        }
        assert opening == {"application/looking.py"}
