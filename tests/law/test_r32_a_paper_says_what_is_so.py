"""第二十三条、第三十二条、第三十五条、第三十六条、第四十条: a paper says what is so, and what is not so it cannot say."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

import pypdf
import pytest
import pytest_asyncio

from contracts.accountability import AccountabilityDecisionRecorded, RecommendationServed, SupervisionOrdered
from contracts.assignment import CaseAssigned, CaseForwarded, LeadUnitDesignated
from contracts.envelope import Metadata
from contracts.event import Event, typed_before
from contracts.intake import NoLongerAccepted, NotAcceptedNotified, ReportConcluded
from contracts.mediation import (
    AcceptanceNotified,
    HandlingExtended,
    HandlingOpened,
    HearingClosed,
    HearingOpened,
    OpinionIssued,
    OpinionServed,
    PetitionerNotified,
    PetitionerServed,
    RecheckOpinionServed,
    RemedyServedAgain,
    RemedyServedToPetitioner,
    ReviewOpinionServed,
)
from contracts.vocabulary import (
    ClockKind,
    DocumentKind,
    HearingStage,
    Level,
    NotAcceptedGround,
    RecommendationKind,
    RegistrationState,
    Result,
    ReviewResult,
    Role,
    Route,
    ServiceMethod,
    SupervisionReason,
)
from services.assignment.domain.directory import MarkTaken
from services.chassis.directory import Directory, Entry
from services.chassis.errors import DomainError, NotFound
from services.chassis.history import Fact
from services.chassis.recusal import OthersKeepOut
from services.intake.domain.claims import ClaimDropped, ClaimsAnsweredAlready
from services.intake.domain.paper import ApproverNotHead, IssuedAlready, MissingField, ServedAsAnOpinion, UnknownField
from services.intake.domain.registration import Registration
from services.intake.domain.saying import PURSUED as PURSUED_KINDS
from services.intake.domain.saying import (
    SAYING,
    Facts,
    NotSo,
    NotTheSuperior,
    OfAnotherUnit,
    Plate,
    Wanted,
    had,
    said,
)
from services.intake.papers.kinds import KINDS
from services.mediation.domain.ending import NotExecuted, ReviewStillOpen
from services.mediation.domain.opinion import ClaimUnanswered
from tests.harness import CITY, GOVERNMENT, HEAD, UNIT, Servers, System
from tests.law.test_r22_door import content_of
from tests.rules import at, refused, refuses
from tests.steps import (
    CLOSED_AT,
    HANDED_AT,
    HEARD_AT,
    NOTIFIED_AT,
    REGISTERED_AT,
    SERVED_AT,
    accepted,
    accepted_of_one,
    act,
    clocks,
    decided,
    document,
    ok,
    open_county,
    opinion,
    registered,
    with_unit,
)
from tests.steps import issue as decide

CASE = UUID(int=7)
SERVED: dict[str, Any] = {"method": ServiceMethod.post, "served_at": at("2025-09-01"), "receipt": typed_before("EMS-1")}
DIRECTORY = Directory.of(
    [
        Entry("XZF", "清河县人民政府", Level.county),
        Entry("RSJ", "清河县人力资源和社会保障局", Level.county, parent="XZF"),
        Entry("RSJ-2", "清河县劳动监察大队", Level.county, parent="RSJ"),
        Entry("SZF", "临江市人民政府", Level.city),
        Entry("JW", "清河县纪律检查委员会", Level.county),
    ]
)
OPENED = {
    "unit": "RSJ",
    "unit_name": "清河县人力资源和社会保障局",
    "registration_no": "1",
    "route": Route.petition_procedure,
}
OPINION = {
    "opinion_no": "意〔2025〕7号", "result": Result.not_support, "legal_basis": typed_before("劳动法 第五十条"), "document": uuid4(),
    "approved_by": "head-1", "review_body": "XZF",
}  # fmt: skip
REVIEW = {"opinion_no": "查〔2025〕8号", "result": ReviewResult.uphold, "document": uuid4(), **SERVED}


def happened(of: type[Event], on: str = "2025-09-01", /, *, by: str = "RSJ", **more: Any) -> Fact:
    event = object.__new__(of)
    event.__dict__.update(
        {"originator_id": CASE, "originator_version": 1, "timestamp": at(on), **of.body.defaults, **more}
    )
    about = Metadata("co-1", by, Role.case_officer, "", "", at(on), ClockKind.real, "r", uuid4(), None)
    return Fact(event, about)


TYPED: Final = {typed_before(words): words for words in ("劳动法 第五十条", "纪决1号", "仲1号")}
"""What lies in the vault of what these cases refer to."""


def facts(*told: Fact, unit: str = "RSJ", accused: tuple[str, ...] = (), **more: Any) -> Facts:
    case = Registration.blank(CASE)
    case.accused_units = accused
    case.ended = more.pop("ended", RegistrationState.not_accepted)
    return Facts(case, told, DIRECTORY, unit, more.pop("petition", uuid4()), **{"words": Wanted(TYPED)} | more)


ACCEPTED = (
    happened(HandlingOpened, "2025-08-26", **OPENED),
    happened(AcceptanceNotified, notice_no="受1号", case_officer="co-1", **SERVED),
)


@pytest.mark.parametrize("kind", SAYING, ids=str)
def test_what_has_not_happened_is_not_said(kind: DocumentKind):
    """第二十三条、第三十二条: no extension notice without an extension, no opinion without one, none of any kind."""
    with pytest.raises((NotSo, NotTheSuperior)):
        said(kind, facts())


def test_every_item_that_is_said_has_its_place_on_the_page():
    """第三十二条: 应当载明."""
    row = KINDS[DocumentKind.acceptance_notice]
    so = said(DocumentKind.acceptance_notice, facts(*ACCEPTED))
    assert set(so.items) == set(row.printed) - set(row.written)


def test_what_another_unit_did_it_says_itself():
    """第二十三条第三款: 有关机关、单位应当…书面告知."""
    with refuses(OfAnotherUnit):
        said(DocumentKind.acceptance_notice, facts(*ACCEPTED, unit="SZF"))


def test_acceptance_tells_receipt_unit_and_last_day():
    """第二十三条第三款: 告知信访人接收情况以及处理途径和程序; 第三十四条: 自受理之日起60日内."""
    so = said(DocumentKind.acceptance_notice, facts(*ACCEPTED))
    assert so.number == "受1号"
    assert so.items["received_on"] == "2025年8月26日"
    assert so.items["unit_in_charge"] == "清河县人力资源和社会保障局"
    plates = {"co-1": Plate("李明", "科员", "RSJ", "0000-1234567")}
    told = said(DocumentKind.acceptance_notice, facts(*ACCEPTED, plates=plates)).items["officer"]
    assert told == "李明（清河县人力资源和社会保障局科员），电话0000-1234567。"
    assert "2025年10月31日" in so.items["due_on"]


def test_extension_tells_the_last_day_that_follows():
    """第三十四条: 延长期限不得超过30日: the day is counted, never typed."""
    extended = happened(
        HandlingExtended, "2025-10-20", days=10, approved_by="head-1", reasons=uuid4(), notice_no="延1号", **SERVED
    )
    so = said(DocumentKind.extension_notice, facts(*ACCEPTED, extended))
    assert (so.number, so.items["new_due_on"]) == ("延1号", "延长10日，至2025年11月10日止。")


@pytest.mark.parametrize(
    ("ground", "article"),
    [
        (NotAcceptedGround.pending_below, "《信访工作条例》第十九条第三款"),
        (NotAcceptedGround.visit_above_level, "《信访工作条例》第二十条第一款"),
        (NotAcceptedGround.not_within_power, "《信访工作条例》第二十三条第一款"),
    ],
)
def test_non_acceptance_rests_on_the_article_of_its_ground(ground: NotAcceptedGround, article: str):
    """第十九条第三款、第二十条、第二十三条."""
    event = happened(NotAcceptedNotified, ground=ground, competent_body="XZF", notice_no="不受1号", **SERVED)
    so = said(DocumentKind.non_acceptance_notice, facts(event))
    assert so.basis == (article,)
    assert so.items["competent_body"] == "清河县人民政府"
    assert "清河县人民政府" in so.items["challenge"]


def test_non_acceptance_of_what_is_dealt_with_below_says_where_and_until_when():
    """第十九条第三款 在规定期限内: whoever is sent back learns by when they have their answer."""
    event = happened(
        NotAcceptedNotified, by="XZF", ground=NotAcceptedGround.pending_below, competent_body="RSJ", notice_no="1",
        pending_unit="RSJ", answer_by=date(2026, 6, 1), **SERVED,
    )  # fmt: skip
    reasons = said(DocumentKind.non_acceptance_notice, facts(event, unit="XZF")).items["reasons"]
    assert "清河县人力资源和社会保障局已经受理，应当在2026年6月1日以前书面答复" in reasons


def test_non_acceptance_that_was_undone_is_not_told():
    """第四十四条第二项: what has to be accepted after all is not said to be refused."""
    event = happened(
        NotAcceptedNotified, ground=NotAcceptedGround.not_within_power, competent_body="XZF", notice_no="1", **SERVED
    )
    with refuses(NotSo):
        said(DocumentKind.non_acceptance_notice, facts(event, ended=None))


def test_what_is_settled_is_not_accepted_for_the_petition_that_repeats_it():
    """第三十六条第三款."""
    petition = uuid4()
    told = (
        happened(RecheckOpinionServed, by="SZF", **REVIEW | {"opinion_no": "核1号"}),
        happened(NoLongerAccepted, petition=petition, notice_no="不再1号", **SERVED),
    )
    assert "核1号" in said(DocumentKind.no_longer_accepted_notice, facts(*told, petition=petition)).items["reasons"]
    with refuses(NotSo):
        said(DocumentKind.no_longer_accepted_notice, facts(*told))


def test_opinion_says_its_result_and_to_whom_to_turn_until_when():
    """第三十二条; 第三十五条: 自收到书面答复之日起30日内请求…上一级机关、单位复查."""
    issued = happened(OpinionIssued, **OPINION)
    so = said(DocumentKind.opinion, facts(*ACCEPTED, issued))
    assert (so.number, so.items) == ("意〔2025〕7号", {"laws": "劳动法 第五十条", "result": "不予支持"})
    assert so.remedy == "如不服本处理意见，可以自收到本意见书之日起30日内，向清河县人民政府请求复查。"
    assert so.service is None
    so = said(DocumentKind.opinion, facts(*ACCEPTED, issued, happened(OpinionServed, **SERVED)))
    assert "（至2025年10月9日止）" in so.remedy
    assert so.service == (ServiceMethod.post, at("2025-09-01"), typed_before("EMS-1"))


def test_paper_for_a_further_petitioner_says_how_that_one_was_told():
    """第二十三条、第三十二条: each has a notice of their own, under its number, and thirty days of their own."""
    second = uuid4()
    told = (*ACCEPTED, happened(OpinionIssued, **OPINION), happened(OpinionServed, **SERVED))
    whose = facts(*told, petition=second)
    whose.registration.others = (second,)
    with refuses(NotSo):
        said(DocumentKind.acceptance_notice, whose)
    assert said(DocumentKind.opinion, whose).service is None
    own = SERVED | {"served_at": at("2025-09-10")}
    whose = replace(
        whose,
        told=(
            *told,
            happened(PetitionerNotified, petition=second, notice_no="受2号", **own),
            happened(PetitionerNotified, petition=uuid4(), notice_no="受3号", **SERVED),
            happened(PetitionerServed, petition=second, **own),
        ),
    )
    assert said(DocumentKind.acceptance_notice, whose).number == "受2号"
    assert "（至2025年10月10日止）" in said(DocumentKind.opinion, whose).remedy


def test_opinion_issued_anew_after_a_review_is_not_served_yet():
    """第三十五条: the service of the opinion that was revoked is not that of the new one."""
    told = (happened(OpinionIssued, **OPINION), happened(OpinionServed, **SERVED))
    again = happened(OpinionIssued, "2025-11-01", **OPINION | {"opinion_no": "意〔2025〕9号"})
    so = said(DocumentKind.opinion, facts(*ACCEPTED, *told, again))
    assert (so.number, so.service) == ("意〔2025〕9号", None)


def test_each_opinion_is_had_by_its_own_service():
    """第三十五条: the first one was had, though it was revoked; a new one is not had by that."""
    told = happened(OpinionIssued, **OPINION), happened(OpinionServed, **SERVED)
    again = happened(OpinionIssued, "2025-11-01", **OPINION | {"opinion_no": "意〔2025〕9号"})
    of = facts(*told, again)
    assert had(of, OPINION["opinion_no"]) is not None
    assert had(of, "意〔2025〕9号") is None


def test_review_opinion_names_the_body_for_the_recheck():
    """第三十六条: 向复查机关、单位的上一级机关、单位请求复核."""
    told = (happened(OpinionIssued, **OPINION), happened(ReviewOpinionServed, by="XZF", recheck_body="SZF", **REVIEW))
    so = said(DocumentKind.review_opinion, facts(*told, unit="XZF"))
    assert so.items == {"original_opinion": "意〔2025〕7号", "uphold": "维持"}
    assert "向临江市人民政府请求复核" in so.remedy


def test_review_opinion_that_is_served_again_tells_the_day_that_counts_now():
    """第三十六条: 自收到书面答复之日起; a further petitioner has their own day, and none before they are served."""
    second = uuid4()
    answer = happened(ReviewOpinionServed, by="XZF", recheck_body="SZF", **REVIEW)
    own, later = (SERVED | {"served_at": at(on)} for on in ("2025-09-08", "2025-09-15"))
    told = (happened(OpinionIssued, **OPINION), answer, happened(RemedyServedAgain, "2025-09-15", by="XZF", **later))
    assert "（至2025年10月15日止）" in said(DocumentKind.review_opinion, facts(*told, unit="XZF")).remedy
    whose = facts(*told, unit="XZF", petition=second)
    whose.registration.others = (second,)
    assert said(DocumentKind.review_opinion, whose).service is None
    had = happened(RemedyServedToPetitioner, "2025-09-08", by="XZF", petition=second, **own)
    so = said(DocumentKind.review_opinion, replace(whose, told=(*told, had)))
    assert "（至2025年10月9日止）" in so.remedy


def test_letter_of_assignment_says_the_day_that_was_set():
    """第二十二条第一款第三项: 要求其在指定办理期限内反馈结果."""
    event = happened(CaseAssigned, by="XZF", due_on=date(2025, 10, 20), **OPENED)
    so = said(DocumentKind.assignment_letter, facts(event, unit="XZF"))
    assert (so.addressee, so.items["due_on"]) == (OPENED["unit_name"], "2025年10月20日")


def test_card_and_letter_of_supervision_rest_on_article_forty():
    """第四十条第一款: 应当及时督办."""
    order = happened(
        SupervisionOrdered, case=CASE, card_no="督1号", unit="RSJ", reason_code=SupervisionReason.no_feedback,
        document=None, due_on=date(2025, 9, 20),
    )  # fmt: skip
    for kind in (DocumentKind.supervision_card, DocumentKind.supervision_letter):
        so = said(kind, facts(order))
        assert (so.number, so.items["due_on"]) == ("督1号", "2025年9月20日")
        assert KINDS[kind].basis == ("《信访工作条例》第四十条第一款",)
    other = happened(SupervisionOrdered, **{**vars_of(order), "case": uuid4()})
    with refuses(NotSo):
        said(DocumentKind.supervision_card, facts(other))


def vars_of(fact: Fact) -> dict[str, Any]:
    state = vars(fact.event)
    return {name: state[name] for name in ("card_no", "unit", "reason_code", "document", "due_on")}


def test_recommendation_is_of_its_own_kind():
    """第四十条第一款至第三款: 改进工作、完善政策、追究责任."""
    event = happened(
        RecommendationServed, case=CASE, recommendation_no="建1号", kind=RecommendationKind.improve_policy,
        addressee="XZF", document=uuid4(), served_at=at("2025-09-01"), receipt=typed_before("R-1"),
    )  # fmt: skip
    so = said(DocumentKind.policy_proposal, facts(event))
    assert (so.addressee, so.basis[0]) == ("清河县人民政府", "《信访工作条例》第四十条第二款")
    with refuses(NotSo):
        said(DocumentKind.accountability_proposal, facts(event))


PURSUED = happened(
    RecommendationServed, by="XZF", case=CASE, recommendation_no="建2号", kind=RecommendationKind.pursue_responsibility,
    addressee="JW", document=uuid4(), served_at=at("2025-09-01"), receipt=typed_before("R-1"), about_unit="RSJ", persons=("head-1",),
)  # fmt: skip
DECIDED = happened(
    AccountabilityDecisionRecorded,
    "2025-09-20",
    by="JW",
    case=CASE,
    decision_no=typed_before("纪决1号"),
    document=uuid4(),
)


def test_sanction_is_said_by_who_was_to_pursue_it_and_once_it_is_decided():
    """第四十条第三款、第四十二条: whose responsibility it is stands in the recommendation, and what was decided on record."""
    plates = {"head-1": Plate("李明", "局长", "RSJ")}
    so = said(DocumentKind.facts_notice, facts(PURSUED, unit="JW", plates=plates, addressee="RSJ", accused=("RSJ",)))
    assert so.items == {"person": "李明（清河县人力资源和社会保障局局长）"}
    with refuses(NotSo):
        said(DocumentKind.sanction_decision, facts(PURSUED, unit="JW"))
    so = said(DocumentKind.sanction_decision, facts(PURSUED, DECIDED, unit="JW"))
    assert (so.number, so.typed_as) == (str(DECIDED.event.decision_no), "纪决1号")
    assert said(DocumentKind.sanction_appeal, facts(PURSUED, DECIDED, unit="JW")).items["decision"] == "纪决1号"
    for kind in PURSUED_KINDS:
        with refuses(OfAnotherUnit):
            said(kind, facts(PURSUED, DECIDED, unit="RSJ"))


def test_joint_conference_acts_on_a_unit_that_had_the_case():
    """第三十九条第三款: 约谈、通报、挂牌督办，责令限期整改."""
    assert KINDS[DocumentKind.interview_notice].issuers == (Role.conference_secretary,)
    handed = happened(CaseForwarded, by="XZF", **OPENED)
    for kind in (
        DocumentKind.interview_notice, DocumentKind.circular, DocumentKind.listed_supervision_notice,
        DocumentKind.rectification_notice,
    ):  # fmt: skip
        assert KINDS[kind].basis == ("《信访工作条例》第三十九条第三款",)
        assert said(kind, facts(handed, unit="XZF", addressee="RSJ")).addressee == OPENED["unit_name"]
        with refuses(NotSo):
            said(kind, facts(handed, unit="XZF", addressee="SZF"))
    said(DocumentKind.rectification_report, facts(handed))
    with refuses(NotSo):
        said(DocumentKind.rectification_report, facts(handed, unit="SZF"))


def test_hearing_names_who_presides_and_is_reported_when_it_is_over():
    """第三十一条: 举行听证: who presides stands on record and on a door, and is not typed."""
    opened = happened(
        HearingOpened, stage=HearingStage.handling, opened_on=date(2025, 9, 1), presider="p-1", public=True
    )
    plates = {"p-1": Plate("张平", "律师", "SZF")}
    so = said(DocumentKind.hearing_notice, facts(opened, plates=plates))
    assert so.items == {"presider": "张平（临江市人民政府律师）"}
    with refuses(NotSo):
        said(DocumentKind.hearing_report, facts(opened))
    with refuses(OfAnotherUnit):
        said(DocumentKind.hearing_record, facts(opened, unit="SZF"))
    closed = happened(HearingClosed, stage=HearingStage.handling, closed_on=date(2025, 9, 1), document=uuid4())
    said(DocumentKind.hearing_report, facts(opened, closed))


def test_clarification_follows_the_end_of_a_report():
    """第三十条: nothing is cleared up before the organ's own case has ended."""
    with refuses(NotSo):
        said(DocumentKind.clarification_letter, facts(unit="JW"))
    said(DocumentKind.clarification_letter, facts(happened(ReportConcluded, by="JW", organ="JW"), unit="JW"))


@pytest.mark.parametrize("addressee", ["RSJ", "清河县人力资源和社会保障局", "RSJ-2", "清河县劳动监察大队"])
def test_who_is_complained_of_is_sent_nothing_of_the_case(addressee: str):
    """第二十八条第三款、第三十条第三款: neither the accused nor what stands under it, by code or by name."""
    with refuses(OthersKeepOut):
        said(DocumentKind.annual_report, facts(unit="XZF", accused=("RSJ",), addressee=addressee))


def test_unit_that_has_the_case_and_is_complained_of_later_is_sent_no_letter():
    """第三十条第三款: the letter of forwarding takes its addressee from the event, and asks as well."""
    handed = happened(CaseForwarded, by="XZF", **OPENED)
    with refuses(OthersKeepOut):
        said(DocumentKind.forwarding_letter, facts(handed, unit="XZF", accused=("RSJ",)))


def test_correction_is_ordered_by_who_stands_above():
    """第四十三条至第四十六条: 由其上级机关、单位责令改正."""
    assert said(DocumentKind.correction_order, facts(unit="XZF", addressee="RSJ")).addressee == OPENED["unit_name"]
    assert [basis[-4:] for basis in KINDS[DocumentKind.correction_order].basis] == [
        "四十三条",
        "四十四条",
        "四十五条",
        "四十六条",
    ]
    with refuses(NotTheSuperior):
        said(DocumentKind.correction_order, facts(unit="RSJ", addressee="SZF"))


def test_designation_names_who_leads_and_who_helps():
    """第二十四条第一款."""
    event = happened(LeadUnitDesignated, decided_by="XZF", co_units=("SZF",), **OPENED)
    so = said(DocumentKind.jurisdiction_decision, facts(event))
    assert so.items == {"lead_unit": OPENED["unit_name"], "co_units": "临江市人民政府"}


# ------------------------------------------------------------------------------- over HTTP

OTHER = {"name": "李四", "id_no": "510107199003074514", "phone": "13900000002", "address": "某村二组"}
WORDS: dict[str, str] = {"claim": "请求", "facts": "事实", "reasons": "理由", "opinion": "意见"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers) -> AsyncIterator[System]:
    async with open_county(servers) as made:
        await made.enter(
            {"code": GOVERNMENT, "name": "清河县人民政府", "parent": CITY, "kind": "government", "competent": False},
            {"code": UNIT, "name": "清河县人力资源和社会保障局", "parent": GOVERNMENT, "mark": "清人社"},
        )
        yield made


async def issue(county: System, case: str, kind: str, fields: dict[str, str], **more: Any):
    body = {"kind": kind, "fields": fields, "approved_by": "head-1"} | more
    return await county.send("intake", f"/cases/{case}/papers", body, role=Role.case_officer, unit=UNIT, at=SERVED_AT)


async def text(county: System, case: str, paper: str, **who: Any) -> str:
    path = f"/cases/{case}/papers/{paper}.pdf"
    who = {"role": Role.case_officer, "unit": UNIT} | who
    reply = await county.send("intake", path, method="GET", at=SERVED_AT, **who)
    pages = pypdf.PdfReader(io.BytesIO(reply.content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


@pytest.mark.asyncio(loop_scope="module")
class TestIssuing:
    async def test_number_and_organ_are_those_of_the_case(self, county: System):
        """第三十二条: one number on the paper and on record, and the organ is the unit that acts."""
        case = await accepted(county)
        paper = ok(await issue(county, case, "acceptance_notice", {"summary": "欠薪"}), 201)
        printed = await text(county, case, paper["document_id"])
        assert printed.startswith("清河县人力资源和社会保障局" + paper["document_no"])
        found = await county.client.get(f"{county.url('intake')}/cases/{case}/papers")
        [row] = ok(found)["items"]
        assert (row["document_no"], row["state"]) == (paper["document_no"], "served")
        assert paper["document_no"].startswith("清人社信受〔2025〕")

    async def test_number_is_one_everywhere_and_the_next_of_the_unit(self, county: System):
        """第三十二条: the mark of the unit, the year and the next number: in reply, disclosure, timeline and paper."""
        numbers = []
        for _ in range(2):
            receipt = await county.register(at=REGISTERED_AT)
            case, code = receipt["case_id"], receipt["query_code"]
            ok(await county.classify(case, at=REGISTERED_AT))
            ok(await county.forward(case, at=HANDED_AT))
            number = ok(await county.notify(case, at=NOTIFIED_AT))["notice_no"]
            ok(await issue(county, case, "acceptance_notice", {"summary": "欠薪"}), 201)
            await county.caught_up()
            disclosed = ok(await county.by_code(code))
            timeline = ok(await county.client.get(f"{county.url('accountability')}/cases/{case}/timeline"))
            papers = ok(await county.by_code(code, "/papers"))["items"]
            assert number in str(disclosed)
            assert number in str(timeline)
            assert [paper["document_no"] for paper in papers] == [number]
            numbers.append(number)
        first, second = (int(number.removeprefix("清人社信受〔2025〕").removesuffix("号")) for number in numbers)
        assert second == first + 1

    async def test_further_petitioner_has_papers_of_their_own(self, county: System):
        """第二十三条、第三十二条: addressed to whoever came with the other letter, under that one's own notice."""
        first, second = (
            await county.register(at=REGISTERED_AT),
            await county.register(at=REGISTERED_AT, petitioner=OTHER),
        )
        case, whose = first["case_id"], second["petition_id"]
        ok(await county.classify(case, at=REGISTERED_AT))
        merger = f"/cases/{second['case_id']}/merger"
        ok(await county.send("intake", merger, {"into": case}, role=Role.bureau_officer, at=REGISTERED_AT))
        ok(await county.forward(case, at=HANDED_AT))
        ok(await county.notify(case, at=NOTIFIED_AT))
        words = {"summary": "欠薪"}
        own = ok(await issue(county, case, "acceptance_notice", words), 201)
        notice, path = {"method": "post", "receipt": "EMS-2"}, f"/cases/{case}/petitioners/{whose}/notice"
        told = ok(await county.send("mediation", path, notice, role=Role.unit_receiver, unit=UNIT, at=NOTIFIED_AT))
        paper = ok(await issue(county, case, "acceptance_notice", words, petition_id=whose), 201)
        assert paper["document_no"] == told["notice_no"] != own["document_no"]
        printed = await text(county, case, paper["document_id"])
        assert OTHER["name"] in printed
        assert "王秀兰" not in printed
        code = second["query_code"]
        papers = ok(await county.by_code(code, "/papers"))["items"]
        assert [paper["document_no"] for paper in papers] == [told["notice_no"]]

    async def test_opinion_that_was_printed_first_is_served_with_the_service(self, county: System):
        """第三十二条: who has it in hand does not read that it is still on its way."""
        receipt = await accepted_of_one(county)
        case, code = receipt["case_id"], receipt["query_code"]
        for kind in ("statement_heard", "facts_verified"):
            record = {"kind": kind, "document": await document(county, case)}
            ok(await act(county, case, "records", record, at=HEARD_AT))
        ok(await decide(county, case, opinion(await document(county, case, "opinion"), "explain"), at=HEARD_AT))
        ok(await issue(county, case, "opinion", WORDS), 201)

        async def states() -> list[str]:
            papers = ok(await county.by_code(code, "/papers"))["items"]
            return [paper["state"] for paper in papers if paper["kind"] == "opinion"]

        assert await states() == ["issued"]
        ok(await act(county, case, "opinion/service", {"method": "in_person", "receipt": "签收"}, at=SERVED_AT))
        assert await states() == ["served"]

    async def test_opinion_that_was_taken_back_is_no_answer_to_whoever_has_printed_it(self, county: System):
        """第三十二条、第三十五条: nobody hands it over, before it is taken back without saying so, or after."""
        receipt = await accepted_of_one(county)
        case, code = receipt["case_id"], receipt["query_code"]
        for kind in ("statement_heard", "facts_verified"):
            record = {"kind": kind, "document": await document(county, case)}
            ok(await act(county, case, "records", record, at=HEARD_AT))
        ok(await decide(county, case, opinion(await document(county, case, "opinion"), "explain"), at=HEARD_AT))
        paper = ok(await issue(county, case, "opinion", WORDS), 201)["document_id"]
        service, served = f"/cases/{case}/papers/{paper}/service", {"method": "post", "receipt": "EMS-9"}
        who: dict[str, Any] = {"role": Role.unit_head, "unit": UNIT, "actor": HEAD, "at": HEARD_AT}
        refused(await county.send("intake", service, served, **who), 409, ServedAsAnOpinion)
        why = {"document": await document(county, case)}
        ok(await county.send("mediation", f"/cases/{case}/opinion/taking-back", why, **who))
        papers = ok(await county.by_code(code, "/papers"))["items"]
        assert paper not in str(papers)
        mine = await county.by_code(code, "/papers/pdf", {"document_id": paper}, at=HEARD_AT)
        refused(mine, 404, NotFound)

    async def test_second_paper_under_the_same_number_takes_the_place_of_the_first(self, county: System):
        """第三十二条: what is said once is not said twice under one number."""
        case = await decided(county)
        first = ok(await issue(county, case, "opinion", WORDS), 201)
        refused(await issue(county, case, "opinion", WORDS), 409, IssuedAlready)
        again = ok(await issue(county, case, "opinion", WORDS, supersedes=first["document_id"]), 201)
        assert again["document_no"] == first["document_no"]
        assert "予以支持" in await text(county, case, again["document_id"])
        assert "请求复查" in await text(county, case, again["document_id"])

    async def test_r32_each_of_several_claims_has_its_answer(self, county: System):
        """第三十二条: as the letter holds them, as who has read it lists them, and as the paper says each."""
        content = {"claim": "支付工资", "further_claims": ["支付赔偿金"], "facts": "拖欠三个月"}
        receipt = await county.register(at=REGISTERED_AT, content=content)
        case, code = receipt["case_id"], receipt["query_code"]
        assert (await content_of(county, case)).items() >= content.items()
        ok(await county.classify(case, at=REGISTERED_AT))
        ok(await county.forward(case, at=HANDED_AT))
        ok(await county.notify(case, at=NOTIFIED_AT))
        for kind in ("statement_heard", "facts_verified"):
            record = {"kind": kind, "document": await document(county, case)}
            ok(await act(county, case, "records", record, at=HEARD_AT))
        more = {"count": 3, "document": await document(county, case)}
        who = {"role": Role.case_officer, "unit": UNIT, "at": HEARD_AT}
        ok(await county.send("intake", f"/cases/{case}/claims", more, **who))
        refused(await county.send("intake", f"/cases/{case}/claims", more, **who), 409, ClaimDropped)
        written = opinion(await document(county, case, "opinion"))
        for others in ([], ["not_support"]):
            refused(
                await decide(county, case, written | {"further_results": others}, at=HEARD_AT), 409, ClaimUnanswered
            )
        ok(await decide(county, case, written | {"further_results": ["not_support", "explain"]}, at=HEARD_AT))
        again = await county.send("intake", f"/cases/{case}/claims", more | {"count": 4}, **who)
        refused(again, 409, ClaimsAnsweredAlready)
        paper = ok(await issue(county, case, "opinion", WORDS), 201)
        printed = await text(county, case, paper["document_id"])
        assert "第1项诉求予以支持；第2项诉求不予支持；第3项诉求解释说明" in printed
        ok(await act(county, case, "opinion/service", {"method": "in_person", "receipt": "签收"}, at=SERVED_AT))
        assert {"D3", "C8"} <= {clock["code"] for clock in await clocks(county, case)}
        refused(await act(county, case, "closure", {}, at=SERVED_AT), 409, ReviewStillOpen)
        refused(await act(county, case, "closure", {}, at=CLOSED_AT), 409, NotExecuted)
        disclosed = ok(await county.by_code(code))
        assert [step["details"]["count"] for step in disclosed["steps"] if "count" in step["details"]] == [2, 3]

    @pytest.mark.parametrize(
        ("kind", "refusal"), [("extension_notice", NotSo), ("opinion", NotSo), ("non_acceptance_notice", NotSo)]
    )
    async def test_what_is_not_so_is_refused(self, county: System, kind: str, refusal: type[DomainError]):
        """第二十三条、第三十二条、第三十四条."""
        case = await accepted(county)
        fields = dict.fromkeys(KINDS[DocumentKind(kind)].written, "甲")
        role = Role.unit_head if kind != "non_acceptance_notice" else Role.unit_receiver
        body = {"kind": kind, "fields": fields, "approved_by": "head-1"}
        reply = await county.send("intake", f"/cases/{case}/papers", body, role=role, unit=UNIT, at=HEARD_AT)
        refused(reply, 409, refusal)

    async def test_result_and_due_day_are_not_typed(self, county: System):
        """第三十二条: a paper cannot say another result than the case has, nor a due date of 2099."""
        case = await decided(county)
        refused(await issue(county, case, "opinion", WORDS | {"result": "不予支持"}), 422, UnknownField)
        refused(await issue(county, case, "opinion", {"claim": "请求"}), 422, MissingField)
        fields = {"summary": "欠薪", "due_on": "2099-01-01"}
        refused(await issue(county, case, "acceptance_notice", fields), 422, UnknownField)

    async def test_due_day_that_is_written_is_one_that_comes(self, county: System):
        """第三十九条第三款: 责令限期整改: a day within a year, never 2099."""
        case = await with_unit(county)
        await county.enter({"code": "LXH", "name": "联席会议办公室", "officers": {"l-1": [Role.unit_head]}})
        secretary = {"role": Role.conference_secretary, "unit": "LXH", "actor": "secretary-1", "at": SERVED_AT}
        body = {"kind": "rectification_notice", "addressee": UNIT, "approved_by": "l-1"}
        for due_on, status in (("2099-01-01", 422), ("2020-01-01", 422), ("尽快", 422), ("2025-10-01", 201)):
            fields = {"facts": "事实", "correction": "要求", "due_on": due_on}
            reply = await county.send("intake", f"/cases/{case}/papers", body | {"fields": fields}, **secretary)
            assert reply.status_code == status, reply.text
        assert "2025年10月1日" in await text(county, case, reply.json()["document_id"])

    async def test_what_goes_out_is_approved_by_a_head_of_the_unit(self, county: System):
        """第十四条、第三十二条: nobody else's consent will do, and a head who stands in for another's will."""
        case = await accepted(county)
        for approver in ("co-2", "nobody", "presider-1"):
            reply = await issue(county, case, "acceptance_notice", {"summary": "欠薪"}, approved_by=approver)
            refused(reply, 409, ApproverNotHead)
        paper = ok(await issue(county, case, "acceptance_notice", {"summary": "欠薪"}), 201)
        assert "某某（清河县人力资源和社会保障局干部）" in await text(county, case, paper["document_id"])

    async def test_what_is_for_the_file_alone_is_approved_by_somebody_of_the_directory(self, county: System):
        """Promise 8: who has approved it stands in an event, and has no room for whatever somebody types."""
        case, said = await accepted(county), dict.fromkeys(KINDS[DocumentKind.investigation_report].written, "见案卷")
        strange = await issue(county, case, "investigation_report", said, approved_by="zhang.san-1949")
        refused(strange, 404, NotFound)
        ok(await issue(county, case, "investigation_report", said, approved_by="co-2"), 201)

    async def test_mark_of_a_unit_is_its_own(self, county: System):
        """第三十二条: two units whose numbers begin alike would issue two papers under one number."""
        body = {"name": "清河县水利局", "level": "county", "competent": True, "mark": "清人社"}
        admin = {"role": Role.platform_admin, "method": "PUT"}
        refused(await county.send("assignment", "/units/SLJ", body, **admin), 409, MarkTaken)
        ok(await county.send("assignment", "/units/SLJ", body | {"mark": "清水"}, **admin))
        ok(await county.send("assignment", "/units/SLJ", body | {"mark": "清水利"}, **admin))

    async def test_two_units_never_share_a_number(self, county: System):
        """第三十二条: the mark of the unit begins its numbers (机关代字), and else its name."""
        await county.enter({"code": "JYJ", "name": "清河县教育局", "officers": {"head-1": [Role.unit_head]}})
        fields, numbers = {"query_code": "AAAA", "portal": "窗口", "duty_phone": "值守电话"}, set()
        for unit in (UNIT, "JYJ"):
            case = await registered(county)
            ok(await county.classify(case))
            ok(await county.forward(case, unit))
            body = {"kind": "query_code_notice", "fields": fields, "approved_by": "head-1"}
            reply = await county.send("intake", f"/cases/{case}/papers", body, role=Role.unit_receiver, unit=unit)
            numbers.add(ok(reply, 201)["document_no"])
        assert len(numbers) == 2
        assert {number.partition("信查")[0] for number in numbers} == {"清人社", "清河县教育局"}
