"""第三十一条第二项至第五项: 导入相应程序 means a body that decides in that procedure."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.mediation import ProcedureImported
from contracts.vocabulary import ContentCategory, Route, UnitKind
from services.chassis.recusal import OthersKeepOut
from services.mediation.domain import answers
from services.mediation.domain.answers import IMPORTED, BodyDoesNotFit
from services.mediation.domain.handling import Handling
from tests.mediation.cases import HEARD, UNIT, accepted, delivered, the_event
from tests.rules import called, refuses
from tests.units import county, entry

BODIES = county(
    entry("GAJ", kind=UnitKind.political_legal_organ, powers=frozenset({ContentCategory.public_security})),
    entry("ZZB", parent="XW", kind=UnitKind.department),
    entry("SFY", kind=UnitKind.political_legal_organ, name="县人民法院"),
)
ADMINISTRATION = ("RSJ", "XZF", "ZF")


def import_(route: Route, body: str) -> Handling:
    handling = accepted(route=route)
    handling.taken()
    answers.import_procedure(handling, UNIT, called(body, BODIES), f"导{uuid4()}", delivered(HEARD), BODIES, at=HEARD)
    return handling


@pytest.mark.parametrize(
    ("route", "bodies"),
    [
        (Route.arbitration, ("RSJ", "某仲裁委员会")),
        (Route.party_or_personnel_appeal, ("XW", "JW", "ZZB", *ADMINISTRATION)),
        (Route.administrative_procedure, (*ADMINISTRATION, "GAJ")),
        (Route.statutory_duty, (*ADMINISTRATION, "GAJ")),
    ],
)
def test_body_that_decides_in_the_procedure(route: Route, bodies: tuple[str, ...]):
    for body in bodies:
        event = the_event(import_(route, body), ProcedureImported)
        assert (event.competent_body or event.body_words) == called(body, BODIES)


@pytest.mark.parametrize("route", sorted(IMPORTED))
@pytest.mark.parametrize("body", ["FY", "XFJ", "LXH", "CWH", "OFFICE", "OLD"])
def test_no_court_no_bureau_no_conference_no_office_nobody_who_is_no_more(route: Route, body: str):
    with refuses(BodyDoesNotFit):
        import_(route, body)


@pytest.mark.parametrize("body", ["ZJJ", "县住建局"])
def test_not_the_body_that_is_complained_of(body: str):
    """第二十八条第三款: nor by its name; what the directory does not know nobody can compare."""
    named = county(entry("ZJJ", kind=UnitKind.department, name="县住建局"))
    handling = accepted(route=Route.administrative_procedure, accused_units=("ZJJ",))
    with refuses(OthersKeepOut):
        answers.import_procedure(handling, UNIT, called(body, named), "导1号", delivered(HEARD), named, at=HEARD)


def test_no_court_by_its_name_either():
    """What the directory knows is not another body for being written out."""
    with refuses(BodyDoesNotFit):
        import_(Route.administrative_procedure, "县人民法院")


@pytest.mark.parametrize(
    ("route", "body"),
    [(Route.arbitration, "JW"), (Route.administrative_procedure, "JW"), (Route.statutory_duty, "XW")],
)
def test_party_organs_hear_appeals_of_their_own_alone(route: Route, body: str):
    """第三项: 党员申诉."""
    with refuses(BodyDoesNotFit):
        import_(route, body)
