"""登记缺口: who came in at the door against what is on file. «Receive without registering» shows (第四十三条)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from contracts.ids import derived
from contracts.intake import DoorCounted, RegistrationGapClosed, UnregisteredVisitDetected
from contracts.periods.calendar import day
from contracts.vocabulary import Channel
from services.chassis.aggregate import when
from services.chassis.entry import Entry
from services.chassis.errors import Forbidden, Invalid, Refused

DOORS: Final = UUID("2a0f6b7d-5d0e-5f7a-9a0b-6f1d3c1e8b25")
"""Namespace of counts: the same unit and day are the same count."""
_ARTICLE: Final = "信访工作条例 第二十二条、第四十三条"


class OnFile(NamedTuple):
    """How many of what came in are on file, and of how many others have heard: of no report (第三十条第三款)."""

    number: int = 0
    told: int = 0


NOTHING: Final = OnFile()


class DayNotOver(Invalid):
    """A day is counted when it is over."""

    code = "day_not_over"
    title = "清点日期须早于今日"
    article = _ARTICLE


class CountsItself(Forbidden):
    """Whoever registers does not say how much there was to register."""

    code = "counts_itself"
    title = "清点应当由本单位以外的人员进行"
    article = _ARTICLE


class CountedAlready(Refused):
    """A day is counted once."""

    code = "counted_already"
    title = "该单位当日已清点"
    article = _ARTICLE


class OnFileUnknown(Refused):
    """Nobody is blamed for what is on file, where it is not known yet what is."""

    code = "on_file_unknown"
    title = "在册情况尚未重建（views rebuild），暂不清点"
    article = _ARTICLE


class DoorCount(Entry):
    """How many came to a unit's door on a day, by channel, and what of that is not on file."""

    def start(self) -> None:
        """Nobody has counted yet."""
        self.unit = ""
        self.day = date.min
        self.counted: dict[Channel, int] = {}
        self.gaps: dict[Channel, int] = {}
        """How many are missing of each channel."""
        self.found: dict[Channel, int] = {}
        """How many were, when they were counted."""
        self.of_which_told: dict[Channel, int] = {}
        """How many there were without those of which nobody may hear, as the others were told with each gap."""

    @staticmethod
    def stream(unit: str, on: date) -> UUID:
        """Return the stream of a unit's day."""
        return derived(DOORS, f"{unit} {on}")

    def lies_apart(self, version: int) -> bool | None:
        """Keep apart how many there were: with what is missing that says how much lies apart (第三十条第三款)."""
        return version == 1

    @property
    def missing(self) -> int:
        """How many that came in are not on file now."""
        return sum(self.gaps.values())

    @property
    def ever_missing(self) -> int:
        """How many were not when they were counted."""
        return sum(self.found.values())

    def count(
        self, unit: str, on: date, counted: Mapping[Channel, int], registered: Mapping[Channel, OnFile], by_unit: str,
        *, at: datetime,
    ) -> None:  # fmt: skip
        """Say how many there were, and put on record where fewer are on file.

        What lies apart is on file like anything else, so that nobody is blamed who has registered it. How much that is
        is not told: the others hear of what is missing, beside that of which they have heard.
        """
        if self.exists:
            raise CountedAlready
        if by_unit == unit:
            raise CountsItself
        if on >= day(at):
            raise DayNotOver
        self.record(
            DoorCounted, at=at, unit=unit, day=on, visits=counted[Channel.visit], letters=counted[Channel.letter],
            calls=counted[Channel.call],
        )  # fmt: skip
        for channel, number in counted.items():
            there = registered.get(channel, NOTHING)
            if (gap := number - there.number) > 0:
                self.record(
                    UnregisteredVisitDetected, at=at, unit=unit, day=on, channel=channel, counted=there.told + gap,
                    registered=there.told,
                )  # fmt: skip

    def look_again(self, registered: Mapping[Channel, OnFile], *, at: datetime) -> None:
        """Let what was registered meanwhile close the gap; that it was there stays on record."""
        for channel in [*self.gaps]:
            if registered.get(channel, NOTHING).number >= self.counted[channel]:
                self.record(RegistrationGapClosed, at=at, channel=channel, registered=self.of_which_told[channel])

    @when
    def _(self, event: DoorCounted) -> None:
        self.unit, self.day = event.unit, event.day
        self.counted = {Channel.visit: event.visits, Channel.letter: event.letters, Channel.call: event.calls}

    @when
    def _(self, event: UnregisteredVisitDetected) -> None:
        self.gaps[event.channel] = self.found[event.channel] = event.counted - event.registered
        self.of_which_told[event.channel] = event.counted

    @when
    def _(self, event: RegistrationGapClosed) -> None:
        del self.gaps[event.channel]
