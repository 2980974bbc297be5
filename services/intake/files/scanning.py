"""clamd, asked by its own protocol: a file is streamed to it (``INSTREAM``) and it says what it has found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from enum import Enum
from typing import Final

import structlog

ANSWER_SECONDS_MAX: Final = 60.0
CONNECT_SECONDS_MAX: Final = 5.0
CHUNK_BYTES: Final = 65_536
ANSWER_BYTES_MAX: Final = 4_096

log = structlog.get_logger()


class Found(Enum):
    """What a scanner says."""

    nothing = "nothing"
    something = "something"
    not_looked = "not_looked"
    """It does not look through files that are so long."""


class ScannerAway(Exception):
    """The scanner does not answer, so nobody knows what is in the file."""


async def scanned(address: str, pieces: AsyncIterable[bytes]) -> Found:
    """Let clamd look through a file. Raises ``ScannerAway``."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            reader, writer = await _connected(address)
    except (OSError, TimeoutError, ValueError) as error:
        raise ScannerAway(repr(error)) from error
    try:
        answer = await _asked(reader, writer, pieces)
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise ScannerAway(repr(error)) from error
    finally:
        writer.close()
    if answer.endswith(b" FOUND"):
        log.warning("infected", said=answer.decode("ascii", "replace"))
        return Found.something
    if answer == b"stream: OK":
        return Found.nothing
    if b"size limit exceeded" in answer:
        return Found.not_looked
    raise ScannerAway(answer.decode("ascii", "replace"))


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pieces: AsyncIterable[bytes]) -> bytes:
    """Return the answer; a scanner that has enough says so and listens no more."""
    writer.write(b"zINSTREAM\0")
    try:
        async for piece in pieces:
            for at in range(0, len(piece), CHUNK_BYTES):
                chunk = piece[at : at + CHUNK_BYTES]
                writer.write(len(chunk).to_bytes(4, "big") + chunk)
                async with asyncio.timeout(ANSWER_SECONDS_MAX):
                    await writer.drain()
        writer.write(bytes(4))
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            await writer.drain()
    except (ConnectionResetError, BrokenPipeError):
        pass  # what it has said before stands there
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        answer = await reader.readuntil(b"\0")
    return answer.removesuffix(b"\0").strip()[:ANSWER_BYTES_MAX]


async def _connected(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.startswith("/"):
        return await asyncio.open_unix_connection(address, limit=ANSWER_BYTES_MAX)
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host.strip("[]"), int(port), limit=ANSWER_BYTES_MAX)
