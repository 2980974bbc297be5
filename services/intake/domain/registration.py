"""The rules by which petitions become cases.

Registration is never refused: no rule here can say no to a petition (信访工作条例 第二十二条, 第二十三条).
"""

from __future__ import annotations

from datetime import datetime
from functools import singledispatchmethod
from typing import Any, Final
from uuid import UUID

from contracts.event import Event
from contracts.intake import (
    CaseClassified,
    CaseConcluded,
    CaseRegistered,
    ContentDisclosed,
    DocumentDeposited,
    PetitionAttached,
)
from contracts.vocabulary import ContentCategory, DocumentKind, Kind, Route
from services.chassis.aggregate import Aggregate
from services.chassis.errors import Invalid, Refused

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


class Registration(Aggregate):
    """One case and the petitions that belong to it."""

    def start(self) -> None:
        """Nothing has come in yet."""
        self.registration_no = ""
        self.channel: str = ""
        self.received_at: datetime | None = None
        self.place = ""
        self.category: ContentCategory | None = None
        self.kind: Kind | None = None
        self.route: Route | None = None
        self.closed_at: datetime | None = None
        self.petitions: dict[UUID, UUID] = {}

    @property
    def state(self) -> str:
        """What a list shows."""
        if self.closed_at:
            return "closed"
        return "classified" if self.kind else "registered"

    def register(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Put the first petition of a case on file."""
        self.record(CaseRegistered, at=at, **facts)

    def attach(self, *, at: datetime, **facts: Any) -> None:  # noqa: ANN401  # the fields of the event
        """Let a later petition on the same matter join, whatever state the case is in."""
        self.record(PetitionAttached, at=at, **facts)

    def classify(self, kind: Kind, route: Route, category: ContentCategory, *, at: datetime) -> None:
        """Tell the case apart, once."""
        if route not in ROUTES[kind]:
            raise RouteDoesNotFit(f"{kind.title}不适用“{route.title}”")
        if self.kind is not None:
            raise AlreadyClassified
        self.record(
            CaseClassified,
            at=at,
            registration_no=self.registration_no,
            kind=kind,
            route=route,
            category=category,
            place=self.place,
        )

    def conclude(self, *, at: datetime) -> None:
        """Learn that the case was closed."""
        if self.closed_at is None:
            self.record(CaseConcluded, at=at, closed_at=at)

    @singledispatchmethod
    def apply(self, event: Event) -> None:
        """Change the fields by an event."""
        super().apply(event)

    @apply.register
    def _(self, event: CaseRegistered) -> None:
        self.registration_no = event.registration_no
        self.channel = event.channel
        self.received_at = event.received_at
        self.place = event.place
        self.category = event.category
        self.petitions[event.petition] = event.content

    @apply.register
    def _(self, event: PetitionAttached) -> None:
        self.petitions[event.petition] = event.content

    @apply.register
    def _(self, event: CaseClassified) -> None:
        self.kind, self.route, self.category = event.kind, event.route, event.category

    @apply.register
    def _(self, event: CaseConcluded) -> None:
        self.closed_at = event.closed_at


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

    @singledispatchmethod
    def apply(self, event: Event) -> None:
        """Change the fields by an event."""
        super().apply(event)

    @apply.register
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

    @singledispatchmethod
    def apply(self, event: Event) -> None:
        """Change the fields by an event."""
        super().apply(event)

    @apply.register
    def _(self, event: ContentDisclosed) -> None:
        self.of = event.case
