"""人民调解法 第二十条、第二十三条第三项、第二十五条: who takes part, who listens, and what is reported at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.mediation import EscalationFeared, EscalationReported, GuestInvited, MediationHeld, MediationOffered
from contracts.schema import schema_of
from contracts.vocabulary import ClockOutcome, ContentCategory, Danger, Guest, Level, Side, UnitKind
from services.chassis.directory import Directory
from services.chassis.recusal import OthersKeepOut
from services.mediation.domain import mediating, sessions
from services.mediation.domain.guards import ImpossibleDate, NotTheHandlingUnit
from services.mediation.domain.handling import Handling
from services.mediation.domain.mediating import AlreadyConsented, MediatorIsRemoved, NoMediation, NotBothConsented
from services.mediation.domain.sessions import (
    FearedAlready,
    InvitedWithoutConsent,
    NothingFeared,
    NotInPublic,
    ReportedAmiss,
)
from tests.law.ledger import NOW, Ledger
from tests.mediation.cases import COMMITTEE, DIRECTORY, HEARD, OTHER, UNIT, accepted, after, mediated, offer, the_event
from tests.rules import refuses
from tests.units import entry

BOTH = tuple(Side)
POLICE, OFFICE = "GAJ", "office"
ORGANS = Directory.of(
    [
        *DIRECTORY.units.values(),
        entry(POLICE, powers=frozenset({ContentCategory.public_security})),
        entry(OFFICE, Level.county, "RSJ", kind=UnitKind.inner_office, competent=False),
    ]
)


def invite(handling: Handling, *sides: Side, guest: Guest = Guest.relative, **more: bool) -> None:
    sessions.invite(handling, COMMITTEE, guest, sides, uuid4(), at=HEARD, **more)


def hold(handling: Handling, *, public: bool = False, **more: bool) -> None:
    sessions.hold_session(handling, COMMITTEE, HEARD, uuid4(), public=public, at=HEARD, **more)


def wanting(*sides: Side) -> Handling:
    """Return a mediation that some sides want listeners in."""
    handling = after(accepted(), offer)
    for side in Side:
        mediating.consent_to_mediation(handling, COMMITTEE, side, public=side in sides, at=HEARD)
    handling.taken()
    return handling


@pytest.mark.parametrize("guest", list(Guest))
@pytest.mark.parametrize("sides", [(), (Side.petitioner,), (Side.other_party,), (Side.petitioner, Side.petitioner)])
def test_pml20_nobody_is_invited_whom_a_side_does_not_want(guest: Guest, sides: tuple[Side, ...]):
    """第二十条: 在征得当事人的同意后."""
    with refuses(InvitedWithoutConsent):
        invite(mediated(), *sides, guest=guest)


def test_pml20_whom_both_want_takes_part():
    handling = mediated()
    invite(handling, *BOTH)
    assert the_event(handling, GuestInvited).guest is Guest.relative
    with refuses(NoMediation):
        sessions.invite(accepted(), UNIT, Guest.expert, BOTH, uuid4(), at=HEARD)
    with refuses(MediatorIsRemoved):
        invite(handling, *BOTH, gone=True)


@pytest.mark.parametrize("wanted", [(), (Side.petitioner,), (Side.other_party,)])
def test_pml23_nobody_listens_unless_both_want_that(wanted: tuple[Side, ...]):
    """第二十三条第三项: either side may have it held behind closed doors."""
    handling = wanting(*wanted)
    with refuses(NotInPublic):
        hold(handling, public=True)
    hold(handling)
    assert not the_event(handling, MediationHeld).public


def test_pml23_it_is_public_where_both_want_that_until_one_does_not():
    handling = wanting(*BOTH)
    hold(handling, public=True)
    assert the_event(handling, MediationHeld).public
    with refuses(AlreadyConsented):
        mediating.consent_to_mediation(handling, COMMITTEE, Side.petitioner, public=True, at=HEARD)
    mediating.consent_to_mediation(handling, COMMITTEE, Side.petitioner, at=HEARD)
    with refuses(NotInPublic):
        hold(handling, public=True)


def test_pml23_another_mediator_asks_anew():
    assert not after(wanting(*BOTH), lambda h: mediating.fail_mediation(h, COMMITTEE, uuid4(), at=HEARD), offer).public


def test_pml27_nothing_is_recorded_of_what_did_not_take_place():
    with refuses(NotBothConsented):
        hold(after(accepted(), offer))
    with refuses(ImpossibleDate):
        sessions.hold_session(
            mediated(), COMMITTEE, HEARD + timedelta(days=1), uuid4(), public=False, at=HEARD
        )  # fmt: skip


# ------------------------------------------------------------------------- 第二十五条


def fear(handling: Handling) -> None:
    sessions.fear_escalation(handling, COMMITTEE, Danger.crime, uuid4(), at=HEARD)


def report(handling: Handling, organ: str = POLICE, unit: str = COMMITTEE) -> None:
    sessions.report_escalation(handling, unit, organ, uuid4(), ORGANS, at=HEARD)


def test_pml25_what_may_grow_is_reported_to_the_police():
    handling = after(mediated(), fear)
    with refuses(FearedAlready):
        fear(handling)
    report(handling)
    assert the_event(handling, EscalationReported).organ == POLICE
    with refuses(NothingFeared):
        report(handling)


def test_pml25_report_is_owed_also_when_the_mediation_is_over():
    handling = after(mediated(), fear, lambda h: mediating.fail_mediation(h, COMMITTEE, uuid4(), at=HEARD))
    with refuses(NotTheHandlingUnit):
        report(handling, unit=OTHER)
    report(handling, unit=UNIT)


@pytest.mark.parametrize("organ", ["XZF", OFFICE, COMMITTEE, "000"])
def test_pml25_not_to_anybody_else(organ: str):
    """公安机关或者其他有关部门."""
    with refuses(ReportedAmiss):
        report(after(mediated(), fear), organ)


def test_r28_not_to_whom_the_case_complains_of():
    handling = after(mediated(), fear)
    handling.accused_units = frozenset({POLICE})
    with refuses(OthersKeepOut):
        report(handling)


def test_report_names_the_dispute_and_nobody():
    """No dossier and no feed: an organ, and a text of the case."""
    assert set(schema_of(EscalationFeared)["properties"]) == {"danger", "document"}
    assert set(schema_of(EscalationReported)["properties"]) == {"organ", "document"}


def test_pml25_who_has_found_it_owes_the_report_within_a_day():
    """及时: the hours are ours, as of the follow-up of an urgent report."""
    ledger = Ledger()
    ledger.tell(MediationOffered, mediator="mediator-1", mediator_unit="town", other_party=None)
    ledger.tell(EscalationFeared, danger=Danger.crime, document=uuid4())
    duty = ledger.duty("D58")
    assert (duty.holder, duty.due_at) == ("town", NOW + timedelta(hours=24))
    ledger.tell(EscalationReported, organ=POLICE, document=uuid4())
    assert ledger.ended("D58").outcome is ClockOutcome.met
