"""The commands by which files are handed in: scans, photographs, recordings, a letter that is too long to be typed.

A file belongs to a case that is on file: registration comes first, and waits for no file (第二十二条).
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.vocabulary import FileMedia
from services.chassis.commands import Command
from services.chassis.context import By
from services.chassis.fields import Body, ToldLine
from services.chassis.running import Running
from services.chassis.writer import Done
from services.intake.application.answering import own_of
from services.intake.application.office import OFFICERS
from services.intake.application.uploading import announce
from services.intake.commands.cases import AboutCase, OfCase
from services.intake.commands.petitioner import PETITIONER, must_take_part
from services.intake.domain.files import FILE_BYTES_MAX, File


class Announced(OfCase):
    """Under which id the file is handed in: what it says goes there, piece by piece (``/uploads``)."""

    file_id: UUID


class Announcement(Body):
    """What is handed in; its name goes into the vault."""

    media: FileMedia
    size_bytes: Annotated[int, Field(ge=1, le=FILE_BYTES_MAX)]
    name: ToldLine = None
    sha256: Annotated[
        str | None,
        StringConstraints(pattern="^[0-9a-f]{64}$"),
        Field(description="What the sender has counted; a file that comes out otherwise is not fit to be seen"),
    ] = None


class AnnounceFile(
    AboutCase[File], Announcement, path="/cases/{case_id}/files", by=OFFICERS, called="报送材料", reply=Announced,
    location="/uploads/{file_id}",
):  # fmt: skip
    """Begin to put a file of the case on file, or a copy of one with words made illegible (第十九条)."""

    original: Annotated[UUID | None, Field(description="Of which file it is a redacted copy")] = None

    async def run(self, running: Running, by: By) -> Done:
        await self.look_up(running, by)
        return await announce(running, self.case_id, self, by, original=self.original)


class AnnounceOwnFile(
    Command[File], Announcement, path="/progress/files", by=PETITIONER, called="本人报送材料", status=201,
    reply=Announced, location="/progress/uploads/{file_id}",
):  # fmt: skip
    """Begin to hand in a file for a petition of one's own (第十九条)."""

    by_session = True

    async def run(self, running: Running, by: By) -> Done:
        own = await own_of(running, by)
        await must_take_part(running, own)
        return await announce(running, own.answering, self, by, petition=own.petition)
