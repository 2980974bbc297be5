"""人民调解法 第十五条、第十七条: who was removed does not mediate, and who has refused is not asked again."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.vocabulary import Side
from services.mediation.domain import mediating
from services.mediation.domain.committees import MediatorIsRemoved
from services.mediation.domain.handling import Handling
from services.mediation.domain.mediating import RefusedClearly, offer_mediation
from tests.mediation.cases import COMMITTEE, DIRECTORY, HEARD, UNIT, accepted, after, consent, offer
from tests.rules import refuses


def unwilling(side: Side) -> Handling:
    return after(accepted(), offer, lambda h: mediating.refuse_mediation(h, UNIT, side, at=HEARD))


@pytest.mark.parametrize("side", Side)
def test_pml17_side_that_refused_clearly_is_not_asked_again(side: Side):
    """当事人一方明确拒绝调解的，不得调解."""
    with refuses(RefusedClearly):
        offer(unwilling(side))


@pytest.mark.parametrize("side", Side)
def test_pml23_nor_one_that_has_ended_it(side: Side):
    """要求终止调解."""
    begun = after(accepted(), offer, lambda h: consent(h, side))
    after(begun, lambda h: mediating.refuse_mediation(h, UNIT, side, at=HEARD))
    with refuses(RefusedClearly):
        offer(begun)


def test_pml17_side_that_asks_for_it_is_asked():
    """当事人可以向人民调解委员会申请调解."""
    handling = unwilling(Side.petitioner)
    offer_mediation(
        handling, UNIT, "mediator-1", COMMITTEE, None, DIRECTORY, registered=False, request=uuid4(), at=HEARD
    )
    assert handling.state == "mediation"


def test_pml26_what_has_failed_may_be_tried_again():
    handling = after(accepted(), offer, lambda h: mediating.fail_mediation(h, UNIT, None, at=HEARD))
    offer(handling)
    assert handling.state == "mediation"


def test_pml15_who_was_removed_does_not_mediate_though_the_directory_still_knows_the_post():
    """予以罢免或者解聘."""
    with refuses(MediatorIsRemoved):
        offer_mediation(
            accepted(), UNIT, "mediator-1", COMMITTEE, None, DIRECTORY, registered=False, removed=True, at=HEARD
        )
