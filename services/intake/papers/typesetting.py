"""From data to a PDF/A-2b, always the same bytes: no clock, no fonts of the machine, no markup in what is typed in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import typst

from services.intake.papers.fonts import folders
from services.intake.papers.words import legible

NEWEST: Final = "v3"
"""The templates that a new paper is set with; an old one is set again with those that it was issued with."""
_TEMPLATES: Final = Path(__file__).parent


def render(data: Mapping[str, Any], font_dir: Path | None = None) -> bytes:
    """Return the PDF of a paper, set with the templates that its data names; no text stops it.

    PDF/A lets nothing stand on a page for which there is no glyph. Where fonts have all the characters and yet not what
    they combine to, they are set one beside the other.
    """
    try:
        return _compiled(legible(data, font_dir), font_dir)
    except typst.TypstError:
        return _compiled(legible(data, font_dir, plainly=True), font_dir)


def sha256(pdf: bytes) -> str:
    """Return the digest by which a paper is known."""
    return hashlib.sha256(pdf).hexdigest()


def _compiled(data: Mapping[str, Any], font_dir: Path | None) -> bytes:
    folder = _TEMPLATES / data["template"]
    issued = int(datetime.fromisoformat(data["issued_at"]).timestamp())
    compiler = typst.Compiler(
        folder / "paper.typ",
        root=folder,
        font_paths=_fonts(font_dir),
        ignore_system_fonts=True,
        sys_inputs={"paper": msgspec.json.encode(data).decode()},
    )
    return cast("bytes", compiler.compile(format="pdf", pdf_standards="a-2b", timestamp=issued))


@cache
def _fonts(font_dir: Path | None) -> typst.Fonts:
    paths = list(folders(font_dir))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)
