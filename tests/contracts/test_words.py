"""What is not in Huiyin's language: words by which a petitioner becomes somebody to be controlled."""

from __future__ import annotations

import pytest

from contracts import vocabulary
from contracts.event import Event
from contracts.schema import declared
from contracts.vocabulary import Term

LEFT_OUT = ("稳控", "打击", "维稳", "重点人", "缠访", "闹访")
IN_THE_SENSE_OF_THE_LAW = "打击报复"
"""What no organ and no person may do to a petitioner (信访工作条例 第十八条第四款, 第四十六条)."""


def words() -> list[tuple[str, str]]:
    """Return every title that the contracts declare, with where it stands."""
    kinds = [kind for kind in vars(vocabulary).values() if isinstance(kind, type) and issubclass(kind, Term)]
    terms = [(f"{kind.__name__}.{term.name}", term.title) for kind in kinds for term in kind]
    events = [(name, f"{kind.title} {kind.basis} {kind.__doc__}") for name, kind in declared().items()]
    return terms + events


def left_out(text: str) -> list[str]:
    return [word for word in LEFT_OUT if word in text.replace(IN_THE_SENSE_OF_THE_LAW, "")]


@pytest.mark.parametrize("word", LEFT_OUT)
def test_no_term_and_no_event_speaks_of_controlling_anybody(word: str):
    assert [place for place, text in words() if word in left_out(text)] == []


def test_words_are_looked_at():
    assert len(words()) > 100
    assert any(kind.title in text for _, text in words() for kind in declared().values() if issubclass(kind, Event))


@pytest.mark.parametrize("text", ["包稳控", "协助打击", "缠访闹访", "重点人员", "打击报复，打击"])
def test_such_a_word_is_found(text: str):
    assert left_out(text)


def test_retaliation_may_be_named():
    assert left_out("不得打击报复信访人") == []
