"""第十八条第二款、第二十八条第三款: whom a case complains of leads it no longer, and another one is named by a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from contracts.assignment import PlanFiled, SponsorAppointed, SponsorKeptOut
from contracts.event import typed_before
from contracts.intake import AccusedNamed, RecusalLearnt
from contracts.mediation import CaseClosed, CaseTerminated
from contracts.vocabulary import ClockOutcome, Result, Role, SponsorDuty, TerminationGround
from services.assignment.domain import sponsorship
from services.assignment.domain.campaign import Campaign
from services.chassis.directory import Directory
from services.chassis.recusal import OthersKeepOut
from tests.harness import BUREAU, Servers, System, until
from tests.law.ledger import BUREAU as RECEIVED
from tests.law.ledger import Ledger
from tests.rules import at, refused
from tests.steps import SYSTEM, classified, ok, open_county
from tests.units import COUNTY, staff

NOW = at("2025-09-01")
CASE = uuid4()
WORLD = Directory(
    {**COUNTY.units, "RSJ": replace(COUNTY.units["RSJ"], officers=staff(leader_1=Role.unit_head))},
)
ORDER: dict[str, Any] = {"order_no": typed_before("1号"), "duties": (SponsorDuty.resolve,)}


def led(sponsor: str = "leader-1") -> Campaign:
    campaign = Campaign.blank(Campaign.stream(CASE))
    sponsorship.appoint(campaign, CASE, typed_before("1号"), sponsor, [SponsorDuty.resolve], at=NOW, organiser="LXH")
    campaign.taken()
    return campaign


class TestCampaign:
    @pytest.mark.parametrize(
        ("units", "persons"), [((), ("leader-1",)), (("RSJ",), ()), (("XZF",), ())],
        ids=["by name", "as leader of the unit", "as leader of a unit under it"],
    )  # fmt: skip
    def test_whom_the_case_complains_of_later_leads_it_no_longer(self, units: Any, persons: Any):
        """应当回避."""
        campaign = led()
        sponsorship.learn_accused(campaign, units, persons, WORLD, at=NOW)
        [event] = campaign.pending_events
        assert isinstance(event, SponsorKeptOut)
        assert (event.sponsor, event.organiser) == ("leader-1", "LXH")
        assert (campaign.sponsor, campaign.state) == (None, "awaiting_sponsor")
        sponsorship.learn_accused(campaign, units, persons, WORLD, at=NOW)
        assert len(campaign.pending_events) == 1
        sponsorship.appoint(campaign, CASE, typed_before("2号"), "leader-2", [SponsorDuty.resolve], at=NOW)
        assert (campaign.sponsor, campaign.state) == ("leader-2", "sponsored")

    @pytest.mark.parametrize(("units", "persons"), [(("JYJ",), ()), ((), ("officer-7",)), (("ZF",), ())])
    def test_whom_it_does_not_complain_of_goes_on_leading_it(self, units: Any, persons: Any):
        campaign = led()
        sponsorship.learn_accused(campaign, units, persons, WORLD, at=NOW)
        sponsorship.keep_out(campaign, "officer-7", at=NOW)
        assert campaign.sponsor == "leader-1"

    def test_nobody_is_lost_who_was_never_named(self):
        campaign = Campaign.blank(Campaign.stream(CASE))
        sponsorship.learn_accused(campaign, ("RSJ",), ("leader-1",), WORLD, at=NOW)
        assert not campaign.exists


def lost(**facts: Any) -> Ledger:
    """A case that was led until its leader was complained of."""
    ledger = Ledger(sponsor="leader-1", **facts)
    ledger.tell(PlanFiled, due_on=date(2025, 3, 31), document=uuid4())
    ledger.tell(AccusedNamed, on="2025-03-05", units=(), persons=("leader-1",))
    ledger.tell(SponsorKeptOut, on="2025-03-05", sponsor="leader-1", organiser="LXH")
    return ledger


class TestDuty:
    def test_who_named_the_leader_names_another_within_five_working_days(self):
        """件件有着落; 第十八条第二款."""
        ledger = lost()
        assert (ledger.case.sponsor, ledger.duty("D13").officer) == (None, None)
        duty = ledger.duty("D59")
        assert (duty.holder, duty.due_on) == ("LXH", date(2025, 3, 12))
        ledger.tell(SponsorAppointed, on="2025-03-10", case=ledger.key, sponsor="leader-2", **ORDER)
        assert duty.outcome is ClockOutcome.met
        assert (ledger.duty("D13").officer, ledger.duty("D13").due_on) == ("leader-2", date(2025, 3, 31))

    def test_nobody_who_names_another_is_a_breach(self):
        ledger = lost()
        ledger.passes("2025-03-13")
        assert ledger.breaches() == ["D59"]

    def test_where_nobody_knows_who_named_the_leader_the_bureau_owes_it(self):
        ledger = Ledger(sponsor="leader-1")
        ledger.tell(SponsorKeptOut, on="2025-03-05", sponsor="leader-1")
        assert ledger.duty("D59").holder == RECEIVED

    def test_who_was_recused_is_led_past_as_well(self):
        ledger = Ledger(sponsor="leader-1")
        ledger.tell(RecusalLearnt, officer="leader-1", recused=True)
        ledger.tell(SponsorKeptOut, sponsor="leader-1", organiser="LXH")
        assert ledger.duty("D59").holder == "LXH"

    def test_case_that_is_over_needs_no_leader(self):
        ledger = lost()
        ledger.tell(CaseClosed, on="2025-03-10", result=Result.explain)
        assert ledger.ended("D59").outcome is ClockOutcome.void
        over = Ledger(sponsor="leader-1")
        over.tell(CaseTerminated, ground=TerminationGround.rechecked, document=None)
        over.tell(SponsorKeptOut, sponsor="leader-1", organiser="LXH")
        assert not over.duties("D59")


# -------------------------------------------------------------------------------------------- with all services


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(
            {"code": "JYJ", "kind": "department", "officers": {"leader-9": ["unit_head"]}},
            {"code": "XW", "kind": "party_committee", "officers": {"leader-1": ["sponsor_leader"]}},
            {"code": "RD", "officers": {"leader-5": ["sponsor_leader"]}},
        )
        yield made


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("sponsor", "accused"),
    [("leader-1", {"units": [], "persons": ["leader-1"]}), ("leader-9", {"units": ["JYJ"], "persons": []})],
    ids=["by name", "as leader of the unit"],
)
async def test_r28_late_accusation_ends_a_sponsorship_and_another_leader_is_owed(
    county: System, sponsor: str, accused: dict[str, Any]
):
    case = await classified(county)
    secretary: dict[str, Any] = {"role": Role.conference_secretary, "unit": BUREAU}
    order = {"order_no": "57号", "sponsor": sponsor, "duties": ["resolve"]}
    ok(await county.send("assignment", f"/cases/{case}/sponsor", order, **secretary))
    ok(await county.send("intake", f"/cases/{case}/accused", accused, role=Role.bureau_officer))

    async def owed() -> list[tuple[str, str]]:
        url = f"{county.url('accountability')}/duties?case={case}"
        duties = ok(await county.client.get(url, headers=SYSTEM))["items"]
        return [(duty["code"], duty["holder"]) for duty in duties if duty["code"] == "D59"]

    async def is_owed() -> bool:
        return await owed() == [("D59", BUREAU)]

    async def nothing_is_owed() -> bool:
        return await owed() == []

    await until(is_owed, "somebody owes another leader")
    shown = ok(await county.client.get(f"{county.url('assignment')}/cases/{case}/sponsorship", headers=SYSTEM))
    assert (shown["sponsor"], shown["state"]) == (None, "awaiting_sponsor")
    again = await county.send("assignment", f"/cases/{case}/sponsor", order, **secretary)
    refused(again, 403, OthersKeepOut)
    ok(await county.send("assignment", f"/cases/{case}/sponsor", order | {"sponsor": "leader-5"}, **secretary))
    await until(nothing_is_owed, "another leader is named")


def test_checker_sees_a_leader_whom_the_case_complains_of(monkeypatch: pytest.MonkeyPatch):
    """Mutant: an accusation says nothing to who leads the case."""
    monkeypatch.setattr(sponsorship, "keep_out", lambda *_, **__: None)
    with pytest.raises(ValueError, match="not enough values"):
        TestCampaign().test_whom_the_case_complains_of_later_leads_it_no_longer((), ("leader-1",))
