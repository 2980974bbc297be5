"""The rules by which a case gets to its unit, and may be given back within five working days."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.assignment import (
    CaseAssigned,
    CaseForwarded,
    CaseReceived,
    DeputyEnded,
    JurisdictionObjected,
    ObjectionRejected,
    ObjectionUpheld,
    OfficerAppointed,
    OfficerRelieved,
    UnitChanged,
    UnitEstablished,
)
from contracts.intake import CaseClassified
from contracts.vocabulary import ContentCategory, Forwarding, Kind, Level, ObjectionGround, Role, Route
from services.assignment.domain.assigning import (
    AlreadyWithUnit,
    Assignment,
    DueDateMissing,
    NoObjection,
    NotCompetent,
    NothingToObjectTo,
    NotTheHoldingUnit,
    ObjectionTooLate,
    RoutedElsewhere,
)
from services.assignment.domain.directory import Unit
from services.assignment.reactions import receive
from tests.rules import at, check_replay, days, refuses
from tests.units import COUNTY

CASE = UUID("00000000-0000-4000-8000-000000000002")
NOW = at("2025-09-26")
GROUND = ObjectionGround.other_unit_competent


def unit(code: str = "RSJ", *, competent: bool = True) -> Unit:
    made = Unit.blank(Unit.stream(code))
    made.establish(code, entry(name=f"单位{code}", competent=competent), at=NOW)
    made.taken()
    return made


def entry(**more: Any) -> dict[str, Any]:
    return {
        "name": "县人社局",
        "level": Level.county,
        "parent": None,
        "sector_superior": None,
        "powers": (ContentCategory.unpaid_wages,),
        "competent": True,
    } | more


def received(route: Route = Route.petition_procedure) -> Assignment:
    assignment = Assignment.blank(CASE)
    assignment.receive(
        at=NOW,
        registration_no="XF20250926-ABCDEF",
        kind=Kind.appeal_for_resolution,
        route=route,
        category=ContentCategory.unpaid_wages,
        place="P-1",
    )
    assignment.taken()
    return assignment


def handed(moment=NOW) -> Assignment:
    assignment = received()
    assignment.hand(Forwarding.forward, "RSJ", None, "XFJ", COUNTY, at=moment)
    assignment.taken()
    return assignment


def objected() -> Assignment:
    assignment = handed()
    object_(assignment, at("2025-09-28"))
    assignment.taken()
    return assignment


def object_(assignment: Assignment, moment, code: str = "RSJ") -> None:
    assignment.object(code, GROUND, uuid4(), None, "XFJ", COUNTY, at=moment)


class TestReceive:
    def test_classified_case_awaits_a_unit_once(self):
        """第二十二条."""
        assignment = Assignment.blank(CASE)
        for _ in range(2):
            receive(assignment, classification(Route.petition_procedure), NOW)
        [event] = assignment.taken()
        assert isinstance(event, CaseReceived)
        assert assignment.state == "awaiting_unit"

    def test_report_for_the_discipline_organ_is_never_seen_here(self):
        """第三十条第三款: nothing of a report may reach whom it is about."""
        assignment = Assignment.blank(CASE)
        receive(assignment, classification(Route.discipline_supervision), NOW)
        assert not assignment.exists


def classification(route: Route) -> CaseClassified:
    return CaseClassified(
        originator_id=CASE,
        originator_version=2,
        timestamp=NOW,
        registration_no="XF20250926-ABCDEF",
        kind=Kind.report_accusation if route is Route.discipline_supervision else Kind.appeal_for_resolution,
        route=route,
        category=ContentCategory.official_conduct,
        place="P-1",
    )


class TestHand:
    def test_forwarded_case_is_with_its_unit(self):
        """第二十二条第一项, 第二项: no report of the result is owed."""
        assignment = received()
        assignment.hand(Forwarding.forward, "RSJ", None, "XFJ", COUNTY, at=NOW)
        [event] = assignment.taken()
        assert isinstance(event, CaseForwarded)
        assert (assignment.unit, assignment.state, assignment.due_on) == ("RSJ", "with_unit", None)

    def test_assigned_case_has_a_date_for_the_result(self):
        """第二十二条第三项."""
        assignment = received()
        [due] = days("2025-10-31", 1)
        assignment.hand(Forwarding.assign, "RSJ", due, "XFJ", COUNTY, at=NOW)
        [event] = assignment.taken()
        assert isinstance(event, CaseAssigned)
        assert assignment.due_on == due

    @pytest.mark.parametrize("due", [None, *days("2025-09-24", 3)])
    def test_assigning_without_a_date_to_come_is_refused(self, due):
        """第二十二条第三项: «在指定办理期限内反馈结果», so today is too early."""
        with refuses(DueDateMissing):
            received().hand(Forwarding.assign, "RSJ", due, "XFJ", COUNTY, at=NOW)

    def test_tomorrow_counts_from_midnight_in_china(self):
        """第二十二条第三项: at 16:30 UTC the next day has begun."""
        [tomorrow] = days("2025-09-27", 1)
        received().hand(Forwarding.assign, "RSJ", tomorrow, "XFJ", COUNTY, at=at("2025-09-26", "23:59"))
        with refuses(DueDateMissing):
            received().hand(Forwarding.assign, "RSJ", tomorrow, "XFJ", COUNTY, at=at("2025-09-27", "00:00"))

    def test_case_that_a_unit_has_is_not_handed_on(self):
        """第二十二条: it changes hands by objection only."""
        with refuses(AlreadyWithUnit):
            handed().hand(Forwarding.forward, "JYJ", None, "XFJ", COUNTY, at=NOW)

    def test_case_under_objection_is_not_handed_on(self):
        """第二十三条第三款: first the sender verifies."""
        with refuses(AlreadyWithUnit):
            objected().hand(Forwarding.forward, "JYJ", None, "XFJ", COUNTY, at=NOW)

    @pytest.mark.parametrize("mode", Forwarding)
    def test_case_for_the_courts_goes_to_no_unit(self, mode: Forwarding):
        """第二十二条第二款, 第三十一条第一项."""
        with refuses(RoutedElsewhere):
            received(Route.judicial).hand(mode, "RSJ", *days("2025-12-01", 1), "XFJ", COUNTY, at=NOW)

    @pytest.mark.parametrize("route", sorted(set(Route) - {Route.judicial, Route.discipline_supervision}))
    def test_every_other_route_goes_to_a_unit(self, route: Route):
        """第三十一条第二项至第六项: also what is led into another procedure is led there by a unit."""
        assignment = received(route)
        assignment.hand(Forwarding.forward, "RSJ", None, "XFJ", COUNTY, at=NOW)
        assert assignment.unit == "RSJ"

    def test_village_committee_gets_no_case(self):
        """第二十二条, 第三十二条: it issues no opinion."""
        with refuses(NotCompetent):
            received().hand(Forwarding.forward, "CWH", None, "XFJ", COUNTY, at=NOW)


class TestObject:
    def test_objection_in_time_is_on_record(self):
        """第二十三条第三款."""
        assignment = handed()
        object_(assignment, at("2025-09-28"))
        [event] = assignment.taken()
        assert isinstance(event, JurisdictionObjected)
        assert (assignment.state, assignment.objections, assignment.unit) == ("objected", 1, "RSJ")

    @pytest.mark.parametrize(
        ("received_on", "fifth", "sixth"),
        [
            ("2025-09-01", "2025-09-08", "2025-09-09"),  # one weekend in between
            ("2025-09-26", "2025-10-10", "2025-10-11"),  # 28 September and 11 October are made up for, 1–8 October off
            ("2025-09-30", "2025-10-14", "2025-10-15"),  # the eve of National Day; Saturday 11 October counts
            ("2026-02-13", "2026-02-27", "2026-02-28"),  # Saturdays 14 and 28 February are worked, 15–23 are off
            ("2025-09-27", "2025-10-10", "2025-10-11"),  # received on a Saturday: counting starts on Sunday 28
        ],
    )
    def test_fifth_working_day_is_in_time_and_the_sixth_is_not(self, received_on: str, fifth: str, sixth: str):
        """第二十三条第三款: «自收到之日起5个工作日内»; the day of receipt is not counted."""
        object_(handed(at(received_on)), at(fifth, "23:59"))
        with refuses(ObjectionTooLate):
            object_(handed(at(received_on)), at(sixth, "00:00"))

    @pytest.mark.parametrize("on", days("2025-10-01", 8))
    def test_holidays_do_not_use_up_the_time(self, on):
        """第二十三条第三款: none of the eight days of National Day 2025 is a working day."""
        assignment = handed(at("2025-09-26"))
        object_(assignment, at(str(on)))
        [event] = assignment.taken()
        assert isinstance(event, JurisdictionObjected)

    def test_late_unit_keeps_the_case(self):
        """第二十三条第三款."""
        assignment = handed()
        with refuses(ObjectionTooLate):
            object_(assignment, at("2025-12-01"))
        assert (assignment.unit, assignment.state) == ("RSJ", "with_unit")

    def test_other_unit_may_not_object(self):
        """第二十三条第三款: only who received it."""
        with refuses(NotTheHoldingUnit):
            object_(handed(), NOW, "JYJ")

    def test_nobody_objects_to_a_case_that_nobody_has(self):
        """第二十三条第三款."""
        with refuses(NothingToObjectTo):
            object_(received(), NOW)

    def test_second_objection_waits_for_the_first(self):
        """第二十三条第三款: the sender verifies one at a time."""
        with refuses(NothingToObjectTo):
            object_(objected(), at("2025-09-29"))


class TestDecide:
    def test_upheld_objection_takes_the_case_back(self):
        """第二十三条第三款: «核实同意后，交还相关材料»."""
        assignment = objected()
        assignment.decide("XFJ", COUNTY, upheld=True, at=at("2025-09-29"))
        [event] = assignment.taken()
        assert isinstance(event, ObjectionUpheld)
        assert event.unit == "RSJ"
        assert (assignment.state, assignment.unit, assignment.due_on) == ("awaiting_unit", None, None)

    def test_case_taken_back_goes_to_a_second_unit_with_time_of_its_own(self):
        """第二十三条第三款: its five working days begin when it receives the case."""
        assignment = objected()
        assignment.decide("XFJ", COUNTY, upheld=True, at=at("2025-11-03"))
        assignment.hand(Forwarding.forward, "JYJ", None, "XFJ", COUNTY, at=at("2025-11-03"))
        with refuses(NotTheHoldingUnit):
            object_(assignment, at("2025-11-04"))
        object_(assignment, at("2025-11-10"), "JYJ")
        assert assignment.objections == 2

    def test_date_that_was_set_for_the_first_unit_binds_no_other(self):
        """第二十二条第三项, 第二十三条第三款."""
        assignment = received()
        assignment.hand(Forwarding.assign, "RSJ", *days("2025-10-31", 1), "XFJ", COUNTY, at=NOW)
        object_(assignment, at("2025-09-28"))
        assignment.decide("XFJ", COUNTY, upheld=True, at=at("2025-09-29"))
        assignment.hand(Forwarding.forward, "JYJ", None, "XFJ", COUNTY, at=at("2025-09-29"))
        assert (assignment.unit, assignment.due_on) == ("JYJ", None)

    def test_rejected_objection_leaves_the_case_where_it_is(self):
        """第二十三条第三款."""
        assignment = objected()
        assignment.decide("XFJ", COUNTY, upheld=False, at=at("2025-09-29"))
        [event] = assignment.taken()
        assert isinstance(event, ObjectionRejected)
        assert (assignment.state, assignment.unit) == ("with_unit", "RSJ")

    @pytest.mark.parametrize("upheld", [True, False])
    def test_there_is_nothing_to_decide_without_an_objection(self, upheld: bool):
        """第二十三条第三款."""
        for assignment in (received(), handed()):
            with refuses(NoObjection):
                assignment.decide("XFJ", COUNTY, upheld=upheld, at=NOW)

    def test_decision_is_made_once(self):
        """第二十三条第三款."""
        assignment = objected()
        assignment.decide("XFJ", COUNTY, upheld=False, at=NOW)
        with refuses(NoObjection):
            assignment.decide("XFJ", COUNTY, upheld=True, at=NOW)


class TestUnit:
    def test_unit_enters_the_directory(self):
        """第五条第三项: by level, territorial line and sector."""
        made = Unit.blank(Unit.stream("RSJ"))
        made.establish("RSJ", entry(), at=NOW)
        [event] = made.taken()
        assert isinstance(event, UnitEstablished)
        assert (made.code, made.case) == ("RSJ", None)

    def test_same_entry_again_is_no_event(self):
        made = unit()
        made.establish("RSJ", entry(name="单位RSJ"), at=NOW)
        assert not made.taken()

    def test_changed_entry_is_an_event(self):
        made = unit()
        made.establish("RSJ", entry(name="县人力资源和社会保障局"), at=NOW)
        [event] = made.taken()
        assert isinstance(event, UnitChanged)
        assert made.name == "县人力资源和社会保障局"

    def test_officer_is_appointed_once_and_relieved_once(self):
        """第十四条."""
        made = unit()
        for _ in range(2):
            made.appoint("co-1", [Role.case_officer], at=NOW)
        [event] = made.taken()
        assert isinstance(event, OfficerAppointed)
        for _ in range(2):
            made.relieve("co-1", at=NOW)
        [event] = made.taken()
        assert isinstance(event, OfficerRelieved)
        assert made.officers == {}

    def test_officers_come_and_go_each_alone(self):
        """第十四条."""
        made = unit()
        for officer in ("co-1", "co-2", "co-3"):
            made.appoint(officer, [Role.case_officer], at=NOW)
        made.relieve("co-2", at=NOW)
        assert list(made.officers) == ["co-1", "co-3"]

    def test_who_is_relieved_stands_in_for_nobody_and_nobody_for_them(self):
        """第十四条."""
        made = unit()
        for officer in ("h-1", "c-1", "c-2", "c-3"):
            made.appoint(officer, [Role.case_officer], at=NOW)
        for officer, deputy in (("h-1", "c-1"), ("c-1", "c-2"), ("c-3", "c-2")):
            made.name_deputy(officer, deputy, NOW.date(), NOW.date(), at=NOW)
        made.taken()
        made.relieve("c-1", at=NOW)
        *ended, _ = events = made.taken()
        assert [type(event) for event in events] == [DeputyEnded, DeputyEnded, OfficerRelieved]
        assert [event.officer for event in ended] == ["h-1", "c-1"]
        assert made.entry.deputies.keys() == {"c-3"}
        made.appoint("c-1", [Role.case_officer], at=NOW)
        assert made.entry.deputies.keys() == {"c-3"}, "an old deputy comes back with nobody"

    def test_who_has_a_role_anew_has_it_from_then_on(self):
        """个人信息保护法 第五十一条."""
        made = unit()
        made.appoint("c-1", [Role.case_officer, Role.unit_head], at=NOW)
        made.appoint("c-1", [Role.case_officer, Role.unit_receiver], at=NOW)
        assert made.entry.officers["c-1"].since == {Role.case_officer: 2, Role.unit_receiver: 3}
        made.relieve("c-1", at=NOW)
        made.appoint("c-1", [Role.case_officer], at=NOW)
        assert made.entry.officers["c-1"].since == {Role.case_officer: 5}

    def test_other_roles_are_another_appointment(self):
        """第十四条."""
        made = unit()
        made.appoint("co-1", [Role.case_officer], at=NOW)
        made.appoint("co-1", [Role.case_officer, Role.unit_receiver], at=NOW)
        assert len(made.taken()) == 2


CODES = st.sampled_from(["RSJ", "JYJ", "CWH"])
MOMENTS = st.integers(0, 30).map(lambda n: at(str(days("2025-09-26", 31)[n])))
COMMANDS = st.lists(
    st.one_of(
        st.builds(
            lambda code, mode, due, now: lambda a: a.hand(mode, code, due, "XFJ", COUNTY, at=now),
            CODES, st.sampled_from(Forwarding), st.none() | st.sampled_from(days("2025-09-20", 30)), MOMENTS,
        ),
        st.builds(lambda code, now: lambda a: object_(a, now, code), CODES, MOMENTS),
        st.builds(lambda upheld, now: lambda a: a.decide("XFJ", COUNTY, upheld=upheld, at=now), st.booleans(), MOMENTS),
    ),
    max_size=15,
)  # fmt: skip
UNIT_COMMANDS = st.lists(
    st.one_of(
        st.builds(
            lambda name, competent: lambda u: u.establish("RSJ", entry(name=name, competent=competent), at=NOW),
            st.sampled_from(["甲", "乙"]), st.booleans(),
        ),
        st.builds(
            lambda who, roles: lambda u: u.appoint(who, roles, at=NOW),
            st.sampled_from(["a", "b"]), st.lists(st.sampled_from(Role), min_size=1, max_size=2),
        ),
        st.builds(lambda who: lambda u: u.relieve(who, at=NOW), st.sampled_from(["a", "b"])),
        st.builds(
            lambda who: lambda u: u.name_deputy(*who, NOW.date(), NOW.date(), at=NOW), st.permutations(["a", "b"])
        ),
    ),
    max_size=15,
)  # fmt: skip


class TestReplay:
    @given(st.sampled_from([Route.petition_procedure, Route.judicial]), COMMANDS)
    def test_any_prefix_of_history_is_the_state_it_then_was(self, route, commands):
        def first(assignment: Assignment) -> None:
            receive(assignment, classification(route), NOW)

        check_replay(Assignment, CASE, [first, *commands])

    @given(UNIT_COMMANDS)
    def test_any_prefix_of_a_units_history_too(self, commands):
        first = [lambda u: u.establish("RSJ", entry(), at=NOW)]
        check_replay(Unit, Unit.stream("RSJ"), [*first, *commands])
