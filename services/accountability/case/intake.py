"""What the events of intake mean to the Case."""

from __future__ import annotations

from contracts.intake import CaseClassified, CaseRegistered, PetitionAttached
from contracts.vocabulary import Route
from services.accountability.case.fold import Case, happened


@happened.register
def _(event: CaseRegistered, case: Case) -> None:
    case.registration_no, case.category, case.place = event.registration_no, event.category, event.place
    case.received_at, case.receiving_unit = event.received_at, event.receiving_unit
    case.anonymous, case.direct = event.anonymous, event.direct
    case.petitions += 1


@happened.register
def _(_: PetitionAttached, case: Case) -> None:
    case.petitions += 1


@happened.register
def _(event: CaseClassified, case: Case) -> None:
    case.kind, case.route, case.category = event.kind, event.route, event.category
    case.state = "discipline_track" if event.route is Route.discipline_supervision else "classified"
