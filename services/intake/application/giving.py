"""How a file is given to whoever may see it: the look is on record, then its bytes go, while they may have them.

Nothing is ever run or shown by a browser as what it says it is: what is shown is a picture that was made here, and a
recording; everything else is saved, and then opened by whoever wants to.
"""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final
from urllib.parse import quote
from uuid import UUID

from fastapi import Response
from fastapi.responses import StreamingResponse

from contracts.vocabulary import FileMedia, FileVerdict, LookPurpose
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.http.transfers import Carried
from services.chassis.running import Running
from services.intake.application.looking import look, must_lie
from services.intake.application.quarantine import PICTURES, copy_of
from services.intake.application.uploading import Opened, pieces_of
from services.intake.domain.files import File

TYPES: Final = {
    FileMedia.pdf: ("application/pdf", "pdf"), FileMedia.ofd: ("application/ofd", "ofd"),
    FileMedia.jpeg: ("image/jpeg", "jpg"), FileMedia.png: ("image/png", "png"), FileMedia.tiff: ("image/tiff", "tif"),
    FileMedia.mp3: ("audio/mpeg", "mp3"), FileMedia.m4a: ("audio/mp4", "m4a"), FileMedia.wav: ("audio/wav", "wav"),
    FileMedia.amr: ("audio/amr", "amr"), FileMedia.text: ("text/plain", "txt"),
}  # fmt: skip
SHOWN: Final = frozenset({"image/jpeg", "audio/mpeg", "audio/mp4", "audio/wav", "audio/amr"})
"""What a browser may show or play in its own page, once a scanner has looked through it."""
GUARDED: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Accept-Ranges": "bytes",
}

NAME_CHARS_MAX: Final = 80
_LEADING: Final = re.compile(r'[\\/:*?"<>|]|\.{2,}')
"""What a name of a file must not have that is only a name."""

Still = Callable[[], Awaitable[None]]
"""Raises where whoever is given something may not have it any more."""


async def given(
    running: Running, case: UUID, file: UUID, purpose: LookPurpose, by: By, carried: Carried, *, own: bool, still: Still
) -> Response:
    """Give a file: to whoever handed it in as it was, to others a picture without what a camera has written into it.

    Raises ``InQuarantine``, ``FileWithheld``, ``FileDamaged``, ``NotFound`` and ``Unavailable``.
    """
    await must_lie(running, case, file)
    one = await running.store.load(File, file)
    if not one.exists:
        raise NotFound(str(file))
    one.must_be_given()
    copied = one.media in PICTURES and not own
    shown = copy_of(file) if copied else file
    pieces = await pieces_of(running, shown)
    about = await look(running, case, file, purpose, by)
    if about is None:
        raise NotFound(str(file))
    whole = Opened(running, shown, base64.b64decode(about["key"]), pieces)
    kind, ending = TYPES[one.media]
    begin = await whole.read(0, 5)
    if copied:
        kind, ending = ("application/pdf", "pdf") if begin == b"%PDF-" else ("image/jpeg", "jpg")
    inline = one.verdict is FileVerdict.clean and kind in SHOWN
    named = f'{"inline" if inline else "attachment"}; filename="{file}.{ending}"{_called(about["name"], ending)}'
    stretch = carried.asked_range(whole.size)
    first, end = stretch or (0, whole.size)
    headers = GUARDED | {"Content-Disposition": named, "Content-Length": str(end - first)}
    if stretch:
        headers["Content-Range"] = f"bytes {first}-{end - 1}/{whole.size}"
    return StreamingResponse(_going(whole, first, end, still), 206 if stretch else 200, headers, kind)


def _called(name: str | None, ending: str) -> str:
    """Return how a file is called as it is saved: as its sender called it, but for what leads anywhere or runs."""
    plain = _LEADING.sub("_", (name or "").rpartition(".")[0] or name or "").strip(" ._")[:NAME_CHARS_MAX]
    return f"; filename*=UTF-8''{quote(plain, safe='')}.{ending}" if plain else ""


async def _going(whole: Opened, first: int, end: int, still: Still) -> AsyncIterator[bytes]:
    """Yield what goes, piece by piece, for as long as whoever gets it may have it."""
    gone = False
    async for part in whole.stretch(first, end):
        if gone:
            await still()
        yield part
        gone = True
