"""Duplicates, merging and splitting: everything is kept, the earliest day counts, and people decide."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

import pytest

from contracts.event import typed_before
from contracts.intake import (
    CaseMerged,
    CaseRegistered,
    CaseSplit,
    DuplicateDetected,
    DuplicateDismissed,
    PetitionsTakenOver,
)
from contracts.vocabulary import Channel, ContentCategory, DuplicateReason, Kind, NotAcceptedGround, Route
from services.chassis.errors import NotFound
from services.intake.domain import acceptance, classification, filing, grouping, withdrawal
from services.intake.domain.grouping import (
    AlreadyCompared,
    ConfidentialStaysApart,
    NotMergeable,
    NotSplittable,
    SameCase,
)
from services.intake.domain.guards import NotOpen
from services.intake.domain.registration import Registration
from tests.intake.filed import NOTICE, NOW, answered, classified, closed, facts, registered, sealed
from tests.rules import at, check_replay, refuses
from tests.units import COUNTY


def merged() -> Registration:
    registration = registered()
    grouping.merge_into(registration, registered(), at=NOW)
    return registration


def withdrawn() -> Registration:
    registration = registered()
    withdrawal.request_withdrawal(registration, uuid4(), COUNTY, at=NOW)
    withdrawal.confirm_withdrawal(registration, "XFJ", uuid4(), COUNTY, handler=None, at=at("2025-10-09"))
    return registration


def not_accepted() -> Registration:
    registration = registered()
    acceptance.not_accept(
        registration,
        NotAcceptedGround.not_within_power,
        "XFJ",
        COUNTY,
        pending=None,
        handling=None,
        same_person=False,
        at=NOW,
        competent_body=typed_before("法院"),
        notice_no="1",
        **NOTICE,
    )
    return registration


def parts(count: int = 2) -> list[tuple[Registration, dict]]:
    def part(n: int) -> dict:
        numbers = {"registration_no": f"XF-{n}", "petition": uuid4(), "content": uuid4(), "content_sha256": "1" * 64}
        return numbers | {"category": ContentCategory.housing, "place": f"P-{n}"}

    return [(Registration.blank(uuid4()), part(n)) for n in range(count)]


ENDED = [merged, withdrawn, not_accepted, closed]


class TestDuplicates:
    """第二十二条: linked by a person, never dropped."""

    def test_confirmed_duplicate_is_linked_and_both_go_on(self):
        one, other = registered(), registered()
        grouping.confirm_duplicate(one, other, [DuplicateReason.same_person, DuplicateReason.same_facts], at=NOW)
        [event] = one.taken()
        assert isinstance(event, DuplicateDetected)
        assert (event.other, len(event.reasons)) == (other.id, 2)
        assert one.duplicates == {other.id}
        assert (one.state, other.state) == ("registered", "registered")

    def test_dismissed_suggestion_is_remembered(self):
        one, other = registered(), registered()
        grouping.dismiss_duplicate(one, other, at=NOW)
        [event] = one.taken()
        assert isinstance(event, DuplicateDismissed)
        assert one.compared == {other.id}
        assert not one.duplicates

    def test_same_decision_about_the_same_two_is_refused(self):
        one, other = registered(), registered()
        for find in (
            grouping.dismiss_duplicate,
            partial(grouping.confirm_duplicate, reasons=[DuplicateReason.same_facts]),
        ):
            find(one, other, at=NOW)
            with refuses(AlreadyCompared):
                find(one, other, at=NOW)

    def test_case_is_no_duplicate_of_itself_or_of_nothing(self):
        one = registered()
        with refuses(SameCase):
            grouping.dismiss_duplicate(one, one, at=NOW)
        with refuses(NotFound):
            grouping.dismiss_duplicate(one, Registration.blank(uuid4()), at=NOW)

    def test_report_about_an_official_is_compared_with_nothing(self):
        """第三十条第三款."""
        with refuses(ConfidentialStaysApart):
            grouping.confirm_duplicate(registered(), sealed(), [DuplicateReason.same_facts], at=NOW)


class TestMerge:
    """第二十二条: every petition is kept, and the earliest receipt counts."""

    def test_petitions_go_over_and_the_earliest_day_counts(self):
        early, late = at("2025-08-01"), at("2025-08-20")
        one, into = registered(received_at=early), classified(received_at=late)
        filing.attach(one, at=NOW, **facts())
        one.taken()
        grouping.merge_into(one, into, at=NOW)
        [gone], [taken] = one.taken(), into.taken()
        assert isinstance(gone, CaseMerged)
        assert isinstance(taken, PetitionsTakenOver)
        assert (gone.into, taken.from_case) == (into.id, one.id)
        assert taken.petitions == tuple(one.petitions)
        assert taken.received_at == into.received_at == early
        assert (one.state, into.state, len(into.every_petition)) == ("merged", "classified", 3)

    def test_petitions_of_petitions_go_along(self):
        one, two, three = registered(), registered(), registered()
        grouping.merge_into(one, two, at=NOW)
        grouping.merge_into(two, three, at=NOW)
        assert set(three.every_petition) == {*one.petitions, *two.petitions, *three.petitions}

    def test_case_does_not_go_into_itself(self):
        one = registered()
        with refuses(SameCase):
            grouping.merge_into(one, one, at=NOW)

    def test_case_goes_into_one_that_exists(self):
        with refuses(NotFound):
            grouping.merge_into(registered(), Registration.blank(uuid4()), at=NOW)

    @pytest.mark.parametrize("state", [*ENDED, answered])
    def test_only_a_case_without_an_answer_goes_into_another(self, state: Callable[[], Registration]):
        with refuses(NotMergeable):
            grouping.merge_into(state(), registered(), at=NOW)

    @pytest.mark.parametrize("state", ENDED)
    def test_nothing_goes_into_a_case_that_has_ended(self, state: Callable[[], Registration]):
        one = registered()
        with refuses(NotMergeable):
            grouping.merge_into(one, state(), at=NOW)
        assert one.state == "registered"

    def test_report_about_an_official_never_merges(self):
        """第三十条第三款."""
        for one, into in ((registered(), sealed()), (sealed(), registered())):
            with refuses(ConfidentialStaysApart):
                grouping.merge_into(one, into, at=NOW)

    @pytest.mark.parametrize("state", ENDED)
    def test_door_stays_open_whatever_became_of_a_case(self, state: Callable[[], Registration]):
        """第二十二条, 第四十四条第一项."""
        registration = state()
        filing.attach(registration, at=NOW, **facts())
        assert len(registration.petitions) == 2

    @pytest.mark.parametrize("state", [merged, withdrawn, not_accepted])
    def test_case_that_has_ended_is_not_told_apart_any_more(self, state: Callable[[], Registration]):
        with refuses(NotOpen):
            classification.classify(
                state(), Kind.suggestion, Route.petition_procedure, ContentCategory.other, COUNTY, at=NOW
            )


class TestSplit:
    """第二十二条, 第二十四条: one letter, several claims, and each competent unit answers its own."""

    def test_each_claim_gets_a_case_received_when_the_letter_was(self):
        received = at("2025-08-01")
        one, children = registered(received_at=received, channel=Channel.letter, anonymous=True), parts(3)
        grouping.split_into(one, children, at=NOW)
        [split] = one.taken()
        assert isinstance(split, CaseSplit)
        assert split.children == tuple(child.id for child, _ in children)
        assert one.state == "split"
        for n, (child, _) in enumerate(children):
            [event] = child.taken()
            assert isinstance(event, CaseRegistered)
            assert (event.split_from, event.received_at, event.place) == (one.id, received, f"P-{n}")
            assert (event.channel, event.anonymous, event.receiving_unit) == (Channel.letter, True, "XFJ")
            assert child.state == "registered"

    @pytest.mark.parametrize("state", [*ENDED, answered])
    def test_only_a_case_without_an_answer_is_split(self, state: Callable[[], Registration]):
        with refuses(NotSplittable):
            grouping.split_into(state(), parts(), at=NOW)

    def test_report_about_an_official_is_not_split(self):
        """第三十条第三款."""
        with refuses(ConfidentialStaysApart):
            grouping.split_into(sealed(), parts(), at=NOW)


def test_replay():
    def into(number: UUID) -> Registration:
        other = Registration.blank(number)
        filing.register(other, at=NOW, **facts(category=ContentCategory.other, place="P", secrecy_requested=False))
        return other

    check_replay(
        Registration,
        uuid4(),
        [
            lambda r: filing.register(
                r, at=NOW, **facts(category=ContentCategory.other, place="P", secrecy_requested=False)
            ),
            lambda r: grouping.confirm_duplicate(r, into(uuid4()), [DuplicateReason.same_place], at=NOW),
            lambda r: grouping.dismiss_duplicate(r, into(uuid4()), at=NOW),
            lambda r: grouping.take_over(r, into(uuid4()), at=NOW),
            lambda r: grouping.merge_into(r, into(uuid4()), at=NOW),
            lambda r: grouping.split_into(r, parts(), at=NOW),
        ],
    )
