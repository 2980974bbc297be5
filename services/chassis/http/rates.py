"""How much somebody may ask in a minute: whoever has proved who they are by that, and a stranger by whence they come.

It spares this process, and so is counted in it: with another replica there is as much room again. What must hold
wherever somebody asks, like guesses at a query code, is counted in the database by whose it is.

Nobody uses up what is another one's. An account has its budget wherever it asks from, so that a hall of clerks behind
one address never meets a limit of that address; and whoever has failed too often to prove who they are is not heard
from there for a while, before a token is looked at – except as those who have proved themselves from there before,
whose failures are counted apart.

Who is refused and goes on is not heard until they pause: else a flood would get through as much as whoever keeps to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from itertools import islice
from math import ceil
from typing import Final, NamedTuple

from services.chassis import metrics
from services.chassis.errors import TooOften
from services.chassis.identity.tokens import Claims
from services.chassis.identity.who import SYSTEMS, WINDOW
from services.chassis.settings import Settings

WINDOW_SECONDS: Final = 60
KNOWN_MAX: Final = 65_536
"""Of how many it is known what they have used up; where there are more, the first of them begin anew."""
_HAIR: Final = 1e-6
"""By how much of a unit sums of moments may be wrong."""


class TooMany(TooOften):
    """More was asked in a minute than one account, or one address of strangers, may."""

    code = "too_many_requests"
    title = "请求过于频繁"
    remedy = "请按 Retry-After 所示的秒数等待后再发；各项额度见 RateLimit-Policy。"


class Left(NamedTuple):
    """What is left of a budget, as `RateLimit` and `RateLimit-Policy` say it."""

    name: str
    quota: int
    units: int
    seconds: int
    """After how many all of it is there again."""

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers (draft-ietf-httpapi-ratelimit-headers-10)."""
        return [
            (b"ratelimit-policy", b'"%b";q=%d;w=%d' % (self.name.encode(), self.quota, WINDOW_SECONDS)),
            (b"ratelimit", b'"%b";r=%d;t=%d' % (self.name.encode(), self.units, self.seconds)),
        ]


class Budget:
    """So many units a minute of each of many. Of each one moment is kept: when all of it is there again (GCRA)."""

    def __init__(self, name: str, quota: int, now: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.quota = quota
        self.now = now
        self._each = WINDOW_SECONDS / quota
        self._full_at: dict[Hashable, float] = {}

    def take(self, whose: Hashable, units: int = 1) -> tuple[Left, int]:
        """Take units; return what is left, and after how many seconds there are as many: 0 where there were."""
        now = self.now()
        full_at = max(self._full_at.get(whose, now), now) + units * self._each
        late = full_at - now > WINDOW_SECONDS
        self._full_at[whose] = full_at = min(full_at, now + 2 * WINDOW_SECONDS) if late else full_at
        if len(self._full_at) > KNOWN_MAX:
            self._forget(now)
        return self._left(full_at - now), ceil(full_at + units * self._each - now - WINDOW_SECONDS) if late else 0

    def spent(self, whose: Hashable) -> bool:
        """Return whether nothing is left."""
        return self._full_at.get(whose, 0.0) + self._each - self.now() > WINDOW_SECONDS

    def _left(self, seconds: float) -> Left:
        units = max(0, int((WINDOW_SECONDS - seconds) / self._each + _HAIR))
        return Left(self.name, self.quota, units, ceil(seconds))

    def _forget(self, now: float) -> None:
        """Forget those who have all of theirs, and where that is not enough, half of all."""
        self._full_at = {whose: at for whose, at in self._full_at.items() if at > now}
        if len(self._full_at) > KNOWN_MAX // 2:
            for whose in list(islice(self._full_at, KNOWN_MAX // 2)):
                del self._full_at[whose]


class Rates:
    """The budgets of one process."""

    def __init__(self, settings: Settings, service: str, now: Callable[[], float] = time.monotonic) -> None:
        self.service = service
        self.strangers = Budget("stranger", settings.stranger_units, now)
        self.petitioners = Budget("petitioner", settings.petitioner_units, now)
        self.accounts = Budget("account", settings.account_units, now)
        self.services = Budget("service", settings.service_units, now)
        self._proved: dict[tuple[str, str], None] = {}
        """Who has proved who they are from where, the last of them last."""

    def stranger(self, source: str, units: int = 1) -> Left:
        """Count what somebody asks who need not say who they are. Raises ``TooMany``."""
        return self._taken(self.strangers, source, units)

    def may_prove(self, source: str, claimed: str) -> None:
        """Let somebody show who they are. Raises ``TooMany`` where too many have failed to, from there."""
        if self.strangers.spent(whose := self._whose(source, claimed)):
            self._taken(self.strangers, whose, 1)

    def failed(self, source: str, claimed: str) -> Left:
        """Count that somebody has not proved who they are. Raises ``TooMany``."""
        return self._taken(self.strangers, self._whose(source, claimed), 1)

    def proved(self, source: str, claimed: str) -> None:
        """Remember who has proved who they are from where: they are heard there, whoever else fails to."""
        self._proved.pop((source, claimed), None)
        self._proved[source, claimed] = None
        if len(self._proved) > KNOWN_MAX:
            del self._proved[next(iter(self._proved))]

    def session(self, claimed: str, units: int) -> Left:
        """Count what a petitioner asks, before their token is looked for. Raises ``TooMany``."""
        return self._taken(self.petitioners, claimed, units)

    def account(self, claims: Claims, source: str, units: int) -> Left:
        """Count what somebody asks who has proved who they are. Raises ``TooMany``.

        Services have much more than people. For whom the window speaks it does not say: there the address counts that
        it names as whom it was asked by (``X-Forwarded-For``).
        """
        if claims.azp in SYSTEMS:
            return self._taken(self.services, claims.azp, units)
        if claims.azp == WINDOW:
            return self._taken(self.petitioners, source, units)
        return self._taken(self.accounts, claims.name, units)

    def _whose(self, source: str, claimed: str) -> Hashable:
        return (source, claimed if (source, claimed) in self._proved else "")

    def _taken(self, budget: Budget, whose: Hashable, units: int) -> Left:
        left, wait = budget.take(whose, units)
        if wait:
            metrics.LIMITED.labels(self.service, budget.name).inc()
            raise TooMany(wait, left.headers())
        return left
