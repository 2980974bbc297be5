"""第二十五条: who is told of an urgent matter, and from when it counts as reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.accountability import FactConfirmed
from contracts.envelope import Record
from contracts.ids import fact_of
from contracts.intake import UrgentMatterNoted, UrgentMatterReported
from contracts.vocabulary import ClockOutcome, Confirmation, ContentCategory, Level, Role, UnitKind, UrgentStage
from services.accountability.clocks.keeper import Keeper
from services.chassis.directory import Directory
from services.chassis.recusal import OthersKeepOut
from services.intake.domain import classification, grouping, urgency
from services.intake.domain.guards import TooEarly
from services.intake.domain.registration import Registration
from services.intake.domain.urgency import UrgencyAlreadyNoted, UrgentReportOutOfTurn
from tests.intake.filed import NOW, first, registered
from tests.law.test_r34_waiting import World
from tests.rules import at, refuses
from tests.units import county, entry, staff

ABOVE = county(
    entry("SXFJ", Level.city, None, kind=UnitKind.petition_bureau, competent=False),
    entry("GJXFJ", Level.national, None, kind=UnitKind.petition_bureau, competent=False),
)
EVERYBODY = ("XW", "XZF", "LXH", "RSJ", "SXFJ", "GJXFJ")


def told(*recipients: str, unit: str = "XFJ", directory: Directory = ABOVE, **more) -> Registration:
    made = registered(**more)
    urgency.note_urgency(made, NOW, at=NOW)
    return tell(made, *recipients, unit=unit, directory=directory)


def tell(
    r: Registration, *recipients: str, stage: UrgentStage = UrgentStage.first, unit: str = "XFJ",
    directory: Directory = ABOVE,
) -> Registration:  # fmt: skip
    urgency.report_urgency(r, stage, NOW, recipients, uuid4(), unit, directory, at=NOW)
    return r


def test_party_committee_government_conference_departments_and_the_bureaus_above():
    """应当及时报告本级党委和政府，通报相关主管部门和本级联席会议办公室；地方信访部门应当向上一级信访部门报告，同时报告国家信访局。"""
    assert told(*EVERYBODY).urgent_reported


@pytest.mark.parametrize("missing", EVERYBODY)
def test_it_is_not_reported_as_long_as_one_of_them_does_not_know(missing: str):
    case = told(*(one for one in EVERYBODY if one != missing))
    assert not case.urgent_reported
    with pytest.raises(UrgentReportOutOfTurn, match=missing):
        tell(case, *EVERYBODY, stage=UrgentStage.follow_up)
    assert tell(case, missing).urgent_reported
    with refuses(UrgentReportOutOfTurn):
        tell(case, missing)


def test_department_alone_is_nobody_above():
    assert not told("RSJ").urgent_reported


def test_another_unit_than_a_bureau_tells_its_own_level():
    assert told("XW", "XZF", "LXH", "RSJ", unit="RSJ").urgent_reported


def test_competent_department_need_not_tell_itself():
    """通报相关主管部门: where it is the one that reports, it knows."""
    assert told("XW", "XZF", "LXH", unit="RSJ").urgent_reported
    assert not told("XW", "XZF", "LXH", unit="ZJJ").urgent_reported


def test_township_tells_the_nearest_level_that_has_them():
    """本级党委和政府: who has none of its own in the directory tells those above it."""
    assert told("XW", "XZF", "LXH", "RSJ", unit="ZF").urgent_reported
    assert not told("XW", "XZF", "RSJ", unit="ZF").urgent_reported


def test_its_own_committee_where_it_has_one():
    own = county(entry("ZDW", Level.township, "XW", kind=UnitKind.party_committee, competent=False))
    assert told("ZDW", "XZF", "LXH", "RSJ", unit="ZF", directory=own).urgent_reported
    assert not told("XW", "XZF", "LXH", "RSJ", unit="ZF", directory=own).urgent_reported


def test_those_of_another_county_are_not_its_own():
    other = county(
        entry("XW2", Level.county, None, kind=UnitKind.party_committee, competent=False),
        entry("XZF2", Level.county, "XW2", kind=UnitKind.government, sector_superior="SZF"),
    )
    assert not told("XW2", "XZF2", "LXH", "RSJ", unit="RSJ", directory=other).urgent_reported
    assert told("XW", "XZF", "LXH", "RSJ", unit="RSJ", directory=other).urgent_reported


NEXT_COUNTY = county(
    *(ABOVE.units[code] for code in ("SXFJ", "GJXFJ")),
    entry("XW2", Level.county, None, kind=UnitKind.party_committee, competent=False),
    entry("XZF2", Level.county, "XW2", kind=UnitKind.government, sector_superior="SZF"),
    entry("RSJ2", Level.county, "XZF2", kind=UnitKind.department, powers=frozenset({ContentCategory.unpaid_wages})),
    entry("V2", Level.village, "XZF2", kind=UnitKind.village_committee, competent=False),
    entry("SRSJ", Level.city, "SZF", kind=UnitKind.department, powers=frozenset({ContentCategory.unpaid_wages})),
)


@pytest.mark.parametrize(("department", "place"), [("RSJ", "P-1"), ("SRSJ", "P-1"), ("RSJ2", "V2"), ("RSJ", "V2")])
def test_department_in_charge_there_or_where_it_has_happened_is_told(department: str, place: str):
    others = [one for one in EVERYBODY if one != "RSJ"]
    assert told(*others, department, directory=NEXT_COUNTY, place=place).urgent_reported


@pytest.mark.parametrize("department", ["RSJ2", "JYJ"])
def test_department_of_another_county_or_for_something_else_is_not_in_charge(department: str):
    """通报相关主管部门: the one that is in charge of this matter."""
    others = [one for one in EVERYBODY if one != "RSJ"]
    case = told(*others, department, directory=NEXT_COUNTY)
    assert not case.urgent_reported
    with pytest.raises(UrgentReportOutOfTurn, match="尚须报告：RSJ或者SRSJ"):
        tell(case, *EVERYBODY, stage=UrgentStage.follow_up, directory=NEXT_COUNTY)
    assert tell(case, "RSJ", directory=NEXT_COUNTY).urgent_reported


def test_where_nobody_has_the_power_there_is_no_department_to_tell():
    case = told("XW", "XZF", "LXH", unit="JYJ", category=ContentCategory.agriculture)
    assert case.urgent_reported


def test_whose_level_nobody_knows_has_not_told_everybody():
    assert not told(*EVERYBODY, unit="000").urgent_reported


class TestWhoThereIsNot:
    """Whom the directory does not have at any level, nobody can tell; the hour runs out on nobody for that."""

    @pytest.mark.parametrize("gone", ["XW", "LXH", "GJXFJ", "SXFJ"])
    def test_report_is_complete_without_them(self, gone: str):
        directory = Directory.of(unit for unit in ABOVE.units.values() if unit.code != gone)
        assert told(*(one for one in EVERYBODY if one != gone), directory=directory).urgent_reported

    def test_bureau_above_is_the_nearest_where_the_next_level_has_none(self):
        province = county(
            entry("PXFJ", Level.province, None, kind=UnitKind.petition_bureau, competent=False),
            entry("GJXFJ", Level.national, None, kind=UnitKind.petition_bureau, competent=False),
        )
        assert not told("XW", "XZF", "LXH", "RSJ", "GJXFJ", directory=province).urgent_reported
        assert told("XW", "XZF", "LXH", "RSJ", "GJXFJ", "PXFJ", directory=province).urgent_reported

    def test_bureaus_at_the_top_have_nobody_above(self):
        """国家信访局 itself, and a bureau right below it."""
        top = county(
            entry("PXFJ", Level.province, None, kind=UnitKind.petition_bureau, competent=False),
            entry("GJXFJ", Level.national, None, kind=UnitKind.petition_bureau, competent=False),
        )
        assert told("RSJ", unit="GJXFJ", directory=top).urgent_reported
        assert not told("RSJ", unit="PXFJ", directory=top).urgent_reported
        assert told("RSJ", "GJXFJ", unit="PXFJ", directory=top).urgent_reported


PARTS = (
    (at("2025-03-03", "10:40"), ("XW", "XZF")),
    (at("2025-03-03", "09:30"), ("LXH", "RSJ", "SXFJ")),
    (at("2025-03-03", "09:40"), ("GJXFJ",)),
)
KNOWN, ENTERED = at("2025-03-03", "09:00"), at("2025-03-03", "12:00")


def told_in_parts(parts: Any) -> list[Any]:
    """Return what was put on record of a report that was told, and entered, bit by bit."""
    made = registered(received_at=KNOWN)
    urgency.note_urgency(made, KNOWN, at=ENTERED)
    for hour, recipients in parts:
        urgency.report_urgency(made, UrgentStage.first, hour, recipients, uuid4(), "XFJ", ABOVE, at=ENTERED)
    assert made.urgent_reported
    return [event for event in made.taken() if isinstance(event, (UrgentMatterNoted, UrgentMatterReported))]


class TestToldInParts:
    """应当及时报告: each of those who have to know is told at once, and in whichever order that is entered."""

    @pytest.mark.parametrize("order", list(permutations(PARTS)))
    def test_it_counts_as_reported_since_the_last_of_them_was_told(self, order: Any):
        *before, last = told_in_parts(order)
        assert last.completed_at == at("2025-03-03", "10:40")
        assert not any(event.completed_at for event in before if isinstance(event, UrgentMatterReported))

    def test_whom_the_article_does_not_name_may_be_told_whenever(self):
        *_, last = told_in_parts(((at("2025-03-03", "09:30"), EVERYBODY[:-1]), (at("2025-03-03", "09:20"), ("GJXFJ",))))
        assert last.completed_at == at("2025-03-03", "09:30")
        parts = (
            (at("2025-03-03", "09:30"), ("XW",)), (at("2025-03-03", "11:00"), ("XW", "JYJ")),
            (at("2025-03-03", "09:10"), EVERYBODY[1:]),
        )  # fmt: skip
        *_, last = told_in_parts(parts)
        assert last.completed_at == at("2025-03-03", "09:30"), "who was told again knew before"

    @pytest.mark.parametrize("order", list(permutations(PARTS)))
    def test_part_that_was_told_too_late_is_a_breach_whatever_was_entered_last(self, order: Any):
        world = World()
        case = world.registers(KNOWN)
        for event in told_in_parts(order):
            facts = {name: getattr(event, name) for name in event.body.names}
            world.happens(case, type(event), ENTERED, **facts)
        assert world.the(case, "C15").outcome is ClockOutcome.late

    def test_hours_go_along_where_cases_are_joined(self):
        late, prompt = at("2025-03-03", "10:40"), at("2025-03-03", "09:30")
        case, into = registered(), registered()
        for one, hour in ((case, late), (into, prompt)):
            urgency.note_urgency(one, KNOWN, at=late)
            urgency.report_urgency(one, UrgentStage.first, hour, ("XW",), uuid4(), "XFJ", ABOVE, at=late)
        grouping.merge_into(case, into, at=late)
        into.taken()
        urgency.report_urgency(into, UrgentStage.first, prompt, EVERYBODY[1:], uuid4(), "XFJ", ABOVE, at=late)
        [event] = into.taken()
        assert event.completed_at == late


class TestKnownSooner:
    """及时: the hour runs since the matter was first known, by whatever part of it."""

    def test_hour_is_put_earlier_and_never_later(self):
        made = registered(received_at=KNOWN)
        sooner, noted = KNOWN, at("2025-03-03", "10:00")
        urgency.note_urgency(made, noted, at=noted)
        tell(made, "XW")
        for hour in (noted, at("2025-03-03", "11:00")):
            with refuses(UrgencyAlreadyNoted):
                urgency.note_urgency(made, hour, at=NOW)
        urgency.note_urgency(made, sooner, at=NOW)
        assert (made.urgent_since, made.urgent_told) == (sooner, {"XW"})
        tell(made, *EVERYBODY[1:])
        with refuses(UrgencyAlreadyNoted):
            urgency.note_urgency(made, sooner - timedelta(minutes=1), at=NOW)

    def test_nobody_is_told_an_hour_before_it_was_known(self):
        """The hour runs by the clock; where it was known sooner, that is noted first."""
        made = registered(received_at=KNOWN)
        urgency.note_urgency(made, KNOWN, at=ENTERED)
        sooner = KNOWN - timedelta(minutes=30)
        for stage in UrgentStage:
            with refuses(TooEarly):
                urgency.report_urgency(made, stage, sooner, EVERYBODY, uuid4(), "XFJ", ABOVE, at=ENTERED)
            urgency.report_urgency(made, stage, KNOWN, EVERYBODY, uuid4(), "XFJ", ABOVE, at=ENTERED)
        made = registered(received_at=KNOWN)
        urgency.note_urgency(made, KNOWN, at=ENTERED)
        urgency.note_urgency(made, sooner, at=ENTERED)
        urgency.report_urgency(made, UrgentStage.first, sooner, EVERYBODY, uuid4(), "XFJ", ABOVE, at=ENTERED)
        assert made.urgent_reported

    def test_report_is_due_sooner(self):
        world = World()
        case = world.registers(KNOWN)
        for hour in ("10:00", "09:30"):
            world.happens(case, UrgentMatterNoted, at("2025-03-03", "10:05"), known_at=at("2025-03-03", hour))
        assert world.the(case, "C15").due_at == at("2025-03-03", "10:30")
        assert world.the(case, "C15f").due_at == at("2025-03-04", "09:30")


def test_who_knew_owes_the_report():
    """各级机关、单位……应当及时报告: whoever notes it, and not the bureau that received the letter."""
    world = World()
    case = world.registers(KNOWN)
    world.happens(case, UrgentMatterNoted, KNOWN, known_at=KNOWN, by="RSJ")
    assert {world.the(case, code).holder for code in ("C15", "C15f")} == {"RSJ"}


def test_checker_sees_a_report_that_counts_from_what_was_entered_last(monkeypatch: pytest.MonkeyPatch):
    """Mutant: whoever was told of it is taken to have known at once."""
    monkeypatch.setattr(urgency, "_knowing", lambda r, unit: dict.fromkeys({*r.urgent_told, unit}, r.urgent_since))
    with pytest.raises(AssertionError):
        TestToldInParts().test_it_counts_as_reported_since_the_last_of_them_was_told(PARTS)


def reported_late(by: str) -> tuple[World, UUID, Record]:
    """Return a world in which somebody says a day later that all were told within the hour."""
    world = World(county(*(ABOVE.units[code] for code in ("SXFJ", "GJXFJ")), entry("CXJ", kind=UnitKind.department)))
    case, hour = world.registers(KNOWN), at("2025-03-03", "09:40")
    world.forwards(case, KNOWN, "ZJJ")
    world.happens(case, UrgentMatterNoted, KNOWN, known_at=KNOWN, by="XFJ")
    told = world.tell(
        UrgentMatterReported, stream=case, on=at("2025-03-04", "09:40"), by=by, stage=UrgentStage.first,
        reported_at=hour, completed_at=hour, recipients=EVERYBODY, document=uuid4(),
    )  # fmt: skip
    return world, case, told


class TestEnteredLate:
    """第二十一条第二款、第二十五条: whoever knows of it reports it; whose word it is that all were told decides what it is worth."""

    @pytest.mark.parametrize("by", ["bureau", "ZJJ", "RSJ", "LXH", "XZF", "SZF"])
    def test_who_was_told_or_has_to_do_with_it_bears_out_that_it_was_in_time(self, by: str):
        world, case, _ = reported_late(by)
        assert (world.the(case, "C15").outcome, world.the(case, "C15").corrected) == (ClockOutcome.met, True)

    @pytest.mark.parametrize("by", ["XFJ", "CXJ", "ZF", "JW"])
    def test_word_of_anybody_else_waits_like_that_of_who_owed_it(self, by: str):
        world, case, told = reported_late(by)
        clock = world.the(case, "C15")
        assert (clock.outcome, clock.corrected, clock.awaits(told.id)) == (ClockOutcome.late, False, True)
        world.tell(
            FactConfirmed, stream=fact_of(told.id), case=case, fact=told.id, entered_by=by, proof=uuid4(),
            confirmation=Confirmation.verified,
        )  # fmt: skip
        assert (clock.outcome, clock.corrected) == (ClockOutcome.met, True)
        assert not clock.awaits(told.id)

    def test_checker_sees_a_breach_that_a_stranger_has_made_good(self, monkeypatch: pytest.MonkeyPatch):
        """Mutant: what anybody else enters is corrected at once."""
        monkeypatch.setattr(Keeper, "_is_stranger", lambda *_: False)
        with pytest.raises(AssertionError):
            self.test_word_of_anybody_else_waits_like_that_of_who_owed_it("CXJ")


def complaining(units: tuple[str, ...], persons: tuple[str, ...] = ()) -> Registration:
    made = registered()
    classification.accuse(made, units, persons, at=NOW)
    urgency.note_urgency(made, NOW, at=NOW)
    return made


class TestWhoKeepsOut:
    """第二十五条, 第二十八条第三款, 第三十条第三款: whom it complains of is not told; whoever stands above them is."""

    WORLD = county(
        *(ABOVE.units[code] for code in ("SXFJ", "GJXFJ")),
        entry("SW", Level.city, None, kind=UnitKind.party_committee, competent=False),
        entry("SLXH", Level.city, "SW", kind=UnitKind.joint_conference, competent=False),
        replace(ABOVE.units["XZF"], officers=staff(xianzhang=Role.unit_head)),
    )

    @pytest.mark.parametrize("accused", [(("XZF",), ()), ((), ("xianzhang",))], ids=["unit", "person"])
    def test_the_one_above_takes_the_place_of_an_accused_government(self, accused: Any):
        """Its departments, which stand under it, keep out as well: the body above them is told."""
        made = complaining(*accused)
        tell(made, "XW", "LXH", "SXFJ", "GJXFJ", directory=self.WORLD)
        assert not made.urgent_reported
        for one in ("XZF", "RSJ", "ZF"):
            with refuses(OthersKeepOut):
                tell(made, one, directory=self.WORLD)
        assert tell(made, "SZF", directory=self.WORLD).urgent_reported

    def test_accused_department_is_passed_over_for_the_body_above_it(self):
        made = complaining(("RSJ",))
        assert tell(made, "XW", "XZF", "LXH", "SXFJ", "GJXFJ", directory=self.WORLD).urgent_reported

    def test_accused_committee_and_all_that_stands_under_it(self):
        made = complaining(("XW",))
        with refuses(OthersKeepOut):
            tell(made, "LXH", directory=self.WORLD)
        assert tell(made, "SW", "SZF", "SLXH", "SXFJ", "GJXFJ", directory=self.WORLD).urgent_reported

    def test_reply_says_who_is_still_to_be_told(self):
        made = registered()
        urgency.note_urgency(made, NOW, at=NOW)
        report = (made, UrgentStage.first, NOW)
        assert urgency.report_urgency(*report, ("XW", "RSJ"), uuid4(), "XFJ", ABOVE, at=NOW) == [
            ["XZF"], ["LXH"], ["SXFJ"], ["GJXFJ"],
        ]  # fmt: skip
        assert urgency.report_urgency(*report, EVERYBODY, uuid4(), "XFJ", ABOVE, at=NOW) == []


def parts(r: Registration) -> list[Registration]:
    own = ("registration_no", "petition", "category", "place", "content", "content_sha256")
    children = [
        (Registration.blank(uuid4()), {name: value for name, value in first().items() if name in own}) for _ in range(2)
    ]
    grouping.split_into(r, children, at=NOW)
    return [child for child, _ in children]


class TestJoinedAndDivided:
    """Who has to be told of a matter is told, whatever becomes of the case in which it was noted."""

    def test_report_that_is_owed_is_given_in_the_case_that_goes_on(self):
        case, into = told("XW"), registered()
        grouping.merge_into(case, into, at=NOW)
        assert (into.urgent_since, into.urgent_told, into.urgent_reported) == (NOW, {"XW"}, False)
        assert tell(into, *EVERYBODY[1:]).urgent_reported

    def test_what_was_reported_goes_on_to_be_followed_up(self):
        case, into = told(*EVERYBODY), registered()
        grouping.merge_into(case, into, at=NOW)
        assert into.urgent_reported
        tell(into, *EVERYBODY, stage=UrgentStage.follow_up)

    def test_what_was_not_reported_of_one_is_reported_of_both(self):
        for case, into in ((told("XW"), told(*EVERYBODY)), (told(*EVERYBODY), told("XW"))):
            grouping.merge_into(case, into, at=NOW)
            assert (into.urgent_reported, into.urgent_told) == (False, {"XW"})
            assert tell(into, *EVERYBODY).urgent_reported

    def test_merger_of_a_case_that_is_not_urgent_changes_nothing(self):
        into = told("XW")
        grouping.merge_into(registered(), into, at=NOW)
        assert (into.urgent_told, into.urgent_reported) == ({"XW"}, False)

    def test_each_part_of_a_letter_is_reported(self):
        for child in parts(told("XW")):
            assert tell(child, *EVERYBODY[1:]).urgent_reported

    def test_hour_that_runs_goes_on_and_none_that_is_over_begins_again(self):
        world = World()
        owing, done, into = (world.registers(at("2026-03-02")) for _ in range(3))
        for case in (owing, done):
            world.happens(case, UrgentMatterNoted, at("2026-03-03", "09:00"), known_at=at("2026-03-03", "09:00"))
        report = {"recipients": (), "document": uuid4()}
        for stage in UrgentStage:
            on = at("2026-03-03", "09:30")
            world.happens(done, UrgentMatterReported, on, stage=stage, reported_at=on, **report)
        joined = {"known_at": at("2026-03-03", "09:00")}
        world.merges(done, into, at("2026-03-03", "09:40"))
        world.happens(into, UrgentMatterNoted, at("2026-03-03", "09:40"), from_case=done, reported=True, **joined)
        assert not [clock for clock in world.of(into) if clock.code.startswith("C15")]
        world.merges(owing, into, at("2026-03-03", "09:45"))
        world.happens(into, UrgentMatterNoted, at("2026-03-03", "09:45"), from_case=owing, **joined)
        assert world.the(into, "C15").due_at == at("2026-03-03", "10:00")
        on = at("2026-03-03", "09:50")
        world.happens(into, UrgentMatterReported, on, stage=UrgentStage.first, reported_at=on, **report)
        assert world.the(into, "C15").outcome is ClockOutcome.met
