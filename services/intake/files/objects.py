"""The store of files: objects that are written once, under the digest of what lies in them, and never changed.

What lies here says nothing without its key. A folder, or what speaks S3: obstore knows both (``HUIYIN_FILES_URL``).
A folder's own store does not wait for the disk; so this does, for the object and for the names that lead to it, before
anybody is told that it is there.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

import obstore
import structlog
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from services.chassis.durable import settle
from services.chassis.errors import NoRoom, Unavailable

PREFIX_CHARS: Final = 2
"""How many letters of a digest name the folder: no folder has millions of files."""
LIST_MAX: Final = 500
ASKED_SECONDS_MAX: Final = 10
"""For how long one object may be on its way; whoever waits is told then. The library itself asks again for minutes."""
FREE_BYTES_MIN: Final = 1024 * 1024 * 1024
"""How much of a disk files leave to others: the database may lie there, and registration waits for no file."""
_FULL: Final = tuple(os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
"""What a full disk says, however it is told."""

log = structlog.get_logger()


class ObjectGone(RuntimeError):
    """An object that must be there is not, or is not what it was."""


class Lying(NamedTuple):
    """An object, and when it was written."""

    digest: bytes
    at: datetime


class Objects:
    """Where the objects are."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._folder = Path(unquote(parts.path)) if parts.scheme in {"", "file"} else None
        if self._folder is not None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store: ObjectStore = LocalStore(self._folder) if self._folder else from_url(url)

    async def put(self, sealed: bytes) -> bytes:
        """Store an object for good and return its digest. Raises ``NoRoom`` and ``Unavailable``."""
        if self._folder is not None and await asyncio.to_thread(_free_bytes, self._folder) < FREE_BYTES_MIN:
            log.error("files_full", error=f"less than {FREE_BYTES_MIN} bytes are free")
            raise NoRoom
        digest = await asyncio.to_thread(_digest, sealed)
        name = _name(digest)
        try:
            async with asyncio.timeout(ASKED_SECONDS_MAX):
                await obstore.put_async(self._store, name, sealed, use_multipart=False)
            if self._folder is not None:
                file = self._folder / name
                await asyncio.to_thread(settle, file, file.parent, self._folder)
        except (BaseError, OSError) as error:
            raise _away(error) from error
        return digest

    async def get(self, digest: bytes) -> bytes:
        """Return an object. Raises ``ObjectGone`` and ``Unavailable``."""
        try:
            async with asyncio.timeout(ASKED_SECONDS_MAX):
                found = await obstore.get_async(self._store, _name(digest))
                sealed = bytes(await found.bytes_async())
        except (NotFoundError, FileNotFoundError) as error:
            raise ObjectGone(digest.hex()) from error
        except (BaseError, OSError) as error:
            raise _away(error) from error
        if await asyncio.to_thread(_digest, sealed) != digest:
            raise ObjectGone(f"{digest.hex()}: not what was stored")
        return sealed

    async def delete(self, digest: bytes) -> None:
        """Let an object be no more; one that is gone already is gone. Raises ``Unavailable``."""
        try:
            with suppress(NotFoundError, FileNotFoundError):
                async with asyncio.timeout(ASKED_SECONDS_MAX):
                    await obstore.delete_async(self._store, _name(digest))
        except (BaseError, OSError) as error:
            raise _away(error) from error

    def lying(self) -> Iterator[list[Lying]]:
        """Yield all that lies here, some at a time; it takes long and belongs in a thread of its own."""
        for some in obstore.list(self._store, chunk_size=LIST_MAX):
            found = []
            for one in some:
                with suppress(ValueError):  # not ours
                    found.append(Lying(bytes.fromhex(one["path"].rpartition("/")[2]), one["last_modified"]))
            yield found


def _name(digest: bytes) -> str:
    letters = digest.hex()
    return f"{letters[:PREFIX_CHARS]}/{letters}"


def _digest(sealed: bytes) -> bytes:
    return hashlib.sha256(sealed).digest()


def _free_bytes(folder: Path) -> int:
    there = os.statvfs(folder)
    return there.f_bavail * there.f_frsize


def _away(error: Exception) -> Unavailable:
    """Return what whoever waits is told."""
    if any(words in str(error) for words in _FULL):
        log.error("files_full", error=type(error).__name__)
        return NoRoom()
    log.warning("files_away", error=type(error).__name__)
    return Unavailable()
