"""Access tokens: JSON Web Tokens of one OpenID provider (RFC 7519, RFC 9068, RFC 8725), and nobody else's.

The token says who somebody is. What they are, the directory says. Whoever is refused is told that and nothing more:
which of the checks it was stands in the log.

A token that was found good is remembered until it ends, because a signature costs as much as a command.
"""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import aiohttp
import msgspec
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, KeySet
from joserfc.jws import JWSRegistry

from services.chassis.errors import DomainError, Unavailable
from services.chassis.numbers import of_a_person
from services.chassis.settings import Settings

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has: none that whoever checks could make."""
TOKEN_BYTES_MAX: Final = 8_192
SKEW_SECONDS_MAX: Final = 30
"""How far clocks may be apart."""
LIFE_SECONDS_MAX: Final = 3_600
"""How long a token may be good for, whatever it says of itself: who was let go must not act for days."""
KNOWN_MAX: Final = 4_096
"""How many tokens are remembered."""
ASKED_SECONDS_MIN: Final = 10.0
"""How often the provider is asked for its keys at most, however many strangers name a key that it has not."""
RENEWED_SECONDS: Final = 20.0
"""How old the keys may be before they are asked for again, beside whatever goes on."""
OLD_SECONDS_MAX: Final = 60.0
"""How old they may be before somebody waits for that: so long a key that the provider has no more may be believed."""
ANSWER_SECONDS_MAX: Final = 3.0
KINDS: Final = {None, "jwt", "at+jwt", "application/at+jwt"}
"""What the head of an access token may say that it is."""
OURS: Final = "huiyin-"
"""What the clients of the system itself are called: they alone need no claim that says who they are."""
FOREIGN: Final = {"jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256"}
"""What would say by which key a token is to be checked: the provider alone says that."""

_CODE: Final = re.compile("[A-Za-z0-9:_.-]{1,40}")

log = structlog.get_logger()


class NotAuthenticated(DomainError):
    """Nobody has proved who they are."""

    code = "not_authenticated"
    title = "未登录或者登录已失效"


class Claims(msgspec.Struct, frozen=True):
    """What a token says that is looked at."""

    sub: str
    exp: float
    name: str
    """The name by which the directory knows somebody, or the client's own."""
    azp: str = ""
    """The client that got it."""
    roles: frozenset[str] = frozenset()


class Tokens:
    """The tokens of one provider, as one process knows them."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self.issuer = settings.oidc_issuer.rstrip("/")
        self.audience = settings.oidc_audience
        self.claim = settings.oidc_claim
        self.now = now
        self._keys = KeySet([])
        self._fresh_at = float("-inf")
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self._known: dict[str, Claims] = {}

    async def read(self, token: str) -> Claims:
        """Return what a token says. Raises ``NotAuthenticated``, and ``Unavailable`` where no key is known at all."""
        now = self.now()
        if now - self._fresh_at >= RENEWED_SECONDS and self._keys.keys:
            await self._renew(now)
        known = self._known.get(token)
        if known is not None and known.exp > now:
            return known
        try:
            claims = await self._checked(token)
        except (JoseError, ValueError, TypeError, KeyError, msgspec.MsgspecError) as error:
            log.info("token_refused", why=type(error).__name__)
            raise NotAuthenticated from None
        self._known[token] = claims
        while len(self._known) > KNOWN_MAX:
            del self._known[next(iter(self._known))]
        return claims

    def knows(self, token: str) -> bool:
        """Return whether a token was found good before; it may have ended since."""
        return token in self._known

    def claimed(self, token: str) -> str:
        """Return by what the provider knows somebody, as a token says that is not checked; none where none does.

        It is not what they are called: that everybody knows, and would use up with it what is kept apart for them.
        """
        try:
            return str(_part(token, 1).get("sub") or "")
        except (ValueError, IndexError, msgspec.MsgspecError):
            return ""

    async def _checked(self, token: str) -> Claims:
        if len(token) > TOKEN_BYTES_MAX:
            raise ValueError("longer than any token is")
        head = _head(token)
        if not any(key.kid == head["kid"] for key in self._keys.keys):
            await self._ask()
        found = jwt.decode(token, self._key_of, algorithms=ALGORITHMS, registry=_REGISTRY)
        return self._claims(found.claims)

    def _key_of(self, unchecked: GuestProtocol) -> Any:  # noqa: ANN401  # a key of any kind
        """Return the provider's key that a token names, if it is one for such signatures."""
        head = unchecked.headers()
        key = next((key for key in self._keys.keys if key.kid == head["kid"]), None)
        if key is None:
            raise ValueError("a key that the provider has not")
        said = key.as_dict(private=False)
        if said.get("use", "sig") != "sig" or said.get("alg", head["alg"]) != head["alg"]:
            raise ValueError("a key for something else")
        return key

    def _claims(self, told: Mapping[str, Any]) -> Claims:
        now, audience = self.now(), told.get("aud")
        if told.get("iss") != self.issuer:
            raise ValueError("of another provider")
        if self.audience not in ([audience] if isinstance(audience, str) else audience or ()):
            raise ValueError("for somebody else")
        if told.get("typ", "Bearer") not in {"Bearer", "at+jwt"}:
            raise ValueError("no access token")
        if "nonce" in told or "at_hash" in told:
            raise ValueError("an ID token")
        exp, begun = float(told["exp"]), float(told.get("nbf", told.get("iat", 0)))
        if not begun - SKEW_SECONDS_MAX <= now < exp + SKEW_SECONDS_MAX:
            raise ValueError("over, or not yet")
        exp = min(exp, float(told.get("iat", now)) + LIFE_SECONDS_MAX)
        if now >= exp + SKEW_SECONDS_MAX:
            raise ValueError("too old")
        access = told.get("resource_access", {}).get(self.audience, {})
        client = _text(told.get("azp", told.get("client_id", "")))
        name = _text(told.get(self.claim) or (client if client.startswith(OURS) else None))
        if not _CODE.fullmatch(name) or of_a_person(name):
            raise ValueError("it stands in events, and so is a code")
        return Claims(
            sub=_text(told["sub"]),
            exp=exp,
            name=name,  # nobody acts as an officer whose code happens to be what a client is called
            azp=client,
            roles=frozenset(map(_text, access.get("roles", ()))),
        )

    async def _ask(self) -> None:
        """Ask the provider for its keys, together with whoever asks too; what it does not answer leaves what is known.

        Raises ``Unavailable`` where nothing is.
        """
        self._begin()
        if self._asking is not None:
            await asyncio.shield(self._asking)
        if not self._keys.keys:
            raise Unavailable("身份提供方暂时无法取得")

    async def _renew(self, now: float) -> None:
        """Ask again for keys that are known; one who finds them too old waits, and nobody while they are asked for."""
        if self._begin() and now - self._fresh_at >= OLD_SECONDS_MAX:
            await self._ask()

    def _begin(self) -> bool:
        """Begin to ask, unless somebody does or just did; return whether that was begun."""
        loop = asyncio.get_running_loop()
        if self._asking is not None or loop.time() - self._asked_at < ASKED_SECONDS_MIN:
            return False
        self._asked_at = loop.time()
        self._asking = asyncio.create_task(self._fetch())
        self._asking.add_done_callback(lambda _: setattr(self, "_asking", None))
        return True

    async def _fetch(self) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS_MAX)
        try:
            async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as client:
                async with client.get(f"{self.issuer}/.well-known/openid-configuration") as reply:
                    said = msgspec.json.decode(await reply.read(), type=_Provider)
                if said.issuer.rstrip("/") != self.issuer:
                    raise ValueError(f"it is {said.issuer} by its own word")
                async with client.get(said.jwks_uri) as reply:
                    keys = KeySet.import_key_set(msgspec.json.decode(await reply.read()))
        except (aiohttp.ClientError, TimeoutError, ValueError, TypeError, KeyError, JoseError) as error:
            self._asked_at = float("-inf") if not self._keys.keys else self._asked_at
            log.warning("provider_away", issuer=self.issuer, error=repr(error))
            return
        known = [key.as_dict(private=False) for key in keys.keys]
        if any(key.as_dict(private=False) not in known for key in self._keys.keys):
            self._known.clear()  # what was signed by a key that is no more is good no more
        self._keys, self._fresh_at = keys, self.now()


class _Provider(msgspec.Struct):
    issuer: str
    jwks_uri: str


_REGISTRY: Final = JWSRegistry(algorithms=list(ALGORITHMS))


def _part(token: str, n: int) -> dict[str, Any]:
    """Return what a part of a token says."""
    part = token.split(".", n + 1)[n]
    return msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=dict[str, Any])


def _head(token: str) -> dict[str, Any]:
    """Return the head of a token, which names a key and nothing by which it wants to be checked."""
    head = _part(token, 0)
    if head.keys() & FOREIGN or "crit" in head or not isinstance(head.get("kid"), str):
        raise ValueError("it says how it is to be checked")
    kind = head.get("typ")
    if (kind.lower() if isinstance(kind, str) else kind) not in KINDS:
        raise ValueError("no access token")
    if head.get("alg") not in ALGORITHMS:
        raise ValueError("no signature of a provider")
    return head


def _text(value: Any) -> str:  # noqa: ANN401  # whatever the token says
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
