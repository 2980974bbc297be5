"""A client in Python: a package made of each document, and a course that is checked against them and played."""

from __future__ import annotations

import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from contracts.envelope import SERVICES
from tests.clients.course import played
from tests.clients.documents import written
from tests.clients.tools import FETCH_SECONDS_MAX, TOOLS, python, run
from tests.harness import System

pytestmark = pytest.mark.timeout(FETCH_SECONDS_MAX + 300)
COURSE = Path(__file__).parent / "python" / "course.py"
AT_ONCE = 2
MISSPELT = {
    "operation": ("api.opinion import issue_opinion", "api.opinion import issue_opinions as issue_opinion"),
    "field": ("petitioner=", "petitoner="),
    "term": ("UNPAID_WAGES,", "UNPAID_WAGE,"),
    "header": ('"huiyin_post": post', '"huiyin_posts": post'),
    "reply": ("registered.query_code", "registered.querycode"),
}
EVERYTHING = """\
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    for module in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
        print(importlib.import_module(module.name).__name__)
"""


class Generated(NamedTuple):
    """Where the packages are, whose Python plays with them, and in which files a check of types finds something."""

    folder: Path
    python: Path
    refused: set[str]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    """Make packages of all documents, without a warning, and check the course and misspelt ones against them."""
    programs = python()
    folder = tmp_path_factory.mktemp("python")
    strict = ("generate", "--config", TOOLS / "python.yaml", "--meta", "none", "--fail-on-warning")

    def make(document: Path) -> None:
        to = ("--path", document, "--output-path", folder / document.stem)
        run(programs / "openapi-python-client", *strict, *to, cwd=folder)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert len(list(pool.map(make, written(folder)))) == len(SERVICES)
    shutil.copy(COURSE, folder)
    course = COURSE.read_text("utf-8")
    for name, (right, wrong) in MISSPELT.items():
        assert right in course
        (folder / f"{name}.py").write_text(course.replace(right, wrong), "utf-8")
    mypy = (sys.executable, "-m", "mypy", "--strict", "--python-executable")
    files = ["course.py", *(f"{name}.py" for name in MISSPELT)]
    said = run(*mypy, programs / "python", *files, cwd=folder, ends=1)
    return Generated(folder, programs / "python", set(re.findall(r"^(\S+)\.py:\d+: error", said, re.MULTILINE)))


def test_everything_that_is_made_can_be_imported(generated: Generated):
    modules = run(generated.python, "-E", "-c", EVERYTHING, *SERVICES, cwd=generated.folder).split()
    operations = [name for name in modules if re.fullmatch(r"\w+\.api\.\w+\.\w+", name)]
    assert len(modules) > 700
    assert len(operations) > 250


@pytest.mark.asyncio(loop_scope="package")
async def test_course_is_sound_and_played(generated: Generated, county: System):
    assert "course" not in generated.refused
    await played(county, generated.python, "-E", generated.folder / "course.py", cwd=generated.folder)


def test_misspelling_is_refused_by_the_check_of_types(generated: Generated):
    """The mutants: courses in each of which a word is misspelt."""
    assert generated.refused == set(MISSPELT)
