"""信访工作条例 第二十条第三款、第二十三条第二款: who speaks for those who came together is told for all of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts.intake import RepresentativesNamed
from contracts.mediation import PetitionersLearnt
from contracts.vocabulary import Role
from services.intake.domain import collective, filing
from services.intake.domain.registration import Registration
from services.mediation.domain import acceptance, receiving
from services.mediation.domain.acceptance import NoticeImpossible, NoticeOwed
from tests.harness import Servers, System
from tests.intake.filed import NOW, classified, facts, registered
from tests.mediation.cases import DIRECTORY, NOTIFIED, OPENED, UNIT, notify, opened
from tests.rules import refused, refuses
from tests.steps import HANDED_AT, NOTIFIED_AT, REGISTERED_AT, act, clocks, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")
SPEAKERS = [
    {"name": "张三", "address": "某县某街1号", "consents": True},
    {"name": "李四", "address": "某县某街2号", "consents": True},
]


def name(r: Registration, petition: UUID, *, named: bool = True, clear: bool = True) -> RepresentativesNamed:
    collective.name_representatives(
        r, petition, [uuid4()], ["0" * 64], None, all_consent=True, named=named, clear=clear, at=NOW
    )
    event = r.taken()[-1]
    assert isinstance(event, RepresentativesNamed)
    return event


class TestOnFile:
    async def test_visitors_are_clear_as_soon_as_one_who_speaks_is(self):
        crowd = registered(petition=(own := uuid4()), person_count=40, anonymous=True)
        name(crowd, own, named=False, clear=False)
        assert (crowd.anonymous, crowd.unclear) == (True, True)
        name(crowd, own, clear=False)
        assert (crowd.anonymous, crowd.unclear) == (False, True)
        assert not name(crowd, own).further
        assert (crowd.anonymous, crowd.unclear, crowd.others) == (False, False, ())

    async def test_visitors_who_joined_a_case_of_others_are_told_beside_them(self):
        case = classified()
        filing.attach(case, at=NOW, **facts(petition=(own := uuid4()), person_count=7, anonymous=True))
        assert name(case, own).further
        assert case.others == (own,)
        assert not name(case, own).further


class TestInTheUnit:
    async def test_notice_is_owed_as_soon_as_somebody_speaks_for_them(self):
        handling = opened(anonymous=True)
        with refuses(NoticeImpossible):
            notify(handling)
        receiving.learn_petitioners(handling, (), anonymous=False, unclear=False, at=OPENED)
        with refuses(NoticeOwed):
            acceptance.accept(handling, UNIT, "co-1", DIRECTORY, at=NOTIFIED)
        notify(handling)
        assert handling.accepted_at == NOTIFIED

    async def test_what_is_known_is_not_learnt_again(self):
        handling = opened()
        receiving.learn_petitioners(handling, (), anonymous=False, unclear=False, at=OPENED)
        assert not any(isinstance(event, PetitionersLearnt) for event in handling.taken())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def speak(county: System, receipt: dict[str, Any]) -> None:
    body = {"petition_id": receipt["petition_id"], "representatives": SPEAKERS}
    path = f"/cases/{receipt['case_id']}/representatives"
    ok(await county.send("intake", path, body, role=Role.intake_clerk, at=REGISTERED_AT))


@pytest.mark.parametrize("named", ["before it is told apart", "when a unit has it"])
async def test_collective_visit_is_told_of_acceptance(county: System, named: str):
    """第二十三条第二款: a notice is owed, and the one that is served ends the time for it."""
    receipt = await county.register(at=REGISTERED_AT, petitioner=None, person_count=40, channel="visit")
    case = receipt["case_id"]
    if named.startswith("before"):
        await speak(county, receipt)
    ok(await county.classify(case, at=REGISTERED_AT))
    ok(await county.forward(case, at=HANDED_AT))
    if named.startswith("when"):
        await speak(county, receipt)
    await county.caught_up()
    body = {"case_officer": "co-1"}
    refused(await act(county, case, "acceptance", body, role=Role.unit_receiver, at=NOTIFIED_AT), 409, NoticeOwed)
    ok(await county.notify(case, at=NOTIFIED_AT))
    found = {clock["code"]: clock["state"] for clock in await clocks(county, case)}
    assert found["C5"] == "running"
