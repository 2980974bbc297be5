"""A client in TypeScript: types made of the documents, and a course that is compiled against them and played."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from contracts.envelope import SERVICES
from tests.clients.course import played
from tests.clients.documents import written
from tests.clients.tools import FETCH_SECONDS_MAX, node_modules, run
from tests.harness import System

pytestmark = pytest.mark.timeout(FETCH_SECONDS_MAX + 300)
COURSE = Path(__file__).parent / "typescript"
MISSPELT = {
    "path": ("/acceptance-notice", "/acceptance-notices"),
    "field": ("petitioner:", "petitoner:"),
    "term": ('"unpaid_wages"', '"unpaid_wage"'),
    "header": ('"Huiyin-Post"', '"Huiyin-Posts"'),
    "reply": ("registered.query_code", "registered.querycode"),
}


class Compiled(NamedTuple):
    """Where the programs are, and which of them the compiler refuses."""

    folder: Path
    refused: set[str]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """Make types of all documents, and compile the course and misspelt ones against them: once, for that takes long."""
    modules = node_modules()
    folder = tmp_path_factory.mktemp("typescript")
    shutil.copytree(COURSE, folder, dirs_exist_ok=True)
    (folder / "node_modules").symlink_to(modules)
    written(folder)
    of = {name: {"root": f"{name}.json", "x-openapi-ts": {"output": f"{name}.ts"}} for name in SERVICES}
    (folder / "redocly.yaml").write_text(json.dumps({"apis": of}))
    run(modules / ".bin" / "openapi-typescript", "--default-non-nullable=false", cwd=folder)
    course = (folder / "course.ts").read_text("utf-8")
    for name, (right, wrong) in MISSPELT.items():
        assert right in course
        (folder / f"{name}.ts").write_text(course.replace(right, wrong), "utf-8")
    said = run(modules / ".bin" / "tsc", cwd=folder, ends=2)
    return Compiled(folder, set(re.findall(r"^(\w+)\.ts\(", said, re.MULTILINE)))


@pytest.mark.asyncio(loop_scope="package")
async def test_course_compiles_and_is_played(compiled: Compiled, county: System):
    assert "course" not in compiled.refused
    await played(county, "node", compiled.folder / "made" / "course.js", cwd=compiled.folder)


def test_misspelling_is_refused_by_the_compiler(compiled: Compiled):
    """The mutants: courses in each of which a word is misspelt."""
    assert compiled.refused == set(MISSPELT)
