"""What a measurement is held against has to be there when somebody measures."""

from __future__ import annotations

from tests.bench import register


async def test_the_empty_route_answers_under_the_settings_of_a_service():
    async with register.empty() as (url, _):
        assert await register.load(url, 0.1, connections=2) > 0
