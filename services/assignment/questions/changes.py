"""Which changes wait for another person to agree."""

from __future__ import annotations

from services.assignment.views import ChangeRow
from services.chassis.two_persons import MAY_AGREE, ListPending


class ListDirectoryChanges(
    ListPending[ChangeRow], path="/changes", called="待同意的名录变更", by=MAY_AGREE, where=("proposed_by",),
    sort=("proposed_at",),
):  # fmt: skip
    """List the changes of the directory that wait for another person to agree."""
