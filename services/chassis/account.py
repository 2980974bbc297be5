"""The account of a service at the provider: the token that it shows the others (client credentials, RFC 6749, 4.4)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import aiohttp
import msgspec
import structlog

from services.chassis.errors import SourceAway
from services.chassis.settings import Settings

EARLY_SECONDS: Final = 30.0
"""How long before its end a token is shown no more."""
ANSWER_SECONDS_MAX: Final = 3.0
VAIN_SECONDS: Final = 0.5
"""How long all others are told what the last one was who asked in vain: the provider may be starting, too."""
REFUSED_SECONDS_MIN: Final = 10.0
"""How old a token is at least of which it is believed that another one would not be refused."""
AWAY: Final = "身份提供方暂时无法取得"

log = structlog.get_logger()


class _Provider(msgspec.Struct):
    token_endpoint: str


class _Told(msgspec.Struct):
    access_token: str
    expires_in: float


class Account:
    """What one process shows of itself to others."""

    def __init__(self, settings: Settings, client: str, now: Callable[[], float] = time.monotonic) -> None:
        self.issuer = settings.oidc_issuer.rstrip("/")
        self.client = client
        self.secret = settings.oidc_secret
        self.now = now
        self._token = ""
        self._until = float("-inf")
        self._had_at = float("-inf")
        self._vain_until = float("-inf")
        self._turn = asyncio.Lock()

    async def bearer(self) -> str:
        """Return a token that is good for a while. Raises ``SourceAway`` where none can be had."""
        if self.now() >= self._until:
            async with self._turn:
                if self.now() >= self._until:
                    await self._ask()
        return self._token

    def refused(self, token: str) -> None:
        """Show another token from now on, where somebody has not believed this one: its key may be gone."""
        if token == self._token and self.now() - self._had_at >= REFUSED_SECONDS_MIN:
            self._until = float("-inf")

    async def _ask(self) -> None:
        if self.now() < self._vain_until:
            raise SourceAway(AWAY)
        secret = self.secret.get_secret_value() if self.secret else ""
        asked = {"grant_type": "client_credentials", "client_id": self.client, "client_secret": secret}
        begun, timeout = self.now(), aiohttp.ClientTimeout(total=ANSWER_SECONDS_MAX)
        try:
            async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as http:
                async with http.get(f"{self.issuer}/.well-known/openid-configuration") as reply:
                    provider = msgspec.json.decode(await reply.read(), type=_Provider)
                async with http.post(provider.token_endpoint, data=asked) as reply:
                    told = msgspec.json.decode(await reply.read(), type=_Told)
        except (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError) as error:
            log.warning("no_token_of_ones_own", client=self.client, error=repr(error))
            self._vain_until = self.now() + VAIN_SECONDS
            raise SourceAway(AWAY) from error
        self._token, self._had_at = told.access_token, begun
        self._until = begun + told.expires_in - EARLY_SECONDS
