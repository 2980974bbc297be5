"""Files as offices save them: with a byte order mark, in UTF-16, or in the encoding of a Chinese Windows."""

from __future__ import annotations

import codecs
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE: Final = "gb18030"
"""GBK and GB 2312 are parts of it."""


class Undecodable(ValueError):
    """The bytes are text in none of the encodings in which such files are saved."""

    def __init__(self) -> None:
        super().__init__("is neither UTF-8 nor GBK: open it and save it as «CSV UTF-8», or as UTF-8 text")


def decoded(raw: bytes) -> str:
    """Return what a file says, whichever encoding it was saved in. Raises ``Undecodable``."""
    marked = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", _CHINESE):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Undecodable
