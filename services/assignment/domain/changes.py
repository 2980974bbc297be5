"""Changes of the directory take two persons (``services/chassis/changes.py``)."""

from __future__ import annotations

from contracts.assignment import ChangeAgreed, ChangeProposed, ChangeRefused
from services.chassis.changes import Told, TwoPersons


class Change(TwoPersons):
    """A change of the directory: of units, of who acts for them, and of what they may decide."""

    told = Told(ChangeProposed, ChangeAgreed, ChangeRefused)
