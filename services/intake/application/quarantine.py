"""What is done with a file before anybody sees it, by programs alone; and what is done with what nobody needs any more.

A file is looked through by a scanner, where there is one, and by the examiner, which makes of a picture another one
without what a camera has written into it. One that does harm or cannot be read stays as it was handed in, is given to
nobody, and its petition goes its way (第二十二条). Where the scanner is away a file waits.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from contracts.ids import derived
from contracts.vocabulary import FileFault, FileMedia, FileState, FileVerdict
from services.chassis.database import AWAY
from services.chassis.errors import Conflict, Damaged, Unavailable
from services.chassis.questions import rows
from services.chassis.recorder import WrongStore
from services.chassis.running import Running
from services.intake.application.looking import at_work
from services.intake.application.office import office
from services.intake.application.uploading import (
    LEASE,
    Opened,
    by_program,
    cancel,
    pieces_of,
    receive,
    store_copy,
)
from services.intake.domain.files import File, UploadIsOver
from services.intake.files.examining import Examined, examined
from services.intake.files.scanning import Found, ScannerAway, scanned

LOOK_SECONDS: Final = 5.0
"""How often it is looked for what another process has taken in, or nobody could look through yet."""
UPLOAD_TIME: Final = timedelta(hours=24)
"""How long the rest of a file may take to come."""
SWEEP_SECONDS: Final = 60.0
ORPHAN_TIME: Final = timedelta(hours=24)
"""How old an object is that belongs to no file before it goes: what is being stored belongs to none for a moment."""
OBJECTS_SECONDS: Final = 3600.0
"""How often all files are gone through for those whose key is no more, and all objects for those of no file."""
SWEPT_MAX: Final = 200
PICTURES: Final = frozenset({FileMedia.jpeg, FileMedia.png, FileMedia.tiff})
"""What is shown as a picture that was made anew."""

log = structlog.get_logger()


def copy_of(file: UUID) -> UUID:
    """Return under which id lies what is shown in place of a picture."""
    return derived(file, "copy")


async def follow(running: Running) -> None:
    """Look through what has come, for ever."""
    come = office(running).come
    while True:
        come.clear()
        try:
            while (file := await _next(running)) is not None:
                with suppress(Damaged):  # that was said aloud; it waits until somebody has brought back what it was
                    await look_through(running, file)
        except (*AWAY, Unavailable, Conflict, WrongStore) as error:
            log.warning("files_wait", error=repr(error))
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await come.wait()


async def _next(running: Running) -> UUID | None:
    """Return a file that is whole and on which nobody works, and work on it: for a while nobody else does."""
    async with running.database.connection() as connection:
        found: UUID | None = await connection.fetchval(_LEASE, LEASE)
    return found


async def look_through(running: Running, file: UUID) -> None:
    """Say what was found in a file that is whole; a scanner that is away is asked later.

    Raises ``Damaged`` and ``Unavailable``.
    """
    if (await running.store.load(File, file)).state is FileState.announced:
        await receive(running, file, None)
    one, about = await running.store.load(File, file), await at_work(running, file)
    if one.state is not FileState.received or about is None:
        await _done(running, file)
        return
    whole = Opened(running, file, base64.b64decode(about["key"]), await pieces_of(running, file))
    try:
        verdict, fault, picture = await _found(running, one, whole, about.get("sha256"))
    except ScannerAway as error:
        log.error("scanner_away", file=str(file), error=str(error))  # noqa: TRY400  # the error says it all
        return
    if picture:
        await store_copy(running, file, copy_of(file), base64.b64decode(about["key"]), picture)
    saying = by_program(running, None, derived(file, "examined"), one.received_at)

    def act(found: File) -> dict[str, Any]:
        found.examine(verdict, fault, at=saying.at)
        return {}

    with suppress(UploadIsOver):  # somebody else has said so
        await running.store.change(File, file, act, by=saying)
    await _done(running, file)


async def _found(
    running: Running, file: File, whole: Opened, sha256: str | None
) -> tuple[FileVerdict, FileFault | None, bytes]:
    """Return what is in a file, what is wrong with it, and what is shown in its place.

    Raises ``ScannerAway`` and ``FileDamaged``.
    """
    if not await _is_what_was_sent(whole, sha256):
        return FileVerdict.unfit, FileFault.broken, b""
    said = await _scanned(running, whole)
    if said is Found.something:
        return FileVerdict.infected, None, b""
    found = await examined(file.media, whole.size, whole.read)
    if found.fault is not None:
        return FileVerdict.unfit, found.fault, b""
    return (FileVerdict.clean if said is Found.nothing else FileVerdict.unscanned), None, _shown(file, found)


def _shown(file: File, found: Examined) -> bytes:
    return found.picture if file.media in PICTURES else b""


async def _is_what_was_sent(whole: Opened, sha256: str | None) -> bool:
    """Read all of a file, and compare it with what its sender has said of it."""
    digest = hashlib.sha256()
    async for part in whole.stretch(0, whole.size):
        await asyncio.to_thread(digest.update, part)
    return sha256 in {None, digest.hexdigest()}


async def _scanned(running: Running, whole: Opened) -> Found:
    address = office(running).clamd
    return await scanned(address, whole.stretch(0, whole.size)) if address else Found.not_looked


async def _done(running: Running, file: UUID) -> None:
    async with running.database.connection() as connection:
        await connection.execute("UPDATE upload SET done = true WHERE id = $1", file)


# ------------------------------------------------------------------------------------------------ what goes


async def keep_clean(running: Running) -> None:
    """Let go what nobody needs any more, for ever."""
    next_time = asyncio.get_running_loop().time()
    while True:
        try:
            await sweep(running)
            if asyncio.get_running_loop().time() >= next_time:
                next_time += OBJECTS_SECONDS
                await sweep_keyless(running)
                await sweep_orphans(running, datetime.now(UTC) - ORPHAN_TIME)
        except (*AWAY, Unavailable, Conflict, WrongStore) as error:
            log.warning("files_not_swept", error=repr(error))
        await asyncio.sleep(SWEEP_SECONDS)


async def sweep(running: Running, than: timedelta = UPLOAD_TIME) -> None:
    """End what has not come for so long; what has come of it dies with its key."""
    for row in await rows(running.store, _STALE, than, SWEPT_MAX):
        with suppress(UploadIsOver, Damaged):
            await cancel(running, row["id"], None)
    async with running.database.connection() as connection:
        await connection.execute(_PAST, UPLOAD_TIME)


async def sweep_keyless(running: Running) -> None:
    """Delete the objects of each file whose key is no more: nobody can read them."""
    while keyless := await rows(running.store, _KEYLESS, SWEPT_MAX):
        for row in keyless:
            await office(running).objects.delete(row["digest"])
        async with running.database.connection() as connection:
            await connection.execute(_FORGET, [row["digest"] for row in keyless])


async def sweep_orphans(running: Running, before: datetime) -> None:
    """Delete the objects that belong to no file: somebody died between storing one and saying so."""
    async for some in _in_a_thread(office(running).objects.lying()):
        old = [one.digest for one in some if one.at < before]
        for row in await rows(running.store, _ORPHANS, old):
            await office(running).objects.delete(row["digest"])


async def _in_a_thread(lists: Iterable[Any]) -> AsyncIterator[Any]:
    lying = iter(lists)
    while (some := await asyncio.to_thread(next, lying, None)) is not None:
        yield some


_LEASE: Final = """
UPDATE upload SET leased_until = now() + $1::interval WHERE id = (
    SELECT id FROM upload u WHERE NOT done AND received_bytes = size_bytes AND leased_until < now()
    ORDER BY (
        SELECT count(*) FROM upload o WHERE o.owner = u.owner AND o.done AND o.opened_at > now() - interval '1 hour'
    ), touched_at LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""
"""Whose least were looked through comes first: who hands in many waits for themselves."""
_STALE: Final = """
SELECT id FROM upload WHERE NOT done AND received_bytes < size_bytes AND touched_at < now() - $1::interval LIMIT $2
"""
_PAST: Final = "DELETE FROM upload WHERE done AND opened_at < now() - $1::interval"
_KEYLESS: Final = """
SELECT digest FROM file_part p WHERE NOT EXISTS (SELECT FROM vault_key k WHERE k.id = p.key_id) LIMIT $1
"""
_FORGET: Final = "DELETE FROM file_part WHERE digest = ANY($1::bytea[])"
_ORPHANS: Final = """
SELECT digest FROM unnest($1::bytea[]) lying (digest) WHERE NOT EXISTS (
    SELECT FROM file_part p WHERE p.digest = lying.digest
)
"""
