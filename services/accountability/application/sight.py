"""Who sees what is known of a case, and who acts in it: asked by every command and every question about one.

A report about an official is there for the organ that has it and for who has received it, and for nobody else
(第三十条第三款); and nothing is there for whom a case complains of, nor for who keeps out of it (第二十八条第三款).
"""

from __future__ import annotations

from contracts.vocabulary import Role
from services.accountability.case import Case
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import NotFound
from services.chassis.recusal import keeps_out, must_not_keep_out


def must_take_part(case: Case, by: By, directory: Directory) -> None:
    """Let nobody act who keeps out of a case. Raises ``NotFound`` for who must not know of it, and ``MustKeepOut``."""
    if case.sealed and not sees(case, by, directory):
        raise NotFound(str(case.case_id))
    must_not_keep_out(
        by, directory, case.accused_units, case.accused_persons, recused=case.recused, received_by=case.receiving_unit
    )


def sees(case: Case, by: By | None, directory: Directory) -> bool:
    """Return whether somebody, or who does not say who they are, sees a case."""
    if by is None:
        return not case.sealed
    if case.sealed and by.role is not Role.system and by.unit not in {case.organ, case.receiving_unit}:
        return False
    return not keeps_out(
        by, directory, case.accused_units, case.accused_persons, recused=case.recused, received_by=case.receiving_unit
    )
