"""What the regulation lets happen, said a second time and in another way: by what must have happened before.

Nothing here asks the code under test. Each rule looks at the ledger of a case as an auditor would.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from contracts.envelope import Record
from contracts.event import Event
from tests.lifecycle.world import World

ENDED: Final = {
    "closed", "terminated", "withdrawn", "merged", "split", "not_accepted", "no_longer_accepted", "routed_out",
    "discipline_track", "set_apart",
}  # fmt: skip
"""States in which nobody has to act any more within the petition procedure."""
ANSWERED: Final = {
    "opinion_served", "review_served", "recheck_served", "suggestion_replied", "procedure_docketed",
    "agreement_signed", "agreement_performed",
}  # fmt: skip
"""States in which the petitioner has an answer."""
MOVES_DUE_DATES: Final = {"mediation.HandlingExtended.v2", "mediation.HearingClosed.v1"}
"""What may move a due date that runs (第三十四条, 第三十六条第二款)."""
INHERITS: Final = {"intake.PetitionsTakenOver.v1", "intake.CaseRegistered.v1"}
"""With what a case gets the days that ran in another one, those that had been added to them among them."""
DATED: Final = {f"accountability.Clock{what}" for what in ("Started.v2", "Extended.v2", "Advanced.v1")}
STOPPED: Final = ("CaseWithdrawn", "CaseMerged", "HandlingStopped")
_WHO: Final = {"HandlingOpened", "PetitionersLearnt"}
_AGAIN: Final = ("HandlingOpened", "HandlingReturned")


class Story:
    """A case as its ledger tells it."""

    def __init__(self, world: World, case: UUID) -> None:
        self.world, self.case = world, case

    def check(self, new: Sequence[Record]) -> None:
        """Check what has just been recorded against all that was before it."""
        for record in new:
            if record.case != self.case:
                continue
            position = self.world.ledger.index(record)
            before = [r for r in self.world.ledger[:position] if r.case == self.case]
            self._check(record, before)

    def _check(self, record: Record, before: Sequence[Record]) -> None:
        name = record.type.split(".")[1]
        if name in {"ClockExtended", "ClockRecalculated"}:
            source = next(r for r in self.world.ledger if r.id == record.event().extended_by)
            inherits = source.type in INHERITS and self._ran_elsewhere(record)
            assert source.type in MOVES_DUE_DATES or inherits, f"{source.type} has moved a due date"
        if name == "ClockAdvanced":
            assert record.event().due_on <= record.event().due_before, "a due date was moved later"
        if rule := RULES.get(name):
            history = History(before)
            assert rule(history, record.event()), f"{name} after {history.names}"

    def _ran_elsewhere(self, record: Record) -> bool:
        """Return whether a period of the same kind had that last day in the case that this one carries on."""
        clock = record.event()
        return any(
            (other.code, other.due_on) == (clock.code, clock.due_on)
            for other in (r.event() for r in self.world.ledger if r.case != self.case and r.type in DATED)
        )


class History:
    """The names and events before a moment; `since` tells only what the unit that has the case has done."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self.names = [r.type.split(".")[1] for r in records]

    def has(self, *names: str) -> bool:
        return any(name in self.names for name in names)

    def last(self, name: str) -> Event:
        return next(r for r in reversed(self.records) if r.type.split(".")[1] == name).event()

    def since(self, *names: str) -> History:
        found = [n for n, name in enumerate(self.names) if name in names]
        return History(self.records[found[-1] :] if found else self.records)

    @property
    def here(self) -> History:
        """Since the unit got the case, or one before it whose opinion is served and stands."""
        anew = [n for n, r in enumerate(self.records) if self.names[n] in _AGAIN and not _stands(r)]
        return History(self.records[anew[-1] :] if anew else self.records)

    @property
    def going_on(self) -> bool:
        again = self.since("CaseReopened")
        return not self.has(*STOPPED) and not again.has("CaseTerminated") and not again.here.has("CaseClosed")


def _stands(record: Record) -> bool:
    return bool(getattr(record.event(), "answered", False))


def _anonymous(h: History) -> bool:
    """Nobody has given a name, neither when the unit got the case nor with what came since."""
    came = h.since("HandlingOpened")
    said = [r.event() for r, name in zip(came.records, came.names, strict=True) if name in _WHO]
    return all(event.anonymous for event in said)


def _told_apart(h: History, *names: str) -> Event:
    """What the case was told apart as last, at the door or by those who are named beside."""
    said = {"CaseClassified", "ClassificationCorrected", *names}
    return [r for r, name in zip(h.records, h.names, strict=True) if name in said][-1].event()


def _heard(h: History) -> bool:
    kinds = {r.event().kind.value for r in h.here.records if r.type == "mediation.HandlingRecorded.v1"}
    route, kind = _told_apart(h, "RouteDetermined").route, _told_apart(h).kind
    needs = {"facts_verified"} if _anonymous(h) else {"facts_verified", "statement_heard"}
    ordinary = route.value == "petition_procedure" and kind.value == "appeal_for_resolution"
    return needs <= kinds if ordinary else True


def _answered(h: History) -> bool:
    return h.here.since("OpinionTakenBack").has(
        "OpinionServed", "SuggestionReplied", "ProcedureDocketed", "AgreementPerformed", "RecheckOpinionServed"
    )


def _issued(h: History) -> bool:
    return h.here.has("OpinionIssued") and not h.here.since("OpinionIssued").has("OpinionTakenBack")


def _nobody_has_it(h: History) -> bool:
    """What was served has come back from each of them (第三十五条 收到); who has left the case is answered elsewhere."""
    since = h.here.since("OpinionIssued")
    told = [(name, r) for name, r in zip(since.names, since.records, strict=True)]
    back = {r.event().entry for name, r in told if name == "DeliveryReturned"}
    gone = {r.event().petition for name, r in told if name == "PartingLearnt"}
    served = [r for name, r in told if name in {"OpinionServed", "PetitionerServed"}]
    return all(r.version in back or getattr(r.event(), "petition", None) in gone for r in served)


def _remedy_over(h: History, event: Event) -> bool:
    """Nobody may close while the petitioner may still ask (第三十五条, 第三十六条)."""
    if not h.here.has("OpinionServed") or h.here.since("OpinionServed").has("MediationAgreementSigned"):
        return True
    served = h.last("ReviewOpinionServed" if h.here.has("ReviewOpinionServed") else "OpinionServed").served_at
    return event.timestamp > served + timedelta(days=30) or h.here.has("RecheckOpinionServed")


def _reached(h: History) -> bool:
    """What came back was served again, unless whom it was for has asked about it or it was decided anew (第三十五条)."""
    for n, record in enumerate(h.here.records):
        if record.type == "mediation.DeliveryReturned.v2" and record.event().paper.value != "notice":
            after, entry = History(h.here.records[n + 1 :]), record.event().entry
            again = any(getattr(r.event(), "instead_of", None) == entry for r in after.records)
            if not again and not after.has(
                "ReviewRequested", "RecheckRequested", "NoticeServedAgain", "OpinionTakenBack"
            ):
                return False
    return True


HANDED: Final = ("CaseForwarded", "CaseAssigned")
Rule = Callable[[History, Any], bool]
RULES: Final[dict[str, Rule]] = {
    "CaseClassified": lambda h, e: not h.has("CaseClassified"),
    "ClassificationCorrected": lambda h, e: h.has("CaseClassified") and not h.here.has("OpinionServed"),
    "RouteDetermined": lambda h, e: h.going_on and h.here.has("HandlingOpened"),
    "CaseForwarded": lambda h, e: (
        h.has("CaseReceived")
        and not h.since("ObjectionUpheld", "CaseRecalled", "CasePassedOn").has("CaseForwarded", "CaseAssigned")
    ),
    "CaseAssigned": lambda h, e: (
        h.has("CaseReceived")
        and not h.since("ObjectionUpheld", "CaseRecalled", "CasePassedOn").has("CaseForwarded", "CaseAssigned")
    ),
    "JurisdictionObjected": lambda h, e: h.has("CaseForwarded", "CaseAssigned"),
    "ObjectionUpheld": lambda h, e: h.has("JurisdictionObjected"),
    "CasePassedOn": lambda h, e: h.has(*HANDED) and not h.since(*HANDED).has("AcceptanceNotified", "HandlingAccepted"),
    "LeadUnitDesignated": lambda h, e: h.has("JurisdictionDisputeReferred", "SharingAgreed"),
    "ConfidentialTrackOpened": lambda h, e: _told_apart(h).kind.value == "report_accusation",
    "RoutedToJudicial": lambda h, e: _told_apart(h).route.value == "judicial",
    "NotAcceptedNotified": lambda h, e: not h.has("AcceptanceNotified"),
    "AcceptanceNotified": lambda h, e: h.has("HandlingOpened") and not _anonymous(h),
    "HandlingAccepted": lambda h, e: h.last("HandlingOpened").anonymous or h.last("HandlingOpened").unclear,
    "HandlingExtended": lambda h, e: not h.here.since("ReviewOpinionServed").has("HandlingExtended") and e.days <= 30,
    "OpinionIssued": lambda h, e: h.going_on and h.here.has("AcceptanceNotified", "HandlingAccepted") and _heard(h),
    "OpinionTakenBack": lambda h, e: _issued(h) and _nobody_has_it(h),
    "OpinionServed": lambda h, e: h.going_on and _issued(h),
    "OpinionExecuted": lambda h, e: _issued(h),
    "MediationAgreementSigned": lambda h, e: h.going_on and (not e.mediated or h.here.has("MediationConsented")),
    "ReviewRequested": lambda h, e: h.here.has("OpinionServed"),
    "ReviewJoined": lambda h, e: h.here.has("ReviewRequested"),
    "RemedyServedToPetitioner": lambda h, e: h.here.has("RecheckOpinionServed" if e.recheck else "ReviewOpinionServed"),
    "RemedyServedAgain": lambda h, e: h.here.has("RecheckOpinionServed" if e.recheck else "ReviewOpinionServed"),
    "ReviewOpinionServed": lambda h, e: h.here.has("ReviewRequested"),
    "RecheckRequested": lambda h, e: h.here.has("ReviewOpinionServed"),
    "RecheckOpinionServed": lambda h, e: h.here.has("RecheckRequested"),
    "CaseClosed": lambda h, e: (
        h.going_on and _answered(h) and _remedy_over(h, e) and _reached(h) and _done(h) and _reported(h)
    ),
    "CaseTerminated": lambda h, e: not h.since("CaseReopened").has("CaseTerminated") and _done(h),
    "CaseReopened": lambda h, e: h.has("CaseClosed", "CaseTerminated") and h.here.has("OpinionServed"),
    "CaseWithdrawn": lambda h, e: (
        # A wish that came with a petition out of another case has the day that it had there.
        h.has("WithdrawalRequested") and e.timestamp.date() > h.last("WithdrawalRequested").effective_on
    ),
    "SatisfactionRecorded": lambda h, e: h.has("OpinionServed", "SuggestionReplied"),
    "ProcedureDocketed": lambda h, e: h.here.has("ProcedureImported"),
    "ProcedureRefused": lambda h, e: h.here.has("ProcedureImported") and not h.here.has("ProcedureDocketed"),
    "AgreementPerformed": lambda h, e: h.here.has("MediationAgreementSigned"),
}
"""By event: what must have happened before it."""


def _reported(h: History) -> bool:
    """Who has assigned the case has the report of its result (第二十二条第三项)."""
    mine = h.since("HandlingOpened", "HandlingCarriedOn")
    reports = [name for name in mine.names if name in {"ClosureReportSubmitted", "ClosureReportReturned"}]
    return mine.records[0].event().due_on is None or reports[-1:] == ["ClosureReportSubmitted"]


def _done(h: History) -> bool:
    """What was granted has been executed (第三十二条第二款)."""
    if not _issued(h) or h.here.since("OpinionIssued").has("MediationAgreementSigned"):
        return True
    if h.here.since("OpinionIssued").has("ReviewOpinionServed", "RecheckOpinionServed"):
        return True  # a changed opinion has its own course, which the tests of remedies look at
    return h.last("OpinionIssued").result.value != "support" or h.here.since("OpinionIssued").has("OpinionExecuted")
