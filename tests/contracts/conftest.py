"""What the tests of the contracts share: the repository, a copy of it to damage, the samples."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts import release
from contracts.event import REGISTRY, UPCASTS

ROOT = Path(__file__).parents[2]
HOME = ROOT / release.HOME


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a sample file once for every sample that was ever released."""
    if "sample_file" in metafunc.fixturenames:
        files = sorted((HOME / "samples").glob("*.json"))
        metafunc.parametrize("sample_file", files, ids=lambda path: path.stem)


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture
def home() -> Path:
    return HOME


@pytest.fixture
def released_copy(tmp_path: Path) -> Path:
    """Copy what is released, for a test that damages it."""
    shutil.copytree(HOME, tmp_path / release.HOME)
    shutil.copy(ROOT / release.DOCUMENT, tmp_path / release.DOCUMENT)
    return tmp_path


@pytest.fixture
def registries() -> Iterator[None]:
    """Leave no event of a test behind."""
    classes, upcasts = dict(REGISTRY), dict(UPCASTS)
    yield
    for registry, before in ((REGISTRY, classes), (UPCASTS, upcasts)):
        registry.clear()
        registry.update(before)
