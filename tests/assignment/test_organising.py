"""The rules of ledgers, the joint conference, reception days, instructions, leaders' areas and sector batches."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.assignment import LeaderAreaLinked, LedgerItemClosed, ReceptionMissed
from contracts.vocabulary import ContentCategory, Forwarding, LedgerKind, ReceptionMissReason, VotingBody
from services.assignment.domain.assigning import Assignment
from services.assignment.domain.conferences import (
    AGENDA_MAX,
    AgendaFull,
    AlreadyDecidedThere,
    AlreadySummoned,
    Conference,
    DecisionDayPassed,
    NotConsulted,
    NotHeldYet,
    NothingToCarryOut,
    NotOnTheAgenda,
    NotSummoned,
    NotTheOwner,
)
from services.assignment.domain.instructions import (
    AlreadyAnswered,
    Instruction,
    InstructionDayPassed,
    NotTheInstructedUnit,
)
from services.assignment.domain.leader_areas import LeaderArea
from services.assignment.domain.ledger_items import (
    BeneficiaryNotAsked,
    ClosedWithoutProof,
    LedgerDayPassed,
    LedgerItem,
    LedgerItemIsClosed,
    LedgerRowIncomplete,
)
from services.assignment.domain.proposals import NoQuorum, Proposal, VotesDoNotAddUp
from services.assignment.domain.receptions import (
    AlreadyRostered,
    FollowUpDayPassed,
    NothingToFollowUp,
    NotTheDayYet,
    Reception,
    ReceptionIsOver,
    RosterDayPassed,
)
from services.assignment.domain.sector_batches import BatchIsCompleted, OfAnotherSector, SectorBatch
from services.assignment.domain.status_reports import ReportedToItself, StatusReport
from tests.rules import at, check_replay, refuses

CASE, OTHER = (UUID(f"00000000-0000-4000-8000-00000000000{n}") for n in (2, 3))
STREAM = UUID("00000000-0000-4000-8000-0000000000aa")
PROOF = UUID("00000000-0000-4000-8000-00000000000f")
NOW = at("2025-09-01")
DUE = date(2025, 9, 30)


def item(kind: LedgerKind = LedgerKind.petition, case: UUID | None = CASE, **more: Any) -> LedgerItem:
    made = LedgerItem.blank(STREAM)
    owed = {"unit": "RSJ", "officer": "co-1", "due_on": DUE} | more
    made.open(case, "台〔2025〕1号", kind, owed["unit"], owed["officer"], owed["due_on"], PROOF, at=NOW)
    made.taken()
    return made


class TestLedger:
    """第十条, 第二十八条第一款; 台账销号."""

    @pytest.mark.parametrize("missing", ["unit", "officer", "due_on"])
    def test_row_without_unit_officer_or_day_is_refused(self, missing: str):
        with refuses(LedgerRowIncomplete):
            item(**{missing: None})

    def test_all_that_is_missing_is_named(self):
        with pytest.raises(LedgerRowIncomplete, match="责任单位、时限"):
            item(unit=None, due_on=None)

    def test_day_that_has_passed_is_refused(self):
        with refuses(LedgerDayPassed):
            item(due_on=date(2025, 9, 1))

    def test_row_belongs_to_a_case_or_to_none(self):
        assert (item().case, item(case=None).case) == (CASE, None)

    def test_row_is_struck_off_with_proof(self):
        row = item()
        row.update("RSJ", PROOF, at=NOW)
        row.close(PROOF, None, at=NOW)
        [_, event] = row.taken()
        assert isinstance(event, LedgerItemClosed)
        assert (row.state, row.updates) == ("closed", 1)

    def test_row_without_proof_is_not_struck_off(self):
        with refuses(ClosedWithoutProof):
            item().close(None, PROOF, at=NOW)

    def test_livelihood_row_is_not_struck_off_before_the_beneficiary_has_confirmed(self):
        """民生台账."""
        row = item(LedgerKind.livelihood)
        with refuses(BeneficiaryNotAsked):
            row.close(PROOF, None, at=NOW)
        row.close(PROOF, PROOF, at=NOW)
        assert row.closed

    def test_nothing_happens_to_a_row_that_is_struck_off(self):
        row = item()
        row.close(PROOF, None, at=NOW)
        with refuses(LedgerItemIsClosed):
            row.update("RSJ", PROOF, at=NOW)
        with refuses(LedgerItemIsClosed):
            row.close(PROOF, None, at=NOW)


def convened(*matters: UUID | None) -> Conference:
    conference = Conference.blank(STREAM)
    conference.convene("联〔2025〕1号", date(2025, 9, 3), at=NOW)
    for matter in matters:
        conference.add_item(matter, PROOF, at=NOW)
    conference.taken()
    return conference


def heard(*matters: UUID | None) -> Conference:
    """Return a conference to which two units were summoned, and where both have spoken."""
    conference = convened(*matters)
    for unit in ("RSJ", "ZJJ"):
        conference.summon(unit, at=NOW)
        conference.consult(unit, "head-1", PROOF, at=at("2025-09-03"))
    conference.taken()
    return conference


def decided() -> Conference:
    conference = heard(CASE, None)
    conference.decide(1, "RSJ", DUE, PROOF, at=at("2025-09-03"))
    conference.taken()
    return conference


class TestConference:
    """第十三条: agenda, decision, owner, day, done."""

    def test_item_goes_from_the_agenda_to_done(self):
        conference = decided()
        assert (conference.state, conference.next_due_on) == ("decided", DUE)
        conference.carry_out("RSJ", 1, PROOF, at=at("2025-09-20"))
        assert (conference.state, conference.next_due_on) == ("decided", None)
        conference.decide(2, "ZJJ", DUE, PROOF, at=at("2025-09-03"))
        conference.carry_out("ZJJ", 2, PROOF, at=at("2025-09-20"))
        assert conference.state == "carried_out"

    def test_conference_of_friday_is_entered_on_monday(self):
        """第十二条第二款: what was urgent was not typed first (0023)."""
        conference = Conference.blank(STREAM)
        conference.convene("1号", date(2025, 8, 29), at=NOW)
        conference.add_item(None, PROOF, at=NOW)
        conference.summon("RSJ", at=NOW)
        conference.consult("RSJ", "head-1", PROOF, at=NOW)
        conference.decide(1, "RSJ", DUE, PROOF, at=NOW)
        assert conference.state == "decided"

    def test_agenda_has_an_end(self):
        with refuses(AgendaFull):
            convened(*[None] * AGENDA_MAX).add_item(None, PROOF, at=NOW)

    def test_unit_is_summoned_once(self):
        """第十四条第二项."""
        conference = convened(CASE)
        conference.summon("RSJ", at=NOW)
        with refuses(AlreadySummoned):
            conference.summon("RSJ", at=NOW)

    def test_what_is_not_on_the_agenda_is_not_decided(self):
        with refuses(NotOnTheAgenda):
            decided().decide(3, "RSJ", DUE, PROOF, at=at("2025-09-03"))

    def test_nothing_is_decided_before_the_conference(self):
        with refuses(NotHeldYet):
            convened(CASE).decide(1, "RSJ", DUE, PROOF, at=at("2025-09-02"))

    def test_item_is_decided_once(self):
        with refuses(AlreadyDecidedThere):
            decided().decide(1, "ZJJ", DUE, PROOF, at=at("2025-09-03"))

    def test_decision_gives_time(self):
        with refuses(DecisionDayPassed):
            heard(CASE).decide(1, "RSJ", date(2025, 9, 3), PROOF, at=at("2025-09-03"))

    def test_who_has_to_do_it_is_heard_before_it_is_decided(self):
        """第十三条第一款: 列席、会商 are a gate."""
        conference = convened(CASE)
        with refuses(NotSummoned):
            conference.consult("RSJ", "head-1", PROOF, at=NOW)
        conference.summon("RSJ", at=NOW)
        with refuses(NotConsulted):
            conference.decide(1, "RSJ", DUE, PROOF, at=at("2025-09-03"))
        conference.consult("RSJ", "head-1", PROOF, at=at("2025-09-03"))
        conference.decide(1, "RSJ", DUE, PROOF, at=at("2025-09-03"))
        assert conference.owners == {1: "RSJ"}

    def test_only_the_owner_reports_that_it_is_done(self):
        """第十二条第二款."""
        with refuses(NotTheOwner):
            decided().carry_out("ZJJ", 1, PROOF, at=NOW)

    def test_what_is_not_decided_or_done_already_is_not_carried_out(self):
        conference = decided()
        with refuses(NothingToCarryOut):
            conference.carry_out("RSJ", 2, PROOF, at=NOW)
        conference.carry_out("RSJ", 1, PROOF, at=NOW)
        with refuses(NothingToCarryOut):
            conference.carry_out("RSJ", 1, PROOF, at=NOW)


def rostered() -> Reception:
    reception = Reception.blank(Reception.stream("leader-1", "HALL", date(2025, 9, 10)))
    reception.roster("leader-1", "HALL", date(2025, 9, 10), at=NOW)
    reception.taken()
    return reception


class TestReception:
    """第十八条: «信访接待的时间和地点» are published, and leaders receive «定期»."""

    def test_day_is_held_and_followed_up(self):
        reception = rostered()
        reception.hold([CASE, CASE, OTHER], DUE, at=at("2025-09-10", "17:00"))
        assert (reception.state, reception.cases) == ("held", [CASE, OTHER])
        reception.follow_up(PROOF, at=at("2025-09-20"))
        assert reception.state == "followed_up"

    def test_day_is_published_before_it_comes(self):
        with refuses(RosterDayPassed):
            Reception.blank(STREAM).roster("leader-1", "HALL", date(2025, 9, 1), at=NOW)

    def test_leader_is_on_the_roster_once_a_day(self):
        with refuses(AlreadyRostered):
            rostered().roster("leader-1", "HALL", date(2025, 9, 10), at=NOW)

    def test_nothing_is_held_before_the_day_and_nothing_missed_on_it(self):
        with refuses(NotTheDayYet):
            rostered().hold([], DUE, at=at("2025-09-09"))
        with refuses(NotTheDayYet):
            rostered().miss(ReceptionMissReason.illness, at=at("2025-09-10", "23:59"))

    def test_missed_day_stays_on_record(self):
        reception = rostered()
        reception.miss(ReceptionMissReason.official_duty, at=at("2025-09-11"))
        [event] = reception.taken()
        assert isinstance(event, ReceptionMissed)
        with refuses(ReceptionIsOver):
            reception.hold([CASE], DUE, at=at("2025-09-12"))
        with refuses(ReceptionIsOver):
            reception.miss(ReceptionMissReason.illness, at=at("2025-09-12"))

    def test_promise_is_due_after_the_day(self):
        with refuses(FollowUpDayPassed):
            rostered().hold([CASE], date(2025, 9, 10), at=at("2025-09-10"))

    def test_what_was_not_promised_is_not_followed_up(self):
        with refuses(NothingToFollowUp):
            rostered().follow_up(PROOF, at=at("2025-09-20"))


def instructed() -> Instruction:
    instruction = Instruction.blank(STREAM)
    instruction.instruct(CASE, "leader-1", "RSJ", PROOF, DUE, at=NOW)
    instruction.taken()
    return instruction


class TestInstruction:
    """第十八条第二款: «阅办群众来信和网上信访»."""

    def test_instruction_is_answered_by_its_unit_once(self):
        instruction = instructed()
        assert (instruction.case, instruction.state) == (CASE, "instructed")
        instruction.answer("RSJ", PROOF, at=NOW)
        assert instruction.state == "answered"
        with refuses(AlreadyAnswered):
            instruction.answer("RSJ", PROOF, at=NOW)

    def test_instruction_goes_to_another_unit_until_it_is_answered(self):
        instruction = instructed()
        with refuses(InstructionDayPassed):
            instruction.redirect("MZJ", PROOF, NOW.date(), at=NOW)
        instruction.redirect("MZJ", PROOF, date(2026, 12, 1), at=NOW)
        assert (instruction.unit, instruction.due_on, instruction.state) == ("MZJ", date(2026, 12, 1), "instructed")
        with refuses(NotTheInstructedUnit):
            instruction.answer("RSJ", PROOF, at=NOW)
        instruction.answer("MZJ", PROOF, at=NOW)
        with refuses(AlreadyAnswered):
            instruction.redirect("RSJ", PROOF, date(2026, 12, 1), at=NOW)

    def test_other_unit_does_not_answer(self):
        with refuses(NotTheInstructedUnit):
            instructed().answer("ZJJ", PROOF, at=NOW)

    def test_instruction_gives_time(self):
        with refuses(InstructionDayPassed):
            Instruction.blank(STREAM).instruct(CASE, "leader-1", "RSJ", PROOF, date(2025, 9, 1), at=NOW)


class TestLeaderArea:
    """第五条第三项: «属地管理、分级负责»."""

    def test_leader_is_the_contact_of_a_township_once(self):
        area = LeaderArea.blank(LeaderArea.stream("leader-1"))
        area.link("leader-1", "T-1", at=NOW)
        area.link("leader-1", "T-1", at=NOW)
        [event] = area.taken()
        assert isinstance(event, LeaderAreaLinked)
        assert (area.state, area.case) == ("linked", None)
        area.unlink("T-1", at=NOW)
        area.unlink("T-1", at=NOW)
        assert (area.state, len(area.taken())) == ("unlinked", 1)


def batch() -> SectorBatch:
    made = SectorBatch.blank(STREAM)
    made.assign(
        "批〔2025〕1号", ContentCategory.unpaid_wages, Forwarding.forward, "RSJ", None, [CASE, OTHER, CASE], at=NOW
    )
    made.taken()
    return made


class TestSectorBatch:
    """第五条第三项, 第二十二条."""

    def test_each_case_is_in_it_once(self):
        assert (batch().cases, batch().state) == ([CASE, OTHER], "open")

    def test_case_of_another_sector_is_refused(self):
        assignment = Assignment.blank(CASE)
        assignment.category = ContentCategory.education
        with refuses(OfAnotherSector):
            batch().check(assignment)
        assignment.category = ContentCategory.unpaid_wages
        batch().check(assignment)

    def test_batch_is_completed_once(self):
        made = batch()
        made.complete([CASE], [OTHER], at=NOW)
        assert (made.state, made.handed, made.refused) == ("completed", [CASE], [OTHER])
        with refuses(BatchIsCompleted):
            made.complete([], [], at=NOW)


def voted(electorate: VotingBody, entitled: int, attended: int, in_favour: int) -> Proposal:
    proposal = Proposal.blank(STREAM)
    proposal.vote("议〔2025〕1号", "V-1", electorate, entitled, attended, in_favour, PROOF, at=NOW)
    return proposal


class TestProposal:
    """信访工作条例 第十五条第三款; 村民委员会组织法 第二十二条; 一事一议."""

    @pytest.mark.parametrize(
        ("electorate", "entitled", "attended"), [(VotingBody.villagers, 100, 51), (VotingBody.households, 90, 60)]
    )
    def test_vote_counts_when_enough_are_there(self, electorate: VotingBody, entitled: int, attended: int):
        assert voted(electorate, entitled, attended, attended).state == "passed"
        with refuses(NoQuorum):
            voted(electorate, entitled, attended - 1, attended - 1)

    def test_more_than_half_of_those_who_are_there_decide(self):
        assert voted(VotingBody.villagers, 100, 60, 31).passed
        assert voted(VotingBody.villagers, 100, 60, 30).state == "not_passed"

    @pytest.mark.parametrize(("attended", "in_favour"), [(101, 50), (60, 61)])
    def test_votes_must_add_up(self, attended: int, in_favour: int):
        with refuses(VotesDoNotAddUp):
            voted(VotingBody.villagers, 100, attended, in_favour)


class TestStatusReport:
    """第十四条第四项, 第二十二条第三项."""

    def test_report_goes_up(self):
        report = StatusReport.blank(STREAM)
        report.report(CASE, "XFJ", "SXFJ", PROOF, at=NOW)
        assert (report.case, report.superior) == (CASE, "SXFJ")

    def test_report_to_oneself_is_refused(self):
        with refuses(ReportedToItself):
            StatusReport.blank(STREAM).report(CASE, "XFJ", "XFJ", PROOF, at=NOW)


MOMENTS = st.dates(date(2025, 8, 30), date(2025, 10, 5)).map(lambda d: at(str(d)))
DAYS = st.dates(date(2025, 8, 30), date(2025, 10, 5))
UNITS = st.sampled_from(["RSJ", "ZJJ"])
ITEMS = st.integers(1, 4)
MAYBE = st.sampled_from([None, PROOF])
COMMANDS: dict[type, st.SearchStrategy[Any]] = {
    LedgerItem: st.one_of(
        st.builds(lambda a, k: lambda i: i.update(k, PROOF, at=a), MOMENTS, UNITS),
        st.builds(lambda a, p, c: lambda i: i.close(p, c, at=a), MOMENTS, MAYBE, MAYBE),
    ),
    Conference: st.one_of(
        st.builds(lambda a: lambda c: c.add_item(CASE, PROOF, at=a), MOMENTS),
        st.builds(lambda a, u: lambda c: c.summon(u, at=a), MOMENTS, UNITS),
        st.builds(lambda a, u: lambda c: c.consult(u, "head-1", PROOF, at=a), MOMENTS, UNITS),
        st.builds(lambda a, i, u, d: lambda c: c.decide(i, u, d, PROOF, at=a), MOMENTS, ITEMS, UNITS, DAYS),
        st.builds(lambda a, i, u: lambda c: c.carry_out(u, i, PROOF, at=a), MOMENTS, ITEMS, UNITS),
    ),
    Reception: st.one_of(
        st.builds(lambda a, d: lambda r: r.hold([CASE], d, at=a), MOMENTS, DAYS),
        st.builds(lambda a: lambda r: r.miss(ReceptionMissReason.illness, at=a), MOMENTS),
        st.builds(lambda a: lambda r: r.follow_up(PROOF, at=a), MOMENTS),
    ),
    Instruction: st.builds(lambda a, u: lambda i: i.answer(u, PROOF, at=a), MOMENTS, UNITS),
    LeaderArea: st.one_of(
        st.builds(lambda a, u: lambda r: r.link("leader-1", u, at=a), MOMENTS, UNITS),
        st.builds(lambda a, u: lambda r: r.unlink(u, at=a), MOMENTS, UNITS),
    ),
    SectorBatch: st.builds(lambda a: lambda b: b.complete([CASE], [OTHER], at=a), MOMENTS),
}
OPENED: dict[type, Any] = {
    LedgerItem: lambda i: i.open(CASE, "1号", LedgerKind.livelihood, "RSJ", "co-1", DUE, PROOF, at=NOW),
    Conference: lambda c: c.convene("1号", date(2025, 9, 3), at=NOW),
    Reception: lambda r: r.roster("leader-1", "HALL", date(2025, 9, 10), at=NOW),
    Instruction: lambda i: i.instruct(CASE, "leader-1", "RSJ", PROOF, DUE, at=NOW),
    LeaderArea: lambda a: a.link("leader-1", "T-1", at=NOW),
    Proposal: lambda p: p.vote("1号", "V-1", VotingBody.villagers, 100, 60, 31, PROOF, at=NOW),
    StatusReport: lambda r: r.report(CASE, "XFJ", "SXFJ", PROOF, at=NOW),
    SectorBatch: lambda b: b.assign(
        "1号", ContentCategory.unpaid_wages, Forwarding.assign, "RSJ", DUE, [CASE, OTHER], at=NOW
    ),
}


@pytest.mark.parametrize("kind", OPENED)
def test_replay_of_any_prefix_is_the_live_state(kind: type):
    @given(st.lists(COMMANDS[kind], max_size=25) if kind in COMMANDS else st.just([]))
    def holds(commands):
        check_replay(kind, STREAM, [OPENED[kind], *commands])

    holds()
