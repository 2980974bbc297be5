"""The store of mediation, when it was restored."""

from __future__ import annotations

from contracts.event import Event
from contracts.restoring import Restored, Withdrawn


class StoreRestored(Restored, Event):
    """The store was restored or has moved, and another life of it begins."""

    title = "办理数据库恢复后重新启用"
    basis = "数据安全法 第二十七条"
    of_case = False


class EventWithdrawn(Withdrawn, Event):
    """What was published under this number is lost with what came after the backup."""

    title = "办理因恢复而缺失的事件"
    basis = "数据安全法 第二十七条"
    of_case = False
