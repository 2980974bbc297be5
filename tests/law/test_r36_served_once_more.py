"""第三十六条 收到: what was said when it was looked at again, and came back, is served once more like any opinion."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest

from contracts.accountability import ClockLapsed
from contracts.event import typed_before
from contracts.mediation import (
    CaseReopened,
    RecheckOpinionServed,
    RecheckRequested,
    RemedyServedAgain,
    RemedyServedToPetitioner,
    ReviewOpinionServed,
)
from contracts.vocabulary import Result, ReviewResult, ServiceMethod
from services.mediation.domain import ending, receiving, remedy
from services.mediation.domain.guards import HasStopped
from services.mediation.domain.opinion import AlreadyServed, NotDecided
from services.mediation.domain.remedy import NotTheRecheckBody, NotTheReviewBody
from tests.law.ledger import Ledger
from tests.mediation.cases import (
    DIRECTORY,
    RECHECKED,
    RECHECKER,
    REVIEWED,
    REVIEWER,
    SERVED,
    UNIT,
    after,
    ask_recheck,
    ask_review,
    delivered,
    rechecked,
    reviewed,
    served,
    the_event,
)
from tests.rules import at, refuses

CAME_BACK = at("2025-10-09")
SECOND = uuid4()


def test_r36_review_that_came_back_is_served_by_hand_and_the_time_begins_then():
    """第三十六条第一款: 自收到书面答复之日起30日内."""
    handling = reviewed()
    assert remedy.recheck_until(handling) == date(2025, 10, 20)
    remedy.serve_again(handling, REVIEWER, delivered(CAME_BACK), recheck=False, at=CAME_BACK)
    assert not the_event(handling, RemedyServedAgain).recheck
    assert remedy.recheck_until(handling) == date(2025, 11, 10)
    asked = at("2025-11-10")
    remedy.request_recheck(handling, RECHECKER, remedy.Request(asked, uuid4()), DIRECTORY, at=asked)


def test_r36_nothing_is_served_again_sooner_nor_by_another_body():
    handling = reviewed()
    with refuses(AlreadyServed):
        remedy.serve_again(handling, REVIEWER, delivered(REVIEWED), recheck=False, at=CAME_BACK)
    with refuses(NotTheReviewBody):
        remedy.serve_again(handling, RECHECKER, delivered(CAME_BACK), recheck=False, at=CAME_BACK)
    with refuses(NotDecided):
        remedy.serve_again(handling, RECHECKER, delivered(CAME_BACK), recheck=True, at=CAME_BACK)
    with refuses(NotDecided):
        remedy.serve_again(after(served(), ask_review), REVIEWER, delivered(CAME_BACK), recheck=False, at=CAME_BACK)


def test_r36_whoever_has_asked_for_recheck_has_had_the_review():
    handling = after(reviewed(), ask_recheck)
    with refuses(AlreadyServed):
        remedy.serve_again(handling, REVIEWER, delivered(CAME_BACK), recheck=False, at=CAME_BACK)


def test_r36_case_that_was_closed_because_nobody_asked_goes_on():
    handling = after(reviewed(), lambda h: ending.close(h, UNIT, at=at("2026-01-01")))
    remedy.serve_again(handling, REVIEWER, delivered(at("2026-01-05")), recheck=False, at=at("2026-01-05"))
    assert [type(event) for event in handling.taken()] == [CaseReopened, RemedyServedAgain]
    assert remedy.recheck_until(handling) == date(2026, 2, 4)


def test_r36_so_it_is_with_a_further_petitioner():
    handling = after(reviewed(), lambda h: receiving.learn_petitioners(h, (SECOND,), at=SERVED))
    after(handling, lambda h: h.record(RemedyServedToPetitioner, at=REVIEWED, petition=SECOND, **posted("2025-09-20")))
    remedy.serve_on_another(handling, REVIEWER, SECOND, delivered(CAME_BACK), recheck=False, at=CAME_BACK)
    assert remedy.recheck_until(handling) == date(2025, 11, 10)


def test_r36_not_where_the_petitioner_has_withdrawn():
    handling = reviewed()
    receiving.stop(handling, receiving.StopReason.withdrawn, at=SERVED)
    with refuses(HasStopped):
        remedy.serve_again(handling, REVIEWER, delivered(CAME_BACK), recheck=False, at=CAME_BACK)


def test_r36_recheck_that_came_back_is_served_again_and_stays_the_last_word():
    """第三十六条第三款."""
    handling = rechecked()
    remedy.serve_again(handling, RECHECKER, delivered(at("2025-10-28")), recheck=True, at=at("2025-10-28"))
    assert the_event(handling, RemedyServedAgain).recheck
    assert (handling.recheck_served_at, handling.state) == (at("2025-10-28"), "recheck_served")
    with refuses(AlreadyServed):
        remedy.serve_again(handling, RECHECKER, delivered(RECHECKED), recheck=True, at=at("2025-10-29"))
    with refuses(NotTheRecheckBody):
        remedy.serve_again(handling, REVIEWER, delivered(at("2025-10-29")), recheck=True, at=at("2025-10-29"))


# ------------------------------------------------------------------------------ and its clocks


def posted(on: str) -> dict[str, object]:
    return {"method": ServiceMethod.post, "served_at": at(on), "receipt": typed_before("EMS-1")}


def told(*others: UUID) -> Ledger:
    ledger = Ledger(result=Result.explain, review_body="gov", others=others)
    verdict = {"opinion_no": "查1号", "result": ReviewResult.uphold, "document": uuid4(), "recheck_body": "city"}
    ledger.tell(ReviewOpinionServed, by="gov", **verdict, **posted("2025-03-03"))
    return ledger


def asks_until(ledger: Ledger, code: str = "C10") -> list[date | None]:
    return [clock.due_on for clock in ledger.all() if clock.code == code and clock.open]


@pytest.mark.parametrize("looked", [None, "2025-03-16", "2025-04-04"])
def test_r36_time_to_ask_runs_anew_and_the_case_is_not_to_be_closed_before_it_ends(looked: str | None):
    ledger = told()
    if looked:
        ledger.passes(looked)
    ledger.tell(RemedyServedAgain, on="2025-04-07", by="gov", **posted("2025-04-07"))
    assert asks_until(ledger) == [date(2025, 5, 7)]
    assert not ledger.duties("D4")
    ledger.passes("2025-05-08")
    assert ledger.duty("D4").due_on == date(2025, 5, 22)
    assert [event.due_on for event in ledger.events if isinstance(event, ClockLapsed)][-1] == date(2025, 5, 7)


def test_r36_further_petitioner_who_is_served_late_may_ask_before_the_case_is_to_be_closed():
    ledger = told(SECOND)
    ledger.passes("2025-04-03")
    ledger.duty("D4")
    ledger.tell(RemedyServedToPetitioner, on="2025-04-07", by="gov", petition=SECOND, **posted("2025-04-07"))
    assert asks_until(ledger, "C10o") == [date(2025, 5, 7)]
    assert not ledger.duties("D4")


def test_r36_recheck_that_is_served_again_begins_nothing():
    ledger = told()
    ledger.tell(RecheckRequested, on="2025-03-10", recheck_body="city", received_at=at("2025-03-10"), document=uuid4())
    verdict = {"opinion_no": "核1号", "result": ReviewResult.uphold, "document": uuid4()}
    ledger.tell(RecheckOpinionServed, on="2025-03-17", by="city", **verdict, **posted("2025-03-17"))
    owed = {duty.code: duty.due_on for duty in ledger.duties()}
    ledger.tell(RemedyServedAgain, on="2025-03-31", by="city", recheck=True, **posted("2025-03-31"))
    assert ({duty.code: duty.due_on for duty in ledger.duties()}, asks_until(ledger)) == (owed, [])
    assert ledger.case.recheck_served_at == at("2025-03-31")
