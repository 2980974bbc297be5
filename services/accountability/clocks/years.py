"""The calendar as it is published: one stream a year, and the table that every service reads its working days from."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.accountability import CalendarPublished
from contracts.ids import derived
from contracts.periods.calendar import Notice, Year
from services.chassis.aggregate import Aggregate, when

_YEARS: Final = UUID("9b9c2a52-2b3d-5f43-8c0e-1d4a0a7f6e21")


class PublishedYear(Aggregate):
    """The days off and the make-up days of a year, as the State Council has said them; a correction comes after."""

    def start(self) -> None:
        """Nothing is published yet."""
        self.edition: Year | None = None

    @property
    def sha256(self) -> str:
        """Which edition is in force."""
        return self.edition.sha256 if self.edition else ""

    def with_notice(self, year: Year) -> Year:
        """Return the year as it is with one more notice; what an earlier one said and this one does not, stays."""
        return self.edition.merged(year) if self.edition else year

    @staticmethod
    def stream(year: int) -> UUID:
        """Return the stream of a year."""
        return derived(_YEARS, str(year))

    @property
    def case(self) -> UUID | None:
        """A calendar belongs to no case."""
        return None

    def publish(self, year: Year, *, at: datetime) -> None:
        """Publish the year's days together with those of before; the same notice twice changes nothing."""
        year = self.with_notice(year)
        if year.sha256 != self.sha256:
            self.record(
                CalendarPublished, at=at, year=year.year, days_off=tuple(year.off), make_up_days=tuple(year.worked),
                holidays=(*year.off.values(), *year.worked.values()), papers=year.papers, sha256=year.sha256,
            )  # fmt: skip

    @when
    def _(self, event: CalendarPublished) -> None:
        days = [*((on, True) for on in event.days_off), *((on, False) for on in event.make_up_days)]
        notices = [Notice(name, on, off) for (on, off), name in zip(days, event.holidays, strict=True)]
        self.edition = Year.of(event.year, notices, event.papers)
