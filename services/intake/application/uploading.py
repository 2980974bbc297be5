"""How a file gets here: announced, taken in piece by piece as far as the line holds, and on record when it is whole.

What has come stays: whoever is cut off goes on where it ended, by whatever process. Each piece is encrypted before it
is stored and on the disk before it counts; the event that the file is whole is stored when all of them are.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

import structlog
from starlette.requests import ClientDisconnect

from contracts.ids import derived
from contracts.vocabulary import ClockKind, FileMedia, Role
from services.chassis import clock
from services.chassis.aside import Busy
from services.chassis.context import WHENCE, By
from services.chassis.database import AWAY, COMMAND_SECONDS_MAX
from services.chassis.errors import Conflict, Damaged, Invalid, NotFound, TooOften, Unavailable
from services.chassis.fields import LINE_CHARS_MAX
from services.chassis.keyring import alarm
from services.chassis.questions import rows
from services.chassis.running import Running
from services.chassis.store import New
from services.chassis.views import insertion
from services.chassis.writer import Done
from services.intake.application.depositing import lies_apart
from services.intake.application.looking import at_work, lies_with, same_person
from services.intake.application.office import office
from services.intake.domain.files import File, UploadIsOver, must_be_whole
from services.intake.files.examiner import begins_as
from services.intake.files.objects import ObjectGone
from services.intake.files.pieces import PIECE_BYTES, Piece, PieceDamaged, new_key, opened, seal

OPEN_MAX: Final = 4
"""How many files somebody may be handing in at a time."""
AT_ONCE_MAX: Final = 2
"""How many of them may be coming in, in one process, at the same moment: nobody takes all places."""
OF_PETITIONERS_AT_ONCE_MAX: Final = 6
OF_SOURCE_AT_ONCE_MAX: Final = 3
"""And so many of all petitioners', and of those at one address: who hands in much, slowly, keeps out nobody else."""
STRETCH_SECONDS_MAX: Final = 600.0
"""How long one request may go on; a slow line goes on with another one."""
OF_PETITIONER_PER_HOUR_MAX: Final = 30
OF_OFFICER_PER_HOUR_MAX: Final = 600
OF_PETITION_MAX: Final = 200
"""How many files one petition has at most."""
PIECES_MAX: Final = 1_024
"""In how many pieces a file comes at most: that is every request one, where each brings a fifth of a megabyte."""
KEPT_BYTES_MIN: Final = 65_536
"""How much of a piece is worth keeping where a line breaks."""
BEGINNING_BYTES: Final = 16
"""By how many bytes a file is told what it is; one that begins with fewer is looked at when it is whole."""
HOUR: Final = timedelta(hours=1)
FILES: Final = "files"
"""As what the store of files is counted where something is damaged."""
LEASE: Final = timedelta(minutes=3)
"""For how long nobody else begins with a file that somebody works on."""

log = structlog.get_logger()


class WrongOffset(Conflict):
    """What is sent begins elsewhere than where what is here ends."""

    code = "wrong_offset"
    title = "续传位置与已收到的长度不符"
    remedy = "请先查询已收到的长度，再从该处续传。"


class MoreThanAnnounced(Invalid):
    """More comes than was announced."""

    code = "more_than_announced"
    title = "内容超过所报的长度"


class NotOfThatKind(Invalid):
    """What comes is no file of the kind that was announced."""

    code = "not_of_that_kind"
    title = "内容与所报的文件类型不符"
    remedy = "可报送 PDF、OFD、JPEG、PNG、TIFF、MP3、M4A、WAV、AMR 和纯文本；其他格式请先转换。"


class TooManyPieces(Invalid):
    """A file that comes crumb by crumb is no end of work."""

    code = "too_many_pieces"
    title = "分片过多，请增大每次续传的长度后重新报送"


class TooManyOpen(Invalid):
    """Somebody begins one file after the other and ends none."""

    code = "too_many_uploads"
    title = "同时报送的材料过多"
    remedy = "请先完成或者取消正在报送的材料。"


class TooManyFiles(Invalid):
    """A petition has more files than anybody reads."""

    code = "too_many_files"
    title = "本信访件的材料数量已达上限"
    remedy = "请将其余材料合并后报送，或者当面提交。"


class FileDamaged(Damaged):
    """What lies in the store of files is not what was handed in, or is not there."""

    code = "file_damaged"
    title = "材料的存储内容缺失、损坏或者被替换，未予提供"


class Upload(NamedTuple):
    """How far a file has come."""

    id: UUID
    owner: str
    size_bytes: int
    received_bytes: int

    @property
    def whole(self) -> bool:
        """Return whether all of it is here."""
        return self.received_bytes == self.size_bytes


def owner_of(by: By) -> str:
    """Return whose uploads somebody goes on with: their own, whoever they act for; a petitioner's by the petition."""
    return str(by.petition) if by.petition else by.actor


class Told(Protocol):
    """What somebody says of a file that they hand in."""

    media: FileMedia
    size_bytes: int
    name: str | None
    sha256: str | None


async def announce(
    running: Running, case: UUID, told: Told, by: By, *, petition: UUID | None = None, original: UUID | None = None
) -> Done:
    """Begin with a file of a case; what a petitioner hands in is erased with what they wrote.

    Raises ``TooOften``, ``TooManyOpen``, ``TooManyFiles`` and ``NoSuchOriginal``.
    """
    if await running.store.stored(by) is None:
        await _must_not_be_too_much(running, owner_of(by), petition)
    if original is not None:
        must_be_whole(await running.store.load(File, original), await lies_with(running, original), case)
    key = derived(by.command_id, "file")
    index = await same_person(running, petition) if petition else ()
    apart = await lies_apart(running, case)
    about = {
        "name": (told.name or "")[:LINE_CHARS_MAX] or None,
        "sha256": told.sha256,
        "key": base64.b64encode(new_key()).decode(),
    }
    sealed = office(running).vault.seal(case, key, {key: ("file", about)}, index=index, apart=apart)

    def opening() -> New:
        file = File.blank(key)
        file.announce(case, told.media, told.size_bytes, at=by.at, petition=petition, original=original)
        begun = (_BEGIN, {"id": key, "owner": owner_of(by), "size_bytes": told.size_bytes})
        return New(file, {"case_id": case, "file_id": key}, [*sealed.statements, begun])

    return await running.store.create(opening, by=by)


async def _must_not_be_too_much(running: Running, owner: str, petition: UUID | None) -> None:
    most = OF_PETITIONER_PER_HOUR_MAX if petition else OF_OFFICER_PER_HOUR_MAX
    [found] = await rows(running.store, _SO_FAR, owner, petition, HOUR, most)
    if found["wait"]:
        raise TooOften(found["wait"])
    if found["open"] >= OPEN_MAX:
        raise TooManyOpen(f"上限 {OPEN_MAX} 件")
    if found["files"] >= OF_PETITION_MAX:
        raise TooManyFiles(f"上限 {OF_PETITION_MAX} 件")


async def upload_of(running: Running, file: UUID, by: By) -> Upload:
    """Return how far a file has come, for whoever hands it in. Raises ``NotFound`` for anybody else."""
    found = await rows(running.store, _UPLOAD, file)
    if found and found[0]["owner"] == owner_of(by):
        return Upload(**found[0])
    one = await running.store.load(File, file)
    if not found and by.petition is not None and one.petition == by.petition and one.received_at:  # long whole
        return Upload(file, owner_of(by), one.size_bytes, one.size_bytes)
    raise NotFound(str(file))


async def append(running: Running, upload: Upload, offset: int, pieces: AsyncIterator[bytes], by: By) -> Upload:
    """Take in what comes of a file from an offset on, and record that it is whole if it is.

    Raises ``WrongOffset``, ``NotOfThatKind``, ``MoreThanAnnounced``, ``TooManyPieces``, ``NoRoom``, ``Busy`` and
    ``Unavailable``.
    """
    file = await running.store.load(File, upload.id)
    file.must_be_coming()
    if offset != upload.received_bytes:
        raise WrongOffset(f"已收到 {upload.received_bytes} 字节")
    about = await at_work(running, upload.id)
    if about is None:
        raise NotFound(str(upload.id))
    async with _place(running, upload.owner, by):
        taker = _Taker(running, upload, file.media, base64.b64decode(about["key"]))
        upload = await taker.take(pieces)
    if upload.whole:
        await receive(running, upload.id, by)
        await _leave(running, upload.id)
    return upload


@asynccontextmanager
async def _place(running: Running, owner: str, by: By) -> AsyncIterator[None]:
    """Hold one of the places in which files come in.

    Raises ``TooManyOpen``, ``Busy`` where those for petitioners are taken, and ``Unavailable`` where none is free.
    """
    places, held = office(running).taking_in, office(running).held
    if held[owner] >= AT_ONCE_MAX:
        raise TooManyOpen(f"同时续传上限 {AT_ONCE_MAX} 件")
    counted: dict[Hashable, int] = {owner: AT_ONCE_MAX}
    if by.petition is not None:  # whoever likes becomes several of them
        counted |= {("whence", WHENCE.get()): OF_SOURCE_AT_ONCE_MAX, Role.petitioner: OF_PETITIONERS_AT_ONCE_MAX}
    if any(held[whose] >= most for whose, most in counted.items()):
        raise Busy
    held.update(counted.keys())
    try:
        async with asyncio.timeout(COMMAND_SECONDS_MAX):
            await places.acquire()
    except TimeoutError:
        raise Unavailable from None
    else:
        try:
            yield
        finally:
            places.release()
    finally:
        held.subtract(counted.keys())
        for whose in counted:
            if not held[whose]:
                del held[whose]


async def _leave(running: Running, file: UUID) -> None:
    """Let a file be looked through by whoever has time."""
    with suppress(*AWAY):  # they may as soon as the lease ends
        async with running.database.connection() as connection:
            await connection.execute("UPDATE upload SET leased_until = '-infinity' WHERE id = $1", file)
    office(running).come.set()


class _Taker:
    """Takes in one stretch of one file; what has come and is not stored yet is never longer than a piece."""

    def __init__(self, running: Running, upload: Upload, media: FileMedia, key: bytes) -> None:
        self._running, self._upload, self._media, self._key = running, upload, media, key
        self._waiting = bytearray()
        self._n = -1

    async def take(self, pieces: AsyncIterator[bytes]) -> Upload:
        """Store what comes; what a broken line has brought is kept, too."""
        [found] = await rows(self._running.store, _PIECES_SO_FAR, self._upload.id)
        self._n = found["n"]
        give_up_at = asyncio.get_running_loop().time() + STRETCH_SECONDS_MAX
        try:
            async for piece in pieces:
                await self._add(piece)
                if asyncio.get_running_loop().time() > give_up_at:
                    raise Unavailable
        except (ClientDisconnect, Unavailable):
            if len(self._waiting) >= KEPT_BYTES_MIN:
                await self._store(len(self._waiting))
            raise
        if self._waiting:
            await self._store(len(self._waiting))
        return self._upload

    async def _add(self, piece: bytes) -> None:
        if self._upload.received_bytes + len(self._waiting) + len(piece) > self._upload.size_bytes:
            raise MoreThanAnnounced(f"所报长度 {self._upload.size_bytes} 字节")
        self._waiting += piece
        while len(self._waiting) >= PIECE_BYTES:
            await self._store(PIECE_BYTES)

    async def _store(self, length: int) -> None:
        """Store the first of what has come, and then that it is there."""
        text = bytes(memoryview(self._waiting)[:length])
        at, end = self._upload.received_bytes, self._upload.received_bytes + length
        if self._n >= PIECES_MAX:
            raise TooManyPieces(f"上限 {PIECES_MAX} 片")
        last = end == self._upload.size_bytes
        if at == 0 and (length >= BEGINNING_BYTES or last) and not begins_as(self._media, text):
            raise NotOfThatKind(self._media.title)
        sealed = await asyncio.to_thread(seal, self._key, self._upload.id, self._n, at, text, last=last)
        await _put(self._running, self._upload.id, Piece(self._n, at, length, b""), sealed)
        del self._waiting[:length]
        self._n += 1
        self._upload = self._upload._replace(received_bytes=end)


async def _put(running: Running, file: UUID, piece: Piece, sealed: bytes) -> None:
    """Store a piece. Raises ``WrongOffset`` where somebody was faster."""
    objects = office(running).objects
    digest = await objects.put(sealed)
    try:
        async with running.database.connection() as connection:
            there = await connection.fetchval(_TAKE, file, piece.n, piece.at_byte, piece.size_bytes, digest, LEASE)
    except AWAY as error:  # nobody knows whether it counts: what does not is swept
        raise Unavailable from error
    if there is None:
        with suppress(Unavailable):
            await objects.delete(digest)
        raise WrongOffset


async def receive(running: Running, file: UUID, by: By | None) -> None:
    """Record that a file is whole; it is read once more for that, and where it lies is on the disk.

    It may be said twice, and is done once.
    """
    own = await pieces_of(running, file)
    root = hashlib.sha256(b"".join(piece.digest for piece in own)).hexdigest()
    command = derived(file, "received")
    one = await running.store.load(File, file)
    saying = by_program(running, by, command, one.announced_at)

    def act(one: File) -> dict[str, Any]:
        one.receive(root, at=saying.at)
        return {}

    with suppress(UploadIsOver):  # somebody else has said so
        await running.store.change(File, file, act, by=saying)


def by_program(running: Running, by: By | None, command: UUID, since: datetime | None) -> By:
    """Return in whose name a program says what has become of a file: whoever has sent the last of it, or nobody.

    Where time is simulated, no time goes by for programs `since` what they go on from.
    """
    if by is not None:
        return By(
            actor=by.actor, unit=by.unit, role=by.role, at=by.at, clock=by.clock, request_id=by.request_id,
            command_id=command, reason=by.reason, has_to_do=True,
        )  # fmt: skip
    service, kind, now = running.store.service, running.settings.clock, clock.now()
    at = since if since is not None and kind is ClockKind.simulated else max(now, since or now)
    return By(
        actor=f"system:{service}", unit=service, role=Role.system, at=at, clock=kind,
        request_id=str(command), command_id=command,
    )  # fmt: skip


async def pieces_of(running: Running, file: UUID) -> Sequence[Piece]:
    """Return of which pieces a file is made."""
    return [Piece(**row) for row in await rows(running.store, _PIECES, file)]


class Opened:
    """A file that is read by whoever holds its key: only as much of it at a time as one piece.

    What is not what was stored is an alarm, whoever reads it, and wherever in it. Raises ``FileDamaged``.
    """

    def __init__(self, running: Running, file: UUID, key: bytes, pieces: Sequence[Piece]) -> None:
        self._objects = office(running).objects
        self._file, self._key, self._pieces = file, key, pieces
        self._held: tuple[int, bytes] = (-1, b"")
        ends = (0, *(piece.end for piece in pieces))
        if not pieces or any(
            (one.n, one.at_byte) != there for one, there in zip(pieces, enumerate(ends), strict=False)
        ):
            raise alarm(FILES, FileDamaged(str(file)))

    @property
    def size(self) -> int:
        """How long it is."""
        return self._pieces[-1].end

    async def read(self, at: int, length: int) -> bytes:
        """Return bytes of it. Raises ``FileDamaged`` and ``Unavailable``."""
        return b"".join([part async for part in self.stretch(at, at + length)])

    async def stretch(self, first: int, end: int) -> AsyncIterator[bytes]:
        """Yield the bytes from one on up to another, piece by piece. Raises ``FileDamaged`` and ``Unavailable``."""
        for piece in self._pieces:
            if piece.end > first and piece.at_byte < end:
                text = await self._piece(piece)
                yield text[max(0, first - piece.at_byte) : end - piece.at_byte]

    async def _piece(self, piece: Piece) -> bytes:
        if self._held[0] != piece.n:
            last = piece is self._pieces[-1]
            try:
                sealed = await self._objects.get(piece.digest)
                last = piece is self._pieces[-1]
                text = await asyncio.to_thread(opened, self._key, self._file, piece, sealed, last=last)
            except (ObjectGone, PieceDamaged) as error:
                raise alarm(FILES, FileDamaged(f"{self._file}/{piece.n}")) from error
            self._held = piece.n, text
        return self._held[1]


async def store_copy(running: Running, file: UUID, copy: UUID, key: bytes, content: bytes) -> None:
    """Store what is shown in place of a file, under the key of that, which dies with it.

    It takes the place of one that somebody else has made, whole: there is never a part of one, nor none.
    """
    ends, parts = range(0, len(content), PIECE_BYTES), []
    for n, at in enumerate(ends):
        text, last = content[at : at + PIECE_BYTES], at == ends[-1]
        sealed = await asyncio.to_thread(seal, key, copy, n, at, text, last=last)
        parts.append((copy, n, file, at, len(text), await office(running).objects.put(sealed)))
    try:
        async with running.database.transaction() as connection:
            await connection.execute(_NO_COPY, copy)
            await connection.executemany(_PUT_COPY, parts)
    except AWAY as error:
        raise Unavailable from error


async def cancel(running: Running, file: UUID, by: By | None) -> None:
    """Wait for the rest of a file no longer, and destroy the key of what has come. Raises ``UploadIsOver``."""
    begun = await running.store.load(File, file)
    saying = by_program(running, by, derived(file, "abandoned"), begun.announced_at)

    def act(one: File) -> dict[str, Any]:
        one.abandon(at=saying.at)
        return {}

    await running.store.change(File, file, act, by=saying, statements=[(text, {"id": file}) for text in _NO_MORE])


_BEGIN: Final = insertion("upload", "id", "owner", "size_bytes")
_NO_MORE: Final = tuple(
    f"{text} json_populate_recordset(NULL::upload, {{rows}}) gone WHERE t.{column} = gone.id"
    for text, column in (
        ("DELETE FROM vault_item t USING", "key_id"), ("DELETE FROM vault_key t USING", "id"),
        ("UPDATE upload t SET done = true FROM", "id"),
    )
)  # fmt: skip
"""What destroys the key of a file; that somebody has begun with it counts for a day."""
_UPLOAD: Final = "SELECT id, owner, size_bytes, received_bytes FROM upload WHERE id = $1"
_SO_FAR: Final = """
SELECT count(*) FILTER (WHERE NOT done AND received_bytes < size_bytes) AS open,
       (SELECT count(*) FROM file_view WHERE petition = $2 AND state <> 'abandoned') AS files,
       (SELECT greatest(1, ceil(extract(epoch FROM min(opened_at) + $3::interval - now())))::integer
        FROM (SELECT opened_at FROM upload WHERE owner = $1 AND opened_at > now() - $3::interval
              ORDER BY opened_at DESC LIMIT $4) latest HAVING count(*) >= $4) AS wait
FROM upload WHERE owner = $1
"""
_PIECES_SO_FAR: Final = "SELECT count(*)::integer AS n FROM file_part WHERE file_id = $1"
_PIECES: Final = "SELECT n, at_byte, size_bytes, digest FROM file_part WHERE file_id = $1 ORDER BY n"
_TAKE: Final = """
WITH moved AS (
    UPDATE upload SET received_bytes = received_bytes + $4, touched_at = now(),
                      leased_until = CASE WHEN received_bytes + $4 = size_bytes THEN now() + $6::interval
                                     ELSE leased_until END
    WHERE id = $1 AND received_bytes = $3 RETURNING id
)
INSERT INTO file_part (file_id, n, key_id, at_byte, size_bytes, digest) SELECT id, $2, id, $3, $4, $5 FROM moved
RETURNING n
"""
_NO_COPY: Final = "DELETE FROM file_part WHERE file_id = $1"
_PUT_COPY: Final = """
INSERT INTO file_part (file_id, n, key_id, at_byte, size_bytes, digest) VALUES ($1, $2, $3, $4, $5, $6)
"""
