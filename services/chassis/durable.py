"""What has to be on the disk before anything follows from it: a file, and the names that lead to it."""

from __future__ import annotations

import os
from pathlib import Path


def settle(*paths: Path) -> None:
    """Wait until files are on the disk, and what stands in folders."""
    for path in paths:
        of = os.open(path, os.O_RDONLY)
        try:
            os.fsync(of)
        finally:
            os.close(of)
