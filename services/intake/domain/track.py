"""The sealed track for reports about officials: out of the ordinary store's sight, known by a receipt alone."""

from __future__ import annotations

from datetime import datetime

from contracts.intake import ConfidentialTrackOpened, InformantNotified
from contracts.vocabulary import InformantNotice, Kind, ServiceMethod
from services.chassis.aggregate import when
from services.chassis.errors import Forbidden, Refused
from services.intake.domain.filing import Filing


class NotAReport(Refused):
    """Only what was told apart as a report about an official takes the sealed track."""

    code = "not_a_report"
    title = "该事项未甄别为检举控告类"
    article = "信访工作条例 第三十条第一款"


class TrackAlreadyOpen(Refused):
    """The report is with the discipline organ already."""

    code = "track_already_open"
    title = "该事项已转密件办理"
    article = "信访工作条例 第三十条第一款"


class OrganIsAccused(Refused):
    """A report must not reach whoever it is about."""

    code = "organ_is_accused"
    title = "不得转给被检举、揭发的单位"
    article = "信访工作条例 第三十条第三款"


class ContentIsConfidential(Forbidden):
    """What a report about an official says is read by the discipline organ and by nobody else."""

    code = "content_is_confidential"
    title = "检举控告材料仅限纪检监察机关查阅"
    article = "信访工作条例 第三十条第三款"


class NotOnTheTrack(Refused):
    """Informants are notified in reports about officials."""

    code = "not_on_the_track"
    title = "该事项未转密件办理"
    article = "信访工作条例 第二十三条第四款、第三十条第一款"


class InformantUnknown(Refused):
    """Whoever gave no name cannot be told."""

    code = "informant_unknown"
    title = "非实名检举控告，无从告知"
    article = "信访工作条例 第二十三条第二款、第四款"


class InformantNoticeOutOfTurn(Refused):
    """An informant is told of acceptance, then of the result, each once."""

    code = "informant_notice_out_of_turn"
    title = "告知次序有误：先受理告知，后结果反馈，各一次"
    article = "信访工作条例 第二十三条第四款、第三十条第一款"


class Track(Filing):
    """A report about an official, as far as it is known here."""

    def start(self) -> None:
        """It is no report yet."""
        super().start()
        self.accused_units: tuple[str, ...] = ()
        self.informed: tuple[InformantNotice, ...] = ()

    def open_track(self, organ: str, receipt_no: str, *, at: datetime) -> None:
        """Hand the report to the discipline organ, sealed."""
        if self.kind is not Kind.report_accusation:
            raise NotAReport
        if self.confidential:
            raise TrackAlreadyOpen
        if organ in self.accused_units:
            raise OrganIsAccused
        self.must_be_open()
        self.record(ConfidentialTrackOpened, at=at, organ=organ, receipt_no=receipt_no)

    def notify_informant(
        self, notice: InformantNotice, method: ServiceMethod, served_at: datetime, receipt: str, *, at: datetime
    ) -> None:
        """Tell whoever reported under their own name."""
        if not self.confidential:
            raise NotOnTheTrack
        if self.anonymous:
            raise InformantUnknown
        if (*self.informed, notice) != tuple(InformantNotice)[: len(self.informed) + 1]:
            raise InformantNoticeOutOfTurn
        self.must_have_happened(served_at, at)
        self.record(InformantNotified, at=at, notice=notice, method=method, served_at=served_at, receipt=receipt)

    @when
    def _(self, _: ConfidentialTrackOpened) -> None:
        self.confidential = True

    @when
    def _(self, event: InformantNotified) -> None:
        self.informed += (event.notice,)
