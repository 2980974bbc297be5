"""Who works at the door, and what lies there beside the store."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

from contracts.vocabulary import Role
from services.chassis.apart import SEALED
from services.chassis.aside import Aside
from services.chassis.running import Running
from services.intake.files.objects import Objects
from services.intake.papers.typesetting import render
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


TAKEN_IN_MAX: Final = 8
"""How many files one process takes in at a time; who comes while there are more waits for a place."""


class Office:
    """What one process of intake has beside its store."""

    def __init__(self, running: Running) -> None:
        settings = running.settings
        self.vault = Vault(running.keys[VAULT], running.keys[SEALED])
        self._files = (settings.files_url, settings.vault_key_file)
        self.clamd = settings.clamd
        self.taking_in = asyncio.Semaphore(TAKEN_IN_MAX)
        self.held: Counter[Hashable] = Counter()
        """How many of these each who hands something in holds or waits for, all petitioners do, and each address."""
        self.come = asyncio.Event()
        """Set when a file is whole: who looks through them waits for it."""
        self.font_dir = settings.font_dir
        self.aside = Aside()
        """Where papers are set."""
        self.tries: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()
        """By source: where tries to log in wait for each other."""
        self.lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By the series in which they are numbered: where papers wait for their number."""

    @cached_property
    def objects(self) -> Objects:
        """Where what is handed in lies."""
        url, key_file = self._files
        return Objects(url or str(_beside(key_file)))

    async def typeset(self, data: Mapping[str, Any]) -> bytes:
        """Return the PDF of a paper. Raises ``Busy``."""
        return await self.aside(render, data, self.font_dir)


def _beside(key_file: Path | None) -> Path:
    if key_file is None:
        raise ValueError("HUIYIN_FILES_URL names no place for what is handed in")
    return key_file.with_name("files")


def office(running: Running) -> Office:
    """Return what this process has."""
    own: Office = running.own
    return own
