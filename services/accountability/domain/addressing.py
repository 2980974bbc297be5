"""Who may be written to about a case (第四十条): never whom it complains of, and never by whom it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.errors import NotFound
from services.chassis.recusal import OthersKeepOut


@dataclass(frozen=True)
class Matter:
    """A case that somebody is written to about."""

    case: UUID
    concerned: frozenset[str] = frozenset()
    """The units that have, had or received it."""
    barred: frozenset[str] = frozenset()
    """The units that may not touch it."""
    sealed: bool = False
    """Whether it is a report about an official."""
    organ: str | None = None
    """The discipline organ that has it, if it is one."""
    since: datetime | None = None
    """When it came in."""

    def must_be_kept_from(self, unit: str) -> None:
        """Let nobody be told whom it complains of, and of a report nobody but the organ that has it."""
        if self.sealed and unit != self.organ:
            raise NotFound(str(self.case))
        if unit in self.barred:
            raise OthersKeepOut
