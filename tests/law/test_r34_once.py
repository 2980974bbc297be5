"""第三十四条: a matter is made longer once, whichever unit or case it has come to, and each paper says the day that counts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.mediation import AcceptanceNotified, HandlingExtended, HandlingOpened, HandlingReturned
from contracts.vocabulary import DocumentKind, ReviewResult, Role
from services.intake.domain.acceptance import answered_by
from services.intake.domain.saying import said
from services.mediation.domain import mediating, receiving, timing
from services.mediation.domain.handling import Handling
from services.mediation.domain.timing import AlreadyExtended, ExtensionTooLate
from tests.harness import UNIT as DEPARTMENT
from tests.harness import Servers, System
from tests.law.test_r32_a_paper_says_what_is_so import OPENED, SERVED, facts, happened
from tests.mediation.cases import (
    DIRECTORY,
    HEARD,
    OTHER,
    REVIEWED,
    UNIT,
    accepted,
    after,
    agreed,
    delivered,
    heard,
    notify,
    open_,
    opened,
    reviewed,
)
from tests.rules import at, refused, refuses
from tests.steps import HEARD_AT, document, ok, open_county
from tests.steps import accepted as accepted_case

LATE = at("2025-09-20")


def extend(
    h: Handling, on: datetime = HEARD, days: int = 30, before: tuple[Handling, ...] = (), unit: str = UNIT
) -> None:
    head = {UNIT: "head-1", OTHER: "head-2"}[unit]
    timing.extend(h, unit, days, head, uuid4(), "延1号", delivered(on), DIRECTORY, before=before, at=on)


# ------------------------------------------------------------------------------- once


def test_unit_that_gets_a_case_after_its_time_was_made_longer_does_not_make_it_longer_again():
    """延长期限不得超过30日."""
    handling = after(heard(), extend, lambda h: receiving.give_back(h, UNIT, at=HEARD))
    after(handling, lambda h: open_(h, OTHER, HEARD), lambda h: notify(h, OTHER, HEARD))
    with refuses(AlreadyExtended):
        extend(handling, unit=OTHER)


@pytest.mark.parametrize("ended", [True, False])
def test_case_that_another_one_has_gone_into_or_that_has_come_from_one_has_had_its_time(ended: bool):
    source = after(heard(), lambda h: extend(h, days=10))
    if ended:
        receiving.stop(source, receiving.StopReason.merged, at=HEARD)
    with refuses(AlreadyExtended):
        extend(accepted(), before=(source,))
    extend(accepted(), before=(heard(),))


# ------------------------------------------------------------------------------- from when


def test_time_runs_from_the_day_by_which_the_petitioner_was_to_be_told():
    """Fifteen days from 26 August, and sixty: 9 November is a Sunday."""
    handling = after(opened(), lambda h: notify(h, now=LATE))
    assert timing.decide_until(handling) == date(2025, 11, 10)
    with refuses(ExtensionTooLate):
        extend(handling, at("2025-11-11"))


def test_unit_that_gets_the_case_back_has_no_more_time_than_it_had():
    """第二十四条."""
    handling = after(opened(), lambda h: receiving.give_back(h, UNIT, at=HEARD))
    after(handling, lambda h: open_(h, OTHER, HEARD), lambda h: receiving.give_back(h, OTHER, at=LATE))
    after(handling, lambda h: open_(h, UNIT, LATE), lambda h: notify(h, now=at("2025-09-30")))
    assert timing.decide_until(handling) == date(2025, 11, 10)


def test_part_has_no_more_time_than_the_whole():
    """Accepted on 27 August: 26 October is a Sunday."""
    part = after(opened(), lambda h: notify(h, now=at("2025-09-09")))
    assert timing.decide_until(part) == date(2025, 11, 10)
    assert timing.decide_until(part, (accepted(),)) == date(2025, 10, 27)


def test_what_is_handled_anew_has_sixty_days_from_there():
    """第三十五条 撤销; 调解协议未履行."""
    assert timing.decide_until(reviewed(ReviewResult.revoke)) == date(2025, 11, 19)
    broken = after(agreed(), lambda h: mediating.report_breach(h, UNIT, uuid4(), at=REVIEWED))
    assert timing.decide_until(broken) == date(2025, 11, 19)


# ------------------------------------------------------------------------------- what a paper says


def went_to(unit: str, on: str) -> Any:
    return happened(HandlingOpened, on, by=unit, **OPENED | {"unit": unit})


def told(on: str, by: str = "RSJ") -> Any:
    return happened(
        AcceptanceNotified, on, by=by, notice_no="受1号", case_officer="co-1", **SERVED | {"served_at": at(on)}
    )


BACK_AND_FORTH = (
    went_to("RSJ", "2026-03-02"), happened(HandlingReturned, "2026-03-04", unit="RSJ"),
    went_to("SZF", "2026-03-05"), happened(HandlingReturned, "2026-03-10", unit="SZF"),
    went_to("RSJ", "2026-03-18"), told("2026-03-30"),
)  # fmt: skip


def test_notice_of_acceptance_after_back_and_forth_says_the_day_that_counts():
    """第二十三条第三款、第三十四条: what the petitioner reads is what the clock says."""
    assert "2026年5月18日" in said(DocumentKind.acceptance_notice, facts(*BACK_AND_FORTH)).items["due_on"]
    extended = happened(
        HandlingExtended, "2026-05-08", days=10, approved_by="head-1", reasons=uuid4(), notice_no="延1号", **SERVED
    )
    so = said(DocumentKind.extension_notice, facts(*BACK_AND_FORTH, extended))
    assert so.items["new_due_on"] == "延长10日，至2026年5月26日止。"


def test_who_was_told_in_time_before_it_was_given_back_waits_from_there():
    given_back = (
        went_to("RSJ", "2026-03-02"),
        told("2026-03-03"),
        happened(HandlingReturned, "2026-03-04", unit="RSJ"),
    )
    again = (went_to("SZF", "2026-03-05"), told("2026-03-09", "SZF"))
    assert answered_by([fact.event for fact in (*given_back, *again)]) == date(2026, 5, 6)


# ------------------------------------------------------------------------------- by the servers


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


@pytest.mark.asyncio(loop_scope="module")
async def test_case_that_took_over_an_extended_one_is_not_made_longer_again(county: System):
    first, second = await accepted_case(county), await accepted_case(county)

    async def longer(case: str):
        body = {"days": 10, "reasons": await document(county, case), "method": "post", "receipt": "EMS-1"}
        head = {"role": Role.unit_head, "actor": "head-1", "unit": DEPARTMENT, "at": HEARD_AT}
        return await county.send("mediation", f"/cases/{case}/extension", body, **head)

    ok(await longer(second))
    body = {"into": first}
    ok(await county.send("intake", f"/cases/{second}/merger", body, role=Role.bureau_officer, at=HEARD_AT))
    refused(await longer(first), 409, AlreadyExtended)
