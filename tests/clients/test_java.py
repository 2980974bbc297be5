"""A client in Java: openapi-generator makes it of the four documents, all of it compiles, and it plays the course."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from services.cli.embedded import jars
from tests.clients.course import played
from tests.clients.documents import written
from tests.clients.tools import FETCH_SECONDS_MAX, TOOLS, needs, run
from tests.harness import System

pytestmark = pytest.mark.timeout(FETCH_SECONDS_MAX + 300)
COURSE: Final = Path(__file__).parent / "java" / "Course.java"
OPTIONS: Final[dict[str, Any]] = {
    "generatorName": "java",
    "library": "native",
    "additionalProperties": {"enumUnknownDefaultCase": True},  # as docs/api.md wants enumerations to be read
    "globalProperties": {"apis": "", "models": "", "supportingFiles": ""}  # all that is code, and nothing else
    | dict.fromkeys(("apiDocs", "apiTests", "modelDocs", "modelTests"), "false"),
}
QUICK: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""How a JVM is started that lives for some seconds: it takes half the time."""
STRICT: Final = ("-Xlint:all,-deprecation,-serial", "-Werror")
"""Without what the generator's own classes for Jackson are warned of, whatever the document."""
MISSPELT: Final = {
    "Operation": ("assignCase(", "asignCase("),
    "Field": (".caseOfficer(", ".caseOficer("),
    "Term": ("UNPAID_WAGES", "UNPAID_WAGE"),
    "Reply": ("getQueryCode()", "getQuerycode()"),
}


class Client(NamedTuple):
    """A folder with the classes of all four clients and of the course, and the class path for whatever uses them."""

    folder: Path
    path: str

    def compile(self, *sources: Path, ends: int = 0) -> str:
        """Compile more, and return what the compiler says."""
        (self.folder / "sources").write_text("\n".join(map(str, sources)))
        quick = [f"-J{flag}" for flag in QUICK]
        plain = ("-proc:none", "-encoding", "UTF-8", "-cp", self.path, "-d", self.folder / "classes")
        return run("javac", *quick, *plain, *STRICT, "@sources", cwd=self.folder, ends=ends)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Make the clients and compile them and the course: once, for that takes long."""
    needs("javac")
    repository = os.environ.get("HUIYIN_MAVEN_REPOSITORY")
    fetched = jars.fetch(repository, jars=TOOLS / "java.sha256", called="openapi-generator")
    (generator,) = (jar for jar in fetched if jar.name.startswith("openapi-generator-cli"))
    folder = tmp_path_factory.mktemp("java")
    (classes := folder / "classes").mkdir()
    path = os.pathsep.join(map(str, (classes, *(jar for jar in fetched if jar != generator))))
    said = run("java", *QUICK, "-jar", generator, "batch", "--fail-fast", *_options(folder), cwd=folder)
    assert "4 generators successfully" in said, said
    made = Client(folder, path)
    made.compile(*folder.glob("*/src/main/**/*.java"), COURSE)
    return made


def _options(folder: Path) -> list[Path]:
    """Write the documents and, for each, what is to be made of it; all is made in one go."""
    for document in written(folder):
        name = document.stem
        own = {"inputSpec": str(document), "outputDir": str(folder / name), "invokerPackage": f"huiyin.{name}"}
        packages = {f"{kind}Package": f"huiyin.{name}.{kind}" for kind in ("api", "model")}
        document.with_suffix(".options").write_text(json.dumps(OPTIONS | own | packages))
    return sorted(folder.glob("*.options"))


@pytest.mark.asyncio(loop_scope="package")
async def test_course_compiles_and_is_played(client: Client, county: System):
    await played(county, "java", *QUICK, "-cp", client.path, "Course", cwd=client.folder)


def test_misspelling_is_refused_by_the_compiler(client: Client, tmp_path: Path):
    """The mutants: courses in each of which a word is misspelt."""
    course = COURSE.read_text("utf-8").replace("class Course", "class {}")
    for name, (right, wrong) in MISSPELT.items():
        assert right in course
        (tmp_path / f"{name}.java").write_text(course.replace("{}", name).replace(right, wrong), "utf-8")
    said = client.compile(*tmp_path.iterdir(), ends=1)
    assert set(re.findall(r"(\w+)\.java:\d+: ", said)) == set(MISSPELT)
