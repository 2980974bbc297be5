"""复查、复核: others look again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.event import Event, Words, words_before
from contracts.vocabulary import Result, ReviewResult, ServiceMethod


class ReviewRequested(Event):
    """The petitioner asks the unit above the handling one to look again."""

    title = "申请复查"
    basis = "信访工作条例 第三十五条"

    review_body: str
    received_at: datetime
    document: UUID
    posted_at: datetime | None = None
    """When it was posted, where it came by post: that decides whether it was asked in time."""


class ReviewJoined(Event):
    """A further petitioner asks to look again while somebody else's request is open: one review answers both."""

    title = "并入复查"
    basis = "信访工作条例 第三十五条"

    received_at: datetime
    document: UUID
    posted_at: datetime | None = None
    """When it was posted, where it came by post: that decides whether it was asked in time."""


class ReviewOpinionServed(Event):
    """The reviewing unit has answered in writing; thirty days to ask for recheck run from here."""

    title = "复查意见书送达"
    basis = "信访工作条例 第三十五条、第三十六条"
    version = 2

    opinion_no: str
    result: ReviewResult
    document: UUID
    method: ServiceMethod
    served_at: datetime
    receipt: Words
    decided_by: str | None = None
    changed_to: Result | None = None
    """What the claim gets now, where the opinion before is changed."""
    recheck_body: str | None = None
    """The unit to which the petitioner may turn next (第三十六条)."""


class RecheckRequested(Event):
    """The petitioner asks the unit above the reviewing one, for the last time."""

    title = "申请复核"
    basis = "信访工作条例 第三十六条"

    recheck_body: str
    received_at: datetime
    document: UUID
    posted_at: datetime | None = None
    """When it was posted, where it came by post: that decides whether it was asked in time."""


class RemedyServedToPetitioner(Event):
    """A further petitioner has the opinion of who looked again; after a review their own thirty days run from here."""

    title = "向其他信访人送达复查、复核意见"
    basis = "信访工作条例 第三十五条、第三十六条"
    version = 2

    petition: UUID
    method: ServiceMethod
    served_at: datetime
    receipt: Words
    recheck: bool = False
    instead_of: int | None = None
    """Whose place it takes of what came back: the version of the event that had served it."""


class RemedyServedAgain(Event):
    """An opinion that had come back is with who had asked to look again; after a review their thirty days run anew."""

    title = "再次送达复查、复核意见"
    basis = "信访工作条例 第三十五条、第三十六条"
    version = 2

    method: ServiceMethod
    served_at: datetime
    receipt: Words
    recheck: bool = False
    instead_of: int | None = None
    """Whose place it takes of what came back: the version of the event that had served it."""


class RemedyPassedOn(Event):
    """Who was asked to look again may not touch the case any more; another one answers, on the same day."""

    title = "复查、复核移交"
    basis = "信访工作条例 第二十八条第三款、第三十五条、第三十六条"

    from_unit: str
    unit: str
    recheck: bool = False


class RecheckOpinionServed(Event):
    """The last opinion of the petition procedure is with the petitioner."""

    title = "复核意见书送达"
    basis = "信访工作条例 第三十六条"
    version = 2

    opinion_no: str
    result: ReviewResult
    document: UUID
    method: ServiceMethod
    served_at: datetime
    receipt: Words
    decided_by: str | None = None
    changed_to: Result | None = None
    """What the claim gets now, where the opinion before is changed."""


# The first versions had in clear what people typed.
words_before(ReviewOpinionServed, RemedyServedToPetitioner, RemedyServedAgain, RecheckOpinionServed)
