"""The courses in all languages are the one that the README tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.harness import ROOT

COURSES = sorted(path for path in Path(__file__).parent.glob("*/*") if path.stem.lower() == "course")


def words(sent: Any) -> Iterator[str]:
    if isinstance(sent, dict | list):
        for item in sent.values() if isinstance(sent, dict) else sent:
            yield from words(item)
    else:
        yield sent


def test_every_word_that_the_readme_sends_is_in_every_course():
    told = (ROOT / "README.md").read_text("utf-8").partition("## Ten minutes as a clerk")[2].partition("\n## ")[0]
    acting = [word for found in re.findall(r"\$\(as (\w+) (\w+) (\w+) ", told) for word in found]
    sent = [word for body in re.findall(r"-d '(.+?)'", told, re.DOTALL) for word in words(json.loads(body))]
    assert (len(acting), len(sent)) == (15, 20)
    assert len(COURSES) == 3
    for course in COURSES:
        said = course.read_text("utf-8").lower()
        assert [word for word in acting + sent if word.lower() not in said] == [], course
