"""At the door: petitions come in, are told apart and get to a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, Self

from contracts.vocabulary import (
    Channel,
    ContentCategory,
    DisputeLevel,
    DocumentKind,
    Forwarding,
    JudicialManner,
    Kind,
    ObjectionGround,
    Role,
    Route,
)
from services.assignment.commands.cases import (
    AnswerSharing,
    AssignCase,
    DecideObjection,
    DesignateLead,
    ObjectToJurisdiction,
    ProposeSharing,
    ReferDispute,
    RouteOut,
    TakeCase,
)
from services.chassis.operations import Declared
from services.intake.commands.cases import (
    AttachPetition,
    ClassifyCase,
    CorrectClaims,
    CorrectClassification,
    ListClaims,
    RegisterPetition,
)
from services.scenario.county import Unit
from services.scenario.hours import when_open
from services.scenario.step import From, Who
from services.scenario.telling.base import Base
from services.scenario.texts import Matter, Person, texts

CONFERENCE: Final = "980726000117"
"""The office of the joint conference (联席会议办公室)."""
_CHANNELS: Final = {
    Channel.visit: 36,
    Channel.online: 27,
    Channel.letter: 19,
    Channel.call: 15,
    Channel.fax: 3,
}
_DECIDED_NEAR_BY: Final = frozenset(
    {
        ContentCategory.agriculture,
        ContentCategory.demolition,
        ContentCategory.environment,
        ContentCategory.land_acquisition,
        ContentCategory.village_works,
    }
)
"""What a township is often asked to decide, having the power (属地管理)."""


class Door(Base):
    """Registration, classification, and the way to a unit."""

    # ----------------------------------------------------------------------------- at the door

    def ask_for_more(self) -> Self:
        """Whoever petitions has a second claim, which is answered on its own."""
        self.also = self.rng.choice(texts()["also"])
        self.secrets |= {self.also}
        return self

    def register(
        self,
        *,
        anonymous: bool = False,
        people: int = 1,
        channel: Channel | None = None,
        at: Unit | None = None,
        case: str = "case_id",
        neighbour: Person | None = None,
    ) -> Self:
        """Somebody comes, calls or writes, and a case exists; `at` is the unit that it is brought to.

        A neighbour's petition is captured as `neighbours_id`, with `neighbours_code`.
        """
        content: Mapping[str, Any] = self.matter.content if people == 1 else self.matter.jointly(people)
        if self.also:
            content = {**content, "further_claims": [self.also]}
        channel = channel or (Channel.visit if at else self._pick(_CHANNELS))
        self.channel, self.unknown = channel, anonymous
        who = None if anonymous else self._petitioner(channel, neighbour)
        body = self._petition(channel, who, content) | {"person_count": people}
        if self.matter.kind is Kind.report_accusation:
            body["secrecy_requested"] = True
        captures = {case: "case_id"}
        if neighbour:
            captures |= {"neighbours_id": "petition_id", "neighbours_code": "query_code"}
        else:
            captures |= {"petition_id": "petition_id", "query_code": "query_code", "receipt_no": "registration_no"}
        self._take("register", RegisterPetition, body, captures, at)
        if neighbour is None:  # whatever they do later is done at the door where they have come in
            self.petitioner = self.petitioner._replace(unit=self.steps[-1].who.unit)
        return self

    def repeat(self) -> Self:
        """The same person comes again about the same matter."""
        channel = self._pick(_CHANNELS)
        content = self.matter.again(self.rng, self.petitions)
        body = self._petition(channel, self._petitioner(channel), content) | {"earlier_no": From("receipt_no")}
        return self._take("repeat", AttachPetition, body, {"repeat_id": "petition_id"})

    def attach(self, other: Matter) -> Self:
        """A clerk takes somebody else's letter for one about this case."""
        self.secrets |= other.secrets
        letter = self._petition(Channel.letter, self._petitioner(Channel.letter, other.petitioner), other.content)
        return self._take("attach", AttachPetition, letter, {"joined_id": "petition_id"})

    def _petition(self, channel: Channel, who: Mapping[str, str] | None, content: Mapping[str, Any]) -> dict[str, Any]:
        self.petitions += 1
        if channel is not Channel.online:  # the web is open at night
            self.now = when_open(self.now, self.rng)
        body: dict[str, Any] = {
            "channel": channel,
            "category": self.matter.category,
            "place": self.place.code,
            "petitioner": who,
            "content": content,
        }
        if channel is Channel.letter:
            body["received_at"] = self.now - timedelta(minutes=self.rng.randint(15, 100))
        return body

    def _take(
        self,
        name: str,
        command: type[Declared],
        body: Mapping[str, Any],
        captures: Mapping[str, str],
        at: Unit | None = None,
    ) -> Self:
        who = self.somebody(at.code, Role.unit_receiver) if at else self._received_by(body["channel"])
        reason = None if who.role is Role.petitioner else "register"
        return self._do(name, command, body, who, captures, reason=reason)

    def _petitioner(self, channel: Channel, neighbour: Person | None = None) -> dict[str, str]:
        who = neighbour or self.matter.petitioner
        known = {"name": who.name, "phone": who.phone}
        if channel is not Channel.call:
            known |= {"id_no": who.id_no, "address": f"{self.matter.say('{place}{group}')}"}
        return known

    def _received_by(self, channel: Channel) -> Who:
        if channel is Channel.online:
            return self.petitioner
        town = self.town()
        if channel is Channel.visit and town and town.competent and self.chance(0.3):
            return self.somebody(town.code, Role.unit_receiver)
        return self.somebody(self.county.bureau, Role.intake_clerk)

    # ------------------------------------------------------------------------------ the bureau

    def classify(
        self, *, late: bool = False, by: Who | None = None, accused: Sequence[str] = (), kind: Kind | None = None
    ) -> Self:
        """The bureau tells the case apart, or the unit to which it was brought; a `kind` is what it takes it for."""
        body = self._told_apart(kind or self.matter.kind)
        if accused:
            body["accused_persons"] = [*accused]
        reason = "late" if late else "classify"
        return self._do("classify", ClassifyCase, body, by or self.officer, reason=reason)

    def correct_classification(self) -> Self:
        """The bureau sees what the case is, and puts right what it took it for, with the reasons (第二十二条)."""
        body = self._told_apart(self.matter.kind) | {"reasons": self._paper("told_apart", self.officer)}
        return self._do("correct_classification", CorrectClassification, body, self.officer)

    def correct_claims(self) -> Self:
        """Somebody counts a claim twice, and puts it right when the petitioner says so (第三十二条)."""
        held = 2 if self.also else 1
        listed = {"count": held + 1, "document": self._paper("claims", self.officer)}
        self._do("list_claims", ListClaims, listed, self.officer)
        self.after(1, 3)
        why, so_many = self._paper("counted_twice", self.officer), self._paper("so_many", self.officer)
        body = {"count": held, "document": why, "confirmation": so_many}
        return self._do("correct_claims", CorrectClaims, body, self.officer)

    def _told_apart(self, kind: Kind) -> dict[str, Any]:
        route = Route.discipline_supervision if kind is Kind.report_accusation else self.route
        return {"kind": kind, "route": route, "category": self.matter.category}

    def hand_over(self, unit: Unit | None = None, *, mode: Forwarding | None = None, code: str | None = None) -> Self:
        """The bureau forwards the case to a competent unit, or assigns it and wants a report."""
        self._with(unit or self.competent_unit())
        body: dict[str, Any] = {"mode": Forwarding.forward, "unit": self.holder.code}
        assigned = mode is Forwarding.assign or (mode is None and self.chance(0.35))
        self.owes_report = assigned and code is None
        if assigned:
            due_on = self.now.date() + timedelta(self.rng.choice((45, 60, 75)))
            body |= {"mode": Forwarding.assign, "due_on": due_on}
        return self._do("assign", AssignCase, body, self.officer, code=code, reason="assign")

    def take(self) -> Self:
        """The unit to which the case was brought keeps it."""
        return self._do("take", TakeCase, {}, self.receiver)

    def come_to(self, unit: Unit) -> Self:
        """Somebody goes to a unit itself."""
        self._with(unit)
        self.register(at=unit)
        self.receiver = self.steps[-1].who
        return self

    def bring_to(self, unit: Unit) -> Self:
        """Somebody goes to the competent unit itself, which tells the case apart."""
        return self.come_to(unit).after(0, 1).classify(by=self.receiver)

    def leave_to_courts(self) -> Self:
        """The bureau leaves a case about litigation to an organ of the law."""
        organ = self.rng.choice(self.county.competent(ContentCategory.litigation)[:2])
        manner = JudicialManner.explained if self.channel is Channel.visit else JudicialManner.forwarded
        body = {"organ": organ.code, "manner": manner}
        return self._do("leave_to_courts", RouteOut, body, self.officer)

    def competent_unit(self) -> Unit:
        """Return a unit that has power in the matter: the township of the place or a department."""
        category, town = self.matter.category, self.town()
        near = town and town.competent and category in town.powers and category in _DECIDED_NEAR_BY
        if near and self.chance(0.45):
            assert town
            return town
        return self.rng.choice(self.county.competent(category) or self._departments())

    def another_unit(self, *but: Unit) -> Unit:
        """Return a unit for the case that is none of these, a competent one if there is one."""
        able = [unit for unit in self.county.competent(self.matter.category) if unit not in but]
        return self.rng.choice(able) if able else self.mistaken_unit(*but)

    def mistaken_unit(self, *but: Unit) -> Unit:
        """Return a department that a bureau in a hurry would take for the competent one."""
        likely = self.county.competent(self.matter.mistaken_for)
        for units in (likely, self._departments()):
            if wrong := [unit for unit in units if self.matter.category not in unit.powers and unit not in but]:
                return self.rng.choice(wrong)
        return self.holder

    # -------------------------------------------------------------------------- jurisdiction

    def object(self, ground: ObjectionGround, proposed: Unit | None, *, code: str | None = None) -> Self:
        """The unit says that the case is not its own."""
        why = texts()["documents"]["why"][ground]
        reasons = self._deposit(DocumentKind.objection, self.receiver, "objection", why=why)
        body = {"ground": ground, "reasons": reasons, "proposed_unit": proposed.code if proposed else None}
        return self._do("object", ObjectToJurisdiction, body, self.receiver, code=code, needs_days=bool(code))

    def decide(self, *, upheld: bool) -> Self:
        """The bureau verifies the objection."""
        return self._do("decide", DecideObjection, {"upheld": upheld}, self.officer)

    def refer(self, units: Sequence[Unit]) -> Self:
        """The bureau asks who stands one level above the units whose the case is, or else the joint conference."""
        codes = [unit.code for unit in units]
        above = sorted(self.county.directory.nearest_common(codes))
        level, asked, role = (
            (DisputeLevel.common_superior, above[0], Role.sponsor_leader)
            if above
            else (DisputeLevel.joint_conference, CONFERENCE, Role.conference_secretary)
        )
        self.arbiter = self.somebody(asked, role)
        body = {"level": level, "arbiter": asked, "units": codes}
        return self._do("refer", ReferDispute, body, self.officer)

    def designate(self, lead: Unit, co_units: Sequence[Unit] = ()) -> Self:
        """It is settled who leads and who helps."""
        self.owes_report = self.owes_report and lead == self.holder
        self._with(lead)
        body = {"unit": lead.code, "co_units": [unit.code for unit in co_units]}
        return self._do("designate", DesignateLead, body, self.arbiter)

    def share(self, *co_units: Unit) -> Self:
        """The unit that has the case proposes to lead, and that others help (第二十四条第一款)."""
        body = {"lead": self.holder.code, "co_units": [unit.code for unit in co_units]}
        return self._do("share", ProposeSharing, body, self.receiver)

    def answer_sharing(self, unit: Unit, *, agreed: bool) -> Self:
        """A unit that was asked says for itself whether it agrees."""
        who = self.somebody(unit.code, Role.unit_receiver)
        return self._do("answer_sharing", AnswerSharing, {"agreed": agreed}, who)
