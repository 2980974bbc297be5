"""How people prove who they are where they are played: a token for each, of the provider that the services believe.

The demonstration knows everybody's password, because it has made them; nobody else does.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Self

import aiohttp
import msgspec

from contracts.vocabulary import Role
from services.chassis.identity.who import WINDOW
from services.scenario.step import Who

PLAYER: Final = "huiyin-demo"
"""The client by which the demonstration acts as each of its people; there is none where no demonstration is played."""
WITH_SECOND_FACTOR: Final = frozenset({Role.discipline_officer, Role.platform_admin})
EARLY_SECONDS: Final = 30.0
TOTP_SECONDS: Final = 30
TOTP_DIGITS: Final = 6


class NotProved(Exception):
    """The provider does not believe that somebody is who they say."""


@dataclass(frozen=True)
class Secrets:
    """What the accounts of a realm are opened by."""

    password: str
    """Of everybody in the demonstration."""
    totp: str
    """The seed of the second factor of those who need one (RFC 6238)."""
    clients: Mapping[str, str]

    @classmethod
    def made(cls, clients: Iterable[str]) -> Secrets:
        """Return new ones."""
        seed = base64.b32encode(secrets.token_bytes(20)).decode()
        return cls(secrets.token_urlsafe(12), seed, {name: secrets.token_urlsafe(24) for name in clients})


class _Told(msgspec.Struct):
    access_token: str
    expires_in: float


class Accounts:
    """The tokens of everybody who is played and has an account: petitioners have sessions, which the player opens."""

    def __init__(self, issuer: str, known: Secrets, second_factor: Collection[str]) -> None:
        self._token_url = f"{issuer.rstrip('/')}/protocol/openid-connect/token"
        self._known = known
        self._second_factor = frozenset(second_factor)
        self._tokens: dict[str, tuple[float, str]] = {}
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __aenter__(self) -> Self:
        """Return itself; connections are opened when they are needed."""
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self._session.close()

    async def proof(self, who: Who) -> list[tuple[str, str]]:
        """Return the headers by which somebody acts as one of their posts. Raises ``NotProved``."""
        shown = [("authorization", f"Bearer {await self.token(WINDOW if who.role is Role.petitioner else who.actor)}")]
        return shown if who.role is Role.platform_admin else [*shown, ("huiyin-post", f"{who.unit}/{who.role}")]

    async def token(self, account: str) -> str:
        """Return a token that is good for a while, of an officer or of the window. Raises ``NotProved``."""
        until, token = self._tokens.get(account, (0.0, ""))
        if time.monotonic() > until:
            async with self._turns[account]:
                until, token = self._tokens.get(account, (0.0, ""))
                if time.monotonic() > until:
                    token = await self._logged_in(account)
        return token

    async def _logged_in(self, account: str) -> str:
        client = account if account in self._known.clients else PLAYER
        asked = {"client_id": client, "client_secret": self._known.clients[client], "grant_type": "client_credentials"}
        if client == PLAYER:
            asked |= {"grant_type": "password", "username": account.lower(), "password": self._known.password}
        begun, (status, body) = await self._proved(account, asked)
        if status != HTTPStatus.OK and account in self._second_factor:
            # A one-time password proves nothing twice, and another process may have shown this one.
            await asyncio.sleep(TOTP_SECONDS - time.time() % TOTP_SECONDS)
            begun, (status, body) = await self._proved(account, asked)
        if status != HTTPStatus.OK:
            raise NotProved(f"{account}: {status} {body.decode(errors='replace')[:200]}")
        told = msgspec.json.decode(body, type=_Told)
        self._tokens[account] = begun + told.expires_in - EARLY_SECONDS, told.access_token
        return told.access_token

    async def _proved(self, account: str, asked: Mapping[str, str]) -> tuple[float, tuple[int, bytes]]:
        """Return when it was asked, and what was answered."""
        second = {"totp": one_time(self._known.totp, time.time())} if account in self._second_factor else {}
        return time.monotonic(), await self._asked({**asked, **second})

    async def _asked(self, form: Mapping[str, str]) -> tuple[int, bytes]:
        try:
            async with self._session.post(self._token_url, data=form) as reply:
                return reply.status, await reply.read()
        except aiohttp.ClientError as error:
            raise NotProved(f"the provider does not answer ({error})") from error


def one_time(seed: str, now: float) -> str:
    """Return the password of this half minute (RFC 6238, SHA-1, six digits)."""
    counter = int(now // TOTP_SECONDS).to_bytes(8)
    digest = hmac.digest(base64.b32decode(seed), counter, hashlib.sha1)
    at = digest[-1] & 0xF
    number = int.from_bytes(digest[at : at + 4]) & 0x7FFF_FFFF
    return str(number % 10**TOTP_DIGITS).zfill(TOTP_DIGITS)
