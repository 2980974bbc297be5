"""The commands about what another person has entered: agreeing to it, and refusing it."""

from __future__ import annotations

from services.accountability.domain.changes import Change
from services.chassis.commands import Reply
from services.chassis.two_persons import MAY_AGREE, Approve, Refuse


class ApproveCalendarChange(
    Approve[Change], path="/changes/{change_id}/approval", by=MAY_AGREE, called="同意节假日安排", reply=Reply
):
    """Agree to a change of the calendar that another person has entered (个人信息保护法 第五十一条)."""


class RefuseCalendarChange(
    Refuse[Change], path="/changes/{change_id}/refusal", by=MAY_AGREE, called="不同意节假日安排"
):
    """Refuse a change of the calendar, or take back one's own (个人信息保护法 第五十一条)."""
