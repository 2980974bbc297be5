"""第三十五条 收到: what came back was not had, and is served once more, with thirty days from there."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import pytest

from contracts.accountability import ClockLapsed
from contracts.event import typed_before
from contracts.mediation import CaseReopened, OpinionIssued, OpinionServed, PetitionerServed, PetitionersLearnt
from contracts.vocabulary import ClockOutcome, Result, ServiceMethod
from services.accountability.clocks.clock import Clock
from services.mediation.domain import opinion, receiving, remedy
from services.mediation.domain.guards import HasStopped
from services.mediation.domain.handling import Handling
from services.mediation.domain.opinion import AlreadyServed
from tests.law.ledger import Ledger
from tests.mediation.cases import (
    DIRECTORY,
    REVIEW_ASKED,
    REVIEWER,
    SERVED,
    UNIT,
    after,
    ask_review,
    close,
    delivered,
    serve,
    served,
    the_event,
)
from tests.rules import at, refuses

CAME_BACK = at("2025-09-15")
SECOND = uuid4()


def test_r35_opinion_that_came_back_is_served_by_hand_and_the_time_begins_then():
    """自收到书面答复之日起30日内."""
    handling = served(Result.explain)
    assert remedy.review_until(handling) == date(2025, 10, 9)
    serve(handling, now=CAME_BACK)
    assert the_event(handling, OpinionServed).again
    assert remedy.review_until(handling) == date(2025, 10, 15)
    asked = at("2025-10-14")
    remedy.request_review(handling, REVIEWER, remedy.Request(asked, uuid4()), DIRECTORY, at=asked)


@pytest.mark.parametrize(("served_at", "now"), [(SERVED, CAME_BACK), (at("2025-08-29"), CAME_BACK)])
def test_r35_nothing_is_served_again_sooner(served_at: datetime, now: datetime):
    with refuses(AlreadyServed):
        serve(served(Result.explain), served_at=served_at, now=now)


def test_r35_no_later_service_takes_a_day_that_the_petitioner_was_given():
    """What was entered late began with its entry; another service of a day before that gives less."""
    handling = after(served(Result.explain), lambda h: serve(h, now=at("2025-09-22"), served_at=at("2025-09-03")))
    with refuses(AlreadyServed):
        serve(handling, now=at("2025-09-22"), served_at=at("2025-09-19"))
    assert remedy.review_until(handling) == date(2025, 10, 22)


def test_r35_whoever_has_asked_has_had_it():
    with refuses(AlreadyServed):
        serve(after(served(Result.explain), ask_review), now=REVIEW_ASKED)


def test_r35_case_that_was_closed_because_nobody_asked_goes_on():
    handling = after(served(Result.explain), close)
    serve(handling, now=at("2026-01-02"))
    assert [type(event) for event in handling.taken()] == [CaseReopened, OpinionServed]
    assert (handling.state, remedy.review_until(handling)) == ("opinion_served", date(2026, 2, 2))


def test_r35_not_where_the_petitioner_has_withdrawn():
    handling = served(Result.explain)
    receiving.stop(handling, receiving.StopReason.withdrawn, at=SERVED)
    with refuses(HasStopped):
        serve(handling, now=CAME_BACK)


def joined() -> Handling:
    return after(served(Result.explain), lambda h: receiving.learn_petitioners(h, (SECOND,), at=SERVED))


def test_r35_so_it_is_with_a_further_petitioner():
    handling = after(joined(), lambda h: opinion.serve_another(h, UNIT, SECOND, delivered(SERVED), at=SERVED))
    with refuses(AlreadyServed):
        opinion.serve_another(handling, UNIT, SECOND, delivered(SERVED), at=CAME_BACK)
    opinion.serve_another(handling, UNIT, SECOND, delivered(CAME_BACK), at=CAME_BACK)
    assert remedy.review_until(handling) == date(2025, 10, 15)


# ------------------------------------------------------------------------------ and its clocks


def told() -> Ledger:
    ledger = Ledger(result=Result.support)
    ledger.tell(PetitionersLearnt, petitions=(SECOND,))
    ledger.tell(
        OpinionIssued, opinion_no="意1号", result=Result.support, legal_basis=typed_before("某法 第三条"), approved_by="head-1",
        review_body="gov", decided_by="co-1", document=uuid4(),
    )  # fmt: skip
    serve_on("2025-03-03", ledger)
    return ledger


def serve_on(on: str, ledger: Ledger, *, again: bool = False) -> None:
    ledger.tell(
        OpinionServed, on=on, method=ServiceMethod.post, served_at=at(on), receipt=typed_before("EMS-1"), again=again
    )


def the(ledger: Ledger, code: str) -> list[Clock]:
    return [clock for clock in ledger.all() if clock.code == code]


def test_r35_time_to_ask_runs_anew_and_nothing_else_does():
    ledger = told()
    owed = {duty.code: duty.due_on for duty in ledger.duties()}
    serve_on("2025-03-17", ledger, again=True)
    before, now = the(ledger, "C8")
    assert (before.outcome, now.open, now.due_on) == (ClockOutcome.void, True, date(2025, 4, 16))
    assert {duty.code: duty.due_on for duty in ledger.duties()} == owed


def test_r35_time_that_was_over_begins_and_the_case_is_not_to_be_closed_before_it_ends():
    ledger = told()
    ledger.passes("2025-04-03")
    assert [event.code for event in ledger.events if isinstance(event, ClockLapsed)].count("C8") == 1
    ledger.duty("D4")
    serve_on("2025-04-07", ledger, again=True)
    assert the(ledger, "C8")[-1].due_on == date(2025, 5, 7)
    assert not ledger.duties("D4")
    ledger.passes("2025-06-30")
    ledger.duty("D4")


def test_r35_further_petitioners_time_begins_anew():
    ledger = told()
    for on in ("2025-03-04", "2025-03-18"):
        ledger.tell(
            PetitionerServed, on=on, petition=SECOND, method=ServiceMethod.post, served_at=at(on), receipt=typed_before("EMS-2")
        )  # fmt: skip
    assert [clock.due_on for clock in the(ledger, "C8o") if clock.open] == [date(2025, 4, 17)]
