"""第二十三条第二款: «能够当场告知的，应当当场书面告知», and it is typed when the office opens again (0023).

A fact has a day of its own. It is refused where it cannot have been on that day, and never because of when it is typed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.assignment import CaseAssigned, CaseForwarded, CaseTaken
from contracts.event import typed_before
from contracts.intake import CaseClassified
from contracts.mediation import AcceptanceNotified, OpinionExecuted, OpinionServed, ProcedureDocketed
from contracts.vocabulary import (
    ContentCategory,
    Forwarding,
    Kind,
    RecordKind,
    Result,
    ReviewResult,
    Role,
    Route,
    Side,
    SuggestionResult,
)
from services.assignment.domain.assigning import Assignment
from services.assignment.reactions import receive
from services.intake.domain import classification, filing, grouping
from services.intake.domain.registration import Registration
from services.mediation.domain import acceptance, answers, opinion, receiving, remedy
from services.mediation.domain.guards import ImpossibleDate
from services.mediation.domain.handling import Handling
from services.mediation.reactions import keep_own, receive_assigned, receive_forwarded
from tests.harness import UNIT as BROUGHT_TO
from tests.harness import Servers, System, petition
from tests.intake.test_domain import first
from tests.mediation.cases import (
    BOTH,
    DIRECTORY,
    RECHECKER,
    REVIEWER,
    UNIT,
    accepted,
    after,
    ask_review,
    consent,
    decide,
    decided,
    delivered,
    execute,
    notify,
    offer,
    open_,
    opened,
    put,
    review,
    serve,
    served,
    sign,
    suggestion,
    the_event,
)
from tests.rules import at, refuses
from tests.steps import clocks, ok, open_county
from tests.units import COUNTY

THURSDAY, FRIDAY, MONDAY = at("2026-03-05"), at("2026-03-06", "16:20"), at("2026-03-09")


def brought(received_at: datetime = FRIDAY, typed: datetime = MONDAY) -> CaseTaken:
    """A visitor came to the unit itself; it is told apart and kept when somebody has typed it."""
    r = Registration.blank(uuid4())
    filing.register(r, at=typed, **first(received_at=received_at, receiving_unit="RSJ", direct=True))
    classification.classify(
        r, Kind.appeal_for_resolution, Route.petition_procedure, ContentCategory.unpaid_wages, COUNTY, at=typed,
        unit="RSJ", as_receiver=True,
    )  # fmt: skip
    told = r.taken()[-1]
    assert isinstance(told, CaseClassified)
    case = Assignment.blank(r.id)
    receive(case, told, typed)
    case.take("RSJ", COUNTY, at=typed)
    taken = case.taken()[-1]
    assert isinstance(taken, CaseTaken)
    return taken


def kept(received_at: datetime = FRIDAY, typed: datetime = MONDAY) -> Handling:
    handling = Handling.blank(uuid4())
    keep_own(handling, brought(received_at, typed), typed)
    handling.taken()
    return handling


def handed(mode: Forwarding, received_at: datetime = FRIDAY, *, divided: bool = False) -> Handling:
    """A visitor came to a joint hall, where the unit sits too; the bureau hands it over when the office opens again."""
    r = Registration.blank(uuid4())
    filing.register(r, at=FRIDAY if divided else MONDAY, **first(received_at=received_at))
    if divided:
        letter, r = r, Registration.blank(uuid4())
        own = {name: first()[name] for name in ("petition", "category", "place", "content", "content_sha256")}
        grouping.split_into(letter, [(r, own | {"registration_no": "2"})], at=MONDAY)
    classification.classify(
        r, Kind.appeal_for_resolution, Route.petition_procedure, ContentCategory.unpaid_wages, COUNTY, at=MONDAY
    )
    told = next(event for event in r.taken() if isinstance(event, CaseClassified))
    case, handling = Assignment.blank(r.id), Handling.blank(r.id)
    receive(case, told, MONDAY)
    case.hand(mode, "RSJ", date(2026, 4, 9) if mode is Forwarding.assign else None, "XFJ", COUNTY, at=MONDAY)
    event = case.taken()[-1]
    assert isinstance(event, CaseForwarded | CaseAssigned)
    (receive_forwarded if isinstance(event, CaseForwarded) else receive_assigned)(handling, event, MONDAY)  # type: ignore[arg-type]
    handling.taken()
    return handling


def monday_case(**facts: Any) -> Handling:
    """Accepted on Friday, on the spot; everything is typed on Monday."""
    handling = Handling.blank(uuid4())
    facts = {"kind": Kind.appeal_for_resolution, "received_on": FRIDAY.date()} | facts
    open_(handling, now=MONDAY, **facts)
    notify(handling, now=MONDAY, served_at=FRIDAY)
    handling.taken()
    return handling


class TestTold:
    def test_on_friday_and_typed_on_monday(self):
        handling = kept()
        notify(handling, now=MONDAY, served_at=FRIDAY)
        assert the_event(handling, AcceptanceNotified).served_at == FRIDAY

    @pytest.mark.parametrize("day", [THURSDAY, at("2026-03-10")])
    def test_nobody_is_told_before_they_came_nor_tomorrow(self, day: datetime):
        with refuses(ImpossibleDate):
            notify(kept(), now=MONDAY, served_at=day)

    def test_what_came_in_and_was_taken_on_one_day_says_no_other(self):
        assert brought(MONDAY, MONDAY).received_on is None
        assert brought(FRIDAY, MONDAY).received_on == FRIDAY.date()

    def test_told_apart_on_the_day_and_kept_after_the_weekend(self):
        case = Assignment.blank(uuid4())
        facts = {"kind": Kind.appeal_for_resolution, "route": Route.petition_procedure, "place": "P-1", "direct": True}
        case.receive(
            at=FRIDAY, registration_no="1", category=ContentCategory.unpaid_wages, receiving_unit="RSJ", **facts
        )
        case.take("RSJ", COUNTY, at=MONDAY)
        taken = case.taken()[-1]
        assert isinstance(taken, CaseTaken)
        assert taken.received_on == FRIDAY.date()

    def test_further_petitioner_too(self):
        other, handling = uuid4(), monday_case()
        receiving.learn_petitioners(handling, (other,), at=MONDAY)
        acceptance.notify_another(handling, UNIT, other, "2", delivered(FRIDAY), at=MONDAY)
        assert other in handling.others_told

    @pytest.mark.parametrize("mode", list(Forwarding))
    @pytest.mark.parametrize("divided", [False, True])
    def test_in_a_joint_hall_before_it_was_handed_over(self, mode: Forwarding, *, divided: bool):
        """Also where it is a part of what was divided: it came in when the letter did."""
        handling = handed(mode, divided=divided)
        with refuses(ImpossibleDate):
            notify(handling, now=MONDAY, served_at=THURSDAY)
        notify(handling, now=MONDAY, served_at=FRIDAY)
        assert handling.begun_at == FRIDAY

    def test_fifteen_days_to_tell_are_of_the_unit_that_was_handed_it(self):
        """第二十三条第三款 收到之日."""
        handling = handed(Forwarding.forward)
        assert (handling.brought_on, handling.received_on) == (FRIDAY.date(), MONDAY.date())

    def test_heard_at_the_visit(self):
        """第三十一条第六项."""
        handling = monday_case()
        put(handling, RecordKind.statement_heard, now=MONDAY, held_at=FRIDAY)
        with refuses(ImpossibleDate):
            put(handling, RecordKind.statement_heard, now=MONDAY, held_at=THURSDAY)

    def test_suggestion_replied_on_the_spot_where_nobody_need_be_told(self):
        """第二十九条: whose address is unclear is answered all the same."""
        handling = Handling.blank(uuid4())
        open_(handling, now=MONDAY, received_on=FRIDAY.date(), kind=Kind.suggestion, unclear=True)
        acceptance.accept(handling, UNIT, "co-1", DIRECTORY, at=MONDAY)
        answers.reply_to_suggestion(
            handling, UNIT, "1", SuggestionResult.adopted, uuid4(), delivered(FRIDAY), at=MONDAY
        )
        assert handling.replied_at == FRIDAY

    def test_suggestion_is_not_replied_before_it_was_accepted(self):
        with refuses(ImpossibleDate):
            answers.reply_to_suggestion(
                suggestion(), UNIT, "1", SuggestionResult.adopted, uuid4(), delivered(at("2025-08-26")),
                at=at("2025-08-28"),
            )  # fmt: skip

    def test_brought_into_another_procedure_at_the_counter(self):
        """第三十一条第二项."""
        handling = Handling.blank(uuid4())
        open_(handling, now=MONDAY, received_on=FRIDAY.date(), route=Route.arbitration)
        answers.import_procedure(handling, UNIT, typed_before("仲裁委"), "1", delivered(FRIDAY), DIRECTORY, at=MONDAY)
        answers.confirm_docketing(handling, UNIT, typed_before("1"), FRIDAY.date(), at=MONDAY)
        event = handling.taken()[-1]
        assert isinstance(event, ProcedureDocketed)
        assert event.docketed_on == FRIDAY.date()


class TestOpinion:
    """第三十二条、第三十五条: it is had on the day on which it is handed over, and the paper says that day."""

    def test_handed_over_on_friday_where_all_is_typed_on_monday(self):
        handling = after(
            monday_case(), *(lambda h, kind=kind: put(h, kind, now=MONDAY, held_at=FRIDAY) for kind in BOTH),
            lambda h: decide(h, Result.explain, now=MONDAY),
        )  # fmt: skip
        serve(handling, now=MONDAY, served_at=FRIDAY)
        assert the_event(handling, OpinionServed).served_at == FRIDAY

    def test_not_before_what_it_rests_on(self):
        """第三十一条第六项: it was accepted on the 27th, heard and verified on the 28th."""
        for first_day, possible in ((at("2025-08-27"), False), (at("2025-08-28"), True)):
            handling = decided()
            if possible:
                serve(handling, served_at=first_day)
            else:
                with refuses(ImpossibleDate):
                    serve(handling, served_at=first_day)

    def test_not_before_the_one_before_was_revoked(self):
        handling = after(
            served(Result.explain), ask_review, lambda h: review(h, ReviewResult.revoke),
            lambda h: put(h, RecordKind.facts_verified, now=at("2025-09-25")),
            lambda h: decide(h, Result.explain, now=at("2025-09-25")),
        )  # fmt: skip
        with refuses(ImpossibleDate):
            serve(handling, now=at("2025-09-25"), served_at=at("2025-09-19"))
        serve(handling, now=at("2025-09-25"), served_at=at("2025-09-22"))

    def test_further_petitioner_has_it_on_friday_and_may_ask_before_the_first_has_it(self):
        other = uuid4()
        handling = after(
            monday_case(), lambda h: receiving.learn_petitioners(h, (other,), at=MONDAY),
            *(lambda h, kind=kind: put(h, kind, now=MONDAY, held_at=FRIDAY) for kind in BOTH),
            lambda h: decide(h, Result.explain, now=MONDAY), lambda h: serve(h, now=at("2026-03-11")),
        )  # fmt: skip
        opinion.serve_another(handling, UNIT, other, delivered(FRIDAY), at=at("2026-03-11"))
        ask_review(handling, received_at=MONDAY, now=at("2026-03-11"))
        assert handling.review_requested_at == MONDAY

    def test_what_was_said_when_it_was_looked_at_again_reaches_another_first(self):
        """第三十五条: who comes by has it before the post has brought it to the one who had asked."""
        other = uuid4()
        handling = after(
            served(Result.explain), lambda h: receiving.learn_petitioners(h, (other,), at=at("2025-09-02")),
            ask_review, review,
        )  # fmt: skip
        remedy.serve_on_another(
            handling, REVIEWER, other, delivered(at("2025-09-19")), recheck=False, at=at("2025-09-22")
        )
        remedy.request_recheck(
            handling, RECHECKER, remedy.Request(at("2025-09-19"), uuid4()), DIRECTORY, at=at("2025-09-22")
        )
        assert handling.recheck_requested_at == at("2025-09-19")


class TestDone:
    def test_agreement_of_friday_whose_mediation_is_typed_on_monday(self):
        """第三十三条."""
        handling = after(monday_case(), lambda h: offer(h, now=MONDAY), *(lambda h, s=s: consent(h, s) for s in Side))
        sign(handling, on=FRIDAY.date(), now=MONDAY)
        assert handling.agreement_on == FRIDAY.date()

    @pytest.mark.parametrize("day", ["2025-08-26", "2025-08-27"])
    def test_paid_while_the_case_was_handled(self, day: str):
        """第三十二条第二款: what is granted may be done before the opinion says so."""
        handling = decided(Result.support)
        execute(handling, date.fromisoformat(day))
        assert the_event(handling, OpinionExecuted).executed_on == date.fromisoformat(day)

    def test_not_paid_before_the_matter_was_known(self):
        with refuses(ImpossibleDate):
            execute(decided(Result.support), date(2025, 8, 25))

    def test_nothing_happens_in_a_case_that_nobody_has(self):
        assert Handling.blank(uuid4()).received_on is None
        assert opened().received_on == date(2025, 8, 26)
        assert accepted().undecided_since == date(2025, 8, 27)


# ----------------------------------------------------------------------------- through four services


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


@pytest.mark.asyncio(loop_scope="module")
async def test_direct_visit_of_friday_is_told_on_the_spot(county: System):
    friday, monday = "2026-03-06T16:00:00+08:00", "2026-03-09T09:00:00+08:00"
    by: dict[str, Any] = {"role": Role.unit_receiver, "unit": BROUGHT_TO, "at": monday}
    case = ok(await county.send("intake", "/petitions", petition(received_at=friday), **by), 201)["case_id"]
    told = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
    ok(await county.send("intake", f"/cases/{case}/classification", told, **by))
    ok(await county.send("assignment", f"/cases/{case}/taking", None, **by))
    notice = {
        "method": "in_person",
        "receipt": "收条1",
        "served_at": "2026-03-06T16:20:00+08:00",
        "case_officer": "co-1",
    }
    ok(await county.send("mediation", f"/cases/{case}/acceptance-notice", notice, **by))
    found = {clock["code"]: clock for clock in await clocks(county, case)}
    assert found["C2"]["outcome"] == "met"
    assert found["C5"]["due_on"] == "2026-05-06"  # sixty days from Friday the 6th end on 5 May, a holiday


@pytest.mark.asyncio(loop_scope="module")
async def test_told_in_a_joint_hall_on_friday_and_forwarded_on_monday(county: System):
    friday, monday = "2026-03-06T16:00:00+08:00", "2026-03-09T09:00:00+08:00"
    clerk = {"role": Role.intake_clerk, "at": monday}
    case = ok(await county.send("intake", "/petitions", petition(received_at=friday), **clerk), 201)["case_id"]
    ok(await county.classify(case, at=monday))
    ok(await county.forward(case, at=monday))
    notice = {"method": "in_person", "receipt": "收条2", "case_officer": "co-1"}
    by: dict[str, Any] = {"role": Role.unit_receiver, "unit": BROUGHT_TO, "at": monday}
    path = f"/cases/{case}/acceptance-notice"
    reply = await county.send("mediation", path, notice | {"served_at": "2026-03-05T16:20:00+08:00"}, **by)
    assert (reply.status_code, reply.json()["code"]) == (422, "impossible_date")
    ok(await county.send("mediation", path, notice | {"served_at": "2026-03-06T16:20:00+08:00"}, **by))
    found = {clock["code"]: clock for clock in await clocks(county, case)}
    assert found["C3"]["outcome"] == "met"
    assert found["C5"]["due_on"] == "2026-05-06"
