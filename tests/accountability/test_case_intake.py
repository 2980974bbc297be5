"""What the events of intake mean to the Case."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.event import Event, typed_before
from contracts.intake import (
    CaseMerged,
    CaseSplit,
    CaseWithdrawn,
    ConfidentialTrackOpened,
    NotAcceptedNotified,
    PetitionsTakenOver,
    UrgentMatterNoted,
    WithdrawalRequested,
    WithdrawalRevoked,
)
from contracts.vocabulary import NotAcceptedGround, ServiceMethod
from services.accountability.case import Case
from tests.rules import at

CASE, OTHER = uuid4(), uuid4()
NOW = at("2025-09-01")


def folded(*happened: tuple[type[Event], dict[str, Any]]) -> Case:
    case = Case(case_id=CASE, petitions=1, received_at=NOW)
    for seq, (kind, fields) in enumerate(happened, 1):
        case.take(seq, kind(originator_id=CASE, originator_version=seq, timestamp=NOW, **fields))
    return case


NOTICE: dict[str, Any] = {
    "unit": "XFJ",
    "ground": NotAcceptedGround.not_within_power,
    "competent_body": "县人民法院",
    "notice_no": "不受1",
    "method": ServiceMethod.post,
    "served_at": NOW,
    "receipt": typed_before("EMS-1"),
}
WISH = (WithdrawalRequested, {"document": OTHER, "effective_on": date(2025, 9, 16)})


@pytest.mark.parametrize(
    ("kind", "fields", "state"),
    [
        (CaseMerged, {"into": OTHER}, "merged"),
        (CaseSplit, {"children": (OTHER,)}, "split"),
        (ConfidentialTrackOpened, {"organ": "JW", "receipt_no": "密1"}, "discipline_track"),
        (NotAcceptedNotified, NOTICE, "not_accepted"),
        (CaseWithdrawn, {"document": OTHER}, "withdrawn"),
    ],
)
def test_case_is_where_intake_says(kind: type[Event], fields: dict[str, Any], state: str):
    assert folded((kind, fields)).state == state


def test_merged_case_says_where_it_went():
    assert folded((CaseMerged, {"into": OTHER})).merged_into == OTHER


def test_petitions_taken_over_count_and_bring_the_earliest_day():
    early = at("2025-08-01")
    petitions: tuple[UUID, ...] = (uuid4(), uuid4())
    case = folded((PetitionsTakenOver, {"from_case": OTHER, "petitions": petitions, "received_at": early}))
    assert (case.petitions, case.received_at) == (3, early)


@pytest.mark.parametrize("end", [(WithdrawalRevoked, {}), (CaseWithdrawn, {"document": OTHER})])
def test_wish_to_withdraw_stands_until_it_is_revoked_or_confirmed(end: tuple[type[Event], dict[str, Any]]):
    assert folded(WISH).withdrawal_on == date(2025, 9, 16)
    assert folded(WISH, end).withdrawal_on is None


def test_urgent_matter_is_urgent_since_it_was_known():
    early = at("2025-08-31")
    assert folded((UrgentMatterNoted, {"known_at": early})).urgent_since == early
