"""Logs of daemons stay small although nothing tells the daemons, and whoever follows them goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.cli import rotation
from services.cli.logs import _whole_lines
from services.cli.processes import Daemon, wait_until

BYTES_MAX = 20_000
TALKS = """
import itertools, sys, time
for number in itertools.count():
    print(number, "x" * 80, flush=True)
    time.sleep(0.0005)
"""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The log of a daemon that talks without end."""
    file = tmp_path / "talker.log"
    daemon = Daemon.spawn([sys.executable, "-c", TALKS], log=file, env={})
    yield file
    daemon.stop(5)


def test_the_log_of_a_running_daemon_stays_small(log: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rotation, "BYTES_MAX", BYTES_MAX)
    monkeypatch.setattr(rotation, "LOOK_SECONDS", 0.02)
    aside, seen = log.with_suffix(".log.1"), set()
    rotation.watch([log])

    def put_aside_often() -> bool:
        if aside.exists():
            seen.add(aside.read_bytes()[:10])
        return len(seen) > 3

    assert wait_until(put_aside_often, 30)
    assert log.stat().st_size < BYTES_MAX * 10
    assert aside.stat().st_size < BYTES_MAX * 10
    assert sorted(path.suffix for path in log.parent.iterdir()) == [".1", ".lock", ".log"]


def test_whoever_follows_goes_on_with_the_new_log(tmp_path: Path):
    log, read_to = tmp_path / "x.log", dict[str, int]()
    log.write_text("one\ntwo\n")
    assert _whole_lines(log, "x", read_to) == ["one", "two"]
    log.write_text("new\n")
    assert _whole_lines(log, "x", read_to) == ["new"]
