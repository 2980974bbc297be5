"""What a terminal shows as it is: characters that it would obey, or that nobody sees, are spelled out.

Events, topics and files hold words of others. Printed raw, an escape sequence repaints the screen of whoever audits
them, a newline forges a line, and what turns the direction of writing shows something else than is there.
"""

from __future__ import annotations

import re
from typing import Final

_OBEYED: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f"  # controls, ESC and the C1 set among them
    r"\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # ends of lines, directions, blanks
    r"\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"  # halves, and tags without a shape
)
"""The joiners of Uyghur and of Mongolian are not among them: words are written with these."""
_NOT_ASCII: Final = re.compile(r"[^\x20-\x7e]")
_BLANKS: Final = str.maketrans("\t\n\r", "   ")
"""What may stand between the words of JSON, and never in one of them."""


def legible(text: str) -> str:
    """Return text as one line of what can be seen."""
    return text if text.isprintable() else _OBEYED.sub(_spelled, text)


def legible_json(text: str, *, ascii_only: bool = False) -> str:
    """Return JSON that says the same, as one line of what can be seen, or of ASCII alone."""
    if text.isprintable() and not ascii_only:
        return text
    return (_NOT_ASCII if ascii_only else _OBEYED).sub(_spelled_in_json, text.translate(_BLANKS))


def _spelled(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def _spelled_in_json(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
