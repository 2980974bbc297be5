"""People who come together: all on file, five who speak."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from contracts.intake import CollectiveVisitRecorded, RepresentativesNamed
from contracts.vocabulary import Channel
from services.intake.domain import filing
from services.intake.domain.collective import (
    COLLECTIVE_FROM_PERSONS,
    REPRESENTATIVES_MAX,
    NotACollectiveVisit,
    RepresentativeDoesNotConsent,
    TooManyRepresentatives,
    name_representatives,
)
from services.intake.domain.registration import Registration
from tests.intake.filed import NOW, facts, first, registered
from tests.rules import check_replay, refuses


def collective(petition: UUID, person_count: int = 12) -> Registration:
    return registered(petition=petition, person_count=person_count)


def name(registration: Registration, petition: UUID, count: int, *, all_consent: bool = True) -> None:
    people = [uuid4() for _ in range(count)]
    name_representatives(
        registration,
        petition,
        people,
        ["0" * 64] * count,
        None,
        all_consent=all_consent,
        named=True,
        clear=True,
        at=NOW,
    )


class TestRegister:
    """第二十二条: whoever comes is registered, in whatever number."""

    @pytest.mark.parametrize("person_count", [COLLECTIVE_FROM_PERSONS, 500])
    def test_five_hundred_visitors_without_representatives_are_registered(self, person_count: int):
        registration = Registration.blank(uuid4())
        filing.register(registration, at=NOW, **first(person_count=person_count))
        registered, visit = registration.taken()
        assert isinstance(visit, CollectiveVisitRecorded)
        assert (visit.petition, visit.person_count) == (registered.petition, person_count)
        assert registration.state == "registered"

    @pytest.mark.parametrize(("channel", "count"), [(Channel.letter, 500), (Channel.visit, 4)])
    def test_joint_letter_or_four_visitors_are_no_collective_visit(self, channel: Channel, count: int):
        registration = Registration.blank(uuid4())
        filing.register(registration, at=NOW, **first(channel=channel, person_count=count))
        assert len(registration.taken()) == 1

    def test_collective_visit_on_a_matter_on_file_joins_it(self):
        registration = registered()
        filing.attach(registration, at=NOW, **facts(person_count=7))
        assert isinstance(registration.taken()[-1], CollectiveVisitRecorded)


class TestNameRepresentatives:
    """第二十条第三款."""

    def test_five_may_speak_also_when_they_are_named_one_after_the_other(self):
        registration = collective(petition := uuid4())
        name(registration, petition, 2)
        name(registration, petition, REPRESENTATIVES_MAX - 2)
        last = registration.taken()[-1]
        assert isinstance(last, RepresentativesNamed)
        assert len(registration.representatives[petition]) == REPRESENTATIVES_MAX

    @pytest.mark.parametrize(("before", "more"), [(0, 6), (5, 1), (3, 3)])
    def test_sixth_representative_is_refused(self, before: int, more: int):
        registration = collective(petition := uuid4())
        if before:
            name(registration, petition, before)
        with refuses(TooManyRepresentatives):
            name(registration, petition, more)

    def test_nobody_speaks_who_does_not_agree(self):
        registration = collective(petition := uuid4())
        with refuses(RepresentativeDoesNotConsent):
            name(registration, petition, 1, all_consent=False)

    def test_single_visitor_needs_no_representative(self):
        registration = registered(petition=(petition := uuid4()))
        with refuses(NotACollectiveVisit):
            name(registration, petition, 1)
        with refuses(NotACollectiveVisit):
            name(registration, uuid4(), 1)


def test_replay():
    petition = uuid4()
    check_replay(
        Registration,
        uuid4(),
        [
            lambda r: filing.register(r, at=NOW, **first(petition=petition, person_count=9)),
            *[lambda r: name(r, petition, 2)] * 3,
        ],
    )
