"""Registrations in the states from which the tests of intake's rules begin."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from contracts.event import typed_before
from contracts.vocabulary import Channel, ContentCategory, Kind, Route, ServiceMethod
from services.intake.domain import classification, filing, rating, track
from services.intake.domain.registration import Registration
from tests.rules import at
from tests.units import COUNTY

NOW = at("2025-09-01")
NOTICE: dict[str, Any] = {"method": ServiceMethod.post, "served_at": NOW, "receipt": typed_before("EMS-1")}


def facts(**more: Any) -> dict[str, Any]:
    return {
        "registration_no": "XF20250901-ABCDEF",
        "petition": uuid4(),
        "channel": Channel.visit,
        "received_at": NOW,
        "receiving_unit": "XFJ",
        "person_count": 1,
        "anonymous": False,
        "content": uuid4(),
        "content_sha256": "0" * 64,
    } | more


def first(**more: Any) -> dict[str, Any]:
    return facts(category=ContentCategory.unpaid_wages, place="P-1", secrecy_requested=False) | more


def registered(**more: Any) -> Registration:
    registration = Registration.blank(uuid4())
    filing.register(registration, at=NOW, **first(**more))
    registration.taken()
    return registration


def classified(
    kind: Kind = Kind.appeal_for_resolution, route: Route = Route.petition_procedure, **more: Any
) -> Registration:
    registration = registered(**more)
    classification.classify(registration, kind, route, ContentCategory.unpaid_wages, COUNTY, at=NOW)
    registration.taken()
    return registration


def reported(**more: Any) -> Registration:
    """A report about an official, told apart as one."""
    return classified(Kind.report_accusation, Route.discipline_supervision, **more)


def sealed(**more: Any) -> Registration:
    registration = reported(**more)
    track.open_track(registration, "JW", "密〔2025〕1号", COUNTY, at=NOW)
    registration.taken()
    return registration


def answered(served_at: datetime = NOW) -> Registration:
    registration = classified()
    rating.learn_answer(registration, served_at, at=served_at)
    registration.taken()
    return registration


def closed() -> Registration:
    registration = classified()
    filing.conclude(registration, at=NOW)
    registration.taken()
    return registration
