"""第四十三条至第四十六条: 责令改正. Who stands above orders it by a paper; it is owed until a day, and undoes what it is about."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.event import typed_before
from contracts.intake import CaseRegistered, CorrectionOrdered, NonAcceptanceRevoked, NotAcceptedNotified
from contracts.vocabulary import Channel, ContentCategory, DocumentKind, Level, NotAcceptedGround, Role
from services.assignment.domain.assigning import CaseHasLeft
from services.chassis.directory import Directory
from services.chassis.recusal import OthersKeepOut
from services.intake.domain import acceptance, classification
from services.intake.domain.acceptance import NotAboveLevel, OrderedToAccept
from services.intake.domain.paper import NoCorrectionOwed, NotOrderedToCorrect, Paper
from services.intake.domain.registration import Registration
from services.intake.domain.saying import Facts, NotTheSuperior, Said, said
from tests.harness import BUREAU, UNIT, Servers, System
from tests.intake.filed import NOTICE, NOW, classified, registered
from tests.law.ledger import Ledger
from tests.rules import at, refused, refuses
from tests.steps import document, ok, open_county
from tests.units import COUNTY


def turned_away(by: str = "JYJ") -> Registration:
    case = registered()
    turn_away(case, by)
    case.taken()
    return case


def turn_away(case: Registration, by: str, ground: NotAcceptedGround = NotAcceptedGround.not_within_power) -> None:
    acceptance.not_accept(
        case, ground, by, COUNTY, pending=None, handling=None, same_person=False, at=NOW, competent_body=typed_before("某局"),
        notice_no="1", **NOTICE,
    )  # fmt: skip


def order(
    case: Registration, unit: str, by: str = "XZF", article: str = "违反规定", directory: Directory = COUNTY
) -> Said:
    facts = Facts(case, [], directory, by, next(iter(case.petitions)), unit, {"breach_article": article})
    return said(DocumentKind.correction_order, facts)


class TestOrder:
    """由其上级机关、单位责令改正."""

    def test_what_it_rests_on_is_the_article_that_was_breached(self):
        so = order(classified(), "RSJ", article="《信访工作条例》第四十六条第（一）项")
        assert (so.basis, so.puts_right, so.undoes) == (("《信访工作条例》第四十六条",), "RSJ", None)

    def test_turning_away_is_against_article_44(self):
        so = order(turned_away(), "JYJ")
        assert (so.basis, so.undoes) == (("《信访工作条例》第四十四条",), "JYJ")

    @pytest.mark.parametrize(
        ("article", "basis"), [("第四十三条", "四十三"), ("第四十四条第二项", "四十四"), ("违反规定", "四十三")]
    )
    def test_petition_bureau_that_turns_away_has_not_handed_on(self, article: str, basis: str):
        """第四十三条: 对收到的信访事项应当登记、转送、交办而未按照规定登记、转送、交办."""
        so = order(turned_away("XFJ"), "XFJ", "XW", article)
        assert (so.basis, so.undoes) == ((f"《信访工作条例》第{basis}条",), "XFJ")

    def test_article_of_the_bureaus_is_no_other_units(self):
        assert not order(turned_away(), "JYJ", article="第四十三条").undoes

    def test_what_is_ordered_for_another_reason_undoes_nothing(self):
        assert not order(turned_away(), "JYJ", article="第四十六条第（一）项").undoes

    def test_order_to_another_unit_undoes_nothing(self):
        assert not order(turned_away(), "RSJ", article="第四十四条").undoes

    @pytest.mark.parametrize("by", ["JYJ", "RSJ", "ZF"])
    def test_nobody_orders_who_does_not_stand_above(self, by: str):
        with refuses(NotTheSuperior):
            order(turned_away(), "JYJ", by)

    def test_nothing_of_a_case_comes_to_whom_it_complains_of(self):
        """第三十条第三款."""
        case = classified()
        classification.name_accused(case, ["RSJ"], [], COUNTY, at=NOW)
        with refuses(OthersKeepOut):
            order(case, "RSJ")

    def test_case_goes_on_as_if_it_had_never_been_turned_away(self):
        case = turned_away()
        acceptance.put_right(case, "JYJ", uuid4(), at=NOW)
        [event] = case.taken()
        assert isinstance(event, NonAcceptanceRevoked)
        assert (case.state, event.unit) == ("registered", "JYJ")

    @pytest.mark.parametrize("by", ["JYJ", "RSJ"])
    def test_nobody_turns_them_away_on_the_same_ground_again(self, by: str):
        """第四十四条第二项: whoever had to accept it has to."""
        case = turned_away()
        acceptance.put_right(case, "JYJ", uuid4(), at=NOW)
        with refuses(OrderedToAccept):
            turn_away(case, by)

    def test_another_ground_proves_itself(self):
        """第二十条第一款: a visit two levels above whoever decides."""
        case = turned_away()
        acceptance.put_right(case, "JYJ", uuid4(), at=NOW)
        with refuses(NotAboveLevel):
            turn_away(case, "JYJ", NotAcceptedGround.visit_above_level)

    @pytest.mark.parametrize("case", [registered(), turned_away("ZF")])
    def test_nothing_is_undone_that_the_unit_has_not_done(self, case: Registration):
        case.taken()
        acceptance.put_right(case, "JYJ", uuid4(), at=NOW)
        assert not case.taken()


class TestReport:
    def paper(self) -> Paper:
        paper, case = Paper.blank(uuid4()), classified()
        paper.issue(
            case, None, at=NOW, kind=DocumentKind.correction_order, document_no="1", sequence=1, unit="XZF",
            signer="head-1", approver="head-2", content_sha256="", pdf_sha256="", template="1",
        )  # fmt: skip
        return paper

    def test_unit_says_once_what_it_has_put_right(self):
        paper = self.paper()
        paper.order_correction("RSJ", date(2025, 10, 8), at=NOW)
        with refuses(NotOrderedToCorrect):
            paper.report_correction("JYJ", uuid4(), at=NOW)
        paper.report_correction("RSJ", uuid4(), at=NOW)
        with refuses(NoCorrectionOwed):
            paper.report_correction("RSJ", uuid4(), at=NOW)

    def test_another_paper_orders_nothing(self):
        with refuses(NoCorrectionOwed):
            self.paper().report_correction("RSJ", uuid4(), at=NOW)


REGISTERED: dict[str, Any] = {
    "registration_no": "XF20250303-1", "petition": uuid4(), "category": ContentCategory.other, "place": "P-1",
    "channel": Channel.letter, "received_at": at("2025-03-03"), "receiving_unit": "county-hr", "person_count": 1,
    "content": uuid4(), "content_sha256": "", "secrecy_requested": False,
}  # fmt: skip
AWAY: dict[str, Any] = {
    "unit": "county-hr", "ground": NotAcceptedGround.not_within_power, "competent_body": "某局", "notice_no": "1",
    "served_at": at("2025-03-05"), **{name: told for name, told in NOTICE.items() if name != "served_at"},
}  # fmt: skip


class TestClocks:
    """第二十二条、第二十三条、第四十四条: who was wrongly turned away waits no longer for it."""

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("C1", {"direct": False, "anonymous": False}),
            ("C1a", {"direct": False, "anonymous": False, "came_from": Level.province}),
            ("C2", {"direct": True, "anonymous": False}),
            ("D9", {"direct": True, "anonymous": True}),
            ("D9", {"direct": True, "anonymous": False, "unclear": True, "unreachable": True}),
        ],
    )
    def test_what_ran_before_runs_again_to_the_same_day(self, code: str, said: dict[str, Any]):
        ledger = Ledger()
        ledger.tell(CaseRegistered, on="2025-03-03", **REGISTERED, **said)
        day = ledger.duty(code).due_on
        ledger.tell(NotAcceptedNotified, on="2025-03-05", **AWAY)
        assert not ledger.duties()
        ledger.tell(NonAcceptanceRevoked, on="2025-03-10", unit="county-hr", document=None)
        assert (ledger.duty(code).due_on, ledger.duty(code).holder) == (day, "county-hr")

    def test_every_order_is_owed_until_its_day_and_missed_by_itself(self):
        ledger, paper = Ledger(), uuid4()
        said = {"case": ledger.case.case_id, "document_no": "责改1号", "unit": "county-hr", "due_on": date(2025, 3, 14)}
        ledger.tell(CorrectionOrdered, on="2025-03-03", stream=paper, **said)
        duty = ledger.duty("D45")
        assert (duty.holder, str(duty.due_on)) == ("county-hr", "2025-03-14")
        ledger.passes("2025-03-15")
        assert ledger.breaches() == ["D45"]


# ------------------------------------------------------------------------------- over HTTP


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(
            {
                "code": "XW",
                "kind": "party_committee",
                "competent": False,
                "officers": {"head-2": [Role.unit_head]},
            },
            {"code": BUREAU, "kind": "petition_bureau", "competent": False, "parent": "XW"},
        )
        yield made


WORDS = {
    "facts": "应当受理而不予受理",
    "breach_article": "第四十四条第二项",
    "correction": "予以受理",
    "due_on": "2026-03-20",
}


async def not_accepted(county: System, case: str):
    body = {"ground": "not_within_power", "competent_body": "某局", "method": "post", "receipt": "EMS-1"}
    told = {"role": Role.bureau_officer, "unit": BUREAU, "at": "2026-03-05T09:00:00+08:00"}
    return await county.send("intake", f"/cases/{case}/non-acceptance", body, **told)


async def ordered(county: System, case: str, unit: str = "XW"):
    body = {"kind": "correction_order", "addressee": BUREAU, "approved_by": "head-2", "fields": WORDS}
    return await county.send(
        "intake", f"/cases/{case}/papers", body, role=Role.sponsor_leader, unit=unit, at="2026-03-09T09:00:00+08:00"
    )


@pytest.mark.asyncio(loop_scope="module")
async def test_wrong_non_acceptance_is_undone_by_the_order_and_the_petitioner_sees_both(county: System):
    """第四十四条第二项、第二十一条第二款."""
    receipt = await county.register(at="2026-03-02T09:00:00+08:00")
    case, accountability = receipt["case_id"], county.url("accountability")
    ok(await not_accepted(county, case))
    refused(await ordered(county, case, UNIT), 403, NotTheSuperior)
    paper = ok(await ordered(county, case), 201)["document_id"]
    await county.caught_up()
    duties = ok(await county.client.get(f"{accountability}/duties?case={case}"))["items"]
    assert [(one["code"], one["due_on"], one["holder"]) for one in duties] == [
        ("C1", "2026-03-17", BUREAU),
        ("D45", "2026-03-20", BUREAU),
    ]
    assert ok(await county.client.get(f"{accountability}/cases/{case}"))["next_duty"]["code"] == "C1"
    seen = ok(await county.by_code(receipt["query_code"]))
    assert [step["title"] for step in seen["steps"]] == ["信访事项登记", "不予受理告知", "责令改正不予受理"]
    assert (seen["state"], seen["next"]["last_day"]) == ("registered", "2026-03-17")
    path = f"/cases/{case}/papers/{paper}/correction"
    done = {"role": Role.bureau_officer, "at": "2026-03-12T09:00:00+08:00"}
    report = {"document": await document(county, case)}
    refused(await county.send("intake", path, report, unit=UNIT, **done), 403, NotOrderedToCorrect)
    ok(await county.send("intake", path, report, unit=BUREAU, **done))
    await county.caught_up()
    left = ok(await county.client.get(f"{accountability}/duties?case={case}"))["items"]
    assert [one["code"] for one in left] == ["C1"]
    refused(await not_accepted(county, case), 409, OrderedToAccept)


@pytest.mark.asyncio(loop_scope="module")
async def test_what_was_told_apart_before_it_was_turned_away_is_handed_on_at_once(county: System):
    """第四十四条: who may hand it on has heard of the order when that is answered."""
    case = (await county.register(at="2026-03-02T09:00:00+08:00"))["case_id"]
    ok(await county.classify(case, at="2026-03-03T09:00:00+08:00"))
    ok(await not_accepted(county, case))
    await county.caught_up()
    refused(await county.forward(case, at="2026-03-06T09:00:00+08:00"), 409, CaseHasLeft)
    ok(await ordered(county, case), 201)
    ok(await county.forward(case, at="2026-03-09T09:05:00+08:00"))
