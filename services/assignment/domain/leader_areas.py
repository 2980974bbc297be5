"""The rules by which leaders are contacts of townships (包联)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.assignment import LeaderAreaLinked, LeaderAreaUnlinked
from contracts.ids import derived
from contracts.vocabulary import LeaderAreaState
from services.chassis.aggregate import Aggregate, when

LEADERS: Final = UUID("0c5b0a7e-3f43-5f0e-8a55-7d1a3a0f2b64")
"""Namespace of the streams of leaders: the same code is the same leader."""


class LeaderArea(Aggregate):
    """Which townships a leader is the contact of. Its stream belongs to no case."""

    def start(self) -> None:
        """The leader is the contact of none."""
        self.leader = ""
        self.townships: list[str] = []

    @staticmethod
    def stream(leader: str) -> UUID:
        """Return the stream of a leader."""
        return derived(LEADERS, leader)

    @property
    def case(self) -> UUID | None:
        """What a leader is the contact of belongs to no case."""
        return None

    @property
    def state(self) -> LeaderAreaState:
        """What a list shows."""
        return LeaderAreaState.linked if self.townships else LeaderAreaState.unlinked

    def link(self, leader: str, township: str, *, at: datetime) -> None:
        """Make the leader the contact of a township; nothing happens the second time."""
        if township not in self.townships:
            self.record(LeaderAreaLinked, at=at, leader=leader, township=township)

    def unlink(self, township: str, *, at: datetime) -> None:
        """Let the leader be the contact of a township no longer; nothing happens the second time."""
        if township in self.townships:
            self.record(LeaderAreaUnlinked, at=at, leader=self.leader, township=township)

    @when
    def _(self, event: LeaderAreaLinked) -> None:
        self.leader = event.leader
        self.townships.append(event.township)

    @when
    def _(self, event: LeaderAreaUnlinked) -> None:
        self.townships.remove(event.township)
