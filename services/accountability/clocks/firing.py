"""What an entry of the ledger does to a clock: the one value that goes from the rules to the clocks."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from contracts.envelope import Record
from contracts.vocabulary import ClockKind
from services.accountability.clocks.rules import Act, Rule


class Deed(msgspec.Struct, frozen=True):
    """That something was done at a moment, and by whose entry, made when, that is known."""

    happened_at: datetime
    entered_at: datetime
    unit: str | None
    by: UUID
    stranger: bool = False
    """Whether that unit has nothing to do with it, so that its word is no better than that of who owed it."""


class Firing(msgspec.Struct, frozen=True):
    """That an entry does something to the clocks of one rule in its case."""

    record: Record
    case: UUID | None
    act: Act
    rule: Rule
    rules: str
    """The version of all rules."""
    moment: datetime
    """From when it counts, which the event may say to be before it was recorded."""
    holder: str | None
    subject: UUID | None
    """The stream that it is about, where a rule tells them apart."""
    fixed: date | None
    days: int
    kind: ClockKind
    spares: str | None
    """Whose clocks go on, because nothing has changed for that unit."""
    source: UUID | None = None
    """The case whose clocks go on here."""
    of: tuple[str, ...] = ()
    """By which rules those ran there, where not by this one."""
    later: bool = False
    """Whether it means nothing to a clock that began afterwards."""
    once: bool = False
    """Whether who has done it owes it no more."""
    done: datetime | None = None
    """When what is due was done, where that is known with the start."""
    officer: str | None = None
    item: str | None = None
    """Which of several things of the subject; all of them where it does not say."""

    unit: str | None = None
    """Which unit has entered it."""
    stranger: bool = False
    """Whether that one has nothing to do with it."""

    @property
    def deed(self) -> Deed:
        """What has been done by it."""
        return Deed(self.moment, max(self.record.at, self.moment), self.unit, self.record.id, self.stranger)

    @property
    def about(self) -> UUID | None:
        """What the clocks that it can mean anything to are about."""
        return self.subject or self.case
