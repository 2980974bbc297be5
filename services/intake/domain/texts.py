"""What lies in the vault of a case: that a text was put there, and that somebody looked; never the text itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.intake import ContentDisclosed, DocumentDeposited
from contracts.vocabulary import DocumentKind, Role
from services.chassis.aggregate import Aggregate, when


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
        self.content: UUID | None = None
        self.purpose = ""
        self.unit: str | None = None
        self.role: Role | None = None
        self.looked_at: datetime | None = None

    @property
    def case(self) -> UUID | None:
        """The case whose text was read."""
        return self.of

    def disclose(
        self, case: UUID, content: UUID, purpose: str, unit: str | None, role: Role | None, *, at: datetime
    ) -> None:  # fmt: skip
        """Record the look; the text may be decrypted only after this is stored."""
        self.record(ContentDisclosed, at=at, case=case, content=content, purpose=purpose, unit=unit, role=role)

    @when
    def _(self, event: ContentDisclosed) -> None:
        self.of, self.content, self.purpose = event.case, event.content, event.purpose
        self.unit, self.role, self.looked_at = event.unit, event.role, event.timestamp
