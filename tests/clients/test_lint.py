"""The two linters that people hold OpenAPI documents against find nothing, not even a warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.documents import written
from tests.clients.tools import FETCH_SECONDS_MAX, TOOLS, node_modules, run

pytestmark = pytest.mark.timeout(FETCH_SECONDS_MAX + 300)


def test_redocly_finds_nothing(tmp_path: Path):
    redocly = node_modules() / ".bin" / "redocly"
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    said = run(redocly, "lint", "--config", TOOLS / "redocly.yaml", *written(tmp_path), cwd=tmp_path, **quiet)
    assert "API descriptions are valid" in said, said
    assert "You have" not in said, said  # so many warnings


def test_spectral_finds_nothing(tmp_path: Path):
    spectral = node_modules() / ".bin" / "spectral"
    strict = ("--fail-severity=hint", "--ruleset", TOOLS / "spectral.yaml")
    assert "No results" in run(spectral, "lint", *strict, *written(tmp_path), cwd=tmp_path)
