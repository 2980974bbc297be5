"""Acting in tests: whoever a test names gets a token of a provider of the run's own, and acts as the post it names.

Where the directory itself is not what is tested, services within the test's process take that post from whoever has
proved who they are (`Trusting`). Services that run as processes of their own ask the directory, as everywhere.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator
from datetime import date
from functools import cache
from typing import Any, Final

import httpx2

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis.directory import Acting as Post
from services.chassis.identity.tokens import NotAuthenticated
from services.chassis.identity.who import PLATFORM, WINDOW, Identity, Who, client_of
from tests.issuer import Issuer

SECRET: Final = "only-in-tests"
WHO: Final = ("huiyin-actor", "huiyin-unit", "huiyin-role")
"""How tests say who acts."""
GOOD_SECONDS: Final = 240.0
_tokens: dict[tuple[Any, ...], tuple[float, str]] = {}


@cache
def issuer() -> Issuer:
    """Return the provider of this run."""
    made = Issuer()
    made.clients = {client_of(service): SECRET for service in SERVICES}
    return made


def token(actor: str, role: Role, service: str = "accountability", **more: Any) -> str:
    """Return a token by which somebody acts in a role; `more` is what it says beside that."""
    roles: tuple[Role, ...] = ()
    if role is Role.platform_admin:
        roles = (role,)
    elif role in {Role.system, Role.petitioner}:
        more |= {"azp": WINDOW if role is Role.petitioner else client_of(service)}
    key = (actor, *roles, *more.values())
    until, made = _tokens.get(key, (0.0, ""))
    if time.monotonic() > until:
        made = issuer().token(actor, *roles, **more)
        _tokens[key] = time.monotonic() + GOOD_SECONDS, made
    return made


def proof(actor: str, unit: str, role: Role) -> dict[str, str]:
    """Return the headers by which somebody acts as one of their posts."""
    shown = {"Authorization": f"Bearer {token(actor, role)}"}
    return shown if role in {Role.system, Role.platform_admin} else shown | {"Huiyin-Post": f"{unit}/{role}"}


ANYBODY: Final = ("auditor-1", "SJJ", Role.system)
"""Who asks where a test does not say: somebody who may see whatever is no report."""


class Proving(httpx2.Auth):
    """Shows a token of whomever a request names; `auth=None` sends none."""

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        said = [request.headers.pop(name, None) for name in WHO]
        if not any(said) and "authorization" not in request.headers:
            said = [*ANYBODY]
        if all(said):
            actor, unit, role = said
            request.headers.update(proof(actor, unit, Role(role)))
        yield request


class Trusting(Identity):
    """Takes from whoever has proved who they are which post they hold; the window speaks for petitioners everywhere."""

    async def who(self, bearer: str | None, post: str | None, on: date) -> Who:
        """Return a petitioner where the window says so, whoever's door it is."""
        if post is not None and post.endswith(f"/{Role.petitioner}") and bearer is not None:
            with contextlib.suppress(NotAuthenticated):
                if (await self.tokens.read(bearer)).azp == WINDOW:
                    return Who(Role.petitioner, post.partition("/")[0], Role.petitioner)
        return await super().who(bearer, post, on)

    async def _at_a_window(self, unit: str) -> Who:
        return Who(Role.petitioner, unit, Role.petitioner)

    async def _officer(self, claims: Any, wanted: Post | None, on: date) -> Who:
        if wanted is None or wanted[0] == PLATFORM:
            return await super()._officer(claims, wanted, on)
        return Who(claims.name, *wanted)
