"""Who acts, for which unit and in which role: the token says who, the directory which posts they hold on the day.

No header is believed. One is asked for all the same: whoever holds several posts says as which of them they act.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import msgspec

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis.directory import Acting
from services.chassis.errors import Forbidden, Invalid
from services.chassis.identity.tokens import Claims, NotAuthenticated, Tokens
from services.chassis.units import Directories

PLATFORM: Final = "platform"
"""For whom who holds no post of the county acts: systems, and whoever keeps the platform running."""
DOOR: Final = "intake"
"""The service that knows petitioners, by the query code of what they have brought."""
_SYSTEMS: Final = {f"huiyin-{service}": service for service in SERVICES}
"""The clients of our own services, by name."""
_BETWEEN: Final = "/"


class NotYourPost(Forbidden):
    """Somebody acts as what the directory says they are, on the day on which they act."""

    by_directory = True
    code = "not_your_post"
    title = "本人现无此岗位，不得以此身份办理"


class PostNotChosen(Invalid):
    """Whoever holds several posts says as which of them they act."""

    code = "post_not_chosen"
    title = "本人有多个岗位，须以 Huiyin-Post 指明以哪一个办理（单位代码/角色）"


class Who(msgspec.Struct, frozen=True):
    """Somebody who acts."""

    actor: str
    unit: str
    role: Role


class Identity:
    """Who acts, as one process knows it."""

    def __init__(self, tokens: Tokens, directories: Directories) -> None:
        self.tokens = tokens
        self.directories = directories

    async def who(self, bearer: str | None, post: str | None, on: date) -> Who:
        """Return who acts by a token, as which of their posts on a day.

        Raises ``NotAuthenticated``, ``NotYourPost``, ``PostNotChosen``, and ``Unavailable`` where nobody can tell.
        """
        if bearer is None:
            raise NotAuthenticated
        claims = await self.tokens.read(bearer)
        wanted = None if post is None else _read(post)
        if (service := _SYSTEMS.get(claims.azp)) is not None:
            return _system(service, wanted)
        if Role.platform_admin in claims.roles and wanted in {None, (PLATFORM, Role.platform_admin)}:
            return Who(claims.name, PLATFORM, Role.platform_admin)
        return await self._officer(claims, wanted, on)

    async def _officer(self, claims: Claims, wanted: Acting | None, on: date) -> Who:
        used = self.directories.current
        held = used.posts_of(claims.name, on)
        if (wanted not in held if wanted else not held) and await self.directories.renew(used):
            held = self.directories.current.posts_of(claims.name, on)
        if wanted is None and len(held) > 1:
            raise PostNotChosen
        if not held or wanted not in {None, *held}:
            raise NotYourPost
        unit, role = wanted or held.pop()
        return Who(claims.name, unit, role)


def _system(service: str, wanted: Acting | None) -> Who:
    """Return a service; the one at the door may act for who has brought something, and for nobody else."""
    if wanted is None:
        return Who(f"{Role.system}:{service}", PLATFORM, Role.system)
    unit, role = wanted
    if service != DOOR or role is not Role.petitioner:
        raise NotYourPost
    return Who(Role.petitioner, unit, role)


def _read(post: str) -> Acting:
    """Read which post is meant. Raises ``PostNotChosen``."""
    unit, _, role = post.partition(_BETWEEN)
    try:
        return unit, Role(role)  # type: ignore[call-arg]
    except ValueError:
        raise PostNotChosen from None
