"""Lets the examiner look through a file, which is a process apart with limits, and hands it the bytes that it asks for.

Whatever a decoder does with a file that was made to harm it, it does there: this process only moves bytes.
"""

from __future__ import annotations

import asyncio
import struct
import sys
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

import structlog

from contracts.vocabulary import FileFault, FileMedia
from services.intake.files import examiner

WALL_SECONDS_MAX: Final = 120.0
ASKED_BYTES_MAX: Final = examiner.BLOCK_BYTES
_ALONE: Final = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
"""All that the process knows of this machine."""

log = structlog.get_logger()

Bytes = Callable[[int, int], Awaitable[bytes]]
"""Returns the bytes of a file from an offset on, so many."""


class Examined(NamedTuple):
    """What was found: what is wrong with a file, or the picture to show in place of one."""

    fault: FileFault | None
    picture: bytes


async def examined(media: FileMedia, size: int, of: Bytes) -> Examined:
    """Let a file be looked through. One on which the process dies or dawdles is broken, whatever it is."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", examiner.__file__, str(media), str(size), stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env=_ALONE, limit=ASKED_BYTES_MAX,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(WALL_SECONDS_MAX):
            return await _answered(process.stdin, process.stdout, size, of)
    except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
        log.warning("examiner_died", media=str(media), size_bytes=size, error=type(error).__name__)
        return Examined(FileFault.broken, b"")
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _answered(to: asyncio.StreamWriter, of: asyncio.StreamReader, size: int, bytes_of: Bytes) -> Examined:
    """Hand over what is asked for until the answer comes. Raises ``ValueError`` for what is none."""
    while (word := await of.readexactly(1)) == b"R":
        at, length = struct.unpack(">QI", await of.readexactly(12))
        if length > ASKED_BYTES_MAX or at + length > size:
            raise ValueError(length)
        found = await bytes_of(at, length)
        to.write(len(found).to_bytes(4, "big") + found)
        await to.drain()
    if word != b"D":
        raise ValueError(word)
    fault = (await _words(of, 40)).decode("ascii")
    picture = await _words(of, examiner.COPY_BYTES_MAX)
    return Examined(FileFault(fault) if fault else None, picture)  # type: ignore[call-arg]  # by its value


async def _words(of: asyncio.StreamReader, most: int) -> bytes:
    length = int.from_bytes(await of.readexactly(4), "big")
    if length > most:
        raise ValueError(length)
    return await of.readexactly(length)
