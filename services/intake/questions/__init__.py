"""The questions of intake, a file for each group of them."""

from services.chassis.operations import declared
from services.intake.questions import cases, papers, registers, texts

QUESTIONS = declared(cases, registers, papers, texts)
