"""人民调解法 第十五条、第十九条: who is removed mediates no longer, also where a mediation goes on; another one is named."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from contracts.mediation import MediationFailed, MediationOffered, MediatorRemoved
from contracts.vocabulary import ClockOutcome, RemovalGround, Role, Side
from services.chassis.charge import NotOfTheUnit
from services.mediation.domain import mediating
from services.mediation.domain.committees import MediatorIsRemoved
from services.mediation.domain.guards import NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from services.mediation.domain.mediating import MediationUnderWay, NoMediation, NotBothConsented
from tests.harness import BUREAU, COMMITTEE, UNIT, System
from tests.law.ledger import Ledger
from tests.mediation.cases import COMMITTEE as BODY
from tests.mediation.cases import DIRECTORY, HEARD, OTHER, accepted, after, consent, mediated, offer, sign
from tests.rules import refused, refuses
from tests.steps import HEARD_AT, SYSTEM, accepted_of_one, ok


def name(handling: Handling, mediator: str, unit: str = BODY, *, gone: bool = True, **more: Any) -> None:
    mediating.name_mediator(handling, unit, mediator, DIRECTORY, at=HEARD, **{"gone": gone, "registered": True} | more)


class TestWhoWasRemoved:
    """予以罢免或者解聘."""

    def test_side_does_not_consent_to_them(self):
        with refuses(MediatorIsRemoved):
            mediating.consent_to_mediation(after(accepted(), offer), BODY, Side.petitioner, gone=True, at=HEARD)

    def test_does_not_say_what_a_side_wants(self):
        with refuses(MediatorIsRemoved):
            mediating.refuse_mediation(after(accepted(), offer), BODY, Side.other_party, gone=True, at=HEARD)

    def test_does_not_end_it(self):
        with refuses(MediatorIsRemoved):
            mediating.fail_mediation(mediated(), BODY, None, gone=True, at=HEARD)

    def test_signs_no_agreement(self):
        """第二十九条第二款: 人民调解员签名."""
        with refuses(MediatorIsRemoved):
            mediating.sign_agreement(mediated(), UNIT, "1", HEARD.date(), uuid4(), (), gone=True, at=HEARD)


class TestAnotherOne:
    @pytest.mark.parametrize("unit", [BODY, UNIT])
    def test_is_named_by_the_committee_or_by_whose_case_it_is(self, unit: str):
        """第十九条: 人民调解委员会……可以指定."""
        handling = mediated()
        name(handling, "m-2", unit)
        assert (handling.mediator, handling.mediator_unit, handling.state) == ("m-2", BODY, "mediation")

    def test_is_accepted_by_both_sides_anew(self):
        """第二十三条第一项: 选择或者接受人民调解员."""
        handling = mediated()
        name(handling, "m-2")
        with refuses(NotBothConsented):
            sign(handling)
        for side in Side:
            consent(handling, side)
        sign(handling)

    def test_is_named_by_nobody_else(self):
        with refuses(NotTheHandlingUnit):
            name(mediated(), "m-2", OTHER)

    def test_is_somebody_who_may_mediate(self):
        with refuses(NotOfTheUnit):
            name(mediated(), "nobody", registered=False)
        with refuses(MediatorIsRemoved):
            name(mediated(), "mediator-1", removed=True)

    def test_is_not_named_while_the_first_one_is_in_office_nor_where_nothing_is_mediated(self):
        with refuses(MediationUnderWay):
            name(mediated(), "m-2", gone=False)
        with refuses(NoMediation):
            name(accepted(), "m-2", UNIT)


def test_mediation_that_ends_meanwhile_needs_nobody():
    ledger = Ledger()
    ledger.tell(MediatorRemoved, ground=RemovalGround.insult, document=uuid4(), unit="town", cases=(ledger.key,))
    assert ledger.duty("D52").holder == "town"
    ledger.tell(MediationFailed, document=uuid4())
    assert ledger.ended("D52").outcome is ClockOutcome.void


@pytest.mark.parametrize("heard_first", ["removal", "offer"])
def test_offer_from_before_the_removal_names_nobody_else(heard_first: str):
    """The removal belongs to no case, so either may be heard of first; it is the same what is owed."""
    ledger = Ledger()
    told = {
        "offer": lambda: ledger.tell(MediationOffered, on="2025-03-03", mediator="m-1", mediator_unit="town"),
        "removal": lambda: ledger.tell(
            MediatorRemoved, on="2025-03-10", ground=RemovalGround.insult, document=uuid4(), unit="town",
            cases=(ledger.key,),
        ),
    }  # fmt: skip
    told.pop(heard_first)()
    told.popitem()[1]()
    assert ledger.duty("D52").holder == "town"
    ledger.tell(MediationOffered, on="2025-03-11", mediator="m-2", mediator_unit="town")
    assert ledger.ended("D52").outcome is ClockOutcome.met


async def test_removal_is_felt_in_the_mediation_that_goes_on(county: System):
    case = (await accepted_of_one(county))["case_id"]
    head = {"role": Role.bureau_officer, "unit": BUREAU, "at": HEARD_AT}
    paper = str(uuid4())
    elected = {"unit": COMMITTEE, "setting": "village", "member_count": 5, "chair": "mediator-1", "has_woman": True}
    elected |= {"elected_on": "2025-01-06", "document": paper}
    committee = ok(await county.send("mediation", "/committees", elected, **head), 201)["committee_id"]
    ids = {}
    for who in ("M-1", "M-2"):
        named = {"mediator": who, "certificate_no": who}
        reply = await county.send("mediation", f"/committees/{committee}/mediators", named, **head)
        ids[who] = ok(reply, 201)["mediator_id"]
    offer = {"mediator": "M-1", "mediator_unit": COMMITTEE}
    handler: dict[str, Any] = {"role": Role.case_officer, "unit": UNIT, "at": HEARD_AT}
    removed: dict[str, Any] = {"role": Role.mediator, "unit": COMMITTEE, "actor": "M-1", "at": HEARD_AT}
    ok(await county.send("mediation", f"/cases/{case}/mediation", offer, **handler))
    await county.caught_up()  # a removal of another day comes after the offer; it belongs to no case
    body = {"ground": "partiality", "document": paper}
    ok(await county.send("mediation", f"/mediators/{ids['M-1']}/removal", body, **head))

    async def owed() -> list[str]:
        await county.caught_up()
        url = f"{county.url('accountability')}/duties?case={case}"
        items = ok(await county.client.get(url, headers=SYSTEM))["items"]
        return [one["holder"] for one in items if one["code"] == "D52"]

    assert await owed() == [COMMITTEE]
    for path, said in (
        ("consent", {"side": "other_party"}), ("refusal", {"side": "other_party"}), ("failure", {}),
        ("mediator", {"mediator": "M-2"}),
    ):  # fmt: skip
        refused(
            await county.send("mediation", f"/cases/{case}/mediation/{path}", said, **removed), 409, MediatorIsRemoved
        )
    ok(await county.send("mediation", f"/cases/{case}/mediation/mediator", {"mediator": "M-2"}, **handler))
    assert await owed() == []
    ok(
        await county.send(
            "mediation", f"/cases/{case}/mediation/consent", {"side": "other_party"}, **removed | {"actor": "M-2"}
        )
    )
