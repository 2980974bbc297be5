"""The rules by which a case gets to the unit that must handle it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from contracts.assignment import (
    AccusedLearnt,
    CaseAssigned,
    CaseCameBack,
    CaseCarriedOn,
    CaseForwarded,
    CaseLeft,
    CasePassedOn,
    CaseRecalled,
    CaseReceived,
    CaseTaken,
    ChallengeLearnt,
    ClaimsLearnt,
    ClassificationLearnt,
    DestinationNotified,
    JurisdictionDisputeReferred,
    JurisdictionObjected,
    LeadUnitDesignated,
    ObjectionRejected,
    ObjectionUpheld,
    PetitionerParted,
    PetitionersJoined,
    RecusalLearnt,
    RoutedToJudicial,
    SharingAgreed,
    SharingDeclined,
    SharingLapsed,
    SharingProposed,
    TransferBraked,
    WithdrawalLearnt,
)
from contracts.periods import period
from contracts.periods.calendar import day
from contracts.vocabulary import (
    AssignmentState,
    Channel,
    ContentCategory,
    DisputeLevel,
    Forwarding,
    JudicialManner,
    Kind,
    LeavingReason,
    ObjectionGround,
    Route,
    ServiceMethod,
    UnitKind,
)
from services.chassis.aggregate import Aggregate, when
from services.chassis.context import By
from services.chassis.directory import Directory, Entry
from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.recusal import FOR_NO_UNIT, MustKeepOut, OthersKeepOut, keeps_out

BOUNCES_MAX: Final = 2
"""How often a case may be given back before somebody above the units has to say whose it is (第二十四条)."""
NO_UNITS: Final = frozenset({Route.judicial, Route.discipline_supervision})
"""The routes on which no unit has a case, so that nobody disputes whose it is (第二十二条第二款)."""


class AlreadyWithUnit(Refused):
    """A case has one competent unit at a time; it changes by objection and not by handing it on."""

    code = "already_with_unit"
    title = "该事项已转送交办"
    article = "信访工作条例 第二十二条"


class RoutedElsewhere(Refused):
    """The regulation takes these cases to courts, procuratorates, the police; no unit may be made to decide them."""

    code = "routed_elsewhere"
    title = "涉法涉诉事项应转送政法部门依法处理"
    article = "信访工作条例 第二十二条第二款、第三十一条第一项"


class NotCompetent(Refused):
    """An inner office or a village committee issues no opinion."""

    by_directory = True
    code = "unit_not_competent"
    title = "该单位无权作出处理意见"
    article = "信访工作条例 第二十二条、第三十二条"


class DueDateMissing(Invalid):
    """Whoever assigns says until when the result is due."""

    code = "due_date_missing"
    title = "交办须指定反馈期限"
    article = "信访工作条例 第二十二条第三项"


class NothingToObjectTo(Refused):
    """There is no unit that could object."""

    code = "nothing_to_object_to"
    title = "该事项未由单位办理，或已有异议待核实"
    article = "信访工作条例 第二十三条第三款"


class NotTheHoldingUnit(Forbidden):
    """Only the unit that has the case may object."""

    code = "not_the_holding_unit"
    title = "该事项未转送交办本单位"
    article = "信访工作条例 第二十三条第三款"


class ObjectionTooLate(Refused):
    """Five working days are over; the unit keeps the case."""

    code = "objection_too_late"
    title = "异议期限已过"
    article = "信访工作条例 第二十三条第三款"


class NoObjection(Refused):
    """There is no objection to decide on."""

    code = "no_objection"
    title = "没有待核实的异议"
    article = "信访工作条例 第二十三条第三款"


class UnitHasSuccessor(Refused):
    """The unit is no more; its cases belong to whoever carries on its powers."""

    by_directory = True
    code = "unit_has_successor"
    title = "该单位已分立、合并或者撤销"
    article = "信访工作条例 第二十四条第二款"


class TooManyBounces(Refused):
    """A case that came back so often is not handed on again: somebody above the units has to say whose it is."""

    code = "too_many_bounces"
    title = "多次交还，应提请上级或者联席会议确定办理单位"
    article = "信访工作条例 第二十四条第一款"


class AlreadyRejected(Refused):
    """The sender has verified the same unit's objection once; it is not raised again."""

    code = "objection_already_rejected"
    title = "本单位的异议已经核实不成立"
    article = "信访工作条例 第二十三条第三款"


class NotReceivedDirectly(Forbidden):
    """A unit takes by itself only what was brought to it."""

    code = "not_received_directly"
    title = "该事项不是信访人直接向本单位提出"
    article = "信访工作条例 第二十三条第一款"


class NotOfTheSystem(Refused):
    """A unit passes on what belongs to units under it; for everything else it says who is competent."""

    by_directory = True
    code = "not_of_the_system"
    title = "不是本系统下级机关、单位"
    article = "信访工作条例 第二十三条第一款"


class DestinationUntold(Invalid):
    """Whoever came to a unit is told in writing where their matter has gone."""

    code = "destination_untold"
    title = "应当书面告知信访人转送、交办去向"
    article = "信访工作条例 第二十三条第一款、第二款"


class ToldLater(Invalid):
    """Nobody was told at a time that has not come."""

    code = "told_later"
    title = "告知时间不得晚于当前时间"
    article = "信访工作条例 第二十三条第二款"


class ToldBeforeItCame(Invalid):
    """Nobody was told where a case went before it had come in."""

    code = "told_before_it_came"
    title = "告知日期不得早于收到信访事项之日"
    article = "信访工作条例 第二十三条第二款"


class OutOfReach(Refused):
    """A bureau forwards to its own level and to those below, in its territory; what is above goes up by its own way."""

    by_directory = True
    code = "out_of_reach"
    title = "应当转送本级或者下级有权处理的机关、单位"
    article = "信访工作条例 第二十二条第一款"


class BelongsToTheSystem(Refused):
    """What belongs to a unit under the own one is passed on to it, and the petitioner told; it is not given back."""

    by_directory = True
    code = "belongs_to_the_system"
    title = "属于本系统下级机关、单位职权范围的，应当转送、交办并告知信访人，不得提出异议"
    article = "信访工作条例 第二十三条第一款、第三款"


class NotTheSender(Forbidden):
    """Who has forwarded or assigned the case verifies the objection."""

    by_directory = True
    code = "not_the_sender"
    title = "应由转送、交办的信访部门或者上级机关、单位核实异议"
    article = "信访工作条例 第二十三条第三款"


class AcceptedHere(Refused):
    """Who has told the petitioner that the case is accepted handles it."""

    code = "accepted_here"
    title = "已告知受理的事项由本单位办理，不再转下级，也不再提出异议"
    article = "信访工作条例 第二十三条第三款"


class AnsweredHere(Refused):
    """Who has answered has said whose the case is; it is shared and disputed no more."""

    code = "answered_here"
    title = "已作出处理或者答复的事项，不再协商受理，也不再提请指定管辖"
    article = "信访工作条例 第二十四条第一款、第三十五条"


class ReportOwed(Refused):
    """Who has to report the result by a day passes the case on with that day, or an earlier one."""

    code = "report_owed"
    title = "交办事项须交办下级，期限不得晚于原定反馈期限"
    article = "信访工作条例 第二十二条第三项、第二十三条第一款"


class NotOfTheLevel(Refused):
    """Letters about litigation go to the political-legal organ of the bureau's own level."""

    by_directory = True
    code = "not_of_the_level"
    title = "涉法涉诉信件应当转送同级政法部门"
    article = "信访工作条例 第二十二条第二款"


class NotJudicial(Refused):
    """Only what is for courts, procuratorates or the police goes there."""

    code = "not_judicial"
    title = "该事项不属于涉法涉诉事项"
    article = "信访工作条例 第二十二条第二款、第三十一条第一项"


class NotAJudicialOrgan(Invalid):
    """The unit is no political-legal organ."""

    by_directory = True
    code = "not_a_judicial_organ"
    title = "该单位不是政法机关"
    article = "信访工作条例 第二十二条第二款"


class LettersAreForwarded(Refused):
    """Visitors are told where to go; what was written or told from afar is forwarded."""

    code = "letters_are_forwarded"
    title = "涉法涉诉信件应当转送同级政法部门，仅对走访释法明理"
    article = "信访工作条例 第二十二条第二款"


class NothingDisputed(Refused):
    """Nobody disputes whose the case is."""

    code = "nothing_disputed"
    title = "没有管辖争议"
    article = "信访工作条例 第二十四条"


class NoCommonSuperior(Refused):
    """The unit does not stand above all that are concerned; then the joint conference has to say."""

    by_directory = True
    code = "no_common_superior"
    title = "不是各有关单位共同的上一级机关"
    article = "信访工作条例 第二十四条第一款"


class HasCommonSuperior(Refused):
    """The joint conference coordinates where nobody stands above all that are concerned; else that one decides."""

    by_directory = True
    code = "has_common_superior"
    title = "各有关单位有共同的上一级机关，应由其决定"
    article = "信访工作条例 第二十四条第一款"


class NotAConference(Invalid):
    """A department settles no dispute between others."""

    by_directory = True
    code = "not_a_conference"
    title = "该单位不是信访工作联席会议"
    article = "信访工作条例 第二十四条第一款"


class NotConcerned(Refused):
    """Whose the case is lies between the units that are concerned, the one that has it among them."""

    code = "unit_not_concerned"
    title = "该单位不是争议所涉及的单位"
    article = "信访工作条例 第二十四条第一款"


class NotTheArbiter(Forbidden):
    """Who was asked decides, by people of their own."""

    code = "not_the_arbiter"
    title = "应由被提请的上一级机关或者联席会议决定"
    article = "信访工作条例 第二十四条第一款"


class Disputed(Refused):
    """While it is open whose the case is, the units do not agree about it: who was asked says it."""

    code = "disputed"
    title = "异议待核实或者管辖待确定，不再协商"
    article = "信访工作条例 第二十四条第一款"


class NamedByOthers(Refused):
    """What somebody above the units has said of who has a case, they do not put aside among themselves."""

    code = "named_by_others"
    title = "受理机关已由上一级机关或者联席会议确定，不再协商"
    article = "信访工作条例 第二十四条第一款"


class NobodyToAgree(Invalid):
    """The unit that has the case and at least one other share it, each once."""

    code = "nobody_to_agree"
    title = "协商受理应当包括现办理单位和其他所涉及的单位，各一次"
    article = "信访工作条例 第二十四条第一款"


class NotAskedToAgree(Refused):
    """Each unit says for itself, and once, whether it agrees."""

    by_directory = True
    code = "not_asked_to_agree"
    title = "没有待本单位答复的协商受理提议"
    article = "信访工作条例 第二十四条第一款"


class NothingToDoWithTheCase(Forbidden):
    """What is done around a case is organised by who has it, by who stands above, or by its territory's own bodies."""

    by_directory = True
    code = "nothing_to_do_with_the_case"
    title = "本单位与该事项的办理无关，不得组织其办理"
    article = "信访工作条例 第十二条、第十三条、第十四条、第十八条第二款"


class CaseHasLeft(Refused):
    """The case needs no unit any more."""

    code = "case_has_left"
    title = "该事项已退出分办"
    article = "信访工作条例 第二十二条"


@dataclass(frozen=True)
class Told:
    """How and when the petitioner was told, and what proves it."""

    method: ServiceMethod
    served_at: datetime
    receipt: UUID


@dataclass(frozen=True)
class Dispute:
    """Who has to say whose the case is, and between whom."""

    level: DisputeLevel
    arbiter: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Sharing:
    """Who is to lead and who to help, and who has not said yet that they agree."""

    lead: str
    co_units: tuple[str, ...]
    awaited: frozenset[str]


class Assignment(Aggregate):
    """Who has a case, and whether that is disputed."""

    decided_from: ClassVar[str | None] = "intake"

    def start(self) -> None:
        """The case has not been classified yet, as far as is known here."""
        self.registration_no = ""
        self.others: tuple[UUID, ...] = ()
        self.claims = 1
        self.kind: Kind | None = None
        self.route: Route | None = None
        self.category: ContentCategory | None = None
        self.place = ""
        self.channel: Channel | None = None
        self.unit: str | None = None
        self.unit_name: str | None = None
        self.sender: str | None = None
        """Who has forwarded or assigned it to the unit that objects, as far as that is known."""
        self.received_at: datetime | None = None
        self.brought_on: date | None = None
        """On which day it was brought to the unit that has received it, or this was known here."""
        self.due_on: date | None = None
        self.anonymous = self.unclear = self.direct = False
        self.receiving_unit: str | None = None
        self.accused: frozenset[str] = frozenset()
        self.accused_persons: frozenset[str] = frozenset()
        """Whom the case complains of; these only grow."""
        self.challenged: set[str] = set()
        """Of whom it is open whether they keep out, and decided at the door."""
        self.recused: set[str] = set()
        """Which officers keep out of it, as far as that is known here."""
        self.candidates: tuple[str, ...] = ()
        """Among whom it is to be said who carries on for a unit that is no more."""
        self.objection: ObjectionGround | None = None
        self.objections = 0
        self.bounces = 0
        """How often a unit has given the case back."""
        self.braked = False
        """Whether somebody above the units has to say whose it is."""
        self.rejected = False
        """Whether the unit that has the case has objected in vain."""
        self.settled = False
        """Whether it took the case itself, or was designated: there is nothing to object to."""
        self.dispute: Dispute | None = None
        self.received_on: date | None = None
        """From which day on the unit that has it must tell the petitioner of it."""
        self.sharing: Sharing | None = None
        self.declined: str | None = None
        """Which unit that was to share it does not want to, so that it is disputed whose it is."""
        self.named = False
        """Whether somebody above the units has said who leads and who helps."""
        self.helpers: tuple[str, ...] = ()
        self.organ: str | None = None
        self.left: LeavingReason | None = None
        self.withdrawal_pending = False

    @property
    def state(self) -> AssignmentState:
        """What a list shows."""
        steps = (
            (AssignmentState.left, self.left),
            (AssignmentState.routed_out, self.organ),
            (AssignmentState.disputed, self.dispute),
            (AssignmentState.objected, self.objection),
            (AssignmentState.with_unit, self.unit),
        )
        return next((name for name, reached in steps if reached), AssignmentState.awaiting_unit)

    def receive(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Take note of a classified case, once."""
        if not self.exists:
            self.record(CaseReceived, at=at, **facts)

    def learn_classification(
        self, kind: Kind, route: Route, category: ContentCategory, reasons: UUID, *, at: datetime
    ) -> None:  # fmt: skip
        """Learn that the case was told apart wrongly, also where it was not known here what a unit had found meanwhile.

        A unit loses what is for the courts (第二十二条第二款).
        """
        self.record(ClassificationLearnt, at=at, kind=kind, route=route, category=category, reasons=reasons)
        if self.left is LeavingReason.sealed:
            self.record(CaseCameBack, at=at)
        if self.left is None and self.unit is not None and route in NO_UNITS:
            self.record(CaseRecalled, at=at, unit=self.unit)

    def set_apart(self, *, at: datetime) -> None:
        """Learn that the case is dealt with elsewhere; nobody here may know of it any more (第三十条第三款)."""
        if not self.exists or self.left is LeavingReason.sealed:
            return
        self.learn_withdrawal(pending=False, at=at)
        if self.left is None and self.unit is not None:
            self.record(CaseRecalled, at=at, unit=self.unit)
        self.record(CaseLeft, at=at, reason=LeavingReason.sealed)

    def hand(
        self, mode: Forwarding, unit: str, due_on: date | None, sender: str, directory: Directory, *, at: datetime,
        from_above: bool = False,
    ) -> None:  # fmt: skip
        """Forward or assign the case to a competent unit of the own level or below (第二十二条).

        Where it is unclear who carries on for a unit that is no more, say so (第二十四条第二款).
        """
        if self.candidates:
            self._say_who_carries_on(unit, directory, at=at)
            return
        self._must_await_a_unit()
        if self.route is Route.judicial:
            raise RoutedElsewhere
        if self.braked:
            raise TooManyBounces(f"已交还 {self.bounces} 次")
        self._must_fit(unit, directory)
        if not directory.within_reach(sender, unit) and not self._passes_by(unit, directory):
            raise OutOfReach(unit)
        facts = self._handing(unit, directory) | {"brought_on": self._brought_before(at)}
        if mode is Forwarding.forward:
            self.record(CaseForwarded, at=at, **facts)
        elif due_on is None or due_on <= day(at):
            raise DueDateMissing
        else:
            self.record(CaseAssigned, at=at, **facts, due_on=due_on, from_above=from_above)

    def pass_down(
        self, mode: Forwarding, unit: str, due_on: date | None, sender: str, told: Told | None, directory: Directory, *,
        at: datetime, accepted: bool = False,
    ) -> None:  # fmt: skip
        """Pass on to a unit below what was brought or handed to one, and tell the petitioner so (第二十三条第一款)."""
        if self.candidates and sender == self.unit:
            self._say_who_carries_on(unit, directory, at=at)
            return
        held = self.unit == sender and self.left is None and not self.settled
        if not held and not self._brought_to(sender, directory):
            raise NotReceivedDirectly
        if unit not in directory.below(sender):
            raise NotOfTheSystem(unit)
        if told is not None and told.served_at > at:
            raise ToldLater
        if told is not None and self.brought_on is not None and day(told.served_at) < self.brought_on:
            raise ToldBeforeItCame(f"{day(told.served_at)}，不早于 {self.brought_on}")
        if told is None and not (self.anonymous or self.unclear):
            raise DestinationUntold
        if held:
            self._must_be_free_to_pass(mode, due_on, at, accepted=accepted)
        if told is not None:
            self.record(DestinationNotified, at=at, sender=sender, unit=unit, **vars(told))
        if held:
            self.record(CasePassedOn, at=at, unit=sender)
        self.hand(mode, unit, due_on, sender, directory, at=at)

    def _must_be_free_to_pass(self, mode: Forwarding, due_on: date | None, at: datetime, *, accepted: bool) -> None:
        """Let a unit that was handed the case pass it on while it might object, and has not accepted it."""
        self._must_be_open_to_objection(at)
        if accepted:
            raise AcceptedHere
        if self.due_on is not None and (mode is Forwarding.forward or due_on is None or due_on > self.due_on):
            raise ReportOwed(f"反馈期限为 {self.due_on}")

    def take(self, unit: str, directory: Directory, *, at: datetime) -> None:
        """Keep what was brought to the unit itself (第二十三条第一款)."""
        self._must_await_a_unit()
        if not self._brought_to(unit, directory):
            raise NotReceivedDirectly
        if self.route is Route.judicial:
            raise RoutedElsewhere
        self._must_fit(unit, directory)
        self.record(CaseTaken, at=at, **self._handing(unit, directory), received_on=self._brought_before(at))

    def route_out(
        self, organ: Entry, manner: JudicialManner, sender: str, directory: Directory, *, at: datetime
    ) -> None:
        """Leave a case about litigation to the organs of the law (第二十二条第二款, 第三十一条第一项)."""
        self._must_await_a_unit()
        if self.route is not Route.judicial:
            raise NotJudicial
        if organ.kind not in {None, UnitKind.political_legal_organ}:
            raise NotAJudicialOrgan(organ.name)
        if manner is JudicialManner.explained and self.channel not in {None, Channel.visit}:
            raise LettersAreForwarded
        self.must_be_kept_from(directory, [organ.code])
        by_bureau = manner is JudicialManner.forwarded and not directory.is_no_bureau(sender)
        if by_bureau and not directory.of_one_level(sender, organ.code) and not self._passes_by(organ.code, directory):
            raise NotOfTheLevel(organ.name)
        self.record(RoutedToJudicial, at=at, organ=organ.code, manner=manner)

    def learn_accused(
        self, units: Iterable[str], persons: Iterable[str], directory: Directory, *, at: datetime
    ) -> None:
        """Learn whom else the case complains of; a unit that may not touch it any more loses it."""
        if not self.exists:
            return
        new_units, new_persons = {*units} - self.accused, {*persons} - self.accused_persons
        if new_units or new_persons:
            self.record(AccusedLearnt, at=at, units=tuple(sorted(new_units)), persons=tuple(sorted(new_persons)))
        self.recall(directory, at=at)

    def learn_recusal(self, officer: str, *, recused: bool, at: datetime) -> None:
        """Learn that an officer keeps out of the case, or does so no more."""
        if self.exists and (officer in self.recused) is not recused:
            self.record(RecusalLearnt, at=at, officer=officer, recused=recused)

    def learn_challenge(self, officer: str, *, pending: bool, at: datetime) -> None:
        """Learn that it is open whether an officer keeps out of the case, for whoever handles it; or so no more."""
        if self.exists and (officer in self.challenged) is not pending:
            self.record(ChallengeLearnt, at=at, officer=officer, pending=pending)

    def recall(self, directory: Directory, *, at: datetime) -> None:
        """Take the case from a unit that may not touch it, and a dispute from such an arbiter (第二十八条第三款).

        Nobody agrees any longer to what would give such a unit a part.
        """
        if self.left is not None:
            return
        if self.unit is not None and self.unit in self.barred(directory):
            self.record(CaseRecalled, at=at, unit=self.unit)
        elif self.dispute is not None and self.dispute.arbiter in (barred := self.barred(directory)):
            self._refer_past(self.dispute, barred, directory, at=at)
        elif self.sharing is not None and self.barred(directory) & {self.sharing.lead, *self.sharing.co_units}:
            self.record(SharingLapsed, at=at)

    def _refer_past(self, dispute: Dispute, barred: Collection[str], directory: Directory, *, at: datetime) -> None:
        """Let who stands above an arbiter that may not decide say whose the case is, where anybody does."""
        for above in directory.bodies_to_look_again(dispute.arbiter, barred)[:1]:
            common = above in directory.common_superiors(dispute.units)
            level = DisputeLevel.common_superior if common else DisputeLevel.party_and_government
            self.record(JurisdictionDisputeReferred, at=at, level=level, arbiter=above, units=dispute.units)

    def must_move(self, directory: Directory) -> bool:
        """Return whether the unit that has the case may not touch it, or is no more."""
        return self.unit is not None and (
            self.unit in self.barred(directory) or directory.carrier(self.unit) != self.unit
        )

    def carry_on(self, directory: Directory, *, at: datetime) -> None:
        """Let who carries on for a unit that is no more have its case as it stands (第二十四条第二款)."""
        if self.unit is None or self.left is not None:
            return
        unit, barred = directory.carrier(self.unit, self.category, self.barred(directory)), self.barred(directory)
        if unit != self.unit:
            fit = directory.fit_to_carry_on(self.unit, self.category, barred)
            unclear = self.candidates or (() if unit in fit else tuple(fit))
            self._carried_on(unit, directory, candidates=unclear, at=at)

    def _say_who_carries_on(self, unit: str, directory: Directory, *, at: datetime) -> None:
        if unit not in {*directory.carried_on(self.candidates), self.unit}:
            raise NotConcerned("、".join(self.candidates))
        self._must_fit(unit, directory)
        self._carried_on(unit, directory, candidates=(), at=at)

    def _carried_on(self, unit: str, directory: Directory, *, candidates: tuple[str, ...], at: datetime) -> None:
        name = directory.units[unit].name
        self.record(CaseCarriedOn, at=at, unit=unit, unit_name=name, from_unit=self.unit, candidates=candidates)

    def _brought_to(self, unit: str, directory: Directory) -> bool:
        """Return whether the case was brought to a unit itself, or to one for which it carries on."""
        received = self.receiving_unit
        return self.direct and directory.acting_as(unit, received, barred=self.barred(directory)) == received

    def barred(self, directory: Directory) -> frozenset[str]:
        """Return the units that may not touch the case."""
        return directory.off_limits(self.accused, self.accused_persons)

    def must_be_kept_from(self, directory: Directory, units: Collection[str], persons: Collection[str] = ()) -> None:
        """Let nothing of the case come to whom it complains of, nor to who keeps out of it."""
        if directory.is_kept_from(units, persons, self.accused, self.accused_persons):
            raise OthersKeepOut
        if recused := self.recused & {*persons}:
            raise OthersKeepOut("、".join(sorted(recused)))

    @property
    def sealed(self) -> bool:
        """Whether it lies apart, so that nobody here may know of it any more (第三十条第三款)."""
        return self.left is LeavingReason.sealed

    def is_kept_out(self, by: By, directory: Directory) -> bool:
        """Return whether somebody takes no part in the case."""
        return self.sealed or keeps_out(
            by, directory, self.accused, self.accused_persons, recused=self.recused, received_by=self.receiving_unit
        )

    def must_not_keep_out(self, by: By, directory: Directory) -> None:
        """Let nobody act in the case who keeps out of it, nor find a report."""
        if self.sealed:
            raise NotFound(str(self.id))
        if self.is_kept_out(by, directory):
            raise MustKeepOut

    @property
    def around(self) -> list[str]:
        """The units that have the case, help or have received it."""
        return [unit for unit in (self.unit, self.receiving_unit, self.organ, *self.helpers) if unit is not None]

    def must_have_to_do_with(self, by: By, directory: Directory, also: Collection[str] = ()) -> None:
        """Let only who has the case, helps or has received it organise something around it, or who organises for these.

        Where it has happened makes nobody one of them: whoever is to act there was given it, or a part of it.
        """
        own = [*self.around, *also]
        if by.role in FOR_NO_UNIT or directory.acting_as(by.unit, *own, barred=self.barred(directory)) in own:
            return
        if own and not any(directory.organises(by.unit, one) for one in own):
            raise NothingToDoWithTheCase(by.unit)

    def leave(self, reason: LeavingReason, *, at: datetime) -> None:
        """Learn that the case needs no unit any more."""
        if self.exists and self.left is None:
            self.record(CaseLeft, at=at, reason=reason)

    def come_back(self, directory: Directory, *, at: datetime) -> None:
        """Learn that the case was wrongly not accepted, and needs a unit as it did before (第四十四条).

        Where one has it that may not touch it by now, or is no more, it goes the way that it would have gone meanwhile.
        """
        if self.left is LeavingReason.not_accepted:
            self.record(CaseCameBack, at=at)
            self.recall(directory, at=at)
            self.carry_on(directory, at=at)

    def _passes_by(self, code: str, directory: Directory) -> bool:
        """Return whether a unit stands above one that may not touch the case, which so goes past that one."""
        return any(code in directory.above(one) for one in self.barred(directory))

    def _must_await_a_unit(self) -> None:
        if self.left is not None or self.organ is not None:
            raise CaseHasLeft
        if self.unit is not None:
            raise AlreadyWithUnit(f"现由{self.unit_name}办理")

    def _must_fit(self, code: str, directory: Directory) -> None:
        unit = directory.units[code]
        if unit.successors:
            raise UnitHasSuccessor(f"{unit.name}，由{'、'.join(unit.successors)}继续行使职权")
        if not unit.competent:
            raise NotCompetent(unit.name)
        self.must_be_kept_from(directory, [code])

    def _brought_before(self, at: datetime) -> date | None:
        """Return on which day it came in, where that was before today: what was done on the spot was done then."""
        return self.brought_on if self.brought_on is not None and self.brought_on < day(at) else None

    def _handing(self, code: str, directory: Directory) -> dict[str, Any]:
        return {
            "registration_no": self.registration_no,
            "route": self.route,
            "unit": code,
            "unit_name": directory.units[code].name,
            "kind": self.kind,
            "anonymous": self.anonymous,
            "unclear": self.unclear,
            "review_bodies": directory.bodies_to_look_again(code, self.barred(directory)),
            "accused_units": tuple(sorted(self.accused)),
            "accused_persons": tuple(sorted(self.accused_persons)),
        }

    def object(
        self, unit: str, ground: ObjectionGround, reasons: UUID, proposed_unit: str | None, sender: str | None,
        directory: Directory, *, at: datetime, accepted: bool = False,
    ) -> None:  # fmt: skip
        """Say, in time and with reasons, that the case is not within the unit's power (第二十三条第三款).

        Whoever has told the petitioner that it is accepted has said that it is.
        """
        if self.unit is not None and unit != self.unit:
            raise NotTheHoldingUnit
        if accepted:
            raise AcceptedHere
        if self.rejected:
            raise AlreadyRejected
        if proposed_unit is not None:
            self.must_be_kept_from(directory, [proposed_unit])
            if proposed_unit in directory.below(unit):
                raise BelongsToTheSystem(proposed_unit)
        self._must_be_open_to_objection(at)
        self.record(
            JurisdictionObjected, at=at, unit=unit, ground=ground, reasons=reasons, proposed_unit=proposed_unit,
            sender=sender,
        )  # fmt: skip

    def _must_be_open_to_objection(self, at: datetime) -> None:
        """Let it be within the five working days in which a unit says that a case is not its own (第二十三条第三款)."""
        if self.unit is None or self.received_at is None or self.objection or self.dispute or self.left or self.settled:
            raise NothingToObjectTo
        last = period("C4").last_day(self.received_at)
        if day(at) > last:
            raise ObjectionTooLate(f"异议期限为 {last}")

    def decide(self, by: str, directory: Directory, *, upheld: bool, at: datetime) -> None:
        """Decide on the objection after verifying it, as who has handed the case on (第二十三条第三款)."""
        if not self.objection or self.left is not None:
            raise NoObjection
        senders = directory.carried_on([self.sender] if self.sender else [])
        if senders and directory.acting_as(by, *senders, barred=self.barred(directory)) not in senders:
            raise NotTheSender(self.sender or "")
        self.record(ObjectionUpheld if upheld else ObjectionRejected, at=at, unit=self.unit)
        if upheld and self.bounces >= BOUNCES_MAX:
            self.record(TransferBraked, at=at, bounces=self.bounces)

    def refer(self, dispute: Dispute, directory: Directory, *, at: datetime, decided: bool = False) -> None:
        """Ask whoever stands one level above the units, or where nobody does the joint conference (第二十四条).

        Until that is said the unit that has the case keeps it, and its clocks run.
        """
        if self.left is not None or self.dispute is not None or not (self.objection or self.braked or self.declined):
            raise NothingDisputed
        if decided:
            raise AnsweredHere
        for concerned, what in ((self.unit, "现办理单位"), (self.declined, "不同意协商意见的单位")):
            if concerned is not None and directory.carried_on([concerned]).isdisjoint(dispute.units):
                raise NotConcerned(f"应当包括{what} {concerned}")
        self.must_be_kept_from(directory, [*dispute.units, dispute.arbiter])
        common = directory.nearest_common(dispute.units) - self.barred(directory)
        if dispute.level is DisputeLevel.common_superior and dispute.arbiter not in common:
            raise NoCommonSuperior(dispute.arbiter)
        if dispute.level is DisputeLevel.joint_conference:
            if common:
                raise HasCommonSuperior("、".join(sorted(common)))
            if directory.units[dispute.arbiter].kind is not UnitKind.joint_conference:
                raise NotAConference(dispute.arbiter)
        self.record(
            JurisdictionDisputeReferred, at=at, level=dispute.level, arbiter=dispute.arbiter, units=dispute.units
        )

    def designate(
        self, unit: str, co_units: Sequence[str], decided_by: str, directory: Directory, *, at: datetime
    ) -> None:
        """Settle who leads and who helps: of the units concerned, or another where none of these may (第二十四条)."""
        if self.dispute is None or self.left is not None:
            raise NothingDisputed
        if directory.acting_as(decided_by, self.dispute.arbiter) != self.dispute.arbiter:
            raise NotTheArbiter
        concerned = directory.carried_on(self.dispute.units)
        admissible = concerned - self.barred(directory)
        if admissible and (strangers := {unit, *co_units} - concerned):
            raise NotConcerned("、".join(sorted(strangers)))
        self._must_fit(unit, directory)
        self.must_be_kept_from(directory, co_units)
        facts = self._handing(unit, directory) | {"brought_on": self._brought_before(at)}
        self.record(LeadUnitDesignated, at=at, **facts, decided_by=decided_by, co_units=tuple(co_units))

    def share(
        self, by: str, lead: str, co_units: Sequence[str], directory: Directory, *, at: datetime,
        accepted: bool = False, decided: bool = False,
    ) -> None:  # fmt: skip
        """Propose, as the unit that has the case, who leads and who helps (第二十四条第一款 协商受理)."""
        if self.left is not None:
            raise CaseHasLeft
        if self.unit is None or directory.acting_as(by, self.unit) != self.unit:
            raise NotTheHoldingUnit
        if self.objection or self.dispute:
            raise Disputed
        if decided:
            raise AnsweredHere
        if self.named:
            raise NamedByOthers
        units = (lead, *co_units)
        asked = frozenset(units) - {self.unit}
        if self.unit not in units or not asked or len({*units}) < len(units):
            raise NobodyToAgree
        self._must_be_free_to_share(lead, co_units, directory, accepted=accepted)
        self.record(
            SharingProposed, at=at, unit=self.unit, lead=lead, co_units=tuple(co_units), asked=tuple(sorted(asked))
        )

    def _must_be_free_to_share(
        self, lead: str, co_units: Sequence[str], directory: Directory, *, accepted: bool
    ) -> None:
        """Let a unit give the lead to another only while it has promised nothing: no acceptance, no report by a day."""
        assert self.unit is not None
        self._must_fit(lead, directory)
        self.must_be_kept_from(directory, co_units)
        if lead == self.unit:
            return
        if accepted:
            raise AcceptedHere
        if self.due_on is not None:
            raise ReportOwed(f"反馈期限为 {self.due_on}")
        if lead in directory.below(self.unit):
            raise BelongsToTheSystem(lead)

    def answer_sharing(
        self, by: str, directory: Directory, *, agreed: bool, at: datetime, accepted: bool = False,
        decided: bool = False,
    ) -> None:  # fmt: skip
        """Say as a unit that was asked whether it agrees; the last one that does settles it (第二十四条第一款)."""
        sharing, awaited = self.sharing, self.sharing.awaited if self.sharing else frozenset[str]()
        unit = next((one for one in sorted(awaited) if directory.acting_as(by, one) == one), None)
        if sharing is None or unit is None:
            raise NotAskedToAgree
        if decided:
            raise AnsweredHere
        if agreed:
            self._must_be_free_to_share(sharing.lead, sharing.co_units, directory, accepted=accepted)
        self.record(SharingAgreed if agreed else SharingDeclined, at=at, unit=unit)
        if agreed and awaited == {unit}:
            facts = self._handing(sharing.lead, directory) | {"brought_on": self._brought_before(at)}
            self.record(
                LeadUnitDesignated, at=at, **facts, decided_by=self.unit, co_units=sharing.co_units,
                received_on=self.received_on,
            )  # fmt: skip

    def join(self, petitions: Sequence[UUID], *, at: datetime) -> None:
        """Note who else has petitioned, for whoever handles the case; before it is classified that is told with it."""
        new = tuple(petition for petition in petitions if petition not in self.others)
        if self.exists and new:
            self.record(PetitionersJoined, at=at, petitions=new)

    def learn_who_speaks(self, *, anonymous: bool, unclear: bool, at: datetime) -> None:
        """Note that somebody can be told now who speaks for the first petitioners (第二十条第三款)."""
        if self.exists and ((self.anonymous and not anonymous) or (self.unclear and not unclear)):
            self.record(PetitionersJoined, at=at, petitions=(), anonymous=anonymous, unclear=unclear)

    def learn_claims(self, count: int, *, at: datetime, fewer: bool = False) -> None:
        """Note how many claims it holds, for whoever handles the case; there are `fewer` only where that is said."""
        if self.exists and (count < self.claims if fewer else count > self.claims):
            self.record(ClaimsLearnt, at=at, count=count)

    @when
    def _(self, event: ClaimsLearnt) -> None:
        self.claims = event.count

    def part(self, petition: UUID, *, anonymous: bool, unclear: bool, at: datetime) -> None:
        """Note that somebody had joined the wrong case, and is told and answered in another one."""
        fewer = (anonymous and not self.anonymous) or (unclear and not self.unclear)
        if self.exists and (petition in self.others or fewer):
            self.record(PetitionerParted, at=at, petition=petition, anonymous=anonymous, unclear=unclear)

    @when
    def _(self, event: PetitionerParted) -> None:
        self.others = tuple(one for one in self.others if one != event.petition)
        self.anonymous = self.anonymous or event.anonymous
        self.unclear = self.unclear or event.unclear

    @when
    def _(self, event: PetitionersJoined) -> None:
        self.others += event.petitions
        self.anonymous = self.anonymous and event.anonymous
        self.unclear = self.unclear and event.unclear

    def learn_withdrawal(self, *, pending: bool, at: datetime) -> None:
        """Note that the petitioner wishes to withdraw, or has thought again, for whoever handles the case."""
        if self.exists and pending != self.withdrawal_pending:
            self.record(WithdrawalLearnt, at=at, pending=pending)

    @when
    def _(self, event: CaseReceived) -> None:
        self.registration_no = event.registration_no
        self.kind, self.route, self.category, self.place = event.kind, event.route, event.category, event.place
        self.anonymous, self.unclear, self.channel = event.anonymous, event.unclear, event.channel
        self.direct, self.receiving_unit = event.direct, event.receiving_unit
        self.brought_on = event.received_on or day(event.timestamp)
        self.accused, self.accused_persons = frozenset(event.accused_units), frozenset(event.accused_persons)

    @when
    def _(self, event: ClassificationLearnt) -> None:
        self.kind, self.route, self.category = event.kind, event.route, event.category
        if event.route in NO_UNITS:
            self.dispute = None

    @when
    def _(self, event: AccusedLearnt) -> None:
        self.accused |= {*event.units}
        self.accused_persons |= {*event.persons}

    @when
    def _(self, event: ChallengeLearnt) -> None:
        (self.challenged.add if event.pending else self.challenged.discard)(event.officer)

    @when
    def _(self, event: RecusalLearnt) -> None:
        (self.recused.add if event.recused else self.recused.discard)(event.officer)

    def _lose(self) -> None:
        """Be with no unit; what the units talked about is over."""
        self.helpers = ()
        self.unit = self.unit_name = self.received_at = self.received_on = self.due_on = self.objection = None
        self.sharing, self.declined, self.named = None, None, False

    @when
    def _(self, _: CasePassedOn) -> None:
        self._lose()

    @when
    def _(self, event: CaseCarriedOn) -> None:
        self.unit, self.unit_name, self.candidates = event.unit, event.unit_name, event.candidates
        self.sharing = None

    @when
    def _(self, _: CaseRecalled) -> None:
        self._lose()
        self.candidates, self.dispute = (), None
        self.braked = self.settled = False

    @when
    def _(self, _: DestinationNotified) -> None:
        """The petitioner knows; nothing here depends on it."""

    @when
    def _(self, event: CaseForwarded) -> None:
        self._with(event)

    @when
    def _(self, event: CaseAssigned) -> None:
        self._with(event)
        self.due_on = event.due_on

    @when
    def _(self, event: CaseTaken) -> None:
        self._with(event)

    @when
    def _(self, event: LeadUnitDesignated) -> None:
        named = event.decided_by != self.unit
        if event.unit != self.unit:
            self.due_on = None
        self._with(event)
        self.named = named
        self.dispute = self.objection = None
        self.bounces = 0
        self.braked = False

    def _with(self, event: CaseForwarded | CaseAssigned | CaseTaken | LeadUnitDesignated) -> None:
        entered = event.timestamp
        received_on = None if isinstance(event, (CaseForwarded, CaseAssigned)) else event.received_on
        self.unit, self.unit_name, self.received_at = event.unit, event.unit_name, entered
        self.received_on = received_on or day(entered)
        self.rejected, self.candidates, self.sharing, self.declined = False, (), None, None
        self.named = False
        self.settled = isinstance(event, (CaseTaken, LeadUnitDesignated))
        self.helpers = event.co_units if isinstance(event, LeadUnitDesignated) else ()

    @when
    def _(self, event: RoutedToJudicial) -> None:
        self.organ = event.organ

    @when
    def _(self, event: JurisdictionObjected) -> None:
        self.objection, self.sender, self.sharing = event.ground, event.sender, None
        self.objections += 1

    @when
    def _(self, _: ObjectionUpheld) -> None:
        self._lose()
        self.candidates = ()
        self.bounces += 1

    @when
    def _(self, _: TransferBraked) -> None:
        self.braked = True

    @when
    def _(self, _: ObjectionRejected) -> None:
        self.objection = None
        self.rejected = True

    @when
    def _(self, event: JurisdictionDisputeReferred) -> None:
        self.dispute = Dispute(event.level, event.arbiter, event.units)
        self.objection = self.sharing = None

    @when
    def _(self, event: CaseLeft) -> None:
        self.left = event.reason
        self.objection = self.dispute = self.sharing = None

    @when
    def _(self, event: SharingProposed) -> None:
        self.sharing, self.declined = Sharing(event.lead, event.co_units, frozenset(event.asked)), None

    @when
    def _(self, event: SharingAgreed) -> None:
        assert self.sharing is not None
        self.sharing = replace(self.sharing, awaited=self.sharing.awaited - {event.unit})

    @when
    def _(self, _: SharingLapsed) -> None:
        self.sharing = None

    @when
    def _(self, event: SharingDeclined) -> None:
        self.sharing, self.declined = None, event.unit

    @when
    def _(self, _: CaseCameBack) -> None:
        self.left = None

    @when
    def _(self, event: WithdrawalLearnt) -> None:
        self.withdrawal_pending = event.pending
