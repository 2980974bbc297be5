"""人民调解法 第三十三条第三款: what the court finds void is owed by nobody; the sides agree anew, or the case is answered."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from contracts.event import typed_before
from contracts.mediation import ConfirmationRefused, MediationAgreementSigned
from contracts.vocabulary import CaseState, DocumentKind, HandlingState, Result, Role, Route
from services.intake.domain.acceptance import in_handling
from services.intake.domain.saying import NotSo, said
from services.mediation.domain import ending, mediating
from services.mediation.domain.ending import NotServed
from services.mediation.domain.handling import Handling
from services.mediation.domain.mediating import NoAgreement
from tests import steps
from tests.harness import COMMITTEE, System
from tests.law.ledger import Ledger
from tests.law.test_r19_not_accepted import ACCEPTED
from tests.law.test_r19_not_accepted import happened as entered
from tests.law.test_r22_report_of_any_answer import ASSIGNED, SIGNED
from tests.law.test_r31_the_unit_tells_apart import ACCEPTED_AT, accepted_as, running
from tests.law.test_r32_a_paper_says_what_is_so import facts, happened
from tests.mediation.cases import (
    BOTH,
    BOTH_SIDES,
    SERVED,
    UNIT,
    after,
    agreed,
    consent,
    decide,
    offer,
    put,
    sign,
)
from tests.mediation.test_mediating import file, ruling
from tests.rules import at, refused, refuses

ITEM = date(2025, 12, 1)
LATER = at("2025-09-05")


def void(h: Handling) -> None:
    file(h)
    ruling(h, confirmed=False)


class TestHandling:
    def test_the_sides_agree_anew(self):
        """可以……达成新的人民调解协议."""
        h = after(agreed(ITEM), void, offer, *(lambda h, side=side: consent(h, side) for side in BOTH_SIDES))
        sign(h, (ITEM,), date(2025, 9, 3), LATER)
        file(h, date(2025, 9, 4), now=LATER)
        assert (h.agreement_on, h.confirmation) == (date(2025, 9, 3), "filed")

    def test_the_sides_settle_by_themselves(self):
        """可以……变更原人民调解协议."""
        h = after(agreed(), void)
        mediating.sign_agreement(h, UNIT, "和1号", date(2025, 9, 3), uuid4(), (), settlement=True, at=LATER)
        assert h.state is HandlingState.agreement_signed

    def test_else_there_is_an_opinion(self):
        """第三十二条."""
        h = after(agreed(ITEM), void, *(lambda h, kind=kind: put(h, kind) for kind in BOTH))
        decide(h, Result.explain, now=SERVED)
        assert h.state is HandlingState.opinion_issued

    def test_nothing_is_performed_broken_or_closed(self):
        h = after(agreed(ITEM), void)
        for act in (mediating.perform_agreement, mediating.report_breach):
            with refuses(NoAgreement):
                act(h, UNIT, uuid4(), at=SERVED)
        with refuses(NotServed):
            ending.close(h, UNIT, at=SERVED)

    def test_sixty_days_run_from_where_they_began_and_with_what_they_were_extended_by(self):
        h = agreed()
        h.extended_by = 30
        void(h)
        assert h.accepted_at is not None
        assert h.taken()[-1].waits_since == h.accepted_at + timedelta(days=30)

    def test_what_is_confirmed_is_owed(self):
        h = after(agreed(ITEM), file)
        ruling(h, confirmed=True)
        assert h.items == {1: ITEM}


# ------------------------------------------------------------------------------- the clocks


def signed(route: Route, due: tuple[date, ...]) -> Ledger:
    ledger = accepted_as(route)
    ledger.tell(MediationAgreementSigned, on="2025-03-14", by="county-hr", agreement_no="1", document=uuid4(),
                effective_on=date(2025, 3, 14), performance_due=due, mediated=True)  # fmt: skip
    return ledger


@pytest.mark.parametrize("route", [Route.petition_procedure, Route.administrative_procedure])
@pytest.mark.parametrize(("due", "owed"), [((ITEM,), {"D16", "D17"}), ((), {"D8"})])
def test_what_was_void_is_owed_by_nobody_and_the_answer_is_by_its_day(route: Route, due, owed):
    ledger = signed(route, due)
    assert {clock.code for clock in ledger.duties()} == owed
    ledger.tell(ConfirmationRefused, on="2025-04-20", by="county-hr", ruling_no=typed_before("1"), decided_on=date(2025, 4, 18),
                waits_since=ACCEPTED_AT)  # fmt: skip
    assert {clock.code: clock.due_on for clock in ledger.duties()} == running(accepted_as(route))
    assert (ledger.case.state, ledger.case.result) == (CaseState.accepted, None)


# ------------------------------------------------------------------------------- at the door

VOID = happened(ConfirmationRefused, ruling_no=typed_before("民特1号"), decided_on=date(2025, 9, 20))


def test_no_paper_says_that_it_was_agreed():
    """第二十二条第三项: nor is it reported as the result."""
    of_committee = facts(ASSIGNED, SIGNED, VOID, unit="SFJ")
    assert said(DocumentKind.mediation_agreement, facts(ASSIGNED, SIGNED, unit="SFJ"))
    with refuses(NotSo):
        said(DocumentKind.mediation_agreement, of_committee)
    with refuses(NotSo):
        said(DocumentKind.closure_report, facts(ASSIGNED, SIGNED, VOID, unit="RSJ"))
    assert said(DocumentKind.mediation_agreement, facts(ASSIGNED, SIGNED, VOID, SIGNED, unit="SFJ"))


def test_unit_owes_the_answer_again():
    """第十九条第三款."""
    agreement, back = (entered(kind, "2025-09-10") for kind in (MediationAgreementSigned, ConfirmationRefused))
    assert in_handling((*ACCEPTED, agreement)) is None
    assert in_handling((*ACCEPTED, agreement, back)) == in_handling(ACCEPTED)


async def test_the_case_goes_on_and_the_petitioner_sees_why(county: System):
    await county.enter({"code": "county-court", "kind": "political_legal_organ"})
    case = await steps.accepted(county)
    mediator = {"role": Role.mediator, "unit": COMMITTEE, "actor": "mediator-1", "at": steps.HEARD_AT}
    offered = {"mediator": "mediator-1", "mediator_unit": COMMITTEE}
    steps.ok(await steps.act(county, case, "mediation", offered, at=steps.HEARD_AT))
    for side in BOTH_SIDES:
        steps.ok(await steps.act(county, case, "mediation/consent", {"side": side}, **mediator))
    due = (await owed(county, case))["C5"]
    text = await steps.document(county, case, "mediation_agreement")
    agreement = {"document": text, "performance_due": ["2025-12-01"]}
    steps.ok(await steps.act(county, case, "agreement", agreement, **mediator))
    asked = {"court": "county-court", "sides": list(BOTH_SIDES)}
    steps.ok(await steps.act(county, case, "agreement/confirmation", asked, at=steps.SERVED_AT))
    said_no = {"confirmed": False, "ruling_no": "（2025）民特1号"}
    told = steps.ok(await steps.act(county, case, "agreement/ruling", said_no, at=steps.SERVED_AT))
    assert told["state"] == "accepted"
    seen = await owed(county, case)
    assert seen["C5"] == due
    assert not {"D16", "D17"} & seen.keys()
    refused(await steps.act(county, case, "agreement/breach", {"document": text}, at=steps.SERVED_AT), 409, NoAgreement)
    steps.ok(await steps.act(county, case, "mediation", offered, at=steps.SERVED_AT))


async def owed(county: System, case: str) -> dict[str, str]:
    """Return until when what runs is due."""
    return {one["code"]: one["due_on"] for one in await steps.clocks(county, case) if one["state"] == "running"}
