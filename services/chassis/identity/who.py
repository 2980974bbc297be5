"""Who acts, for which unit and in which role: the token says who, the directory which posts they hold on the day.

No header is believed. One is asked for all the same: whoever holds several posts says as which of them they act.
A petitioner has neither account nor post, but a session, which the service has opened for whoever held the query code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis.database import COMMAND_SECONDS_MAX
from services.chassis.directory import Acting
from services.chassis.errors import Forbidden, Invalid
from services.chassis.identity.tokens import Claims, NotAuthenticated, Tokens
from services.chassis.units import Directories

PLATFORM: Final = "platform"
"""For whom who holds no post of the county acts: systems, and whoever keeps the platform running."""
DOOR: Final = "intake"
"""The service that knows petitioners, by the query code of what they have brought."""
WINDOW: Final = "huiyin-window"
"""The client of the window at which petitioners bring their matter online; it speaks for them and for nobody else."""
SCRAPER: Final = "metrics"
"""Who reads the numbers of services again and again, by an account of its own, and asks nothing else."""
OF_A_SESSION: Final = "hp_"
"""How the token of a session begins: no token of a provider does."""
PATIENCE_SECONDS: Final = COMMAND_SECONDS_MAX - 0.5
"""How long who acts in a post that nobody here has heard of waits for a keeper of the directory that is away."""
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
    petition: UUID | None = None
    session: bytes = b""


Sessions = Callable[[str], Awaitable[Who | None]]
"""Tells who has the token of a session: a petitioner, and of which petition; None for nobody."""


def client_of(service: str) -> str:
    """Return the client as which a service asks the others."""
    return f"huiyin-{service}"


def service_of(actor: str) -> str:
    """Return which service acts."""
    return actor.removeprefix(_SYSTEM)


_SYSTEM: Final = f"{Role.system}:"
SYSTEMS: Final = {client_of(name): name for name in (*SERVICES, SCRAPER)}
"""Which of our own systems each of their clients is."""


class Identity:
    """Who acts, as one process knows it."""

    def __init__(self, tokens: Tokens, directories: Directories, sessions: Sessions | None = None) -> None:
        self.tokens = tokens
        self.directories = directories
        self.sessions = sessions

    @property
    def _for_petitioners(self) -> str:
        """The client that speaks for petitioners: at the door the window, and elsewhere whoever knows them."""
        return client_of(DOOR) if self.sessions is None else WINDOW

    def claimed(self, bearer: str) -> str:
        """Return as whom somebody wants to be known, unchecked: by what stands in a token, or by a session's digest."""
        if bearer.startswith(OF_A_SESSION):
            return hashlib.sha256(bearer.encode()).hexdigest()
        return self.tokens.claimed(bearer)

    async def who(self, bearer: str | None, post: str | None, on: date) -> Who:
        """Return who acts by a token, as which of their posts on a day.

        Raises ``NotAuthenticated``, ``NotYourPost``, ``PostNotChosen``, and ``Unavailable`` where nobody can tell.
        """
        if bearer is None:
            raise NotAuthenticated
        if bearer.startswith(OF_A_SESSION):
            return await self._petitioner(bearer, post)
        claims = await self.tokens.read(bearer)
        wanted = None if post is None else _read(post)
        if claims.azp == self._for_petitioners and wanted is not None and wanted[1] is Role.petitioner:
            return await self._at_a_window(wanted[0])
        if (service := SYSTEMS.get(claims.azp)) is not None and wanted is None:
            return Who(_SYSTEM + service, PLATFORM, Role.system)
        if claims.azp in {*SYSTEMS, WINDOW}:
            raise NotYourPost
        if Role.platform_admin in claims.roles and wanted in {None, (PLATFORM, Role.platform_admin)}:
            return Who(claims.name, PLATFORM, Role.platform_admin)
        return await self._officer(claims, wanted, on)

    async def _petitioner(self, bearer: str, post: str | None) -> Who:
        who = None if self.sessions is None else await self.sessions(bearer)
        if who is None:
            raise NotAuthenticated
        if post is not None:
            raise NotYourPost
        return who

    async def _at_a_window(self, unit: str) -> Who:
        """Return a petitioner at the window of a unit, which is one of the directory: it stands in events."""
        used = await self.directories.in_force()
        if unit not in used.units:
            await self.directories.renew(used, patience_seconds=PATIENCE_SECONDS)
            if unit not in self.directories.current.units:
                raise NotYourPost
        return Who(Role.petitioner, unit, Role.petitioner)

    async def _officer(self, claims: Claims, wanted: Acting | None, on: date) -> Who:
        used = await self.directories.in_force()
        held = used.posts_of(claims.name, on)
        if (wanted not in held if wanted else not held) and await self.directories.renew(
            used, patience_seconds=PATIENCE_SECONDS
        ):
            held = self.directories.current.posts_of(claims.name, on)
        if wanted is None and len(held) > 1:
            raise PostNotChosen
        if not held or wanted not in {None, *held}:
            raise NotYourPost
        unit, role = wanted or held.pop()
        return Who(claims.name, unit, role)


def _read(post: str) -> Acting:
    """Read which post is meant. Raises ``PostNotChosen``."""
    unit, _, role = post.partition(_BETWEEN)
    try:
        return unit, Role(role)  # type: ignore[call-arg]
    except ValueError:
        raise PostNotChosen from None
