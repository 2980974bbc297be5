"""Why something was parked must itself be storable."""

from __future__ import annotations

import pytest

from services.chassis.inbox import REASON_CHARS_MAX, reason_of
from tests.harness import System


@pytest.mark.parametrize("words", ["", "a\x00b", "\ud800", "长" * 10_000], ids=["none", "NUL", "surrogate", "long"])
async def test_every_reason_can_be_stored(huiyin: System, words: str):
    reason = reason_of(ValueError(words))
    assert reason.startswith("ValueError")
    assert len(reason) <= REASON_CHARS_MAX
    async with huiyin.sql() as db:
        assert await db.fetchval("SELECT $1::text", reason) == reason
