"""How a replay looks to programs: one event a line. No contract is needed for that, and none is imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import msgspec

from services.cli.terminal import hand_out, tell

if TYPE_CHECKING:
    from services.audit.order import Examined


class Show(Protocol):
    """How a replay is shown."""

    names_units: bool
    """Whether it shows the names of units and places."""

    def case(self, case: UUID, entries: list[Examined], names: Mapping[str, str]) -> None:
        """The case as a whole, before its entries."""

    def entries(self, entries: list[Examined], names: Mapping[str, str]) -> None:
        """Some entries."""

    def say(self, sentence: str) -> None:
        """What was found."""


class Lines:
    """One event a line, for programs; what is said goes to standard error."""

    names_units = False

    def case(self, case: UUID, entries: list[Examined], names: Mapping[str, str]) -> None:
        """Nothing: whoever reads the events can fold them."""

    def entries(self, entries: list[Examined], names: Mapping[str, str]) -> None:  # noqa: ARG002
        """The same keys that the HTTP API shows."""
        hand_out(msgspec.json.encode(it.entry) for it in entries)

    def say(self, sentence: str) -> None:
        """What was found, out of the way of the events."""
        tell(sentence)
