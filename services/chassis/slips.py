"""Slips: who has typed the number of a receipt wrong puts it right, and both stand on record (第二十八条第一款).

When and how something was served stays as it was entered: nothing that is due, or may be asked, moves with a number.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.event import Event
from contracts.vocabulary import Role
from services.chassis.context import By
from services.chassis.errors import Forbidden, NotFound, Refused
from services.chassis.fields import PublicLine
from services.chassis.history import Fact, facts, history
from services.chassis.operations import Declared
from services.chassis.running import Running
from services.chassis.texts import CaseText

_ARTICLE = "信访工作条例 第二十一条第二款、第二十八条第一款"


class NoReceipt(Refused):
    """Only what says how something was served has the number of a receipt."""

    code = "no_receipt"
    title = "该记录不载送达凭证编号"
    article = _ARTICLE


class NotTheirEntry(Forbidden):
    """What somebody has entered is put right by themselves, or by a head of their unit."""

    code = "not_their_entry"
    title = "送达凭证编号由录入人或者录入单位负责人更正"
    article = _ARTICLE
    by_directory = True


class CorrectReceipt(Declared):
    """What a command says by which the number of a receipt is put right: of which entry, what it is, and why."""

    corrects: ClassVar[type[Event]]
    """What is recorded."""
    event_version: Annotated[int, Field(ge=1, le=1_000_000, description="Which event of the stream has it wrong")]
    receipt: PublicLine
    document: Annotated[CaseText, Field(description="How it came to be wrong")]
    _entered: Fact

    async def look_up(self, running: Running, by: By) -> None:
        """Find what was entered. Raises ``NotFound``."""
        await super().look_up(running, by)  # type: ignore[misc]  # a command's
        stream: UUID = self.stream(by)  # type: ignore[attr-defined]  # a command's
        told = facts(stream, await history(running.store.recorder, stream))
        if self.event_version > len(told):
            raise NotFound(str(self.event_version))
        self._entered = told[self.event_version - 1]

    def act(self, one: Any, by: By) -> None:  # noqa: ANN401  # an aggregate of the command's
        """Put it right as whoever entered it, or as a head of their unit. Raises ``NoReceipt``, ``NotTheirEntry``."""
        event, about = self._entered
        if (typed := getattr(event, "receipt", None)) is None:
            raise NoReceipt(event.title)
        directory = self.directory  # type: ignore[attr-defined]  # a command's
        of_the_unit = directory.acting_as(by.unit, about.unit) == about.unit
        if not of_the_unit or (by.actor != about.actor and by.role is not Role.unit_head):
            raise NotTheirEntry
        before = one.receipts.get(self.event_version, typed)
        one.record(
            self.corrects, at=by.at, entry=self.event_version, before=before, after=self.receipt, document=self.document
        )
