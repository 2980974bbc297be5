"""三项建议: what a petition bureau recommends, and what it is answered in writing (第十四条第六项, 第四十条)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.accountability import AccountabilityDecisionRecorded, RecommendationReplied, RecommendationServed
from contracts.periods.calendar import day
from contracts.vocabulary import RecommendationKind, RecommendationState
from services.accountability.domain.addressing import Matter
from services.chassis.aggregate import when
from services.chassis.directory import LEADING, Directory
from services.chassis.entry import CaseEntry
from services.chassis.errors import Forbidden, Invalid, Refused
from services.chassis.outside import must_be_over

_ARTICLE: Final = "信访工作条例 第四十条"


class ToItself(Refused):
    """A recommendation goes to somebody else; an organ does not call itself to account."""

    code = "recommendation_to_itself"
    title = "不得向本机关提出建议"
    article = _ARTICLE


class WrongAddressee(Refused):
    """Each recommendation has one body that can carry it out, and goes there."""

    by_directory = True
    code = "wrong_addressee"
    title = "建议的送达对象不当：改进工作送有关单位，完善政策送本级党委、政府，追究责任送有管理权限的机关"
    article = "信访工作条例 第十四条第六项、第四十条"


class ResponsibilityIncomplete(Invalid):
    """Responsibility is somebody's, of a unit, for a serious consequence."""

    code = "responsibility_incomplete"
    title = "追究责任的建议须指明单位、人员和严重后果"
    article = "信访工作条例 第四十条第三款"


class ServedLater(Invalid):
    """It is served by now, or it is not served."""

    code = "served_later"
    title = "送达时间不得晚于当前时间"
    article = _ARTICLE


class ServedBeforeItCame(Invalid):
    """Nobody is written to about a case that has not come in."""

    code = "served_before_it_came"
    title = "送达日期不得早于收到信访事项之日"
    article = _ARTICLE


class NotTheAddressee(Forbidden):
    """Only the body that got the recommendation answers it."""

    code = "not_the_addressee"
    title = "该建议不由本单位反馈"
    article = "信访工作条例 第四十条第四款"


class AnsweredAlready(Refused):
    """Adopted or not: the answer is given once."""

    code = "answered_already"
    title = "已书面反馈采纳情况"
    article = "信访工作条例 第四十条第四款"


class NotAboutResponsibility(Refused):
    """Only a recommendation to pursue responsibility ends in a decision about it."""

    code = "not_about_responsibility"
    title = "该建议不涉及追究责任"
    article = "信访工作条例 第四十条第三款"


class OutcomeRecorded(Refused):
    """The competent body decides once; an appeal is a procedure of its own."""

    code = "outcome_recorded"
    title = "已记录责任追究结果"
    article = "信访工作条例 第四十条第三款"


@dataclass(frozen=True)
class Blame:
    """Whose responsibility is to be pursued, and for which consequence: a text of the case."""

    unit: str
    persons: tuple[str, ...]
    consequence: UUID | None


class Recommendation(CaseEntry):
    """One recommendation to one body about one case."""

    def start(self) -> None:
        """Nothing is recommended yet."""
        super().start()
        self.recommendation_no = self.addressee = ""
        self.about_unit: str | None = None
        self.kind: RecommendationKind | None = None
        self.served_at: datetime | None = None
        self.adopted: bool | None = None
        self.decision_no: UUID | None = None

    @property
    def state(self) -> RecommendationState:
        """What a list shows."""
        if self.decision_no is not None:
            return RecommendationState.decided
        return RecommendationState.served if self.adopted is None else RecommendationState.replied

    def serve(  # noqa: PLR0913  # what the event says
        self, matter: Matter, number: str, kind: RecommendationKind, from_unit: str, addressee: str, document: UUID,
        served_at: datetime, receipt: UUID, directory: Directory, *, at: datetime, blame: Blame | None = None,
    ) -> None:  # fmt: skip
        """Serve the recommendation on its addressee."""
        if addressee == from_unit:
            raise ToItself
        matter.must_be_kept_from(addressee)
        must_be_over(from_unit, matter.concerned, directory)
        if kind is RecommendationKind.pursue_responsibility and not (blame and blame.persons and blame.consequence):
            raise ResponsibilityIncomplete
        if not _fits(kind, addressee, from_unit, matter, blame, directory):
            raise WrongAddressee
        if served_at > at:
            raise ServedLater
        if matter.since is not None and day(served_at) < day(matter.since):
            raise ServedBeforeItCame(f"{day(served_at)}，不早于 {day(matter.since)}")
        said = {} if blame is None else {"about_unit": blame.unit, "persons": blame.persons}
        self.record(
            RecommendationServed, at=at, case=matter.case, recommendation_no=number, kind=kind, addressee=addressee,
            document=document, served_at=served_at, receipt=receipt, consequence=blame and blame.consequence, **said,
        )  # fmt: skip

    def reply(self, unit: str, document: UUID, *, adopted: bool, at: datetime) -> None:
        """Answer in writing whether it is adopted."""
        if unit != self.addressee:
            raise NotTheAddressee
        if self.adopted is not None:
            raise AnsweredAlready
        self.record(RecommendationReplied, at=at, case=self.of, adopted=adopted, document=document)

    def decide(self, unit: str, decision_no: UUID, document: UUID, directory: Directory, *, at: datetime) -> None:
        """Put on record what the competent body has decided about responsibility, as that body or a petition bureau."""
        if unit != self.addressee and directory.is_no_bureau(unit):
            raise NotTheAddressee
        if self.kind is not RecommendationKind.pursue_responsibility:
            raise NotAboutResponsibility
        if self.decision_no is not None:
            raise OutcomeRecorded
        self.record(AccountabilityDecisionRecorded, at=at, case=self.of, decision_no=decision_no, document=document)

    @when
    def _(self, event: RecommendationServed) -> None:
        self.of, self.recommendation_no, self.kind = event.case, event.recommendation_no, event.kind
        self.addressee, self.served_at = event.addressee, event.served_at
        self.about_unit = event.about_unit

    @when
    def _(self, event: RecommendationReplied) -> None:
        self.adopted = event.adopted

    @when
    def _(self, event: AccountabilityDecisionRecorded) -> None:
        self.decision_no = event.decision_no


def _fits(
    kind: RecommendationKind, addressee: str, from_unit: str, matter: Matter, blame: Blame | None, directory: Directory
) -> bool:
    """Return whether the addressee can carry the recommendation out (第十四条第六项, 第四十条)."""
    body = directory.units.get(addressee)
    if body is None:
        return False
    if kind is RecommendationKind.improve_work:  # of the unit whose work it was
        return addressee in matter.concerned
    if kind is RecommendationKind.improve_policy:  # of who leads the own level
        own = directory.units.get(from_unit)
        return body.kind in LEADING and (own is None or body.level is own.level)
    return blame is not None and directory.manages(addressee, [blame.unit], blame.persons)
