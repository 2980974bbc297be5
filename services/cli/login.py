"""Logging in at the command line: by the provider's own page, wherever there is a browser (RFC 8628).

What is kept is what renews a token, readable by its owner alone. In the demonstration of this machine a token can be
had for anybody of its county, whose passwords it has made.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import time
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from services.cli.clients import CLIENT
from services.cli.errors import StackError
from services.cli.processes import write_secret
from services.cli.terminal import here, say

if TYPE_CHECKING:
    from services.cli.stack import Stack

_DEVICE: Final = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER_SECONDS: Final = 5


def login() -> None:
    """Log in: open the page that is named, in any browser, and confirm the code.

    Example: huiyin login
    """
    stack = here()
    provider = _provider(stack)
    verifier, challenge = _pair()
    begun = _asked(
        provider["device_authorization_endpoint"],
        {"client_id": CLIENT, "scope": "openid", "code_challenge": challenge, "code_challenge_method": "S256"},
    )
    if begun.get("error"):
        raise StackError(f"The provider begins no login ({_why(begun)}): see that it has a client {CLIENT}.")
    say(f"请在浏览器打开 {begun.get('verification_uri_complete') or begun['verification_uri']}")
    say(f"并确认代码 {begun['user_code']}")
    until, pause = time.monotonic() + begun["expires_in"], begun.get("interval", _SLOWER_SECONDS)
    asking = {
        "grant_type": _DEVICE,
        "client_id": CLIENT,
        "device_code": begun["device_code"],
        "code_verifier": verifier,
    }
    while time.monotonic() < until:
        time.sleep(pause)
        told = _asked(provider["token_endpoint"], asking)
        if told.get("error") == "slow_down":
            pause += _SLOWER_SECONDS
        elif told.get("error") != "authorization_pending":
            break
    else:
        raise StackError("Nobody confirmed the code in time: log in once more.")
    if told.get("error"):
        raise StackError(f"The provider refused the login ({_why(told)}).")
    _keep(stack, told)
    say("已登录。")


def logout() -> None:
    """Forget who has logged in, here and at the provider.

    Example: huiyin logout
    """
    stack = here()
    file = _session(stack)
    if file.exists():
        known = json.loads(file.read_text())
        _asked(_provider(stack)["end_session_endpoint"], {"client_id": CLIENT, "refresh_token": known["refresh_token"]})
        file.unlink()
    say("已退出登录。")


def token(
    officer: Annotated[
        str | None, typer.Argument(help="Somebody of the demonstration's county, by their code.")
    ] = None,
) -> None:
    """Print an access token of whoever has logged in here, or of somebody of the demonstration.

    Example: huiyin token

    In a request: curl --oauth2-bearer "$(huiyin token)" http://127.0.0.1:8701/cases
    """
    say(of_somebody(here(), officer) if officer else of_who_has_logged_in(here()))


def of_who_has_logged_in(stack: Stack) -> str:
    """An access token of whoever has logged in here. Raises StackError where nobody has."""
    file = _session(stack)
    if not file.exists():
        raise StackError("Nobody has logged in here: run `huiyin login` first.")
    known = json.loads(file.read_text())
    if time.time() >= known["until"]:
        renewing = {"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": known["refresh_token"]}
        told = _asked(_provider(stack)["token_endpoint"], renewing)
        if told.get("error"):
            file.unlink()
            raise StackError(f"The login is over ({_why(told)}): run `huiyin login` again.")
        known = _keep(stack, told)
    found: str = known["access_token"]
    return found


def of_somebody(stack: Stack, officer: str) -> str:
    """An access token of somebody of the demonstration. Raises StackError for who has no account there."""
    from services.cli.demo import people
    from services.scenario.accounts import NotProved

    async def asked() -> str:
        async with people(stack) as accounts:
            return await accounts.token(officer)

    try:
        return asyncio.run(asked())
    except NotProved as problem:
        raise StackError(
            f"There is no token for {officer} ({problem}): see who there is in deploy/county."
        ) from problem


def _pair() -> tuple[str, str]:
    """What only whoever begins a login knows, and what it is known by meanwhile (RFC 7636)."""
    verifier = secrets.token_urlsafe(32)
    return verifier, base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _keep(stack: Stack, told: dict[str, Any]) -> dict[str, Any]:
    known = {
        "access_token": told["access_token"],
        "refresh_token": told["refresh_token"],
        "until": time.time() + told["expires_in"] / 2,
    }
    write_secret(_session(stack), json.dumps(known))
    return known


def _session(stack: Stack) -> Path:
    return stack.directory / "session.json"


def _provider(stack: Stack) -> dict[str, Any]:
    issuer = stack.known_issuer()
    told = _asked(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("error"):
        raise StackError(f"The provider {issuer} does not say how to log in ({_why(told)}).")
    return told


def _asked(url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """What the provider says. Raises StackError where it says nothing."""
    import aiohttp

    async def exchanged() -> dict[str, Any]:
        async with aiohttp.ClientSession() as http, http.request("POST" if form else "GET", url, data=form) as reply:
            body = await reply.read()
            told: dict[str, Any] = json.loads(body) if body else {}
            return told if told or reply.status < HTTPStatus.BAD_REQUEST else {"error": str(reply.status)}

    try:
        return asyncio.run(exchanged())
    except (aiohttp.ClientError, ValueError, TimeoutError) as problem:
        raise StackError(f"The provider at {url} does not answer ({problem}): start it with `huiyin up`.") from problem


def _why(told: dict[str, Any]) -> str:
    return str(told.get("error_description") or told.get("error"))
