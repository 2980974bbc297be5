"""What the events of accountability mean to the Case."""

from __future__ import annotations

from contracts.accountability import SupervisionClosed, SupervisionOrdered
from services.accountability.case.fold import Case, happened


@happened.register
def _(_: SupervisionOrdered, case: Case) -> None:
    case.supervisions_open += 1


@happened.register
def _(_: SupervisionClosed, case: Case) -> None:
    case.supervisions_open -= 1
