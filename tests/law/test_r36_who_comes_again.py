"""第三十六条: who presides where a case is looked at for the last time, and who says that it is not accepted any more."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.mediation import HearingOpened
from contracts.vocabulary import Role
from services.chassis.errors import NotFound
from services.intake.domain import acceptance, filing
from services.intake.domain.acceptance import NotAddressed
from services.mediation.domain import remedy
from services.mediation.domain.inquiry import PresiderHandles
from tests.harness import System
from tests.intake import filed
from tests.mediation.cases import (
    DIRECTORY,
    RECHECK_ASKED,
    RECHECKER,
    after,
    ask_recheck,
    reviewed,
    the_event,
)
from tests.rules import at, refused, refuses
from tests.steps import attached, closed, ok


class TestPresider:
    """第二款: 复核机关、单位可以……举行听证; 第二十八条第三款: nobody looks again at their own work."""

    @pytest.mark.parametrize("part", ["handlers", "reviewers"])
    def test_nobody_presides_who_has_handled_or_reviewed(self, part: str):
        handling = after(reviewed(), ask_recheck)
        for officer in getattr(handling, part):
            with refuses(PresiderHandles):
                remedy.open_recheck_hearing(handling, RECHECKER, officer, DIRECTORY, public=True, at=RECHECK_ASKED)

    def test_somebody_else_does(self):
        handling = after(reviewed(), ask_recheck)
        assert handling.reviewers
        remedy.open_recheck_hearing(handling, RECHECKER, "presider-1", DIRECTORY, public=True, at=RECHECK_ASKED)
        assert the_event(handling, HearingOpened).presider == "presider-1"


class TestNoLongerAccepted:
    """第三款: 各级党委和政府信访部门和其他机关、单位不再受理."""

    def test_who_received_it_says_so_and_who_handled_the_case(self):
        registration, petition = filed.closed(), uuid4()
        facts = filed.facts(petition=petition, receiving_unit="JYJ")
        filing.attach(registration, at=at("2026-05-11"), **facts)
        for unit in ("JYJ", "RSJ"):
            acceptance.must_be_addressed(registration, petition, unit, "RSJ")
        for other in ("ZJJ", "XFJ"):
            with refuses(NotAddressed):
                acceptance.must_be_addressed(registration, petition, other, "RSJ")


async def test_handling_unit_answers_who_comes_again_and_a_stranger_does_not(county: System):
    case = await closed(county)
    await county.caught_up()
    petition = (await attached(county, case))["petition_id"]
    body = {"petition_id": petition, "method": "post", "receipt": "EMS-1"}
    path, role = f"/cases/{case}/repeat-answer", Role.unit_receiver
    refused(await county.send("intake", path, body, role=role, unit="JYJ"), 404, NotFound)
    ok(await county.send("intake", path, body, role=role, unit="RSJ"))
