"""When a petition that is on file is not accepted: a closed list of grounds, always in writing, always with the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from contracts.event import Event
from contracts.intake import (
    NoLongerAccepted,
    NonAcceptanceRevoked,
    NotAcceptedNotified,
    RemediesExhausted,
    RepeatAnswered,
)
from contracts.mediation import (
    AcceptanceNotified,
    AgreementBreached,
    ConfirmationRefused,
    HandlingAccepted,
    HandlingCarriedOn,
    HandlingExtended,
    HandlingOpened,
    HandlingReturned,
    HandlingStopped,
    MediationAgreementSigned,
    OpinionServed,
    OpinionTakenBack,
    PetitionerNotified,
    ProcedureImported,
    ProcedureRefused,
    RecheckOpinionServed,
    ReviewOpinionServed,
    SuggestionReplied,
)
from contracts.periods import period
from contracts.periods.book import midnight
from contracts.periods.calendar import day
from contracts.vocabulary import Channel, ContentCategory, NotAcceptedGround, RegistrationState, ReviewResult, UnitKind
from services.chassis.directory import NO_DECISIONS, Directory, Entry, NoSuchBody, called
from services.chassis.errors import Forbidden, Invalid, Refused
from services.intake.domain.guards import must_have_happened
from services.intake.domain.registration import Registration

ANSWERS: Final = (
    OpinionServed, SuggestionReplied, ProcedureImported, MediationAgreementSigned, HandlingReturned, HandlingStopped,
)  # fmt: skip
"""With what the handling of a case ends, for the time being at least."""
UNANSWERED: Final = (OpinionTakenBack, ProcedureRefused, ConfirmationRefused)
"""With what it goes on, by the day that it had: that has answered nobody."""


class TooLateNotToAccept(Refused):
    """Once a case is with a unit it goes its way; a unit that is not competent objects instead."""

    code = "too_late_not_to_accept"
    title = "该事项已转送交办、按检举控告办理或已结束，不得再作不予受理告知"
    article = "信访工作条例 第二十三条"


class OrderedToAccept(Refused):
    """What who stands above has ordered to put right is not done once more."""

    code = "ordered_to_accept"
    title = "以该理由不予受理已被责令改正，应当受理"
    article = "信访工作条例 第四十三条、第四十四条第二项"


class NothingPending(Refused):
    """Nobody is turned away for a matter that is pending nowhere."""

    code = "nothing_pending"
    title = "未指明正在受理、办理的同一事项"
    article = "信访工作条例 第十九条第三款"


class NotTheSameMatter(Refused):
    """Somebody else's matter, or another one, keeps nobody from being heard."""

    code = "not_the_same_matter"
    title = "所指事项不是同一信访人的同一信访事项"
    article = "信访工作条例 第十九条第三款"


class NotPendingBelow(Refused):
    """Only who stands above the unit that has the matter leaves it there."""

    by_directory = True
    code = "not_pending_below"
    title = "本机关、单位不是所指事项受理、办理机关的上级"
    article = "信访工作条例 第十九条第三款"


class PendingTooLong(Refused):
    """Who has waited longer than the law allows may turn to whoever stands above."""

    code = "pending_too_long"
    title = "所指事项已超过规定期限，不得以此不予受理"
    article = "信访工作条例 第十九条第三款、第三十四条"


class WithinPower(Refused):
    """Who has the power in the matter, or stands above a unit that has it, does not send the petitioner away."""

    by_directory = True
    code = "within_power"
    title = "该事项属于本机关、单位或者本系统职权范围"
    article = "信访工作条例 第二十三条第一款、第四十四条第二项"


class NotAboveLevel(Refused):
    """A visit to whoever is competent or one level above is at the right place."""

    by_directory = True
    code = "not_above_level"
    title = "走访到有权处理的本级或者上一级机关、单位的，应当接待受理"
    article = "信访工作条例 第二十条第一款"


class NotTheCompetentBody(Refused):
    """Nobody is sent to an inner office, to a unit that is no more, or to one that has no power in the matter."""

    by_directory = True
    code = "not_the_competent_body"
    title = "所告知的机关、单位无权处理该事项"
    article = "信访工作条例 第二十条第一款、第二十三条第一款"


class WithinReach(Refused):
    """A petition bureau hands on what somebody of its level or below decides (应当转送), and sends nobody there."""

    by_directory = True
    code = "within_reach"
    title = "有权处理的机关、单位属于本级或者下级的，应当转送、交办，不得让信访人另行提出"
    article = "信访工作条例 第二十二条第一款、第四十三条"


class NotAVisit(Refused):
    """The levels are a rule for visits alone; letters, calls and forms may go anywhere."""

    code = "not_a_visit"
    title = "仅走访适用逐级规定"
    article = "信访工作条例 第二十条第一款"


class NotExhausted(Refused):
    """Until a recheck has settled a matter, every repeat of it belongs to the case and is answered in it."""

    code = "not_exhausted"
    title = "复核意见尚未送达"
    article = "信访工作条例 第三十六条第三款"
    decided_by = "mediation"


class NotARepeat(Refused):
    """Only a petition that came after the recheck opinion can be a repeat of what it settled."""

    code = "not_a_repeat"
    title = "该信访件不是复核后的重复信访"
    article = "信访工作条例 第三十六条第三款"


class NoParty(Refused):
    """A recheck settles a matter for whoever took part in it; anybody else has a way of their own."""

    code = "no_party_to_the_recheck"
    title = "该信访件不是复核当事人提出，应当另行登记或者答复"
    article = "信访工作条例 第三十六条第三款"


class NotAddressed(Forbidden):
    """Who comes again is answered by whom they came to, by whoever handled the case, or by a bureau."""

    code = "not_addressed"
    title = "该信访件不是向本单位提出，原事项也不由本单位办理"
    article = "信访工作条例 第二十二条、第三十六条第三款"


class CaseGoesOn(Refused):
    """What belongs to a case that goes on is answered in it."""

    code = "case_goes_on"
    title = "事项尚在办理，并入的信访件随该事项答复"
    article = "信访工作条例 第二十二条"


class NewFactsStated(Invalid):
    """New facts or reasons make a new case, which is registered and accepted like any other."""

    code = "new_facts_stated"
    title = "提出新的事实、理由的，应当另行登记"
    article = "信访工作条例 第三十六条第三款"


class ToldBefore(Refused):
    """The petitioner was told so already."""

    code = "told_before"
    title = "已告知不再受理"
    article = "信访工作条例 第三十六条第三款"


@dataclass(frozen=True)
class InHandling:
    """Which unit has accepted a case, and until when it is to answer."""

    unit: str
    until: date


@dataclass
class _Course:
    """How far the handling of a case is, by what has happened in it."""

    received_at: datetime | None
    unit: str = ""
    begun: datetime | None = None
    """From when the sixty days run, whichever unit has the case."""
    days: int = 0
    accepted: bool = False
    """Whether whoever has the case has accepted it."""
    owed: bool = False
    borne_out: bool = False
    """Whether somebody outside the unit has borne out what that has entered too late."""
    claim: HandlingExtended | None = None
    """By what the unit says, too late, to have made it longer."""

    def take(self, event: Event) -> None:
        """Go on by one event."""
        if isinstance(event, HandlingOpened):
            self.unit, self.owed, self.accepted = event.unit, False, False
            self._begins(midnight(period("C3").last_day(self.received_at or event.timestamp)))
        elif isinstance(event, HandlingCarriedOn):
            self.unit = event.unit
        elif isinstance(event, AcceptanceNotified | HandlingAccepted):
            self._begins(event.served_at if isinstance(event, AcceptanceNotified) else event.timestamp)
            self.owed = self.accepted = True
        elif isinstance(event, HandlingExtended):
            self._extended(event)
        elif isinstance(event, ReviewOpinionServed | RecheckOpinionServed) and event.result is ReviewResult.revoke:
            self._begins_anew(event.served_at)
        elif isinstance(event, AgreementBreached):
            self._begins_anew(event.timestamp)
        elif isinstance(event, ANSWERS):
            self.owed = False
        elif isinstance(event, UNANSWERED):
            self.owed = self.accepted

    def _begins(self, moment: datetime) -> None:
        self.begun = min(self.begun or moment, moment)

    def _begins_anew(self, moment: datetime) -> None:
        self.begun, self.days, self.claim, self.owed = moment, 0, None, True

    def _extended(self, event: HandlingExtended) -> None:
        """Let it be longer, unless the unit says so when it is over: that waits for somebody else (第三十四条)."""
        if self.until is not None and day(event.timestamp) > self.until:
            self.claim = event
        if self.claim is None or self.borne_out:
            self.days = self.days or event.days

    @property
    def until(self) -> date | None:
        """The last day to answer."""
        return period("C5").last_day(self.begun, extra_days=self.days) if self.begun else None


def _course(told: Iterable[Event], received_at: datetime | None, *, borne_out: bool = False) -> _Course:
    course = _Course(received_at, borne_out=borne_out)
    for event in told:
        course.take(event)
    return course


def answered_by(
    told: Iterable[Event], received_at: datetime | None = None, *, borne_out: bool = False
) -> date | None:  # fmt: skip
    """Return the last day to answer a case, by what has happened in handling it.

    The sixty days run from the acceptance, and at the latest from the day on which that was to be told: fifteen days
    after a unit first had it, or after it was received where the petitioner had gone to the unit itself (第三十四条).
    It is later for an extension that the unit has entered when it was over if that is `borne_out`.
    """
    return _course(told, received_at, borne_out=borne_out).until


def claimed(told: Iterable[Event], received_at: datetime | None = None) -> HandlingExtended | None:
    """Return the extension that the unit has entered when its time was over, if it has: it waits to be borne out."""
    return _course(told, received_at).claim


def waited_since(told: Iterable[Event], petition: UUID, joined_at: datetime) -> datetime | None:
    """Return from when at the latest the answer was due to who had joined a case, by what has happened in handling it.

    That is when they were told that it is accepted, or the day by which the unit that had it had to (第三十四条).
    """
    had, since = None, []
    for event in told:
        if isinstance(event, HandlingOpened) and had is None:
            had = max(event.timestamp, joined_at)
            since.append(midnight(period("C3").last_day(had)))
        elif isinstance(event, PetitionerNotified) and event.petition == petition:
            since.append(event.served_at)
    return min(since, default=None)


def began(told: Iterable[Event], received_at: datetime | None = None) -> datetime | None:
    """Return from when the answer is due, by what has happened in handling a case."""
    return _course(told, received_at).begun


def in_handling(
    told: Iterable[Event], received_at: datetime | None = None, *, borne_out: bool = False
) -> InHandling | None:  # fmt: skip
    """Return who has accepted a case and owes the answer, by what has happened in handling it, if anybody does."""
    course = _course(told, received_at, borne_out=borne_out)
    return InHandling(course.unit, course.until) if course.owed and course.until else None


def not_accept(  # noqa: PLR0913  # what each ground is proved by
    r: Registration, ground: NotAcceptedGround, unit: str, directory: Directory, *, pending: Registration | None,
    handling: InHandling | None, same_person: bool, competent_body: str | UUID, served_at: datetime, at: datetime,
    handed_on: bool = False, withdrawn: bool = False, **notice: Any,  # noqa: ANN401
) -> None:  # fmt: skip
    """Tell the petitioner why the case is not accepted and who is competent; what is on file proves the ground.

    It may have been told apart before, by whoever received it, as long as nobody was handed it.
    """
    if not _is_still_here(r, unit, directory, handed_on=handed_on):
        raise TooLateNotToAccept
    if ground in r.grounds_revoked:
        raise OrderedToAccept(ground.title)
    below: InHandling | None = None
    if ground is NotAcceptedGround.pending_below:
        if withdrawn:  # nothing of theirs goes on there
            raise NothingPending
        _must_be_pending(r, pending, same_person=same_person)
        below = _must_be_below(handling, unit, directory, at=at)
    elif ground is NotAcceptedGround.not_within_power:
        assert r.category is not None
        if directory.has_power(unit, r.category):
            raise WithinPower
    else:
        _must_be_above_level(r, unit, directory)
    _must_be_a_way_on(r, ground, unit, competent_body, directory)
    must_have_happened(served_at, at, since=r.received_at)
    r.record(
        NotAcceptedNotified, at=at, unit=unit, ground=ground, **called("competent_body", "body_words", competent_body),
        served_at=served_at, pending_unit=below and below.unit, answer_by=below and below.until, **notice,
    )  # fmt: skip


def _is_still_here(r: Registration, unit: str, directory: Directory, *, handed_on: bool) -> bool:
    """Return whether nobody but who received a case has anything to do with it yet."""
    if r.state is RegistrationState.registered:
        return True
    received = directory.acting_as(unit, r.receiving_unit) == r.receiving_unit
    return r.state is RegistrationState.classified and received and not r.confidential and not handed_on


def _must_be_a_way_on(
    r: Registration, ground: NotAcceptedGround, unit: str, body: str | UUID, directory: Directory
) -> None:  # fmt: skip
    """Let the body to which the petitioner is sent be one that can help them, as far as the directory knows it.

    What is not in the directory is told by its name (第二十三条第一款 有权处理的机关、单位). A petition bureau sends
    nobody to whom it forwards (第二十二条第一款); of litigation it tells visitors the way (第二款). Whose visit is at
    too high a level is sent to who decides, whom the directory has then, or to one level above (第二十条第一款).
    """
    if isinstance(body, UUID):
        if ground is NotAcceptedGround.visit_above_level:
            raise NotTheCompetentBody
        return
    if (entry := directory.units.get(body)) is None:
        raise NoSuchBody(body)
    assert r.category is not None
    elsewhere = ground is NotAcceptedGround.not_within_power and bool(directory.able(r.category))
    powerless = elsewhere and not directory.has_power(entry.code, r.category)
    if ground is NotAcceptedGround.visit_above_level:
        powerless = not _receives_visits_about(entry.code, r.category, directory)
    if entry.successors or entry.kind in NO_DECISIONS or powerless:
        raise NotTheCompetentBody(entry.name)
    told_the_way = entry.kind is UnitKind.political_legal_organ and r.channel is Channel.visit
    if ground is NotAcceptedGround.not_within_power and not told_the_way and _forwards_to(unit, entry, directory):
        raise WithinReach(entry.name)


def _receives_visits_about(code: str, category: ContentCategory, directory: Directory) -> bool:
    """Return whether a visit about a category is at the right place with a unit (有权处理的本级或者上一级)."""
    return any(
        code == one or (code in directory.above(one) and directory.levels_above(code, one) <= 1)
        for one in directory.able(category)
    )


def _forwards_to(unit: str, entry: Entry, directory: Directory) -> bool:
    own = directory.units.get(unit)
    bureau = own is not None and own.kind is UnitKind.petition_bureau
    return bureau and entry.competent and directory.within_reach(unit, entry.code)


def _must_be_pending(r: Registration, pending: Registration | None, *, same_person: bool) -> None:
    """Let it be the same matter of the same person (第十九条第三款)."""
    if pending is None or not (pending.exists and pending.open) or pending.id == r.id or pending.kind is None:
        raise NothingPending
    compared = pending.id in r.duplicates or r.id in pending.duplicates
    if not compared and not (same_person and (pending.category, pending.place) == (r.category, r.place)):
        raise NotTheSameMatter


def _must_be_below(handling: InHandling | None, unit: str, directory: Directory, *, at: datetime) -> InHandling:
    """Return which unit under this one has accepted it; its time must not be over (第十九条第三款).

    A petition bureau receives for the leading bodies of its level.
    """
    if handling is None:
        raise NothingPending
    bureau = not directory.is_no_bureau(unit) and directory.within_reach(unit, handling.unit)
    if unit not in directory.above(handling.unit) and not bureau:
        raise NotPendingBelow(handling.unit)
    if day(at) > handling.until:
        raise PendingTooLong
    return handling


def _must_be_above_level(r: Registration, unit: str, directory: Directory) -> None:
    """Let a visit be at least two levels above whoever has the power to decide (第二十条第一款)."""
    if r.channel is not Channel.visit:
        raise NotAVisit
    assert r.category is not None
    able = directory.able(r.category)
    if unit not in directory.units or not able or any(directory.levels_above(unit, one) <= 1 for one in able):
        raise NotAboveLevel


def put_right(r: Registration, unit: str, order: UUID, *, at: datetime) -> None:
    """Let what a unit has wrongly not accepted go on, as if it had never been turned away (第四十四条 责令改正)."""
    if r.turned_away_by(unit):
        r.record(NonAcceptanceRevoked, at=at, unit=unit, document=order)


def must_be_addressed(r: Registration, petition: UUID, unit: str, handler: str | None) -> None:
    """Let a unit answer only who came to it, or whose case it has handled (第三十六条第三款 其他机关、单位)."""
    if petition in r.repeats and unit not in {r.petitions[petition].receiving_unit, handler}:
        raise NotAddressed


def exhaust(r: Registration, served_at: datetime, *, at: datetime) -> None:
    """Learn that a recheck has settled the matter."""
    if r.exhausted_at is None:
        r.record(RemediesExhausted, at=at, served_at=served_at)


def answer_repeat(
    r: Registration, petition: UUID, *, new_case: UUID | None, served_at: datetime, at: datetime, **notice: Any  # noqa: ANN401
) -> None:  # fmt: skip
    """Tell who comes again after the answer how it ended, or where what is new in it is handled (第二十二条)."""
    if petition not in r.repeats:
        raise CaseGoesOn if r.open else NotARepeat
    if r.open and (r.answered_at is None or r.repeats[petition] < r.answered_at):
        raise CaseGoesOn
    if petition in (*r.repeats_answered, *r.no_longer_accepted):
        raise ToldBefore
    must_have_happened(served_at, at, since=r.repeats[petition])
    r.record(RepeatAnswered, at=at, petition=petition, new_case=new_case, served_at=served_at, **notice)


def no_longer_accept(
    r: Registration, petition: UUID, *, same_person: bool, new_facts: bool, served_at: datetime, at: datetime,
    **notice: Any,  # noqa: ANN401
) -> None:  # fmt: skip
    """Tell who repeats what a recheck has settled for them that it is not accepted any more."""
    if new_facts:
        raise NewFactsStated
    if r.exhausted_at is None:
        raise NotExhausted
    if petition not in r.repeats or petition in r.parties:
        raise NotARepeat
    if not same_person:
        raise NoParty
    if petition in r.no_longer_accepted:
        raise ToldBefore
    must_have_happened(served_at, at, since=r.repeats[petition])
    r.record(NoLongerAccepted, at=at, petition=petition, served_at=served_at, **notice)
