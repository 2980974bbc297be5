"""The commands of mediation, a file for each group of them."""

from services.chassis.operations import declared
from services.mediation.commands import (
    acceptance,
    answers,
    committees,
    disputes,
    ending,
    funds,
    inquiry,
    mediating,
    opinion,
    remedy,
    sessions,
)

COMMANDS = declared(
    acceptance, inquiry, mediating, sessions, opinion, answers, remedy, ending, committees, disputes, funds
)  # fmt: skip
