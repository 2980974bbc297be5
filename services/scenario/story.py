"""The stories of the demonstration: what becomes of petitions between January and October 2026.

Pure and deterministic: a story follows from county, seed and its number alone, so that more cases
of the same seed only add to those before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from contracts.vocabulary import ContentCategory
from services.scenario.county import County
from services.scenario.courses import EVERYDAY, PLOTS, Plot
from services.scenario.hours import LOCAL
from services.scenario.step import Step
from services.scenario.telling import Telling
from services.scenario.texts import Matter, texts

START: Final = datetime(2026, 1, 5, tzinfo=LOCAL)
END: Final = datetime(2026, 10, 30, 23, 59, tzinfo=LOCAL)


@dataclass(frozen=True, slots=True)
class Story:
    """One case from its registration to where it stands at the end."""

    number: int
    course: str
    """What becomes of the petition: a key of ``PLOTS``."""
    category: ContentCategory
    steps: tuple[Step, ...]
    secrets: frozenset[str]
    """Names, numbers and words that may lie in the vault and nowhere else."""


def stories(county: County, seed: int, cases: int) -> list[Story]:
    """Return the first `cases` stories of a seed, in the order in which their petitions come in."""
    told = (_story(county, seed, number) for number in range(cases))
    return sorted(told, key=lambda story: (story.steps[0].at, story.number))


def _story(county: County, seed: int, number: int) -> Story:
    rng = Random(f"{seed}/{number}")  # invented lives need no secrets
    course = _course(seed, number)
    plot = PLOTS[course]
    place = rng.choice(county.villages())
    weights = {c: texts()[c]["weight"] for c in plot.categories or EVERYDAY}
    category = rng.choices(list(weights), list(weights.values()))[0]
    matter = Matter(rng, category, place.name, accuses=plot.accuses, anonymous=plot.anonymous, suggests=plot.suggests)
    telling = Telling(county, rng, matter, place, _start(rng, plot), plot.route)
    plot.tell(telling)
    steps = tuple(step for step in telling.steps if step.at <= END)
    return Story(number, course, category, steps, telling.secrets)


def _course(seed: int, number: int) -> str:
    """Deal from a shuffled deck: in a hundred cases each course occurs as its weight says."""
    deck = [course for course, plot in PLOTS.items() for _ in range(plot.weight)]
    Random(f"{seed}/deck/{number // len(deck)}").shuffle(deck)
    return deck[number % len(deck)]


def _start(rng: Random, plot: Plot) -> datetime:
    latest = END - timedelta(plot.takes_days)
    earliest = START if plot.recent_days is None else END - timedelta(plot.recent_days)
    return earliest + rng.random() * (latest - earliest)
