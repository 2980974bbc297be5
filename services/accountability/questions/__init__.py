"""The questions to accountability, a file for each group of them."""

from services.accountability.questions import cases, clocks, rights, supervising
from services.chassis.operations import declared

QUESTIONS = declared(cases, clocks, rights, supervising)
