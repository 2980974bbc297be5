"""The questions to accountability, a file for each group of them."""

from services.accountability.questions import cases, changes, clocks, rights, supervising
from services.chassis.operations import declared

QUESTIONS = declared(cases, clocks, changes, rights, supervising)
