"""退回: what was served came back, so nobody has had it, and whoever has sent it serves it again (0043)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts.event import Event
from contracts.mediation import (
    DeliveryReturned,
    NoticeServedAgain,
    OpinionServed,
    PetitionerServed,
    RecheckOpinionServed,
    RemedyServedAgain,
    RemedyServedToPetitioner,
    ReviewOpinionServed,
    SuggestionReplied,
)
from contracts.vocabulary import ReturnedPaper, ReviewResult, StopReason
from services.chassis.sent import Sent
from services.mediation.domain.guards import HasStopped, NoSuchPetitioner, go_on, must_be_open_to_ask
from services.mediation.domain.handling import Handling
from services.mediation.domain.opinion import AlreadyServed, NotDecided


def sent(event: Event) -> Sent:
    """Return what an event delivers, and to whom of several."""
    petition = getattr(event, "petition", None)
    if isinstance(event, NoticeServedAgain):
        return Sent(event.paper, petition)
    if isinstance(event, OpinionServed | PetitionerServed):
        return Sent(ReturnedPaper.opinion, petition)
    if isinstance(event, RemedyServedAgain | RemedyServedToPetitioner):
        return Sent(ReturnedPaper.recheck if event.recheck else ReturnedPaper.review, petition)
    if isinstance(event, ReviewOpinionServed | RecheckOpinionServed) and event.result is not ReviewResult.revoke:
        review = isinstance(event, ReviewOpinionServed)
        return Sent(ReturnedPaper.review if review else ReturnedPaper.recheck, petition)
    return Sent(ReturnedPaper.reply if isinstance(event, SuggestionReplied) else ReturnedPaper.notice, petition)


def record_return(h: Handling, returned: dict[str, Any], *, at: datetime) -> None:
    """Put on record that it came back; a case that was over because nobody seemed to ask goes on (第三十五条 收到).

    Whose case has gone into another one was told there of nothing, and is told again by who had sent it (第二十三条).
    """
    notice = returned["paper"] is ReturnedPaper.notice
    if h.stopped is not None and not (notice and h.stopped is StopReason.merged):
        raise HasStopped
    if returned["petition"] is not None and returned["petition"] not in h.others:
        raise NoSuchPetitioner  # who has left the case is answered in their own
    steps = {
        ReturnedPaper.opinion: (h.issued_at, h.review_requested_at),
        ReturnedPaper.review: (h.review_served_at, h.recheck_requested_at),
        ReturnedPaper.recheck: (h.recheck_served_at, None),
    }
    said, asked = steps.get(returned["paper"], (at, None))
    if said is None:
        raise NotDecided
    if asked is not None:
        raise AlreadyServed
    if returned["paper"] in {ReturnedPaper.opinion, ReturnedPaper.review}:
        must_be_open_to_ask(h)
        go_on(h, at=at)
    whose = returned["petition"]
    answered = notice and (h.answered if whose is None else whose in h.others_served)
    h.record(DeliveryReturned, at=at, **returned, answered=answered)


def serve_notice_again(h: Handling, had: dict[str, Any], *, at: datetime) -> None:
    """Let whom it is for have what came back; what runs since it was sent runs on."""
    h.record(NoticeServedAgain, at=at, **had)
