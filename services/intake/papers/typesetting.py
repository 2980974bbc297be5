"""From data to a PDF/A-2b, always the same bytes: no clock, no fonts of the machine, no markup in what is typed in."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import typst

NEWEST: Final = "v1"
"""The templates that a new paper is set with; an old one is set again with those that it was issued with."""
_TEMPLATES: Final = Path(__file__).parent
_FONT_PACKAGE: Final = "noto_cjk_sans_otc"


class CannotBeSet(ValueError):
    """PDF/A lets nothing stand on a page for which there is no glyph."""


async def typeset(data: Mapping[str, Any], font_dir: Path | None = None) -> bytes:
    """Return the PDF of a paper; beside the loop, which answers others meanwhile."""
    return await asyncio.to_thread(render, data, font_dir)


def render(data: Mapping[str, Any], font_dir: Path | None = None) -> bytes:
    """Return the PDF of a paper, set with the templates that its data names. Raises ``CannotBeSet``."""
    issued = int(datetime.fromisoformat(data["issued_at"]).timestamp())
    try:
        return cast("bytes", _compiler(data, font_dir).compile(format="pdf", pdf_standards="a-2b", timestamp=issued))
    except typst.TypstError as error:
        raise CannotBeSet from error


def sha256(pdf: bytes) -> str:
    """Return the digest by which a paper is known."""
    return hashlib.sha256(pdf).hexdigest()


def _compiler(data: Mapping[str, Any], font_dir: Path | None) -> typst.Compiler:
    folder = _TEMPLATES / data["template"]
    return typst.Compiler(
        folder / "paper.typ",
        root=folder,
        font_paths=_fonts(font_dir),
        ignore_system_fonts=True,
        sys_inputs={"paper": msgspec.json.encode(data).decode()},
    )


@cache
def _fonts(font_dir: Path | None) -> typst.Fonts:
    """Return the fonts of the package that is locked with us, and before them those that an office has a licence for.

    GB/T 9704 wants 仿宋 and 小标宋, which nobody may hand on.
    """
    package = find_spec(_FONT_PACKAGE)
    assert package is not None
    assert package.origin is not None
    folders = [*([font_dir] if font_dir else []), Path(package.origin).parent]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))
