"""Numbers on receipts follow from the command, so that a retry finds the same one."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from contracts.vocabulary import ClockKind, Role
from services.chassis.context import By, receipt_no
from services.intake.application.registering import registration_no

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def by(command: UUID) -> By:
    return By(
        actor="co-1", unit="RSJ", role=Role.case_officer, at=NOON, clock=ClockKind.real, request_id="r-1",
        command_id=command,
    )  # fmt: skip


def test_number_is_the_same_for_the_same_command():
    command = UUID("019a8c2f-7b1e-7000-8000-000000000001")
    assert receipt_no(by(command)) == receipt_no(by(command))
    assert receipt_no(by(command)).startswith("密〔2026〕")


@pytest.mark.parametrize("at", [0, 16, 48, 80, 112], ids=lambda at: f"bits {at} to {at + 10}")
def test_commands_that_differ_anywhere_have_different_numbers(at: int):
    """Keys are chosen by clients: versions 1 and 7 share their beginning for a while, home-made ones their end."""
    commands = [UUID(int=0x019A8C2F << 96 ^ n << at) for n in range(1_000)]
    assert len({receipt_no(by(c)) for c in commands}) == len(commands)
    assert len({registration_no(c, NOON) for c in commands}) == len(commands)
