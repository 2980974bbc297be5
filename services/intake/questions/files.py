"""What is asked about files, and how what they say goes in and out.

What goes in goes by the core of tus 1.0.0: `HEAD` says how much is here, `PATCH` goes on from there. What goes out is
recorded as a look before the first byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from contracts.vocabulary import FileFault, FileMedia, FileState, FileVerdict, LookPurpose, Role
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.http.transfers import Carried, Transfer
from services.chassis.questions import PAGE_MAX, Answer, Listing, rows
from services.chassis.running import Running
from services.chassis.views import Sight
from services.intake.application.answering import own_of
from services.intake.application.giving import TYPES, given
from services.intake.application.looking import lies_with
from services.intake.application.office import OFFICERS, READERS
from services.intake.application.seeing import must_see
from services.intake.application.uploading import Upload, append, cancel, upload_of
from services.intake.domain.files import File
from services.intake.domain.registration import Registration
from services.intake.domain.texts import must_be_of_duty
from services.intake.domain.track import reads
from services.intake.questions.progress import OWN, PETITIONER, ByCode
from services.intake.views import NOT_UNDER_SEAL, FileRow

TUS: Final = "1.0.0"
OFFSETS: Final = "application/offset+octet-stream"
ANY_FILE: Final = ", ".join(("application/octet-stream", *(kind for kind, _ in TYPES.values())))
"""What a file may come as."""


class Files(Listing[FileRow], path="/cases/{case_id}/files", called="材料", sort=("announced_at",)):
    """List the files of a case, and how far each is (第十九条); what a petitioner hands in goes where they go."""

    case_id: UUID
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE_MAX

    async def seen(
        self, running: Running, by: By | None, after: int, sight: Sight | None = None
    ) -> tuple[str, Sequence[Any]]:
        """Return the condition as for every list; the organ that has a report finds its files (第三十条第三款)."""
        if sight is None and by is not None and by.role is Role.discipline_officer:
            case = await running.store.load(Registration, self.case_id)
            if case.set_apart and reads(case, by.unit, await running.store.directories.at_hand()):
                return "true", ()
        return await super().seen(running, by, after, sight)

    def _narrowed(self) -> tuple[list[str], list[Any]]:
        return [_LYING], [self.case_id]

    async def shown(self, running: Running, by: By | None, after: int) -> tuple[str, Sequence[Any]]:
        """Return what is shown of a row, and of the case this one."""
        names, values = await super().shown(running, by, after)
        return f"{names}, $1::uuid AS case_id", values


class ReadFile(
    Transfer, path="/cases/{case_id}/files/{file_id}", by=READERS, called="查阅材料原件", sight=NOT_UNDER_SEAL,
    reply=ANY_FILE,
):  # fmt: skip
    """Read a file of the case, or the picture made anew; the look is recorded first (个人信息保护法 第五十一条)."""

    case_id: UUID
    file_id: UUID
    purpose: LookPurpose

    async def carry(self, running: Running, by: By, carried: Carried) -> Response:
        async def still() -> None:
            await must_see(running, self.case_id, by)

        await still()
        must_be_of_duty(self.purpose, by.role)
        return await given(running, self.case_id, self.file_id, self.purpose, by, carried, own=False, still=still)


class OwnFile(BaseModel):
    """A file that the petitioner has handed in."""

    file_id: UUID
    media: FileMedia
    media_title: str
    size_bytes: int
    state: FileState
    state_title: str
    verdict: FileVerdict | None
    verdict_title: str | None
    fault: FileFault | None
    fault_title: str | None
    announced_at: datetime
    received_at: datetime | None


class OwnFiles(BaseModel):
    """The files that the petitioner has handed in."""

    items: list[OwnFile]


class ListOwnFiles(
    ByCode, path="/progress/files", by=PETITIONER, called="查询本人报送的材料", sight=OWN, reply=OwnFiles
):
    """List what one has handed in, and whether it can be read (第十九条)."""

    async def ask(self, running: Running, by: By | None) -> Answer:
        assert by is not None
        own = await own_of(running, by)
        return Answer({"items": [_titled(row) for row in await rows(running.store, _OWN_FILES, own.petition)]})


def _titled(row: dict[str, Any]) -> dict[str, Any]:
    kinds: dict[str, Any] = {"media": FileMedia, "state": FileState, "verdict": FileVerdict, "fault": FileFault}
    return row | {f"{name}_title": row[name] and kind(row[name]).title for name, kind in kinds.items()}


class ReadOwnFile(
    Transfer, path="/progress/files/{file_id}", by=PETITIONER, called="下载本人报送的材料", sight=OWN,
    reply=ANY_FILE,
):  # fmt: skip
    """Read what one has handed in, byte for byte as it was; the look is recorded first (个人信息保护法第四十五条)."""

    by_session = True
    file_id: UUID

    async def carry(self, running: Running, by: By, carried: Carried) -> Response:
        own = await own_of(running, by)
        file = await running.store.load(File, self.file_id)
        if not file.exists or file.petition != own.petition:
            raise NotFound(str(self.file_id))

        async def still() -> None:
            await own_of(running, by)

        if (case := await lies_with(running, self.file_id)) is None:
            raise NotFound(str(self.file_id))
        return await given(running, case, self.file_id, LookPurpose.own_file, by, carried, own=True, still=still)


class _OfUpload(Transfer):
    """What is asked about a file on its way here, by whoever hands it in."""

    file_id: UUID

    async def carry(self, running: Running, by: By, carried: Carried) -> Response:
        if (carried.header("Tus-Resumable") or TUS) != TUS:
            raise HTTPException(412, "Tus-Resumable: 1.0.0", {"Tus-Version": TUS})
        upload = await upload_of(running, self.file_id, by)
        await self.must_still_take_part(running, by)
        upload = await self.told(running, by, carried, upload)
        headers = {
            "Tus-Resumable": TUS, "Upload-Offset": str(upload.received_bytes),
            "Upload-Length": str(upload.size_bytes), "Cache-Control": "no-store",
        }  # fmt: skip
        return Response(status_code=self.operation.status, headers=headers)

    async def told(self, running: Running, by: By, carried: Carried, upload: Upload) -> Upload:
        """Return how far it is then."""
        raise NotImplementedError

    async def must_still_take_part(self, running: Running, by: By) -> None:
        """Let nobody do anything about a file of a case that is kept from them by now."""
        if by.petition is not None:
            return
        case = await lies_with(running, self.file_id) or (await running.store.load(File, self.file_id)).of
        assert case is not None
        await must_see(running, case, by)


class _HowFar(_OfUpload):
    async def told(self, running: Running, by: By, carried: Carried, upload: Upload) -> Upload:  # noqa: ARG002  # as it is
        return upload


class _GoesOn(_OfUpload):
    media: ClassVar[str | None] = OFFSETS

    async def told(self, running: Running, by: By, carried: Carried, upload: Upload) -> Upload:
        if carried.header("Content-Type") != OFFSETS:
            raise HTTPException(415, OFFSETS)
        offset = carried.number("Upload-Offset")
        return await append(running, upload, offset, carried.pieces(), by)


class _Ends(_OfUpload):
    async def told(self, running: Running, by: By, carried: Carried, upload: Upload) -> Upload:  # noqa: ARG002  # all of it
        await cancel(running, self.file_id, by)
        return upload


class UploadOffset(
    _HowFar, path="/uploads/{file_id}", method="HEAD", by=OFFICERS, called="查询已收到的长度", sight=NOT_UNDER_SEAL,
    reply="",
):  # fmt: skip
    """Tell how much of a file is here, so that its sender goes on from there (第十九条)."""


class AppendToUpload(
    _GoesOn, path="/uploads/{file_id}", method="PATCH", by=OFFICERS, called="续传材料", sight=NOT_UNDER_SEAL, reply="",
    status=204,
):  # fmt: skip
    """Take in what follows of a file; that it is whole is on record before it is answered (第十九条)."""


class CancelUpload(
    _Ends, path="/uploads/{file_id}", method="DELETE", by=OFFICERS, called="取消报送", sight=NOT_UNDER_SEAL, reply="",
    status=204,
):  # fmt: skip
    """Give up a file that is not whole; what has come of it is destroyed (个人信息保护法 第四十七条)."""


class OwnUploadOffset(
    _HowFar, path="/progress/uploads/{file_id}", method="HEAD", by=PETITIONER, called="查询本人材料已收到的长度",
    sight=OWN, reply="",
):  # fmt: skip
    """Tell how much of one's own file is here, so that one goes on from there (第十九条)."""

    by_session = True


class AppendToOwnUpload(
    _GoesOn, path="/progress/uploads/{file_id}", method="PATCH", by=PETITIONER, called="续传本人材料", sight=OWN,
    reply="", status=204,
):  # fmt: skip
    """Take in what follows of one's own file; that it is whole is on record before it is answered (第十九条)."""

    by_session = True


class CancelOwnUpload(
    _Ends, path="/progress/uploads/{file_id}", method="DELETE", by=PETITIONER, called="取消本人报送", sight=OWN,
    reply="", status=204,
):  # fmt: skip
    """Give up one's own file that is not whole; what has come of it is destroyed (个人信息保护法 第四十七条)."""

    by_session = True


_LYING: Final = """id = ANY (ARRAY(
    SELECT f.id FROM file_view f WHERE f.case_id = $1
      AND NOT EXISTS (SELECT FROM vault_key k WHERE k.id = f.id AND k.case_id <> $1)
    UNION ALL SELECT k.id FROM vault_key k WHERE k.case_id = $1
))"""
"""A file lies where its key does; one that has none was announced or is remembered where it was."""
_OWN_FILES: Final = """
SELECT id AS file_id, media, size_bytes, state, verdict, fault, announced_at, received_at FROM file_view
WHERE petition = $1 ORDER BY announced_at, id
"""
