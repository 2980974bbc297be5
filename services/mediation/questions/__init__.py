"""The questions of mediation, a file for each group of them."""

from services.chassis.operations import declared
from services.mediation.questions import cases, registers

QUESTIONS = declared(cases, registers)
