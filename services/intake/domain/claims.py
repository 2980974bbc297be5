"""诉求: how many claims a case holds, each of which has an answer of its own (第三十二条).

What belongs to one case is about one matter (第二十二条), so of several letters the one with the most claims counts;
who reads the letters and finds others lists them all. A claim that a letter holds is never dropped, and what somebody
has listed beside is so only by the petitioners' own word.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.intake import ClaimsCorrected, ClaimsListed
from services.chassis.errors import Refused
from services.intake.domain.guards import must_be_open
from services.intake.domain.registration import Registration


class ClaimDropped(Refused):
    """Who lists the claims of a case anew leaves none out."""

    code = "claim_dropped"
    title = "已登记的诉求只增不减"
    article = "信访工作条例 第二十二条、第三十二条"


class ClaimsAnsweredAlready(Refused):
    """What somebody asks for after the answer is another petition."""

    code = "claims_answered_already"
    title = "该事项已经答复，新的诉求另行登记"
    article = "信访工作条例 第三十二条"


class NothingOverstated(Refused):
    """Only what was listed beyond what there is is put right."""

    code = "nothing_overstated"
    title = "更正后的诉求项数应当少于已登记的项数"
    article = "信访工作条例 第三十二条"


class ClaimInLetter(Refused):
    """What a petitioner has written is asked for, whatever anybody says of it since."""

    code = "claim_in_letter"
    title = "来信来访载明的诉求不得更正为没有"
    article = "信访工作条例 第二十二条、第三十二条"


def list_claims(r: Registration, count: int, document: UUID, *, at: datetime, settled: bool = False) -> None:
    """List, as who has read the letters, more claims than were on file; a text says which they are."""
    must_be_open(r)
    if settled:
        raise ClaimsAnsweredAlready
    if count <= r.claims:
        raise ClaimDropped(f"已登记 {r.claims} 项")
    r.record(ClaimsListed, at=at, count=count, document=document)


def correct_claims(
    r: Registration, count: int, document: UUID, confirmation: UUID, *, written: int, at: datetime,
    settled: bool = False,
) -> None:  # fmt: skip
    """Put right that more claims were listed than there are: none of those `written` in one of the letters is."""
    must_be_open(r)
    if settled:
        raise ClaimsAnsweredAlready
    if count >= r.claims:
        raise NothingOverstated(f"已登记 {r.claims} 项")
    if count < written:
        raise ClaimInLetter(f"载明 {written} 项")
    r.record(
        ClaimsCorrected, at=at, before=r.claims, count=count, document=document, confirmation=confirmation
    )  # fmt: skip


def hold(r: Registration, count: int, *, at: datetime) -> None:
    """Hold so many claims at least."""
    if count > r.claims:
        r.record(ClaimsListed, at=at, count=count)


def tell_claims(r: Registration, *, at: datetime) -> None:
    """Let those who get the case from here know how many claims it holds: that was listed before they heard of it."""
    if r.claims > 1:
        r.record(ClaimsListed, at=at, count=r.claims)
