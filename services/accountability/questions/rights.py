"""Who may know of a case, and why: asked by whoever audits that (个人信息保护法 第五十四条)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import msgspec
from pydantic import BaseModel

from contracts.periods.calendar import day
from contracts.vocabulary import Role
from services.accountability.application.accounting import folded
from services.accountability.views import OF_CASE
from services.chassis.context import By
from services.chassis.fields import Code
from services.chassis.questions import Answer, Question
from services.chassis.recusal import keeps_out
from services.chassis.rights.admission import admissions
from services.chassis.rights.asker import Asker
from services.chassis.running import Running

EMERGENCY: Final = "emergency"
"""Stands for a right that nobody has by what they are to a case: two have let them read it for a while."""


class RightOfPost(BaseModel):
    """What somebody is to a case by one of their posts: ``handles/RSJ``, or the unit that they have in their reach."""

    unit: str
    role: Role
    by: list[str]
    keeps_out: bool
    """Whether they take no part in it, whatever they are to it (第二十八条第三款、第三十条第三款)."""
    sees: bool


class RightsOfCase(BaseModel):
    """The same by each of their posts of today."""

    items: list[RightOfPost]


class ExplainRights(
    Question, path="/cases/{case_id}/rights", called="权限说明", sight=OF_CASE, by=(Role.auditor,), reply=RightsOfCase
):
    """Say by what somebody knows of a case, and by what not, as each of the posts that they hold today."""

    case_id: UUID
    actor: Code

    async def ask(self, running: Running, by: By | None) -> Answer:
        assert by is not None
        case = await folded(running.store, self.case_id, await self.seen(running, by, 4))
        directory = await running.store.directories.at_hand()
        found = []
        for unit, role in sorted(directory.posts_of(self.actor, day(by.at))):
            one = msgspec.structs.replace(by, actor=self.actor, unit=unit, role=role)
            why = Asker.of(one, directory).why(case.parties)
            if admissions(case.parties, self.actor, by.at):
                why.append(EMERGENCY)
            out = keeps_out(
                one, directory, case.accused_units, case.accused_persons, recused=case.recused,
                received_by=case.receiving_unit,
            )  # fmt: skip
            found.append({"unit": unit, "role": role, "by": why, "keeps_out": out, "sees": bool(why) and not out})
        return Answer({"items": found})
