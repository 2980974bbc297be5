"""The questions to assignment."""

from services.assignment.questions import cases, changes, directory, organising
from services.chassis.operations import declared

QUESTIONS = declared(cases, directory, changes, organising)
