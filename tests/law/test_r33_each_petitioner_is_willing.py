"""信访工作条例 第三十三条 经争议双方当事人同意: of several petitioners each is willing, or there is no agreement."""

from __future__ import annotations

from uuid import UUID

import pytest
import pytest_asyncio

from contracts.mediation import MediationStopped
from contracts.vocabulary import Role, Side
from services.mediation.domain import mediating, receiving, sessions
from services.mediation.domain.guards import NoSuchPetitioner
from services.mediation.domain.handling import Handling
from services.mediation.domain.mediating import AlreadyConsented, NotBothConsented, RefusedClearly
from services.mediation.domain.sessions import NotInPublic
from tests.harness import COMMITTEE, Servers, System
from tests.law.test_r21_by_code import accepted as accept_case
from tests.law.test_r21_by_code import by_code, told
from tests.mediation.cases import CASE, HEARD, after, mediated, offer, sign
from tests.rules import refused, refuses
from tests.steps import HEARD_AT, act, attached, document, ok, open_county

SECOND = UUID(int=2)


def of_two() -> Handling:
    """The first petitioner and the other party are willing; then it turns out that somebody else petitions, too."""
    return after(mediated(), lambda h: receiving.learn_petitioners(h, (SECOND,), at=HEARD))


def consent(h: Handling, petition: UUID | None = SECOND, side: Side = Side.petitioner, *, public: bool = False) -> None:
    mediating.consent_to_mediation(h, COMMITTEE, side, petition=petition, public=public, at=HEARD)


class TestEach:
    def test_no_agreement_over_who_was_not_asked(self):
        h = of_two()
        with refuses(NotBothConsented):
            sign(h)
        consent(h)
        sign(h)
        assert h.agreement_on

    def test_nobody_is_talked_with_before_all_are_willing(self):
        h = of_two()
        with refuses(NotBothConsented):
            sessions.hold_session(h, COMMITTEE, HEARD, CASE, public=False, at=HEARD)
        consent(h)
        with refuses(NotInPublic):
            sessions.hold_session(h, COMMITTEE, HEARD, CASE, public=True, at=HEARD)
        sessions.hold_session(h, COMMITTEE, HEARD, CASE, public=False, at=HEARD)

    def test_there_are_listeners_where_each_wants_them(self):
        h = of_two()
        for side in Side:
            consent(h, None, side, public=True)
        with refuses(NotBothConsented):
            sessions.hold_session(h, COMMITTEE, HEARD, CASE, public=True, at=HEARD)
        consent(h, public=True)
        sessions.hold_session(h, COMMITTEE, HEARD, CASE, public=True, at=HEARD)

    def test_the_second_alone_is_not_the_first(self):
        """The consent of who came second is theirs, and not the first one's."""
        h = after(mediated(), lambda h: receiving.learn_petitioners(h, (SECOND,), at=HEARD))
        mediating.fail_mediation(h, COMMITTEE, CASE, at=HEARD)
        after(h, offer)
        consent(h)
        consent(h, None, Side.other_party)
        with refuses(NotBothConsented):
            sign(h)

    def test_each_is_willing_once(self):
        h = of_two()
        consent(h)
        with refuses(AlreadyConsented):
            consent(h)

    def test_who_has_left_the_case_need_not_be_willing(self):
        h = of_two()
        receiving.learn_parting(h, SECOND, anonymous=False, unclear=False, at=HEARD)
        sign(h)
        assert h.agreement_on

    def test_only_petitioners_of_the_case_are_asked(self):
        for petition, side in ((UUID(int=3), Side.petitioner), (SECOND, Side.other_party)):
            with refuses(NoSuchPetitioner):
                consent(of_two(), petition, side)

    def test_one_of_them_may_stop_it(self):
        """人民调解法 第十七条."""
        h = after(of_two(), consent)
        mediating.refuse_mediation(h, COMMITTEE, Side.petitioner, petition=SECOND, at=HEARD)
        assert isinstance(h.taken()[-1], MediationStopped)
        with refuses(RefusedClearly):
            offer(h)


def test_checker_sees_one_who_speaks_for_all(monkeypatch: pytest.MonkeyPatch):
    """Mutant: a side is willing as soon as one of it is."""
    monkeypatch.setattr(Handling, "everybody", {*Side})
    with pytest.raises(pytest.fail.Exception):
        TestEach().test_no_agreement_over_who_was_not_asked()


@pytest.mark.asyncio(loop_scope="module")
class TestByCode:
    @pytest_asyncio.fixture(scope="module", loop_scope="module")
    async def county(self, servers: Servers):
        async with open_county(servers) as made:
            yield made

    async def test_each_speaks_by_their_own_code(self, county: System):
        """Who came second is willing, which nobody else's page shows; the first is asked before anything is agreed."""
        case, first = await accept_case(county)
        other = {"name": "李四", "id_no": "510107199003074514", "phone": "13900000002", "address": "某村二组"}
        second = await attached(county, case, petitioner=other)
        await county.caught_up()
        ok(await act(county, case, "mediation", {"mediator": "mediator-1", "mediator_unit": COMMITTEE}))
        ok(await by_code(county, "/mediation/consent", second["query_code"]))
        mediator = {"role": Role.mediator, "unit": COMMITTEE, "actor": "mediator-1", "at": HEARD_AT}
        ok(await act(county, case, "mediation/consent", {"side": "other_party"}, **mediator))
        assert "同意调解" in [step["title"] for step in (await told(county, second["query_code"]))["steps"]]
        agreement = {"document": await document(county, case, "mediation_agreement")}
        refused(await act(county, case, "agreement", agreement, **mediator), 409, NotBothConsented)
        ok(await by_code(county, "/mediation/consent", first))
        ok(await act(county, case, "agreement", agreement, **mediator))
