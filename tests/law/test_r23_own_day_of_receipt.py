"""信访工作条例 第二十三条第三款 自收到之日起: a further petitioner is told of the day on which their own letter came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.event import Event, typed_before
from contracts.intake import CaseRegistered, PetitionAttached, PetitionsTakenOver
from contracts.mediation import AcceptanceNotified, HandlingOpened, PetitionerNotified
from contracts.vocabulary import DocumentKind, ServiceMethod
from services.chassis.history import Fact
from services.intake.domain.saying import said
from tests.law.test_r32_a_paper_says_what_is_so import OPENED, facts, happened
from tests.rules import at

SECOND = UUID(int=2)


def sent(on: str) -> dict[str, Any]:
    return {"method": ServiceMethod.post, "served_at": at(on), "receipt": typed_before("EMS-1")}


ACCEPTED = (
    happened(HandlingOpened, "2025-08-26", **OPENED),
    happened(AcceptanceNotified, "2025-08-27", notice_no="受1号", case_officer="co-1", **sent("2025-08-27")),
)
TOLD = happened(PetitionerNotified, "2025-09-10", petition=SECOND, notice_no="受2号", **sent("2025-09-10"))


def letter(of: type[Event], on: str, to: str = "XFJ", received: str | None = None) -> Fact:
    return happened(of, on, by=to, petition=SECOND, receiving_unit=to, received_at=at(received or on))


def taken_over(on: str) -> Fact:
    return happened(PetitionsTakenOver, on, by="XFJ", from_case=uuid4(), petitions=(SECOND,), received_at=at(on))


def received(*told: Fact, before: Sequence[Sequence[Fact]] = ()) -> str:
    whose = facts(*told, *ACCEPTED, TOLD, petition=SECOND, before=before)
    whose.registration.others = (SECOND,)
    return said(DocumentKind.acceptance_notice, whose).items["received_on"]


@pytest.mark.parametrize(
    ("told", "on"),
    [
        ((letter(PetitionAttached, "2025-09-01"),), "2025年9月1日"),
        ((letter(PetitionAttached, "2025-09-01", received="2025-08-30"),), "2025年9月1日"),
        ((letter(PetitionAttached, "2025-09-01", "RSJ", "2025-08-30"),), "2025年8月30日"),
        ((letter(PetitionAttached, "2025-08-25"),), "2025年8月26日"),
        ((), "2025年8月26日"),
    ],
    ids=["through the bureau", "through the bureau that had it", "the unit itself", "with the case", "in a part"],
)
def test_letter_that_joined_the_case_came_when_the_unit_had_it(told: tuple[Fact, ...], on: str):
    assert received(*told) == on


def test_first_petitioner_is_told_of_their_own_day():
    whose = facts(letter(PetitionAttached, "2025-09-01"), *ACCEPTED, TOLD)
    assert said(DocumentKind.acceptance_notice, whose).items["received_on"] == "2025年8月26日"


@pytest.mark.parametrize(
    ("before", "on"),
    [
        ([[letter(CaseRegistered, "2025-08-30"), happened(HandlingOpened, "2025-09-02", **OPENED)]], "2025年9月2日"),
        ([[letter(CaseRegistered, "2025-08-30", "RSJ", "2025-08-29")]], "2025年8月29日"),
        ([[letter(CaseRegistered, "2025-08-30")]], "2025年9月8日"),
        (
            [[letter(CaseRegistered, "2025-08-30"), happened(HandlingOpened, "2025-09-02", **OPENED | {"unit": "X"})]],
            "2025年9月8日",
        ),
        (
            [
                [letter(CaseRegistered, "2025-08-30")],
                [happened(HandlingOpened, "2025-08-28", **OPENED), taken_over("2025-09-03")],
            ],
            "2025年9月3日",
        ),
    ],
    ids=[
        "with a case that it had",
        "at the unit itself",
        "with this one",
        "from another unit",
        "by way of another one",
    ],
)
def test_letter_that_came_with_another_case_came_when_the_unit_had_that(before: list[list[Fact]], on: str):
    assert received(taken_over("2025-09-08"), before=before) == on
