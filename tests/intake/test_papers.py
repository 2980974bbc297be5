"""Papers: every kind says what it has to say, the same bytes come out each time, and service follows its rules."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
import pypdf
import pytest

from contracts.event import typed_before
from contracts.vocabulary import DocumentKind, ServiceMethod
from services.intake.domain.guards import NotHappenedYet
from services.intake.domain.paper import (
    ApprovedByItself,
    BeforeIssue,
    ElectronicNeedsConsent,
    NotRefusedYet,
    Paper,
    ServedAlready,
    SupersedesNothing,
)
from services.intake.domain.registration import Registration
from services.intake.papers.kinds import KINDS, LABELS, Form, To
from services.intake.papers.typesetting import NEWEST, render
from tests.rules import at, check_replay, refuses

CODE: Final = "0123456789abcdef0123456789abcdef"
NO_PAPER: Final = {
    DocumentKind.petition, DocumentKind.execution_proof, DocumentKind.supervision, DocumentKind.receipt,
    DocumentKind.words,
}  # fmt: skip
"""Texts that are put into the vault as they are."""
NOW: Final = at("2026-11-23")


def data(kind: DocumentKind = DocumentKind.acceptance_notice, **more: Any) -> dict[str, Any]:
    row = KINDS[kind]
    return {
        "template": NEWEST,
        "form": row.form,
        "organ": "清河县信访局",
        "number": f"{row.mark}〔2026〕17号",
        "title": kind.title,
        "addressee": {To.petitioner: "王秀兰", To.organ: "县人社局", To.file: ""}[row.to],
        "address": "清河县新城街道二号" if row.to is To.petitioner else "",
        "names": [],
        "opening": row.opening,
        "items": [{"label": LABELS[name], "value": f"内容{n}"} for n, name in enumerate(row.printed)],
        "basis": list(row.basis),
        "remedy": row.remedy,
        "attachments": ["调查报告"],
        "signatures": list(row.signatures),
        "date": [2026, 11, 23],
        "issued_at": NOW.isoformat(),
        "code": CODE,
    } | more


def text_of(pdf: bytes) -> str:
    """Return what a reader sees, without the breaks between lines."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


class TestPage:
    """GB/T 9704."""

    def test_every_kind_of_paper_has_a_row(self):
        assert set(KINDS) == set(DocumentKind) - NO_PAPER
        marks = [row.mark for row in KINDS.values() if row.mark]
        assert len({*marks}) == len(marks), "two kinds are numbered in one series"
        used = {name for row in KINDS.values() for name in row.printed}
        assert used <= set(LABELS)

    @pytest.mark.parametrize("kind", KINDS, ids=str)
    def test_every_kind_says_what_it_has_to_say(self, kind: DocumentKind):
        paper = data(kind)
        pdf = render(paper)
        assert b"<pdfaid:part>2</pdfaid:part>" in pdf
        assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
        text = text_of(pdf)
        wanted = [paper["organ"], paper["number"], kind.title, "2026年11月23日", CODE, "—1—", *paper["basis"]]
        wanted += [paper["addressee"], paper["address"], *paper["signatures"]]
        wanted += [words for item in paper["items"] for words in item.values()]
        if KINDS[kind].form in {Form.letter, Form.agreement}:
            wanted += [paper["opening"], paper["remedy"], "附件：1.调查报告"]
        assert [words for words in wanted if "".join(words.split()) not in text] == []

    def test_page_is_a4_and_its_fonts_are_inside(self):
        page = pypdf.PdfReader(io.BytesIO(render(data()))).pages[0]
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        assert fonts
        for font in fonts:
            below = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(below), font["/BaseFont"]

    def test_same_bytes_in_another_process(self):
        paper = data(DocumentKind.opinion)
        script = (
            "import sys, msgspec; from services.intake.papers.typesetting import render;"
            "sys.stdout.buffer.write(render(msgspec.json.decode(sys.stdin.buffer.read())))"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], input=msgspec.json.encode(paper), capture_output=True, check=True,
            env={"TZ": "America/New_York", "LANG": "C", "PYTHONHASHSEED": "7"},
        )  # fmt: skip
        assert done.stdout == render(paper)

    def test_another_word_makes_another_paper(self):
        assert render(data()) != render(data(code="f" * 32))

    @pytest.mark.parametrize(
        "typed",
        ["#panic()", '#read("/etc/passwd")', "\\", "*粗体*_斜_", "$x$", "@引用<标签>", "=标题", "//注", "#{1+1}",
         "]#[", '"引号"', "`码`", "~", "---"],
    )  # fmt: skip
    @pytest.mark.parametrize("kind", [DocumentKind.opinion, DocumentKind.ledger, DocumentKind.record])
    def test_what_is_typed_in_is_printed_as_it_is(self, kind: DocumentKind, typed: str):
        paper = data(kind)
        paper["items"][0]["value"] = f"甲{typed}乙"
        text = text_of(render(paper | {"organ": f"丙{typed}丁"}))
        assert f"甲{typed}乙" in text.replace(" ", "")
        assert f"丙{typed}丁" in text.replace(" ", "")

    def test_signature_and_heading_never_stand_alone_on_a_page(self):
        for lines in range(34):
            paper = data(DocumentKind.acceptance_notice)
            paper["items"][0]["value"] = "\n".join(["一行字"] * lines)
            pages = ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(render(paper))).pages]
            [signed] = [page for page in pages if "2026年11月23日" in page]
            assert "附件：" in signed
            assert "送达：" in signed, "the last page says nothing but to whom it goes"
            for page in pages[:-1]:
                assert not page.partition("—")[0].endswith(tuple(item["label"] for item in paper["items"]))

    def test_those_who_sign_a_form_sign_its_last_line(self):
        for lines in range(24):
            paper = data(DocumentKind.registration_form)
            paper["items"][3]["value"] = "\n".join(["一行字"] * lines)
            *_, last = pypdf.PdfReader(io.BytesIO(render(paper))).pages
            signed = "".join(last.extract_text().split())
            assert paper["items"][-1]["label"] in signed
            assert "登记人（签名）" in signed

    def test_last_line_of_a_form_may_be_longer_than_a_page(self):
        paper = data(DocumentKind.field_diary)
        paper["items"][-1]["value"] = "字" * 4_000
        assert text_of(render(paper)).count("字") == 4_000

    def test_name_date_and_number_stand_on_one_line(self):
        for lead in range(30):
            paper = data(names=["欧阳秀兰"])
            paper["items"][0]["value"] = "字" * lead + "欧阳秀兰于2026年11月23日收到信告〔2026〕12号。"
            lines = pypdf.PdfReader(io.BytesIO(render(paper))).pages[0].extract_text().split("\n")
            for whole in ("欧阳秀兰", "2026年11月23日", "信告〔2026〕12号"):
                assert any(whole in "".join(line.split()) for line in lines), (lead, whole, lines)

    def test_seal_has_its_place_over_organ_and_date(self):
        """GB/T 9704 7.3.5.1: the seal goes over the name of who signs and the date."""
        for kind in (kind for kind, row in KINDS.items() if row.form is Form.letter):
            signed = text_of(render(data(kind)))
            assert "（印章）清河县信访局2026年11月23日" in signed, kind

    def test_long_name_of_an_organ_stands_on_one_line(self):
        organ = "清河县人力资源和社会保障局劳动保障监察综合行政执法大队"
        text = pypdf.PdfReader(io.BytesIO(render(data(organ=organ)))).pages[0].extract_text()
        assert "".join(text.split("\n")[0].split()) == organ

    @pytest.mark.parametrize("template", ["v1", "v2"])
    def test_papers_of_older_templates_are_set_as_ever(self, template: str):
        paper = data(template=template)
        assert text_of(render(paper)).startswith(paper["organ"])


# ------------------------------------------------------------------------------- rules

FACTS: Final = {
    "kind": DocumentKind.acceptance_notice,
    "document_no": "岳人社信受〔2026〕1号",
    "sequence": 1,
    "unit": "RSJ",
    "signer": "co-1",
    "approver": "head-1",
    "content_sha256": "0" * 64,
    "pdf_sha256": "1" * 64,
    "template": NEWEST,
}


def issued(registration: Registration | None = None) -> Paper:
    paper = Paper.blank(Paper.stream("岳人社信受〔2026〕", 1))
    paper.issue(registration or Registration.blank(uuid4()), None, at=NOW, **FACTS)
    return paper


class TestIssuing:
    """第三十二条."""

    def test_paper_belongs_to_its_case(self):
        paper = issued()
        assert (paper.state, paper.document_no) == ("issued", "岳人社信受〔2026〕1号")
        assert paper.case is not None

    def test_who_signs_does_not_approve(self):
        paper = Paper.blank(uuid4())
        with refuses(ApprovedByItself):
            paper.issue(Registration.blank(uuid4()), None, at=NOW, **FACTS | {"approver": "co-1"})

    def test_paper_takes_the_place_of_one_of_its_kind_and_case(self):
        case = Registration.blank(uuid4())
        before, paper = issued(case), Paper.blank(uuid4())
        for wrong, facts in ((Registration.blank(uuid4()), FACTS), (case, FACTS | {"kind": DocumentKind.record})):
            with refuses(SupersedesNothing):
                paper.issue(wrong, before, at=NOW, **facts)
        paper.issue(case, before, at=NOW, **FACTS)
        assert paper.supersedes == before.id


class TestService:
    """参照民事诉讼法 第八十七条至第九十五条."""

    def serve(self, paper: Paper, method: ServiceMethod = ServiceMethod.post, on: str = "2026-11-24", **more: Any):
        paper.serve(method, at(on), typed_before("EMS-1"), at=at("2026-12-30"), **{"consent": False} | more)

    def test_paper_is_served_once(self):
        paper = issued()
        self.serve(paper)
        assert paper.state == "served"
        with refuses(ServedAlready):
            self.serve(paper)
        with refuses(ServedAlready):
            paper.refuse(at("2026-11-25"), typed_before("回证-1"), at=at("2026-12-30"))

    def test_nothing_is_served_before_it_is_issued_or_after_now(self):
        paper = issued()
        with refuses(BeforeIssue):
            self.serve(paper, on="2026-11-22")
        with refuses(NotHappenedYet):
            self.serve(paper, on="2026-12-31")
        with refuses(BeforeIssue):
            paper.refuse(at("2026-11-22"), typed_before("回证-1"), at=at("2026-12-30"))

    def test_electronic_service_needs_consent(self):
        paper = issued()
        with refuses(ElectronicNeedsConsent):
            self.serve(paper, ServiceMethod.electronic)
        self.serve(paper, ServiceMethod.electronic, consent=True)
        assert paper.state == "served"

    @pytest.mark.parametrize("method", [ServiceMethod.left_at_address, ServiceMethod.by_notice])
    def test_paper_is_left_behind_only_after_it_was_refused(self, method: ServiceMethod):
        paper = issued()
        with refuses(NotRefusedYet):
            self.serve(paper, method)
        paper.refuse(at("2026-11-24"), typed_before("回证-1"), at=at("2026-12-30"))
        assert paper.state == "refused"
        self.serve(paper, method)
        assert paper.state == "served"

    def test_history_amounts_to_the_state(self):
        case = Registration.blank(UUID(int=7))
        events = check_replay(
            Paper,
            Paper.stream("RSJ/信意/2026", 1),
            [
                lambda p: p.issue(case, None, at=NOW, **FACTS),
                lambda p: self.serve(p, ServiceMethod.left_at_address),
                lambda p: p.refuse(at("2026-11-24"), typed_before("回证-1"), at=at("2026-12-30")),
                lambda p: self.serve(p, ServiceMethod.left_at_address),
            ],
        )
        assert len(events) == 3
