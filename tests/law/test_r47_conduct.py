"""第二十六条、第四十七条: an act on a day, with evidence and the petitioner's word; never what somebody is like."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from contracts.intake import ConductIncidentRecorded, PoliceReferralRecorded
from contracts.vocabulary import ConductAct, ContentCategory, IncidentState
from services.intake.domain.conduct import (
    ActAhead,
    ConductIncident,
    HeardAlready,
    NoPolice,
    NotDissuaded,
    RecordExpired,
    ReferredAlready,
)
from services.intake.views import ConductIncidentRow
from tests.rules import at, refuses

CASE, ENTRY, EVIDENCE, TALK, REPLY = (UUID(int=n, version=4) for n in range(1, 6))
NOW = at("2025-09-01", "10:00")
ON = date(2025, 9, 1)
POLICE = {ContentCategory.public_security}


def incident(dissuasion: UUID | None = TALK) -> ConductIncident:
    made = ConductIncident.blank(ENTRY)
    made.enter(CASE, "XFJ", ConductAct.staying, ON, EVIDENCE, dissuasion, at=NOW)
    return made


def test_record_is_of_one_act_with_its_evidence():
    """第二十六条第四项: 在信访接待场所滞留、滋事."""
    made = incident()
    [event] = made.taken()
    assert isinstance(event, ConductIncidentRecorded)
    assert (made.state, made.case, event.evidence) == (IncidentState.recorded, CASE, EVIDENCE)
    with refuses(ActAhead):
        ConductIncident.blank(ENTRY).enter(CASE, "XFJ", ConductAct.violence, ON + timedelta(1), EVIDENCE, None, at=NOW)


def test_only_acts_that_the_regulation_forbids_are_acts():
    """第二十六条第一项至第四项; to petition again, or with many, is none of them, and there is no «other»."""
    assert {str(act) for act in ConductAct} == {"blockade", "dangerous_objects", "violence", "staying"}


def test_nobody_is_named_and_no_instigator_has_a_field():
    """第四十七条 speaks of what is done; a person, a group or whoever stands behind them has no place here."""
    assert set(ConductIncidentRecorded.body.names) == {
        "case", "unit", "conduct", "happened_on", "evidence", "dissuasion", "expires_on"
    }  # fmt: skip
    assert set(PoliceReferralRecorded.body.names) == {"organ", "conduct", "happened_on", "evidence"}


def test_petitioner_is_heard_once_and_what_is_said_stands():
    made = incident()
    made.hear(REPLY, at=NOW)
    assert (made.state, made.reply) == (IncidentState.replied, REPLY)
    with refuses(HeardAlready):
        made.hear(REPLY, at=NOW)


def test_dissuasion_comes_before_the_police():
    """第四十七条第一款: 应当对其进行劝阻、批评或者教育."""
    with refuses(NotDissuaded):
        incident(None).refer("GAJ", POLICE, at=NOW)


def test_police_are_told_of_the_act_and_of_nothing_else():
    """第四十七条第二款: 由公安机关依法采取必要的现场处置措施."""
    made = incident()
    with refuses(NoPolice):
        made.refer("FY", {ContentCategory.litigation}, at=NOW)
    made.refer("GAJ", POLICE, at=NOW)
    assert (made.state, made.organ) == (IncidentState.referred, "GAJ")
    with refuses(ReferredAlready):
        made.refer("GAJ", POLICE, at=NOW)


@pytest.mark.parametrize(("days", "refused"), [(180, False), (181, True), (400, True)])
def test_record_expires(days: int, refused: bool):
    """Half a year later nothing follows from it any more, and no list shows it."""
    made = incident()
    moment = NOW + timedelta(days=days)
    if refused:
        with refuses(RecordExpired):
            made.refer("GAJ", POLICE, at=moment)
    else:
        made.refer("GAJ", POLICE, at=moment)
    assert "expires_on" in ConductIncidentRow.view.sight.condition
