"""Changes of the calendar take two persons (``services/chassis/changes.py``)."""

from __future__ import annotations

from contracts.accountability import ChangeAgreed, ChangeProposed, ChangeRefused
from services.chassis.changes import Told, TwoPersons


class Change(TwoPersons):
    """A change of the calendar: of the days off of a year."""

    told = Told(ChangeProposed, ChangeAgreed, ChangeRefused)
