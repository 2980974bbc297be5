"""The Case and what each event of the four services means to it."""

from services.accountability.case import accountability, assignment, intake, mediation  # they register what they know
from services.accountability.case.fold import Case, happened, read_case

__all__ = ["Case", "accountability", "assignment", "happened", "intake", "mediation", "read_case"]
