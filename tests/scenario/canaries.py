"""Canaries: what is typed into the fields of commands in stories, so that it is found wherever it is written down."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import permutations
from typing import Any, Final

from services.chassis.references import Refers, references
from services.chassis.words import Sealed
from services.scenario.county import County
from services.scenario.step import From, Step
from services.scenario.story import Story
from tests.house.test_what_is_typed import AS_IT_IS, COMMANDS, RULED_OUT, says_nothing, texts_of, typed_as_it_is
from tests.places import CHARS, marked, scan

ON_SHOW: Final = {
    "AppointOfficer.post": "assignment.nameplate",
    "AppointOfficer.name": "assignment.nameplate",
    "AppointOfficer.phone": "assignment.nameplate",
    "PublishNotice.text": "intake.notice_text",
}
"""What is there for everybody to read, and in which table: it stands in no event and can be taken down."""
GOES_NOWHERE: Final = "AttachPetition.earlier_no"
BY_SERVICES: Final = "DepositWords.text"
"""What other services bring of what was typed into their fields."""
OF_THE_DIRECTORY: Final = AS_IT_IS.keys() - {*ON_SHOW, GOES_NOWHERE, "RegisterPetition.place", "AttachPetition.place"}
"""What the directory has from two persons, and what is refused unless the directory has it."""
NUMBERS: Final = ("id_no", "phone")
"""By which somebody is known again, so that they stay as they are: each was made up for one person."""
UNSAID: Final[Mapping[str, Any]] = {
    "AppointOfficer.phone": "值守",
    "AttachPetition.content.further_claims": ["还有一事"],
    "IssuePaper.attachments": ["附件"],
    "NameRepresentatives.representatives.address": "村口",
    "TellPersonnel.committee": "县委",
    "TellPersonnel.persons": ["somebody"],
}
"""What may be said by a command, and is not in the demonstration."""


def fields() -> Iterator[str]:
    """Yield every field of a command into which somebody types words."""
    for cls in COMMANDS.values():
        known = {name for name, one in references(cls) if isinstance(one, Refers)}
        for path, schema in texts_of(cls):
            open_to_words = not says_nothing(schema) and not RULED_OUT.fullmatch(path)
            if open_to_words and path.split(".")[1] not in known and path not in OF_THE_DIRECTORY:
                yield path


FIELDS: Final = frozenset(fields())
CODES: Final = frozenset(path for cls in COMMANDS.values() for path in typed_as_it_is(cls) if RULED_OUT.fullmatch(path))
"""Where the rules alone see to it that a code is one of the directory, or of the case."""
PART: Final = "a part"
"""What was found, where no canary is whole."""
UNPLAYED: Final = {"ApproveUnsealing.officer", "NameMediator.mediator"}
"""Codes of commands that are in no course."""
SEALED: Final = frozenset(
    f"{name}.{of}" for name, cls in COMMANDS.items() for of, one in references(cls) if isinstance(one, Sealed)
)


@dataclass
class Canaries:
    """What is typed: a mark that all have in common, and behind it what tells each from the others."""

    units: Mapping[str, Any]
    dice: random.Random
    typed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The canaries of a field, those that a command had which was done."""
    numbers: dict[str, str] = field(default_factory=dict)
    """By field, the number of one person."""
    strangers: dict[str, str] = field(default_factory=dict)
    """By field, a code that nobody has."""

    def __post_init__(self) -> None:
        self.nobody = "".join(self.dice.choices("bcdfghjkmnpqrstvwxz", k=10))
        chars = self.dice.sample(CHARS, len(CHARS))
        self.mark, self._tails = "".join(chars[:6]), map("".join, permutations(chars[6:], 3))
        self._end = chars[0]  # what was encoded whole may lack the last character
        self._known: dict[tuple[str, str], str] = {}
        self._of: dict[str, str] = {}

    def told(self, story: Story) -> Story:
        """Return a story in which a canary stands in front of all that is typed."""
        return replace(story, steps=tuple(map(self._step, story.steps)))

    def _step(self, step: Step) -> Step:
        sent, done = step.sent, step.code is None
        for path, names in _of(step, FIELDS):
            sent = _in_place(sent, names, partial(self._in_front, path=path, done=done), UNSAID.get(path))
        return replace(step, sent=sent)

    def strange(self, step: Step) -> Iterator[tuple[str, Step]]:
        """Yield a step once for each field that takes a code, with one in it that nobody has."""
        for path, names in _of(step, CODES - self.strangers.keys() if step.code is None else ()):
            code = f"{self.nobody}.{len(self.strangers):03}-x"
            if (sent := _in_place(step.sent, names, lambda _, code=code: code, UNSAID.get(path))) != step.sent:
                self.strangers[path] = code
                yield path, replace(step, sent=sent)

    def _in_front(self, words: str, path: str, *, done: bool) -> str:
        if path.endswith(NUMBERS) and words[:-1].isdigit():
            self.numbers.setdefault(path, words)
            return words
        if _is_day(words) or (words in self.units and path not in SEALED):
            return words
        whose = path.partition(".")[2] if ".petitioner." in path else path  # the same person again
        canary = self._known.get((whose, words)) or f"{self.mark}{next(self._tails)}{self._end}"
        self._known[whose, words] = canary
        self._of.setdefault(canary, path)
        if done:
            self.typed[path].add(canary)
        return canary + words

    def found(self, places: Mapping[str, bytes]) -> set[tuple[str, str]]:
        """Return in which place what stands that was typed into which field, or a part of it."""
        of = self._of | {code: path for path, code in self.strangers.items()}
        near = {
            (place, at): data
            for place, whole in places.items()
            for at, data in enumerate([*marked(whole, self.mark), *marked(whole, self.nobody)])
        }
        hits = scan(near, {canary: canary for canary in of})
        parts = {place for place, _ in near.keys() - {at for at, *_ in hits}} - {"wal"}  # whose pages part anything
        whole = {(place, of[canary]) for (place, _), canary, _ in hits}
        return {*whole, *((place, PART) for place in parts), *(hit[:2] for hit in scan(places, self.numbers))}


def _of(step: Step, paths: Collection[str]) -> list[tuple[str, list[str]]]:
    """Return which fields of a command are among some, and by which names one gets to them."""
    found = sorted(path for path in paths if path.partition(".")[0] == step.command.__name__)
    return [(path, path.split(".")[1:]) for path in found]


def _in_place(value: Any, names: Sequence[str], leaf: Callable[[str], str], unsaid: Any = None) -> Any:
    """Return what is sent, with something else in the place of each text to which the names lead."""
    if value is None or isinstance(value, From):
        return value
    if isinstance(value, list | tuple):
        return [_in_place(one, names, leaf, unsaid) for one in value]
    if isinstance(value, Mapping):
        [name, *deeper] = names
        if unsaid is not None and not deeper:
            value = {name: unsaid, **value}
        here = [one for one in value if name in {one, "*"}]
        return {**value, **{one: _in_place(value[one], deeper, leaf, unsaid) for one in here}}
    return leaf(value)


def _is_day(words: str) -> bool:
    with suppress(ValueError):
        return bool(date.fromisoformat(words))
    return False


def fewest(told: Iterable[Story], county: County) -> list[Story]:
    """Return courses in which everything is typed that is typed in any of them, with as few steps as may be."""
    filled = []
    for story in told:
        trial = Canaries(county.units, random.Random(0))
        for step in trial.told(story).steps:
            [*trial.strange(step)]
        filled.append((story, {*trial.typed, *trial.numbers, *trial.strangers}))
    left, chosen = set().union(*(there for _, there in filled)), list[Story]()
    while left:
        story, there = max(filled, key=lambda one: len(one[1] & left) / len(one[0].steps))
        chosen.append(story)
        left -= there
    return chosen
