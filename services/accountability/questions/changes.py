"""Which changes wait for another person to agree."""

from __future__ import annotations

from services.accountability.views import ChangeRow
from services.chassis.two_persons import MAY_AGREE, ListPending


class ListCalendarChanges(
    ListPending[ChangeRow], path="/changes", called="待同意的节假日安排", by=MAY_AGREE, where=("proposed_by",),
    sort=("proposed_at",),
):  # fmt: skip
    """List the changes of the calendar that wait for another person to agree."""
