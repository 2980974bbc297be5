"""Files that are handed in for a case: announced, received whole, looked through, and only then shown to anybody."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.intake import FileAbandoned, FileAnnounced, FileExamined, FileReceived
from contracts.vocabulary import FileFault, FileMedia, FileState, FileVerdict
from services.chassis.aggregate import when
from services.chassis.entry import CaseEntry
from services.chassis.errors import Conflict, Invalid, Refused

FILE_BYTES_MAX: Final = 200 * 1024 * 1024
"""How long one file may be."""
_GIVEN: Final = frozenset({FileVerdict.clean, FileVerdict.unscanned})
_ARTICLE: Final = "个人信息保护法 第五十一条"


class NoSuchOriginal(Invalid):
    """A redacted copy is of a file that lies with the same case, whole, and is no copy itself."""

    code = "no_such_original"
    title = "遮蔽件所对应的原件不存在"


class InQuarantine(Refused):
    """Nobody sees a file before it was looked through."""

    code = "file_in_quarantine"
    title = "该材料尚未完成安全查验，暂不能查阅"
    article = _ARTICLE
    remedy = "请稍后再试；查验由系统自动进行。"


class FileWithheld(Refused):
    """A file that does harm, or cannot be read, is kept as it was handed in, and given to nobody."""

    code = "file_withheld"
    title = "该材料未通过安全查验，不提供查阅"
    article = _ARTICLE
    remedy = "请告知报送人重新报送；原件已按原样保存。"


class UploadIsOver(Conflict):
    """Of a file that is whole, or whose rest never came, nothing more is taken."""

    code = "upload_is_over"
    title = "该材料的报送已经结束"
    remedy = "需要补充的，请另行报送。"


class File(CaseEntry):
    """A file of a case; its bytes lie encrypted in the store of files, and their key in the vault."""

    def start(self) -> None:
        """Nothing is announced yet."""
        super().start()
        self.media = FileMedia.text
        self.size_bytes = 0
        self.petition: UUID | None = None
        self.original: UUID | None = None
        self.state = FileState.announced
        self.verdict: FileVerdict | None = None
        self.fault: FileFault | None = None
        self.content_sha256: str | None = None
        self.announced_at: datetime | None = None
        self.received_at: datetime | None = None

    def announce(
        self, case: UUID, media: FileMedia, size_bytes: int, *, at: datetime, petition: UUID | None,
        original: UUID | None,
    ) -> None:  # fmt: skip
        """Begin to take it in."""
        self.record(
            FileAnnounced, at=at, case=case, media=media, size_bytes=size_bytes, petition=petition, original=original
        )

    def receive(self, content_sha256: str, *, at: datetime) -> None:
        """All of it is here. Raises ``UploadIsOver``."""
        self._must_be(FileState.announced)
        assert self.of is not None
        self.record(FileReceived, at=at, case=self.of, content_sha256=content_sha256)

    def examine(self, verdict: FileVerdict, fault: FileFault | None, *, at: datetime) -> None:
        """Say what was found in it. Raises ``UploadIsOver``."""
        self._must_be(FileState.received)
        assert self.of is not None
        self.record(FileExamined, at=at, case=self.of, verdict=verdict, fault=fault)

    def abandon(self, *, at: datetime) -> None:
        """Wait for the rest no longer. Raises ``UploadIsOver``."""
        self._must_be(FileState.announced)
        assert self.of is not None
        self.record(FileAbandoned, at=at, case=self.of)

    def must_be_coming(self) -> None:
        """Take nothing of what is whole, or was given up. Raises ``UploadIsOver``."""
        self._must_be(FileState.announced)

    def must_be_given(self) -> None:
        """Let nobody see what was not looked through, or did not pass. Raises ``InQuarantine`` and ``FileWithheld``."""
        if self.state in {FileState.announced, FileState.received}:
            raise InQuarantine
        if self.state is not FileState.ready:
            raise FileWithheld(self.fault.title if self.fault else "")

    def _must_be(self, state: FileState) -> None:
        if self.state is not state or not self.exists:
            raise UploadIsOver(self.state.title)

    @when
    def _(self, event: FileAnnounced) -> None:
        self.of, self.media, self.size_bytes = event.case, event.media, event.size_bytes
        self.petition, self.original, self.announced_at = event.petition, event.original, event.timestamp

    @when
    def _(self, event: FileReceived) -> None:
        self.state, self.content_sha256, self.received_at = FileState.received, event.content_sha256, event.timestamp

    @when
    def _(self, event: FileExamined) -> None:
        self.verdict, self.fault = event.verdict, event.fault
        self.state = FileState.ready if event.verdict in _GIVEN else FileState.withheld

    @when
    def _(self, _: FileAbandoned) -> None:
        self.state = FileState.abandoned


def must_be_whole(original: File, lies_with: UUID | None, case: UUID) -> None:
    """Let a copy be one of a file that lies with that case. Raises ``NoSuchOriginal``."""
    whole = original.state in {FileState.received, FileState.ready, FileState.withheld}
    if not (original.exists and lies_with == case and whole and original.original is None):
        raise NoSuchOriginal(str(original.id))
