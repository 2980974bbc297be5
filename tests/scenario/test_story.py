"""Stories are the same for the same seed, hold every course, break no rule by accident, and leak nobody's data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from fastapi.exceptions import RequestValidationError

from contracts.vocabulary import ContentCategory, Role
from services.chassis.http.gate import read
from services.intake.papers.kinds import KINDS, To
from services.scenario.county import HOME, County
from services.scenario.courses import PLOTS
from services.scenario.step import From, Step, filled
from services.scenario.story import END, START, Story, stories
from services.scenario.texts import check_digit
from services.scenario.year import SCENES, scenes, the_end

SEED, CASES = 1, 320
VAULT = {"petitioner", "content", "text", "words", "representatives", "roster", "parts"}
"""The only fields whose words go into the vault."""


@pytest.fixture(scope="module")
def county() -> County:
    return County.read(HOME)


@pytest.fixture(scope="module")
def told(county: County) -> list[Story]:
    return stories(county, SEED, CASES)


@pytest.fixture(scope="module")
def year(county: County) -> list[Story]:
    return scenes(county, SEED)


def test_same_seed_tells_the_same_stories(county: County, told: list[Story]) -> None:
    assert stories(county, SEED, CASES) == told


def test_other_seed_tells_other_stories(county: County, told: list[Story]) -> None:
    assert not {s.secrets for s in stories(county, SEED + 1, CASES)} & {s.secrets for s in told}


def test_more_cases_only_add_to_those_before(county: County, told: list[Story]) -> None:
    more = {story.number: story for story in stories(county, SEED, CASES + 40)}
    assert all(more[story.number] == story for story in told)


def test_every_course_and_category_occurs(told: list[Story]) -> None:
    assert {story.course for story in told} == set(PLOTS)
    assert {story.category for story in told} == set(ContentCategory)


def test_deck_holds_a_hundred_cases() -> None:
    assert sum(plot.weight for plot in PLOTS.values()) == 100


def test_every_scene_of_the_year_occurs(year: list[Story]) -> None:
    assert [scene.course for scene in year] == list(SCENES)
    assert all(scene.number < 0 for scene in year)


def test_no_refused_step_goes_without_the_rule_that_refuses_it(told: list[Story], year: list[Story]) -> None:
    assert all((step.code is not None) == (step.expect >= 400) for step in _steps([*told, *year]))


def test_each_story_steps_forward_in_time(told: list[Story], year: list[Story]) -> None:
    for story in [*told, *year]:
        moments = [step.at for step in story.steps]
        assert moments == sorted(set(moments))
        assert START <= moments[0] <= moments[-1] <= END


def test_officers_act_in_office_hours_only(told: list[Story], year: list[Story]) -> None:
    hours = Counter(s.at.hour for s in _steps([*told, *year]) if s.who.role is not Role.petitioner)
    assert min(hours) >= 8 and max(hours) <= 17 and 13 not in hours


def test_officers_act_for_a_unit_in_a_role_that_they_have(county: County, told: list[Story], year: list[Story]) -> None:
    for story in [*told, *year]:
        appointed: set[tuple[str, str, Role]] = set()
        for step in story.steps:
            if step.name == "appoint":
                appointed |= {(step.sent["officer"], step.sent["code"], role) for role in step.sent["roles"]}
            if step.who.role is not Role.petitioner and step.who not in appointed:
                assert step.who.actor in county.staff(step.who.unit, step.who.role)


def test_cases_go_to_competent_units(county: County, told: list[Story]) -> None:
    units = [step.body["unit"] for step in _steps(told) if step.name == "assign"]
    assert units and all(county.units[unit].competent for unit in units)


def test_values_are_captured_before_they_are_used(told: list[Story], year: list[Story]) -> None:
    for story in [*told, *year]:
        known: dict[str, str] = {}
        for step in story.steps:
            step.path.format_map(known)
            assert {v.name for v in _values(step.body) if isinstance(v, From)} <= known.keys()
            known |= dict.fromkeys(step.captures, "x")


def test_each_step_is_a_command_as_it_is_declared(told: list[Story], year: list[Story], county: County) -> None:
    steps = list(_steps([*told, *year, the_end(county)]))
    assert not [(step.name, fault) for step in steps for fault in _undeclared(step)]


def _with_a_field_too_many(step: Step) -> Step:
    return replace(step, sent={**step.sent, "colour": "red"})


def _with_a_field_too_few(step: Step) -> Step:
    return replace(step, sent={name: value for name, value in step.sent.items() if name != "document"})


def _with_a_word_that_is_none(step: Step) -> Step:
    return replace(step, sent={**step.sent, "hardship": "luck"})


def _by_somebody_else(step: Step) -> Step:
    return replace(step, who=step.who._replace(role=Role.auditor))


def _capturing_what_is_not_there(step: Step) -> Step:
    return replace(step, captures={"fund_id": "money_id"})


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (_with_a_field_too_many, "extra_forbidden body"),
        (_with_a_field_too_few, "missing document"),
        (_with_a_word_that_is_none, "enum hardship"),
        (_by_somebody_else, "auditor may not"),
        (_capturing_what_is_not_there, "no money_id in OfFund"),
    ],
)
def test_step_that_is_not_as_declared_is_seen(told: list[Story], plant: Callable[[Step], Step], found: str) -> None:
    step = next(step for step in _steps(told) if step.name == "ask_fund")
    assert (list(_undeclared(step)), list(_undeclared(plant(step)))) == ([], [found])


def test_nothing_personal_leaves_the_vault(told: list[Story], year: list[Story]) -> None:
    for story in [*told, *year]:
        secrets = {secret for secret in story.secrets if secret}
        for step in story.steps:
            seen = "\n".join(_seen(step))
            assert not [secret for secret in secrets if secret in seen], (story.number, step.name)


def test_what_people_write_holds_their_data(told: list[Story]) -> None:
    """Otherwise the test above would prove nothing."""
    texts = [str(s.body) for s in _steps(told) if VAULT & s.body.keys()]
    assert all(any(secret in text for text in texts) for s in told for secret in _numbers(s))


def test_identity_numbers_are_well_formed(told: list[Story]) -> None:
    numbers = [n for story in told for n in _numbers(story)]
    assert numbers and all(check_digit(number[:-1]) == number[-1] for number in numbers)


def test_check_digit_is_that_of_the_standard() -> None:
    assert check_digit("11010519491231002") == "X"  # the example of GB 11643-1999


def test_prompt_cases_keep_every_limit(told: list[Story]) -> None:
    for story in told:
        if story.course == "prompt":
            at = {step.name: step.at for step in reversed(story.steps)}
            assert at.get("assign", START) - at["register"] <= timedelta(15)
            assert at.get("notify", START) - at.get("assign", START) <= timedelta(15)
            assert at.get("issue", START) - at.get("notify", START) <= timedelta(60)


@pytest.mark.parametrize(
    ("course", "first", "then", "days"),
    [
        ("late_triage", "register", "assign", 15),
        ("late_notice", "assign", "notify", 15),
        ("late_opinion", "notify", "issue", 60),
        ("late_opinion", "notify", "supervise", 60),
    ],
)
def test_late_cases_miss_their_limit(told: list[Story], course: str, first: str, then: str, days: int) -> None:
    for story in told:
        if story.course == course:
            at = {step.name: step.at for step in reversed(story.steps)}
            assert at[then] - at[first] > timedelta(days)


def test_refusals_that_a_real_office_would_meet_occur(told: list[Story]) -> None:
    refused = {step.code for step in _steps(told) if step.code}
    assert refused == {
        "commitment_unkept",
        "cooling_off",
        "not_above_level",
        "not_at_its_end",
        "not_executed",
        "not_heard",
        "objection_too_late",
        "outside_discretion",
        "refusal_not_simple",
        "review_still_open",
        "routed_elsewhere",
        "same_opinion_again",
        "too_many_bounces",
        "others_keep_out",
    }


def test_accusations_are_never_handed_to_a_unit(told: list[Story]) -> None:
    accusations = [story for story in told if story.course == "discipline"]
    sealed = {"register", "classify", "seal", "conclude_report", "inform", "write"}
    assert accusations and all({s.name for s in story.steps} <= sealed for story in accusations)


def test_opinions_name_the_unit_above_for_review(county: County, told: list[Story]) -> None:
    for step in _steps(told):
        if step.name == "issue":
            assert step.body["review_body"] == county.units[step.who.unit].parent


def test_every_kind_of_paper_is_issued(told: list[Story]) -> None:
    assert {step.sent["kind"] for step in _steps(told) if step.name == "write"} == set(KINDS)


@pytest.mark.parametrize("seed", range(1, 10))
def test_every_paper_is_approved_by_a_head_who_has_not_written_it(county: County, seed: int) -> None:
    written = [s for s in _steps(stories(county, seed, 100)) if s.name == "write"]
    to_somebody = [step for step in written if KINDS[step.sent["kind"]].to is not To.file]
    for step in to_somebody:
        heads = county.staff(step.who.unit, Role.unit_head)
        assert step.sent["approved_by"] in {*heads} - {step.who.actor}, (step.sent["kind"], step.who)


def test_courses_come_to_their_end(told: list[Story]) -> None:
    """No course is so long that its last steps are always after the end of the demonstration."""
    last = {
        "exhausted": "no_longer_accept",
        "terminated": "care",
        "sponsored": "release",
        "aided": "close",
        "responsible": "close",
        "review_revoked": "close",
        "withdrawn": "confirm_withdrawal",
        "mediated": "close",
    }
    ends = {(story.course, [step.name for step in story.steps if step.name != "write"][-1]) for story in told}
    assert last.items() <= ends


def _undeclared(step: Step) -> Iterator[str]:
    """What the declaration of a step's command knows nothing of."""
    operation, values = step.operation, defaultdict[str, str](lambda: str(UUID(int=0)), event_version="1")
    sent = {name: filled(value, values) for name, value in step.sent.items()}
    path = {name: str(sent.pop(name)) for name in operation.in_path}
    try:
        read(step.command, path, msgspec.json.encode(sent))
    except RequestValidationError as error:
        yield from (f"{fault['type']} {fault['loc'][-1]}" for fault in error.errors())
    if operation.changes and step.who.role not in operation.by:
        yield f"{step.who.role.value} may not"
    if step.content:  # what is no JSON is answered by headers alone
        assert not step.captures
        return
    assert not isinstance(operation.reply, str)
    for answer in {there.split(".")[0] for there in step.captures.values()} - operation.reply.model_fields.keys():
        yield f"no {answer} in {operation.reply.__name__}"


def _steps(told: list[Story]) -> Iterator[Step]:
    return (step for story in told for step in story.steps)


def _numbers(story: Story) -> list[str]:
    who = story.steps[0].body["petitioner"]
    return [who["id_no"]] if who and "id_no" in who else []


def _seen(step: Step) -> Iterator[str]:
    """Everything of a step that can be seen outside the vault."""
    yield from (step.path, step.who.actor, step.who.unit, step.reason or "")
    yield from _words({name: v for name, v in step.body.items() if name not in VAULT})


def _values(value: Any) -> Iterator[Any]:
    """Everything that stands in a body, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    else:
        yield value


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
    else:
        yield str(value)
