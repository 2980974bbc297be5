"""The commands by which keeps out who registers, tells apart or passes on a case, and has an interest in it."""

from __future__ import annotations

from typing import Final

from contracts.vocabulary import Role
from services.chassis.context import By
from services.chassis.fields import Code
from services.chassis.references import BlamedOfficer
from services.chassis.texts import CaseText
from services.intake.application.office import CLERKS
from services.intake.commands.following import Follow
from services.intake.domain import recusal
from services.intake.domain.registration import Registration

AT_THE_DOOR: Final = (*CLERKS, Role.unit_head, Role.supervisor, Role.discipline_officer)


class KeepOut(Follow):
    """A command about who keeps out, which whoever hands the case on and whoever handles it have to heed."""

    known_at_once = True


class ChallengeOfficer(Follow, path="/cases/{case_id}/recusal/requests", by=CLERKS, called="申请登记人员回避"):
    """Put on file that the petitioner asks somebody at the door to keep out (第二十八条第三款)."""

    officer: BlamedOfficer
    document: CaseText

    def act(self, r: Registration, by: By) -> None:
        recusal.challenge(r, self.officer, self.document, self.directory, at=by.at)


class StepAside(KeepOut, path="/cases/{case_id}/recusal/declarations", by=AT_THE_DOOR, called="登记人员自行回避"):
    """Step aside from a case in which one has an interest (第二十八条第三款)."""

    def act(self, r: Registration, by: By) -> None:
        recusal.step_aside(r, by.unit, by.actor, self.directory, at=by.at)


class DecideChallenge(
    KeepOut, path="/cases/{case_id}/recusal/decisions", by=(Role.unit_head,), called="决定登记人员回避"
):  # fmt: skip
    """Decide whether somebody at the door keeps out (第二十八条第三款)."""

    officer: Code
    granted: bool

    def act(self, r: Registration, by: By) -> None:
        recusal.decide(r, by.unit, self.officer, self.directory, granted=self.granted, decided_by=by.actor, at=by.at)
