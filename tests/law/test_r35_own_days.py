"""信访工作条例 第三十五条、第三十六条: each of several petitioners has days of their own to ask, counts by them, and sees them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from contracts.vocabulary import Result, Role
from services.mediation.domain import opinion, receiving, remedy
from services.mediation.domain.handling import Handling
from services.mediation.domain.remedy import NothingToReview, RecheckTooLate, ReviewTooLate
from tests.harness import UNIT, Servers, System
from tests.law.test_r21_by_code import by_code, code_of, told
from tests.law.test_r35_came_back import OPINION, came_back
from tests.mediation import cases
from tests.mediation.cases import CASE, REVIEWED, REVIEWER, SERVED, after, ask_review, delivered, review, served
from tests.rules import at, refuses
from tests.steps import attached, ok, open_county
from tests.steps import served as serve_case
from tests.units import COUNTY

FIRST, SECOND = UUID(int=1), UUID(int=2)
LATER = SERVED + timedelta(days=17)
"""When the second petitioner was served: until 20 October, where the first one's days are over on the ninth."""


def of_two(second: datetime | None = LATER) -> Handling:
    h = after(served(Result.explain), lambda h: receiving.learn_petitioners(h, (SECOND,), at=SERVED))
    if second is not None:
        opinion.serve_another(h, UNIT, SECOND, delivered(second), at=second)
    return h


def ask(h: Handling, *of: UUID, on: str) -> None:
    remedy.request_review(h, None, remedy.Request(at(on), CASE), COUNTY, *of, at=at(on))


def ask_last(h: Handling, *of: UUID, on: datetime) -> None:
    remedy.request_recheck(h, None, remedy.Request(on, CASE), COUNTY, *of, at=on)


class TestReview:
    def test_each_has_a_last_day(self):
        h = of_two()
        days = [remedy.review_until(h, *of) for of in ((FIRST,), (SECOND,), ())]
        assert days == [date(2025, 10, 9), date(2025, 10, 20), date(2025, 10, 20)]

    def test_late_request_does_not_count_by_the_day_of_another(self):
        with pytest.raises(ReviewTooLate, match="2025-10-09"):
            ask(of_two(), FIRST, on="2025-10-15")

    def test_request_counts_by_the_own_day(self):
        h = of_two()
        ask(h, SECOND, on="2025-10-15")
        assert h.remedy_pending
        with pytest.raises(ReviewTooLate, match="2025-10-09"):
            ask(h, FIRST, on="2025-10-15")

    def test_first_who_was_served_again_has_the_later_day(self):
        h = came_back(of_two(SERVED), OPINION)
        assert remedy.review_until(h, FIRST) == date.max
        assert remedy.review_until(h, SECOND) == date(2025, 10, 9)

    def test_time_has_not_begun_for_whom_the_opinion_has_not_reached(self):
        h = of_two(None)
        ask(h, SECOND, on="2025-10-15")
        assert h.remedy_pending

    def test_whose_request_it_is_need_not_be_said(self):
        h = of_two()
        ask(h, on="2025-10-15")
        assert h.remedy_pending

    def test_nobody_asks_about_an_opinion_that_nobody_has(self):
        h = after(cases.decided(), lambda h: receiving.learn_petitioners(h, (SECOND,), at=SERVED))
        with refuses(NothingToReview):
            ask(h, SECOND, on="2025-10-15")


class TestRecheck:
    def test_request_counts_by_the_own_day(self):
        h = of_two(SERVED)
        ask_review(h)
        review(h)
        later = REVIEWED + timedelta(days=17)
        remedy.serve_on_another(h, REVIEWER, SECOND, delivered(later), recheck=False, at=later)
        own, theirs = remedy.recheck_until(h, FIRST), remedy.recheck_until(h, SECOND)
        assert own is not None
        assert theirs is not None
        assert own < theirs
        between = at(str(own + timedelta(days=1)))
        with pytest.raises(RecheckTooLate, match=str(own)):
            ask_last(h, FIRST, on=between)
        ask_last(h, SECOND, on=between)
        assert h.remedy_pending


OTHER: dict[str, Any] = {"name": "李四", "id_no": "510107199003074514", "phone": "13900000002", "address": "某村二组"}
LATE = "2025-09-18T10:00:00+08:00"
BETWEEN = "2025-10-15T10:00:00+08:00"


@pytest.mark.asyncio(loop_scope="module")
class TestByCode:
    @pytest_asyncio.fixture(scope="module", loop_scope="module")
    async def county(self, servers: Servers):
        async with open_county(servers) as made:
            yield made

    async def test_each_code_shows_and_counts_by_the_own_day(self, county: System):
        """第三十五条: also the code of what a petitioner has sent once more."""
        case = await serve_case(county, "explain")
        first = await code_of(county, case)
        second = await attached(county, case, petitioner=OTHER)
        once_more = await attached(county, case, petitioner=OTHER)
        mine = await attached(county, case)
        await county.caught_up()
        sent = {"method": "post", "receipt": "EMS-12"}
        path = f"/cases/{case}/petitioners/{second['petition_id']}/opinion"
        ok(await county.send("mediation", path, sent, role=Role.case_officer, unit=UNIT, at=LATE))
        days = {first: "2025-10-09", mine["query_code"]: "2025-10-09"}
        days |= dict.fromkeys((second["query_code"], once_more["query_code"]), "2025-10-20")
        for code, last in days.items():
            running = (await told(county, code))["running"]
            assert [one["last_day"] for one in running if "复查" in one["title"]] == [last]
        for code in (first, mine["query_code"]):
            reply = await by_code(county, "/review", code, words="不服", at=BETWEEN)
            assert (reply.status_code, reply.json()["errors"][0]["code"]) == (409, ReviewTooLate.code)
        ok(await by_code(county, "/review", once_more["query_code"], words="不服", at=BETWEEN))

    async def test_page_tells_no_day_by_which_another_one_is_served(self, county: System):
        """第三十二条: that the second is still to have the opinion is not the first one's to wait for."""
        case = await serve_case(county, "explain")
        first = await code_of(county, case)
        second = await attached(county, case, petitioner=OTHER)
        titles = [
            [one["title"] for one in (await told(county, code))["running"]] for code in (first, second["query_code"])
        ]
        assert "处理意见书送达其他信访人" not in titles[0]
        assert "处理意见书送达其他信访人" in titles[1]
        assert "申请复查" not in titles[1]
