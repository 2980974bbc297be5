"""Slips: who has typed the number of a receipt wrong puts it right, and both stand on record (第二十八条第一款).

When and how something was served stays as it was entered: nothing that is due, or may be asked, moves with a number.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from contracts.event import Event
from contracts.vocabulary import Role
from services.chassis.context import By
from services.chassis.deliveries import NoReceipt, OfDelivery
from services.chassis.errors import Forbidden
from services.chassis.texts import CaseText
from services.chassis.words import Receipt

_ARTICLE = "信访工作条例 第二十一条第二款、第二十八条第一款"


class NotTheirEntry(Forbidden):
    """What somebody has entered is put right by themselves, or by a head of their unit."""

    code = "not_their_entry"
    title = "送达凭证编号由录入人或者录入单位负责人更正"
    article = _ARTICLE
    by_directory = True


class CorrectReceipt(OfDelivery):
    """What a command says by which the number of a receipt is put right: of which entry, what it is, and why."""

    corrects: ClassVar[type[Event]]
    """What is recorded."""
    receipt: Receipt
    document: Annotated[CaseText, Field(description="How it came to be wrong")]

    def act(self, one: Any, by: By) -> None:  # noqa: ANN401  # an aggregate of the command's
        """Put it right as whoever entered it, or as a head of their unit.

        Raises ``NoReceipt`` and ``NotTheirEntry``.
        """
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
