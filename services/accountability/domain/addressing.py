"""Who may be written to about a case (第四十条): never whom it complains of, and never by whom it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.errors import NotFound, Refused


class IsAccused(Refused):
    """Whom a case complains of, who stands under them and who carries on for them learns nothing of it."""

    by_directory = True
    code = "addressee_is_accused"
    title = "不得就该事项致函被反映的单位"
    article = "信访工作条例 第二十八条第三款、第三十条第三款"


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
            raise IsAccused
