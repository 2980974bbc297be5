"""What intake does when something has happened elsewhere."""

from __future__ import annotations

from datetime import datetime

from contracts.mediation import (
    CaseClosed,
    CaseReopened,
    CaseTerminated,
    ClassificationLearnt,
    NoticeServedAgain,
    OpinionServed,
    OpinionTakenBack,
    RecheckOpinionServed,
    RecusalDecided,
    RecusalDeclared,
    RouteDetermined,
    SuggestionReplied,
)
from contracts.vocabulary import ReturnedPaper, ReviewResult
from services.chassis.reactions import Reactions
from services.intake.domain import acceptance, classification, filing, rating
from services.intake.domain.registration import Registration

REACTIONS = Reactions()


@REACTIONS.on(CaseClosed, Registration)
def conclude(registration: Registration, _: CaseClosed, at: datetime) -> None:
    """Whoever asks by query code is told that the case is closed."""
    filing.conclude(registration, at=at)


@REACTIONS.on(CaseReopened, Registration)
def go_on(registration: Registration, _: CaseReopened, at: datetime) -> None:
    """What was at its end is not."""
    filing.go_on(registration, at=at)


@REACTIONS.on(CaseTerminated, Registration)
def conclude_for_good(registration: Registration, _: CaseTerminated, at: datetime) -> None:
    """Whoever asks by query code is told that there is no further remedy in the petition procedure."""
    filing.conclude(registration, at=at)


@REACTIONS.on(RouteDetermined, Registration)
def learn_route(registration: Registration, event: RouteDetermined, at: datetime) -> None:
    """Who has an opinion rates it by the way that the case has gone."""
    classification.learn_route(registration, event.route, at=at)


@REACTIONS.on(ClassificationLearnt, Registration)
def learn_last_word(registration: Registration, event: ClassificationLearnt, at: datetime) -> None:
    """What was put right here while the unit found something else holds, as it does where the case is handled."""
    classification.learn_route(registration, event.route, at=at)


@REACTIONS.on(OpinionServed, Registration)
def learn_opinion(registration: Registration, event: OpinionServed, at: datetime) -> None:
    """The petitioner has an opinion and may rate it."""
    rating.learn_answer(registration, event.served_at, at=at)


@REACTIONS.on(OpinionTakenBack, Registration)
def unlearn_opinion(registration: Registration, event: OpinionTakenBack, at: datetime) -> None:
    """The opinion that came back is none any more; what had not been sent yet was none here."""
    if event.waits_since is not None:
        rating.unlearn_answer(registration, at=at)


@REACTIONS.on(SuggestionReplied, Registration)
def learn_reply(registration: Registration, event: SuggestionReplied, at: datetime) -> None:
    """Whoever made a suggestion has a reply and may rate it."""
    rating.learn_answer(registration, event.served_at, at=at)


@REACTIONS.on(NoticeServedAgain, Registration)
def learn_reply_again(registration: Registration, event: NoticeServedAgain, at: datetime) -> None:
    """Whoever made a suggestion has the reply that came back."""
    if event.paper is ReturnedPaper.reply:
        rating.learn_answer(registration, event.served_at, at=at)


@REACTIONS.on(RecheckOpinionServed, Registration)
def learn_recheck(registration: Registration, event: RecheckOpinionServed, at: datetime) -> None:
    """The matter is settled, unless the recheck has ordered that it be handled anew."""
    if event.result is not ReviewResult.revoke:
        acceptance.exhaust(registration, event.served_at, at=at)


@REACTIONS.on(RecusalDeclared, Registration)
def learn_declared(registration: Registration, event: RecusalDeclared, at: datetime) -> None:
    """Somebody has stepped aside, and does nothing here either."""
    filing.learn_recusal(registration, event.officer, recused=True, at=at)


@REACTIONS.on(RecusalDecided, Registration)
def learn_decided(registration: Registration, event: RecusalDecided, at: datetime) -> None:
    """It is decided whether somebody keeps out."""
    filing.learn_recusal(registration, event.officer, recused=event.granted, at=at)
