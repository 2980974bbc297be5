"""Whoever watches the platform hears of it at once that a case was opened in an emergency: a number, and a warning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog

from contracts.intake import EmergencyAccessGranted
from services.accountability.following import Checked, Write
from services.chassis.database import Connection
from services.chassis.metrics import EMERGENCIES

_SERVICE: Final = "accountability"
log = structlog.get_logger()


class Alarm:
    """Rings with the entry, and rather twice than never: the entry alone is the record."""

    async def read(self, connection: Connection, entries: Sequence[Checked]) -> Write:  # noqa: ARG002  # it stands in these
        """Return what rings."""
        opened = [one for one in entries if isinstance(one.event, EmergencyAccessGranted)]

        async def ring(_: Connection) -> None:
            for one in opened:
                EMERGENCIES.labels(_SERVICE).inc()
                log.warning("emergency_access", seq=one.seq, unit=one.metadata.unit, request_id=one.metadata.request_id)

        return ring
