"""Bodies: read under a limit, in whichever charset they say they are, and never as what they are not."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import AsyncIterator
from typing import Any, Final

import pydantic_core
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from services.chassis.http.answers import TooLarge, Unreadable

JSON: Final = b"application/json"
CHARSETS: Final = {
    b"utf-8": "utf-8", b"utf8": "utf-8", b"us-ascii": "utf-8",
    b"gb18030": "gb18030", b"gbk": "gb18030", b"gb2312": "gb18030", b"cp936": "gb18030",
    b"big5": "big5hkscs", b"big5-hkscs": "big5hkscs",
    b"utf-16": "utf-16", b"utf-16le": "utf-16-le", b"utf-16be": "utf-16-be",
    b"utf-32": "utf-32", b"utf-32le": "utf-32-le", b"utf-32be": "utf-32-be",
}  # fmt: skip
"""What a body may say that it is; GB 18030 has all that its elders have. Latin ones are not among them: who says so of
Chinese has forgotten to say anything."""
_CHARSET: Final = re.compile(rb";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF16_LE: "utf-16",
}  # fmt: skip
_HALVES: Final = re.compile("[\ud800-\udfff]")
"""Halves of a character, which a field that counts badly has cut: no text can hold one."""


async def received(request: Request, bytes_max: int) -> bytes:
    """Return the whole body. Raises ``TooLarge``, and ``ClientDisconnect`` where the rest never came.

    Half of a body is no command: a missing field may be one that a command can do without.
    """
    return b"".join([piece async for piece in pieces(request, bytes_max)])


async def pieces(request: Request, bytes_max: int) -> AsyncIterator[bytes]:
    """Yield a body as it comes. Raises ``TooLarge`` where it is or says so, and ``ClientDisconnect``."""
    said = request.scope["state"]["headers"].get(b"content-length", b"")
    if said.isdigit() and int(said) > bytes_max:
        raise _too_large(bytes_max)
    size, more = 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > bytes_max:
            raise _too_large(bytes_max)
        yield piece
        more = message.get("more_body", False)


def _too_large(bytes_max: int) -> TooLarge:
    return TooLarge(f"上限 {bytes_max} 字节")


def parsed(body: bytes, content_type: bytes) -> dict[str, Any]:
    """Read what was sent. Raises ``RequestValidationError``, ``Unreadable``, and ``HTTPException`` 415."""
    if not body:
        return {}
    try:
        sent = pydantic_core.from_json(_in_utf8(body, content_type))
    except ValueError:
        sent = _mended(_in_utf8(body, content_type))
    if not isinstance(sent, dict):
        raise RequestValidationError([{"loc": ("body",), "type": "dict_type"}])
    return sent


def _in_utf8(body: bytes, content_type: bytes) -> bytes:
    """Return a body in UTF-8 without a mark of the order of its bytes."""
    if content_type == JSON and body[:1] == b"{":
        return body
    kind = content_type.partition(b";")[0].strip().lower()
    if kind != JSON and not (kind.startswith(b"application/") and kind.endswith(b"+json")):
        raise HTTPException(415, "application/json")
    said = _CHARSET.search(content_type)
    charset = CHARSETS.get(said[1].lower()) if said else "utf-8"
    if charset is None:
        raise HTTPException(415, f"charset：{'、'.join(name.decode() for name in CHARSETS)}")
    marked = next((name for mark, name in _MARKS.items() if body.startswith(mark)), None)
    if marked is None and charset in {"utf-16", "utf-32"}:  # and no mark: what stands first is one of ASCII
        charset += "-be" if body[:1] == b"\x00" else "-le"
    try:
        return body.decode(marked or charset).removeprefix("\ufeff").encode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"声明为 {charset}") from error


def _mended(body: bytes) -> Any:  # noqa: ANN401  # whatever JSON is
    """Read JSON that only a strict reader refuses: with a bare control, or half of a character, in its words."""
    try:
        words = json.dumps(json.loads(body.decode(), strict=False), ensure_ascii=False)
        return pydantic_core.from_json(_HALVES.sub("\ufffd", words))
    except UnicodeDecodeError as error:
        raise Unreadable("未声明字符集，且不是 UTF-8") from error
    except (ValueError, RecursionError):
        raise RequestValidationError([{"loc": ("body",), "type": "json_invalid"}]) from None
