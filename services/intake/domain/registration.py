"""The rules by which petitions become cases.

Registration is never refused: no rule here can say no to a petition (信访工作条例 第二十二条, 第二十三条).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.intake import CaseClassified, ContentDisclosed, DocumentDeposited
from contracts.vocabulary import ContentCategory, DocumentKind, Kind, Route
from services.chassis.aggregate import Aggregate, when
from services.chassis.errors import Forbidden, Invalid, Refused
from services.intake.domain.acceptance import Acceptance
from services.intake.domain.collective import Collective
from services.intake.domain.rating import Rating
from services.intake.domain.track import Track
from services.intake.domain.urgency import Urgency
from services.intake.domain.withdrawal import Withdrawal

ROUTES: Final[dict[Kind, frozenset[Route]]] = {
    Kind.suggestion: frozenset({Route.petition_procedure}),
    Kind.report_accusation: frozenset({Route.discipline_supervision}),
    Kind.appeal_for_resolution: frozenset(Route) - {Route.discipline_supervision},
}
"""Which legal routes a kind of case may take (信访工作条例 第二十九条, 第三十条, 第三十一条)."""


class AlreadyClassified(Refused):
    """A case is told apart once; a jurisdiction dispute is settled between units, not by another classification."""

    code = "already_classified"
    title = "该事项已分类"
    article = "信访工作条例 第三十一条"


class RouteDoesNotFit(Invalid):
    """The route is none that the regulation knows for this kind of case."""

    code = "route_does_not_fit"
    title = "处理途径与事项类别不符"
    article = "信访工作条例 第二十九条至第三十一条"


class NotReceivedHere(Forbidden):
    """A unit tells apart what it received directly; everything else is the bureau's to tell apart."""

    code = "not_received_here"
    title = "该事项不是本单位直接收到的"
    article = "信访工作条例 第二十二条、第二十三条第一款"


class UnitIsAccused(Forbidden):
    """Nobody decides about a complaint against their own unit."""

    code = "own_unit_is_accused"
    title = "被反映单位的工作人员应当回避"
    article = "信访工作条例 第二十八条第三款"


class Registration(Collective, Track, Acceptance, Withdrawal, Urgency, Rating):
    """One case and the petitions that belong to it."""

    def classify(
        self,
        kind: Kind,
        route: Route,
        category: ContentCategory,
        *,
        at: datetime,
        unit: str = "",
        as_receiver: bool = False,
        accused_units: Sequence[str] = (),
    ) -> None:
        """Tell the case apart, once; a receiver does so for what their own unit received directly."""
        if route not in ROUTES[kind]:
            raise RouteDoesNotFit(f"{kind.title}不适用“{route.title}”")
        if as_receiver and not (self.direct and self.receiving_unit == unit):
            raise NotReceivedHere
        if unit in accused_units:
            raise UnitIsAccused
        if self.kind is not None:
            raise AlreadyClassified
        self.must_be_open()
        self.record(
            CaseClassified,
            at=at,
            registration_no=self.registration_no,
            kind=kind,
            route=route,
            category=category,
            place=self.place,
            direct=self.direct,
            receiving_unit=self.receiving_unit,
            anonymous=self.anonymous,
            accused_units=tuple(dict.fromkeys(accused_units)),
        )

    @when
    def _(self, event: CaseClassified) -> None:
        self.kind, self.route, self.category = event.kind, event.route, event.category
        self.accused_units = event.accused_units


class Document(Aggregate):
    """A text of a case in the vault."""

    def start(self) -> None:
        """Nothing is deposited yet."""
        self.of: UUID | None = None

    @property
    def case(self) -> UUID | None:
        """The case that the text belongs to."""
        return self.of

    def deposit(self, case: UUID, kind: DocumentKind, content_sha256: str, *, at: datetime) -> None:
        """Record that the text was put into the vault."""
        self.record(DocumentDeposited, at=at, case=case, kind=kind, content_sha256=content_sha256)

    @when
    def _(self, event: DocumentDeposited) -> None:
        self.of = event.case


class Disclosure(Aggregate):
    """One look into the vault."""

    def start(self) -> None:
        """Nobody has looked yet."""
        self.of: UUID | None = None

    @property
    def case(self) -> UUID | None:
        """The case whose text was read."""
        return self.of

    def disclose(self, case: UUID, content: UUID, purpose: str, *, at: datetime) -> None:
        """Record the look; the text may be decrypted only after this is stored."""
        self.record(ContentDisclosed, at=at, case=case, content=content, purpose=purpose)

    @when
    def _(self, event: ContentDisclosed) -> None:
        self.of = event.case
