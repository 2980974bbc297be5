"""The tools of other languages, named with their hashes and fetched once per user.

Where a machine has not even what fetches them (`npm`), the test that wants them is skipped and says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest

from services.cli.embedded.jars import cache_dir
from services.cli.processes import locked

TOOLS: Final = Path(__file__).parent / "tools"
FETCH_SECONDS_MAX: Final = 600
RUN_SECONDS_MAX: Final = 240
_LOCK: Final = ("package.json", "package-lock.json", ".npmrc")


def node_modules() -> Path:
    """Return where the tools from npm are, as `package-lock.json` names them."""
    needs("npm")
    texts = {name: (TOOLS / name).read_bytes() for name in _LOCK}

    def install(home: Path) -> None:
        for name, text in texts.items():
            (home / name).write_bytes(text)
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=home, seconds=FETCH_SECONDS_MAX)

    return _once("npm", b"".join(texts.values()), install) / "node_modules"


def python() -> Path:
    """Return the folder with the programs of a Python that has what `python.txt` names, and nothing of ours."""
    lock = TOOLS / "python.txt"

    def install(home: Path) -> None:
        pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
        run(sys.executable, "-m", "venv", home, cwd=home)
        run(home / "bin" / "python", *pip, "-r", lock, cwd=home, seconds=FETCH_SECONDS_MAX)

    return _once("python", lock.read_bytes() + sys.version.encode(), install) / "bin"


def _once(kind: str, of: bytes, install: Callable[[Path], None]) -> Path:
    """Return a folder of this user's that holds what is installed there if it does not yet."""
    cache = cache_dir().parent / kind
    home = cache / sha256(of).hexdigest()[:16]
    with locked(cache / "lock"):
        if not (home / "whole").exists():
            home.mkdir(parents=True, exist_ok=True)
            install(home)
            (home / "whole").touch()
    return home


def needs(program: str) -> None:
    """Skip the test where the machine has no such program."""
    if shutil.which(program) is None:
        pytest.skip(f"this machine has no {program}")


def run(*argv: str | Path, cwd: Path, seconds: float = RUN_SECONDS_MAX, ends: int = 0, **environment: str) -> str:
    """Run a program to its end and return what it printed. A failure, or a success that is not wanted, shows that."""
    done = subprocess.run(
        argv, cwd=cwd, env=os.environ | environment, timeout=seconds, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == ends, f"{argv[0]} ended with {done.returncode}:\n{done.stdout[-8_000:]}"
    return done.stdout
