"""What clients of all languages speak to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.clients.course import HUMAN_RESOURCES
from tests.harness import Servers, System, system


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def county(servers: Servers) -> AsyncIterator[System]:
    """Four services as processes, and the unit that the course's case goes to."""
    async with system(servers) as made, made.processes():
        await made.establish(HUMAN_RESOURCES)
        yield made
