"""What stands on the doors: it can be corrected and removed, so it is in no event."""

from __future__ import annotations

from typing import Final

from services.chassis.views import insertion

NAMEPLATE: Final = (
    insertion("nameplate", "unit", "officer", "post", "name", "phone")
    + " ON CONFLICT (unit, officer) DO UPDATE SET post = EXCLUDED.post, name = EXCLUDED.name, phone = EXCLUDED.phone"
)
NO_NAMEPLATE: Final = (
    "DELETE FROM nameplate n USING json_populate_recordset(NULL::nameplate, {rows}) gone "
    "WHERE n.unit = gone.unit AND n.officer = gone.officer"
)
