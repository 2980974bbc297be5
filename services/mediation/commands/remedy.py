"""The commands of those who look again: review and recheck."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.vocabulary import DocumentKind, Result, ReviewResult, Role
from services.chassis.commands import Said
from services.chassis.context import By
from services.chassis.fields import Moment
from services.chassis.references import GivenOfficer, GivenUnit
from services.chassis.texts import CaseText, TextOf
from services.mediation.commands.handling import Decided, Deliver, Handle
from services.mediation.commands.opinion import ToTheOthers
from services.mediation.domain import inquiry, remedy
from services.mediation.domain.handling import Handling

REVIEWERS: Final = (Role.reviewer,)
RECHECKERS: Final = (Role.recheck_officer,)


class AskAgain(Handle):
    """When the request came in, and was posted if it was; what it says is a document in the vault."""

    received_at: Moment | None = None
    posted_at: Moment | None = None
    document: CaseText
    petition_id: Annotated[
        UUID | None,
        Field(description="By which petition it is asked; any petitioner's days count where it is not said"),
    ] = None

    def request(self, by: By) -> remedy.Request:
        """Return it complete; what names no moment came in now."""
        return remedy.Request(self.received_at or by.at, self.document, self.posted_at)

    @property
    def of(self) -> tuple[UUID, ...]:
        """Return by which petition it is asked, if that is said."""
        return (self.petition_id,) if self.petition_id else ()


def _asked(by: By) -> str | None:
    """Return who takes the request in; nobody in particular, where the petitioner asks themselves."""
    return None if by.role is Role.petitioner else by.unit


class LookAgain(Deliver, reply=Decided):
    """What becomes of the opinion before, and what holds instead where it is changed."""

    result: ReviewResult
    changed_to: Result | None = None
    changed_further_to: ToTheOthers = Field(default_factory=list)

    def verdict(self, document: UUID, by: By) -> remedy.Verdict:
        """Return it with its text and who has decided. Raises ``ChangeUnnamed`` where the first claim gets nothing."""
        if self.changed_to is None and self.changed_further_to:
            raise remedy.ChangeUnnamed
        changed_to = (self.changed_to, *self.changed_further_to) if self.changed_to else ()
        return remedy.Verdict(self.result, document, by.actor, changed_to)


class RequestReview(AskAgain, path="/cases/{case_id}/review", by=(Role.petitioner, *REVIEWERS), called="申请复查"):
    """Take in a request for review (第三十五条)."""

    def act(self, h: Handling, by: By) -> None:
        remedy.request_review(h, _asked(by), self.request(by), self.directory, *self.of, at=by.at)


class ServeReview(LookAgain, path="/cases/{case_id}/review/opinion", by=REVIEWERS, called="复查意见书送达"):
    """Answer a request for review in writing (第三十五条)."""

    document: Annotated[UUID, TextOf(DocumentKind.review_opinion)]
    recheck_body: GivenUnit

    def act(self, h: Handling, by: By) -> Said:
        number = self.number("信复查", by)
        remedy.serve_review(
            h,
            self.directory.acting_as(by.unit, h.review_body),
            number,
            self.verdict(self.document, by),
            self.delivery(by),
            self.recheck_body,
            self.directory,
            at=by.at,
        )
        return {"opinion_no": number}


class ServeReviewAgain(
    Deliver, path="/cases/{case_id}/review/opinion/service", by=REVIEWERS, called="再次送达复查意见"
):
    """Serve a review opinion that came back; the thirty days for recheck begin then (第三十六条)."""

    def act(self, h: Handling, by: By) -> None:
        body = self.acting_as(h, by, h.review_body)
        remedy.serve_again(h, body, self.delivery(by), recheck=False, at=by.at)


class ServeReviewOnAnother(
    Deliver, path="/cases/{case_id}/petitioners/{petition_id}/review-opinion", by=REVIEWERS,
    called="向其他信访人送达复查意见",
):  # fmt: skip
    """Serve the review opinion on a further petitioner; their own thirty days for recheck begin (第三十六条)."""

    petition_id: UUID

    def act(self, h: Handling, by: By) -> None:
        body = self.acting_as(h, by, h.review_body)
        remedy.serve_on_another(h, body, self.petition_id, self.delivery(by), recheck=False, at=by.at)


class RequestRecheck(AskAgain, path="/cases/{case_id}/recheck", by=(Role.petitioner, *RECHECKERS), called="申请复核"):
    """Take in a request for recheck (第三十六条)."""

    def act(self, h: Handling, by: By) -> None:
        remedy.request_recheck(h, _asked(by), self.request(by), self.directory, *self.of, at=by.at)


class OpenRecheckHearing(Handle, path="/cases/{case_id}/recheck/hearing", by=RECHECKERS, called="复核听证"):
    """Begin a hearing, whose time is not counted (第三十六条第二款)."""

    presider: GivenOfficer
    public: bool = True

    def act(self, h: Handling, by: By) -> None:
        body = self.directory.acting_as(by.unit, h.recheck_body)
        remedy.open_recheck_hearing(h, body, self.presider, self.directory, public=self.public, at=by.at)


class CloseRecheckHearing(
    Handle, path="/cases/{case_id}/recheck/hearing/report", by=(Role.hearing_presider, *RECHECKERS),
    called="复核听证报告",
):  # fmt: skip
    """End the hearing with its report (第三十六条第二款)."""

    document: Annotated[UUID, TextOf(DocumentKind.hearing_report)]

    def act(self, h: Handling, by: By) -> None:
        body = self.directory.acting_as(by.unit, h.recheck_body)
        body = inquiry.reporting_for(h, h.recheck_body, body, by.actor)
        remedy.close_recheck_hearing(h, body, self.document, at=by.at)


class ServeRecheck(LookAgain, path="/cases/{case_id}/recheck/opinion", by=RECHECKERS, called="复核意见书送达"):
    """Say the last word of the petition procedure (第三十六条)."""

    document: Annotated[UUID, TextOf(DocumentKind.recheck_opinion)]

    def act(self, h: Handling, by: By) -> Said:
        number = self.number("信复核", by)
        body = self.directory.acting_as(by.unit, h.recheck_body)
        remedy.serve_recheck(h, body, number, self.verdict(self.document, by), self.delivery(by), at=by.at)
        return {"opinion_no": number}


class ServeRecheckAgain(
    Deliver, path="/cases/{case_id}/recheck/opinion/service", by=RECHECKERS, called="再次送达复核意见"
):  # fmt: skip
    """Serve the last word of the petition procedure, where it came back (第三十六条)."""

    def act(self, h: Handling, by: By) -> None:
        body = self.acting_as(h, by, h.recheck_body)
        remedy.serve_again(h, body, self.delivery(by), recheck=True, at=by.at)


class ServeRecheckOnAnother(
    Deliver, path="/cases/{case_id}/petitioners/{petition_id}/recheck-opinion", by=RECHECKERS,
    called="向其他信访人送达复核意见",
):  # fmt: skip
    """Serve the last word of the petition procedure on a further petitioner (第三十六条)."""

    petition_id: UUID

    def act(self, h: Handling, by: By) -> None:
        body = self.acting_as(h, by, h.recheck_body)
        remedy.serve_on_another(h, body, self.petition_id, self.delivery(by), recheck=True, at=by.at)
