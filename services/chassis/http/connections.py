"""The connections of a server: so many in all, and so many from one address, before any of them has said a word.

Where there is no more room, whoever has most gives one up that waits for nothing, so that whoever comes finds a place
however many somebody holds. A proxy that is trusted is many people, and has as much room as there is.
"""

from __future__ import annotations

import resource
from typing import Final, Protocol

from uvicorn.server import ServerState

OF_SOURCE_MAX: Final = 512
"""More than the browsers of a hall have open, or all peers and a scraper on one machine."""
OPEN_MAX: Final = 4_096
DESCRIPTORS_KEPT: Final = 192
"""How many a process needs for other things: its database, Kafka, its peers, files."""


class Connection(Protocol):
    """What of a connection counts here."""

    @property
    def source(self) -> str:
        """Whence it comes."""

    @property
    def idle(self) -> bool:
        """Whether nobody waits for an answer."""

    def give_up(self) -> None:
        """Close it."""


class State(ServerState):
    """What the connections of a server share."""

    leaving = False
    """Whether it takes no more."""
    proxied = False
    """Whether all come from proxies that are trusted."""

    def __init__(self) -> None:
        super().__init__()
        self.most = min(OPEN_MAX, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - DESCRIPTORS_KEPT)
        self._of: dict[str, set[Connection]] = {}
        self._open = 0

    def admits(self, one: Connection) -> bool:
        """Take a connection, unless there is no room for it."""
        if self.leaving or not (self.proxied or len(self._of.get(one.source, ())) < OF_SOURCE_MAX):
            return False
        if self._open >= self.most and not self._makes_room():
            return False
        self._of.setdefault(one.source, set()).add(one)
        self._open += 1
        return True

    def lost(self, one: Connection) -> None:
        """Forget a connection, if it was taken."""
        theirs = self._of.get(one.source, set())
        if one in theirs:
            theirs.remove(one)
            self._open -= 1
            if not theirs:
                del self._of[one.source]

    def _makes_room(self) -> bool:
        """Let whoever has most give one up; return whether they had one to give."""
        theirs = max(self._of.values(), key=len)
        if (one := next((one for one in theirs if one.idle), None)) is None:
            return False
        self.lost(one)
        one.give_up()
        return True


def with_descriptors() -> None:
    """Let this process have as many open files as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
