"""信访工作条例 第三十一条、第三十四条: what another procedure does not take goes on in the unit, and nobody waits longer."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from uuid import uuid4

import pytest

from contracts.event import typed_before
from contracts.mediation import (
    ProcedureImported,
    ProcedureRefused,
)
from contracts.vocabulary import CaseState, ClockOutcome, DocumentKind, HandlingState, Result, Role, Route
from services.intake.domain.acceptance import in_handling
from services.intake.domain.saying import NotSo, said
from services.mediation.domain import answers
from services.mediation.domain.answers import AlreadyDocketed, NotImported
from services.mediation.domain.guards import ImpossibleDate, NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from tests import steps
from tests.harness import UNIT as HR
from tests.harness import System
from tests.law.ledger import Ledger
from tests.law.test_r19_not_accepted import ACCEPTED
from tests.law.test_r19_not_accepted import happened as entered
from tests.law.test_r22_report_of_any_answer import ASSIGNED, IMPORTED
from tests.law.test_r31_the_unit_tells_apart import (
    ACCEPTED_AT,
    APPEAL,
    accepted_as,
    finds,
    import_,
    running,
    tell_apart,
)
from tests.law.test_r31_the_unit_tells_apart import SERVED as BY_POST
from tests.law.test_r32_a_paper_says_what_is_so import facts, happened
from tests.mediation.cases import HEARD, OPENED, OTHER, UNIT, after, decide, heard, opened
from tests.rules import at, refused, refuses

REFUSED_ON = date(2025, 8, 28)


def refuse(h: Handling, unit: str = UNIT, on: date = REFUSED_ON) -> None:
    answers.record_refusal(h, unit, uuid4(), on, at=HEARD)


def imported(**facts) -> Handling:
    return after(heard(route=Route.arbitration, **APPEAL, **facts), import_)


class TestHandling:
    def test_goes_on_with_an_opinion(self):
        """第六项: 不属于以上情形的."""
        h = after(imported(), refuse)
        assert (h.state, h.result) == (HandlingState.accepted, None)
        tell_apart(h, Route.petition_procedure)
        decide(h, Result.explain)
        assert h.state is HandlingState.opinion_issued

    def test_goes_on_into_another_procedure_or_to_another_body(self):
        h = after(imported(), refuse, import_, refuse)
        tell_apart(h, Route.administrative_procedure)
        import_(h)
        assert h.state is HandlingState.procedure_imported

    def test_sixty_days_run_from_where_they_began_and_with_what_they_were_extended_by(self):
        h = imported()
        assert h.accepted_at is not None
        h.extended_by = 30
        refuse(h)
        assert h.taken()[-1].waits_since == h.accepted_at + timedelta(days=30)

    def test_goes_on_where_it_was_brought_there_before_anybody_had_accepted_it(self):
        h = after(opened(route=Route.arbitration, **APPEAL), import_)
        refuse(h)
        assert h.state is HandlingState.with_unit
        assert h.taken()[-1].waits_since is not None


class TestRefused:
    def test_what_was_brought_nowhere(self):
        with refuses(NotImported):
            refuse(heard(route=Route.arbitration, **APPEAL))
        with refuses(NotImported):
            refuse(after(imported(), refuse))

    def test_what_is_on_the_list_of_the_other_procedure(self):
        h = imported()
        answers.confirm_docketing(h, UNIT, typed_before("仲1号"), REFUSED_ON, at=HEARD)
        with refuses(AlreadyDocketed):
            refuse(h)

    def test_by_another_unit(self):
        with refuses(NotTheHandlingUnit):
            refuse(imported(), OTHER)

    @pytest.mark.parametrize("on", [OPENED.date() - timedelta(days=9), HEARD.date() + timedelta(days=1)])
    def test_before_it_could_or_tomorrow(self, on: date):
        with refuses(ImpossibleDate):
            refuse(imported(), on=on)


# ------------------------------------------------------------------------------- the clocks


def brought_and_refused(route: Route = Route.arbitration, refused_on: str = "2025-04-01") -> Ledger:
    ledger = accepted_as(route)
    brings(ledger, route, "2025-03-14")
    assert running(ledger).keys() == {"D7"}
    ledger.tell(ProcedureRefused, on=refused_on, by="county-hr", refused_on=date.fromisoformat(refused_on),
                document=uuid4(), waits_since=ACCEPTED_AT)  # fmt: skip
    return ledger


def brings(ledger: Ledger, route: Route, on: str) -> None:
    ledger.tell(ProcedureImported, on=on, by="county-hr", served_at=at(on), route=route, competent_body="仲裁委",
                notice_no="2", **BY_POST)  # fmt: skip


SIXTY = running(accepted_as(Route.petition_procedure))


def test_answer_is_owed_by_the_sixty_days_from_the_acceptance():
    ledger = brought_and_refused()
    assert running(ledger) == SIXTY
    assert ledger.ended("D7").outcome is ClockOutcome.met
    assert (ledger.case.state, ledger.case.result) == (CaseState.accepted, None)
    finds(ledger, Route.petition_procedure, at("2025-04-03"))
    assert running(ledger) == SIXTY


def test_they_end_with_the_next_procedure_and_begin_once_more_with_its_refusal():
    ledger = brought_and_refused()
    brings(ledger, Route.arbitration, "2025-04-10")
    assert running(ledger).keys() == {"D7"}
    ledger.tell(ProcedureRefused, on="2025-04-20", by="county-hr", refused_on=date(2025, 4, 20), document=uuid4(),
                waits_since=ACCEPTED_AT)  # fmt: skip
    assert running(ledger) == SIXTY


def test_what_is_found_to_go_another_way_then_has_its_fifteen_days():
    ledger = brought_and_refused()
    finds(ledger, Route.administrative_procedure, at("2025-04-03"))
    assert running(ledger) == SIXTY | {"D6": date(2025, 4, 18)}


def test_docketing_is_no_longer_owed_though_it_was_known_late():
    ledger = brought_and_refused(refused_on="2025-04-30")
    assert "D7" not in running(ledger)


def test_checker_sees_what_nobody_owes(monkeypatch: pytest.MonkeyPatch):
    """Mutant: nobody says since when it waits."""
    monkeypatch.setattr(sys.modules[__name__], "ACCEPTED_AT", None)
    with pytest.raises(AssertionError):
        test_answer_is_owed_by_the_sixty_days_from_the_acceptance()


# ------------------------------------------------------------------------------- at the door

REFUSED = happened(ProcedureRefused, refused_on=REFUSED_ON, document=uuid4())


def test_no_paper_says_that_it_is_in_the_other_procedure():
    """第三十二条: neither the notice of the way, nor the report of the result (第二十二条第三项)."""
    for kind in (DocumentKind.route_notice, DocumentKind.closure_report):
        assert said(kind, facts(ASSIGNED, IMPORTED))
        with refuses(NotSo):
            said(kind, facts(ASSIGNED, IMPORTED, REFUSED))
        assert said(kind, facts(ASSIGNED, IMPORTED, REFUSED, IMPORTED))


def test_unit_owes_the_answer_again_where_it_has_accepted_the_case():
    """第十九条第三款; what was brought there without that is accepted first."""
    brought, back = (entered(kind, "2025-09-10") for kind in (ProcedureImported, ProcedureRefused))
    due = in_handling(ACCEPTED)
    assert due is not None
    assert in_handling((*ACCEPTED, brought)) is None
    assert in_handling((*ACCEPTED, brought, back)) == due
    assert in_handling((*ACCEPTED, brought, back, brought)) is None
    assert in_handling((*ACCEPTED[:1], brought, back)) is None


async def test_unit_goes_on_where_arbitration_refuses(county: System):
    case = await steps.accepted(county)
    as_unit = {"role": Role.case_officer, "unit": HR, "at": steps.HEARD_AT}

    async def act(what: str, **body):
        return await county.send("mediation", f"/cases/{case}/{what}", body, **as_unit)

    text, due = await steps.document(county, case), (await owed(county, case))["C5"]
    steps.ok(await act("route", route="arbitration", reasons=text))
    refused(await act("procedure/refusal", document=text), 409, NotImported)
    told = {"competent_body": "清河县劳动人事争议仲裁委员会", "method": "post", "receipt": "R-1"}
    steps.ok(await act("procedure", **told))
    assert steps.ok(await act("procedure/refusal", document=text))["state"] == "accepted"
    seen = await owed(county, case)
    assert seen["C5"] == due
    assert "D7" not in seen
    steps.ok(await act("route", route="petition_procedure", reasons=text))


async def owed(county: System, case: str) -> dict[str, str]:
    """Return until when what runs is due."""
    return {one["code"]: one["due_on"] for one in await steps.clocks(county, case) if one["state"] == "running"}
