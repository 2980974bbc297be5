"""第三十条第二款: whoever manages cadres is told of whom a case complains: by whom, until when, and what nobody learns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.event import Event, typed_before
from contracts.intake import CaseWithdrawn, PersonnelDepartmentTold, PersonnelNoticeDue
from contracts.vocabulary import ClockOutcome, ContentCategory, Kind, Level, Role, Route, UnitKind
from services.accountability.clocks.clock import Clock
from services.chassis.directory import NoSuchBody
from services.chassis.recusal import OthersKeepOut
from services.intake.domain import classification, detaching, filing, grouping, personnel, track, urgency
from services.intake.domain.guards import NotHappenedYet, NotOpen, TooEarly
from services.intake.domain.personnel import (
    NoCadreComplainedOf,
    NotAPartyCommittee,
    NotTheirsToTell,
    NotThePersonnelDepartment,
)
from services.intake.domain.registration import Registration
from tests.intake.filed import NOW, facts, first
from tests.law.test_r34_waiting import World
from tests.lifecycle.world import receipt_of
from tests.rules import called, refuses, stored
from tests.units import county, entry, staff

WAGES = ContentCategory.unpaid_wages
APPEAL = (Kind.appeal_for_resolution, Route.petition_procedure)
REPORT = (Kind.report_accusation, Route.discipline_supervision)
PLACE = county(
    entry("SW", Level.city, None, kind=UnitKind.party_committee, competent=False),
    entry("XW", Level.county, "SW", kind=UnitKind.party_committee, competent=False, officers=staff(shuji=Role.unit_head)),
    entry("SXFJ", Level.city, "SW", kind=UnitKind.petition_bureau, competent=False),
    entry("XFJ", Level.county, "XW", kind=UnitKind.petition_bureau, competent=False, officers=staff(ju=Role.unit_head)),
    entry("ZZB", Level.county, "XW", kind=UnitKind.department, name="县委组织部", officers=staff(bu=Role.unit_head)),
    entry("SZZB", Level.city, "SW", kind=UnitKind.department),
    entry("RSJ", kind=UnitKind.department, name="县人社局", officers=staff(hh=Role.unit_head, h_2=Role.case_officer)),
    entry("JYJ", kind=UnitKind.department, officers=staff(jy=Role.unit_head)),
)  # fmt: skip
DAY = date(2025, 9, 8)
"""Five working days after the case was told apart."""


def filed(**more: Any) -> Registration:
    """Return a case with the entry by which it was registered: the ledger has to hear of that."""
    made = Registration.blank(uuid4())
    filing.register(made, at=NOW, **first(**more))
    return made


def complaint(*persons: str, to: tuple[Kind, Route] = APPEAL, units: tuple[str, ...] = (), **more: Any) -> Registration:
    made = filed(**more)
    classification.classify(
        made, *to, WAGES, PLACE, at=NOW, unit="XFJ", accused_units=units, accused_persons=persons
    )  # fmt: skip
    return made


def tell(r: Registration, organ: str = "ZZB", *, unit: str = "XFJ", told_at=NOW, at=NOW, **more: Any) -> Registration:
    if (committee := more.get("committee")) is not None:
        more["committee"] = called(committee, PLACE)
    personnel.tell(r, called(organ, PLACE), typed_before("信通〔2025〕1号"), told_at, unit, PLACE, at=at, **more)
    return r


def due(r: Registration) -> list[tuple[str, ...]]:
    return [event.persons for event in r.pending_events if isinstance(event, PersonnelNoticeDue)]


def the_telling(r: Registration) -> PersonnelDepartmentTold:
    [event] = [event for event in r.pending_events if isinstance(event, PersonnelDepartmentTold)]
    return event


def heard(world: World, *them: Registration) -> None:
    """Let the ledger hear what was put on record in some cases; of what lies apart, what is told under its receipt."""
    for event in sorted((told for r in them for told in outside(r)), key=lambda one: one.timestamp):
        world.enter(stored(event), event.originator_id, "XFJ")


def outside(r: Registration) -> Iterator[Event]:
    for event in r.pending_events:
        told = event.told_outside(receipt_of(r.id)) if r.lies_apart(event.originator_version) else event
        if told is not None:
            yield told


def owed(*them: Registration) -> list[Clock]:
    """Return the duties to tell that come of it."""
    world = World(PLACE)
    heard(world, *them)
    return [clock for clock in world.all() if clock.code == "D56"]


def standing(*them: Registration) -> list[tuple[str | None, date | None]]:
    return [(clock.holder, clock.due_on) for clock in owed(*them) if clock.open]


class TestWhoOwesIt:
    def test_bureau_that_passes_the_case_on_within_five_working_days(self):
        """党委和政府信访部门应当……向组织（人事）部门通报反映干部问题的信访情况."""
        assert standing(complaint("hh")) == [("XFJ", DAY)]

    def test_ordinary_case_has_no_entry_more(self):
        made = complaint(units=("RSJ",))
        assert due(made) == []
        assert owed(made) == []

    def test_bureau_above_where_the_bureau_itself_is_complained_of(self):
        """第二十八条第三款."""
        assert standing(complaint("ju")) == [("SXFJ", DAY)]

    def test_so_it_is_where_that_becomes_known_later(self):
        made = complaint("hh")
        classification.name_accused(made, (), ("ju",), PLACE, at=NOW)
        assert standing(made) == [("SXFJ", DAY)]

    def test_unit_to_which_it_was_brought_is_no_petition_bureau(self):
        made = filed(receiving_unit="JYJ", direct=True)
        classification.classify(made, *APPEAL, WAGES, PLACE, at=NOW, unit="JYJ", accused_persons=("hh",))
        assert owed(made) == []

    def test_of_a_report_the_organ_that_has_it_and_nobody_before(self):
        """第三款: the bureau speaks to nobody of what is sealed."""
        made = complaint("hh", to=REPORT)
        assert owed(made) == []
        track.open_track(made, "JW", "密〔2025〕1号", PLACE, at=NOW)
        assert standing(made) == [("JW", DAY)]

    def test_who_is_named_later_begins_it_and_nobody_named_again_does(self):
        made = complaint()
        assert owed(made) == []
        later = NOW + timedelta(7)
        classification.name_accused(made, (), ("hh",), PLACE, at=later)
        classification.name_accused(made, (), ("hh",), PLACE, at=later + timedelta(1))
        assert (due(made), standing(made)) == ([("hh",)], [("XFJ", date(2025, 9, 15))])

    def test_one_more_cadre_moves_no_day_and_is_told_of_too(self):
        made = complaint("hh")
        classification.name_accused(made, (), ("jy",), PLACE, at=NOW + timedelta(2))
        assert standing(made) == [("XFJ", DAY)]
        assert not tell_at(made, persons=("hh",))
        assert tell_at(made, persons=("jy",))
        assert standing(made) == []

    def test_what_turns_out_to_be_a_report_is_left_to_the_organ(self):
        made = complaint("hh")
        classification.correct(made, *REPORT, WAGES, uuid4(), PLACE, at=NOW, unit="XFJ")
        assert standing(made) == []
        track.open_track(made, "JW", "密〔2025〕1号", PLACE, at=NOW + timedelta(1))
        assert standing(made) == [("JW", date(2025, 9, 9))]

    def test_what_turns_out_to_be_none_is_the_bureaus(self):
        made = complaint("hh", to=REPORT)
        classification.correct(made, *APPEAL, WAGES, uuid4(), PLACE, at=NOW, unit="XFJ")
        assert standing(made) == [("XFJ", DAY)]


def tell_at(r: Registration, **more: Any) -> bool:
    """Tell on the day after the next, and say whether all is told by that."""
    later = NOW + timedelta(2)
    tell(r, told_at=later, at=later, **more)
    return personnel.all_told(r)


class TestWhatEndsIt:
    def test_letter_to_the_department_that_manages_the_cadre(self):
        made = tell(complaint("hh"))
        [clock] = owed(made)
        assert clock.outcome is ClockOutcome.met
        said = the_telling(made)
        assert (said.organ, said.persons, said.complete) == ("ZZB", ("hh",), True)

    def test_missed_it_is_a_breach_of_the_bureau(self):
        made, world = complaint("hh"), World(PLACE)
        heard(world, made)
        world.passes("2025-09-09")
        [breach] = [breach for breach in world.cases[made.id].breaches if breach.code == "D56"]
        assert breach.holder == "XFJ"

    @pytest.mark.parametrize("organ", ["RSJ", "ＲＳＪ", "rsj", "县人社局", " 县 人社局"])
    def test_accused_are_told_nothing_however_their_name_is_typed(self, organ: str):
        """第三款: 不得……透露或者转给被检举、揭发的人员或者单位."""
        with refuses(OthersKeepOut):
            tell(complaint("hh", units=("RSJ",)), organ)

    @pytest.mark.parametrize("organ", ["hh", "ＨＨ"])
    def test_nobody_is_told_who_is_no_body(self, organ: str):
        with refuses(NoSuchBody):
            tell(complaint("hh"), organ)

    def test_department_that_is_in_no_directory_is_named(self):
        said = the_telling(tell(complaint("hh"), "省委组织部"))
        assert (said.organ, said.organ_words) == (None, typed_before("省委组织部"))

    @pytest.mark.parametrize("organ", ["ZZB", "县委组织部", "SZZB", "XW", "XZF"])
    def test_it_goes_by_the_authority_over_cadres(self, organ: str):
        """按照干部管理权限."""
        assert personnel.all_told(tell(complaint("hh"), organ))

    @pytest.mark.parametrize("organ", ["JYJ", "XFJ", "FY", "SSWJ"])
    def test_to_nobody_else(self, organ: str):
        with refuses(NotThePersonnelDepartment):
            tell(complaint("hh"), organ)

    def test_party_secretary_is_no_cadre_of_his_own_department(self):
        """第二十八条第三款: the bureau passes on what complains of those above it, and tells those above them."""
        made = complaint("shuji")
        assert standing(made) == [("XFJ", DAY)]
        with refuses(OthersKeepOut):
            tell(made, "ZZB")
        assert personnel.all_told(tell(made, "SZZB"))

    def test_it_does_not_end_with_the_case_and_not_by_a_withdrawal(self):
        made = complaint("hh")
        made.record(CaseWithdrawn, at=NOW, document=uuid4())
        assert standing(made) == [("XFJ", DAY)]
        assert personnel.all_told(tell(made))

    def test_no_case_is_told_of_that_complains_of_no_cadre(self):
        for made, persons in ((complaint(units=("RSJ",)), ()), (complaint("hh"), ("jy",))):
            with refuses(NoCadreComplainedOf):
                tell(made, persons=persons)

    def test_day_lies_between_the_receipt_and_now(self):
        with refuses(NotHappenedYet):
            tell(complaint("hh"), told_at=NOW + timedelta(hours=1))
        with refuses(TooEarly):
            tell(complaint("hh"), told_at=NOW - timedelta(days=1))


class TestWhatNobodyLearns:
    """第三款: 不得将……有关情况透露或者转给被检举、揭发的人员或者单位."""

    @pytest.mark.parametrize("organ", ["RSJ", "县人社局", "OFFICE"])
    def test_accused_unit_and_who_stands_under_it_are_told_nothing(self, organ: str):
        with refuses(OthersKeepOut):
            tell(complaint("hh"), organ)

    def test_personnel_department_that_is_complained_of_itself_is_passed_over(self):
        made = complaint("bu")
        with refuses(OthersKeepOut):
            tell(made, "县委组织部")
        assert personnel.all_told(tell(made, "SZZB"))

    def test_letter_says_nothing_of_who_petitions_and_the_entry_neither(self):
        assert {*PersonnelDepartmentTold.body.names} == {
            "organ", "persons", "letter_no", "told_at", "committee", "complete", "organ_words", "committee_words",
        }  # fmt: skip

    @pytest.mark.parametrize("unit", ["JYJ", "SXFJ", "JW"])
    def test_nobody_else_tells(self, unit: str):
        with refuses(NotTheirsToTell):
            tell(complaint("hh"), unit=unit)

    def test_bureau_tells_of_no_report(self):
        made = complaint("hh", to=REPORT)
        for unit in ("XFJ", "JW"):
            with refuses(NotTheirsToTell):
                tell(made, unit=unit)
        track.open_track(made, "JW", "密〔2025〕1号", PLACE, at=NOW)
        with refuses(NotTheirsToTell):
            tell(made)
        assert personnel.all_told(tell(made, unit="JW"))


class TestGraveMatters:
    """重大情况向党委主要负责同志和分管组织（人事）工作的负责同志报送."""

    def test_leaders_are_told_as_well(self):
        made = complaint("hh")
        urgency.note_urgency(made, NOW, at=NOW)
        assert not personnel.all_told(tell(made))
        assert standing(made) == [("XFJ", DAY)]
        assert personnel.all_told(tell(made, committee="XW"))
        assert standing(made) == []

    def test_it_is_owed_anew_where_that_is_noted_later(self):
        made = tell(complaint("hh"))
        urgency.note_urgency(made, NOW + timedelta(7), at=NOW + timedelta(7))
        assert standing(made) == [("XFJ", date(2025, 9, 15))]

    def test_they_are_a_party_committees(self):
        with refuses(NotAPartyCommittee):
            tell(complaint("hh"), committee="XZF")

    def test_and_none_that_is_complained_of(self):
        with refuses(OthersKeepOut):
            tell(complaint("shuji"), "SZZB", committee="XW")


def joined(case: Registration, into: Registration) -> Registration:
    grouping.merge_into(case, into, at=NOW + timedelta(3))
    return into


def parts(r: Registration) -> list[Registration]:
    own = ("registration_no", "petition", "category", "place", "content", "content_sha256")
    children = [
        (Registration.blank(uuid4()), {name: value for name, value in first().items() if name in own}) for _ in range(2)
    ]
    grouping.split_into(r, children, at=NOW + timedelta(3))
    return [child for child, _ in children]


class TestJoinedAndDivided:
    """Owed once of each cadre, to the same day, wherever the case goes."""

    def test_case_that_goes_on_owes_it_to_the_earlier_day(self):
        case, into = complaint("hh"), complaint()
        joined(case, into)
        assert standing(case, into) == [("XFJ", DAY)]
        assert personnel.all_told(tell_later(into))
        assert standing(case, into) == []

    def test_what_was_told_is_not_owed_again(self):
        case, into = tell(complaint("hh")), tell(complaint("jy"))
        joined(case, into)
        assert standing(case, into) == []
        assert personnel.all_told(into)

    def test_what_nobody_had_told_apart_begins_with_the_merger(self):
        case, into = filed(), complaint()
        classification.name_accused(case, (), ("hh",), PLACE, at=NOW)
        joined(case, into)
        assert standing(case, into) == [("XFJ", date(2025, 9, 11))]

    @pytest.mark.parametrize("told_of", ["case", "into"])
    def test_of_whom_was_told_in_one_of_two_cases_is_not_told_again(self, told_of: str):
        case, into = complaint("hh"), complaint("hh")
        tell({"case": case, "into": into}[told_of])
        joined(case, into)
        assert personnel.all_told(into)
        assert standing(case, into) == []

    def test_who_is_complained_of_in_the_other_alone_is_still_to_be_told_of(self):
        case, into = complaint("jy"), complaint("hh")
        tell(into)
        joined(case, into)
        assert not personnel.all_told(into)
        assert standing(case, into) == [("XFJ", DAY)]

    def test_each_part_of_a_letter_owes_it_to_the_same_day(self):
        case = complaint("hh")
        children = parts(case)
        assert standing(case, *children) == [("XFJ", DAY)] * 2
        for child in children:
            classification.classify(child, *APPEAL, WAGES, PLACE, at=NOW + timedelta(4), unit="XFJ")
        assert standing(case, *children) == [("XFJ", DAY)] * 2

    def test_part_that_is_a_report_is_the_organs(self):
        case = complaint("hh")
        one, other = parts(case)
        classification.classify(one, *REPORT, WAGES, PLACE, at=NOW + timedelta(4), unit="XFJ")
        assert standing(case, one, other) == [("XFJ", DAY)]
        track.open_track(one, "JW", "密〔2025〕1号", PLACE, at=NOW + timedelta(4))
        assert standing(case, one, other) == [("XFJ", DAY), ("JW", date(2025, 9, 12))]

    def test_what_was_told_before_is_told_of_the_parts(self):
        case = tell(complaint("hh"))
        children = parts(case)
        for child in children:
            classification.classify(child, *APPEAL, WAGES, PLACE, at=NOW + timedelta(4), unit="XFJ")
        assert standing(case, *children) == []

    def test_what_had_joined_the_wrong_case_owes_what_was_not_told(self):
        for before, owing in ((tell(complaint("hh")), []), (complaint("hh"), [("hh",)])):
            one = filed()
            classification.accuse(one, ("RSJ",), ("hh",), at=NOW)
            personnel.know_told(one, before, at=NOW)
            one.taken()
            classification.classify(one, *APPEAL, WAGES, PLACE, at=NOW, unit="XFJ")
            assert due(one) == owing

    @pytest.mark.parametrize("told_in", ["case", "into"])
    def test_leaders_who_were_told_in_one_of_two_cases_are_not_told_again(self, told_in: str):
        """第二款 重大情况, whether the other one was grave or not, complains of the same cadre or of another one."""
        for persons in ("hh", "jy"):
            case, into = grave("hh", committee="XW"), tell(complaint(persons))
            if told_in == "into":
                case, into = into, case
            joined(case, into)
            assert personnel.all_told(into)
            assert standing(case, into) == []

    @pytest.mark.parametrize("told_in", ["case", "into"])
    def test_leaders_who_were_told_of_one_of_two_grave_matters_are_still_told_of_the_other(self, told_in: str):
        case, into = grave("hh", committee="XW"), grave("jy")
        if told_in == "into":
            case, into = into, case
        joined(case, into)
        assert not personnel.all_told(into)
        assert standing(case, into) == [("XFJ", DAY)]
        assert not personnel.all_told(tell_later(into))
        assert personnel.all_told(tell_later(into, committee="XW"))
        assert standing(case, into) == []

    def test_leaders_who_were_told_know_of_each_part(self):
        case = grave("hh", committee="XW")
        children = parts(case)
        for child in children:
            classification.classify(child, *APPEAL, WAGES, PLACE, at=NOW + timedelta(4), unit="XFJ")
            assert personnel.all_told(child)
        assert standing(case, *children) == []

    @pytest.mark.parametrize("grave_since", [NOW, NOW - timedelta(1)])
    def test_what_had_joined_the_wrong_case_knows_it_of_what_was_grave_in_both(self, grave_since: datetime):
        """第二十五条: what was known before its letter came was about the other matter, and the leaders too."""
        case = complaint("hh", received_at=NOW - timedelta(2))
        urgency.note_urgency(case, grave_since, at=NOW)
        tell(case, committee="XW")
        filing.attach(case, at=NOW, **facts())
        one, [*_, petition] = Registration.blank(uuid4()), case.petitions
        detaching.detach(case, case, one, petition, uuid4(), PLACE, at=NOW)
        classification.classify(one, *APPEAL, WAGES, PLACE, at=NOW, unit="XFJ")
        assert personnel.all_told(one)
        if one.urgent_since is None:
            urgency.note_urgency(one, NOW, at=NOW)
        assert personnel.all_told(one) is (grave_since == NOW)

    def test_nothing_is_told_in_the_case_that_is_no_more(self):
        case = complaint("hh")
        joined(case, complaint())
        with refuses(NotOpen):
            tell(case)


def tell_later(r: Registration, **more: Any) -> Registration:
    later = NOW + timedelta(4)
    return tell(r, told_at=later, at=later, **more)


def grave(*persons: str, committee: str | None = None) -> Registration:
    """Return a grave case of which the department was told, and the leaders of a committee, if one is named."""
    made = complaint(*persons)
    urgency.note_urgency(made, NOW, at=NOW)
    return tell(made, committee=committee)


def test_checker_sees_that_a_merger_forgets_it(monkeypatch: pytest.MonkeyPatch):
    """Mutant: nothing of it is carried over."""
    monkeypatch.setattr(personnel, "carry_over", lambda *_, **__: None)
    told = TestJoinedAndDivided()
    with pytest.raises(AssertionError):
        told.test_what_nobody_had_told_apart_begins_with_the_merger()
    with pytest.raises(AssertionError):
        told.test_what_was_told_before_is_told_of_the_parts()


def test_checker_sees_leaders_who_are_told_twice_or_never(monkeypatch: pytest.MonkeyPatch):
    """Mutants: a merger forgets that they were told, or takes one grave matter for both."""
    told = TestJoinedAndDivided()
    for known, test in (
        (False, told.test_leaders_who_were_told_in_one_of_two_cases_are_not_told_again),
        (True, told.test_leaders_who_were_told_of_one_of_two_grave_matters_are_still_told_of_the_other),
    ):
        monkeypatch.setattr(personnel, "leaders_know", lambda *_, known=known: known)
        with pytest.raises(AssertionError):
            test("case")
