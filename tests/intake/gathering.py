"""The mutant of promise 41 that holds a file in memory before it stores any of it.

Run as ``python -m tests.intake.gathering run intake``, like ``huiyin run``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from services.chassis.http.transfers import Carried
from services.cli.main import app

pieces = Carried.pieces


async def gathered(carried: Carried) -> AsyncIterator[bytes]:
    yield b"".join([piece async for piece in pieces(carried)])


if __name__ == "__main__":
    Carried.pieces = gathered  # type: ignore[method-assign]
    app()
