"""The commands of intake, a file for each group of them."""

from services.chassis.operations import declared
from services.intake.commands import (
    bulk,
    cases,
    counting,
    emergency,
    erasure,
    field,
    files,
    following,
    grouping,
    hall,
    outreach,
    papers,
    petitioner,
    recusal,
)

COMMANDS = declared(
    cases,
    grouping,
    following,
    hall,
    field,
    outreach,
    counting,
    papers,
    files,
    petitioner,
    recusal,
    emergency,
    erasure,
    bulk,
)
