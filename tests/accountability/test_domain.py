"""The rules of supervision, and the Case as the fold of everything that happened to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.accountability import (
    ClockBreached,
    ClockStarted,
    ClockStopped,
    SupervisionClosed,
    SupervisionOrdered,
    SupervisionReplied,
)
from contracts.assignment import (
    CaseAssigned,
    CaseForwarded,
    CaseReceived,
    JurisdictionDisputeReferred,
    JurisdictionObjected,
    ObjectionRejected,
    ObjectionUpheld,
)
from contracts.event import Event, typed_before
from contracts.intake import CaseClassified, CaseRegistered, ContentDisclosed, PetitionAttached
from contracts.mediation import AcceptanceNotified, CaseClosed, OpinionExecuted, OpinionIssued, OpinionServed
from contracts.vocabulary import (
    Channel,
    ClockNature,
    ClockOutcome,
    ContentCategory,
    DisputeLevel,
    Kind,
    LimitUnit,
    ObjectionGround,
    Result,
    Route,
    ServiceMethod,
    SupervisionReason,
)
from services.accountability.case import Case
from services.accountability.domain.addressing import Matter
from services.accountability.domain.supervision import (
    DueDatePassed,
    NotReplied,
    NotTheSupervisedUnit,
    Supervision,
    SupervisionIsClosed,
)
from tests.rules import at, check_replay, days, refuses
from tests.units import COUNTY

CASE = UUID("00000000-0000-4000-8000-000000000004")
CARD = UUID("00000000-0000-4000-8000-000000000005")
NOW = at("2025-09-01")
UNIT = "RSJ"


def order(supervision: Supervision, due: str = "2025-09-15", now=NOW) -> None:
    [due_on] = days(due, 1)
    supervision.order(
        Matter(CASE), "督1号", UNIT, SupervisionReason.shirking_or_delay, None, due_on, "XFJ", COUNTY, at=now
    )


def reply(supervision: Supervision, unit: str = UNIT) -> None:
    supervision.reply(unit, uuid4(), at=at("2025-09-10"))


def close(supervision: Supervision, satisfied: bool = True) -> None:
    supervision.close("XFJ", COUNTY, satisfied=satisfied, at=at("2025-09-11"))


def after(*acts) -> Supervision:
    supervision = Supervision.blank(CARD)
    for act in acts:
        act(supervision)
    supervision.taken()
    return supervision


class TestOrder:
    def test_card_goes_to_a_unit_about_a_case(self):
        """第四十条第一款."""
        supervision = Supervision.blank(CARD)
        order(supervision)
        [event] = supervision.taken()
        assert isinstance(event, SupervisionOrdered)
        assert (supervision.case, supervision.unit, supervision.state) == (CASE, UNIT, "ordered")

    @pytest.mark.parametrize("due", ["2025-08-31", "2025-09-01"])
    def test_card_that_gives_no_time_is_refused(self, due: str):
        """第四十条: today is no time to answer."""
        with refuses(DueDatePassed):
            order(Supervision.blank(CARD), due)

    def test_day_begins_at_midnight_in_china(self):
        """第四十条."""
        order(Supervision.blank(CARD), "2025-09-02", at("2025-09-01", "23:59"))
        with refuses(DueDatePassed):
            order(Supervision.blank(CARD), "2025-09-02", at("2025-09-02", "00:00"))


class TestReply:
    def test_unit_answers(self):
        """第四十条第四款."""
        supervision = after(order)
        reply(supervision)
        [event] = supervision.taken()
        assert isinstance(event, SupervisionReplied)
        assert (event.case, supervision.state) == (CASE, "replied")

    def test_unit_may_add_to_its_answer(self):
        """第四十条第四款: until it is judged."""
        supervision = after(order, reply)
        reply(supervision)
        [event] = supervision.taken()
        assert isinstance(event, SupervisionReplied)

    def test_other_unit_may_not_answer(self):
        """第四十条."""
        with refuses(NotTheSupervisedUnit):
            reply(after(order), "JYJ")

    def test_closed_card_takes_no_answer(self):
        """第四十条."""
        with refuses(SupervisionIsClosed):
            reply(after(order, reply, close))


class TestClose:
    @pytest.mark.parametrize("satisfied", [True, False])
    def test_reply_is_judged(self, satisfied: bool):
        """第四十条第一款."""
        supervision = after(order, reply)
        close(supervision, satisfied)
        [event] = supervision.taken()
        assert isinstance(event, SupervisionClosed)
        assert (event.satisfied, supervision.state) == (satisfied, "closed")

    def test_there_must_be_a_reply(self):
        """第四十条: silence is no answer, and the card stays open."""
        with refuses(NotReplied):
            close(after(order))

    def test_card_is_closed_once(self):
        """第四十条."""
        with refuses(SupervisionIsClosed):
            close(after(order, reply, close), satisfied=False)


# ----------------------------------------------------------------------------- the Case

UNIT_FACTS = {"registration_no": "XF1", "route": Route.petition_procedure, "unit": UNIT, "unit_name": "县人社局"}
PETITION: dict[str, Any] = {
    "petition": CARD,
    "registration_no": "XF1",
    "channel": Channel.letter,
    "received_at": NOW,
    "receiving_unit": "XFJ",
    "person_count": 1,
    "anonymous": False,
    "content": CARD,
    "content_sha256": "0" * 64,
}


def happening(what: type[Event], /, **fields: Any) -> Event:
    return what(originator_id=CASE, originator_version=1, timestamp=NOW, **fields)


REGISTERED = happening(CaseRegistered, **PETITION, category=ContentCategory.other, place="P-1", secrecy_requested=False)
CLASSIFIED, REPORT = (
    happening(CaseClassified, registration_no="XF1", kind=k, route=r, category=ContentCategory.housing, place="P-1")
    for k, r in (
        (Kind.appeal_for_resolution, Route.petition_procedure),
        (Kind.report_accusation, Route.discipline_supervision),
    )
)
FORWARDED = happening(CaseForwarded, **UNIT_FACTS)
ASSIGNED = happening(CaseAssigned, **UNIT_FACTS, due_on=days("2025-10-01", 1)[0])
OBJECTED = happening(
    JurisdictionObjected, unit=UNIT, ground=ObjectionGround.other_territory, reasons=CARD, proposed_unit=None
)
UPHELD, REJECTED = happening(ObjectionUpheld, unit=UNIT), happening(ObjectionRejected, unit=UNIT)
DISPUTED = happening(
    JurisdictionDisputeReferred, level=DisputeLevel.common_superior, arbiter="gov", units=(UNIT, "JYJ")
)
NOTIFIED = happening(
    AcceptanceNotified,
    notice_no="受1号",
    method=ServiceMethod.post,
    served_at=NOW,
    receipt=typed_before("R"),
    case_officer="co-1",
)
ISSUED = happening(
    OpinionIssued, opinion_no="意1号", result=Result.support, legal_basis=typed_before("法"), document=CARD, approved_by="h",
    review_body="G",
)  # fmt: skip
SERVED = happening(OpinionServed, method=ServiceMethod.post, served_at=NOW, receipt=typed_before("R"))
EXECUTED = happening(OpinionExecuted, executed_on=NOW.date(), document=CARD)
CLOSED = happening(CaseClosed, result=Result.support)
CARD_OUT = happening(
    SupervisionOrdered, case=CASE, card_no="督1号", unit=UNIT, reason_code=SupervisionReason.other, document=None,
    due_on=days("2025-10-01", 1)[0],
)  # fmt: skip
CARD_IN = happening(SupervisionClosed, case=CASE, satisfied=True)
MEANS_NOTHING = happening(ContentDisclosed, case=CASE, content=CARD, purpose="supervision")
RECEIVED = happening(
    CaseReceived, registration_no="XF1", kind=Kind.suggestion, route=Route.petition_procedure,
    category=ContentCategory.other, place="P-1",
)  # fmt: skip
ATTACHED = happening(PetitionAttached, **PETITION)
STARTED = happening(
    ClockStarted, case=CASE, code="C8", nature=ClockNature.duty, holder=UNIT, started_at=NOW, limit=60,
    unit=LimitUnit.day, due_on=NOW.date(), due_at=NOW, article="", rules="", calendar="", provisional=False,
    started_by=CARD,
)  # fmt: skip
BREACHED = happening(ClockBreached, case=CASE, code="C8", holder=UNIT, due_on=NOW.date(), due_at=NOW)
STOPPED = happening(
    ClockStopped, case=CASE, code="C8", outcome=ClockOutcome.late, stopped_at=NOW, stopped_by=CARD, days_over=1
)
ALL = [
    REGISTERED, CLASSIFIED, REPORT, FORWARDED, ASSIGNED, OBJECTED, UPHELD, REJECTED, NOTIFIED, ISSUED, SERVED, EXECUTED,
    CLOSED, CARD_OUT, CARD_IN, MEANS_NOTHING, RECEIVED, ATTACHED, STARTED, BREACHED, STOPPED,
]  # fmt: skip


def folded(*events: Event) -> Case:
    case = Case(CASE)
    for seq, event in enumerate(events, 1):
        case.take(seq * 10, event)
    return case


class TestCase:
    @pytest.mark.parametrize(
        ("events", "state"),
        [
            ([REGISTERED], "registered"),
            ([REGISTERED, CLASSIFIED], "classified"),
            ([REGISTERED, REPORT], "discipline_track"),
            ([REGISTERED, CLASSIFIED, RECEIVED, FORWARDED], "forwarded"),
            ([REGISTERED, CLASSIFIED, RECEIVED, ASSIGNED], "assigned"),
            ([REGISTERED, CLASSIFIED, FORWARDED, OBJECTED], "objected"),
            ([REGISTERED, CLASSIFIED, FORWARDED, OBJECTED, UPHELD], "classified"),
            ([REGISTERED, CLASSIFIED, FORWARDED, OBJECTED, REJECTED], "forwarded"),
            ([REGISTERED, CLASSIFIED, FORWARDED, NOTIFIED, OBJECTED, REJECTED], "accepted"),
            ([REGISTERED, CLASSIFIED, FORWARDED, NOTIFIED], "accepted"),
            ([REGISTERED, CLASSIFIED, FORWARDED, NOTIFIED, ISSUED], "opinion_issued"),
            ([REGISTERED, CLASSIFIED, FORWARDED, NOTIFIED, ISSUED, SERVED, EXECUTED], "opinion_served"),
            ([REGISTERED, CLASSIFIED, FORWARDED, NOTIFIED, ISSUED, SERVED, EXECUTED, CLOSED], "closed"),
        ],
    )
    def test_state_follows_from_what_happened(self, events: list[Event], state: str):
        assert folded(*events).state == state

    @pytest.mark.parametrize("later", [[OBJECTED], [OBJECTED, DISPUTED], [REJECTED]])
    def test_case_that_has_ended_has_ended_whoever_objects(self, later: list[Event]):
        """An objection that was looked at meanwhile, or that comes too late, wakes nobody up."""
        ended = [REGISTERED, CLASSIFIED, FORWARDED, NOTIFIED, ISSUED, SERVED, EXECUTED, CLOSED]
        assert folded(*ended, *later).state == "closed"

    def test_version_is_the_number_of_entries(self):
        """Also of those that mean nothing to a Case: so a version is a place in its history."""
        case = folded(REGISTERED, MEANS_NOTHING, MEANS_NOTHING)
        assert (case.version, case.seq) == (3, 30)

    def test_upheld_objection_leaves_nothing_of_the_first_unit(self):
        """第二十三条第三款."""
        case = folded(REGISTERED, CLASSIFIED, ASSIGNED, NOTIFIED, OBJECTED, UPHELD)
        assert (case.unit, case.due_on, case.accepted_at, case.case_officer, case.objections) == (*[None] * 4, 1)

    def test_open_cards_and_petitions_are_counted(self):
        """第二十一条, 第四十条."""
        case = folded(REGISTERED, ATTACHED, CARD_OUT, CARD_OUT, CARD_IN)
        assert (case.petitions, case.supervisions_open) == (2, 1)

    @given(st.lists(st.sampled_from(ALL), max_size=20))
    @example([STARTED, BREACHED])
    def test_case_kept_between_any_two_entries_is_the_case(self, events: list[Event]):
        """The ledger keeps the folded Case as JSON and goes on from it; that must be the fold from the beginning."""
        kept = Case(CASE)
        for seq, event in enumerate(events, 1):
            kept = msgspec.json.decode(msgspec.json.encode(kept), type=Case)
            kept.take(seq * 10, event)
        assert kept == folded(*events)


COMMANDS = st.lists(
    st.one_of(
        st.sampled_from([UNIT, "JYJ"]).map(lambda unit: lambda s: reply(s, unit)),
        st.booleans().map(lambda satisfied: lambda s: close(s, satisfied)),
    ),
    max_size=8,
)


class TestReplay:
    @given(COMMANDS)
    def test_any_prefix_of_history_is_the_state_it_then_was(self, commands):
        check_replay(Supervision, CARD, [order, *commands])
