"""The year of the county besides its cases: what offices do whether anybody petitions or not.

Each scene is played once for each demonstration. It begins with a petition, because what is written about it has to
lie in the vault of some case; what it shows is the register, the day, the meeting around that case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final, Self

from contracts.vocabulary import (
    Channel,
    CommitteeSetting,
    ConductAct,
    ContactOutcome,
    ContentCategory,
    DialogueGroup,
    DisputeClass,
    DocumentKind,
    EmergencyGround,
    ExternalSystem,
    Forwarding,
    Kind,
    LedgerKind,
    Level,
    LoadOccasion,
    NoticeKind,
    NoticeMedium,
    ReceptionMissReason,
    RemovalGround,
    Result,
    ReturnReason,
    ReviewResult,
    Role,
    Route,
    ServiceMethod,
    SkipCause,
    SupervisionReason,
    VotingBody,
)
from services.accountability.commands.projects import (
    FileAssessment,
    FlagProject,
    LinkPetition,
    RecordConsultation,
    RequireAssessment,
    StartProject,
)
from services.accountability.commands.time import PassTime
from services.assignment.commands.cases import AssignCase
from services.assignment.commands.changes import ApproveDirectoryChange
from services.assignment.commands.conferences import (
    AddAgendaItem,
    CarryOutConferenceItem,
    ConsultUnit,
    ConveneConference,
    DecideConferenceItem,
    SummonUnit,
)
from services.assignment.commands.directory import (
    AppointOfficer,
    DelegatePower,
    EndDeputy,
    EstablishUnit,
    NameDeputy,
    RelieveOfficer,
    SucceedUnit,
    TakeBackPower,
)
from services.assignment.commands.hall_calls import AnswerHallCall, CallToHall
from services.assignment.commands.leader_areas import LinkTownship, UnlinkTownship
from services.assignment.commands.ledger_items import CloseLedgerItem, OpenLedgerItem, UpdateLedgerItem
from services.assignment.commands.proposals import VoteOnProposal
from services.assignment.commands.receptions import FollowUpReception, HoldReception, MissReception, RosterReception
from services.assignment.commands.sector_batches import AssignSectorBatch
from services.assignment.commands.status_reports import ReportStatus
from services.chassis.operations import Declared
from services.intake.commands.cases import RegisterPetition
from services.intake.commands.counting import (
    CountAtDoor,
    HearAboutIncident,
    LinkExternal,
    LookAtDoorAgain,
    PlanLoad,
    RecordIncident,
    RecordSkipLevelVisit,
    ReferToPolice,
)
from services.intake.commands.emergency import (
    AskEmergencyAccess,
    EndEmergencyAccess,
    GrantEmergencyAccess,
    ReviewEmergencyAccess,
)
from services.intake.commands.field import (
    FollowUp,
    HoldFieldDay,
    LogFieldVisit,
    OpenBox,
    RegisterBox,
    RegisterBoxItem,
    WriteDiary,
)
from services.intake.commands.hall import (
    CloseDesk,
    IssueContactCard,
    IssueStepForm,
    OpenDesk,
    OpenSession,
    PublishNotice,
    QueueVisit,
    ServeVisit,
)
from services.intake.commands.outreach import (
    CompleteHelpPlan,
    ContactPetitioner,
    EndContactPoint,
    FileHelpPlan,
    HoldDialogue,
    SetContactPoint,
)
from services.mediation.commands.committees import (
    Reelect,
    RegisterCommittee,
    RegisterMediator,
    RemoveMediator,
    TrainMediator,
)
from services.mediation.commands.disputes import (
    NameTeam,
    OrderSweep,
    RecordDispute,
    ReportSweep,
    SelfCorrect,
    SettleDispute,
)
from services.scenario.county import FROM_ABOVE, HELPING_OUT, County, Unit
from services.scenario.courses.common import answered, decided, ended, inquired
from services.scenario.hours import LOCAL
from services.scenario.step import From, Step, Who
from services.scenario.story import END, Story
from services.scenario.telling import Telling
from services.scenario.telling.base import GOVERNMENT
from services.scenario.texts import Matter, Person, texts

HUMAN_RESOURCES: Final = "980726000308"
WATER: Final = "980726000313"
CITY_BUREAU: Final = "980700000116"
EDUCATION: Final = "980726000302"
TRANSPORT: Final = "980726000312"
_SPRING: Final = datetime(2026, 3, 2, 9, tzinfo=LOCAL)
_FRIDAY: Final = 5
_TALKS: Final = ((DialogueGroup.households, 46, 31, 9), (DialogueGroup.elderly, 12, 10, 1))
"""With whom a talk was offered: so many were asked, so many came, and so many would rather not."""


class Scene(Telling):
    """A story of which the case is only the occasion."""

    def __init__(self, *about: Any) -> None:  # noqa: ANN401  # what everything that is told stands on
        super().__init__(*about)
        self.beside: list[Self] = []
        """The cases that go their own way while the scene goes on."""

    def begins(self, channel: Channel = Channel.visit) -> Self:
        """Let somebody petition, so that there is a case, which the township keeps."""
        town = self.county.units[self.place.parent or ""]
        self._with(town)
        self.register(channel=channel, at=town).after(0, 1).classify()
        self.leave().after(0, 2).take()
        return self

    def goes_to(self, unit: str) -> Self:
        """Let a unit have the case."""
        self._with(self.county.units[unit])
        return self

    def leave(self) -> Self:
        """Leave the case to those who have it: it is answered as most are, beside the scene."""
        other = copy(self)
        other.steps = []
        self.beside.append(other)
        return other

    def told(self) -> tuple[Step, ...]:
        """Return what happens in the scene and beside it, one after the other."""
        for other in self.beside:
            other.documents = self.documents
            ended(answered(other))
            self.documents = other.documents
        return tuple(_in_turn([*self.steps, *(step for other in self.beside for step in other.steps)]))

    def enter(self, name: str, command: type[Declared], answer: str, who: Who, *, key: str = "", **sent: Any) -> Self:  # noqa: ANN401
        """Make an entry in a register; `key` is its name here where there are several."""
        self._do(name, command, sent, who, {key or answer: answer})
        return self.after(0)

    def act(self, name: str, command: type[Declared], who: Who, /, *, rule: str | None = None, **sent: Any) -> Self:  # noqa: ANN401
        """Do something about an entry; what names a `rule` has to be refused by it.

        Where it takes two persons, another one agrees.
        """
        if not command.operation.by_two or rule:
            self._do(name, command, sent, who, code=rule)
            return self.after(0)
        self._do(name, command, sent, who, {"change_id": "change_id"}).after(0)
        second = next(one for one in self.county.all_staff(Role.platform_admin) if one.officer != who.actor)
        agrees = Who(second.officer, second.unit, Role.platform_admin)
        return self._do(f"agree_to_{name}", ApproveDirectoryChange, {}, agrees).after(0)

    def register_late(self, came: datetime, unit: Unit) -> Self:
        """A letter that lay about is registered after all, as of the day on which it came."""
        letter = self._petition(Channel.letter, self._petitioner(Channel.letter), self.matter.content)
        self._take("register", RegisterPetition, letter | {"received_at": came}, {"late_case": "case_id"}, unit)
        other = self.leave().turn_to("late_case")
        other.after(0, 1).classify().after(0, 2).take()
        return self

    def appoint(self, keeper: Who, who: Who) -> Self:
        """Let somebody act for a unit for which nobody of the county acts yet."""
        plate: dict[str, Any] = {"post": "工作人员", "name": Person.invent(self.rng).name}
        body = plate | {"code": who.unit, "officer": who.actor}
        return self.act("appoint", AppointOfficer, keeper, roles=[who.role], **body)

    def establish(self, keeper: Who, unit: Unit, *, step: str = "establish") -> Self:
        """Enter in the directory what a unit is."""
        entry: dict[str, Any] = {"level": unit.level, "parent": unit.parent, "powers": [*unit.powers]}
        entry |= {"competent": unit.competent, "kind": unit.kind}
        return self.act(step, EstablishUnit, keeper, code=unit.code, name=unit.name, **entry)

    def goes_to_centre(self, keeper: Who, name: str) -> Self:
        """The labour bureau passes the case on to a new centre below it, for which people of its own act."""
        labour, code = self.county.units[HUMAN_RESOURCES], f"980726009{self.rng.randrange(1000):03}"
        centre = replace(labour, code=code, name=name, parent=labour.code, powers=(self.matter.category,))
        self.establish(keeper, centre).register(channel=Channel.letter).after(0, 2).classify().after(0, 2)
        self.hand_over(labour, mode=Forwarding.forward)
        for who in (self.receiver, self.handler, self.head):
            self.appoint(keeper, who._replace(unit=code))
        self.act("pass_on", AssignCase, self.receiver, unit=code, mode=Forwarding.forward, **self.delivery())
        return self.acts_for(centre)

    def acts_for(self, unit: Unit) -> Self:
        """Let the same people have the case for another unit from now on."""
        self.holder = unit
        self.receiver, self.handler, self.head = (
            who._replace(unit=unit.code) for who in (self.receiver, self.handler, self.head)
        )
        return self

    def let_in(self, officer: str, ground: EmergencyGround, first: Who, second: Who) -> Self:
        """Let an officer read the case, as two agree within the hour."""
        entry, body = "emergency_access_id", {"officer": officer, "ground": ground}
        self._do("ask_emergency_access", AskEmergencyAccess, body, first, {entry: entry})
        return self._do("grant_emergency_access", GrantEmergencyAccess, {}, second)

    def paper(self, what: str, who: Who) -> From:
        """Put a paper on file."""
        return self._paper(what, who)

    def proof(self, what: str, who: Who) -> From:
        """Put a proof on file."""
        return self._paper(what, who, DocumentKind.execution_proof)

    def until_working_week(self) -> Self:
        """Wait for a day between Monday and Friday."""
        while self.now.isoweekday() > _FRIDAY:
            self.after(1)
        return self


# ------------------------------------------------------------------------------------- intake


def _hall(s: Scene) -> None:
    """A visitor is received in one place for two departments, and told who has the case (第十八条)."""
    clerk = s.somebody(s.county.bureau, Role.intake_clerk)
    hours: dict[str, Any] = {"weekdays": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "18:00"}
    for desk, unit in ((1, HUMAN_RESOURCES), (2, TRANSPORT)):
        body: dict[str, Any] = hours | {"unit": unit, "desk_no": f"{desk}"}
        s.enter("open_desk", OpenDesk, "desk_id", s.officer, key=f"desk_{desk}", **body)
    s.act("close_desk", CloseDesk, s.officer, desk_id=From("desk_2"))
    s.begins().until_working_week()
    called = s.somebody(HUMAN_RESOURCES, Role.unit_head)
    s.enter("call", CallToHall, "hall_call_id", clerk, unit=HUMAN_RESOURCES, due_on=s.in_days(1))
    s.act("come", AnswerHallCall, called, came=True, document=s.paper("reception", called))
    s.enter("open_session", OpenSession, "session_id", clerk, petition=From("petition_id"))
    s.act("queue", QueueVisit, clerk, desk=From("desk_1"))
    s.act("queue", QueueVisit, clerk, rule="desk_closed", desk=From("desk_2"))
    s.act("receive", ServeVisit, clerk, desk=From("desk_1"))
    body = {"level": Level.county, "holder": s.county.bureau, "until": s.in_days(15)}
    s.enter("issue_form", IssueStepForm, "step_form_id", clerk, **body)
    body = {"unit": s.county.bureau, "duty_officer": s.officer.actor}
    s.enter("issue_card", IssueContactCard, "contact_card_id", clerk, **body)
    text = texts()["notices"]["channels"]
    body = {"kind": NoticeKind.channels, "medium": NoticeMedium.leaflet, "copies": 600, "text": text}
    s.enter("publish", PublishNotice, "notice_id", s.officer, **body)


def _field(s: Scene) -> None:
    """Officers go to the villages, promise something, do it, and write on the day (第十八条第二款)."""
    s.begins()
    who, place = s.handler, s.place.code
    body: dict[str, Any] = {"place": place, "category": ContentCategory.agriculture, "visited_on": s.in_days(0)}
    body |= {"follow_up_on": s.in_days(9), "document": s.paper("field", who)}
    s.enter("log_visit", LogFieldVisit, "field_visit_id", who, **body)
    page = s.paper("diary", who)
    s.enter("write_diary", WriteDiary, "diary_entry_id", who, document=page, linked_case=From("case_id"))
    s.act("write_diary", WriteDiary, who, rule="back_dated", document=page, day=s.in_days(-15))
    s.after(3, 6)
    s.act("follow_up", FollowUp, who, document=s.proof("proof", who))
    s.enter("hold_day", HoldFieldDay, "field_day_id", who, place=place, found_count=5, solved_count=3)


def _box(s: Scene) -> None:
    """Two people open a village's box on working days, once they forget, and what lay in it is a case (第二十二条)."""
    s.begins(Channel.letter)
    who = s.receiver
    number = f"QF-{s.rng.randrange(10**6):06}"
    s.enter("register_box", RegisterBox, "box_id", who, box_no=number, place=s.place.code)
    opened: dict[str, Any] = {"second_opener": s.head.actor}
    s.act("open_box", OpenBox, who, rule="two_must_open", item_count=1, second_opener=who.actor)
    s.after(1).act("open_box", OpenBox, who, item_count=1, **opened)
    s.act("register_item", RegisterBoxItem, who, case=From("case_id"))
    s.after_working_days(2).act("open_box", OpenBox, who, item_count=0, **opened)


def _people(s: Scene) -> None:
    """Somebody is there for a village, offers talks and helps in hardship; nobody has to talk (第十八条)."""
    s.begins()
    who, place = s.handler, s.place.code
    s.enter("set_contact_point", SetContactPoint, "contact_point_id", who, officer=who.actor, place=place)
    for people, asked, came, declined in _TALKS:
        body: dict[str, Any] = {"place": place, "people": people, "invited_count": asked, "attended_count": came}
        s.enter(
            "hold_dialogue", HoldDialogue, "dialogue_id", who, key=f"dialogue_{people}", **body, declined_count=declined
        )
        s.after(1, 3)
    for outcome in (ContactOutcome.declined, ContactOutcome.talked):
        s.enter("contact", ContactPetitioner, "contact_id", who, key=f"contact_{outcome}", outcome=outcome)
        s.after(3, 9)
    body = {"officer": who.actor, "due_on": s.in_days(60), "document": s.paper("help_plan", who)}
    s.enter("file_help_plan", FileHelpPlan, "help_plan_id", who, **body, contact_point=From("contact_point_id"))
    s.after(20, 40).act("complete_help_plan", CompleteHelpPlan, who, proof=s.proof("proof", who))
    s.after(5, 9).act("end_contact_point", EndContactPoint, who)


def _door(s: Scene) -> None:
    """What comes is counted: past which level and why, and whether all of it is on file (第二十条至第二十二条)."""
    town = s.county.units[s.place.parent or ""]
    clerk = s.somebody(s.county.bureau, Role.intake_clerk)
    body: dict[str, Any] = {"occasion": LoadOccasion.farming, "first_on": s.in_days(10), "last_on": s.in_days(40)}
    s.enter("plan_load", PlanLoad, "load_plan_id", clerk, **body, expected_visits=35, desks=6)
    s.begins()
    number = f"GX{s.now:%Y%m%d}{s.rng.randrange(10**4):04}"
    body = {"system": ExternalSystem.province, "external_no": number}
    s.enter("link_external", LinkExternal, "external_reference_id", clerk, **body)
    body = {"level": Level.city, "cause": SkipCause.no_answer_below, "person_count": s.rng.randint(1, 4)}
    s.enter("skip_level", RecordSkipLevelVisit, "skip_level_visit_id", clerk, **body)
    came = next(step.at for step in s.steps if step.command is RegisterPetition)
    s.after(1)
    body = {"unit": town.code, "day": came.date(), "visits": 1, "letters": 1, "calls": 0}
    s.enter("count_door", CountAtDoor, "door_count_id", s.supervisor, **body)
    s.register_late(came, town).after(0).act("look_again", LookAtDoorAgain, s.supervisor)


def _wrongly_joined(s: Scene) -> None:
    """A letter that was taken for one about somebody else's case has one of its own, since it came (第二十二条)."""
    labour, other = s.county.units[HUMAN_RESOURCES], Matter(s.rng, s.matter.category, s.place.name)
    s.register(channel=Channel.letter).after(0, 2).classify().after(0, 2).hand_over(labour, mode=Forwarding.forward)
    s.after(0, 1).attach(other).after(1, 2).detach().leave()
    s.matter = other
    s.turn_to("own_case").after(0, 1).classify().after(0, 2).hand_over(labour, mode=Forwarding.forward).leave()


def _conduct(s: Scene) -> None:
    """One act on one day, dissuasion, the petitioner's word; the police are told of the act alone (第四十七条)."""
    s.begins()
    body: dict[str, Any] = {"conduct": ConductAct.staying, "happened_on": s.in_days(0)}
    evidence, police = (
        s.paper("incident", s.officer),
        {"organ": s.county.competent(ContentCategory.public_security)[0].code},
    )
    s.enter("record_incident", RecordIncident, "conduct_incident_id", s.officer, key="first", **body, evidence=evidence)
    s.act("refer", ReferToPolice, s.officer, rule="not_dissuaded", conduct_incident_id=From("first"), **police)
    body |= {"evidence": evidence, "dissuasion": s.paper("dissuasion", s.officer)}
    s.enter("record_incident", RecordIncident, "conduct_incident_id", s.officer, **body)
    s.after(1, 3).act("hear", HearAboutIncident, s.officer, document=s.paper("incident_reply", s.officer))
    s.after(0, 2).act("refer", ReferToPolice, s.officer, **police)


# --------------------------------------------------------------------------------- assignment


def _receptions(s: Scene) -> None:
    """Leaders receive on days that were published; one does not, and that is on record (第十八条)."""
    secretary = s.anybody(Role.conference_secretary)
    leaders = s.rng.sample(s.county.all_staff(Role.sponsor_leader), 2)
    for name, leader in zip(("held", "missed"), leaders, strict=True):
        body: dict[str, Any] = {"leader": leader.officer, "place": s.county.bureau, "received_on": s.in_days(7)}
        s.enter("roster", RosterReception, "reception_id", secretary, key=name, **body)
    s.after(7).begins()
    clerk = s.somebody(s.county.bureau, Role.intake_clerk)
    body = {"cases": [From("case_id")], "follow_up_due": s.in_days(20)}
    s.act("hold", HoldReception, clerk, reception_id=From("held"), **body)
    s.after(1).act(
        "miss", MissReception, clerk, reception_id=From("missed"), reason_code=ReceptionMissReason.official_duty
    )
    who = Who(leaders[0].officer, leaders[0].unit, Role.sponsor_leader)
    s.after(5, 12)
    s.act("follow_up", FollowUpReception, who, reception_id=From("held"), document=s.paper("reception", who))
    town = s.place.parent or ""
    s.act("link_leader", LinkTownship, secretary, officer=who.actor, code=town)
    s.after(30, 60).act("unlink_leader", UnlinkTownship, secretary, officer=who.actor, code=town)


def _conference(s: Scene) -> None:
    """The joint conference decides who does what until when; one owner does it, and one does not (第十三条)."""
    s.begins()
    secretary = s.anybody(Role.conference_secretary)
    s.enter("convene", ConveneConference, "conference_id", secretary, held_on=s.in_days(6))
    owners = (HUMAN_RESOURCES, WATER)
    for owner in owners:
        document = s.paper("agenda", secretary)
        s.act("add_item", AddAgendaItem, secretary, document=document, matter=From("case_id"))
        s.act("summon", SummonUnit, secretary, unit=owner)
    minutes = s.paper("minutes", secretary)
    early: dict[str, Any] = {"item": 1, "owner": owners[0], "due_on": s.in_days(30), "document": minutes}
    s.act("decide_item", DecideConferenceItem, secretary, rule="conference_not_held", **early)
    s.after(6)
    s.act("decide_item", DecideConferenceItem, secretary, rule="not_consulted", **early)
    for item, owner in enumerate(owners, 1):
        speaker = s.somebody(owner, Role.unit_head)
        s.act("consult", ConsultUnit, speaker, document=s.paper("consultation", secretary))
        body: dict[str, Any] = {"item": item, "owner": owner, "due_on": s.in_days(20), "document": minutes}
        s.act("decide_item", DecideConferenceItem, secretary, **body)
    who = s.somebody(owners[0], Role.unit_head)
    s.after(5, 12)
    s.act("carry_out", CarryOutConferenceItem, who, item=1, proof=s.proof("proof", who))


def _ledger(s: Scene) -> None:
    """A row of a ledger names unit, officer and day, and is struck off with proof only (第二十八条)."""
    s.begins()
    document, who = s.paper("ledger", s.officer), s.receiver
    body: dict[str, Any] = {"kind": LedgerKind.livelihood, "document": document, "case_id": From("case_id")}
    owed: dict[str, Any] = {"unit": s.holder.code, "officer": s.handler.actor, "due_on": s.in_days(40)}
    s.enter("open_item", OpenLedgerItem, "item_id", s.officer, **body, **owed)
    s.after(9, 20)
    s.act("update_item", UpdateLedgerItem, who, document=s.paper("progress", who))
    s.after(5, 12).act("close_item", CloseLedgerItem, s.officer, rule="closed_without_proof")
    proof = s.proof("proof", s.officer)
    s.act("close_item", CloseLedgerItem, s.officer, rule="beneficiary_not_asked", proof=proof)
    said = s.paper("confirmation", s.officer)
    s.after(1, 4).act("close_item", CloseLedgerItem, s.officer, proof=proof, confirmation=said)
    body = {"superior": GOVERNMENT, "document": s.paper("progress", s.officer)}
    s.enter("report_status", ReportStatus, "report_id", s.officer, **body)


def _batch(s: Scene) -> None:
    """The cases of a sector go to its department together, and each keeps its own history (第二十二条)."""
    names = ("case_1", "case_2", "case_3")
    for name in names:
        s.register(channel=Channel.letter, case=name).turn_to(name).after(0).classify().after(0)
    body: dict[str, Any] = {"category": s.matter.category, "mode": Forwarding.forward, "unit": HUMAN_RESOURCES}
    s.enter("assign_batch", AssignSectorBatch, "batch_id", s.officer, cases=[From(name) for name in names], **body)
    s.goes_to(HUMAN_RESOURCES)
    for name in names:
        s.turn_to(name).leave()


def _vote(s: Scene) -> None:
    """A village votes on what it will undertake together (村民委员会组织法 第二十二条)."""
    s.begins()
    body: dict[str, Any] = {
        "village": s.place.code,
        "electorate": VotingBody.households,
        "entitled": 240,
        "attended": 190,
    }
    minutes = s.paper("minutes", s.head)
    s.enter("vote", VoteOnProposal, "proposal_id", s.head, in_favour=151, document=minutes, **body)


def _directory(s: Scene) -> None:
    """A department lets a township decide for a while, and a head names who acts in the meantime and is back early."""
    who = s.somebody(WATER, Role.unit_head)
    power = {"code": s.place.parent, "power": ContentCategory.agriculture}
    s.act("delegate", DelegatePower, who, **power)
    deputy = s.somebody(WATER, Role.case_officer).actor
    days: dict[str, Any] = {"first_on": s.in_days(3), "last_on": s.in_days(12)}
    s.act("name_deputy", NameDeputy, who, code=WATER, officer=who.actor, deputy=deputy, **days)
    s.after(6, 8).act("end_deputy", EndDeputy, who, code=WATER, officer=who.actor)
    s.after(30, 60).act("take_back", TakeBackPower, who, **power)


def _reorganised(s: Scene) -> None:
    """A case is passed on to a centre below a department, which carries on when that is no more (第二十四条第二款)."""
    keeper = s.somebody(s.county.bureau, Role.platform_admin)
    s.goes_to_centre(keeper, "青澜县农民工权益服务中心")
    centre, labour = s.holder, s.county.units[HUMAN_RESOURCES]
    s.after(1, 4).notify().after(2, 5).hear().after(1, 5)
    s.establish(keeper, replace(centre, name="青澜县劳动者权益服务中心"), step="rename")
    s.after(5, 9).act("succeed", SucceedUnit, keeper, code=centre.code, successors=[labour.code])
    s.act("relieve", RelieveOfficer, keeper, code=centre.code, officer=s.receiver.actor)
    s.acts_for(labour).look_for("HandlingCarriedOn", "carried_on_id")
    s.after(1, 5).verify().after(2, 6).issue(Result.explain).after(0, 3).serve().remedy_over().close()


def _own_people(s: Scene) -> None:
    """Where the bureau's own people are complained of, the bureau above passes the case on, and tells of whom it is.

    (第二十八条第三款、第三十条第二款)
    """
    keeper = s.somebody(s.county.bureau, Role.platform_admin)
    above = Who(FROM_ABOVE, CITY_BUREAU, Role.bureau_officer)
    s.appoint(keeper, above)
    others = [one for one in s.county.staff(s.county.bureau, Role.bureau_officer) if one != s.officer.actor]
    s.register(channel=Channel.letter).after(0, 2).classify(accused=[s.rng.choice(others)])
    s.officer = above
    s.after(0, 2).tell_personnel()
    s.after(1, 4).hand_over(mode=Forwarding.forward).after(1, 5).notify().after(2, 9).hear().after(3, 9).verify()
    s.after(2, 6).issue(Result.explain).after(0, 3).serve().remedy_over().close()


def _shared(s: Scene) -> None:
    """Two units agree on who leads and who helps, which a third one would not; each does its part (第二十四条).

    A fourth that was to help is complained of meanwhile, and nobody need answer that proposal any more.
    """
    labour, roads, water = (s.county.units[code] for code in (HUMAN_RESOURCES, TRANSPORT, WATER))
    s.register(channel=Channel.letter).after(0, 2).classify().after(0, 2).hand_over(labour, mode=Forwarding.forward)
    s.after(0, 1).share(roads, s.county.units[EDUCATION]).after(0, 1).accuse(EDUCATION)
    s.after(0, 1).share(roads, water).after(1, 2).answer_sharing(water, agreed=False)
    s.after(0, 1).share(roads).after(1, 2).answer_sharing(roads, agreed=True)
    s.after(1, 3).notify().after(2, 9).hear().after(3, 8).verify().after(1, 5).give_part(roads)
    s.after(2, 9).issue(Result.support).after(0, 3).serve().after(1, 3).order_execution(roads)
    s.after(5, 9).report_execution(roads)
    ended(s)


# ---------------------------------------------------------------------------------- mediation


def _passed_up(s: Scene) -> None:
    """Who would look again is complained of, and who stands above it answers (第二十八条第三款、第三十五条)."""
    s.goes_to_centre(s.somebody(s.county.bureau, Role.platform_admin), "青澜县根治欠薪服务中心")
    decided(s.after(1, 4).notify(), Result.not_support).after(3, 9).ask_review(s.somebody(GOVERNMENT, Role.reviewer))
    s.after(1, 3).accuse(HUMAN_RESOURCES).after(0, 2)
    s.hand_over(s.another_unit(s.county.units[HUMAN_RESOURCES]), mode=Forwarding.forward)
    s.after(9, 15).review(ReviewResult.uphold).remedy_over().close()


def _slips(s: Scene) -> None:
    """What was taken for something else, typed wrong or signed too soon is put right, and no day moves (第二十八条)."""
    s.register(channel=Channel.letter).after(0, 2).classify(kind=Kind.suggestion)
    s.after(0, 2).hand_over(s.county.units[HUMAN_RESOURCES], mode=Forwarding.forward)
    s.after(1, 3).notify().after(0, 1).correct_receipt().after(1, 3).correct_classification()
    s.after(0, 2).correct_claims()
    inquired(s).after(2, 6).issue(Result.not_support).after(0, 1).take_back().after(1, 3).issue(Result.support)
    ended(s.after(0, 2).serve())


def _came_back(s: Scene) -> None:
    """What comes back nobody has had: it is put right, handed over, or left at the door (第三十五条)."""
    s.register(channel=Channel.letter).after(0, 2).classify().after(0, 2)
    s.hand_over(s.county.units[HUMAN_RESOURCES], mode=Forwarding.forward)
    s.after(1, 3).notify(method=ServiceMethod.post).after(4, 8).come_back(ReturnReason.address_unclear)
    inquired(s.after(1, 3).tell_again()).after(2, 6).issue(Result.not_support)
    s.after(0, 2).serve(ServiceMethod.electronic).after(1, 2).come_back(ReturnReason.undeliverable)
    s.after(0, 1).take_back().after(1, 3).issue(Result.explain)
    s.after(0, 2).serve(ServiceMethod.electronic).after(1, 2).come_back(ReturnReason.undeliverable)
    s.after(1, 2).serve(ServiceMethod.left_at_address).remedy_over().close().after(2, 9).repeat()
    s.after(1, 3).answer_repeat(ServiceMethod.post).after(4, 6).come_back(ReturnReason.not_collected)
    s.after(1, 3).tell_again()


def _another_way(s: Scene) -> None:
    """Who helped out in a unit leaves it; somebody else finds that the matter is for labour inspection (第三十一条)."""
    keeper, labour = s.somebody(s.county.bureau, Role.platform_admin), s.county.units[HUMAN_RESOURCES]
    helper = Who(HELPING_OUT, labour.code, Role.case_officer)
    s.appoint(keeper, helper)
    s.register(channel=Channel.letter).after(0, 2).classify().after(0, 2).hand_over(labour, mode=Forwarding.forward)
    s.handler = helper
    s.after(1, 3).notify().after(2, 6).hear().after(1, 3)
    s.act("relieve", RelieveOfficer, keeper, code=labour.code, officer=helper.actor)
    s.after(0, 1).name_officer().after(2, 5).determine_route(Route.administrative_procedure)
    s.after(0, 2).import_().after(3, 9).docket().after(1, 9).close()


def _committee(s: Scene) -> None:
    """A committee is elected anew when its years are over; who takes sides mediates no more (人民调解法)."""
    s.begins()
    chair, mediator = (s.rng.choice(s.county.all_staff(Role.mediator)).officer for _ in range(2))
    elected: dict[str, Any] = {"member_count": 5, "chair": chair, "has_woman": True}
    before = date(s.now.year - 3, s.now.month, s.now.day) + timedelta(20)
    minutes = s.paper("election", s.head)
    body: dict[str, Any] = elected | {"unit": s.place.code, "setting": CommitteeSetting.village, "document": minutes}
    s.enter("register_committee", RegisterCommittee, "committee_id", s.head, elected_on=before, **body)
    named: dict[str, Any] = {"mediator": mediator, "certificate_no": f"RT-{s.rng.randrange(10**5):05}"}
    s.after(3, 9)
    again: dict[str, Any] = elected | {"elected_on": s.in_days(0), "document": s.paper("election", s.head)}
    s.act("reelect", Reelect, s.head, **again)
    s.enter("register_mediator", RegisterMediator, "mediator_id", s.head, **named)
    s.after(9, 20)
    body = {"trained_on": s.in_days(0), "hours": 24, "document": s.paper("training", s.head)}
    s.act("train", TrainMediator, s.head, **body)
    s.after(30, 60)
    document = s.paper("removal", s.head)
    s.act("remove", RemoveMediator, s.head, ground=RemovalGround.partiality, document=document)


def _disputes(s: Scene) -> None:
    """Units look for disputes and say how many there were; none is an answer, and silence is not (第十条)."""
    towns = [u.code for u in s.county.units.values() if u.level is Level.township and u.competent]
    asked = s.rng.sample(towns, 3)
    s.begins()
    s.enter("order_sweep", OrderSweep, "sweep_id", s.officer, units=asked, due_on=s.in_days(15))
    for count, unit in enumerate(asked[:2]):
        who = s.somebody(unit, Role.unit_receiver)
        s.after(1, 5).act("report_sweep", ReportSweep, who, count=count)
    body: dict[str, Any] = {
        "place": s.place.code,
        "dispute_class": DisputeClass.cadres_and_citizens,
        "against_unit": s.holder.code,
    }
    body |= {"category": ContentCategory.village_works, "document": s.paper("dispute", s.receiver)}
    s.enter("record_dispute", RecordDispute, "dispute_id", s.receiver, **body)
    mediator = s.anybody(Role.mediator)
    team: dict[str, Any] = {"leader": s.head.actor, "mediator": mediator.actor, "due_on": s.in_days(30)}
    s.act("name_mediators", NameTeam, s.head, rule="not_neutral", mediator_unit=s.holder.code, **team)
    s.act("name_mediators", NameTeam, s.head, mediator_unit=mediator.unit, **team)
    s.after(9, 20)
    s.act("settle", SettleDispute, mediator, document=s.paper("settled", s.receiver))
    s.past(s.in_days(10))
    body = {"reason_code": SupervisionReason.no_feedback, "document": s.paper("correction", s.head)}
    s.enter("self_correct", SelfCorrect, "self_correction_id", s.head, **body)


# ------------------------------------------------------------------------------ accountability


def _projects(s: Scene) -> None:
    """A project is not begun before its risks are assessed and people were heard; one was, and that is on record."""
    s.begins()
    who, number = s.somebody(WATER, Role.case_officer), f"XM-{s.rng.randrange(10**5):05}"
    s.enter("require_assessment", RequireAssessment, "project_id", s.supervisor, project_no=number, unit=WATER)
    s.after(2, 6).act("start_project", StartProject, who, rule="not_assessed")
    body: dict[str, Any] = {"participant_count": 37, "document": s.paper("consultation", s.officer)}
    report: dict[str, Any] = {
        part: s.paper(part, s.officer) for part in ("risk_points", "precautions", "response_plan")
    }
    s.after(3, 9).act("file_assessment", FileAssessment, who, **report)
    s.after(1, 3).act("start_project", StartProject, who, rule="nobody_heard")
    s.after(3, 9).act("consult", RecordConsultation, who, **body)
    s.after(3, 9).act("start_project", StartProject, who)
    s.after(9, 20).act("link_case", LinkPetition, s.supervisor, case=From("case_id"))
    body = {"project_no": f"{number}2", "unit": TRANSPORT}
    s.enter("flag_project", FlagProject, "project_id", s.supervisor, **body)


def _emergency(s: Scene) -> None:
    """Somebody on duty elsewhere reads a case for an hour, and auditors look at why (个人信息保护法 第十三条)."""
    s.begins()
    duty = s.somebody(HUMAN_RESOURCES, Role.case_officer)
    s.let_in(duty.actor, EmergencyGround.danger_to_life, s.head, s.supervisor)
    s.act("end_emergency_access", EndEmergencyAccess, s.head)
    s.after(1).act("review_emergency_access", ReviewEmergencyAccess, s.anybody(Role.auditor), justified=True)


SCENES: Final[dict[str, Callable[[Scene], None]]] = {
    "hall": _hall,
    "field": _field,
    "box": _box,
    "people": _people,
    "door": _door,
    "wrongly_joined": _wrongly_joined,
    "conduct": _conduct,
    "receptions": _receptions,
    "conference": _conference,
    "ledger": _ledger,
    "batch": _batch,
    "vote": _vote,
    "directory": _directory,
    "reorganised": _reorganised,
    "own_people": _own_people,
    "shared": _shared,
    "committee": _committee,
    "disputes": _disputes,
    "passed_up": _passed_up,
    "slips": _slips,
    "came_back": _came_back,
    "another_way": _another_way,
    "projects": _projects,
    "emergency": _emergency,
}


def scenes(county: County, seed: int) -> list[Story]:
    """Return the scenes of a seed's year, numbered below the stories."""
    return [_scene(county, seed, -1 - index, name) for index, name in enumerate(SCENES)]


def _scene(county: County, seed: int, number: int, name: str) -> Story:
    rng = Random(f"{seed}/year/{name}")
    place = rng.choice(county.villages())
    category = ContentCategory.unpaid_wages
    start = _SPRING + timedelta(rng.randrange(120))
    scene = Scene(county, rng, Matter(rng, category, place.name), place, start, Route.petition_procedure)
    SCENES[name](scene.after(1))
    return Story(number, name, category, scene.told(), scene.secrets)


def _in_turn(steps: Iterable[Step]) -> Iterable[Step]:
    """Return what is over before the end in its order, no two things at one moment."""
    before = datetime.min.replace(tzinfo=LOCAL)
    for step in sorted(steps, key=lambda step: step.at):
        before = max(step.at, before + timedelta(minutes=1))
        if before <= END:
            yield replace(step, at=before)


def the_end(county: County) -> Story:
    """Return the last scene: time has passed, and what is over goes on record."""
    keeper = county.all_staff(Role.platform_admin)[0]
    who = Who(keeper.officer, keeper.unit, Role.platform_admin)
    step = Step(name="pass_time", command=PassTime, sent={}, who=who, at=END)
    return Story(-1 - len(SCENES), "the_end", ContentCategory.other, (step,), frozenset())
