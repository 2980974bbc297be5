"""How a handling gets to a certain state without any server, for tests of its rules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.event import typed_before
from contracts.vocabulary import (
    Kind,
    Level,
    RecordKind,
    Result,
    ReviewResult,
    Role,
    Route,
    ServiceMethod,
    Side,
    UnitKind,
)
from services.mediation.domain import acceptance, ending, inquiry, mediating, opinion, receiving, remedy
from services.mediation.domain.delivery import Delivery
from services.mediation.domain.handling import Handling
from tests.rules import at
from tests.units import county, entry, staff

CASE = UUID("00000000-0000-4000-8000-000000000003")
OPENED, NOTIFIED, HEARD, SERVED = at("2025-08-26"), at("2025-08-27"), at("2025-08-28"), at("2025-09-01")
UNIT, OTHER = "RSJ", "JYJ"
COMMITTEE = "CWH"
DIRECTORY = county(
    entry(
        UNIT, sector_superior="SSWJ",
        officers=staff(head_1=Role.unit_head, co_1=Role.case_officer, co_2=Role.case_officer),
    ),
    entry(OTHER, officers=staff(head_2=Role.unit_head, co_3=Role.case_officer, presider_1=Role.hearing_presider)),
    entry(COMMITTEE, Level.village, "ZF", competent=False, officers=staff(mediator_1=Role.mediator)),
    entry("SSWJ", Level.city, "SZF", kind=UnitKind.department),
    entry(
        "XZF", parent="SZF", kind=UnitKind.government, officers=staff(governor=Role.unit_head, reviewer_1=Role.reviewer)
    ),
)  # fmt: skip
"""The small county, with people in it: a head of each unit, who handles, and who presides or mediates elsewhere."""
BOTH = (RecordKind.statement_heard, RecordKind.facts_verified)


def open_(handling: Handling, code: str = UNIT, now=OPENED, **facts: Any) -> None:
    known = {"unit_name": f"单位{code}", "registration_no": "XF20250825-ABCDEF", "route": Route.petition_procedure}
    receiving.receive(handling, at=now, unit=code, **(known | facts))


def notify(handling: Handling, code: str = UNIT, now=NOTIFIED, served_at=None, case_officer=None) -> None:
    officer = case_officer or {OTHER: "co-3"}.get(code, "co-1")
    acceptance.notify_acceptance(
        handling, code, "受1号", ServiceMethod.post, served_at or now, typed_before("EMS-1"), officer, DIRECTORY, at=now
    )


def put(handling: Handling, kind: RecordKind, code: str = UNIT, now=HEARD, held_at=None) -> None:
    inquiry.put_on_record(handling, code, kind, held_at or now, uuid4(), at=now)


def decide(handling: Handling, *results: Result, code: str = UNIT, now=HEARD, **more: Any) -> None:
    sent = {
        "legal_basis": typed_before("某法 第三条"),
        "document": uuid4(),
        "drafted_by": "co-1",
        "review_body": REVIEWER,
    } | more
    approved_by = sent.pop("approved_by", "head-1")
    draft = opinion.Draft(results or (Result.support,), **sent)
    opinion.issue_opinion(handling, code, "意1号", draft, approved_by, DIRECTORY, at=now)


def serve(handling: Handling, code: str = UNIT, now=SERVED, served_at=None) -> None:
    opinion.serve_opinion(handling, code, ServiceMethod.in_person, served_at or now, typed_before("R-1"), at=now)


def execute(handling: Handling, on: date, code: str = UNIT, now=SERVED) -> None:
    opinion.prove_execution(handling, code, on, uuid4(), at=now)


def close(handling: Handling, code: str = UNIT, now=None) -> None:
    ending.close(handling, code, at=now or at("2026-01-01"))


def opened(**facts: Any) -> Handling:
    return after(Handling.blank(CASE), lambda h: open_(h, **facts))


def accepted(**facts: Any) -> Handling:
    return after(opened(**facts), notify)


def heard(**facts: Any) -> Handling:
    return after(accepted(**facts), *(lambda h, kind=kind: put(h, kind) for kind in BOTH))


def decided(result: Result = Result.support, **facts: Any) -> Handling:
    return after(heard(**facts), lambda h: decide(h, result))


def served(result: Result = Result.support, served_at=SERVED, **facts: Any) -> Handling:
    return after(decided(result, **facts), lambda h: serve(h, now=served_at))


def closed() -> Handling:
    return after(served(Result.explain), close)


def returned() -> Handling:
    return after(heard(), lambda h: receiving.give_back(h, UNIT, at=HEARD))


def after(handling: Handling, *acts) -> Handling:
    for act in acts:
        act(handling)
    handling.taken()
    return handling


def the_event(handling: Handling, kind: type) -> Any:
    [event] = handling.taken()
    assert isinstance(event, kind)
    return event


# ------------------------------------------------------------------------------ further on

REVIEWER, RECHECKER = "XZF", "SZF"
REVIEW_ASKED, REVIEWED = at("2025-09-10"), at("2025-09-20")
RECHECK_ASKED, RECHECKED = at("2025-09-25"), at("2025-10-15")
BOTH_SIDES = (Side.petitioner, Side.other_party)


def delivered(on: datetime) -> Delivery:
    return Delivery(ServiceMethod.post, on, typed_before("EMS-9"))


def suggestion() -> Handling:
    return accepted(kind=Kind.suggestion)


def offer(handling: Handling, now=HEARD, other_party: str | None = "FACTORY") -> None:
    mediating.offer_mediation(handling, UNIT, "mediator-1", COMMITTEE, other_party, DIRECTORY, registered=False, at=now)


def consent(handling: Handling, side: Side) -> None:
    mediating.consent_to_mediation(handling, COMMITTEE, side, at=HEARD)


def sign(handling: Handling, due: tuple[date, ...] = (), on=date(2025, 8, 28), now=HEARD) -> None:
    mediating.sign_agreement(handling, UNIT, "调1号", on, uuid4(), due, at=now)


def mediated() -> Handling:
    """Both sides are talking."""
    return after(accepted(), offer, *(lambda h, side=side: consent(h, side) for side in BOTH_SIDES))


def agreed(*due: date) -> Handling:
    return after(mediated(), lambda h: sign(h, due))


def performed() -> Handling:
    return after(agreed(), lambda h: mediating.perform_agreement(h, UNIT, uuid4(), at=SERVED))


def ask_review(handling: Handling, body: str = REVIEWER, received_at=REVIEW_ASKED, now=None, posted_at=None) -> None:
    remedy.request_review(
        handling, body, remedy.Request(received_at, uuid4(), posted_at), DIRECTORY, at=now or received_at
    )


def review(
    handling: Handling, result=ReviewResult.uphold, body: str = REVIEWER, who="reviewer-1", changed_to=(),
    recheck_body: str = RECHECKER,
) -> None:  # fmt: skip
    verdict = remedy.Verdict(result, uuid4(), who, changed_to)
    remedy.serve_review(handling, body, "查1号", verdict, delivered(REVIEWED), recheck_body, DIRECTORY, at=REVIEWED)


def reviewed(result=ReviewResult.uphold, opinion: Result = Result.explain, **more: Any) -> Handling:
    return after(served(opinion), ask_review, lambda h: review(h, result, **more))


def ask_recheck(handling: Handling, body: str = RECHECKER, received_at=RECHECK_ASKED, now=None, posted_at=None) -> None:
    remedy.request_recheck(
        handling, body, remedy.Request(received_at, uuid4(), posted_at), DIRECTORY, at=now or received_at
    )


def recheck(handling: Handling, result=ReviewResult.uphold, body=RECHECKER, who="recheck-1", changed_to=()) -> None:
    verdict = remedy.Verdict(result, uuid4(), who, changed_to)
    remedy.serve_recheck(handling, body, "核1号", verdict, delivered(RECHECKED), at=RECHECKED)


def rechecked(result=ReviewResult.uphold, opinion: Result = Result.explain) -> Handling:
    return after(reviewed(opinion=opinion), ask_recheck, lambda h: recheck(h, result))
