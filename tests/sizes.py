"""How much of a promise a run tests: a little of it each time, all of it by `make soak`."""

from __future__ import annotations

import os
from typing import TypeVar

N = TypeVar("N", int, float)


def size(name: str, quick: N, full: N) -> N:
    """Return what HUIYIN_TEST_<name> says; else `full` if HUIYIN_TEST_FULL is set, else `quick`."""
    if said := os.environ.get(f"HUIYIN_TEST_{name}"):
        return type(quick)(said)
    return full if os.environ.get("HUIYIN_TEST_FULL") else quick
