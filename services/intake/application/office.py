"""Who works at the door, and what lies there beside the store."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Final

from contracts.vocabulary import Role
from services.chassis.apart import SEALED
from services.chassis.running import Running
from services.intake.vault import VAULT, Vault

RECEIVERS: Final = (Role.intake_clerk, Role.unit_receiver, Role.bureau_officer, Role.petitioner)
CLERKS: Final = (Role.intake_clerk, Role.bureau_officer, Role.unit_receiver)
OFFICERS: Final = tuple(role for role in Role if role not in {Role.petitioner, Role.platform_admin, Role.system})
READERS: Final = (
    Role.intake_clerk, Role.bureau_officer, Role.unit_receiver, Role.case_officer, Role.unit_head, Role.supervisor,
    Role.mediator, Role.hearing_presider, Role.reviewer, Role.recheck_officer, Role.sponsor_leader,
    Role.discipline_officer,
)  # fmt: skip
"""Who must accept, answer, settle, judge or supervise a case; whether it is theirs is asked besides (``must_see``)."""


class Office:
    """What one process of intake has beside its store."""

    def __init__(self, running: Running) -> None:
        self.vault = Vault(running.keys[VAULT], running.keys[SEALED])
        self.font_dir = running.settings.font_dir
        self.lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By the series in which they are numbered: where papers wait for their number."""


def office(running: Running) -> Office:
    """Return what this process has."""
    own: Office = running.own
    return own
