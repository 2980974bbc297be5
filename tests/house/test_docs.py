"""The pages in ``docs/`` speak of what is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from services.cli import events

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROMISES = (ROOT / "docs" / "promises.md").read_text("utf-8")


@cache
def named(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_walks_go_through_files_that_are_there():
    paths = re.findall(r"`((?:services|contracts)/[^`]+)`", (ROOT / "docs" / "walk.md").read_text("utf-8"))
    assert len(paths) >= 30
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_page_of_events_says_what_the_code_says():
    assert not events.outdated(ROOT), "run `huiyin contracts generate`"


def test_every_promise_has_its_test():
    tests = re.findall(r"`([\w/]+\.py)::(\w+)`", PROMISES)
    assert [f"{path}::{test}" for path, test in tests if test not in named(TESTS / path)] == []
    assert PROMISES.count("\n- test") == PROMISES.count("\n\n**"), "a promise without its test"


def test_every_promise_that_a_test_cites_is_there():
    cited = {
        int(number)
        for path in TESTS.rglob("test_*.py")
        for found in re.findall(r"(?i)promises? ((?:\d+[^.:\n]*?\band )?\d+)", path.read_text("utf-8"))
        for number in re.findall(r"\d+", re.sub(r"\(.*?\)", "", found))
    }
    assert len(cited) >= 10
    assert cited == {int(number) for number in re.findall(r"\b(\d+) · ", PROMISES)}


def test_every_file_with_a_mutant_is_there():
    planting = [path for path in TESTS.rglob("test_*.py") if "mutant" in path.read_text("utf-8").lower()]
    others = [path for path in planting if path.parent != Path(__file__).parent]
    assert len(others) >= 20
    assert [str(path) for path in others if f"`{path.relative_to(TESTS)}::" not in PROMISES] == []


def test_words_of_the_glossary_are_those_of_the_code():
    code = "\n".join(
        path.read_text("utf-8") for folder in ("contracts", "services") for path in (ROOT / folder).rglob("*.py")
    )
    page = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    cells = re.findall(r"^\|[^|]+\|[^|]+\|([^|]+`[^|]*)\|", page, re.MULTILINE)
    words = [word for cell in cells for word in re.findall(r"`(\w+)`", cell)]
    assert len(words) >= 40
    assert [word for word in words if not re.search(rf"\b{word}\b", code)] == []
