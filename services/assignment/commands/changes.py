"""The commands about what another person has entered: agreeing to it, and refusing it."""

from __future__ import annotations

from services.assignment.commands.directory import HEADS
from services.assignment.domain.changes import Change
from services.chassis.commands import Reply
from services.chassis.two_persons import MAY_AGREE, Approve, Refuse


class ApproveDirectoryChange(
    Approve[Change], path="/changes/{change_id}/approval", by=MAY_AGREE, called="同意名录变更", reply=Reply
):
    """Agree to a change of the directory that another person has entered (个人信息保护法 第五十一条)."""


class RefuseDirectoryChange(Refuse[Change], path="/changes/{change_id}/refusal", by=HEADS, called="不同意名录变更"):
    """Refuse a change of the directory, or take back one's own (个人信息保护法 第五十一条)."""
