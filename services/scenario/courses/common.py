"""The stretches of the way that most cases share."""

from __future__ import annotations

from contracts.vocabulary import Forwarding, Result
from services.scenario.telling import Telling


def to_unit(t: Telling, mode: Forwarding | None = None) -> Telling:
    """Registered, told apart and with a unit within fifteen days (第二十二条)."""
    return t.register().after(0, 2).classify().after(0, 2).hand_over(mode=mode)


def accepted(t: Telling, mode: Forwarding | None = None) -> Telling:
    """The petitioner is told within fifteen days (第二十三条)."""
    return to_unit(t, mode).after(1, 5).notify()


def inquired(t: Telling) -> Telling:
    """Heard and verified (第三十一条第六项)."""
    return t.after(2, 9).hear().after(3, 11).verify()


def decided(t: Telling, result: Result | None = None) -> Telling:
    """Heard, decided within sixty days and served (第三十四条)."""
    return inquired(t).after(3, 12).issue(result).after(0, 4).serve()


def answered(t: Telling, result: Result | None = None) -> Telling:
    """Told, heard, decided and served, all in time."""
    return decided(t.after(1, 5).notify(), result)


def ended(t: Telling) -> None:
    """What was granted is done, and nobody asks for review (第三十二条第二款, 第三十五条)."""
    if t.result is Result.support:
        t.after(6, 22).execute()
    t.remedy_over().close()
