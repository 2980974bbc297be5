"""What a service of the stack answers, for commands that ask one question or send one command."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from services.cli.errors import StackError
from services.cli.terminal import addresses, here

if TYPE_CHECKING:
    from services.cli.stack import Stack

TOKEN: Final = "HUIYIN_TOKEN"  # noqa: S105  # where one is found
"""The variable that has an access token, for scripts where nobody logs in."""
POST: Final = "HUIYIN_POST"
"""The variable that says as which of several posts somebody acts, like ``980726000116/supervisor``."""


def asked(
    service: str,
    method: str,
    path: str,
    *,
    headers: list[tuple[str, str]] | None = None,
    body: str = "",
    stranger: bool = False,
) -> tuple[int, dict[str, Any]]:
    """Return the status and the answer to whoever has logged in, or to a stranger where anybody may ask.

    Raises StackError where nobody answers, and where it is not believed who asks.
    """
    import msgspec

    from services.scenario.http import Client, Lost, Reply

    stack = here()
    url = addresses(stack)[service]
    said = [*(headers or []), *([] if stranger else _proof(stack))]

    async def exchanged() -> Reply:
        async with Client(url, 1) as client:
            return await client.request(method, path, said, body.encode())

    try:
        reply = asyncio.run(exchanged())
    except Lost as problem:
        raise StackError(f"{service} at {url} does not answer ({problem}): start it with `huiyin up`.") from problem
    answer: dict[str, Any] = msgspec.json.decode(reply.body)
    _must_be_believed(service, reply.status, answer)
    return reply.status, answer


def who_asks() -> str:
    """Return whose token it is by which somebody asks, as the token says: of what is none, that is for services to say.

    Raises StackError where nobody is known.
    """
    claims = token().partition(".")[2].partition(".")[0]
    with suppress(ValueError, LookupError):
        return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])
    return ""


def token() -> str:
    """Return the access token of whoever acts. Raises StackError where nobody is known."""
    return _token(here())


def _token(stack: Stack) -> str:
    from services.cli.login import of_who_has_logged_in

    return os.environ.get(TOKEN) or of_who_has_logged_in(stack)


def _proof(stack: Stack) -> list[tuple[str, str]]:
    """By what whoever asks proves who they are, and says as what they ask. Raises StackError where nobody is known."""
    shown = [("authorization", f"Bearer {_token(stack)}")]
    return [*shown, ("huiyin-post", post)] if (post := os.environ.get(POST)) else shown


def _must_be_believed(service: str, status: int, answer: dict[str, Any]) -> None:
    why = answer.get("title", "")
    if status == HTTPStatus.UNAUTHORIZED:
        raise StackError(
            f"{service} does not know who asks ({why}): run `huiyin login`, or set {TOKEN} to a new token."
        )
    if answer.get("code") in {"post_not_chosen", "not_your_post"}:
        raise StackError(f"{service} does not know as what you act ({why}): set {POST} to one of your posts.")
