"""What lies in the vault: that a text was put there, that somebody looked, that a key was made anew; never a text."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.ids import derived
from contracts.intake import ContentDisclosed, DocumentDeposited, RootKeyRenewed, RootKeyRetired
from contracts.vocabulary import DocumentKind, LookPurpose, Role, RootKey
from services.chassis.aggregate import Aggregate, when
from services.chassis.entry import Entry
from services.chassis.errors import Forbidden

KEYS: Final = UUID("7f1f7c7e-8d0b-5b5e-9b52-0d3f4f1f6a10")
"""Namespace of root keys."""

OF_DUTY: Final[dict[LookPurpose, frozenset[Role]]] = {
    LookPurpose.triage: frozenset({Role.intake_clerk, Role.unit_receiver, Role.bureau_officer}),
    LookPurpose.approval: frozenset({Role.unit_head}),
    LookPurpose.mediation: frozenset({Role.mediator}),
    LookPurpose.hearing: frozenset({Role.hearing_presider}),
    LookPurpose.review: frozenset({Role.reviewer, Role.recheck_officer}),
    LookPurpose.supervision: frozenset({Role.supervisor, Role.sponsor_leader}),
    LookPurpose.verification: frozenset({Role.discipline_officer}),
    LookPurpose.accountability: frozenset({Role.supervisor, Role.discipline_officer}),
}
"""For what some duties alone read a text."""
OF_COMMANDS: Final = frozenset({
    LookPurpose.issue_paper, LookPurpose.print_paper, LookPurpose.claims, LookPurpose.divide, LookPurpose.detach,
    LookPurpose.own_file, LookPurpose.own_progress,
})  # fmt: skip
"""For what a command reads it, and nobody by themselves."""


class PurposeNotOfDuty(Forbidden):
    """Nobody reads a text for what is another one's duty."""

    code = "purpose_not_of_duty"
    title = "查阅目的与岗位职责不符"
    article = "个人信息保护法 第六条"


def must_be_of_duty(purpose: LookPurpose, role: Role) -> None:
    """Let somebody say what for they read. Raises ``PurposeNotOfDuty``."""
    if purpose in OF_COMMANDS or role not in OF_DUTY.get(purpose, {role}):
        raise PurposeNotOfDuty(purpose.title)


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
        self, case: UUID, content: UUID, purpose: LookPurpose, unit: str | None, role: Role | None, *, at: datetime
    ) -> None:  # fmt: skip
        """Record the look; the text may be decrypted only after this is stored."""
        self.record(ContentDisclosed, at=at, case=case, content=content, purpose=purpose, unit=unit, role=role)

    @when
    def _(self, event: ContentDisclosed) -> None:
        self.of, self.content, self.purpose = event.case, event.content, event.purpose
        self.unit, self.role, self.looked_at = event.unit, event.role, event.timestamp


class Renewals(Entry):
    """What has become of one root key."""

    @classmethod
    def stream(cls, key: RootKey) -> UUID:
        """Return the one stream of a root key."""
        return derived(KEYS, key)

    def start(self) -> None:
        """It is the first one still."""
        self.newest = self.oldest = 1

    def renew(self, key: RootKey, number: int, kept_as: str, *, at: datetime) -> None:
        """Record that there is a newer one; who goes on with what was begun has recorded it."""
        if number > self.newest:
            self.record(RootKeyRenewed, at=at, key=key, number=number, kept_as=kept_as)

    def retire(self, key: RootKey, below: int, *, at: datetime) -> None:
        """Record that those below a number are gone."""
        if below > self.oldest:
            self.record(RootKeyRetired, at=at, key=key, below=below)

    @when
    def _(self, event: RootKeyRenewed) -> None:
        self.newest = event.number

    @when
    def _(self, event: RootKeyRetired) -> None:
        self.oldest = event.below
