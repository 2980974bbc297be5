"""The registers of the hall, of work outside it, of boxes, and of what petitioners and the public are told."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.intake import DiaryEntryAdded, StepFormIssued
from contracts.vocabulary import Channel, ContentCategory, Level, NoticeKind, NoticeMedium
from services.intake.domain import filing
from services.intake.domain.boxes import Box, BoxExists, ItemRegistered, NoSuchItem, TwoMustOpen
from services.intake.domain.field import (
    BackDated,
    DiaryEntry,
    FieldDay,
    FieldVisit,
    MoreSolvedThanFound,
    NothingToFollowUp,
    NotOfThatDay,
)
from services.intake.domain.hall import (
    Desk,
    DeskIsClosed,
    DeskOffDuty,
    NoSuchHours,
    NotWaiting,
    OneVisitOneRecord,
    QueuedAlready,
    Session,
)
from services.intake.domain.information import ContactCard, FormOfThePast, Notice, StepForm
from services.intake.domain.registration import Registration
from tests.rules import at, check_replay, days, refuses

CASE, ENTRY, OTHER = (UUID(int=n, version=4) for n in (1, 2, 3))
MONDAY = at("2025-09-01", "10:00")
WORKDAYS = (1, 2, 3, 4, 5)


def desk(closed: bool = False) -> Desk:
    made = Desk.blank(ENTRY)
    made.open("RSJ", "3", WORKDAYS, "09:00", "17:00", at=MONDAY)
    if closed:
        made.close(at=MONDAY)
    return made


def session() -> Session:
    made = Session.blank(OTHER)
    made.open(CASE, ENTRY, "XFJ", at=MONDAY)
    return made


class TestDesk:
    """第十八条第三款."""

    def test_department_sits_in_the_hall(self):
        assert (desk().state, desk().case, desk(closed=True).state) == ("open", None, "closed")

    @pytest.mark.parametrize(("weekdays", "opens"), [((), "09:00"), (WORKDAYS, "17:00"), (WORKDAYS, "18:00")])
    def test_hours_at_which_nobody_is_there_are_none(self, weekdays: tuple[int, ...], opens: str):
        with refuses(NoSuchHours):
            Desk.blank(ENTRY).open("RSJ", "3", weekdays, opens, "17:00", at=MONDAY)

    def test_desk_is_given_up_once(self):
        with refuses(DeskIsClosed):
            desk(closed=True).close(at=MONDAY)


class TestSession:
    """第十八条第三款: one visit, one record."""

    def test_one_visit_is_one_record(self):
        assert (session().case, session().state) == (CASE, "opened")
        with refuses(OneVisitOneRecord):
            session().open(CASE, ENTRY, "XFJ", at=MONDAY)

    def test_visitor_waits_and_is_received(self):
        visit = session()
        visit.queue(desk(), "1", at=MONDAY)
        assert visit.state == "waiting"
        visit.serve(ENTRY, at=MONDAY)
        assert visit.state == "served"

    def test_visitor_waits_once_for_a_desk(self):
        visit = session()
        visit.queue(desk(), "1", at=MONDAY)
        with refuses(QueuedAlready):
            visit.queue(desk(), "2", at=MONDAY)
        visit.serve(ENTRY, at=MONDAY)
        with refuses(QueuedAlready):
            visit.queue(desk(), "2", at=MONDAY)

    def test_nobody_is_sent_to_an_empty_desk(self):
        with refuses(DeskIsClosed):
            session().queue(desk(closed=True), "1", at=MONDAY)
        for moment in (at("2025-09-01", "08:59"), at("2025-09-01", "17:00"), at("2025-09-06", "10:00")):
            with refuses(DeskOffDuty):
                session().queue(desk(), "1", at=moment)

    def test_desk_receives_who_waits_for_it(self):
        with refuses(NotWaiting):
            session().serve(ENTRY, at=MONDAY)


def log(visit: FieldVisit, on: str = "2025-09-01", follow_up: str | None = None) -> None:
    due = date.fromisoformat(follow_up) if follow_up else None
    visit.log("RSJ", "co-1", "P-1", ContentCategory.housing, days(on, 1)[0], due, None, at=MONDAY)


class TestFieldVisit:
    """第十八条第二款."""

    def test_visit_is_about_a_place_and_an_issue(self):
        visit = FieldVisit.blank(ENTRY)
        log(visit)
        [event] = visit.taken()
        assert set(event.body.names).isdisjoint({"person", "petitioner", "family"})
        assert visit.state == "logged"

    def test_promise_is_followed_up_once(self):
        visit = FieldVisit.blank(ENTRY)
        log(visit, follow_up="2025-09-20")
        assert visit.state == "to_follow_up"
        visit.follow_up(uuid4(), at=MONDAY)
        assert visit.state == "followed_up"
        with refuses(NothingToFollowUp):
            visit.follow_up(uuid4(), at=MONDAY)

    def test_without_a_promise_there_is_nothing_to_do(self):
        visit = FieldVisit.blank(ENTRY)
        log(visit)
        with refuses(NothingToFollowUp):
            visit.follow_up(uuid4(), at=MONDAY)

    @pytest.mark.parametrize(("on", "follow_up"), [("2025-09-02", None), ("2025-08-30", "2025-08-29")])
    def test_days_must_make_sense(self, on: str, follow_up: str | None):
        with refuses(NotOfThatDay):
            log(FieldVisit.blank(ENTRY), on, follow_up)


def write(entry: DiaryEntry, on: str) -> None:
    entry.add("RSJ", "co-1", days(on, 1)[0], uuid4(), CASE, at=MONDAY)


class TestDiary:
    """第十八条第二款: the diary is written on the day or on the next working day."""

    @pytest.mark.parametrize("on", ["2025-09-01", "2025-08-31", "2025-08-30", "2025-08-29"])
    def test_friday_and_the_weekend_are_written_on_monday(self, on: str):
        entry = DiaryEntry.blank(ENTRY)
        write(entry, on)
        [event] = entry.taken()
        assert isinstance(event, DiaryEntryAdded)
        assert (event.linked_case, entry.case, entry.state) == (CASE, None, "linked")

    def test_older_days_are_not(self):
        with refuses(BackDated):
            write(DiaryEntry.blank(ENTRY), "2025-08-28")

    def test_tomorrow_is_not(self):
        with refuses(NotOfThatDay):
            write(DiaryEntry.blank(ENTRY), "2025-09-02")


class TestFieldDay:
    """第十八条第二款."""

    @pytest.mark.parametrize(("solved", "state"), [(2, "held"), (3, "all_solved")])
    def test_day_is_held(self, solved: int, state: str):
        day = FieldDay.blank(ENTRY)
        day.hold("RSJ", "P-1", MONDAY.date(), 3, solved, at=MONDAY)
        assert day.state == state

    def test_no_more_is_solved_than_was_found(self):
        with refuses(MoreSolvedThanFound):
            FieldDay.blank(ENTRY).hold("RSJ", "P-1", MONDAY.date(), 3, 4, at=MONDAY)

    def test_day_that_has_not_come_is_not_held(self):
        with refuses(NotOfThatDay):
            FieldDay.blank(ENTRY).hold("RSJ", "P-1", date(2025, 9, 2), 3, 3, at=MONDAY)


def box() -> Box:
    made = Box.blank(ENTRY)
    made.register("B-1", "P-1", "RSJ", at=MONDAY)
    made.taken()
    return made


def empty(made: Box, on: str, items: int = 0) -> None:
    made.open(("a-1", "a-2"), items, at=at(on))


class TestBox:
    """第十七条, 第二十二条."""

    def test_number_stands_on_one_box(self):
        with refuses(BoxExists):
            box().register("B-1", "P-2", "RSJ", at=MONDAY)

    @pytest.mark.parametrize("openers", [("a-1",), ("a-1", "a-1"), ("a-1", "a-2", "a-3")])
    def test_two_open_it(self, openers: tuple[str, ...]):
        with refuses(TwoMustOpen):
            box().open(openers, 0, at=MONDAY)

    def test_every_item_becomes_a_case(self):
        made = box()
        empty(made, "2025-09-01", 2)
        assert made.state == "to_register"
        made.register_item(CASE, at=MONDAY)
        with refuses(ItemRegistered):
            made.register_item(CASE, at=MONDAY)
        made.register_item(OTHER, at=MONDAY)
        assert made.state == "clear"
        with refuses(NoSuchItem):
            made.register_item(ENTRY, at=MONDAY)


class TestInformation:
    def test_step_form_tells_who_has_the_case(self):
        """第二十条, 第二十一条."""
        form = StepForm.blank(ENTRY)
        form.issue(CASE, Level.township, "T-1", MONDAY.date(), at=MONDAY)
        [event] = form.taken()
        assert isinstance(event, StepFormIssued)
        assert (form.case, form.state) == (CASE, "issued")

    def test_form_about_a_day_that_is_over_tells_nothing(self):
        """第二十一条."""
        with refuses(FormOfThePast):
            StepForm.blank(ENTRY).issue(CASE, Level.township, "T-1", date(2025, 8, 31), at=MONDAY)

    def test_higher_level_registers_without_any_form(self):
        """第二十条, 第二十二条: nothing about a form can be asked, for registration knows no form and no refusal."""
        registration = Registration.blank(CASE)
        filing.register(
            registration, at=MONDAY, registration_no="XF1", petition=ENTRY, channel=Channel.visit, received_at=MONDAY,
            category=ContentCategory.housing, place="P-1", receiving_unit="CITY", person_count=1, anonymous=False,
            secrecy_requested=False, content=OTHER, content_sha256="0" * 64,
        )  # fmt: skip
        assert registration.exists

    def test_card_names_a_unit_and_neither_telephone_nor_post(self):
        """第十八条第一款."""
        card = ContactCard.blank(ENTRY)
        card.issue(CASE, "RSJ", "co-1", at=MONDAY)
        [event] = card.taken()
        assert event.body.names == ("case", "unit", "duty_officer")
        assert (card.case, card.state) == (CASE, "issued")

    def test_public_is_told(self):
        """第十八条第一款."""
        notice = Notice.blank(ENTRY)
        notice.publish(at=MONDAY, unit="XFJ", kind=NoticeKind.rights, medium=NoticeMedium.leaflet, copies=500)
        assert (notice.case, notice.state, notice.copies) == (None, "published", 500)


BOX_COMMANDS = st.lists(
    st.one_of(
        st.integers(1, 40).map(lambda n: lambda b: empty(b, str(days("2025-09-01", n)[-1]), n % 3)),
        st.sampled_from([CASE, OTHER]).map(lambda c: lambda b: b.register_item(c, at=MONDAY)),
    ),
    max_size=10,
)
DESKS = st.booleans().map(desk)
SESSION_COMMANDS = st.lists(
    st.one_of(
        st.just(lambda s: s.open(CASE, ENTRY, "XFJ", at=MONDAY)),
        DESKS.map(lambda d: lambda s: s.queue(d, "1", at=MONDAY)),
        st.sampled_from([ENTRY, OTHER]).map(lambda d: lambda s: s.serve(d, at=MONDAY)),
    ),
    max_size=8,
)


class TestReplay:
    @given(BOX_COMMANDS)
    def test_box_is_what_its_history_says(self, commands: list[Any]):
        check_replay(Box, ENTRY, [lambda b: b.register("B-1", "P-1", "RSJ", at=MONDAY), *commands])

    @given(SESSION_COMMANDS)
    def test_session_is_what_its_history_says(self, commands: list[Any]):
        check_replay(Session, OTHER, [lambda s: s.open(CASE, ENTRY, "XFJ", at=MONDAY), *commands])

    def test_the_others_are_too(self):
        check_replay(
            Desk,
            ENTRY,
            [lambda d: d.open("RSJ", "3", WORKDAYS, "09:00", "17:00", at=MONDAY), lambda d: d.close(at=MONDAY)],
        )
        check_replay(
            FieldVisit,
            ENTRY,
            [lambda v: log(v, follow_up="2025-09-20"), lambda v: v.follow_up(uuid4(), at=MONDAY)],
        )
        check_replay(DiaryEntry, ENTRY, [lambda e: write(e, "2025-09-01")])
        check_replay(FieldDay, ENTRY, [lambda d: d.hold("RSJ", "P-1", MONDAY.date(), 3, 2, at=MONDAY)])
        check_replay(StepForm, ENTRY, [lambda f: f.issue(CASE, Level.county, "C", MONDAY.date(), at=MONDAY)])
        check_replay(ContactCard, ENTRY, [lambda c: c.issue(CASE, "RSJ", "co-1", at=MONDAY)])
        facts = {"unit": "XFJ", "kind": NoticeKind.laws, "medium": NoticeMedium.hall, "copies": 1}
        check_replay(Notice, ENTRY, [lambda n: n.publish(at=MONDAY, **facts)])
