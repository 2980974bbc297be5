"""The fonts that papers are set with: ours, those of the locked packages, those that an office has a licence for."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

_PACKAGES: Final = ("pylopdf_fonts_zh_cn", "noto_cjk_sans_otc")
_SUFFIXES: Final = frozenset({".ttf", ".otf", ".ttc", ".otc"})


def folders(font_dir: Path | None) -> list[Path]:
    """Return where fonts lie, the office's first: GB/T 9704 wants 仿宋 and 小标宋, which nobody may hand on."""
    return [*([font_dir] if font_dir else []), Path(__file__).parent, *map(_of, _PACKAGES)]


def files(font_dir: Path | None) -> list[Path]:
    """Return the files of all fonts."""
    found = (path for folder in folders(font_dir) for path in sorted(folder.rglob("*")))
    return [path for path in found if path.suffix.lower() in _SUFFIXES]


def _of(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent
