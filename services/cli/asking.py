"""What a service of the stack answers, for commands that ask one question or send one command."""

from __future__ import annotations

import asyncio
from typing import Any

from services.cli.errors import StackError
from services.cli.terminal import addresses, here


def asked(
    service: str, method: str, path: str, *, headers: list[tuple[str, str]] | None = None, body: str = ""
) -> tuple[int, dict[str, Any]]:
    """Return the status and the answer. Raises StackError where nobody answers."""
    import msgspec

    from services.scenario.http import Client, Lost, Reply

    url = addresses(here())[service]

    async def exchanged() -> Reply:
        async with Client(url, 1) as client:
            return await client.request(method, path, headers or [], body.encode())

    try:
        reply = asyncio.run(exchanged())
    except Lost as problem:
        raise StackError(f"{service} at {url} does not answer ({problem}): start it with `huiyin up`.") from problem
    answer: dict[str, Any] = msgspec.json.decode(reply.body)
    return reply.status, answer
