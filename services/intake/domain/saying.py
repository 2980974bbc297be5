"""What a paper says because it is so: number, dates, bodies, result, basis and remedy, from the events of its case.

Who issues a paper writes what must be said in words, and nothing else; and what has not happened cannot be said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Final, NamedTuple, Protocol, TypeVar
from uuid import UUID

from contracts import intake
from contracts.accountability import (
    AccountabilityDecisionRecorded,
    RecommendationServed,
    SupervisionClosed,
    SupervisionOrdered,
    SupervisionReplied,
)
from contracts.assignment import (
    CaseAssigned,
    CaseCarriedOn,
    CaseForwarded,
    CaseTaken,
    JurisdictionObjected,
    LeadUnitDesignated,
    ObjectionRejected,
    ObjectionUpheld,
    RoutedToJudicial,
)
from contracts.envelope import Metadata
from contracts.event import Event
from contracts.intake import NoLongerAccepted, NotAcceptedNotified, ReportConcluded, WithdrawalRequested
from contracts.mediation import (
    AcceptanceNotified,
    AgreementBreached,
    AgreementPerformed,
    ClaimsAnswered,
    ClassificationLearnt,
    ConfirmationRefused,
    CoUnitsNamed,
    HandlingExtended,
    HandlingOpened,
    HearingClosed,
    HearingOpened,
    MediationAgreementSigned,
    MediationOffered,
    OpinionExecuted,
    OpinionIssued,
    OpinionServed,
    OpinionTakenBack,
    PetitionerNotified,
    PetitionerServed,
    ProcedureDocketed,
    ProcedureImported,
    ProcedureRefused,
    ReceiptCorrected,
    RecheckOpinionServed,
    RemedyServedAgain,
    RemedyServedToPetitioner,
    ReviewOpinionServed,
    RouteDetermined,
    SimplifiedTrackChosen,
    SimplifiedTrackConverted,
    SuggestionReplied,
)
from contracts.periods.book import period
from contracts.periods.calendar import day
from contracts.periods.lateness import began
from contracts.vocabulary import (
    DocumentKind,
    JudicialManner,
    NotAcceptedGround,
    RecommendationKind,
    RegistrationState,
    Result,
    Route,
    ServiceMethod,
    UnitKind,
)
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, Refused
from services.chassis.recusal import OthersKeepOut
from services.intake.domain.acceptance import answered_by, claimed
from services.intake.domain.registration import Registration

E = TypeVar("E", bound=Event)


class NotSo(Refused):
    """A paper says what has happened in the case, and this has not."""

    code = "paper_not_so"
    title = "案件中没有该文书所载的事实，不得制发"
    article = "信访工作条例 第二十三条、第三十二条"


class OfAnotherUnit(Forbidden):
    """What a unit has done it says itself."""

    code = "paper_of_another_unit"
    title = "该事项由其他机关、单位作出，文书应当由其制发"
    article = "信访工作条例 第二十三条、第三十二条"


class NotTheSuperior(Forbidden):
    """Only who stands above a unit orders it to put something right."""

    code = "paper_not_superior"
    title = "责令改正须由上级机关、单位作出"
    article = "信访工作条例 第四十三条至第四十六条"


class Plate(NamedTuple):
    """What stands on an officer's door."""

    name: str | None
    post: str | None
    unit: str
    phone: str | None = None


class Told(Protocol):
    """An event and who did it."""

    @property
    def event(self) -> Event:
        """The event."""

    @property
    def about(self) -> Metadata:
        """Who did it, for whom."""


class Service(NamedTuple):
    """How a paper has reached whom it is for."""

    method: ServiceMethod
    served_at: datetime
    receipt: UUID


class Wanted(dict[UUID, str]):
    """Which words a paper prints that lie in the vault: whatever it asks for is blank until somebody has looked."""

    def __missing__(self, key: UUID) -> str:
        """Take down that it is asked for."""
        self[key] = ""
        return ""


@dataclass(frozen=True)
class Facts:
    """All that a paper is made from."""

    registration: Registration
    told: Sequence[Told]
    directory: Directory
    unit: str
    """Which issues it."""
    petition: UUID
    addressee: str | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    """What the issuer writes in words."""
    plates: Mapping[str, Plate] = field(default_factory=dict)
    """What stands on the doors of those whom the paper names."""
    words: Mapping[UUID, str] = field(default_factory=Wanted)
    """What was typed beside what has happened, by its id."""
    borne_out: bool = False
    """Whether an extension that the unit has entered too late was borne out by somebody else."""
    before: Sequence[Sequence[Told]] = ()
    """What happened in each of the cases with which the petition has come into this one, in their order."""

    def all(self, *kinds: type[E]) -> list[tuple[E, Metadata]]:
        """Return what has happened of some kinds, in order; what is about another one's petition is none of this."""
        found = [(one.event, one.about) for one in self.told if isinstance(one.event, kinds)]
        return [both for both in found if getattr(both[0], "petition", None) in {None, self.petition}]

    @property
    def further(self) -> bool:
        """Whether it is for a further petitioner, who is told and served beside the first."""
        return self.petition in self.registration.others

    def last(self, *kinds: type[E]) -> E | None:
        """Return what has happened last of some kinds, whoever did it."""
        return found[-1][0] if (found := self.all(*kinds)) else None

    def must(self, *kinds: type[E]) -> E:
        """Return what the unit has done last of some kinds. Raises ``NotSo`` and ``OfAnotherUnit``."""
        event, about = self.found(*kinds)[-1]
        if not self.speaks_for(about.unit):
            raise OfAnotherUnit(self.name(about.unit))
        return event

    def speaks_for(self, *units: str) -> bool:
        """Return whether what one of some units has done is said by this one: itself, or for who is no more."""
        return self.directory.acting_as(self.unit, *units) in units

    def found(self, *kinds: type[E]) -> list[tuple[E, Metadata]]:
        """Return what has happened of some kinds, in order. Raises ``NotSo`` where nothing has."""
        if not (found := self.all(*kinds)):
            raise NotSo(f"尚无：{'、'.join(kind.title for kind in kinds)}")
        return found

    def name(self, code: str) -> str:
        """Return what a unit is called; what the directory does not know is said as it was told."""
        unit = self.directory.units.get(code)
        return unit.name if unit else code

    def typed(self, event: _Says, key: UUID) -> str:
        """Return what was typed: as an older version of the event says it, or as it lies in the vault."""
        return event.in_clear.get(key) or self.words[key]

    def competent(self, event: NotAcceptedNotified | ProcedureImported) -> str:
        """Return how the body is called to which somebody is to turn: as in the directory, or as it was typed."""
        return self.typed(event, event.body_words) if event.body_words else self.name(event.competent_body or "")

    def person(self, officer: str) -> str:
        """Return who somebody is, as it stands on the door; what no door says is said as it is on record."""
        plate = self.plates.get(officer)
        if plate is None:
            return officer
        return f"{plate.name or officer}（{self.name(plate.unit)}{plate.post or ''}）"

    @property
    def had_it(self) -> set[str]:
        """Return the units that have, or had, the case."""
        forwarded = {event.unit for event, _ in self.all(CaseForwarded)}
        assigned = {event.unit for event, _ in self.all(CaseAssigned)}
        taken = {event.unit for event, _ in self.all(CaseTaken)}
        carried = {event.unit for event, _ in self.all(CaseCarriedOn)}
        designated = ((event.unit, *event.co_units) for event, _ in self.all(LeadUnitDesignated))
        return forwarded.union(assigned, taken, carried, *designated)


@dataclass(frozen=True)
class Said:
    """What a paper says because it is so."""

    items: Mapping[str, str] = field(default_factory=dict)
    number: str | None = None
    """Under which number what it says is on record; without one it gets the next of the unit's book."""
    at: datetime | None = None
    """When that was; the paper bears its date."""
    basis: tuple[str, ...] = ()
    remedy: str = ""
    addressee: str = ""
    service: Service | None = None
    puts_right: str | None = None
    """The unit that is ordered to put something right."""
    undoes: str | None = None
    """The unit whose turning away of the petitioner is undone by that."""
    typed_as: str = ""
    """How the number reads, where somebody has typed it: it is printed so, and on record as the id of that."""


def said(kind: DocumentKind, facts: Facts) -> Said:
    """Return what a paper says because it is so. Raises ``NotSo``, ``OfAnotherUnit`` and ``OthersKeepOut``."""
    so = SAYING[kind](facts) if kind in SAYING else Said()
    case, addressee = facts.registration, so.addressee or facts.addressee or ""
    barred = facts.directory.off_limits(case.accused_units, case.accused_persons)
    if kind not in ABOUT_THEIR_DOING and addressee in {*barred, *map(facts.name, barred)}:
        raise OthersKeepOut
    return so


ABOUT_THEIR_DOING: Final = frozenset(
    {
        DocumentKind.facts_notice, DocumentKind.sanction_decision, DocumentKind.sanction_appeal_decision,
        DocumentKind.clarification_letter,
    }
)  # fmt: skip
"""What is said to whom the case complains of: what is held against them, and what is cleared up."""


def named(kind: DocumentKind, facts: Facts) -> set[str]:
    """Return the officers whom a paper names because the case does."""
    if kind is DocumentKind.acceptance_notice:
        return {event.case_officer for event, _ in facts.all(AcceptanceNotified)[-1:]}
    if kind in HEARINGS:
        return {event.presider for event, _ in facts.all(HearingOpened)[-1:]}
    if kind in PURSUED:
        return {person for event, _ in facts.all(RecommendationServed) for person in event.persons}
    return set()


def on(said_on: date) -> str:
    """Return a day as it is said."""
    return f"{said_on.year}年{said_on.month}月{said_on.day}日"


def articles(*numbers: str) -> tuple[str, ...]:
    """Return articles of the regulation as they are said."""
    return tuple(f"《信访工作条例》第{number}" for number in numbers)


# ------------------------------------------------------------------------------- to the petitioner


def _registration(f: Facts) -> Said:
    """Say how what came in is on file, with its own number (第二十二条)."""
    came = f.registration.petitions.get(f.petition)
    if came is None:
        raise NotSo("该信访件登记于并入、分立前的事项，登记表由该事项制发")
    category = came.category or f.registration.category
    assert category is not None
    return Said(
        {
            "registration_no": came.registration_no,
            "channel": came.channel.title,
            "received_on": on(day(came.received_at)),
            "category": category.title,
            "secrecy": "要求保密" if came.secrecy_requested else "未要求保密",
        }
    )


def _acceptance(f: Facts) -> Said:
    event, opened = f.must(AcceptanceNotified), f.last(HandlingOpened)
    way = f.last(RouteDetermined, ClassificationLearnt) or opened
    assert isinstance(way, RouteDetermined | ClassificationLearnt | HandlingOpened | None)
    told = f.must(PetitionerNotified) if f.further else event
    received = _opened_on(opened) if opened else day(event.timestamp)
    if f.further:
        received = _joined_on(f, received)
    return _noticed(
        f,
        told,
        received_on=on(min(received, day(told.served_at))),
        unit_in_charge=f.name(f.unit),
        officer=_reached(f, event.case_officer),
        procedure=f"{way.route.title if way else '信访程序'}：听取陈述、调查核实后书面答复。",
        due_on=f"自受理之日起{period('C5').length}内，最迟至{on(_answered_by(f))}止。",
        rights="有权申请回避、委托代理人、查询办理情况；对处理意见不服的，有权请求复查。",
    )


def _opened_on(opened: HandlingOpened) -> date:
    """Return when a unit received a case."""
    return opened.received_on or day(opened.timestamp)


def _joined_on(f: Facts, received: date) -> date:
    """Return when the unit received a further petitioner's letter: itself, with the case of theirs, or with this one.

    Counted from that day they are told of it (第二十三条第三款 收到之日).
    """
    days = (_received_in(f, [one.event for one in line]) for line in (*f.before, f.told))
    return next((found for found in days if found), received)


def _received_in(f: Facts, line: Sequence[Event]) -> date | None:
    """Return when the unit received the petition in a case, if it did."""
    opened = [_opened_on(event) for event in line if isinstance(event, HandlingOpened) and f.speaks_for(event.unit)]
    joined = opened[-1:]
    for event in line:
        if isinstance(event, intake.CaseRegistered | intake.PetitionAttached) and event.petition == f.petition:
            if f.speaks_for(event.receiving_unit):
                return day(event.received_at)
            joined.append(day(event.timestamp))
        elif isinstance(event, intake.PetitionsTakenOver) and f.petition in event.petitions:
            joined.append(day(event.timestamp))
    return max(joined) if opened else None


def _not_accepted(f: Facts) -> Said:
    event = f.must(NotAcceptedNotified)
    if f.registration.state is not RegistrationState.not_accepted:
        raise NotSo(f"已不再是：{RegistrationState.not_accepted.title}")
    above = "、".join(map(f.name, f.directory.bodies_above(f.unit))) or "上一级机关、单位"
    owed = ""
    if event.pending_unit and event.answer_by:
        owed = f"{f.name(event.pending_unit)}已经受理，应当在{on(event.answer_by)}以前书面答复。"
    items = {
        "reasons": f"{event.ground.title}。{owed}",
        "competent_body": f.competent(event),
        "challenge": f"认为应当受理而不予受理的，可以向{above}反映，由其依照《信访工作条例》第四十四条处理。",
    }
    return Said(items, event.notice_no, event.timestamp, NOT_ACCEPTED[event.ground], service=_service(f, event))


NOT_ACCEPTED: Final = {
    NotAcceptedGround.pending_below: articles("十九条第三款"),
    NotAcceptedGround.visit_above_level: articles("二十条第一款"),
    NotAcceptedGround.not_within_power: articles("二十三条第一款"),
}
"""On what each ground rests."""


def _no_longer(f: Facts) -> Said:
    event, settled = f.must(NoLongerAccepted), f.last(RecheckOpinionServed)
    number = f"（{settled.opinion_no}）" if settled else ""
    items = {
        "reasons": f"该事项已经复核{number}，现以同一事实和理由再次提出。",
        "challenge": "提出新的事实或者理由的，作为新的信访事项登记。",
    }
    return Said(items, event.notice_no, event.timestamp, service=_service(f, event))


def _route(f: Facts) -> Said:
    event = f.must(ProcedureImported, ProcedureRefused, RoutedToJudicial)
    if isinstance(event, ProcedureRefused):
        raise NotSo(ProcedureRefused.title)
    if isinstance(event, RoutedToJudicial):
        return Said({"route": Route.judicial.title, "route_body": f.name(event.organ)}, at=event.timestamp)
    assert isinstance(event, ProcedureImported)
    return _noticed(f, event, route=event.route.title, route_body=f.competent(event))


def _extension(f: Facts) -> Said:
    event = f.must(HandlingExtended)
    if claimed((one.event for one in f.told), f.registration.direct_since) is event and not f.borne_out:
        raise NotSo("延期告知录入时办理期限已过，尚未经本单位以外核实")
    until = on(_answered_by(f))
    return _noticed(f, event, approved_by=f"{f.name(f.unit)}负责人", new_due_on=f"延长{event.days}日，至{until}止。")


def _answered_by(f: Facts) -> date:
    """Return by when the answer is owed; what was accepted is owed."""
    until = answered_by((one.event for one in f.told), f.registration.direct_since, borne_out=f.borne_out)
    assert until is not None
    return until


def _issued(f: Facts) -> OpinionIssued:
    """Return the opinion that stands: one that was taken back is said by no paper any more."""
    event = f.must(OpinionIssued, OpinionTakenBack)
    if not isinstance(event, OpinionIssued):
        raise NotSo(f"尚无：{OpinionIssued.title}")
    return event


def _opinion(f: Facts) -> Said:
    event = _issued(f)
    served = _served(f, event.opinion_no)
    laws = f.typed(event, event.legal_basis).replace("\n", "；")
    return Said(
        {"laws": laws, "result": _results(f, event.opinion_no, event.result)},
        event.opinion_no, event.timestamp,
        remedy=_turn_to("处理意见", "复查", "C8", f.name(event.review_body), served),
        service=_service(f, served) if served else None,
    )  # fmt: skip


def _results(f: Facts, opinion_no: str, result: Result | None) -> str:
    """Return what an opinion says to the claim, or to each of several in their order."""
    said = [event.results for event, _ in f.all(ClaimsAnswered) if event.opinion_no == opinion_no]
    if said:
        return "；".join(f"第{n}项诉求{one.title}" for n, one in enumerate(said[-1], start=1))
    return result.title if result else ""


def _simple_reply(f: Facts) -> Said:
    steps = [one for one, _ in f.all(SimplifiedTrackChosen, SimplifiedTrackConverted, CoUnitsNamed)]
    steps = [one for one in steps if not isinstance(one, CoUnitsNamed) or one.co_units]
    if not steps or not isinstance(steps[-1], SimplifiedTrackChosen):
        raise NotSo(f"尚无：{SimplifiedTrackChosen.title}")
    event = _issued(f)
    return Said({}, event.opinion_no, event.timestamp, service=had(f, event.opinion_no))


def _suggestion(f: Facts) -> Said:
    event = f.must(SuggestionReplied)
    return Said({"adoption": event.result.title}, event.reply_no, event.timestamp, service=_service(f, event))


def _review(f: Facts) -> Said:
    event, before = f.must(ReviewOpinionServed), f.last(OpinionIssued)
    served = _had(f, event, recheck=False)
    body = f.name(event.recheck_body or "复查机关、单位的上一级机关、单位")
    remedy = _turn_to("复查意见", "复核", "C10", body, served)
    return _looked_again(f, event, before.opinion_no if before else "", remedy, served)


def _recheck(f: Facts) -> Said:
    event, before = f.must(RecheckOpinionServed), f.last(ReviewOpinionServed)
    return _looked_again(f, event, before.opinion_no if before else "", "", _had(f, event, recheck=True))


def _looked_again(
    f: Facts, event: ReviewOpinionServed | RecheckOpinionServed, before: str, remedy: str, served: _Served | None
) -> Said:  # fmt: skip
    changed = _results(f, event.opinion_no, event.changed_to)
    items = {
        "original_opinion": before,
        "uphold": f"{event.result.title}为{changed}" if changed else event.result.title,
    }
    service = _service(f, served) if served else None
    return Said(items, event.opinion_no, event.timestamp, remedy=remedy, service=service)


def _had(f: Facts, answer: ReviewOpinionServed | RecheckOpinionServed, *, recheck: bool) -> _Served | None:
    """Return by what whom the paper is for has had last what was said when it was looked at again, if they have."""
    later = f.all(RemedyServedToPetitioner) if f.further else f.all(RemedyServedAgain)
    told = [event for event, _ in later if event.recheck is recheck and event.timestamp >= answer.timestamp]
    return told[-1] if told else None if f.further else answer


def _agreement(f: Facts) -> Said:
    event = f.must(MediationAgreementSigned)
    if isinstance(f.last(MediationAgreementSigned, ConfirmationRefused), ConfirmationRefused):
        raise NotSo(ConfirmationRefused.title)
    if not event.mediated:
        raise NotSo("当事人自行和解")
    due = [f"第{n}项至{on(last)}止" for n, last in enumerate(event.performance_due, start=1)]
    items = {"performance_due": "；".join(due) or "未分项约定，按协议内容履行"}
    offered = f.last(MediationOffered)
    other = offered.other_party if offered else None
    if other is not None and other in f.directory.units:
        items["other_side"] = f.directory.units[other].name
    return Said(items, event.agreement_no, event.timestamp)


def _withdrawal(f: Facts) -> Said:
    event = f.last(WithdrawalRequested)
    if event is None:
        raise NotSo(f"尚无：{WithdrawalRequested.title}")
    return Said({"cooling_off_on": on(event.effective_on)})


def _hearing(f: Facts) -> Said:
    """It is held by the unit, and whoever presides may write for it."""
    event, about = f.found(HearingOpened)[-1]
    if not f.speaks_for(about.unit, *f.directory.units_of(event.presider)):
        raise OfAnotherUnit(f.name(about.unit))
    return Said({"presider": f.person(event.presider)})


def _hearing_report(f: Facts) -> Said:
    f.found(HearingClosed)
    return _hearing(f)


LAPSED: Final = (AgreementBreached, ConfirmationRefused)
"""After what nobody owes any more what was agreed."""
HEARINGS: Final = frozenset({DocumentKind.hearing_notice, DocumentKind.hearing_record, DocumentKind.hearing_report})


# ------------------------------------------------------------------------------- among organs


def _forwarding(f: Facts) -> Said:
    event = f.must(CaseForwarded, RoutedToJudicial)
    if isinstance(event, RoutedToJudicial):
        if event.manner is not JudicialManner.forwarded:
            raise NotSo(event.manner.title)
        return Said(addressee=f.name(event.organ), at=event.timestamp)
    assert isinstance(event, CaseForwarded)
    return Said(addressee=event.unit_name, at=event.timestamp)


def _assignment(f: Facts) -> Said:
    event = f.must(CaseAssigned)
    items = {"due_on": on(event.due_on), "feedback": "请在办理期限内反馈办理结果，提交办结报告。"}
    return Said(items, at=event.timestamp, addressee=event.unit_name)


def _objection(f: Facts) -> Said:
    event, handed = f.must(JurisdictionObjected), f.all(CaseForwarded, CaseAssigned)
    return Said(at=event.timestamp, addressee=f.name(handed[-1][1].unit) if handed else "")


def _objection_reply(f: Facts) -> Said:
    event, objected = f.must(ObjectionUpheld, ObjectionRejected), f.last(JurisdictionObjected)
    upheld = isinstance(event, ObjectionUpheld)
    items = {"decision": "同意异议，收回材料。" if upheld else "异议不成立，由你单位继续办理。"}
    return Said(items, at=event.timestamp, addressee=f.name(objected.unit) if objected else "")


def _jurisdiction(f: Facts) -> Said:
    event = f.must(LeadUnitDesignated)
    items = {"lead_unit": event.unit_name, "co_units": _list(map(f.name, event.co_units))}
    return Said(items, at=event.timestamp, addressee=event.unit_name)


def _closure_report(f: Facts) -> Said:
    """Report how the case was answered, in whichever of the ways it was (第二十二条第三项)."""
    if f.last(CaseAssigned) is None:
        raise NotSo(f"尚无：{CaseAssigned.title}")
    answer, about = f.found(OpinionIssued, SuggestionReplied, ProcedureImported, MediationAgreementSigned)[-1]
    if isinstance(answer, ProcedureImported) and isinstance(
        f.last(ProcedureImported, ProcedureRefused), ProcedureRefused
    ):
        raise NotSo(ProcedureRefused.title)
    mediated = isinstance(answer, MediationAgreementSigned)  # which who has mediated may enter
    if not f.speaks_for(*(f.had_it if mediated else (about.unit,))):
        raise OfAnotherUnit(f.name(about.unit))
    if mediated and isinstance(lapsed := f.last(MediationAgreementSigned, *LAPSED), LAPSED):
        raise NotSo(lapsed.title)
    result, proof, execution = _answered(f, answer)
    items = {"result": result, "service_proof": proof, "execution_proof": execution}
    return Said(items, addressee=f.name(f.all(CaseAssigned)[-1][1].unit))


def _answered(f: Facts, answer: Event) -> tuple[str, str, str]:
    """Return what the answer is, how the petitioner has had it, and what was done of it."""
    if isinstance(answer, MediationAgreementSigned):
        performed = f.last(AgreementPerformed)
        done = f"{on(day(performed.timestamp))}履行完毕。" if performed else "尚未履行完毕。"
        return f"{answer.agreement_no}：{Result.agreed.title}。", f"{on(answer.effective_on)}双方签字生效。", done
    if isinstance(answer, SuggestionReplied):
        return f"{answer.reply_no}：{answer.result.title}。", _proof(f, answer), "无须执行。"
    if isinstance(answer, ProcedureImported):
        docketed = f.last(ProcedureDocketed)
        number = f.typed(docketed, docketed.docket_no) if docketed else ""
        into = f"{answer.notice_no}：{answer.route.title}，{f.competent(answer)}。"
        return (
            into,
            _proof(f, answer),
            f"{on(docketed.docketed_on)}立案（{number}）。" if docketed else "尚未立案。",
        )
    assert isinstance(answer, OpinionIssued)
    executed, served = f.last(OpinionExecuted), f.last(OpinionServed)
    owed = "尚未执行。" if answer.result is Result.support else "无须执行。"
    done = f"{on(executed.executed_on)}执行完毕。" if executed else owed
    result = _results(f, answer.opinion_no, answer.result)
    return f"{answer.opinion_no}：{result}。", _proof(f, served) if served else "尚未送达。", done


def _proof(f: Facts, served: _Served) -> str:
    said_by, receipt = _receipt(f, served)
    return f"{on(day(served.served_at))}{served.method.title}，{f.typed(said_by, receipt)}。"


def _card(f: Facts) -> Said:
    order = f.must(SupervisionOrdered)
    replied, closed = f.last(SupervisionReplied), f.last(SupervisionClosed)
    items = _ordered(f, order) | {
        "unit_in_charge": f.name(order.unit),
        "reply": f"{on(day(replied.timestamp))}已反馈。" if replied else "尚未反馈。",
        "conclusion": ("已整改到位。" if closed.satisfied else "整改不到位。") if closed else "尚未办结。",
    }
    return Said(items, order.card_no, order.timestamp)


def _supervision_letter(f: Facts) -> Said:
    order = f.must(SupervisionOrdered)
    return Said(_ordered(f, order), order.card_no, order.timestamp, addressee=f.name(order.unit))


def _ordered(f: Facts, order: SupervisionOrdered) -> dict[str, str]:
    if order.case != f.registration.id:
        raise NotSo(order.card_no)
    return {"card_cause": order.reason_code.title, "due_on": on(order.due_on)}


def _recommendation(kind: RecommendationKind, *paragraphs: str) -> Callable[[Facts], Said]:
    def saying(f: Facts) -> Said:
        event = f.must(RecommendationServed)
        if (event.case, event.kind) != (f.registration.id, kind):
            raise NotSo(event.recommendation_no)
        until = period("C12").last_day(_began(event))
        return Said(
            {"adoption_reply": f"请书面反馈采纳情况，至{on(until)}止。"},
            event.recommendation_no, event.timestamp, articles(*paragraphs), addressee=f.name(event.addressee),
        )  # fmt: skip

    return saying


def _measure(f: Facts) -> Said:
    """What the joint conference does is about a unit that has, or had, the case (第三十九条第三款)."""
    if not f.had_it:
        raise NotSo("该信访事项未交由任何单位办理")
    if f.addressee and f.addressee not in f.had_it:
        raise NotSo(f"{f.name(f.addressee)} 未办理过该信访事项")
    code = f.addressee or ""
    return Said(addressee=f.name(code), puts_right=code if code and "due_on" in f.written else None)


def _rectified(f: Facts) -> Said:
    if not f.speaks_for(*f.had_it):
        raise NotSo(f"{f.name(f.unit)} 未办理过该信访事项")
    return Said()


def _pursued(f: Facts) -> Said:
    """Whoever is to pursue a responsibility says whose it is (第四十条第三款)."""
    served, _ = f.found(RecommendationServed)[-1]
    if (served.case, served.kind) != (f.registration.id, RecommendationKind.pursue_responsibility):
        raise NotSo(served.recommendation_no)
    if not f.speaks_for(served.addressee, *f.directory.above(served.addressee)):
        raise OfAnotherUnit(f.name(served.addressee))
    return Said({"person": _list(map(f.person, served.persons)) if served.persons else f.name(served.about_unit or "")})


def _decided(f: Facts) -> Said:
    so, (decision, _) = _pursued(f), f.found(AccountabilityDecisionRecorded)[-1]
    return Said({**so.items, "decision": f.typed(decision, decision.decision_no)})


def _sanction(f: Facts) -> Said:
    so, decision = _pursued(f), f.must(AccountabilityDecisionRecorded)
    number = decision.decision_no
    return Said(so.items, str(number), decision.timestamp, typed_as=f.typed(decision, number))


PURSUED: Final = frozenset(
    {
        DocumentKind.facts_notice, DocumentKind.defence_record, DocumentKind.sanction_decision,
        DocumentKind.sanction_appeal, DocumentKind.sanction_appeal_decision,
    }
)  # fmt: skip
"""The papers about a responsibility: each is of the recommendation to pursue it."""


def _clarification(f: Facts) -> Said:
    f.must(ReportConcluded)
    return Said()


def _correction(f: Facts) -> Said:
    code = f.addressee or ""
    if f.unit not in f.directory.superiors(code):
        raise NotTheSuperior(f.name(code))
    turner = f.directory.acting_as(code, f.registration.not_accepted_by)
    turned_away = f.registration.turned_away_by(turner)
    unit = f.directory.units.get(turner)
    own = NOT_HANDED_ON if unit is not None and unit.kind is UnitKind.petition_bureau else TURNED_AWAY
    breached = [number for number in BREACHED if f"{number}条" in f.written.get("breach_article", "")]
    breached = breached or ([own] if turned_away else [*BREACHED])
    return Said(
        addressee=f.name(code), basis=articles(*(f"{number}条" for number in breached)), puts_right=code,
        undoes=turner if turned_away and not {own, TURNED_AWAY}.isdisjoint(breached) else None,
    )  # fmt: skip


NOT_HANDED_ON: Final = "四十三"
"""Against which a petition bureau turns somebody away: it has to register and to hand on."""
TURNED_AWAY: Final = "四十四"
BREACHED: Final = (NOT_HANDED_ON, TURNED_AWAY, "四十五", "四十六")
"""The articles of which it is said that the superior orders to put right what is done against them."""


def _urgent(f: Facts) -> Said:
    if f.registration.urgent_since is None:
        raise NotSo("尚无：重大紧急信访事项")
    return Said()


SAYING: Final[Mapping[DocumentKind, Callable[[Facts], Said]]] = {
    DocumentKind.registration_form: _registration,
    DocumentKind.acceptance_notice: _acceptance,
    DocumentKind.non_acceptance_notice: _not_accepted,
    DocumentKind.no_longer_accepted_notice: _no_longer,
    DocumentKind.route_notice: _route,
    DocumentKind.extension_notice: _extension,
    DocumentKind.opinion: _opinion,
    DocumentKind.simple_reply: _simple_reply,
    DocumentKind.suggestion_reply: _suggestion,
    DocumentKind.review_opinion: _review,
    DocumentKind.recheck_opinion: _recheck,
    DocumentKind.mediation_agreement: _agreement,
    DocumentKind.withdrawal_confirmation: _withdrawal,
    DocumentKind.forwarding_letter: _forwarding,
    DocumentKind.assignment_letter: _assignment,
    DocumentKind.objection: _objection,
    DocumentKind.objection_reply: _objection_reply,
    DocumentKind.jurisdiction_decision: _jurisdiction,
    DocumentKind.closure_report: _closure_report,
    DocumentKind.supervision_card: _card,
    DocumentKind.supervision_letter: _supervision_letter,
    DocumentKind.improvement_proposal: _recommendation(RecommendationKind.improve_work, "四十条第一款", "四十条第四款"),
    DocumentKind.policy_proposal: _recommendation(RecommendationKind.improve_policy, "四十条第二款", "四十条第四款"),
    DocumentKind.accountability_proposal: _recommendation(
        RecommendationKind.pursue_responsibility, "四十条第三款", "四十条第四款"
    ),
    DocumentKind.correction_order: _correction,
    DocumentKind.urgent_report: _urgent,
    DocumentKind.hearing_notice: _hearing,
    DocumentKind.hearing_record: _hearing,
    DocumentKind.hearing_report: _hearing_report,
    DocumentKind.interview_notice: _measure,
    DocumentKind.interview_minutes: _measure,
    DocumentKind.circular: _measure,
    DocumentKind.listed_supervision_notice: _measure,
    DocumentKind.rectification_notice: _measure,
    DocumentKind.rectification_report: _rectified,
    DocumentKind.facts_notice: _pursued,
    DocumentKind.defence_record: _pursued,
    DocumentKind.sanction_decision: _sanction,
    DocumentKind.sanction_appeal: _decided,
    DocumentKind.sanction_appeal_decision: _decided,
    DocumentKind.clarification_letter: _clarification,
}

OF_REGISTRATION: Final = frozenset({DocumentKind.registration_form})
"""The papers for which nobody else need be asked: what they say stands in the registration."""


# ------------------------------------------------------------------------------- how it is said


def _noticed(
    f: Facts, event: AcceptanceNotified | PetitionerNotified | HandlingExtended | ProcedureImported, **items: str
) -> Said:
    return Said(items, event.notice_no, event.timestamp, service=_service(f, event))


class _Says(Protocol):
    @property
    def in_clear(self) -> Mapping[UUID, str]:
        """What was typed, where it says so itself."""


class _Dated(Protocol):
    served_at: datetime

    @property
    def timestamp(self) -> datetime:
        """When it was entered."""


class _Served(_Dated, _Says, Protocol):
    wire_name: ClassVar[str]
    originator_version: int
    method: ServiceMethod
    receipt: UUID


def _service(f: Facts, event: _Served) -> Service:
    """Return how it was served, by the number of the receipt as it was put right, where that was typed wrong."""
    return Service(event.method, event.served_at, _receipt(f, event)[1])


def _receipt(f: Facts, event: _Served) -> tuple[_Says, UUID]:
    """Return what proves that something was served, and which event says so."""
    corrections = (one.event for one in f.told if isinstance(one.event, (intake.ReceiptCorrected, ReceiptCorrected)))
    put_right: list[tuple[_Says, UUID]] = [(one, one.after) for one in corrections if _puts_right(one, event)]
    return (put_right or [(event, event.receipt)])[-1]


def _puts_right(one: intake.ReceiptCorrected | ReceiptCorrected, event: _Served) -> bool:
    """Return whether it is of that event: of the same version, as the same service counts them."""
    of, said_by = (name.partition(".")[0] for name in (one.wire_name, event.wire_name))
    return of == said_by and one.entry == event.originator_version


def had(f: Facts, opinion_no: str) -> Service | None:
    """Return how whom the paper is for has had the opinion of a number, if they have, whenever that was printed."""
    served = _served(f, opinion_no)
    return _service(f, served) if served else None


def _served(f: Facts, opinion_no: str) -> _Served | None:
    """Return by what they have had it last."""
    kind, of_it, last = PetitionerServed if f.further else OpinionServed, False, None
    for event, _ in f.all(OpinionIssued, kind):
        if isinstance(event, OpinionIssued):
            of_it = event.opinion_no == opinion_no
        elif of_it and isinstance(event, kind):
            last = event
    return last


def taken_back(f: Facts, opinion_no: str) -> bool:
    """Return whether the opinion of a number was taken back before anybody had it."""
    return any(event.opinion_no == opinion_no for event, _ in f.all(OpinionTakenBack))


def _turn_to(what: str, ask: str, code: str, body: str, served: _Served | None) -> str:
    until = f"（至{on(period(code).last_day(_began(served)))}止）" if served else ""
    return f"如不服本{what}，可以自收到本意见书之日起{period(code).length}内{until}，向{body}请求{ask}。"


def _began(served: _Dated) -> datetime:
    """Return from when the time counts of whom somebody says to have served: no paper says less than the clock."""
    return began(served.served_at, served.timestamp)


def _reached(f: Facts, officer: str) -> str:
    plate = f.plates.get(officer)
    return f"{f.person(officer)}{f'，电话{plate.phone}' if plate and plate.phone else ''}。"


def _list(names: Iterable[str]) -> str:
    return "、".join(names) or "无"
