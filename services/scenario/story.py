"""The stories of the demonstration: what becomes of petitions between January and October 2026.

Pure and deterministic: a story follows from county, seed and its number alone, so that more cases
of the same seed only add to those before. Each course of events is one short function that reads
like the procedure of the regulation, or like what offices do instead of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from random import Random
from typing import Any, Final, NamedTuple

from contracts.vocabulary import Channel, ContentCategory, ObjectionGround, Result
from services.scenario.county import County
from services.scenario.hours import LOCAL
from services.scenario.step import Step
from services.scenario.telling import OBJECTION_OVER_WORKING_DAYS, Telling
from services.scenario.texts import Matter, texts

START: Final = datetime(2026, 1, 5, tzinfo=LOCAL)
END: Final = datetime(2026, 10, 30, 23, 59, tzinfo=LOCAL)
REFUSED: Final = HTTPStatus.CONFLICT


class Course(StrEnum):
    """What becomes of a petition."""

    prompt = "prompt"
    executed = "executed"
    late_triage = "late_triage"
    late_notice = "late_notice"
    late_opinion = "late_opinion"
    repeat = "repeat"
    objection_upheld = "objection_upheld"
    objection_rejected = "objection_rejected"
    late_objection = "late_objection"
    hasty_closure = "hasty_closure"
    unheard_opinion = "unheard_opinion"
    anonymous = "anonymous"
    collective = "collective"
    discipline = "discipline"
    judicial = "judicial"
    stays_registered = "stays_registered"
    stays_classified = "stays_classified"
    stays_assigned = "stays_assigned"
    stays_accepted = "stays_accepted"
    stays_recorded = "stays_recorded"
    stays_issued = "stays_issued"
    stays_served = "stays_served"


@dataclass(frozen=True, slots=True)
class Story:
    """One case from its registration to where it stands at the end."""

    number: int
    course: Course
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
    weights = {c: texts()[c]["weight"] for c in plot.categories or _EVERYDAY}
    category = rng.choices(list(weights), list(weights.values()))[0]
    matter = Matter(rng, category, place.name, accuses=plot.accuses, anonymous=plot.anonymous)
    telling = Telling(county, rng, matter, place, _start(rng, plot))
    plot.tell(telling)
    steps = tuple(step for step in telling.steps if step.at <= END)
    return Story(number, course, category, steps, matter.secrets)


def _course(seed: int, number: int) -> Course:
    """Deal from a shuffled deck: in a hundred cases each course occurs as its weight says."""
    deck = [course for course, plot in PLOTS.items() for _ in range(plot.weight)]
    Random(f"{seed}/deck/{number // len(deck)}").shuffle(deck)
    return deck[number % len(deck)]


def _start(rng: Random, plot: Plot) -> datetime:
    latest = END - timedelta(plot.takes_days)
    earliest = START if plot.recent_days is None else END - timedelta(plot.recent_days)
    return earliest + rng.random() * (latest - earliest)


# ----------------------------------------------------------------------------------- courses


def _to_unit(t: Telling) -> Telling:
    """Registered, told apart and with a unit within fifteen days (第二十二条)."""
    return t.register().after(0, 2).classify().after(0, 2).hand_over()


def _answered(t: Telling, result: Result | None = None) -> Telling:
    """Told within fifteen days, heard, decided within sixty (第二十三条, 第三十四条)."""
    t.after(1, 5).notify()
    return _inquired(t).after(3, 12).issue(result).after(0, 4).serve()


def _inquired(t: Telling) -> Telling:
    return t.after(2, 9).hear().after(3, 11).verify()


def _ended(t: Telling) -> None:
    """What was granted is done, and nobody asks for review (第三十二条第二款, 第三十五条)."""
    if t.result is Result.support:
        t.after(6, 22).execute()
    t.remedy_over().close()


def _prompt(t: Telling) -> None:
    _ended(_answered(_to_unit(t)))


def _executed(t: Telling) -> None:
    _answered(_to_unit(t), Result.support)
    if t.chance(0.5):
        t.remedy_over().close(expect=REFUSED)  # promised is not done (第三十二条第二款)
    t.after(6, 20).execute().remedy_over().close()


def _late_triage(t: Telling) -> None:
    t.register().past_limit(t.now, 15, by=(1, 10)).classify(late=True).after(0, 2).hand_over()
    _ended(_answered(t))


def _late_notice(t: Telling) -> None:
    _to_unit(t).past_limit(t.now, 15, by=(1, 11)).notify(late=True)
    _ended(_inquired(t).after(3, 12).issue().after(0, 4).serve())


def _late_opinion(t: Telling) -> None:
    _to_unit(t).after(1, 5).notify()
    t.after(12, 22).hear().after(14, 24).verify()
    t.past_limit(t.noticed_at, 60, by=(1, 4)).supervise()
    t.after(3, 8).issue(late=True).after(0, 2).serve()
    t.after(0, 1).answer_supervision()
    _ended(t)


_REPEATS: Final = (1, 2, 3)


def _repeat(t: Telling) -> None:
    times = t.rng.choice(_REPEATS)
    _to_unit(t).after(1, 5).notify().after(2, 9).repeat()
    t.after(1, 6).hear()
    if times in _REPEATS[1:]:
        t.after(1, 5).repeat()
    t.after(2, 6).verify().after(3, 9).issue().after(0, 4).serve()
    if times == len(_REPEATS):
        t.after(3, 12).repeat()
    _ended(t)


def _objection_upheld(t: Telling) -> None:
    t.register().after(0, 2).classify().after(0, 2)
    right = t.competent_unit()
    t.hand_over(t.mistaken_unit()).after(1, 2)
    t.object(ObjectionGround.other_unit_competent, right).after(0, 2).decide(upheld=True)
    _ended(_answered(t.after(0, 1).hand_over(right)))


def _objection_rejected(t: Telling) -> None:
    _to_unit(t).after(1, 2).object(ObjectionGround.lower_level_competent, t.town())
    _ended(_answered(t.after(0, 2).decide(upheld=False)))


def _late_objection(t: Telling) -> None:
    _to_unit(t).after_working_days(OBJECTION_OVER_WORKING_DAYS)
    t.object(ObjectionGround.lower_level_competent, t.town(), late=True)
    _ended(_answered(t))


def _hasty_closure(t: Telling) -> None:
    _answered(_to_unit(t)).after(4, 14).close(expect=REFUSED)  # 第三十五条
    _ended(t)


def _unheard_opinion(t: Telling) -> None:
    _to_unit(t).after(1, 5).notify().after(2, 6).issue(expect=REFUSED)  # 第三十一条第六项
    _ended(_inquired(t).after(3, 12).issue().after(0, 4).serve())


def _anonymous(t: Telling) -> None:
    """Registered like any other; but whom nobody can reach cannot be heard."""
    channel = t.rng.choice((Channel.letter, Channel.online, Channel.call))
    t.register(anonymous=True, channel=channel).after(0, 3).classify().after(0, 3).hand_over()
    if t.chance(0.6):
        t.after(2, 8).notify(publicly=True).after(3, 12).verify()


def _collective(t: Telling) -> None:
    t.register(people=t.rng.randint(5, 46), channel=Channel.visit)
    t.after(0).classify().after(0, 1).hand_over()
    _ended(_answered(t))


def _discipline(t: Telling) -> None:
    """Nothing more is seen of it outside the discipline organ (第三十条)."""
    t.register().after(0, 2).classify()


def _judicial(t: Telling) -> None:
    """It is for the courts; to hand it to a unit all the same is refused (第二十二条第二款)."""
    t.register().after(0, 2).classify()
    if t.chance(0.5):
        t.after(0, 3).hand_over(expect=REFUSED)


def _stays_registered(t: Telling) -> None:
    t.register()


def _stays_classified(t: Telling) -> None:
    t.register().after(0, 4).classify()


def _stays_assigned(t: Telling) -> None:
    _to_unit(t)


def _stays_accepted(t: Telling) -> None:
    _to_unit(t).after(1, 8).notify()


def _stays_recorded(t: Telling) -> None:
    _to_unit(t).after(1, 5).notify().after(2, 9).hear()


def _stays_issued(t: Telling) -> None:
    _inquired(_to_unit(t).after(1, 5).notify()).after(3, 12).issue()


def _stays_served(t: Telling) -> None:
    _answered(_to_unit(t))


class Plot(NamedTuple):
    """How often a course occurs, how it is told, and when it may begin."""

    weight: int
    tell: Callable[[Telling], Any]
    takes_days: int
    """It begins so many days before the end at the latest; later steps are not played."""
    recent_days: int | None = None
    """It begins so many days before the end at the earliest, if it is to be open then."""
    categories: Sequence[ContentCategory] = ()
    accuses: bool = False
    anonymous: bool = False


_EVERYDAY: Final = tuple(c for c in ContentCategory if c is not ContentCategory.litigation)
_OF_MANY: Final = (
    ContentCategory.demolition,
    ContentCategory.enterprise_reform,
    ContentCategory.housing,
    ContentCategory.land_acquisition,
    ContentCategory.unpaid_wages,
    ContentCategory.veterans,
)
_UNSIGNED: Final = (
    ContentCategory.education,
    ContentCategory.environment,
    ContentCategory.medical,
    ContentCategory.public_security,
    ContentCategory.village_works,
)

PLOTS: Final[dict[Course, Plot]] = {
    Course.prompt: Plot(35, _prompt, 2),
    Course.executed: Plot(6, _executed, 115),
    Course.late_triage: Plot(4, _late_triage, 125),
    Course.late_notice: Plot(5, _late_notice, 125),
    Course.late_opinion: Plot(5, _late_opinion, 140),
    Course.repeat: Plot(7, _repeat, 105),
    Course.objection_upheld: Plot(4, _objection_upheld, 105),
    Course.objection_rejected: Plot(3, _objection_rejected, 105),
    Course.late_objection: Plot(2, _late_objection, 110),
    Course.hasty_closure: Plot(2, _hasty_closure, 110),
    Course.unheard_opinion: Plot(2, _unheard_opinion, 110),
    Course.anonymous: Plot(3, _anonymous, 40, categories=_UNSIGNED, anonymous=True),
    Course.collective: Plot(4, _collective, 105, categories=_OF_MANY),
    Course.discipline: Plot(4, _discipline, 20, categories=(ContentCategory.official_conduct,), accuses=True),
    Course.judicial: Plot(3, _judicial, 20, categories=(ContentCategory.litigation,)),
    Course.stays_registered: Plot(1, _stays_registered, 1, 24),
    Course.stays_classified: Plot(2, _stays_classified, 14, 30),
    Course.stays_assigned: Plot(2, _stays_assigned, 14, 40),
    Course.stays_accepted: Plot(2, _stays_accepted, 25, 60),
    Course.stays_recorded: Plot(2, _stays_recorded, 38, 80),
    Course.stays_issued: Plot(1, _stays_issued, 65, 85),
    Course.stays_served: Plot(1, _stays_served, 65, 95),
}
