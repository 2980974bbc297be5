"""The questions of intake, a file for each group of them."""

from services.chassis.operations import declared
from services.intake.questions import cases, figures, files, papers, progress, registers, sessions, texts

QUESTIONS = declared(cases, progress, registers, figures, papers, files, texts, sessions)
