"""Work that keeps a processor busy for long, done aside: in so few threads that processors are left for the rest.

So many wait for it at most, as are done before the first of them would be told that it took too long; whoever comes
then is told at once to come again. What is asked for beside it takes no longer for that, however much of it is wanted.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from services.chassis.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE_MAX: Final = max(1, (os.cpu_count() or 1) // 2)
"""Half of the processors: the others are for whoever asks for something else."""
WAITING_MAX: Final = 64 * AT_ONCE_MAX


class Busy(Unavailable):
    """More of what takes long is wanted than can be done soon; it was not begun."""

    code = "busy"
    title = "排队办理的较多，请稍后以同一幂等键重试"


class Aside:
    """The threads of one process for one kind of such work."""

    def __init__(self, at_once: int = AT_ONCE_MAX, waiting: int = WAITING_MAX) -> None:
        self._threads = ThreadPoolExecutor(at_once, "aside")
        self._room = threading.BoundedSemaphore(at_once + waiting)

    async def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what work comes to; what was begun is finished, whoever still waits for it. Raises ``Busy``."""
        if not self._room.acquire(blocking=False):
            raise Busy
        done = self._threads.submit(work, *args, **kwargs)
        done.add_done_callback(lambda _: self._room.release())
        return await asyncio.wrap_future(done)
