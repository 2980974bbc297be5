"""Deliveries that came back: what the carrier brings back was not had, and whoever has sent it owes it once more.

One rule for what intake tells and for what mediation serves (docs/decisions/0043): a letter that was sent in time was
sent in time, and nothing that begins with having it has begun.
"""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field

from contracts.event import Event
from contracts.periods.calendar import day
from contracts.vocabulary import ReturnedPaper, ReturnReason, ServiceMethod
from services.chassis.context import By
from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.fields import Day, Moment
from services.chassis.history import Fact, facts, history
from services.chassis.operations import Declared
from services.chassis.running import Running
from services.chassis.sent import Sent
from services.chassis.words import Receipt

CARRIED: Final = frozenset({ServiceMethod.post, ServiceMethod.electronic})
"""What somebody carries, and so may bring back; what was handed over, left there or put up was had."""
_ARTICLE: Final = "信访工作条例 第二十三条、第三十五条"


class NoReceipt(Refused):
    """Only what says how something was served has the number of a receipt."""

    code = "no_receipt"
    title = "该记录不载送达凭证编号"
    article = "信访工作条例 第二十一条第二款、第二十八条第一款"


class NotWhoServed(Forbidden):
    """Who has sent it gets it back, and sends it again, or whoever owes that in their place."""

    code = "not_who_served"
    title = "退回和再次送达由原送达单位登记"
    article = _ARTICLE
    by_directory = True


class CannotComeBack(Refused):
    """What was handed over, left at the address or put up in public was had."""

    code = "cannot_come_back"
    title = "直接送达、留置送达、公告送达的，不发生退回"
    article = _ARTICLE


class DeliveredSince(Refused):
    """It is on record already that it came back, or the same paper was delivered since."""

    code = "delivered_since"
    title = "该次送达已登记退回，或者已再次送达"
    article = _ARTICLE


class ImpossibleReturn(Invalid):
    """Nothing comes back, or is delivered again, before it was sent or after now."""

    code = "impossible_return"
    title = "退回、再次送达的日期不得早于送达日期，也不得晚于今日"
    article = _ARTICLE


class NotReturned(Refused):
    """Only what came back is told once more."""

    code = "not_returned"
    title = "该次送达未登记退回"
    article = _ARTICLE


class ServedAsSuch(Refused):
    """An opinion has a service of its own, with which the time to ask begins."""

    code = "served_as_such"
    title = "处理、复查、复核意见书按意见书送达登记再次送达"
    article = "信访工作条例 第三十五条、第三十六条"


class OfDelivery(Declared):
    """A command about how something was delivered, by the entry that says so."""

    event_version: Annotated[int, Field(ge=1, le=1_000_000, description="Which event of the stream says it")]
    _entered: Fact
    _since: list[Event]

    async def look_up(self, running: Running, by: By) -> None:
        """Find what was entered. Raises ``NotFound``."""
        await super().look_up(running, by)  # type: ignore[misc]  # a command's
        stream: UUID = self.stream(by)  # type: ignore[attr-defined]  # a command's
        told = facts(stream, await history(running.store.recorder, stream))
        if self.event_version > len(told):
            raise NotFound(str(self.event_version))
        self._entered, *since = told[self.event_version - 1 :]
        self._since = [fact.event for fact in since]

    def words_go_with(self, by: By) -> UUID | None:
        """Return the petition of whoever it was delivered to, where the entry says whose it was."""
        whose: UUID | None = getattr(self._entered.event, "petition", None)
        return whose or super().words_go_with(by)  # type: ignore[misc]  # a command's

    def delivered(self, one: Any, by: By) -> Any:  # noqa: ANN401  # an aggregate of the command's, and one of its events
        """Return what was delivered, as who has sent it. Raises ``NoReceipt``, ``NotWhoServed``."""
        event, about = self._entered
        if not hasattr(event, "method"):
            raise NoReceipt(event.title)
        directory = self.directory  # type: ignore[attr-defined]  # a command's
        barred = directory.off_limits(one.accused_units, one.accused_persons)
        if directory.acting_as(by.unit, about.unit, barred=barred) != about.unit:
            raise NotWhoServed(about.unit)
        return event


class Returned(OfDelivery):
    """What a command says by which a delivery came back: on which day, with which note, and why."""

    returned_on: Annotated[Day, Field(description="On which day it was back with who has sent it")]
    receipt: Annotated[Receipt, Field(description="The number of the carrier's note")]
    reason: ReturnReason

    @staticmethod
    def sent(event: Event) -> Sent:
        """Return what an event delivers."""
        raise NotImplementedError

    def came_back(self, one: Any, by: By) -> dict[str, Any]:  # noqa: ANN401  # an aggregate of the command's
        """Return what there is to record of it. Raises where it did not come back, or matters no more."""
        event = self.delivered(one, by)
        if event.method not in CARRIED:
            raise CannotComeBack(event.method.title)
        sent = self.sent(event)
        if any(self._makes_up_for_it(later, sent) for later in self._since):
            raise DeliveredSince
        if not day(event.served_at) <= self.returned_on <= day(by.at):
            raise ImpossibleReturn
        return {
            "entry": self.event_version, **sent._asdict(), "returned_on": self.returned_on, "receipt": self.receipt,
            "reason": self.reason,
        }  # fmt: skip

    def _makes_up_for_it(self, later: Event, sent: Sent) -> bool:
        named = hasattr(later, "paper") and getattr(later, "entry", None) == self.event_version
        same = sent.paper is not ReturnedPaper.notice and hasattr(later, "method") and self.sent(later) == sent
        return named or same


class Again(OfDelivery):
    """What a command says by which what came back, and is no opinion, is with whom it is for."""

    method: ServiceMethod
    served_at: Moment | None = None
    receipt: Receipt

    def had(self, one: Any, by: By) -> dict[str, Any]:  # noqa: ANN401  # an aggregate of the command's
        """Return what there is to record of it. Raises where it did not come back, or is an opinion."""
        event, served_at = self.delivered(one, by), self.served_at or by.at
        if self.event_version not in one.came_back:
            raise NotReturned
        sent: Sent = one.came_back[self.event_version]
        if sent.paper not in {ReturnedPaper.notice, ReturnedPaper.reply}:
            raise ServedAsSuch
        if not day(event.served_at) <= day(served_at) <= day(by.at):
            raise ImpossibleReturn
        return {
            "entry": self.event_version, **sent._asdict(), "method": self.method, "served_at": served_at,
            "receipt": self.receipt,
        }  # fmt: skip
