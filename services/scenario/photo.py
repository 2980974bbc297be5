"""A photograph that a petitioner hands in, as invented as everything else: a sheet of paper on a table."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw

SIZE = (800, 600)


@cache
def photograph() -> bytes:
    """Return it as a telephone writes it: with what it was taken stands beside it."""
    picture = Image.new("RGB", SIZE, (120, 84, 52))
    draw = ImageDraw.Draw(picture)
    draw.polygon([(180, 70), (640, 90), (610, 540), (150, 510)], fill=(244, 242, 234))
    for n in range(9):
        draw.line([(230, 130 + 40 * n), (560 - 25 * (n % 3), 140 + 40 * n)], fill=(60, 60, 70), width=5)
    camera = Image.Exif()
    camera[0x010F], camera[0x0110] = "Huiyin", "invented"
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80, exif=camera)
    return out.getvalue()
