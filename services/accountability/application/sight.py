"""Who acts in a case: asked by every command about one; who sees it is said in `views`.

A report about an official is there for the organ that has it and for who has received it, and for nobody else
(第三十条第三款).
"""

from __future__ import annotations

from services.accountability.case import Case
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import NotFound
from services.chassis.recusal import must_not_keep_out


def must_take_part(case: Case, by: By, directory: Directory) -> None:
    """Let nobody act who keeps out of a case. Raises ``MustKeepOut``, and ``NotFound`` for who must not know of it."""
    if case.sealed and directory.acting_as(by.unit, *case.kept_for) not in case.kept_for:
        raise NotFound(str(case.case_id))
    must_not_keep_out(
        by, directory, case.accused_units, case.accused_persons, recused=case.recused, received_by=case.receiving_unit
    )
