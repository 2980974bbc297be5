"""Who owes what in review and recheck, and after them (第三十二条, 第三十五条, 第三十六条)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from contracts.event import Event, typed_before
from contracts.mediation import (
    OpinionExecuted,
    RecheckOpinionServed,
    RecheckRequested,
    ReviewOpinionServed,
    ReviewRequested,
)
from contracts.vocabulary import Result, ReviewResult, ServiceMethod
from tests.law.ledger import Ledger
from tests.rules import at

SERVED = {"method": ServiceMethod.post, "receipt": typed_before("EMS-1"), "document": uuid4(), "opinion_no": "复1号"}


def answered(event: type[Event], result: ReviewResult, changed_to: Result | None = None) -> dict[str, Any]:
    return {"event_class": event, "served_at": at("2025-03-20"), "result": result, "changed_to": changed_to, **SERVED}


def test_r35_the_reviewing_body_owes_the_review_opinion():
    """第三十五条第二款: 收到复查请求的机关、单位应当自收到复查请求之日起30日内提出复查意见."""
    ledger = Ledger()
    entry = ledger.tell(ReviewRequested, review_body="county-gov", received_at=at("2025-03-03"), document=uuid4())
    duty = ledger.duty("C9")
    assert (duty.holder, duty.due_on, duty.started_by) == ("county-gov", date(2025, 4, 2), entry.id)
    assert ledger.case.next_duty is not None
    assert ledger.case.next_duty.holder == "county-gov"
    ledger.passes("2025-04-03")
    assert ledger.case.breaches[-1].holder == "county-gov"


def test_r36_the_rechecking_body_owes_the_recheck_opinion():
    """第三十六条第二款: 收到复核请求的机关、单位应当自收到复核请求之日起30日内提出复核意见."""
    ledger = Ledger()
    ledger.tell(RecheckRequested, recheck_body="city-gov", received_at=at("2025-03-03"), document=uuid4())
    assert (ledger.duty("C11").holder, ledger.case.next_duty and ledger.case.next_duty.holder) == ("city-gov",) * 2
    ledger.passes("2025-04-03")
    assert ledger.case.breaches[-1].holder == "city-gov"


@pytest.mark.parametrize("event", [ReviewOpinionServed, RecheckOpinionServed])
def test_r32_what_a_review_grants_is_to_be_executed(event: type[Event]):
    """第三十二条第二款: 支持信访请求意见的, 应当督促有关机关、单位执行; a changed opinion is one."""
    ledger = Ledger(case_officer="officer-9")
    ledger.tell(**answered(event, ReviewResult.change, Result.support))
    duty = ledger.duty("D3")
    assert (duty.holder, duty.officer, duty.due_on) == ("county-hr", "officer-9", date(2025, 4, 21))
    ledger.tell(OpinionExecuted, on="2025-04-10", executed_on=date(2025, 4, 10), document=uuid4())
    assert ledger.ended("D3").outcome == "met"


@pytest.mark.parametrize("event", [ReviewOpinionServed, RecheckOpinionServed])
@pytest.mark.parametrize(
    ("result", "changed_to"), [(ReviewResult.revoke, None), (ReviewResult.change, Result.not_support)]
)
def test_r32_what_is_granted_no_more_is_not_executed(
    event: type[Event], result: ReviewResult, changed_to: Result | None
):
    ledger = Ledger()
    ledger.tell(**answered(ReviewOpinionServed, ReviewResult.change, Result.support))
    ledger.tell(**answered(event, result, changed_to))
    assert ledger.ended("D3").outcome == "void"
