"""What clients of all languages speak to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from contracts.vocabulary import Role
from tests.clients.course import BUREAU, GOVERNMENT, HUMAN_RESOURCES
from tests.harness import Servers, System, system


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def county(servers: Servers) -> AsyncIterator[System]:
    """Four services as processes, the bureau, the unit that the course's case goes to, and the people who act in them."""
    clerks = {"QL66295": [Role.intake_clerk], "QL19597": [Role.bureau_officer]}
    people = {"QL27527": [Role.unit_receiver], "QL24568": [Role.case_officer], "QL49308": [Role.unit_head]}
    async with system(servers) as made, made.processes():
        await made.enter(
            {"code": BUREAU, "kind": "petition_bureau", "competent": False, "officers": clerks},
            {"code": GOVERNMENT, "kind": "government", "competent": False},
            {"code": HUMAN_RESOURCES, "parent": GOVERNMENT, "officers": people},
        )
        yield made
