"""How a story is told: what an office does next, in the words of the API, in office hours.

A ``Telling`` knows the moment, the case's unit and its people; each of its methods adds the step
that somebody would take then. It says nothing about which step should come next: that is the
course, in ``courses``.
"""

from __future__ import annotations

from services.scenario.telling.ending import Ending
from services.scenario.telling.following import Following
from services.scenario.telling.organising import Organising
from services.scenario.telling.writing import Writing


class Telling(Following, Writing, Ending, Organising):
    """A story in the making."""
